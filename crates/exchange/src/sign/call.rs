//! Tokens and proofs before they are signed.

use jiff::Timestamp;
use serde_json::{Value, json};
use standard::OfficeNumber;
use uuid::Uuid;

use super::{SigningError, SigningKey};
use crate::token::{Call, PROOF_TYP, TOKEN_HOLDS, TOKEN_TYP};

/// A token for one call, before it is signed. Nothing is checked here, so that refusals can be tried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenDraft {
    /// The office.
    pub iss: OfficeNumber,
    /// The API's origin.
    pub aud: String,
    /// When it is signed.
    pub iat: Timestamp,
    /// Until when it holds.
    pub exp: Timestamp,
    /// Its id.
    pub jti: Uuid,
    /// The method.
    pub htm: String,
    /// The path without query.
    pub htu: String,
}

impl TokenDraft {
    /// A token for this call, under a fresh `jti`, for as long as one may hold.
    pub fn new(iss: OfficeNumber, call: &Call<'_>, iat: Timestamp) -> TokenDraft {
        let exp = iat.checked_add(TOKEN_HOLDS).unwrap_or(iat);
        let [aud, htm, htu] = [call.origin, call.method, call.path].map(str::to_owned);
        TokenDraft { iss, aud, iat, exp, jti: Uuid::new_v4(), htm, htu }
    }

    /// The claims as JSON.
    pub fn claims(&self) -> Value {
        json!({
            "iss": self.iss.as_str(), "aud": self.aud, "iat": self.iat.as_second(), "exp": self.exp.as_second(),
            "jti": self.jti.hyphenated().to_string(), "htm": self.htm, "htu": self.htu,
        })
    }

    /// The signed token: what goes behind `Authorization: Bearer`.
    ///
    /// # Errors
    /// As [`SigningKey::public_key`] and [`SigningKey::sign_compact`].
    pub fn sign(&self, key: &SigningKey) -> Result<String, SigningError> {
        self.sign_as(key, &key.kid()?)
    }

    /// [`TokenDraft::sign`] with a key that is registered under another id, as a certificate's key is.
    ///
    /// # Errors
    /// As [`SigningKey::sign_compact`].
    pub fn sign_as(&self, key: &SigningKey, kid: &str) -> Result<String, SigningError> {
        key.sign_compact(&json!({"typ": TOKEN_TYP, "alg": key.algorithm(), "kid": kid}), &self.claims())
    }
}

/// The proof that whoever registers this key holds it: for the office, at the API's origin, with a code that begins so.
///
/// # Errors
/// As [`SigningKey::public_key`] and [`SigningKey::sign_compact`].
pub fn proof(key: &SigningKey, office: &OfficeNumber, origin: &str, first_four: &str) -> Result<String, SigningError> {
    let header = json!({"typ": PROOF_TYP, "alg": key.algorithm(), "kid": key.kid()?});
    key.sign_compact(&header, &json!({"iss": office.as_str(), "aud": origin, "jti": first_four}))
}
