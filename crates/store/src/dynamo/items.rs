//! The ledger's keys and items. The design is told in [`crate::dynamo`].

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use exchange::{Lineage, TransmissionId};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use standard::OfficeNumber;

use crate::StoreError;
use crate::records::{DeliveryRecord, LoneRejection, TransmissionRecord};

/// A DynamoDB item.
pub(super) type Item = HashMap<String, AttributeValue>;

/// How many partitions what is due is spread over.
pub(super) const DUE_SHARDS: u8 = 8;

/// How many partitions a month of all offices' transmissions is spread over: each takes 1,000 writes a second, the busiest days need some hundred.
pub(super) const MONTH_SHARDS: u8 = 8;

/// The ledger is kept five years (contract §9).
const KEPT_SECONDS: i64 = 5 * 366 * 24 * 60 * 60;

/// Sort key of a transmission's own row.
pub(super) const TRANSMISSION: &str = "transmission";
/// What the sort key of a delivery begins with.
pub(super) const DELIVERY: &str = "delivery#";
/// Sort key of a lone rejection.
const REJECTION: &str = "rejection";

/// What an item is to an office in the index `by_office`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Role {
    Sender,
    Recipient,
    Rejected,
}

impl Role {
    /// The partition of the index.
    pub(super) fn of(self, office: &OfficeNumber) -> String {
        let role = match self {
            Self::Sender => "sender",
            Self::Recipient => "recipient",
            Self::Rejected => "rejected",
        };
        format!("{office}#{role}")
    }
}

#[derive(Serialize)]
struct Keyed<'a, T> {
    pk: String,
    sk: String,
    office_role: String,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    month_shard: Option<String>,
    expires_at: i64,
    /// How many files came.
    #[serde(skip_serializing_if = "Option::is_none")]
    came: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_shard: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<String>,
    /// Partition of the index `by_lineage`.
    #[serde(skip_serializing_if = "Option::is_none")]
    lineage_of: Option<String>,
    #[serde(flatten)]
    record: &'a T,
}

/// Partition key of a transmission and all that belongs to it.
pub(super) fn partition(id: &TransmissionId) -> String {
    format!("T#{id}")
}

/// The moment as the indexes sort it, made unique by what happened then: `2026-04-10T00:00:00.000Z#T`.
pub(super) fn moment(time: Timestamp, what: &str) -> String {
    format!("{}#{what}", sortable(time))
}

