//! The exchange's own key, by which receivers know that a notice is from it.

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Pair, SigningError, SigningKey};
use crate::{Purpose, Secret, Sha256Digest, WebhookUrl};

/// A notice's signature's `typ`.
pub const NOTICE_TYP: &str = "renkei-notice+jwt";

/// The header in which it travels.
pub const SIGNATURE_HEADER: &str = "renkei-signature";

/// How long a signature holds.
pub const SIGNATURE_HOLDS: SignedDuration = SignedDuration::from_mins(5);

/// The key that a deployment signs notices with: EC P-256, which follows from the deployment's secret. ES256, for every platform's own library has it.
#[derive(Debug)]
pub struct NoticeKey {
    key: SigningKey,
    jwk: Value,
    kid: String,
}

/// What is signed: one notice, as it is sent to one webhook.
#[derive(Clone, Copy, Debug)]
pub struct SignedNotice<'a> {
    /// The notice's id.
    pub id: &'a str,
    /// Where the API is reached.
    pub issuer: &'a str,
    /// Where it is sent.
    pub webhook: &'a WebhookUrl,
    /// The request's body, to the byte.
    pub body: &'a [u8],
}

impl NoticeKey {
    /// The key of the deployment that has this secret.
    ///
    /// # Errors
    /// [`SigningError::Library`].
    pub fn of(secret: &Secret) -> Result<NoticeKey, SigningError> {
        // almost every 32 bytes are a secret number of the curve; the first that are (FIPS 186-5, A.2.2)
        let key = (0..=u8::MAX).find_map(|n| es256(&secret.key(Purpose::NoticeKey, n)?));
        let key = key.ok_or(SigningError::Library)?;
        let public = key.public_key()?;
        let kid = public.thumbprint();
        let mut jwk = public.to_jwk();
        if let Some(members) = jwk.as_object_mut() {
            members.extend([("kid", &*kid), ("alg", key.algorithm()), ("use", "sig")].map(|(name, text)| (name.to_owned(), json!(text))));
        }
        Ok(NoticeKey { key, jwk, kid })
    }

    /// Its public half as a JWK (RFC 7517) with `kid`, `alg` and `use`.
    pub fn jwk(&self) -> &Value {
        &self.jwk
    }

    /// The signature: a JWT with `iss`, `aud` the webhook's URL as it was set, `jti` the notice's id, `iat`, `exp`, and `sha256`, base64url without padding
    /// of the body's SHA-256.
    ///
    /// # Errors
    /// [`SigningError::Library`].
    pub fn sign(&self, notice: &SignedNotice<'_>, now: Timestamp) -> Result<String, SigningError> {
        let header = json!({"typ": NOTICE_TYP, "alg": self.key.algorithm(), "kid": self.kid});
        let claims = json!({
            "iss": notice.issuer, "aud": notice.webhook.as_str(), "jti": notice.id, "iat": now.as_second(),
            "exp": now.as_second().saturating_add(SIGNATURE_HOLDS.as_secs()), "sha256": Sha256Digest::of(notice.body).to_string(),
        });
        self.key.sign_compact(&header, &claims)
    }
}

/// The key whose secret number this is, big-endian; none where it is zero or beyond the curve's order.
fn es256(number: &[u8; 32]) -> Option<SigningKey> {
    let public = PrivateKey::from_private_key(&ECDH_P256, number).ok()?.compute_public_key().ok()?;
    let pair = EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, number, public.as_ref());
    pair.ok().map(|pair| SigningKey(Pair::Es256(pair)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PublicKey;
    use crate::jws::Jws;

    fn key(secret: &str) -> NoticeKey {
        NoticeKey::of(&Secret::from_text(secret).unwrap()).unwrap()
    }

    #[test]
    fn a_deployment_has_one_key_and_another_has_another() {
        let [one, other] = ["0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdeF"].map(key);
        assert_eq!(one.jwk(), key("0123456789abcdef0123456789abcdef").jwk());
        assert_ne!(one.jwk(), other.jwk());
        let jwk = one.jwk();
        assert_eq!((&jwk["use"], &jwk["alg"], &jwk["kty"]), (&json!("sig"), &json!("ES256"), &json!("EC")));
        assert!(jwk.get("d").is_none(), "the public half");
        assert_eq!(PublicKey::from_jwk(jwk).unwrap().thumbprint(), jwk["kid"]);
        // it is as it was at first: receivers hold on to it
        assert_eq!(jwk["kid"], "kJ-zal4naSOddBJ8kNpje52FpkHptCRCWbNiYpINfvw");
    }

    #[test]
    fn a_number_outside_the_curves_order_is_no_key() {
        assert!(es256(&[0; 32]).is_none() && es256(&[0xff; 32]).is_none());
        assert!(es256(&[1; 32]).is_some());
    }

    #[test]
    fn a_signature_is_of_one_body_for_one_webhook_and_five_minutes() {
        let key = key("0123456789abcdef0123456789abcdef");
        let webhook = "https://hooks.care.example.jp/renkei".parse().unwrap();
        let notice = SignedNotice { id: "00ff", issuer: "https://api.example", webhook: &webhook, body: b"{}" };
        let jws = Jws::parse(&key.sign(&notice, "2026-04-10T00:00:00.9Z".parse().unwrap()).unwrap(), NOTICE_TYP).unwrap();
        assert!(jws.is_signed_by(&key.key.public_key().unwrap()));
        assert_eq!(jws.kid.as_deref(), Some(&*key.kid));
        assert_eq!(
            Value::Object(jws.claims),
            json!({"iss": "https://api.example", "aud": "https://hooks.care.example.jp/renkei", "jti": "00ff", "iat": 1_775_779_200,
                "exp": 1_775_779_500, "sha256": "RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o"})
        );
    }
}
