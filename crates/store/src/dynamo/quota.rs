//! The day's count of each sender: one item a sender and day that holds the ids of its transmissions, so that none counts twice.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, TransactWriteItem, Update};
use exchange::{DailyQuota, TransmissionId};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::conditions::{all_conditions, condition_failed_at, sort_cancellation, update_refused};
use super::items::Item;
use super::{DynamoLedger, text};
use crate::StoreError;
use crate::sdk::classify;

/// Longer than a message can wait in the queue and among the dead letters.
const KEPT_SECONDS: i64 = 93 * 24 * 60 * 60;

impl DynamoLedger {
    pub(super) async fn count_sent(
        &self,
        id: &TransmissionId,
        day: Date,
        earlier: Option<Date>,
        quota: DailyQuota,
    ) -> Result<bool, StoreError> {
        const OPERATION: &str = "ledger.count";
        let number = |number: i64| AttributeValue::N(number.to_string());
        let midnight = day.to_zoned(TimeZone::UTC).map_or(0, |midnight| midnight.timestamp().as_second());
        let jti = Blob::new(id.jti().as_bytes().to_vec());
        let built = |error| StoreError::unreadable(OPERATION, error);
        let counting = Update::builder()
            .table_name(&self.tables.ledger)
            .set_key(Some(key(id, day)))
            .update_expression("ADD sent :these SET expires_at = :expires_at")
            .condition_expression("attribute_not_exists(sent) OR size(sent) < :quota OR contains(sent, :this)")
            .expression_attribute_values(":these", AttributeValue::Bs(vec![jti.clone()]))
            .expression_attribute_values(":this", AttributeValue::B(jti.clone()))
            .expression_attribute_values(":quota", number(quota.transmissions().into()))
            .expression_attribute_values(":expires_at", number(midnight.saturating_add(KEPT_SECONDS)))
            .build()
            .map_err(built)?;
        let Some(earlier) = earlier else { return self.count_alone(OPERATION, counting).await };
        let uncounted = ConditionCheck::builder()
            .table_name(&self.tables.ledger)
            .set_key(Some(key(id, earlier)))
            .condition_expression("NOT contains(sent, :this)")
            .expression_attribute_values(":this", AttributeValue::B(jti))
            .build()
            .map_err(built)?;
        let [first, second] =
            [TransactWriteItem::builder().condition_check(uncounted).build(), TransactWriteItem::builder().update(counting).build()];
        match self.client.transact_write_items().transact_items(first).transact_items(second).send().await {
            Ok(_) => Ok(true),
            // counted on the earlier day, whether this one is full or not
            Err(error) if condition_failed_at(&error, 0) => Ok(true),
            Err(error) if all_conditions(&error) => Ok(false),
            Err(error) => Err(sort_cancellation(OPERATION, error)),
        }
    }

    async fn count_alone(&self, operation: &'static str, counting: Update) -> Result<bool, StoreError> {
        let request = self.client.update_item().table_name(counting.table_name).set_key(Some(counting.key));
        let request = request
            .update_expression(counting.update_expression)
            .set_condition_expression(counting.condition_expression)
            .set_expression_attribute_values(counting.expression_attribute_values);
        match request.send().await {
            Ok(_) => Ok(true),
            Err(error) if update_refused(&error).is_some() => Ok(false),
            Err(error) => Err(classify(operation, error)),
        }
    }
}

/// The key of a sender's day.
fn key(id: &TransmissionId, day: Date) -> Item {
    Item::from([("pk".to_owned(), text(format!("Q#{}", id.sender()))), ("sk".to_owned(), text(format!("sent#{day}")))])
}
