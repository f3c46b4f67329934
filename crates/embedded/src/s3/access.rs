//! Whose signature it is, and whether that one may do what the request wants.
//!
//! Everything an office may not do is answered `AccessDenied`, whether the thing exists or not.

use std::sync::Arc;

use http::{HeaderMap, Uri, header};
use jiff::Timestamp;
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::{S3Auth, SecretKey};
use s3s::{S3Error, S3Result, s3_error};

use super::rules::{Caller, Wanted, is_foreign_storage};
use crate::credentials::{KeyPair, MasterSecret, OfficeKeyId};

/// Headers that need not be signed: the body's hash is checked against the body, the other says who made the client.
const UNSIGNED: [&str; 2] = ["x-amz-content-sha256", "x-amz-user-agent"];

/// The hook; clones share it.
#[derive(Clone)]
pub(super) struct Access {
    inner: Arc<Inner>,
}

struct Inner {
    operator: KeyPair,
    master: MasterSecret,
    bucket: String,
    /// How the credential scope of every signature must end.
    scope: String,
}

/// What of a request says how it was signed.
struct Signature {
    /// `{access key id}/{date}/{region}/s3/aws4_request`
    credential: String,
    /// Names of headers in lower case.
    signed_headers: Vec<String>,
    token: Option<String>,
}

impl Access {
    pub(super) fn new(operator: KeyPair, master: MasterSecret, bucket: String, region: &str) -> Self {
        Self { inner: Arc::new(Inner { operator, master, bucket, scope: format!("/{region}/s3/aws4_request") }) }
    }

    /// Whose the access key is, if its token fits and it has not expired.
    fn caller(&self, access_key: &str, token: Option<&str>) -> S3Result<Caller> {
        if access_key == self.inner.operator.access_key_id {
            return Ok(Caller::Operator);
        }
        let id = OfficeKeyId::parse(access_key).ok_or_else(|| s3_error!(InvalidAccessKeyId))?;
        if !token.is_some_and(|token| self.inner.master.token_fits(access_key, token)) {
            return Err(s3_error!(AccessDenied, "the session token does not belong to the access key"));
        }
        // SigV4 rests on real time, whatever instant the exchange's clock shows
        let now = u64::try_from(Timestamp::now().as_second()).unwrap_or(u64::MAX);
        if now >= id.expires_at_second {
            return Err(s3_error!(ExpiredToken, "the credentials have expired: ask for new ones"));
        }
        Ok(Caller::Office(id.office))
    }
}

#[async_trait::async_trait]
impl S3Auth for Access {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        let Inner { operator, master, .. } = &*self.inner;
        if access_key == operator.access_key_id {
            return Ok(SecretKey::from(operator.secret_access_key.as_str()));
        }
        match OfficeKeyId::parse(access_key) {
            Some(_office) => Ok(SecretKey::from(master.secret_key(access_key))),
            None => Err(s3_error!(InvalidAccessKeyId)),
        }
    }
}

#[async_trait::async_trait]
impl S3Access for Access {
    /// Called after the signature was found to hold, before the request's body is read.
    async fn check(&self, cx: &mut S3AccessContext<'_>) -> S3Result<()> {
        let access_key = cx.credentials().ok_or_else(denied)?.access_key.clone();
        let query = Query::of(cx.uri());
        let signature = Signature::of(cx.headers(), &query)?;
        if !signature.credential.starts_with(&format!("{access_key}/")) || !signature.credential.ends_with(&self.inner.scope) {
            return Err(s3_error!(AuthorizationHeaderMalformed, "sign for the endpoint's region and the service s3"));
        }
        signature.covers(cx.headers())?;
        let caller = self.caller(&access_key, signature.token.as_deref())?;
        // a presigned URL may carry in its query what else is a header
        let headers = cx.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap_or_default()));
        if headers.chain(query.fields()).any(|(name, value)| is_foreign_storage(name, value)) {
            return Err(s3_error!(AccessDenied, "storage class and encryption are the bucket's own: leave them out"));
        }
        let operation = cx.s3_op().name();
        let prefix = query.only("prefix")?;
        let key = if matches!(operation, "ListObjects" | "ListObjectsV2") { prefix } else { cx.s3_path().get_object_key() };
        let wanted = Wanted { operation, key, by_version: query.only("versionId")?.is_some() };
        let in_bucket = caller == Caller::Operator || cx.s3_path().get_bucket_name() == Some(&self.inner.bucket);
        if in_bucket && caller.may(&wanted) { Ok(()) } else { Err(denied()) }
    }
}

impl Signature {
    /// Looks where `s3s` looks: a query that is signed comes before the header.
    fn of(headers: &HeaderMap, query: &Query) -> S3Result<Self> {
        if query.only("X-Amz-Signature")?.is_some() {
            let field = |name| Ok::<_, S3Error>(query.only(name)?.unwrap_or_default().to_owned());
            return Ok(Self {
                credential: field("X-Amz-Credential")?,
                signed_headers: field("X-Amz-SignedHeaders")?.split(';').map(str::to_owned).collect(),
                token: query.only("X-Amz-Security-Token")?.map(str::to_owned),
            });
        }
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let fields = text(header::AUTHORIZATION.as_str()).and_then(|value| value.strip_prefix("AWS4-HMAC-SHA256")).ok_or_else(denied)?;
        let field = |name: &str| fields.split(',').find_map(|field| field.trim().strip_prefix(name)).unwrap_or_default();
        Ok(Self {
            credential: field("Credential=").to_owned(),
            signed_headers: field("SignedHeaders=").split(';').map(str::to_owned).collect(),
            token: text("x-amz-security-token").map(str::to_owned),
        })
    }

    /// As on S3, `host` and every `x-amz-` header must be signed: else whoever holds a presigned URL could add some.
    fn covers(&self, headers: &HeaderMap) -> S3Result<()> {
        let signed = |name: &str| self.signed_headers.iter().any(|header| header == name);
        let must = |name: &str| name.starts_with("x-amz-") && !UNSIGNED.contains(&name);
        if signed("host") && headers.keys().map(|name| name.as_str()).all(|name| !must(name) || signed(name)) {
            return Ok(());
        }
        Err(s3_error!(AccessDenied, "there were headers present in the request which were not signed"))
    }
}

/// Refuses signature version 2, which `s3s` takes too: it has no end, and S3 no longer takes it for new buckets.
pub(super) fn refuse_version_2(headers: &HeaderMap, uri: &Uri) -> S3Result<()> {
    let in_header = headers.get_all(header::AUTHORIZATION).iter().any(|value| !value.as_bytes().starts_with(b"AWS4-HMAC-SHA256"));
    let in_query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).any(|(name, _value)| name == "Signature");
    if in_header || in_query {
        return Err(s3_error!(InvalidRequest, "The authorization mechanism is not supported: use AWS4-HMAC-SHA256."));
    }
    Ok(())
}

/// The query's names and values, decoded.
struct Query(Vec<(String, String)>);

impl Query {
    fn of(uri: &Uri) -> Self {
        Self(form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect())
    }

    fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of a name that may be there once: of two, this and the operation might look at different ones.
    fn only(&self, name: &str) -> S3Result<Option<&str>> {
        let mut values = self.fields().filter(|(found, _value)| *found == name).map(|(_name, value)| value);
        match (values.next(), values.next()) {
            (value, None) => Ok(value),
            _ => Err(s3_error!(InvalidArgument, "a query parameter is given twice")),
        }
    }
}

fn denied() -> S3Error {
    s3_error!(AccessDenied, "Access Denied")
}
