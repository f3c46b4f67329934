//! The ledger and the offices in DynamoDB, or in whatever speaks its protocol.
//!
//! # Offices
//! One item an office: key `office`, the profile, devices' keys, licence periods, and a `revision` that every write must name. A look-up reads
//! sender, recipients and the transmission's row in one BatchGetItem. Beside them one item a receiver profile, `profile#{id}`, at most 64 KiB.
//!
//! # Ledger
//! | item | `pk` | `sk` | `by_office` (`office_role`, `at`) | `by_month` (`month_shard`, `at`) |
//! |---|---|---|---|---|
//! | transmission | `T#{id}` | `transmission` | `{sender}#sender`, stored | `2026-04#5`, stored |
//! | delivery | `T#{id}` | `delivery#{recipient}` | `{recipient}#recipient`, delivered | – |
//! | object rejected alone | `O#{digest}` | `rejection` | `{office}#rejected`, stored | – |
//!
//! | access | how |
//! |---|---|
//! | does this name or transmission exist? | conditional write on the row; the row comes back if so |
//! | one transmission with its deliveries | query `pk` |
//! | what an office sent, got, had refused, newest first | query `by_office` |
//! | all transmissions, newest first | query `by_month`, month by month backwards, its 8 shards merged |
//!
//! No read is a scan, and none costs more in the ledger's fifth year than on its first day. When 290,000 offices send in the same three days no
//! partition is hot: base items spread by transmission, `by_office` by office, `by_month` over 8 shards that take 1,000 writes a second each while
//! ten transmissions an office in three days are 11 a second on average.
//! The largest item is a transmission of 20 files to 50 addresses: 20 × 3.5 KB at the longest keys, version ids and names + 50 × 13 bytes, 71 KB of
//! the 400 KB that DynamoDB allows; a usual one has 1 KB. `expires_at` (TTL) is five years after storing.

mod conditions;
mod items;
mod listing;
mod profiles;
pub mod tables;

use std::collections::BTreeSet;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem};
use backon::{ExponentialBuilder, Retryable};
use exchange::{Office, TransmissionId};
use serde::{Deserialize, Serialize};
use standard::{OfficeNumber, ProfileId};

use self::conditions::{cancelled_by_row, condition_failed, is_condition_failure, sort_cancellation};
use self::items::Item;
use crate::StoreError;
use crate::ledger::{Entered, Entry, Filter, Ledger, Listing, LookUp, Page, Revision, Saved};
use crate::records::{DeliveryRecord, LoneRejection, TransmissionRecord};
use crate::sdk::classify;

/// The names of the two tables.
#[derive(Debug, Clone)]
pub struct Tables {
    /// Offices.
    pub offices: String,
    /// Ledger.
    pub ledger: String,
}

/// The ledger and the offices in two tables.
#[derive(Debug, Clone)]
pub struct DynamoLedger {
    client: Client,
    tables: Tables,
}

impl DynamoLedger {
    /// The ledger in `tables`.
    pub fn new(client: Client, tables: Tables) -> Self {
        Self { client, tables }
    }

    /// Makes the tables that don't exist yet.
    ///
    /// # Errors
    /// The database's.
    pub async fn create_tables(&self) -> Result<(), StoreError> {
        tables::create(&self.client, &self.tables).await
    }

    /// Writes a transmission's row if the condition on the row that is there holds.
    async fn enter(&self, operation: &'static str, put: Put) -> Result<Entered, StoreError> {
        let answer = self
            .client
            .put_item()
            .table_name(&self.tables.ledger)
            .set_item(Some(put.item))
            .set_condition_expression(put.condition_expression)
            .set_expression_attribute_names(put.expression_attribute_names)
            .set_expression_attribute_values(put.expression_attribute_values)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match answer {
            Ok(_) => Ok(Entered::Written),
            Err(error) => match condition_failed(&error) {
                Some(item) => Ok(Entered::Held(items::record(item)?)),
                None => Err(classify(operation, error)),
            },
        }
    }

