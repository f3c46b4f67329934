//! What DynamoDB says when a condition doesn't hold, sorted.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;

use super::items::Item;
use crate::StoreError;
use crate::sdk::classify;

pub(super) fn is_condition_failure(error: &SdkError<PutItemError>) -> bool {
    error.as_service_error().is_some_and(PutItemError::is_conditional_check_failed_exception)
}

/// The item that stood in the way of a conditional update: none, where there is none; `None`, where something else failed.
pub(super) fn update_refused(error: &SdkError<UpdateItemError>) -> Option<Option<Item>> {
    match error.as_service_error()? {
        UpdateItemError::ConditionalCheckFailedException(failed) => Some(failed.item().filter(|item| !item.is_empty()).cloned()),
        _ => None,
    }
}

/// Whether a transaction failed for its conditions and nothing else.
pub(super) fn all_conditions(error: &SdkError<TransactWriteItemsError>) -> bool {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            only_conditions(cancelled.cancellation_reasons().iter().filter_map(|reason| reason.code()))
        }
        _ => false,
    }
}

/// Whether the condition of this one of a transaction's writes, from 0, failed.
pub(super) fn condition_failed_at(error: &SdkError<TransactWriteItemsError>, place: usize) -> bool {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            cancelled.cancellation_reasons().get(place).and_then(|reason| reason.code()) == Some("ConditionalCheckFailed")
        }
        _ => false,
    }
}

/// Where nothing is told, nothing is known.
fn only_conditions<'a>(codes: impl Iterator<Item = &'a str>) -> bool {
    let mut failed = codes.filter(|code| *code != "None").peekable();
    failed.peek().is_some() && failed.all(|code| code == "ConditionalCheckFailed")
}

/// The row that stood in the way of a conditional write.
pub(super) fn condition_failed(error: &SdkError<PutItemError>) -> Option<Item> {
    match error.as_service_error()? {
        PutItemError::ConditionalCheckFailedException(failed) => failed.item().cloned(),
        _ => None,
    }
}

/// The transmission's row (always the first write) that made a transaction fail.
pub(super) fn cancelled_by_row(error: &SdkError<TransactWriteItemsError>) -> Option<Item> {
    match error.as_service_error()? {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => {
            let first = cancelled.cancellation_reasons().first()?;
            if first.code() == Some("ConditionalCheckFailed") { first.item().cloned() } else { None }
        }
        _ => None,
    }
}

/// A cancelled transaction tells why entry by entry: a conflict or throttle passes, anything else doesn't.
pub(super) fn sort_cancellation(operation: &'static str, error: SdkError<TransactWriteItemsError>) -> StoreError {
    let codes: Vec<String> = match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => cancelled
            .cancellation_reasons()
            .iter()
            .filter_map(|reason| reason.code())
            .filter(|code| *code != "None")
            .map(str::to_owned)
            .collect(),
        _ => return classify(operation, error),
    };
    let passing =
        codes.iter().any(|code| matches!(code.as_str(), "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded"));
    let detail = format!("{} ({})", error.code().unwrap_or("TransactionCanceledException"), codes.join(", "));
    let source: Option<Box<dyn std::error::Error + Send + Sync>> = Some(Box::new(error));
    if passing { StoreError::Retry { operation, detail, source } } else { StoreError::Refused { operation, detail, source } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_failed_for_its_conditions_only_where_it_says_so() {
        let check = |codes: &[&str], expected| assert_eq!(only_conditions(codes.iter().copied()), expected, "{codes:?}");
        check(&["None", "ConditionalCheckFailed"], true);
        check(&["ConditionalCheckFailed", "TransactionConflict"], false);
        check(&["None", "None"], false);
        check(&[], false);
    }
}
