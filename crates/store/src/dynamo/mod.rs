//! The ledger and the offices in DynamoDB, or in whatever speaks its protocol.
//!
//! # Offices
//! One item an office: key `office`, the profile, devices' keys, licence periods, and a `revision` that every write must name. A look-up reads
//! sender, recipients and the transmission's row in one BatchGetItem. Beside them one item a receiver profile, `profile#{id}`, at most 64 KiB, and one
//! with all campaigns, `campaigns`.
//!
//! The index `by_place` (`prefecture`, `place`: municipality and number, `13113#1370000018`) holds what a search shows of an office and its unbroken licences,
//! some 300 bytes. A search reads a municipality's or a prefecture's part of it, and a change that others don't see costs it nothing. A prefecture has
//! up to 25,000 offices: 8 MB, eight pages.
//!
//! # Ledger
//! | item | `pk` | `sk` | `by_office` (`office_role`, `at`) | `by_month` (`month_shard`, `at`) | `by_due` (`due_shard`, `due`) |
//! |---|---|---|---|---|---|
//! | transmission | `T#{id}` | `transmission` | `{sender}#sender`, stored | `2026-04#5`, stored | `due#3`, while something is due |
//! | delivery | `T#{id}` | `delivery#{recipient}` | `{recipient}#recipient`, delivered | – | `delivery#3`, until it is acknowledged and its sender told |
//! | object rejected alone | `O#{digest}` | `rejection` | `{office}#rejected`, stored | – | – |
//! | bill for a licence | `L#{month it begins}` | `{office}#{first}#{last}#{kind}`, and `#{campaign}` under one | – | – | `licence#3`, until a week before its end |
//! | notice | `N#{office}` | when, of what, its kind | – | – | `notice#3`, until it is sent or given up |
//! | a sender's day | `Q#{office}` | `sent#{day}` | – | – | – |
//! | one-time code | `C#{office}` | its first four characters | – | – | – |
//! | search for lost events | `S#outbox` | `sweep` | – | – | – |
//! | spent token | `J#{digest}` | `token` | – | – | – |
//!
//! A transmission's files are attributes of its row, `file_{digest of the name}`, and `came` counts them: a part joins by one conditional update that opens
//! the row or adds to it, whichever is needed, and `came` is what an end is conditional on. A delivery holds no file: names and keys in an inbox follow
//! from the row, so that 50 recipients of 20 files are 50 items of half a KB.
//!
//! | access | how |
//! |---|---|
//! | does this name or transmission exist? | conditional update of the row; the row comes back if so |
//! | one transmission with its deliveries | query `pk` |
//! | what an office sent, got, had refused, newest first | query `by_office` |
//! | all transmissions, newest first | query `by_month`, month by month backwards, its 8 shards merged |
//! | with whom an office exchanged in a period | query `by_office` between two times, both roles; the index holds all that is asked for |
//! | what is billed in a month | query `pk`; a bill is written in one transaction with the licence and kept as long as it |
//! | what replaces a delivery, or is replaced by it | one page of `by_lineage`, the line of sender, recipient, family and month, for all that stand in it; one more at most for each delivery |
//! | what an office was told, newest first | query `pk` |
//! | what is due by now | query `by_due`, shard by shard; only rows with something due are in it; of notices, one read of a page of items more |
//!
//! No read is a scan, and none costs more in the ledger's fifth year than on its first day. When 290,000 offices send in the same three days no
//! partition is hot: base items spread by transmission, `by_office` by office, `by_month` over 8 shards that take 1,000 writes a second each while
//! ten transmissions an office in three days are 11 a second on average.
//! The largest item is a transmission of 20 files to 50 addresses: 20 × 3.5 KB at the longest keys, version ids and names + 50 × 13 bytes, and rejected
//! up to 20 × 6 reasons of 0.5 KB: 131 KB of the 400 KB that DynamoDB allows; a usual one has 1 KB. The largest transaction, its commit, is 51 items
//! of 100 and, with the digests of a thousand persons (12 KB) in each delivery, 0.8 MB of 4 MB. `expires_at` (TTL) is five years after storing; for a
//! code and a token the moment it holds no more, which conditions go by, for DynamoDB deletes what has expired within days, not at once; for notices and
//! a sender's day 93 days.

mod batch;
mod changes;
mod codes;
mod conditions;
mod due;
mod items;
mod licences;
mod lineage;
mod listing;
mod look_up;
mod mail;
mod notices;
mod offices;
mod outgoing;
mod partners;
mod profiles;
mod quota;
mod sweep;
pub mod tables;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem};
use exchange::{DailyQuota, Lineage, Office, TransmissionId, TransmissionStatus};
use jiff::Timestamp;
use jiff::civil::Date;
use standard::{OfficeNumber, ProfileId};

