//! The public keys of an office, and when each is accepted.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use curve25519_dalek::edwards::CompressedEdwardsY;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

use crate::{Sha256Digest, time};

/// How long after its revocation a key may still be found in a cache: only what is stored this long after it, or later, is refused.
pub const REVOCATION_GRACE: SignedDuration = SignedDuration::from_secs(60);

/// A key by which an office signs, and the time it is good for. JSON: `{"kid","jwk","not_before","not_after","revoked_at"}`, and `name` and `added_at`
/// where they are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeKey {
    /// What manifests call it: the JWK's RFC 7638 thumbprint, or a certificate's `x5t#S256` (RFC 7515 §4.1.8).
    pub kid: String,
    /// The key.
    pub jwk: PublicKey,
    /// The first second it is accepted; none: from ever.
    #[serde(with = "time::serde_optional_time", default)]
    pub not_before: Option<Timestamp>,
    /// The last second it is accepted; none: for ever.
    #[serde(with = "time::serde_optional_time", default)]
    pub not_after: Option<Timestamp>,
    /// When it was revoked, if it was.
    #[serde(with = "time::serde_optional_time", default)]
    pub revoked_at: Option<Timestamp>,
    /// What the office calls the device that holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When a device registered it with a code.
    #[serde(with = "time::serde_optional_time", default, skip_serializing_if = "Option::is_none")]
    pub added_at: Option<Timestamp>,
}

/// What a key is worth for an object stored at some instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStatus {
    /// Signatures by it count.
    Accepted,
    /// Its first second has not come.
    NotYetValid,
    /// Its last second is over.
    Expired,
    /// Revoked, [`REVOCATION_GRACE`] ago or longer.
    Revoked,
}

impl OfficeKey {
    /// A key known by its thumbprint, without bounds.
    pub fn new(jwk: PublicKey) -> OfficeKey {
        OfficeKey { kid: jwk.thumbprint(), jwk, not_before: None, not_after: None, revoked_at: None, name: None, added_at: None }
    }

    /// Whether it is accepted for an object stored at `stored_at`. Bounds count in whole seconds, both included; revocation comes first.
    pub fn status_at(&self, stored_at: Timestamp) -> KeyStatus {
        if self.revoked_at.is_some_and(|revoked| stored_at.duration_since(revoked) >= REVOCATION_GRACE) {
            KeyStatus::Revoked
        } else if self.is_early(stored_at) {
            KeyStatus::NotYetValid
        } else if self.is_late(stored_at) {
            KeyStatus::Expired
        } else {
            KeyStatus::Accepted
        }
    }

    /// Revokes it. It counts from the earlier moment where it was to be revoked already.
    pub fn revoke(&mut self, now: Timestamp) {
        self.revoked_at = Some(self.revoked_at.map_or(now, |revoked| revoked.min(now)));
    }

    /// Whether its first second has come and its last is not over.
    pub fn is_within_bounds(&self, now: Timestamp) -> bool {
        !self.is_early(now) && !self.is_late(now)
    }

    fn is_early(&self, now: Timestamp) -> bool {
        self.not_before.is_some_and(|first| now.as_second() < first.as_second())
    }

    fn is_late(&self, now: Timestamp) -> bool {
        self.not_after.is_some_and(|last| now.as_second() > last.as_second())
    }
}

/// A public key that may sign manifests: EC P-256, Ed25519, or RSA of 2,048 to 8,192 bits. Checked when parsed: the point lies on the curve and
/// is not of small order, the numbers are canonical.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PublicKey(Material);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Material {
    /// The uncompressed point, 65 bytes.
    P256(Vec<u8>),
    /// 32 bytes.
    Ed25519(Vec<u8>),
    /// Modulus and exponent, big-endian without leading zeros.
    Rsa { n: Vec<u8>, e: Vec<u8> },
}

/// Why a key cannot be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefused {
    /// Not a JWK's JSON object.
    #[error("the key is not a JWK: give a JSON object with the member `kty` (RFC 7517)")]
    NotAJwk,
    /// Not an X.509 certificate.
    #[error("not an X.509 certificate: give it in PEM (BEGIN CERTIFICATE) or DER")]
    NotACertificate,
    /// Holds the secret half, or is a shared secret.
    #[error("the key holds private members: give the public half only and replace this key, it is no longer secret")]
    Private,
    /// Neither EC P-256, Ed25519 nor RSA.
    #[error("the key type is not accepted: use EC P-256, OKP Ed25519 or RSA")]
    Type,
    /// An RSA key that is too small or too big.
    #[error("the RSA key is not of 2,048 to 8,192 bits: make one of at least 2,048")]
    RsaSize,
    /// A member is missing, not canonical base64url or of the wrong length, or the numbers are no key.
    #[error("the key's numbers are missing, not base64url without padding, or no valid key: export it again")]
    Numbers,
    /// An Ed25519 key of small order: there are signatures that fit it whatever was signed.
    #[error("the Ed25519 key is a point of small order, anybody can sign for it: make a new key pair with a proven library")]
    SmallOrder,
    /// Meant for something other than signatures by an accepted algorithm.
    #[error("the key's `use`, `key_ops` or `alg` forbids signing manifests with it: use a signing key for ES256, EdDSA, RS256 or PS256")]
    Purpose,
}

