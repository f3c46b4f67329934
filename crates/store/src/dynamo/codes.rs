//! One-time codes and spent tokens, in the ledger's table under keys of their own.

use async_trait::async_trait;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, TransactWriteItem, Update};
use exchange::{MAX_TRIES, Office};
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use standard::OfficeNumber;

use super::conditions::{is_condition_failure, sort_cancellation, update_refused};
use super::items::{self, Item};
use super::{DynamoLedger, text};
use crate::StoreError;
use crate::codes::{CodeRecord, Codes, Enrolled};
use crate::ledger::Revision;
use crate::sdk::classify;

/// A code that still lets somebody in.
const OPEN: &str = "used = :no AND tries < :tries AND expires_at > :now";
/// None, or one that lets nobody in any more.
const FREE: &str = "attribute_not_exists(pk) OR used = :yes OR tries >= :tries OR expires_at <= :now";

#[derive(Serialize)]
struct CodeItem<'a> {
    pk: String,
    sk: &'a str,
    #[serde(flatten)]
    record: &'a CodeRecord,
}

#[async_trait]
impl Codes for DynamoLedger {
    async fn keep_code(&self, code: &CodeRecord, now: Timestamp) -> Result<bool, StoreError> {
        let item = items::item(&CodeItem { pk: partition(&code.office), sk: &code.first_four, record: code })?;
        let request = self.client.put_item().table_name(&self.tables.ledger).set_item(Some(item)).condition_expression(FREE);
        let request = request
            .expression_attribute_values(":yes", AttributeValue::Bool(true))
            .expression_attribute_values(":tries", AttributeValue::N(MAX_TRIES.to_string()))
            .expression_attribute_values(":now", second(now));
        match request.send().await {
            Ok(_) => Ok(true),
            Err(error) if is_condition_failure(&error) => Ok(false),
            Err(error) => Err(classify("codes.keep_code", error)),
        }
    }

    async fn try_code(&self, office: &OfficeNumber, first_four: &str, now: Timestamp) -> Result<Option<CodeRecord>, StoreError> {
        let request = self
            .update(code_key(office, first_four))
            .update_expression("ADD tries :one")
            .condition_expression(OPEN)
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .expression_attribute_values(":no", AttributeValue::Bool(false))
            .expression_attribute_values(":tries", AttributeValue::N(MAX_TRIES.to_string()))
            .expression_attribute_values(":now", second(now))
            .return_values(ReturnValue::AllNew);
        match request.send().await {
            Ok(output) => output.attributes.map(items::record).transpose(),
            Err(error) if update_refused(&error).is_some() => Ok(None),
            Err(error) => Err(classify("codes.try_code", error)),
        }
    }

    async fn enrol(&self, code: &CodeRecord, office: &Office, read: Revision) -> Result<Enrolled, StoreError> {
        const OPERATION: &str = "codes.enrol";
        let spend = Update::builder()
            .table_name(&self.tables.ledger)
            .set_key(Some(code_key(&code.office, &code.first_four)))
            .update_expression("SET used = :yes")
            .condition_expression("used = :no AND digest = :digest")
            .expression_attribute_values(":yes", AttributeValue::Bool(true))
            .expression_attribute_values(":no", AttributeValue::Bool(false))
            .expression_attribute_values(":digest", text(&code.digest))
            .build()
            .map_err(|error| StoreError::unreadable(OPERATION, error))?;
        let entry = self.put_office(OPERATION, office, Some(read))?;
        let writes = vec![TransactWriteItem::builder().update(spend).build(), TransactWriteItem::builder().put(entry).build()];
        match self.client.transact_write_items().set_transact_items(Some(writes)).send().await {
            Ok(_) => Ok(Enrolled::Written),
            Err(error) => stood_in_the_way(&error).ok_or_else(|| sort_cancellation(OPERATION, error)),
        }
    }

    async fn spend_token(&self, office: &OfficeNumber, jti: &str, void_after: Timestamp) -> Result<bool, StoreError> {
        let digest = hex::encode(Sha256::digest(format!("{office}\n{jti}")));
        let item = Item::from([
            ("pk".to_owned(), text(format!("J#{digest}"))),
            ("sk".to_owned(), text("token")),
            ("expires_at".to_owned(), second(void_after)),
        ]);
        let request = self.client.put_item().table_name(&self.tables.ledger).set_item(Some(item));
        match request.condition_expression("attribute_not_exists(pk)").send().await {
            Ok(_) => Ok(true),
            Err(error) if is_condition_failure(&error) => Ok(false),
            Err(error) => Err(classify("codes.spend_token", error)),
        }
    }
}

/// Which of the two writes of an enrolment its condition refused, or another writer's transaction; none where something else failed.
fn stood_in_the_way(error: &SdkError<TransactWriteItemsError>) -> Option<Enrolled> {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error() else { return None };
    let codes: Vec<&str> = cancelled.cancellation_reasons().iter().filter_map(|reason| reason.code()).collect();
    match codes[..] {
        ["ConditionalCheckFailed", _] => Some(Enrolled::CodeGone),
        [_, "ConditionalCheckFailed"] => Some(Enrolled::OfficeChanged),
        // nothing is written: the same as having been overtaken
        _ if codes.contains(&"TransactionConflict") => Some(Enrolled::OfficeChanged),
        _ => None,
    }
}

fn partition(office: &OfficeNumber) -> String {
    format!("C#{office}")
}

fn code_key(office: &OfficeNumber, first_four: &str) -> Item {
    Item::from([("pk".to_owned(), text(partition(office))), ("sk".to_owned(), text(first_four))])
}

fn second(time: Timestamp) -> AttributeValue {
    AttributeValue::N(time.as_second().to_string())
}
