//! What can go wrong, by what the caller does next.

use super::Version;
use crate::database::StorageError;

/// Why the store did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it open: end that one first.
    #[error("the data folder is in use by another process: stop that one first")]
    InUse,
    /// The disk or the database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Why an operation was not done. Except for `Storage`, repeating the same request gives the same answer.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// No current version of the key.
    #[error("no such key")]
    NoSuchKey,
    /// The newest version, or the one asked for, is a delete marker.
    #[error("the version is a delete marker")]
    DeleteMarker {
        /// The marker's version id.
        version_id: String,
        /// Whether it was asked for by its id.
        named: bool,
    },
    /// The key has no such version.
    #[error("no such version")]
    NoSuchVersion,
    /// No such multipart upload under this key.
    #[error("no such upload")]
    NoSuchUpload,
    /// A condition of the request does not hold.
    #[error("a precondition of the request does not hold")]
    PreconditionFailed,
    /// The reader has this version already.
    #[error("not modified")]
    NotModified(Box<Version>),
    /// The body is not what the request's digest says.
    #[error("the body does not fit the given digest")]
    BadDigest,
    /// A digest in the request is not one.
    #[error("a given digest is ill-formed")]
    InvalidDigest,
    /// The body ended early or went on.
    #[error("the body does not have the announced length")]
    IncompleteBody,
    /// A part named at completion was not uploaded so.
    #[error("a named part was not uploaded, or not so")]
    InvalidPart,
    /// The parts named at completion don't rise.
    #[error("part numbers must rise")]
    InvalidPartOrder,
    /// A part but the last is below 5 MiB.
    #[error("a part but the last is below 5 MiB")]
    EntityTooSmall,
    /// The body's stream broke off: the client's doing.
    #[error("the request's body could not be read")]
    Body(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The disk or the database failed: repeat the request.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<rusqlite::Error> for ObjectError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Storage(error.into())
    }
}

impl From<std::io::Error> for ObjectError {
    fn from(error: std::io::Error) -> Self {
        Self::Storage(error.into())
    }
}

impl From<serde_json::Error> for ObjectError {
    fn from(error: serde_json::Error) -> Self {
        Self::Storage(error.into())
    }
}
