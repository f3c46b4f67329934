//! SHA-256 digests as the manifest writes them.

use std::{fmt, str::FromStr};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

/// The SHA-256 of some bytes. Written as base64url without padding: 43 characters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sha256Digest([u8; 32]);

impl Sha256Digest {
    /// The digest of bytes at hand.
    pub fn of(bytes: &[u8]) -> Sha256Digest {
        Sha256Digest(Sha256::digest(bytes).into())
    }

    /// A digest computed elsewhere.
    pub fn from_bytes(digest: [u8; 32]) -> Sha256Digest {
        Sha256Digest(digest)
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// 64 hexadecimal digits in lower case.
    pub fn hex(&self) -> String {
        hex::encode(self.0)
    }

    /// Base64 with padding, as S3 writes `x-amz-checksum-sha256`.
    pub fn base64_standard(&self) -> String {
        STANDARD.encode(self.0)
    }
}

impl fmt::Display for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sha256Digest({self})")
    }
}

/// Not 43 characters of canonical base64url.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a SHA-256 is written as 43 characters of base64url without padding")]
pub struct IllFormedDigest;

impl FromStr for Sha256Digest {
    type Err = IllFormedDigest;

    /// Only the one spelling that `Display` writes: the engine refuses padding and set trailing bits.
    fn from_str(text: &str) -> Result<Sha256Digest, IllFormedDigest> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| IllFormedDigest)?;
        Ok(Sha256Digest(bytes.try_into().map_err(|_| IllFormedDigest)?))
    }
}

impl Serialize for Sha256Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sha256Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// The manifest's `set`: SHA-256 over the lines `{sha256} {size} {name}\n` of all files, sorted bytewise by name (contract §3).
pub fn set_digest<N: AsRef<str>>(parts: impl Iterator<Item = (Sha256Digest, u64, N)>) -> Sha256Digest {
    let mut parts: Vec<_> = parts.collect();
    parts.sort_by(|(_, _, one), (_, _, other)| one.as_ref().as_bytes().cmp(other.as_ref().as_bytes()));
    let mut hasher = Sha256::new();
    for (sha256, size, name) in &parts {
        hasher.update(format!("{sha256} {size} {}\n", name.as_ref()));
    }
    Sha256Digest(hasher.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

    #[test]
    fn a_digest_has_one_spelling() {
        let empty = Sha256Digest::of(b"");
        assert_eq!(empty.to_string(), EMPTY);
        assert_eq!(EMPTY.parse(), Ok(empty));
        assert_eq!(empty.hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(empty.base64_standard(), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert_eq!(serde_json::from_str::<Sha256Digest>(&format!("\"{EMPTY}\"")).unwrap(), empty);
        for other in [
            "",
            "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=",
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
            // the same 32 bytes, with a trailing bit set
            "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFV",
            "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuF",
            "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFUA",
            " 47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuF",
        ] {
            assert_eq!(other.parse::<Sha256Digest>(), Err(IllFormedDigest), "{other}");
        }
    }

    #[test]
    fn a_sets_digest_does_not_hang_on_the_order_of_its_files() {
        let one = (Sha256Digest::of(b"1"), 1, "b.pdf");
        let other = (Sha256Digest::of(b"22"), 2, "B.pdf");
        let lines = format!("{} 2 B.pdf\n{} 1 b.pdf\n", other.0, one.0);
        assert_eq!(set_digest([one, other].into_iter()), Sha256Digest::of(lines.as_bytes()));
        assert_eq!(set_digest([other, one].into_iter()), Sha256Digest::of(lines.as_bytes()));
    }
}
