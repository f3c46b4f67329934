//! Who signs: an office's side, with keys, and manifests and tokens before they are signed; and the exchange itself, its notices.

mod call;
mod notice;

use aws_lc_rs::{
    encoding::AsDer,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaKeyPair,
        RsaPublicKeyComponents,
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::{Value, json};
use standard::{Address, OfficeNumber};
use uuid::Uuid;

pub use self::call::{TokenDraft, proof};
pub use self::notice::{NOTICE_TYP, NoticeKey, SIGNATURE_HEADER, SIGNATURE_HOLDS, SignedNotice};
use crate::{KeyRefused, PublicKey, Sha256Digest, manifest::TYP, set_digest};

const PEM_TAG: &str = "PRIVATE KEY";

/// A private key that signs manifests.
pub struct SigningKey(Pair);

enum Pair {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Rs256(RsaKeyPair),
    Ps256(RsaKeyPair),
}

/// Why a key could not be made, read or used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SigningError {
    /// The bytes are no private key of an accepted type.
    #[error("not a PKCS #8 private key for EC P-256, Ed25519 or RSA of at least 2,048 bits")]
    NotAKey,
    /// The cryptographic library failed, for want of random numbers or memory.
    #[error("the cryptographic library refused to work")]
    Library,
    /// The key's public half would not be accepted.
    #[error(transparent)]
    Refused(#[from] KeyRefused),
}

impl SigningKey {
    /// A fresh EC P-256 key.
    ///
    /// # Errors
    /// [`SigningError::Library`].
    pub fn generate_es256() -> Result<SigningKey, SigningError> {
        Ok(SigningKey(Pair::Es256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| SigningError::Library)?)))
    }

    /// A fresh Ed25519 key.
    ///
    /// # Errors
    /// [`SigningError::Library`].
    pub fn generate_ed25519() -> Result<SigningKey, SigningError> {
        Ok(SigningKey(Pair::EdDsa(Ed25519KeyPair::generate().map_err(|_| SigningError::Library)?)))
    }

    /// A fresh RSA key of 2,048 bits that signs with RS256, or with PS256 after [`SigningKey::with_pss`]. Takes a second.
    ///
    /// # Errors
    /// [`SigningError::Library`].
    pub fn generate_rsa() -> Result<SigningKey, SigningError> {
        Ok(SigningKey(Pair::Rs256(RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| SigningError::Library)?)))
    }

    /// The same key, which from now on signs with PS256 if it is an RSA key.
    #[must_use]
    pub fn with_pss(self) -> SigningKey {
        match self.0 {
            Pair::Rs256(pair) => SigningKey(Pair::Ps256(pair)),
            other => SigningKey(other),
        }
    }

    /// Reads PKCS #8 DER (RFC 5208). RSA keys sign with RS256.
    ///
    /// # Errors
    /// [`SigningError::NotAKey`].
    pub fn from_pkcs8_der(der: &[u8]) -> Result<SigningKey, SigningError> {
        let es256 = || EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).map(Pair::Es256);
        let eddsa = || Ed25519KeyPair::from_pkcs8(der).map(Pair::EdDsa);
        let rsa = || RsaKeyPair::from_pkcs8(der).map(Pair::Rs256);
        es256().or_else(|_| eddsa()).or_else(|_| rsa()).map(SigningKey).map_err(|_| SigningError::NotAKey)
    }

    /// Reads PKCS #8 in PEM (`BEGIN PRIVATE KEY`, RFC 7468 §10).
    ///
    /// # Errors
    /// [`SigningError::NotAKey`].
    pub fn from_pkcs8_pem(text: &str) -> Result<SigningKey, SigningError> {
        let block = pem::parse(text).map_err(|_| SigningError::NotAKey)?;
        if block.tag() != PEM_TAG {
            return Err(SigningError::NotAKey);
        }
        Self::from_pkcs8_der(block.contents())
    }

    /// The private key in PKCS #8 DER.
    ///
    /// # Errors
    /// [`SigningError::Library`].
    pub fn to_pkcs8_der(&self) -> Result<Vec<u8>, SigningError> {
        let document = match &self.0 {
            Pair::Es256(pair) => pair.to_pkcs8v1().map(|document| document.as_ref().to_vec()),
            Pair::EdDsa(pair) => pair.to_pkcs8v1().map(|document| document.as_ref().to_vec()),
            Pair::Rs256(pair) | Pair::Ps256(pair) => {
                AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(pair).map(|document| document.as_ref().to_vec())
            }
        };
        document.map_err(|_| SigningError::Library)
    }

    /// The private key in PKCS #8 PEM.
    ///
    /// # Errors
    /// [`SigningError::Library`].
    pub fn to_pkcs8_pem(&self) -> Result<String, SigningError> {
        Ok(pem::encode(&pem::Pem::new(PEM_TAG, self.to_pkcs8_der()?)))
    }

    /// The half to register.
    ///
    /// # Errors
    /// [`SigningError::Refused`] for an RSA key outside the accepted sizes.
    pub fn public_key(&self) -> Result<PublicKey, SigningError> {
        Ok(match &self.0 {
            Pair::Es256(pair) => {
                let (x, y) = pair.public_key().as_ref().get(1..65).ok_or(SigningError::Library)?.split_at(32);
                PublicKey::p256(x, y)?
            }
            Pair::EdDsa(pair) => PublicKey::ed25519(pair.public_key().as_ref())?,
            Pair::Rs256(pair) | Pair::Ps256(pair) => {
                let RsaPublicKeyComponents { n, e } = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                PublicKey::rsa(&n, &e)?
            }
        })
    }

    /// The id that manifests name: the public key's thumbprint.
    ///
    /// # Errors
    /// As [`SigningKey::public_key`].
    pub fn kid(&self) -> Result<String, SigningError> {
        Ok(self.public_key()?.thumbprint())
    }

    /// The JWS algorithm it signs with.
    pub fn algorithm(&self) -> &'static str {
        match &self.0 {
            Pair::Es256(_) => "ES256",
            Pair::EdDsa(_) => "EdDSA",
            Pair::Rs256(_) => "RS256",
            Pair::Ps256(_) => "PS256",
        }
    }

    /// A compact JWS (RFC 7515 §7.1) of any header and claims, right or wrong.
    ///
    /// # Errors
    /// [`SigningError::Library`].
    pub fn sign_compact(&self, header: &Value, claims: &Value) -> Result<String, SigningError> {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature = self.signature(message.as_bytes())?;
        Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// The JWS signature of these bytes (RFC 7518 §3).
    pub(crate) fn signature(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        let random = SystemRandom::new();
        let rsa = |pair: &RsaKeyPair, padding| {
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(padding, &random, message, &mut signature).map(|()| signature)
        };
        match &self.0 {
            Pair::Es256(pair) => pair.sign(&random, message).map(|signature| signature.as_ref().to_vec()),
            Pair::EdDsa(pair) => pair.try_sign(message).map(|signature| signature.as_ref().to_vec()),
            Pair::Rs256(pair) => rsa(pair, &RSA_PKCS1_SHA256),
            Pair::Ps256(pair) => rsa(pair, &RSA_PSS_SHA256),
        }
        .map_err(|_| SigningError::Library)
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.algorithm())
    }
}

