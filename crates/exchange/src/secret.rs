//! The deployment's secret, and the keyed digests made with it.

use std::fmt;

use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256, Sha512};

/// The deployment's secret, as long as HMAC's block. What is made with it can't be made, nor guessed by trying, from the database alone.
#[derive(Clone)]
pub struct Secret([u8; 64]);

/// What a keyed digest is made for: one purpose's digest is never another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A one-time code as it is kept.
    Code,
    /// A person, in place of the numbers.
    Person,
    /// A place in a listing, so that nobody makes one up.
    Cursor,
    /// The key that notices are signed with.
    NoticeKey,
}

/// Too short to be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the secret has fewer than {} characters: let a generator make it", Secret::SHORTEST)]
pub struct TooShort;

impl Secret {
    /// The fewest characters a secret has.
    pub const SHORTEST: usize = 32;

    /// The secret from a text that a generator made.
    ///
    /// # Errors
    /// It is shorter than [`Secret::SHORTEST`].
    pub fn from_text(text: &str) -> Result<Secret, TooShort> {
        if text.chars().count() < Secret::SHORTEST {
            return Err(TooShort);
        }
        Ok(Secret(Sha512::digest(text.as_bytes()).into()))
    }

    /// The keyed digest of some texts (HMAC-SHA-256, RFC 2104): 32 bytes. No text can run into the next one.
    pub fn digest(&self, purpose: Purpose, texts: &[&[u8]]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new(&self.0.into());
        mac.update(purpose.label().as_bytes());
        for text in texts {
            mac.update(&(text.len() as u64).to_be_bytes());
            mac.update(text);
        }
        mac.finalize().into_bytes().into()
    }

    /// Key material, number `n`, for one purpose (HKDF-SHA-256, RFC 5869): 32 bytes. None where the cryptographic library refuses to work.
    pub(crate) fn key(&self, purpose: Purpose, n: u8) -> Option<[u8; 32]> {
        let mut material = [0; 32];
        let extracted = Salt::new(HKDF_SHA256, &[]).extract(&self.0);
        extracted.expand(&[purpose.label().as_bytes(), &[n]], HKDF_SHA256).ok()?.fill(&mut material).ok()?;
        Some(material)
    }
}

impl Purpose {
    fn label(self) -> &'static str {
        match self {
            Purpose::Code => "renkei code",
            Purpose::Person => "renkei person",
            Purpose::Cursor => "renkei cursor",
            Purpose::NoticeKey => "renkei notice key",
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::from_text(text).unwrap()
    }

    #[test]
    fn a_digest_depends_on_the_secret_the_purpose_and_where_texts_end() {
        let [one, other] = ["0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdeF"].map(secret);
        let digest = one.digest(Purpose::Code, &[b"ab", b"c"]);
        assert_eq!(digest, one.digest(Purpose::Code, &[b"ab", b"c"]));
        for different in [
            one.digest(Purpose::Code, &[b"a", b"bc"]),
            one.digest(Purpose::Code, &[b"abc"]),
            one.digest(Purpose::Person, &[b"ab", b"c"]),
            other.digest(Purpose::Code, &[b"ab", b"c"]),
        ] {
            assert_ne!(digest, different);
        }
    }

    #[test]
    fn key_material_depends_on_the_secret_the_purpose_and_its_number() {
        let [one, other] = ["0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdeF"].map(secret);
        let material = one.key(Purpose::NoticeKey, 0).unwrap();
        assert_eq!(Some(material), one.key(Purpose::NoticeKey, 0));
        for different in [one.key(Purpose::NoticeKey, 1), one.key(Purpose::Code, 0), other.key(Purpose::NoticeKey, 0)] {
            assert_ne!(Some(material), different);
        }
        assert_ne!(material, one.digest(Purpose::NoticeKey, &[&[0]]));
    }

    #[test]
    fn a_short_secret_is_refused_and_none_is_printed() {
        assert_eq!(Secret::from_text("short").unwrap_err(), TooShort);
        assert_eq!(format!("{:?}", secret("0123456789abcdef0123456789abcdef")), "Secret(…)");
    }
}
