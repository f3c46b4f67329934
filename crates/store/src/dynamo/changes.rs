//! Rows that change in place: a part joins, a recipient takes or answers, a sender takes back.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update};
use exchange::{DeliveryStatus, Outcome, TransmissionId, TransmissionStatus};
use jiff::Timestamp;
use standard::OfficeNumber;

use super::conditions::{all_conditions, sort_cancellation, update_refused};
use super::items::{self, Item};
use super::{DynamoLedger, text};
use crate::StoreError;
use crate::joining::{Part, look_again};
use crate::ledger::{Answer, Joined, Marked};
use crate::records::{DeliveryRecord, TransmissionRecord};
use crate::sdk::classify;

/// That a row waits for the part: [`crate::Standing::New`], or that there is none.
const WAITS_FOR_IT: &str = "attribute_not_exists(pk) OR (#status = :status AND #addresses = :addresses AND #parts = :parts AND #set = :set \
                            AND #came < :parts AND attribute_not_exists(#file))";

impl DynamoLedger {
    pub(super) async fn add_part(&self, part: &Part) -> Result<Joined, StoreError> {
        const OPERATION: &str = "ledger.join";
        let key = items::transmission_key(&part.id);
        let file = items::file_attribute(&part.key());
        let mut request = self.update(key.clone()).condition_expression(WAITS_FOR_IT).return_values(ReturnValue::AllNew);
        let mut sets = Vec::new();
        for (name, value) in items::transmission(&part.opening())? {
            if key.contains_key(&name) {
                continue;
            }
            let alias = if name == file { "file".to_owned() } else { name.clone() };
            match alias.as_str() {
                "file" => sets.push("#file = :file".to_owned()),
                "came" => {
                    sets.push("#came = if_not_exists(#came, :none) + :came".to_owned());
                    request = request.expression_attribute_values(":none", AttributeValue::N("0".to_owned()));
                }
                "told_at" | "due_at" | "due_shard" | "due" => sets.push(format!("#{alias} = :{alias}")),
                // what the row has already, it keeps
                other => sets.push(format!("#{other} = if_not_exists(#{other}, :{other})")),
            }
            request = request.expression_attribute_names(format!("#{alias}"), name).expression_attribute_values(format!(":{alias}"), value);
        }
        let answer = request.update_expression(format!("SET {}", sets.join(", "))).send().await;
        match answer {
            Ok(output) => Ok(Joined::Written(items::row(output.attributes.unwrap_or_default())?)),
            Err(error) => match update_refused(&error) {
                Some(Some(item)) => Ok(Joined::Held(items::row(item)?)),
                _ => Err(classify(OPERATION, error)),
            },
        }
    }

    pub(super) async fn cancel_all(&self, record: &TransmissionRecord, now: Timestamp) -> Result<bool, StoreError> {
        const OPERATION: &str = "ledger.cancel";
        let due_at = look_again(now);
        let (due_shard, due) = items::due(&record.id, due_at);
        let built = |error| StoreError::unreadable(OPERATION, error);
        let update = |key: Item, status: &str, cancelled: &str, more: &str| {
            Update::builder()
                .table_name(&self.tables.ledger)
                .set_key(Some(key))
                .update_expression(format!("SET #status = :cancelled{more}"))
                .condition_expression("#status = :delivered")
                .expression_attribute_names("#status", "status")
                .expression_attribute_values(":delivered", text(status))
                .expression_attribute_values(":cancelled", text(cancelled))
        };
        let (delivered, cancelled) = (TransmissionStatus::Delivered.as_str(), TransmissionStatus::Cancelled.as_str());
        let more = ", cancelled_at = :now, due_shard = :shard, due = :due, due_at = :due_at";
        let row = update(items::transmission_key(&record.id), delivered, cancelled, more)
            .expression_attribute_values(":now", text(now.to_string()))
            .expression_attribute_values(":shard", text(due_shard))
            .expression_attribute_values(":due", text(due))
            .expression_attribute_values(":due_at", text(due_at.to_string()));
        let mut writes = vec![TransactWriteItem::builder().update(row.build().map_err(built)?).build()];
        let (delivered, cancelled) = (DeliveryStatus::Delivered.as_str(), DeliveryStatus::Cancelled.as_str());
        for address in &record.addresses {
            // what was taken back replaces nothing
            let delivery = update(
                items::delivery_key(&record.id, &address.office),
                delivered,
                cancelled,
                " REMOVE lineage_of, due_shard, due, due_at",
            );
            writes.push(TransactWriteItem::builder().update(delivery.build().map_err(built)?).build());
        }
        match self.client.transact_write_items().set_transact_items(Some(writes)).send().await {
            Ok(_) => Ok(true),
            Err(error) if all_conditions(&error) => Ok(false),
            Err(error) => Err(sort_cancellation(OPERATION, error)),
        }
    }

