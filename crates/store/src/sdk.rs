//! What the adapters share: the SDK's errors sorted, its clients made.

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

use crate::StoreError;

/// Codes that say "later", whatever the status. Sources: the error lists of S3 and DynamoDB.
const PASSING: &[&str] = &[
    "ConditionalRequestConflict",
    "InternalError",
    "InternalServerError",
    "OperationAborted",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestTimeout",
    "ServiceUnavailable",
    "SlowDown",
    "ThrottlingException",
    "TransactionConflictException",
    "TransactionInProgressException",
];

/// The HTTP status of the service's answer; none where there was no answer.
pub(crate) fn status_of<E>(error: &SdkError<E>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

/// Sorts an SDK error by what the caller does next.
pub(crate) fn classify<E>(operation: &'static str, error: SdkError<E>) -> StoreError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
    let passing = match (&error, code, status_of(&error)) {
        (SdkError::ConstructionFailure(_), _, _) => false,
        (_, Some(code), _) if PASSING.contains(&code) => true,
        (_, _, Some(status)) => status >= 500 || status == 429 || status == 409,
        (_, _, None) => true,
    };
    let detail = match (code, &error) {
        (Some(code), _) => code.to_owned(),
        (None, SdkError::TimeoutError(_)) => "timed out".to_owned(),
        (None, SdkError::DispatchFailure(_)) => "not reached".to_owned(),
        (None, _) => status_of(&error).map_or_else(|| "no answer".to_owned(), |status| format!("HTTP {status}")),
    };
    let source: Option<Box<dyn std::error::Error + Send + Sync>> = Some(Box::new(error));
    if passing { StoreError::Retry { operation, detail, source } } else { StoreError::Refused { operation, detail, source } }
}