use self::conditions::{cancelled_by_row, condition_failed, is_condition_failure, sort_cancellation};
use self::items::Item;
use crate::StoreError;
use crate::joining::Part;
use crate::kin::{Kin, Line, Relative};
use crate::ledger::{Answer, Entered, Entry, Filter, Joined, Ledger, Listing, LookUp, Marked, Page, Revision, Saved};
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
                Some(item) => Ok(Entered::Held(items::row(item)?)),
                None => Err(classify(operation, error)),
            },
        }
    }

    fn put(&self, operation: &'static str, item: Item, condition: &str) -> Result<PutBuilder, StoreError> {
        if item.is_empty() {
            return Err(StoreError::unreadable(operation, "nothing to write"));
        }
        Ok(Put::builder()
            .table_name(&self.tables.ledger)
            .set_item(Some(item))
            .condition_expression(condition)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld))
    }

    /// The row as it ends, over a row that waits with `seen` files.
    fn end(&self, operation: &'static str, record: &TransmissionRecord, seen: usize) -> Result<PutBuilder, StoreError> {
        Ok(self
            .put(operation, items::transmission(record)?, "#status = :waiting AND came = :seen")?
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":waiting", text(TransmissionStatus::Waiting.as_str()))
            .expression_attribute_values(":seen", AttributeValue::N(seen.to_string())))
    }
}

#[async_trait]
impl Ledger for DynamoLedger {
    async fn look_up(&self, offices: &[OfficeNumber], transmission: Option<&TransmissionId>) -> Result<LookUp, StoreError> {
        self.find(offices, transmission).await
    }

    async fn count(&self, id: &TransmissionId, day: Date, earlier: Option<Date>, quota: DailyQuota) -> Result<bool, StoreError> {
        self.count_sent(id, day, earlier, quota).await
    }

    async fn join(&self, part: &Part) -> Result<Joined, StoreError> {
        self.add_part(part).await
    }

    async fn commit(&self, record: &TransmissionRecord, deliveries: &[DeliveryRecord]) -> Result<Entered, StoreError> {
        const OPERATION: &str = "ledger.commit";
        let built = |error| StoreError::unreadable(OPERATION, error);
        let row = self.end(OPERATION, record, record.files.len())?;
        let mut writes = vec![TransactWriteItem::builder().put(row.build().map_err(built)?).build()];
        for delivery in deliveries {
            let put = self.put(OPERATION, items::delivery(delivery)?, "attribute_not_exists(pk)")?;
            writes.push(TransactWriteItem::builder().put(put.build().map_err(built)?).build());
        }
        match self.client.transact_write_items().set_transact_items(Some(writes)).send().await {
            Ok(_) => Ok(Entered::Written),
            Err(error) => match cancelled_by_row(&error) {
                Some(item) => Ok(Entered::Held(items::row(item)?)),
                None => Err(sort_cancellation(OPERATION, error)),
            },
        }
    }

    async fn reject(&self, record: &TransmissionRecord, seen: usize) -> Result<Entered, StoreError> {
        const OPERATION: &str = "ledger.reject";
        let put = self.end(OPERATION, record, seen)?;
        self.enter(OPERATION, put.build().map_err(|error| StoreError::unreadable(OPERATION, error))?).await
    }

    async fn due(&self, page: Page) -> Result<Listing<TransmissionId>, StoreError> {
        self.list_due(page).await
    }

    async fn set_due(&self, record: &TransmissionRecord, due_at: Option<Timestamp>) -> Result<bool, StoreError> {
        self.change_due(record, due_at).await
    }

    async fn cancel(&self, record: &TransmissionRecord, now: Timestamp) -> Result<bool, StoreError> {
        self.cancel_all(record, now).await
    }

    async fn collect(&self, id: &TransmissionId, recipient: &OfficeNumber, now: Timestamp) -> Result<Marked, StoreError> {
        self.mark_collected(id, recipient, now).await
    }

    async fn acknowledge(&self, id: &TransmissionId, recipient: &OfficeNumber, answer: &Answer) -> Result<Marked, StoreError> {
        self.mark_acknowledged(id, recipient, answer).await
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

    async fn kin(&self, deliveries: &[&DeliveryRecord]) -> Result<Vec<Kin>, StoreError> {
        self.find_kin(deliveries).await
    }

    async fn line(&self, line: &Line) -> Result<Vec<(Relative, Lineage)>, StoreError> {
        self.read_line(line).await
    }

    async fn transmissions(&self, filter: &Filter, page: Page) -> Result<Listing<Entry>, StoreError> {
        self.list_transmissions(filter, page).await
    }

    async fn lone_rejections(&self, office: &OfficeNumber, page: Page) -> Result<Listing<LoneRejection>, StoreError> {
        self.list_lone_rejections(office, page).await
    }

    async fn office(&self, number: &OfficeNumber) -> Result<Option<(Office, Revision)>, StoreError> {
        self.read_office(number).await
    }

    async fn save_office(&self, office: &Office, read: Option<Revision>) -> Result<Saved, StoreError> {
        self.write_office(office, read).await
    }

    async fn profiles(&self, ids: &[ProfileId]) -> Result<Vec<(ProfileId, String)>, StoreError> {
        self.read_profiles(ids).await
    }

    async fn save_profile(&self, id: &ProfileId, text: &str) -> Result<(), StoreError> {
        self.write_profile(id, text).await
    }
}

/// A text as a value.
fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}
