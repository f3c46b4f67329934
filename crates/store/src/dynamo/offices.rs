//! Offices' entries: read and written one by one and many at once, and found by their place.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use exchange::{Listed, Office, Place, Prefecture};
use serde::{Deserialize, Serialize};
use standard::OfficeNumber;

use super::conditions::{all_conditions, is_condition_failure, sort_cancellation};
use super::items::{self, Item};
use super::{DynamoLedger, text};
use crate::StoreError;
use crate::ledger::{Listing, Revision, Saved};
use crate::sdk::classify;

/// An entry as it is read.
#[derive(Deserialize)]
pub(super) struct OfficeItem {
    revision: u64,
    pub(super) record: Office,
}

/// The same as it is written: with what the index `by_place` holds of it.
#[derive(Serialize)]
struct Written<'a> {
    office: String,
    revision: u64,
    record: &'a Office,
    prefecture: Prefecture,
    place: String,
    listed: Listed,
}

/// What the index gives.
#[derive(Deserialize)]
struct Found {
    listed: Listed,
}

impl DynamoLedger {
    pub(super) async fn read_office(&self, number: &OfficeNumber) -> Result<Option<(Office, Revision)>, StoreError> {
        let request = self.client.get_item().table_name(&self.tables.offices).set_key(Some(office_key(number))).consistent_read(true);
        let output = request.send().await.map_err(|error| classify("ledger.office", error))?;
        output.item.map(read).transpose()
    }

    pub(super) async fn write_office(&self, office: &Office, revision: Option<Revision>) -> Result<Saved, StoreError> {
        const OPERATION: &str = "ledger.save_office";
        let put = self.put_office(OPERATION, office, revision)?;
        let request = self
            .client
            .put_item()
            .table_name(put.table_name)
            .set_item(Some(put.item))
            .set_condition_expression(put.condition_expression)
            .set_expression_attribute_values(put.expression_attribute_values);
        match request.send().await {
            Ok(_) => Ok(Saved::Written),
            Err(error) if is_condition_failure(&error) => Ok(Saved::Conflict),
            Err(error) => Err(classify(OPERATION, error)),
        }
    }

    pub(super) async fn read_offices(&self, numbers: &[OfficeNumber]) -> Result<Vec<(Office, Revision)>, StoreError> {
        // the service refuses a request that names a key twice
        let numbers: BTreeSet<_> = numbers.iter().collect();
        let keys = numbers.into_iter().map(office_key).collect();
        let mut found = self.batch_get("directory.offices", [(&self.tables.offices, keys)]).await?;
        found.remove(&self.tables.offices).unwrap_or_default().into_iter().map(read).collect()
    }

    pub(super) async fn write_offices(&self, offices: &[(Office, Option<Revision>)]) -> Result<Saved, StoreError> {
        const OPERATION: &str = "directory.save_offices";
        if offices.is_empty() {
            return Ok(Saved::Written);
        }
        let writes = offices.iter().map(|(office, revision)| self.put_office(OPERATION, office, *revision));
        let writes = writes.map(|put| Ok(TransactWriteItem::builder().put(put?).build())).collect::<Result<_, StoreError>>()?;
        self.transact(OPERATION, writes).await
    }

    /// All writes or none; a conflict where a condition doesn't hold.
    pub(super) async fn transact(&self, operation: &'static str, writes: Vec<TransactWriteItem>) -> Result<Saved, StoreError> {
        match self.client.transact_write_items().set_transact_items(Some(writes)).send().await {
            Ok(_) => Ok(Saved::Written),
            Err(error) if all_conditions(&error) => Ok(Saved::Conflict),
            Err(error) => Err(sort_cancellation(operation, error)),
        }
    }

    /// An entry over the one that was read.
    pub(super) fn put_office(&self, operation: &'static str, office: &Office, revision: Option<Revision>) -> Result<Put, StoreError> {
        let listed = Listed::of(office);
        let item = items::item(&Written {
            office: office.number.to_string(),
            revision: Revision::after(revision).0,
            record: office,
            prefecture: Prefecture::of(office),
            place: listed.place(),
            listed,
        })?;
        over_revision(&self.tables.offices, item, revision).build().map_err(|error| StoreError::unreadable(operation, error))
    }

    pub(super) async fn list_place(&self, place: Place, limit: usize, cursor: Option<&str>) -> Result<Listing<Listed>, StoreError> {
        const OPERATION: &str = "directory.listed";
        // `~` sorts after every character of a place
        let (first, last) = match place {
            Place::Prefecture(_) => ("0".to_owned(), "~".to_owned()),
            Place::Municipality(municipality) => {
                let municipality = municipality.five_digits();
                (format!("{municipality}#"), format!("{municipality}#~"))
            }
        };
        // no place begins with another one, so this comes after that of the cursor and before every other
        let first = cursor.map_or(first, |cursor| format!("{cursor}!"));
        if first > last {
            return Ok(Listing { items: Vec::new(), next_cursor: None });
        }
        let answer = self
            .client
            .query()
            .table_name(&self.tables.offices)
            .index_name("by_place")
            .key_condition_expression("prefecture = :prefecture AND place BETWEEN :first AND :last")
            .expression_attribute_values(":prefecture", text(place.prefecture().to_string()))
            .expression_attribute_values(":first", text(first))
            .expression_attribute_values(":last", text(last))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .send()
            .await;
        let output = answer.map_err(|error| classify(OPERATION, error))?;
        // the service stops at a megabyte, before the limit is reached
        let more = output.last_evaluated_key.is_some();
        let items = output.items.unwrap_or_default().into_iter().map(|item| items::record::<Found>(item).map(|found| found.listed));
        let items: Vec<Listed> = items.collect::<Result<_, _>>()?;
        let next_cursor = items.last().filter(|_| more).map(Listed::place);
        Ok(Listing { items, next_cursor })
    }
}

/// An item over the one whose revision was read, or where there was none.
pub(super) fn over_revision(table: &str, item: Item, read: Option<Revision>) -> aws_sdk_dynamodb::types::builders::PutBuilder {
    let put = Put::builder().table_name(table).set_item(Some(item));
    match read {
        None => put.condition_expression("attribute_not_exists(office)"),
        Some(revision) => {
            put.condition_expression("revision = :read").expression_attribute_values(":read", AttributeValue::N(revision.0.to_string()))
        }
    }
}

/// The key of an entry.
pub(super) fn office_key(number: &OfficeNumber) -> Item {
    Item::from([("office".to_owned(), AttributeValue::S(number.to_string()))])
}

fn read(item: Item) -> Result<(Office, Revision), StoreError> {
    items::record::<OfficeItem>(item).map(|read| (read.record, Revision(read.revision)))
}
