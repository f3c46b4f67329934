//! The public keys of senders, by which what they signed is known to be theirs.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use exchange::OfficeKey;
use reqwest::StatusCode;
use serde::Deserialize;
use standard::OfficeNumber;

use crate::client::{Client, ClientError};

/// What was asked for, for as long as deliveries are fetched: a sender's keys once, however many files it sent.
#[derive(Default)]
pub(crate) struct Senders(BTreeMap<OfficeNumber, Vec<OfficeKey>>);

/// What the API answers.
#[derive(Deserialize)]
struct Keys {
    keys: Vec<OfficeKey>,
}

impl Senders {
    /// All keys that the office ever had. An office that the exchange doesn't know has none.
    pub(super) async fn keys(&mut self, sender: &OfficeNumber, client: &Client) -> Result<&[OfficeKey], ClientError> {
        Ok(match self.0.entry(*sender) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(ask(sender, client).await?),
        })
    }
}

async fn ask(sender: &OfficeNumber, client: &Client) -> Result<Vec<OfficeKey>, ClientError> {
    match client.get(&format!("/v1/offices/{sender}/keys"), &[]).await {
        Ok(Keys { keys }) => Ok(keys),
        Err(error) if error.status() == Some(StatusCode::NOT_FOUND) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