impl PublicKey {
    /// Reads a JWK (RFC 7517, RFC 7518 §6, RFC 8037). Members that only describe the key are read over, private ones refused.
    ///
    /// # Errors
    /// [`KeyRefused`] says what to mend.
    pub fn from_jwk(jwk: &Value) -> Result<PublicKey, KeyRefused> {
        let members = jwk.as_object().ok_or(KeyRefused::NotAJwk)?;
        if ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].iter().any(|name| members.contains_key(*name)) {
            return Err(KeyRefused::Private);
        }
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let number = |name: &str| URL_SAFE_NO_PAD.decode(text(name).ok_or(KeyRefused::Numbers)?).map_err(|_| KeyRefused::Numbers);
        let key = match (text("kty").ok_or(KeyRefused::NotAJwk)?, text("crv")) {
            ("EC", Some("P-256")) => Self::p256(&number("x")?, &number("y")?)?,
            ("OKP", Some("Ed25519")) => Self::ed25519(&number("x")?)?,
            ("RSA", _) => Self::rsa(&number("n")?, &number("e")?)?,
            _ => return Err(KeyRefused::Type),
        };
        let signs = members.get("use").is_none_or(|purpose| purpose == "sig")
            && members.get("key_ops").is_none_or(|ops| ops.as_array().is_some_and(|ops| ops.iter().any(|op| op == "verify")))
            && members.get("alg").is_none_or(|alg| alg.as_str().and_then(|alg| alg.parse().ok()).is_some_and(|alg| key.fits(alg)));
        if signs { Ok(key) } else { Err(KeyRefused::Purpose) }
    }

    /// The point (x, y) of a P-256 key, 32 bytes each.
    ///
    /// # Errors
    /// [`KeyRefused::Numbers`] when it does not lie on the curve.
    pub fn p256(x: &[u8], y: &[u8]) -> Result<PublicKey, KeyRefused> {
        if (x.len(), y.len()) != (32, 32) {
            return Err(KeyRefused::Numbers);
        }
        let point = [&[4], x, y].concat();
        ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point).map_err(|_| KeyRefused::Numbers)?;
        Ok(PublicKey(Material::P256(point)))
    }

    /// The 32 bytes of an Ed25519 key (RFC 8032 §5.1.5).
    ///
    /// # Errors
    /// [`KeyRefused::Numbers`] when they are no point's encoding or not its canonical one, [`KeyRefused::SmallOrder`] when it is one of the eight
    /// points for which anybody can sign.
    pub fn ed25519(x: &[u8]) -> Result<PublicKey, KeyRefused> {
        let encoded = CompressedEdwardsY::from_slice(x).map_err(|_| KeyRefused::Numbers)?;
        // a point is read from other encodings too: y not reduced, a sign where x is 0
        let point = encoded.decompress().filter(|point| point.compress() == encoded).ok_or(KeyRefused::Numbers)?;
        if point.is_small_order() {
            return Err(KeyRefused::SmallOrder);
        }
        ParsedPublicKey::new(&ED25519, x).map_err(|_| KeyRefused::Numbers)?;
        Ok(PublicKey(Material::Ed25519(x.to_vec())))
    }

    /// Modulus and exponent of an RSA key, big-endian without leading zeros.
    ///
    /// # Errors
    /// [`KeyRefused::RsaSize`] below 2,048 or above 8,192 bits, [`KeyRefused::Numbers`] when it is no key.
    pub fn rsa(n: &[u8], e: &[u8]) -> Result<PublicKey, KeyRefused> {
        let (Some(first @ 1..), Some(1..), Some(low)) = (n.first(), e.first(), e.last()) else { return Err(KeyRefused::Numbers) };
        let bits = n.len() * 8 - first.leading_zeros() as usize;
        if !(2048..=8192).contains(&bits) {
            return Err(KeyRefused::RsaSize);
        }
        if e.len() > 4 || low % 2 == 0 || e == [1] || n.last().is_none_or(|low| low % 2 == 0) {
            return Err(KeyRefused::Numbers);
        }
        RsaPublicKeyComponents { n, e }.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).map_err(|_| KeyRefused::Numbers)?;
        Ok(PublicKey(Material::Rsa { n: n.to_vec(), e: e.to_vec() }))
    }

    /// The key as a JWK with the required members only.
    pub fn to_jwk(&self) -> Value {
        match &self.0 {
            Material::P256(point) => {
                let (x, y) = point.get(1..).unwrap_or_default().split_at(32);
                serde_json::json!({"kty": "EC", "crv": "P-256", "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y)})
            }
            Material::Ed25519(x) => serde_json::json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(x)}),
            Material::Rsa { n, e } => serde_json::json!({"kty": "RSA", "n": URL_SAFE_NO_PAD.encode(n), "e": URL_SAFE_NO_PAD.encode(e)}),
        }
    }

    /// The key's RFC 7638 thumbprint by SHA-256: 43 characters.
    pub fn thumbprint(&self) -> String {
        // RFC 7638 §3: the required members in the order of their names, no white space; base64url needs no escaping
        let ordered: std::collections::BTreeMap<String, Value> = self.to_jwk().as_object().cloned().into_iter().flatten().collect();
        let members: Vec<String> = ordered.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        Sha256Digest::of(format!("{{{}}}", members.join(",")).as_bytes()).to_string()
    }

    /// Whether a signature by `algorithm` can be by this key.
    pub(crate) fn fits(&self, algorithm: Algorithm) -> bool {
        matches!(
            (&self.0, algorithm),
            (Material::P256(_), Algorithm::ES256)
                | (Material::Ed25519(_), Algorithm::EdDSA)
                | (Material::Rsa { .. }, Algorithm::RS256 | Algorithm::PS256)
        )
    }

    pub(crate) fn decoding_key(&self) -> DecodingKey {
        match &self.0 {
            Material::P256(point) => DecodingKey::from_ec_der(point),
            Material::Ed25519(x) => DecodingKey::from_ed_der(x),
            Material::Rsa { n, e } => DecodingKey::from_rsa_raw_components(n, e),
        }
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_jwk().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        PublicKey::from_jwk(&Value::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
