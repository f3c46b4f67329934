//! An office as the exchange knows it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use standard::{Address, OfficeNumber, ProfileId, ServiceType};

use crate::{LicencePeriod, OfficeKey, WebhookUrl, licensed_on};

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

    /// Whether it refuses what this office sends (`sender-blocked`).
    pub fn blocks(&self, sender: &OfficeNumber) -> bool {
        self.blocked_senders.contains(sender)
    }
}
