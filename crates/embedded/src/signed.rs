//! Requests that the operator signed: SigV4 in the header `Authorization`, over host, date, operation and body. Source: AWS, "Create a signed AWS API
//! request" (IAM User Guide).

use std::time::{Duration, SystemTime};

use aws_sigv4::sign::v4;
use axum::http::HeaderMap;
use jiff::Timestamp;
use jiff::fmt::strtime;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::credentials::KeyPair;

/// How far a request's date may be from the clock, as on AWS.
const MAX_SKEW: Duration = Duration::from_secs(15 * 60);

/// Who may ask.
#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) operator: KeyPair,
    pub(crate) region: String,
}

/// Why a request isn't let in.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Denied {
    #[error(
        "the request is not signed: sign it by SigV4 in the header Authorization, with host, x-amz-date and x-amz-target among its signed headers"
    )]
    Unsigned,
    #[error("the request's date is more than 15 minutes from this machine's clock")]
    Skewed,
    #[error("the request is signed with another key, or for another region or service")]
    OtherKey,
    #[error("the signature does not fit the request")]
    Signature,
}

impl Denied {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Unsigned => "MissingAuthenticationTokenException",
            Self::Skewed | Self::Signature => "InvalidSignatureException",
            Self::OtherKey => "UnrecognizedClientException",
        }
    }
}

impl Gate {
    /// Lets in what the operator signed for this service.
    pub(crate) fn verify(&self, service: &str, headers: &HeaderMap, body: &[u8], now: SystemTime) -> Result<(), Denied> {
        let authorization =
            text(headers, "authorization").and_then(|value| value.strip_prefix("AWS4-HMAC-SHA256 ")).ok_or(Denied::Unsigned)?;
        let part = |name: &str| authorization.split(',').find_map(|part| part.trim().strip_prefix(name)).ok_or(Denied::Unsigned);
        let (credential, signed, signature) = (part("Credential=")?, part("SignedHeaders=")?, part("Signature=")?);
        let date = text(headers, "x-amz-date").ok_or(Denied::Unsigned)?;
        let names: Vec<&str> = signed.split(';').collect();
        if !["host", "x-amz-date", "x-amz-target"].iter().all(|needed| names.contains(needed)) {
            return Err(Denied::Unsigned);
        }
        let time = strtime::parse("%Y%m%dT%H%M%SZ", date).and_then(|parsed| parsed.to_datetime()).map_err(|_| Denied::Unsigned)?;
        let time: Timestamp = jiff::tz::Offset::UTC.to_timestamp(time).map_err(|_| Denied::Unsigned)?;
        let time = SystemTime::from(time);
        let skew = now.duration_since(time).or_else(|_| time.duration_since(now)).unwrap_or(Duration::MAX);
        if skew > MAX_SKEW {
            return Err(Denied::Skewed);
        }
        let day = date.get(..8).unwrap_or_default();
        let scope = format!("{day}/{}/{service}/aws4_request", self.region);
        if credential != format!("{}/{scope}", self.operator.access_key_id) {
            return Err(Denied::OtherKey);
        }
        let mut canonical = "POST\n/\n\n".to_owned();
        for name in &names {
            let values: Vec<_> = headers.get_all(*name).iter().filter_map(|value| value.to_str().ok()).map(folded).collect();
            canonical.push_str(&format!("{name}:{}\n", values.join(",")));
        }
        canonical.push_str(&format!("\n{signed}\n{}", hex::encode(Sha256::digest(body))));
        let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hex::encode(Sha256::digest(canonical)));
        let key = v4::generate_signing_key(&self.operator.secret_access_key, time, &self.region, service);
        let fits: bool = v4::calculate_signature(key, to_sign.as_bytes()).as_bytes().ct_eq(signature.as_bytes()).into();
        if fits { Ok(()) } else { Err(Denied::Signature) }
    }
}

/// A header's value as it is signed: trimmed, its spaces made one.
fn folded(value: &str) -> String {
    value.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A header, where it is a text.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"TableName":"t"}"#;
    const DATE: &str = "20260501T000000Z";

    fn gate() -> Gate {
        let operator = KeyPair { access_key_id: "OPERATOR".to_owned(), secret_access_key: "secret".to_owned() };
        Gate { operator, region: "ap-northeast-1".to_owned() }
    }

    fn at(date: &str) -> SystemTime {
        date.parse::<Timestamp>().unwrap().into()
    }

    /// Headers as a client makes them. The signature was made by botocore 1.44 for exactly this request.
    fn signed() -> HeaderMap {
        let mut headers = HeaderMap::new();
        let authorization = "AWS4-HMAC-SHA256 Credential=OPERATOR/20260501/ap-northeast-1/dynamodb/aws4_request, \
            SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=39d5f5ae924d4fe0d7d0332915dad08a9770ce856c1e3de53f99ea37f4852059";
        for (name, value) in [
            ("authorization", authorization),
            ("content-type", "application/x-amz-json-1.0"),
            ("host", "127.0.0.1:9472"),
            ("x-amz-date", DATE),
            ("x-amz-target", "DynamoDB_20120810.Scan"),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn only_what_the_operator_signed_is_let_in() {
        let gate = gate();
        let check = |name: &'static str, value: &str, now: &str, body: &[u8], expected| {
            let mut headers = signed();
            if !name.is_empty() {
                headers.insert(name, value.parse().unwrap());
            }
            assert_eq!(gate.verify("dynamodb", &headers, body, at(now)), expected, "{name} {value} {now}");
        };
        let (now, authorization) = ("2026-05-01T00:00:00Z", signed()["authorization"].to_str().unwrap().to_owned());
        check("", "", now, BODY, Ok(()));
        check("", "", "2026-05-01T00:15:00Z", BODY, Ok(()));
        check("", "", "2026-04-30T23:45:00Z", BODY, Ok(()));
        check("", "", "2026-05-01T00:15:01Z", BODY, Err(Denied::Skewed));
        check("", "", "2026-04-30T23:44:59Z", BODY, Err(Denied::Skewed));
        check("", "", now, b"{}", Err(Denied::Signature));
        check("host", "evil.example", now, BODY, Err(Denied::Signature));
        check("x-amz-target", "DynamoDB_20120810.DeleteItem", now, BODY, Err(Denied::Signature));
        check("x-amz-date", "20260501T000001Z", now, BODY, Err(Denied::Signature));
        check("x-amz-date", "today", now, BODY, Err(Denied::Unsigned));
        check("authorization", "Bearer token", now, BODY, Err(Denied::Unsigned));
        check("authorization", &authorization.replace("x-amz-target", "x-amz-other"), now, BODY, Err(Denied::Unsigned));
        check("authorization", &authorization.replace("OPERATOR", "SOMEBODY"), now, BODY, Err(Denied::OtherKey));
        check("authorization", &authorization.replace("ap-northeast-1", "us-east-1"), now, BODY, Err(Denied::OtherKey));
        check("authorization", &authorization.replace("20260501/", "20260430/"), now, BODY, Err(Denied::OtherKey));
        check("authorization", &format!("{authorization}0"), now, BODY, Err(Denied::Signature));
        assert_eq!(gate.verify("sqs", &signed(), BODY, at(now)), Err(Denied::OtherKey), "for another service");
    }
}