    fn put(
        &self,
        operation: &'static str,
        item: Item,
        condition: &str,
    ) -> Result<aws_sdk_dynamodb::types::builders::PutBuilder, StoreError> {
        if item.is_empty() {
            return Err(StoreError::unreadable(operation, "nothing to write"));
        }
        Ok(Put::builder()
            .table_name(&self.tables.ledger)
            .set_item(Some(item))
            .condition_expression(condition)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld))
    }

    async fn batch_get(&self, offices: &[OfficeNumber], transmission: Option<&TransmissionId>) -> Result<LookUp, StoreError> {
        const OPERATION: &str = "ledger.look_up";
        let built = |error| StoreError::unreadable(OPERATION, error);
        let mut request = self.client.batch_get_item();
        if !offices.is_empty() {
            // the service refuses a request that names a key twice
            let offices: BTreeSet<_> = offices.iter().collect();
            let keys = offices.into_iter().map(office_key).collect();
            request = request.request_items(
                &self.tables.offices,
                KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build().map_err(built)?,
            );
        }
        if let Some(id) = transmission {
            let keys = KeysAndAttributes::builder().keys(items::transmission_key(id)).consistent_read(true).build().map_err(built)?;
            request = request.request_items(&self.tables.ledger, keys);
        }
        let output = request.send().await.map_err(|error| classify(OPERATION, error))?;
        if output.unprocessed_keys().is_some_and(|keys| !keys.is_empty()) {
            return Err(StoreError::retry(OPERATION, "UnprocessedKeys"));
        }
        let mut found = output.responses.unwrap_or_default();
        let rows = found.remove(&self.tables.ledger).unwrap_or_default();
        let offices = found.remove(&self.tables.offices).unwrap_or_default();
        Ok(LookUp {
            offices: offices.into_iter().map(|item| items::record::<OfficeItem>(item).map(|read| read.record)).collect::<Result<_, _>>()?,
            transmission: rows.into_iter().next().map(items::record).transpose()?,
        })
    }
}

#[async_trait]
impl Ledger for DynamoLedger {
    async fn look_up(&self, offices: &[OfficeNumber], transmission: Option<&TransmissionId>) -> Result<LookUp, StoreError> {
        if offices.is_empty() && transmission.is_none() {
            return Ok(LookUp::default());
        }
        // the SDK retries what fails; keys that a successful answer left out are for the caller to ask again
        let ask = || self.batch_get(offices, transmission);
        ask.retry(ExponentialBuilder::default().with_max_times(3))
            .when(|error| matches!(error, StoreError::Retry { detail, .. } if detail == "UnprocessedKeys"))
            .await
    }

    async fn claim(&self, record: &TransmissionRecord) -> Result<Entered, StoreError> {
        const OPERATION: &str = "ledger.claim";
        let put = self.put(OPERATION, items::transmission(record)?, "attribute_not_exists(pk)")?;
        self.enter(OPERATION, put.build().map_err(|error| StoreError::unreadable(OPERATION, error))?).await
    }