/// A moment before every other of that millisecond.
pub(super) fn sortable(time: Timestamp) -> String {
    time.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// Partition of the index `by_month`: month (UTC) and shard.
pub(super) fn month_shard(month: &str, shard: u8) -> String {
    format!("{month}#{shard}")
}

/// Partition of the index `by_due`.
pub(super) fn due_shard(shard: u8) -> String {
    format!("due#{shard}")
}

/// Where a transmission that is due then stands in the index `by_due`: partition and sort key.
pub(super) fn due(id: &TransmissionId, due_at: Timestamp) -> (String, String) {
    (due_shard(spread(id) % DUE_SHARDS), moment(due_at, &id.to_string()))
}

/// Partition of the index `by_due` that holds deliveries: apart from the transmissions, for another task looks after them.
pub(super) fn delivery_due_shard(shard: u8) -> String {
    format!("delivery#{shard}")
}

/// Where a delivery that is due then stands in the index `by_due`: partition and sort key.
pub(super) fn delivery_due(record: &DeliveryRecord, due_at: Timestamp) -> (String, String) {
    due_of_delivery(&record.id, &record.address.office, due_at)
}

/// The same, of a delivery that is known by its key.
pub(super) fn due_of_delivery(id: &TransmissionId, recipient: &OfficeNumber, due_at: Timestamp) -> (String, String) {
    (delivery_due_shard(spread(id) % DUE_SHARDS), moment(due_at, &format!("{id}#{recipient}")))
}

/// Spreads transmissions evenly: a UUID's last byte is random in every version.
fn spread(id: &TransmissionId) -> u8 {
    id.jti().as_bytes().last().copied().unwrap_or_default()
}

/// Spreads offices evenly: their numbers' digits don't.
pub(super) fn spread_office(office: &OfficeNumber) -> u8 {
    Sha256::digest(office.as_str()).first().copied().unwrap_or_default()
}

/// What the name of an attribute that holds a file begins with. Files are attributes of their own, not members of a map, so that one update both opens a
/// row and adds to it: a path into a map must exist before.
const FILE: &str = "file_";

/// The attribute of a file of a transmission.
pub(super) fn file_attribute(key: &str) -> String {
    format!("{FILE}{key}")
}

/// A transmission's row from its item.
pub(super) fn row(item: Item) -> Result<TransmissionRecord, StoreError> {
    let (files, mut rest): (Item, Item) = item.into_iter().partition(|(name, _)| name.starts_with(FILE));
    let files = files.into_iter().map(|(name, file)| (name.trim_start_matches(FILE).to_owned(), file)).collect();
    rest.insert("files".to_owned(), AttributeValue::M(files));
    record(rest)
}

pub(super) fn transmission(record: &TransmissionRecord) -> Result<Item, StoreError> {
    let at = moment(record.stored_at, &record.id.to_string());
    let shard = spread(&record.id) % MONTH_SHARDS;
    let (due_shard, due) = record.due_at.map(|due_at| due(&record.id, due_at)).unzip();
    let mut item = item(&Keyed {
        came: Some(record.files.len()),
        lineage_of: None,
        due_shard,
        due,
        pk: partition(&record.id),
        sk: TRANSMISSION.to_owned(),
        office_role: Role::Sender.of(record.id.sender()),
        month_shard: at.get(..7).map(|month| month_shard(month, shard)),
        at,
        expires_at: record.stored_at.as_second().saturating_add(KEPT_SECONDS),
        record,
    })?;
    if let Some(AttributeValue::M(files)) = item.remove("files") {
        item.extend(files.into_iter().map(|(key, file)| (file_attribute(&key), file)));
    }
    Ok(item)
}

pub(super) fn delivery(record: &DeliveryRecord) -> Result<Item, StoreError> {
    let (due_shard, due) = record.due_at.map(|due_at| delivery_due(record, due_at)).unzip();
    item(&Keyed {
        pk: partition(&record.id),
        sk: format!("{DELIVERY}{}", record.address.office),
        office_role: Role::Recipient.of(&record.address.office),
        at: moment(record.delivered_at, &record.id.to_string()),
        month_shard: None,
        came: None,
        due_shard,
        due,
        lineage_of: record.lineage.as_ref().map(|lineage| lineage_of(record, lineage)),
        expires_at: record.delivered_at.as_second().saturating_add(KEPT_SECONDS),
        record,
    })
}

/// Partition of the index `by_lineage`: what one sender sends one recipient of a family and month.
pub(super) fn lineage_of(record: &DeliveryRecord, lineage: &Lineage) -> String {
    line(&record.address.office, record.id.sender(), &lineage.line())
}

/// The same, of a line that is known by its name.
pub(super) fn line(recipient: &OfficeNumber, sender: &OfficeNumber, line: &str) -> String {
    format!("{recipient}#{sender}#{line}")
}

pub(super) fn lone_rejection(record: &LoneRejection) -> Result<Item, StoreError> {
    item(&Keyed {
        pk: format!("O#{}", record.object),
        sk: REJECTION.to_owned(),
        office_role: Role::Rejected.of(&record.office),
        at: moment(record.stored_at, &record.object),
        month_shard: None,
        came: None,
        due_shard: None,
        due: None,
        lineage_of: None,
        expires_at: record.stored_at.as_second().saturating_add(KEPT_SECONDS),
        record,
    })
}

/// The key of a transmission's own row.
pub(super) fn transmission_key(id: &TransmissionId) -> Item {
    HashMap::from([("pk".to_owned(), AttributeValue::S(partition(id))), ("sk".to_owned(), AttributeValue::S(TRANSMISSION.to_owned()))])
}

/// The key of one recipient's delivery.
pub(super) fn delivery_key(id: &TransmissionId, recipient: &OfficeNumber) -> Item {
    let sk = format!("{DELIVERY}{recipient}");
    HashMap::from([("pk".to_owned(), AttributeValue::S(partition(id))), ("sk".to_owned(), AttributeValue::S(sk))])
}

/// An item from what is written.
pub(super) fn item<T: Serialize>(record: &T) -> Result<Item, StoreError> {
    // serde's own words may quote a value
    serde_dynamo::to_item(record).map_err(|_| StoreError::unreadable("ledger item", "it can't be written as an item"))
}

/// What is read from an item.
pub(super) fn record<T: DeserializeOwned>(item: Item) -> Result<T, StoreError> {
    serde_dynamo::from_item(item).map_err(|_| StoreError::unreadable("ledger item", "it is not as this program writes it"))
}

/// The keys of an item found through an index.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Found {
    /// Partition key.
    pub(super) pk: String,
    /// The moment under which the index has it.
    pub(super) at: String,
}

impl Found {
    /// The transmission it belongs to.
    pub(super) fn transmission(&self) -> Result<TransmissionId, StoreError> {
        let id = self.pk.strip_prefix("T#").and_then(|id| id.parse().ok());
        id.ok_or_else(|| StoreError::unreadable("ledger listing", "a partition key that is no transmission's"))
    }
}
