//! Receiver profiles, beside the offices that name them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use standard::ProfileId;

use super::items::{self, Item};
use super::{DynamoLedger, text};
use crate::StoreError;
use crate::sdk::classify;

#[derive(Serialize, Deserialize)]
struct ProfileItem {
    office: String,
    profile: ProfileId,
    text: String,
}

impl DynamoLedger {
    /// One call, however many there are: a transmission has at most 50 recipients.
    pub(super) async fn read_profiles(&self, ids: &[ProfileId]) -> Result<Vec<(ProfileId, String)>, StoreError> {
        // the service refuses a request that names a key twice
        let ids: BTreeSet<&ProfileId> = ids.iter().collect();
        let keys = ids.into_iter().map(|id| Item::from([("office".to_owned(), text(key(id)))])).collect();
        let mut found = self.batch_get("ledger.profiles", [(&self.tables.offices, keys)]).await?;
        let found = found.remove(&self.tables.offices).unwrap_or_default();
        found.into_iter().map(|item| items::record::<ProfileItem>(item).map(|read| (read.profile, read.text))).collect()
    }

    pub(super) async fn write_profile(&self, id: &ProfileId, text: &str) -> Result<(), StoreError> {
        let item = items::item(&ProfileItem { office: key(id), profile: id.clone(), text: text.to_owned() })?;
        let put = self.client.put_item().table_name(&self.tables.offices).set_item(Some(item)).send().await;
        put.map(drop).map_err(|error| classify("ledger.save_profile", error))
    }
}

/// No office number holds this sign.
fn key(id: &ProfileId) -> String {
    format!("profile#{id}")
}