/// A manifest before it is signed: the claims of contract §3, as the sender means them. Nothing is checked here, so that refusals can be tried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestDraft {
    /// Who sends.
    pub iss: OfficeNumber,
    /// To whom.
    pub aud: Vec<Address>,
    /// The transmission, the same for all its files.
    pub jti: Uuid,
    /// When it is signed.
    pub iat: Timestamp,
    /// The file's name.
    pub name: String,
    /// The file's bytes.
    pub size: u64,
    /// The file's digest.
    pub sha256: Sha256Digest,
    /// Files in the transmission.
    pub parts: u8,
    /// The digest over all files, when they are several.
    pub set: Option<Sha256Digest>,
}

impl ManifestDraft {
    /// The manifest of a transmission of this one file, under a fresh `jti`.
    pub fn new(iss: OfficeNumber, aud: Vec<Address>, name: &str, bytes: &[u8], iat: Timestamp) -> ManifestDraft {
        let sha256 = Sha256Digest::of(bytes);
        ManifestDraft { iss, aud, jti: Uuid::new_v4(), iat, name: name.to_owned(), size: bytes.len() as u64, sha256, parts: 1, set: None }
    }

    /// Makes them the files of one transmission, that of the first: its id, their number, the digest over all.
    pub fn seal(drafts: &mut [ManifestDraft]) {
        let Some(jti) = drafts.first().map(|first| first.jti) else { return };
        let parts = u8::try_from(drafts.len()).unwrap_or(u8::MAX);
        let set = set_digest(drafts.iter().map(|draft| (draft.sha256, draft.size, draft.name.as_str())));
        for draft in drafts {
            (draft.jti, draft.parts, draft.set) = (jti, parts, (parts > 1).then_some(set));
        }
    }

    /// The claims as JSON.
    pub fn claims(&self) -> Value {
        let aud: Vec<String> = self.aud.iter().map(ToString::to_string).collect();
        let mut claims = json!({
            "iss": self.iss.as_str(), "aud": aud, "jti": self.jti.hyphenated().to_string(), "iat": self.iat.as_second(),
            "name": self.name, "size": self.size, "sha256": self.sha256.to_string(), "parts": self.parts,
        });
        if let (Some(set), Some(members)) = (self.set, claims.as_object_mut()) {
            members.insert("set".to_owned(), json!(set.to_string()));
        }
        claims
    }

    /// The signed manifest: what goes into `x-amz-meta-manifest`.
    ///
    /// # Errors
    /// As [`SigningKey::public_key`] and [`SigningKey::sign_compact`].
    pub fn sign(&self, key: &SigningKey) -> Result<String, SigningError> {
        self.sign_as(key, &key.kid()?)
    }

    /// [`ManifestDraft::sign`] with a key that is registered under another id, as a certificate's key is.
    ///
    /// # Errors
    /// As [`SigningKey::sign_compact`].
    pub fn sign_as(&self, key: &SigningKey, kid: &str) -> Result<String, SigningError> {
        key.sign_compact(&json!({"typ": TYP, "alg": key.algorithm(), "kid": kid}), &self.claims())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_same_after_a_night_on_disk() {
        for key in [SigningKey::generate_es256().unwrap(), SigningKey::generate_ed25519().unwrap(), SigningKey::generate_rsa().unwrap()] {
            let read = SigningKey::from_pkcs8_pem(&key.to_pkcs8_pem().unwrap()).unwrap();
            assert_eq!(read.kid().unwrap(), key.kid().unwrap());
            assert_eq!(read.algorithm(), key.algorithm());
            assert_eq!(format!("{key:?}"), format!("SigningKey({})", key.algorithm()));
        }
    }

    #[test]
    fn what_is_no_private_key_is_refused() {
        for text in ["", "text", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
            assert_eq!(SigningKey::from_pkcs8_pem(text).unwrap_err(), SigningError::NotAKey);
        }
        let other = pem::encode(&pem::Pem::new("EC PRIVATE KEY", SigningKey::generate_es256().unwrap().to_pkcs8_der().unwrap()));
        assert_eq!(SigningKey::from_pkcs8_pem(&other).unwrap_err(), SigningError::NotAKey);
    }
}
