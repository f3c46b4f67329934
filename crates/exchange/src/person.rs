//! Persons cared for, without their numbers.

use std::fmt;
use std::str::FromStr;

use crate::{Purpose, Secret};

/// A person in place of the numbers: a keyed digest, cut to 8 bytes; as text 16 hex digits. Who doesn't hold the deployment's secret can neither make it nor
/// tell of whom it is; with another secret it is another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonKey([u8; 8]);

/// Not 16 lower-case hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the key of a person: 16 hex digits")]
pub struct IllFormedPersonKey;

impl PersonKey {
    /// The key of the person with this insurer number (保険者番号) and insured number (被保険者番号), as files have them.
    pub fn of(secret: &Secret, insurer: &[u8], insured: &[u8]) -> PersonKey {
        PersonKey(cut(&secret.digest(Purpose::Person, &[insurer, insured])))
    }

    /// Its bytes.
    pub fn bytes(self) -> [u8; 8] {
        self.0
    }

    pub(crate) fn from_bytes(bytes: [u8; 8]) -> PersonKey {
        PersonKey(bytes)
    }
}

/// The first bytes of a digest.
pub(crate) fn cut<const N: usize>(digest: &[u8; 32]) -> [u8; N] {
    let mut first = [0; N];
    first.iter_mut().zip(digest).for_each(|(place, byte)| *place = *byte);
    first
}

impl fmt::Display for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for PersonKey {
    type Err = IllFormedPersonKey;

    fn from_str(text: &str) -> Result<PersonKey, IllFormedPersonKey> {
        let mut bytes = [0; 8];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| IllFormedPersonKey)?;
        let key = PersonKey(bytes);
        // one text a key
        if key.to_string() == text { Ok(key) } else { Err(IllFormedPersonKey) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_persons_under_one_secret_and_reads_as_it_is_written() {
        let [one, other] =
            ["0123456789abcdef0123456789abcdef", "another secret of enough characters"].map(|it| Secret::from_text(it).unwrap());
        let key = PersonKey::of(&one, b"435073", b"0000000001");
        assert_eq!(key, PersonKey::of(&one, b"435073", b"0000000001"));
        for different in [
            PersonKey::of(&one, b"435073", b"0000000002"),
            PersonKey::of(&one, b"435080", b"0000000001"),
            PersonKey::of(&one, b"4350730", b"000000001"),
            PersonKey::of(&other, b"435073", b"0000000001"),
        ] {
            assert_ne!(key, different);
        }
        assert_eq!(key.to_string().parse(), Ok(key));
        for wrong in ["", "0123", "0123456789ABCDEF", "0123456789abcdeg", "0123456789abcdef00"] {
            assert_eq!(wrong.parse::<PersonKey>(), Err(IllFormedPersonKey), "{wrong}");
        }
    }
}
