//! The token that an office's software signs for one call of the API (contract §6), and the proof that it holds a key it registers.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use standard::OfficeNumber;

use crate::{
    OfficeKey, PublicKey,
    jws::{self, Jws},
};

/// A token's `typ`.
pub const TOKEN_TYP: &str = "renkei-token+jwt";
/// A proof's `typ`.
pub const PROOF_TYP: &str = "renkei-proof+jwt";
/// The longest time from a token's `iat` to its `exp`.
pub const TOKEN_HOLDS: SignedDuration = SignedDuration::from_mins(5);
/// How far two clocks may differ.
pub const LEEWAY: SignedDuration = SignedDuration::from_secs(60);

/// The longest token or proof.
const MAX_BYTES: usize = 4096;
/// The longest `jti`.
const MAX_JTI: usize = 128;

/// A call as it was made.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// Where the API is reached: `https://api.example`, without a path.
    pub origin: &'a str,
    /// The HTTP method.
    pub method: &'a str,
    /// The path without query.
    pub path: &'a str,
}

/// A token whose signature held, for the call it was made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Whose it is.
    pub office: OfficeNumber,
    /// The key that signed it.
    pub kid: String,
    /// Its own id.
    pub jti: String,
    /// Until when anybody may present it: `exp` and the leeway.
    pub void_after: Timestamp,
}

/// A token of the right form. Hearsay until [`UnverifiedToken::verify`].
#[derive(Clone)]
pub struct UnverifiedToken {
    jws: Jws,
    claims: Claims,
}

#[derive(Clone)]
struct Claims {
    iss: OfficeNumber,
    kid: String,
    aud: String,
    iat: Timestamp,
    exp: Timestamp,
    jti: String,
    htm: String,
    htu: String,
}

/// Why a token opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefused {
    /// Not a compact JWS of this `typ`, or a header member or claim is missing, wrong or forbidden.
    #[error("the token's form is wrong")]
    Malformed,
    /// The office has no such key.
    #[error("the token is signed by no key of the office")]
    KeyUnknown,
    /// The signature is not by the key that is named.
    #[error("the token's signature does not hold")]
    Signature,
    /// The key was revoked.
    #[error("the token's key is revoked")]
    KeyRevoked,
    /// The key's first second has not come, or its last is over.
    #[error("the token's key is not valid now")]
    KeyExpired,
    /// Not yet, no more, or for longer than five minutes.
    #[error("the token is not valid now, or for longer than five minutes")]
    Expired,
    /// Made for another API, method or path.
    #[error("the token is for another call")]
    OtherCall,
}

impl UnverifiedToken {
    /// Takes a token apart and checks all that needs neither keys nor clock.
    ///
    /// # Errors
    /// [`TokenRefused::Malformed`].
    pub fn parse(token: &str) -> Result<UnverifiedToken, TokenRefused> {
        if token.len() > MAX_BYTES {
            return Err(TokenRefused::Malformed);
        }
        let jws = Jws::parse(token, TOKEN_TYP).map_err(|_| TokenRefused::Malformed)?;
        let claims = Claims::read(&jws).ok_or(TokenRefused::Malformed)?;
        Ok(UnverifiedToken { jws, claims })
    }

    /// The office it says it is of: whose keys must be looked up.
    pub fn issuer(&self) -> &OfficeNumber {
        &self.claims.iss
    }

    /// Verifies it by the office's keys for a call that is made now. Unlike a manifest's, its key is refused from the second it is revoked: keys are
    /// read for every call. Only the holder of the key is told more than that the key or the signature is wrong.
    ///
    /// # Errors
    /// [`TokenRefused`], the first that applies in the order there.
    pub fn verify(self, keys: &[OfficeKey], call: &Call<'_>, now: Timestamp) -> Result<Token, TokenRefused> {
        let Claims { iss, kid, aud, iat, exp, jti, htm, htu } = self.claims;
        let key = keys.iter().find(|key| key.kid == kid).ok_or(TokenRefused::KeyUnknown)?;
        if !self.jws.is_signed_by(&key.jwk) {
            return Err(TokenRefused::Signature);
        }
        if key.revoked_at.is_some_and(|revoked| revoked <= now) {
            return Err(TokenRefused::KeyRevoked);
        }
        if !key.is_within_bounds(now) {
            return Err(TokenRefused::KeyExpired);
        }
        let (now, leeway) = (now.as_second(), LEEWAY.as_secs());
        let (iat, exp) = (iat.as_second(), exp.as_second());
        let void_after = exp.saturating_add(leeway);
        if exp.saturating_sub(iat) > TOKEN_HOLDS.as_secs() || exp < iat || iat.saturating_sub(leeway) > now || void_after < now {
            return Err(TokenRefused::Expired);
        }
        if (aud.as_str(), htm.as_str(), htu.as_str()) != (call.origin, call.method, call.path) {
            return Err(TokenRefused::OtherCall);
        }
        let void_after = Timestamp::from_second(void_after).map_err(|_| TokenRefused::Expired)?;
        Ok(Token { office: iss, kid, jti, void_after })
    }
}

impl Claims {
    fn read(jws: &Jws) -> Option<Claims> {
        let second = |name| jws::instant(jws::whole(&jws.claims, name)?);
        Some(Claims {
            iss: jws.text("iss")?.parse().ok()?,
            kid: jws.kid.clone()?,
            aud: audience(jws)?.to_owned(),
            iat: second("iat")?,
            exp: second("exp")?,
            jti: jws.text("jti").filter(|jti| (1..=MAX_JTI).contains(&jti.len()))?.to_owned(),
            htm: jws.text("htm")?.to_owned(),
            htu: jws.text("htu")?.to_owned(),
        })
    }
}

/// The one audience, given as a text or as an array of one (RFC 7519 §4.1.3).
fn audience(jws: &Jws) -> Option<&str> {
    match jws.claims.get("aud")? {
        Value::String(audience) => Some(audience),
        Value::Array(audiences) => match audiences.as_slice() {
            [audience] => audience.as_str(),
            _ => None,
        },
        _ => None,
    }
}

/// Whether the proof says that whoever registers `key` for the office at this API holds its private half and has a code that begins so. An `exp` is
/// heeded where there is one; a `kid` is not asked for.
pub fn proves(proof: &str, key: &PublicKey, office: &OfficeNumber, origin: &str, first_four: &str, now: Timestamp) -> bool {
    let Some(jws) = Some(proof).filter(|proof| proof.len() <= MAX_BYTES).and_then(|proof| Jws::parse(proof, PROOF_TYP).ok()) else {
        return false;
    };
    let in_time = |name: &str| match jws.claims.get(name) {
        None => true,
        Some(_) => jws::whole(&jws.claims, name)
            .and_then(|exp| i64::try_from(exp).ok())
            .is_some_and(|exp| exp.saturating_add(LEEWAY.as_secs()) >= now.as_second()),
    };
    jws.is_signed_by(key)
        && jws.text("iss") == Some(office.as_str())
        && audience(&jws) == Some(origin)
        && jws.text("jti").is_some_and(|jti| jti.eq_ignore_ascii_case(first_four))
        && in_time("exp")
}

/// Without the token, which opens a door for a while.
impl std::fmt::Debug for UnverifiedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "UnverifiedToken({})", self.claims.iss)
    }
}

#[cfg(test)]
mod tests;
