//! The day's count of each sender: one item a sender and day that holds the ids of its transmissions, so that none counts twice.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use exchange::{DailyQuota, TransmissionId};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::conditions::update_refused;
use super::items::Item;
use super::{DynamoLedger, text};
use crate::StoreError;
use crate::sdk::classify;

/// Longer than a message can wait in the queue and among the dead letters.
const KEPT_SECONDS: i64 = 93 * 24 * 60 * 60;

impl DynamoLedger {
    pub(super) async fn count_sent(&self, id: &TransmissionId, day: Date, quota: DailyQuota) -> Result<bool, StoreError> {
        let number = |number: i64| AttributeValue::N(number.to_string());
        let midnight = day.to_zoned(TimeZone::UTC).map_or(0, |midnight| midnight.timestamp().as_second());
        let jti = Blob::new(id.jti().as_bytes().to_vec());
        let key = Item::from([("pk".to_owned(), text(format!("Q#{}", id.sender()))), ("sk".to_owned(), text(format!("sent#{day}")))]);
        let answer = self
            .update(key)
            .update_expression("ADD sent :these SET expires_at = :expires_at")
            .condition_expression("attribute_not_exists(sent) OR size(sent) < :quota OR contains(sent, :this)")
            .expression_attribute_values(":these", AttributeValue::Bs(vec![jti.clone()]))
            .expression_attribute_values(":this", AttributeValue::B(jti))
            .expression_attribute_values(":quota", number(quota.transmissions().into()))
            .expression_attribute_values(":expires_at", number(midnight.saturating_add(KEPT_SECONDS)))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(true),
            Err(error) if update_refused(&error).is_some() => Ok(false),
            Err(error) => Err(classify("ledger.count", error)),
        }
    }
}
