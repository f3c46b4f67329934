//! The five offices of the demo: invented, with numbers that no prefecture has and check digits that fit.

use std::time::Instant;

use anyhow::{Context as _, ensure};
use embedded::Exchange;
use exchange::sign::SigningKey;
use exchange::{LicenceKind, LicencePeriod, Office, OfficeKey, japanese_day};
use jiff::Timestamp;
use serde_json::json;
use standard::Address;
use store::{Ledger as _, Saved};

use super::software::Software;
use super::story::Story;
use crate::admin::empty_table;

/// Who takes part.
pub(crate) struct Cast {
    /// A day service that sends what it did.
    pub(crate) sender: Software,
    /// The care managers it sends to, who themselves send plans and slips.
    pub(crate) recipient: Software,
    /// Nurses who serve the same persons.
    pub(crate) nurses: Software,
    /// A short stay that does too.
    pub(crate) stay: Software,
    /// An office that has no part in it.
    pub(crate) other: Software,
}

impl Cast {
    /// Makes their keys, registers and licenses them.
    pub(crate) async fn assemble(exchange: &Exchange, story: &mut Story) -> anyhow::Result<Self> {
        let since = Instant::now();
        let cast = Self {
            sender: register(exchange, "9779668095-15", "デイサービス陽だまり", SigningKey::generate_es256()?).await?,
            recipient: register(exchange, "9871578812-43", "みどりケアプランセンター", SigningKey::generate_ed25519()?).await?,
            nurses: register(exchange, "9961751154-13", "訪問看護ステーションひかり", SigningKey::generate_es256()?).await?,
            stay: register(exchange, "9776125172-21", "ショートステイこもれび", SigningKey::generate_ed25519()?).await?,
            other: register(exchange, "9972367701-11", "ヘルパーステーションあおば", SigningKey::generate_es256()?).await?,
        };
        story.step("offices", "Five offices are registered, each with its key and a licence for a year", since)?;
        let mut table = empty_table(["number", "office", "service", "signs with"]);
        let everybody = [&cast.sender, &cast.recipient, &cast.nurses, &cast.stay, &cast.other];
        for office in everybody {
            let service = office.address.service_type.map(|service| format!("{service} {}", service.label_ja().unwrap_or_default()));
            table.add_row([
                office.number().to_string(),
                office.name.to_owned(),
                service.unwrap_or_default(),
                office.key().algorithm().to_owned(),
            ]);
        }
        story.table(&table)?;
        let numbers: Vec<_> = everybody.iter().map(|office| office.number()).collect();
        story.done(json!({"offices": numbers}))?;
        Ok(cast)
    }

    /// The offices that serve the persons of the managers' sets.
    pub(crate) fn serving(&self) -> [&Software; 3] {
        [&self.sender, &self.nurses, &self.stay]
    }
}

async fn register(exchange: &Exchange, address: &str, name: &'static str, key: SigningKey) -> anyhow::Result<Software> {
    let address: Address = address.parse()?;
    let first = japanese_day(Timestamp::now());
    let last = LicencePeriod::year_from(first).context("the calendar ends")?;
    let office = Office {
        services: address.service_type.into_iter().collect(),
        keys: vec![OfficeKey::new(key.public_key()?)],
        licences: vec![LicencePeriod { kind: LicenceKind::Paid, campaign: None, first, last }],
        ..Office::new(address.office, name)
    };
    ensure!(exchange.stores.ledger.save_office(&office, None).await? == Saved::Written, "the ledger of a new exchange is not empty");
    Software::new(&exchange.operator.office_access(&address.office, Timestamp::now()), &exchange.operator.api, address, name, key)
}
