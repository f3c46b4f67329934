//! How far the search through the outboxes has come: one item.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};

use super::conditions::is_condition_failure;
use super::items::{self, Item};
use super::{DynamoLedger, text};
use crate::StoreError;
use crate::ledger::{Revision, Saved};
use crate::sdk::classify;
use crate::sweep::Sweep;

const PK: &str = "S#outbox";
const SK: &str = "sweep";

#[derive(Serialize, Deserialize)]
struct SweepItem {
    pk: String,
    sk: String,
    revision: u64,
    sweep: Sweep,
}

impl DynamoLedger {
    pub(super) async fn read_sweep(&self) -> Result<Option<(Sweep, Revision)>, StoreError> {
        let key = Item::from([("pk".to_owned(), text(PK)), ("sk".to_owned(), text(SK))]);
        let request = self.client.get_item().table_name(&self.tables.ledger).set_key(Some(key)).consistent_read(true);
        let output = request.send().await.map_err(|error| classify("ledger.sweep", error))?;
        output.item.map(|item| items::record::<SweepItem>(item).map(|read| (read.sweep, Revision(read.revision)))).transpose()
    }

    pub(super) async fn write_sweep(&self, sweep: &Sweep, read: Option<Revision>) -> Result<Saved, StoreError> {
        let revision = Revision::after(read).0;
        let item = items::item(&SweepItem { pk: PK.to_owned(), sk: SK.to_owned(), revision, sweep: sweep.clone() })?;
        let request = self.client.put_item().table_name(&self.tables.ledger).set_item(Some(item));
        let request = match read {
            None => request.condition_expression("attribute_not_exists(pk)"),
            Some(revision) => request
                .condition_expression("revision = :read")
                .expression_attribute_values(":read", AttributeValue::N(revision.0.to_string())),
        };
        match request.send().await {
            Ok(_) => Ok(Saved::Written),
            Err(error) if is_condition_failure(&error) => Ok(Saved::Conflict),
            Err(error) => Err(classify("ledger.save_sweep", error)),
        }
    }
}
