//! Receiver profiles, beside the offices that name them.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use backon::{ExponentialBuilder, Retryable as _};
use serde::{Deserialize, Serialize};
use standard::ProfileId;

use crate::StoreError;
use crate::dynamo::items::{self, Item};
use crate::sdk::classify;

const READ: &str = "ledger.profiles";
const UNPROCESSED: &str = "UnprocessedKeys";

#[derive(Serialize, Deserialize)]
struct ProfileItem {
    office: String,
    profile: ProfileId,
    text: String,
}

/// One call, however many there are: a transmission has at most 50 recipients, a call takes 100 keys.
pub(super) async fn read(client: &Client, table: &str, ids: &[ProfileId]) -> Result<Vec<(ProfileId, String)>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ask = || read_once(client, table, ids);
    ask.retry(ExponentialBuilder::default().with_max_times(3))
        .when(|error| matches!(error, StoreError::Retry { detail, .. } if detail == UNPROCESSED))
        .await
}

async fn read_once(client: &Client, table: &str, ids: &[ProfileId]) -> Result<Vec<(ProfileId, String)>, StoreError> {
    // the service refuses a request that names a key twice
    let ids: BTreeSet<&ProfileId> = ids.iter().collect();
    let keys: Vec<Item> = ids.into_iter().map(|id| Item::from([("office".to_owned(), AttributeValue::S(key(id)))])).collect();
    let keys = KeysAndAttributes::builder().set_keys(Some(keys)).build().map_err(|error| StoreError::unreadable(READ, error))?;
    let output = client.batch_get_item().request_items(table, keys).send().await.map_err(|error| classify(READ, error))?;
    if output.unprocessed_keys().is_some_and(|keys| !keys.is_empty()) {
        return Err(StoreError::retry(READ, UNPROCESSED));
    }
    let found = output.responses.unwrap_or_default().remove(table).unwrap_or_default();
    found.into_iter().map(|item| items::record::<ProfileItem>(item).map(|read| (read.profile, read.text))).collect()
}

pub(super) async fn save(client: &Client, table: &str, id: &ProfileId, text: &str) -> Result<(), StoreError> {
    let item = items::item(&ProfileItem { office: key(id), profile: id.clone(), text: text.to_owned() })?;
    let put = client.put_item().table_name(table).set_item(Some(item)).send().await;
    put.map(drop).map_err(|error| classify("ledger.save_profile", error))
}

/// No office number holds this sign.
fn key(id: &ProfileId) -> String {
    format!("profile#{id}")
}
