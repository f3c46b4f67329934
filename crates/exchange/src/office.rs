//! An office as the exchange knows it.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use standard::{Address, OfficeNumber, ProfileId, ServiceType};

use crate::{DirectoryEntry, LicencePeriod, OfficeKey, WebhookUrl, licensed_on};

/// A key that the office had under this id and revoked: it comes back under none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this key was revoked, as {0}, and doesn't come back: make a new one")]
pub struct KeyRevoked(pub String);

/// All that deciding about a transmission needs to know of an office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Office {
    /// Its number.
    pub number: OfficeNumber,
    /// Its name.
    pub name: String,
    /// The municipality's code, where known.
    #[serde(default)]
    pub municipality: Option<String>,
    /// The services it offers.
    #[serde(default)]
    pub services: Vec<ServiceType>,
    /// Its devices' keys.
    #[serde(default)]
    pub keys: Vec<OfficeKey>,
    /// Its licences, past ones too.
    #[serde(default)]
    pub licences: Vec<LicencePeriod>,
    /// The offices it wants nothing from.
    #[serde(default)]
    pub blocked_senders: Vec<OfficeNumber>,
    /// The receiver profile of the software it reads files with.
    #[serde(default)]
    pub profile: Option<ProfileId>,
    /// What the public directory says of it beside its name.
    #[serde(default)]
    pub directory: Option<DirectoryEntry>,
    /// Where notices are sent.
    #[serde(default)]
    pub webhook: Option<WebhookUrl>,
}

impl Office {
    /// An office of which nothing but number and name is known.
    pub fn new(number: OfficeNumber, name: &str) -> Office {
        Office {
            number,
            name: name.to_owned(),
            municipality: None,
            services: Vec::new(),
            keys: Vec::new(),
            licences: Vec::new(),
            blocked_senders: Vec::new(),
            profile: None,
            directory: None,
            webhook: None,
        }
    }

    /// Whether it may send and be sent to on this Japanese day.
    pub fn is_licensed_on(&self, day: Date) -> bool {
        licensed_on(&self.licences, day)
    }

    /// Whether it can be sent to under that address: a service type is held against the services that are registered for it, where any are.
    pub fn has_address(&self, address: &Address) -> bool {
        let offers = |service: ServiceType| self.services.is_empty() || self.services.contains(&service);
        self.number == address.office && address.service_type.is_none_or(offers)
    }

    /// Its entry of this key, revoked or not, whatever id it has there: a JWK and a certificate give the same public key different ones.
    pub fn known_key(&self, key: &OfficeKey) -> Option<&OfficeKey> {
        let mut same = self.keys.iter().filter(|known| known.kid == key.kid || known.jwk == key.jwk);
        let first = same.next();
        // one that is revoked tells most
        first.filter(|known| known.revoked_at.is_some()).or_else(|| same.find(|known| known.revoked_at.is_some())).or(first)
    }

    /// Registers a key; one that it has under the same id gets the new bounds, and keeps its name and its day.
    ///
    /// # Errors
    /// [`KeyRevoked`].
    pub fn add_key(&mut self, key: &OfficeKey) -> Result<(), KeyRevoked> {
        if let Some(revoked) = self.known_key(key).filter(|known| known.revoked_at.is_some()) {
            return Err(KeyRevoked(revoked.kid.clone()));
        }
        match self.keys.iter_mut().find(|known| known.kid == key.kid) {
            Some(known) => (known.not_before, known.not_after) = (key.not_before, key.not_after),
            None => self.keys.push(key.clone()),
        }
        Ok(())
    }

    /// Revokes a key, under whatever ids the office has it; gives its entry, or none where there is none of that id.
    pub fn revoke_key(&mut self, kid: &str, now: Timestamp) -> Option<OfficeKey> {
        let revoked = self.keys.iter().find(|key| key.kid == kid)?.jwk.clone();
        self.keys.iter_mut().filter(|key| key.jwk == revoked).for_each(|key| key.revoke(now));
        self.keys.iter().find(|key| key.kid == kid).cloned()
    }

    /// Whether it refuses what this office sends (`sender-blocked`).
    pub fn blocks(&self, sender: &OfficeNumber) -> bool {
        self.blocked_senders.contains(sender)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign::SigningKey;

    fn office() -> Office {
        Office::new("0370100018".parse().unwrap(), "ひなた")
    }

    /// A key by its thumbprint, and the same as a certificate names it.
    fn both() -> [OfficeKey; 2] {
        let key = OfficeKey::new(SigningKey::generate_ed25519().unwrap().public_key().unwrap());
        let certified = OfficeKey { kid: "kZE8GqIJQxXxZ-6wGboFgbm7Ldxu5tkfdRiQ_IwYmhI".to_owned(), ..key.clone() };
        [key, certified]
    }

    #[test]
    fn a_key_is_bounded_under_its_id_and_revoked_under_all() {
        let [key, certified] = both();
        for (first, other) in [(&key, &certified), (&certified, &key)] {
            let mut office = office();
            let named = OfficeKey { name: Some("端末".to_owned()), ..first.clone() };
            assert_eq!(office.add_key(&named), Ok(()));
            let bounded = OfficeKey { not_after: Some(Timestamp::UNIX_EPOCH), ..first.clone() };
            assert_eq!(office.add_key(&bounded), Ok(()));
            assert_eq!(office.keys, [OfficeKey { not_after: bounded.not_after, ..named }]);
            let [another, _] = both();
            assert_eq!(office.add_key(&another), Ok(()));
            assert_eq!(office.add_key(other), Ok(()));
            assert_eq!(office.keys.len(), 3);
            let now = Timestamp::UNIX_EPOCH;
            assert_eq!(office.revoke_key(&other.kid, now).map(|key| key.kid), Some(other.kid.clone()));
            assert_eq!(office.keys.iter().map(|key| key.revoked_at).collect::<Vec<_>>(), [Some(now), None, Some(now)]);
            assert_eq!(office.revoke_key("of nobody", now), None);
        }
    }

    #[test]
    fn a_revoked_key_comes_back_under_no_id() {
        let [key, certified] = both();
        for (first, other) in [(&key, &certified), (&certified, &key)] {
            let mut office = office();
            office.add_key(first).unwrap();
            office.keys[0].revoke(Timestamp::UNIX_EPOCH);
            let before = office.keys.clone();
            for again in [first, other] {
                assert_eq!(office.add_key(again), Err(KeyRevoked(first.kid.clone())));
                assert_eq!(office.known_key(again).map(|known| &known.kid), Some(&first.kid));
            }
            assert_eq!(office.keys, before);
            // an entry that has it under both ids already
            office.keys.insert(0, other.clone());
            assert_eq!(office.add_key(other), Err(KeyRevoked(first.kid.clone())));
        }
    }
}
