//! What can go wrong with storage, sorted by what the caller does next.

use std::error::Error;

/// A storage call that didn't do what it was asked.
///
/// Neither variant carries file content; `operation` is the port's method, `detail` the service's own code or the SDK's words.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Throttled, timed out, not reached, a conflict with another writer: the same call may succeed later. Whether it took effect is unknown.
    #[error("{operation} may succeed when tried again: {detail}")]
    Retry {
        /// The port's method.
        operation: &'static str,
        /// The service's code or the SDK's words.
        detail: String,
        /// The SDK's error, where there is one.
        #[source]
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// Refused by the service for a reason that only an operator can mend: a permission, a missing table or bucket, a key.
    #[error("{operation} was refused: {detail}")]
    Refused {
        /// The port's method.
        operation: &'static str,
        /// The service's code.
        detail: String,
        /// The SDK's error, where there is one.
        #[source]
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// What was read is not what this program writes.
    #[error("{operation} read an entry that can't be understood: {detail}")]
    Unreadable {
        /// The port's method.
        operation: &'static str,
        /// What is wrong with it; names of attributes, never values.
        detail: String,
    },
}

impl StoreError {
    /// A passing fault without an SDK error behind it.
    pub fn retry(operation: &'static str, detail: impl Into<String>) -> Self {
        Self::Retry { operation, detail: detail.into(), source: None }
    }

    /// An entry that can't be understood.
    pub fn unreadable(operation: &'static str, detail: impl std::fmt::Display) -> Self {
        Self::Unreadable { operation, detail: detail.to_string() }
    }

    /// Whether the same call may succeed later without an operator.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Retry { .. })
    }
}
