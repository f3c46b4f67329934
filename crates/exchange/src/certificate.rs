//! Keys that come in a certificate. Here the certificate is only the envelope; whether to believe it is [`TrustAnchors`](crate::TrustAnchors)' to say.

use x509_parser::{
    oid_registry::{OID_EC_P256, OID_KEY_TYPE_EC_PUBLIC_KEY, OID_PKCS1_RSAENCRYPTION, OID_SIG_ED25519},
    prelude::{FromDer, X509Certificate},
    public_key::PublicKey as Spki,
};

use crate::{KeyRefused, OfficeKey, PublicKey, Sha256Digest};

impl OfficeKey {
    /// The key of an X.509 certificate (RFC 5280) in PEM or DER, known by the certificate's `x5t#S256` (RFC 7515 §4.1.8): base64url of the SHA-256
    /// of its DER. Of a PEM chain the first certificate counts. The certificate's own dates set no bounds: contract §7 wants those given.
    ///
    /// # Errors
    /// [`KeyRefused`].
    pub fn from_certificate(bytes: &[u8]) -> Result<OfficeKey, KeyRefused> {
        let chain = certificates(bytes)?;
        let der: &[u8] = chain.first().map_or(bytes, |first| first);
        let (rest, certificate) = X509Certificate::from_der(der).map_err(|_| KeyRefused::NotACertificate)?;
        if !rest.is_empty() {
            return Err(KeyRefused::NotACertificate);
        }
        let jwk = public_key(&certificate)?;
        Ok(OfficeKey { kid: Sha256Digest::of(der).to_string(), ..OfficeKey::new(jwk) })
    }
}

/// The certificates of a file, DER: those of a PEM in their order, or else the bytes themselves.
pub(crate) fn certificates(bytes: &[u8]) -> Result<Vec<Vec<u8>>, KeyRefused> {
    let blocks = pem::parse_many(bytes).unwrap_or_default();
    if blocks.iter().any(|block| block.tag().ends_with("PRIVATE KEY")) {
        return Err(KeyRefused::Private);
    }
    let found: Vec<Vec<u8>> = blocks.into_iter().filter(|block| block.tag() == "CERTIFICATE").map(pem::Pem::into_contents).collect();
    Ok(if found.is_empty() { vec![bytes.to_vec()] } else { found })
}

fn public_key(certificate: &X509Certificate<'_>) -> Result<PublicKey, KeyRefused> {
    let spki = certificate.public_key();
    let algorithm = &spki.algorithm;
    if algorithm.algorithm == OID_SIG_ED25519 {
        return PublicKey::ed25519(&spki.subject_public_key.data);
    }
    if algorithm.algorithm == OID_KEY_TYPE_EC_PUBLIC_KEY {
        let curve = algorithm.parameters.as_ref().and_then(|parameters| parameters.as_oid().ok());
        if curve.as_ref() != Some(&OID_EC_P256) {
            return Err(KeyRefused::Type);
        }
        // the uncompressed point: 04, x, y (RFC 5480 §2.2)
        let Some((4, point)) = spki.subject_public_key.data.split_first().map(|(form, point)| (*form, point)) else {
            return Err(KeyRefused::Numbers);
        };
        let (x, y) = point.split_at(point.len() / 2);
        return PublicKey::p256(x, y);
    }
    if algorithm.algorithm != OID_PKCS1_RSAENCRYPTION {
        return Err(KeyRefused::Type);
    }
    match spki.parsed() {
        Ok(Spki::RSA(key)) => PublicKey::rsa(unsigned(key.modulus), unsigned(key.exponent)),
        _ => Err(KeyRefused::Numbers),
    }
}

