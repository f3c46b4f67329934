//! Offices with a device that signs.

use exchange::sign::SigningKey;
use exchange::{LicenceKind, LicencePeriod, Office, OfficeKey};

/// An office's entry, and the private key of its device.
pub(crate) struct Party {
    pub(crate) office: Office,
    pub(crate) key: SigningKey,
}

impl Party {
    /// An office with one key without bounds and a licence for the years around [`super::NOW`].
    pub(crate) fn new(number: &str) -> Self {
        let key = SigningKey::generate_es256().unwrap();
        let office = Office {
            keys: vec![OfficeKey::new(key.public_key().unwrap())],
            licences: vec![licence("2025-06-01", "2027-05-31")],
            ..Office::new(number.parse().unwrap(), "つばめ介護センター")
        };
        Self { office, key }
    }

    pub(crate) fn number(&self) -> &str {
        self.office.number.as_str()
    }
}

pub(crate) fn licence(first: &str, last: &str) -> LicencePeriod {
    LicencePeriod { kind: LicenceKind::Paid, campaign: None, first: first.parse().unwrap(), last: last.parse().unwrap() }
}
