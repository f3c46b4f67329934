//! Signed statements of offices: JWTs (RFC 7519) as compact JWS (RFC 7515 §7.1), each kind with a `typ` of its own, so that none passes for another
//! (RFC 8725 §3.11). What the claims mean is each kind's business.

mod header;
mod json;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, Validation};
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use crate::PublicKey;

/// What is wrong with the form of a signed statement. Names members, never their values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JwsMalformed {
    /// Not three non-empty parts with dots between.
    NotCompact,
    /// A part is not canonical base64url without padding.
    NotBase64(&'static str),
    /// A part is not a JSON object in UTF-8, or names a member twice.
    NotAnObject(&'static str),
    /// A header member is missing, has a wrong value, or must not be there.
    Header(&'static str),
}

/// A statement of the right form, with whatever claims. Hearsay until [`Jws::is_signed_by`].
#[derive(Clone)]
pub(crate) struct Jws {
    pub(crate) token: String,
    pub(crate) algorithm: Algorithm,
    pub(crate) kid: Option<String>,
    pub(crate) claims: Map<String, Value>,
}

impl Jws {
    /// Takes a statement of the kind `typ` apart. Unknown claims and header members are ignored, as RFC 7519 §4 and RFC 7515 §4 ask (so are `x5c`,
    /// `x5t` and `cty`: the key is found by `kid` alone); a member given twice is refused.
    pub(crate) fn parse(token: &str, typ: &str) -> Result<Jws, JwsMalformed> {
        let parts: Vec<&str> = token.split('.').collect();
        let [header, claims, signature] = parts[..] else { return Err(JwsMalformed::NotCompact) };
        if [header, claims, signature].contains(&"") {
            return Err(JwsMalformed::NotCompact);
        }
        let decoded = |part: &str, what| URL_SAFE_NO_PAD.decode(part).map_err(|_| JwsMalformed::NotBase64(what));
        let (header, claims) = (decoded(header, "header")?, decoded(claims, "claims")?);
        decoded(signature, "signature")?;
        let header = json::object(&header).ok_or(JwsMalformed::NotAnObject("header"))?;
        let claims = json::object(&claims).ok_or(JwsMalformed::NotAnObject("claims"))?;
        let (algorithm, kid) = header::read(&header, token, typ)?;
        Ok(Jws { token: token.to_owned(), algorithm, kid, claims })
    }

    /// Whether the signature is by this key. An algorithm that does not fit the key cannot have made it.
    pub(crate) fn is_signed_by(&self, key: &PublicKey) -> bool {
        is_signed_by(&self.token, self.algorithm, key)
    }

    /// A claim that is a text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str)
    }
}

/// Whether a statement is signed by this key with this algorithm, which its header named.
pub(crate) fn is_signed_by(token: &str, algorithm: Algorithm, key: &PublicKey) -> bool {
    if !key.fits(algorithm) {
        return false;
    }
    // the contract has its own rules for time and audience: the library checks the signature only
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    jsonwebtoken::decode::<IgnoredAny>(token, &key.decoding_key(), &validation).is_ok()
}

/// A number without sign, fraction or exponent: `1.0` and `1e3` are not whole to serde_json.
pub(crate) fn whole(claims: &Map<String, Value>, name: &str) -> Option<u64> {
    claims.get(name).and_then(Value::as_u64)
}

/// Seconds since 1970.
pub(crate) fn instant(seconds: u64) -> Option<Timestamp> {
    Timestamp::from_second(i64::try_from(seconds).ok()?).ok()
}