    pub(super) async fn mark_collected(&self, id: &TransmissionId, recipient: &OfficeNumber, now: Timestamp) -> Result<Marked, StoreError> {
        let request = self
            .update(items::delivery_key(id, recipient))
            .update_expression("SET #status = :collected, collected_at = :now")
            .condition_expression("#status = :delivered")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":delivered", text(DeliveryStatus::Delivered.as_str()))
            .expression_attribute_values(":collected", text(DeliveryStatus::Collected.as_str()))
            .expression_attribute_values(":now", text(now.to_string()));
        mark("ledger.collect", request, |held| held.collected(now)).await
    }

    pub(super) async fn mark_acknowledged(
        &self,
        id: &TransmissionId,
        recipient: &OfficeNumber,
        answer: &Answer,
    ) -> Result<Marked, StoreError> {
        let mut condition = "#status = :delivered OR #status = :collected".to_owned();
        let (due_shard, due) = items::due_of_delivery(id, recipient, answer.at);
        let mut request = self
            .update(items::delivery_key(id, recipient))
            .update_expression(
                "SET #status = :acknowledged, #outcome = :outcome, #note = :note, acknowledged_at = :now, due_shard = :shard, due = :due, due_at = :now",
            )
            .expression_attribute_names("#status", "status")
            .expression_attribute_names("#outcome", "outcome")
            .expression_attribute_names("#note", "note")
            .expression_attribute_values(":delivered", text(DeliveryStatus::Delivered.as_str()))
            .expression_attribute_values(":collected", text(DeliveryStatus::Collected.as_str()))
            .expression_attribute_values(":acknowledged", text(DeliveryStatus::Acknowledged.as_str()))
            .expression_attribute_values(":outcome", text(answer.outcome.as_str()))
            .expression_attribute_values(":note", text(&answer.note))
            .expression_attribute_values(":shard", text(due_shard))
            .expression_attribute_values(":due", text(due))
            .expression_attribute_values(":now", text(answer.at.to_string()));
        for (place, corrected) in Outcome::ALL.iter().filter(|outcome| outcome.may_become(answer.outcome)).enumerate() {
            condition.push_str(&format!(" OR (#status = :acknowledged AND #outcome = :corrected{place})"));
            request = request.expression_attribute_values(format!(":corrected{place}"), text(corrected.as_str()));
        }
        mark("ledger.acknowledge", request.condition_expression(condition), |held| held.acknowledged(answer)).await
    }

    pub(super) fn update(&self, key: Item) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.tables.ledger)
            .set_key(Some(key))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }
}

/// Sends the update of a delivery; what stood in its way is sorted as the pure rule has it.
pub(super) async fn mark(
    operation: &'static str,
    request: UpdateItemFluentBuilder,
    rule: impl FnOnce(DeliveryRecord) -> Marked,
) -> Result<Marked, StoreError> {
    match request.return_values(ReturnValue::AllNew).send().await {
        Ok(output) => Ok(Marked::Written(items::record(output.attributes.unwrap_or_default())?)),
        Err(error) => match update_refused(&error) {
            Some(None) => Ok(Marked::Unknown),
            Some(Some(item)) => match rule(items::record(item)?) {
                Marked::Written(_) => Err(StoreError::unreadable(operation, "a condition refused what the rule allows")),
                marked => Ok(marked),
            },
            None => Err(classify(operation, error)),
        },
    }
}
