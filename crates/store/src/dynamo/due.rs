//! What is due: a sparse index, so that a look costs what is due and nothing for what isn't.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use exchange::TransmissionId;
use jiff::Timestamp;
use serde::Deserialize;
use standard::OfficeNumber;

use super::conditions::update_refused;
use super::items::{self, DUE_SHARDS};
use super::{DynamoLedger, text};
use crate::StoreError;
use crate::ledger::{Listing, Page};
use crate::records::TransmissionRecord;
use crate::sdk::classify;

#[derive(Deserialize)]
pub(super) struct Due {
    pub(super) pk: String,
    pub(super) sk: String,
    pub(super) due: String,
}

/// That a transmission stands as it was seen.
const STANDS: &str = "#status = :status AND came = :came";

impl DynamoLedger {
    /// One page of one shard; a cursor is the turn and the place in its shard. Every minute another shard has the first turn: rows that take long, or
    /// that fail, keep none of the others from theirs for good.
    pub(super) async fn list_due(&self, page: Page) -> Result<Listing<TransmissionId>, StoreError> {
        let Listing { items, next_cursor } = self.page_of_due(page, items::due_shard).await?;
        let id = |due: Due| due.pk.strip_prefix("T#").and_then(|id| id.parse().ok());
        let ids: Option<Vec<TransmissionId>> = items.into_iter().map(id).collect();
        let items = ids.ok_or_else(|| StoreError::unreadable("ledger.due", "a partition key that is no transmission's"))?;
        Ok(Listing { items, next_cursor })
    }

    /// The same, of the deliveries that something is due for.
    pub(super) async fn list_due_deliveries(&self, page: Page) -> Result<Listing<(TransmissionId, OfficeNumber)>, StoreError> {
        let Listing { items, next_cursor } = self.page_of_due(page, items::delivery_due_shard).await?;
        let key = |due: Due| Some((due.pk.strip_prefix("T#")?.parse().ok()?, due.sk.strip_prefix(items::DELIVERY)?.parse().ok()?));
        let keys: Option<Vec<(TransmissionId, OfficeNumber)>> = items.into_iter().map(key).collect();
        let items = keys.ok_or_else(|| StoreError::unreadable("ledger.due", "a key that is no delivery's"))?;
        Ok(Listing { items, next_cursor })
    }

    pub(super) async fn page_of_due(&self, page: Page, partition: fn(u8) -> String) -> Result<Listing<Due>, StoreError> {
        let (turn, after) = page.cursor.as_deref().and_then(|cursor| cursor.split_once('|')).unwrap_or(("0", ""));
        let turn: u8 = turn.parse().unwrap_or_default();
        let first = page.now.as_second().div_euclid(60).rem_euclid(i64::from(DUE_SHARDS));
        let shard = u8::try_from(first).unwrap_or_default().saturating_add(turn) % DUE_SHARDS;
        // `~` sorts after every character of a moment: all that is due in this millisecond too
        let until = format!("{}~", items::sortable(page.now));
        let items = if after > until.as_str() { Vec::new() } else { self.query_due(partition(shard), after, until, page.limit).await? };
        let found: Vec<Due> = items.into_iter().map(items::record).collect::<Result<_, _>>()?;
        let next_cursor = match found.last() {
            Some(last) if found.len() >= page.limit => Some(format!("{turn}|{}~", last.due)),
            _ => Some(turn.saturating_add(1)).filter(|next| *next < DUE_SHARDS).map(|next| format!("{next}|")),
        };
        Ok(Listing { items: found, next_cursor })
    }

    async fn query_due(&self, shard: String, after: &str, until: String, limit: usize) -> Result<Vec<items::Item>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.tables.ledger)
            .index_name("by_due")
            .key_condition_expression("due_shard = :shard AND due BETWEEN :after AND :until")
            .expression_attribute_values(":shard", text(shard))
            // an empty text is no key
            .expression_attribute_values(":after", text(if after.is_empty() { "0" } else { after }))
            .expression_attribute_values(":until", AttributeValue::S(until))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .send()
            .await;
        Ok(answer.map_err(|error| classify("ledger.due", error))?.items.unwrap_or_default())
    }

    pub(super) async fn change_due(&self, record: &TransmissionRecord, due_at: Option<Timestamp>) -> Result<bool, StoreError> {
        let request = self
            .update(items::transmission_key(&record.id))
            .condition_expression(STANDS)
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":status", text(record.status.as_str()))
            .expression_attribute_values(":came", AttributeValue::N(record.files.len().to_string()));
        let request = match record.due_at {
            _ if due_at.is_none() => request,
            Some(seen) => request
                .condition_expression(format!("{STANDS} AND due_at = :seen"))
                .expression_attribute_values(":seen", text(seen.to_string())),
            None => request.condition_expression(format!("{STANDS} AND attribute_not_exists(due_at)")),
        };
        make_due("ledger.set_due", request, due_at.map(|due_at| (items::due(&record.id, due_at), due_at))).await
    }
}

/// Makes a row due then, there in the index, or no more; false where it has moved on, and is due as that says.
pub(super) async fn make_due(
    operation: &'static str,
    request: UpdateItemFluentBuilder,
    due: Option<((String, String), Timestamp)>,
) -> Result<bool, StoreError> {
    let request = match due {
        Some(((shard, due), due_at)) => request
            .update_expression("SET due_shard = :shard, due = :due, due_at = :due_at")
            .expression_attribute_values(":shard", text(shard))
            .expression_attribute_values(":due", text(due))
            .expression_attribute_values(":due_at", text(due_at.to_string())),
        None => request.update_expression("REMOVE due_shard, due, due_at"),
    };
    match request.send().await {
        Ok(_) => Ok(true),
        Err(error) if update_refused(&error).is_some() => Ok(false),
        Err(error) => Err(classify(operation, error)),
    }
}