    async fn commit(&self, record: &TransmissionRecord, deliveries: &[DeliveryRecord]) -> Result<Entered, StoreError> {
        const OPERATION: &str = "ledger.commit";
        let built = |error| StoreError::unreadable(OPERATION, error);
        let row = self
            .put(OPERATION, items::transmission(record)?, "#status = :waiting")?
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":waiting", waiting());
        let mut writes = vec![TransactWriteItem::builder().put(row.build().map_err(built)?).build()];
        for delivery in deliveries {
            let put = self.put(OPERATION, items::delivery(delivery)?, "attribute_not_exists(pk)")?;
            writes.push(TransactWriteItem::builder().put(put.build().map_err(built)?).build());
        }
        match self.client.transact_write_items().set_transact_items(Some(writes)).send().await {
            Ok(_) => Ok(Entered::Written),
            Err(error) => match cancelled_by_row(&error) {
                Some(item) => Ok(Entered::Held(items::record(item)?)),
                None => Err(sort_cancellation(OPERATION, error)),
            },
        }
    }

    async fn reject(&self, record: &TransmissionRecord) -> Result<Entered, StoreError> {
        const OPERATION: &str = "ledger.reject";
        let mut condition = "attribute_not_exists(pk) OR (#status = :waiting".to_owned();
        let mut put = self
            .put(OPERATION, items::transmission(record)?, "")?
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":waiting", waiting());
        for (n, (key, file)) in record.files.iter().enumerate() {
            condition.push_str(&format!(" AND files.#file{n}.sha256 = :sha256_{n} AND files.#file{n}.version = :version_{n}"));
            put = put
                .expression_attribute_names(format!("#file{n}"), key)
                .expression_attribute_values(format!(":sha256_{n}"), AttributeValue::S(file.entry.sha256.to_string()))
                .expression_attribute_values(format!(":version_{n}"), AttributeValue::S(file.version.clone()));
        }
        condition.push(')');
        self.enter(OPERATION, put.condition_expression(condition).build().map_err(|error| StoreError::unreadable(OPERATION, error))?).await
    }

    async fn reject_alone(&self, rejection: &LoneRejection) -> Result<(), StoreError> {
        let request = self.client.put_item().table_name(&self.tables.ledger).set_item(Some(items::lone_rejection(rejection)?));
        match request.condition_expression("attribute_not_exists(pk)").send().await {
            Err(error) if !is_condition_failure(&error) => Err(classify("ledger.reject_alone", error)),
            _ => Ok(()),
        }
    }

    async fn transmission(&self, id: &TransmissionId) -> Result<Option<Entry>, StoreError> {
        self.entry(id).await
    }

    async fn transmissions(&self, filter: &Filter, page: Page) -> Result<Listing<Entry>, StoreError> {
        self.list_transmissions(filter, page).await
    }

    async fn lone_rejections(&self, office: &OfficeNumber, page: Page) -> Result<Listing<LoneRejection>, StoreError> {
        self.list_lone_rejections(office, page).await
    }

    async fn office(&self, number: &OfficeNumber) -> Result<Option<(Office, Revision)>, StoreError> {
        let request = self.client.get_item().table_name(&self.tables.offices).set_key(Some(office_key(number))).consistent_read(true);
        let output = request.send().await.map_err(|error| classify("ledger.office", error))?;
        output.item.map(|item| items::record::<OfficeItem>(item).map(|read| (read.record, Revision(read.revision)))).transpose()
    }

    async fn save_office(&self, office: &Office, read: Option<Revision>) -> Result<Saved, StoreError> {
        let next = read.map_or(1, |revision| revision.0.saturating_add(1));
        let item = items::item(&OfficeItem { office: office.number.to_string(), revision: next, record: office.clone() })?;
        let mut request = self.client.put_item().table_name(&self.tables.offices).set_item(Some(item));
        request = match read {
            None => request.condition_expression("attribute_not_exists(office)"),
            Some(revision) => request
                .condition_expression("revision = :read")
                .expression_attribute_values(":read", AttributeValue::N(revision.0.to_string())),
        };
        match request.send().await {
            Ok(_) => Ok(Saved::Written),
            Err(error) if is_condition_failure(&error) => Ok(Saved::Conflict),
            Err(error) => Err(classify("ledger.save_office", error)),
        }
    }

    async fn profiles(&self, ids: &[ProfileId]) -> Result<Vec<(ProfileId, String)>, StoreError> {
        profiles::read(&self.client, &self.tables.offices, ids).await
    }

    async fn save_profile(&self, id: &ProfileId, text: &str) -> Result<(), StoreError> {
        profiles::save(&self.client, &self.tables.offices, id, text).await
    }
}

#[derive(Serialize, Deserialize)]
struct OfficeItem {
    office: String,
    revision: u64,
    record: Office,
}

fn office_key(number: &OfficeNumber) -> Item {
    Item::from([("office".to_owned(), AttributeValue::S(number.to_string()))])
}

fn waiting() -> AttributeValue {
    AttributeValue::S("waiting".to_owned())
}