/// A positive DER integer without the zero that keeps it positive.
fn unsigned(integer: &[u8]) -> &[u8] {
    integer.strip_prefix(&[0]).unwrap_or(integer)
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

    use super::*;

    // made with `openssl req -x509`; the private keys are gone
    const EC: &str = "-----BEGIN CERTIFICATE-----
MIIBfTCCASOgAwIBAgIUBLLFi9Nyd9n9CqjLQDoST4IpomMwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJc2FtcGxlLWVjMB4XDTI2MTEyMzAwMjQxM1oXDTM2MTEyMDAw
MjQxM1owFDESMBAGA1UEAwwJc2FtcGxlLWVjMFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAEnRm/41vf/Dzq7Jq7YJv/s9BTq8A5JdcZiD5u7a+esIIYg2rt9rhFQWNS
ByZK3dAWPrFLbb3LVEcejizvEZHt9qNTMFEwHQYDVR0OBBYEFJ4nq49XrViNO4mm
31lqYelSCWZBMB8GA1UdIwQYMBaAFJ4nq49XrViNO4mm31lqYelSCWZBMA8GA1Ud
EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAI/3KwMybIS7rkT4TrcDWGAF
mpkeWqo7E6P9OQFdH0XQAiBEex46DjxZJdOLJ15g4d+WxLPoWxVB5KTAGZXwTmFa
Fw==
-----END CERTIFICATE-----\n";
    const ED25519: &str = include_str!("../fixtures/ed25519.pem");
    const RSA: &str = "-----BEGIN CERTIFICATE-----
MIIDCzCCAfOgAwIBAgIUEg4XACjgq5d6B/cS0n8QNzwJ5VowDQYJKoZIhvcNAQEL
BQAwFTETMBEGA1UEAwwKc2FtcGxlLXJzYTAeFw0yNjExMjMwMDI0MTNaFw0zNjEx
MjAwMDI0MTNaMBUxEzARBgNVBAMMCnNhbXBsZS1yc2EwggEiMA0GCSqGSIb3DQEB
AQUAA4IBDwAwggEKAoIBAQDMjXZ1OxrWAMwpJeXwmFZXNo2EPgxqvwNoPAeA2I/4
btDLpFZx5kPwdUa8w4lU7lAMA/n29I6VuttH6fVzYMtGa6yOY6Gp/dyqgAR/F1KG
UR2OebbEACnkA3FA4lBbJD7+x3FBqPpDd95l6gkTP4rmS12xfze1aw60MVzRNzH1
W0goE1VOnK/ENE1Ub3lu4DhE66EMbqlCgElD2NbhPunmiwSgwrCM2Wv5H4DlZrID
W1zjLdbFB4FexbiifDdRk5cgA1elmZD4Cy2JzeazDm/E5WewDWZAUHHCahouuszV
zJI7nb0aWHdAwB37dzdbI5n5LEJyqYCEt4dqB4uUbCq1AgMBAAGjUzBRMB0GA1Ud
DgQWBBQp8VgYM8qNhwx7S3U6fHsBCKeeAzAfBgNVHSMEGDAWgBQp8VgYM8qNhwx7
S3U6fHsBCKeeAzAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4IBAQDD
ql3PxsuLSdBlODF7mnhxdgrASiRFtBgMXIQ9HFoJ8XJHMKlt0R/TWkZRMGA3PMEs
7PNZFvD1N8hQMTo2PJll+U0vstpIpEbfDTKCO6NhPE4PfvG+GecnCbyLITsGfWAQ
g2KX/Mj5FcDWvKzgnqTp9O0kq7xx0M+p1XOMh7n8Gc2g4FByo4DwZr/PGdz/H5Fb
TOp7MEIXACPSyPUhhnI8IWTKkMDfsM8k9BDnxGk+fX6qlNrfOhBQAmABookfDTNH
hY0NED8wAlZnI7V3XFinOilZoT9CBaOVwOs5Ruy6S/MKQ7vsSWUSNxZ2Yr/TtNlF
NFIgaXVZTbL4fdYQBly7
-----END CERTIFICATE-----\n";
    const EC_P384: &str = "-----BEGIN CERTIFICATE-----
MIIBvjCCAUSgAwIBAgIUZhoq/TcuLAfLf5fOAfsBL7gykhQwCgYIKoZIzj0EAwIw
FjEUMBIGA1UEAwwLc2FtcGxlLXAzODQwHhcNMjYxMTIzMDAyNDEzWhcNMzYxMTIw
MDAyNDEzWjAWMRQwEgYDVQQDDAtzYW1wbGUtcDM4NDB2MBAGByqGSM49AgEGBSuB
BAAiA2IABJQSPTzQrql0C7+vDd9COV3uhbXfkIIv7w4rkXHcsQBc30mPRrIlsiC8
2MUQ2jYepBYeKW/EKQcixcrvDCW/kIDV1F3/mYPkTAG1RRDKJCCMaYYDxHjyudjW
Y1SzGQj7e6NTMFEwHQYDVR0OBBYEFCPbosW5fzoLBygn5PQQu2kZFK0VMB8GA1Ud
IwQYMBaAFCPbosW5fzoLBygn5PQQu2kZFK0VMA8GA1UdEwEB/wQFMAMBAf8wCgYI
KoZIzj0EAwIDaAAwZQIwZVwVabDD3lA+lad2OD6AykOTufunEMJJi7Sxccr/xMIP
d+IaNDTiByKQ2//ekLJXAjEAv9Jv7Ai4sgJPx2+IQMc9EQPyd42YlEyqrT2tUW9Y
dfIXQjHrkcIiQpzALAk+LpUj
-----END CERTIFICATE-----\n";
    const RSA_1024: &str = "-----BEGIN CERTIFICATE-----
MIICDjCCAXegAwIBAgIUVkD+c3TmTRJ2RSc5sVA2lcSYnG0wDQYJKoZIhvcNAQEL
BQAwGTEXMBUGA1UEAwwOc2FtcGxlLXJzYTEwMjQwHhcNMjYxMTIzMDAyNDEzWhcN
MzYxMTIwMDAyNDEzWjAZMRcwFQYDVQQDDA5zYW1wbGUtcnNhMTAyNDCBnzANBgkq
hkiG9w0BAQEFAAOBjQAwgYkCgYEAnMZJfB7/uExCKre6M9TbxuKcbUvdxPP3eJL6
iooRNjI3foE2ygdbqFd/yb3ZIw15Ov4f9j3AXfwwH7yiTT08T1UjQbjK8ATWvu0L
L1n/lhSCyzTvvjFq/I/K/la3kcAk5vGpUTkOVIe+opYcXehPteQCkwbZZRnfHSwe
eZ0xbXkCAwEAAaNTMFEwHQYDVR0OBBYEFLcrgAVWKXZlFt/S/8mpj+UkqOeeMB8G
A1UdIwQYMBaAFLcrgAVWKXZlFt/S/8mpj+UkqOeeMA8GA1UdEwEB/wQFMAMBAf8w
DQYJKoZIhvcNAQELBQADgYEAfy9vKgnMcCBo89Udyj2pxzsZtTYcnkZhQY7k89J/
M7KYRv8q7WMxjJdvwOl3Mlt0oFoIYcUZ0CztNYxJHHUwtPGylPQlynQB581BsmWo
P/yeFa0MTc6d3WT4JsEq9jYUfdO91Ijr+4nINeeoKSZZY+yODA+RdyrKITkMu13c
vQM=
-----END CERTIFICATE-----\n";

    #[test]
    fn a_certificates_key_is_known_by_its_x5t_s256() {
        for (pem, kid, kty) in [
            (EC, "bkSigkq1ebaDOypC4EwHNtfDtLCVp_NRNycEJQaOCRQ", "EC"),
            (ED25519, "kZE8GqIJQxXxZ-6wGboFgbm7Ldxu5tkfdRiQ_IwYmhI", "OKP"),
            (RSA, "oFbZwwqzbDiXw1QBxUiQ24KGmouGwbwnbkZfJqODqcM", "RSA"),
        ] {
            let key = OfficeKey::from_certificate(pem.as_bytes()).unwrap();
            assert_eq!(key.kid, kid);
            assert_eq!(key.jwk.to_jwk()["kty"], kty);
            assert_eq!((key.not_before, key.not_after, key.revoked_at), (None, None, None));
            let der = pem::parse(pem).unwrap();
            assert_eq!(OfficeKey::from_certificate(der.contents()).as_ref(), Ok(&key));
            assert_eq!(OfficeKey::from_certificate(format!("{pem}{RSA_1024}").as_bytes()), Ok(key));
        }
    }

    #[test]
    fn a_certificate_of_a_key_that_anybody_can_sign_for_is_refused() {
        let mut der = pem::parse(ED25519).unwrap().into_contents();
        let key =
            OfficeKey::from_certificate(&der).unwrap().jwk.to_jwk()["x"].as_str().map(|x| URL_SAFE_NO_PAD.decode(x).unwrap()).unwrap();
        let at = der.windows(32).position(|bytes| bytes == key).unwrap();
        der[at..at + 32].fill(0);
        assert_eq!(OfficeKey::from_certificate(&der), Err(KeyRefused::SmallOrder));
    }

    #[test]
    fn other_certificates_are_refused() {
        let ec = pem::parse(EC).unwrap().into_contents();
        let private = pem::encode(&pem::Pem::new("EC PRIVATE KEY", [0; 8]));
        for (bytes, refused) in [
            (b"".as_slice(), KeyRefused::NotACertificate),
            (b"text", KeyRefused::NotACertificate),
            (&ec[..ec.len() - 1], KeyRefused::NotACertificate),
            (&[&ec[..], b"x"].concat(), KeyRefused::NotACertificate),
            (EC_P384.as_bytes(), KeyRefused::Type),
            (RSA_1024.as_bytes(), KeyRefused::RsaSize),
            (format!("{EC}{private}").as_bytes(), KeyRefused::Private),
        ] {
            assert_eq!(OfficeKey::from_certificate(bytes), Err(refused), "{}", bytes.escape_ascii());
        }
    }
}
