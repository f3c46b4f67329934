//! What offices gained and owe, and whom they exchanged with.

use async_trait::async_trait;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use exchange::{Campaign, DeliveryStatus, Listed, Office, Place, Side, TransmissionStatus};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use standard::OfficeNumber;

use super::conditions::{all_conditions, condition_failed_at, sort_cancellation};
use super::items::{self, Found, Item, Role};
use super::licences::licence_due;
use super::offices::over_revision;
use super::{DynamoLedger, text};
use crate::StoreError;
use crate::directory::{Bill, Directory, Exchanged, month};
use crate::ledger::{Listing, Revision, Saved};
use crate::licence_end::LicenceEnd;
use crate::records::DeliveryRecord;
use crate::sdk::classify;

/// The key of the entry that holds all campaigns: no office number.
const CAMPAIGNS: &str = "campaigns";

#[derive(Serialize, Deserialize)]
struct CampaignsItem {
    office: String,
    revision: u64,
    campaigns: Vec<Campaign>,
}

#[derive(Serialize, Deserialize)]
struct BillItem {
    pk: String,
    sk: String,
    #[serde(flatten)]
    bill: Bill,
    /// Where it stands in the index `by_due`, as long as its end is to be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_shard: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<String>,
}

#[async_trait]
impl Directory for DynamoLedger {
    async fn offices(&self, numbers: &[OfficeNumber]) -> Result<Vec<(Office, Revision)>, StoreError> {
        self.read_offices(numbers).await
    }

    async fn save_offices(&self, offices: &[(Office, Option<Revision>)]) -> Result<Saved, StoreError> {
        self.write_offices(offices).await
    }

    async fn grant(&self, office: &Office, read: Revision, bill: &Bill) -> Result<Saved, StoreError> {
        const OPERATION: &str = "directory.grant";
        let (due_shard, due) = LicenceEnd::of(bill).map(|end| licence_due(&end.office, end.due_at)).unzip();
        let item = items::item(&BillItem { pk: bills_of(bill.first), sk: bill.key(), bill: bill.clone(), due_shard, due })?;
        let billed = Put::builder().table_name(&self.tables.ledger).set_item(Some(item)).condition_expression("attribute_not_exists(pk)");
        let billed = billed.build().map_err(|error| StoreError::unreadable(OPERATION, error))?;
        let entry = self.put_office(OPERATION, office, Some(read))?;
        let writes = [entry, billed].map(|put| TransactWriteItem::builder().put(put).build());
        match self.client.transact_write_items().set_transact_items(Some(writes.into())).send().await {
            Ok(_) => Ok(Saved::Written),
            // it was billed before; whether the entry stands as it was read, writing it says
            Err(error) if condition_failed_at(&error, 1) => self.write_office(office, Some(read)).await,
            Err(error) if all_conditions(&error) => Ok(Saved::Conflict),
            Err(error) => Err(sort_cancellation(OPERATION, error)),
        }
    }

    async fn bills(&self, month: Date, limit: usize, cursor: Option<&str>) -> Result<Listing<Bill>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.tables.ledger)
            .key_condition_expression("pk = :pk AND sk > :after")
            .expression_attribute_values(":pk", text(bills_of(month)))
            // an empty text is no key
            .expression_attribute_values(":after", text(cursor.unwrap_or("!")))
            .consistent_read(true)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .send()
            .await;
        let output = answer.map_err(|error| classify("directory.bills", error))?;
        let more = output.last_evaluated_key.is_some();
        let items = output.items.unwrap_or_default().into_iter().map(|item| items::record::<BillItem>(item).map(|found| found.bill));
        let items: Vec<Bill> = items.collect::<Result<_, _>>()?;
        let next_cursor = items.last().filter(|_| more).map(Bill::key);
        Ok(Listing { items, next_cursor })
    }

    async fn listed(&self, place: Place, limit: usize, cursor: Option<&str>) -> Result<Listing<Listed>, StoreError> {
        self.list_place(place, limit, cursor).await
    }

    async fn exchanged(
        &self,
        office: &OfficeNumber,
        side: Side,
        (since, until): (Timestamp, Timestamp),
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Listing<Exchanged>, StoreError> {
        let (since, until) = (items::sortable(since), items::sortable(until));
        let role = match side {
            Side::Sender => Role::Sender,
            Side::Recipient => Role::Recipient,
        };
        let before = cursor.unwrap_or(&until);
        let found = self.query("by_office", "office_role", role.of(office), Some(&since), Some(before), limit).await?;
        let next_cursor = match found.last() {
            Some(last) if found.len() >= limit => Some(items::record::<Found>(last.clone())?.at),
            _ => None,
        };
        let read = |item| match side {
            Side::Sender => as_sender(item),
            Side::Recipient => as_recipient(item),
        };
        let items: Vec<Option<Exchanged>> = found.into_iter().map(read).collect::<Result<_, _>>()?;
        Ok(Listing { items: items.into_iter().flatten().collect(), next_cursor })
    }

    async fn campaigns(&self) -> Result<(Vec<Campaign>, Option<Revision>), StoreError> {
        let key = Item::from([("office".to_owned(), AttributeValue::S(CAMPAIGNS.to_owned()))]);
        let request = self.client.get_item().table_name(&self.tables.offices).set_key(Some(key)).consistent_read(true);
        let output = request.send().await.map_err(|error| classify("directory.campaigns", error))?;
        let Some(item) = output.item else { return Ok((Vec::new(), None)) };
        let CampaignsItem { revision, campaigns, .. } = items::record(item)?;
        Ok((campaigns, Some(Revision(revision))))
    }

    async fn save_campaigns(&self, campaigns: &[Campaign], read: Option<Revision>) -> Result<Saved, StoreError> {
        const OPERATION: &str = "directory.save_campaigns";
        let revision = Revision::after(read).0;
        let item = items::item(&CampaignsItem { office: CAMPAIGNS.to_owned(), revision, campaigns: campaigns.to_vec() })?;
        let put = over_revision(&self.tables.offices, item, read).build().map_err(|error| StoreError::unreadable(OPERATION, error))?;
        self.transact(OPERATION, vec![TransactWriteItem::builder().put(put).build()]).await
    }
}

/// Partition of the bills for licences that begin in the month of that day.
pub(super) fn bills_of(day: Date) -> String {
    format!("L#{}", month(day))
}

fn as_sender(item: Item) -> Result<Option<Exchanged>, StoreError> {
    let record = items::row(item)?;
    let delivered_at = record.ended_at.filter(|_| record.status == TransmissionStatus::Delivered);
    let partners = record.addresses.into_iter().map(|address| address.office).collect();
    Ok(delivered_at.map(|delivered_at| Exchanged { id: record.id, delivered_at, partners }))
}

fn as_recipient(item: Item) -> Result<Option<Exchanged>, StoreError> {
    let DeliveryRecord { id, status, delivered_at, .. } = items::record(item)?;
    let partners = vec![*id.sender()];
    Ok((status != DeliveryStatus::Cancelled).then_some(Exchanged { id, delivered_at, partners }))
}
