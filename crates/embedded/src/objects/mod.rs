//! A persistent, versioned object store for one bucket.
//!
//! Bytes lie in immutable blob files, everything else in SQLite. A blob is on the disk (written, synced, renamed, its
//! folder synced) before the one transaction that makes it a version of a key **and** queues the event it causes. So a
//! write that was answered is never lost nor without its event, whenever the process is killed; what was not answered
//! leaves at most a blob that nothing names, and those are swept at the next opening.
//!
//! Behaviour follows the S3 API reference (docs.aws.amazon.com/AmazonS3/latest/API) for a bucket with versioning on.

mod blobs;
mod copy;
mod delete;
mod error;
mod event;
mod list;
mod multipart;
mod read;
mod version;
mod write;

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

pub use blobs::{Expected, Staged};
pub use copy::{Copied, Copy};
pub use delete::Deleted;
pub use error::{ObjectError, OpenError};
pub use list::{Listing, Page, VersionPage};
pub use multipart::{Completion, PartClaim, PartView, UploadChecksum, UploadView};
pub use read::Found;
pub use version::{Algorithm, Attributes, Checksums, Version};
pub use write::WriteCondition;

use crate::database::{Database, StorageError, blocking};
use crate::queue::{self, Queue};
use blobs::Blobs;

/// Tells the exchange's time: Last-Modified and the events' time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Which writes make events, and what the events say about where they come from.
#[derive(Debug, Clone)]
pub struct EventSource {
    /// The bucket's name.
    pub bucket: String,
    /// The region's name.
    pub region: String,
    /// Keys that begin so make events.
    pub prefix: String,
}

/// The store; clones share it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    database: Arc<Database>,
    blobs: Blobs,
    clock: Clock,
    events: EventSource,
}

impl Store {
    /// Opens the store in `dir`, which is made if it is not there. Blobs that belong to nothing are removed, messages
    /// that were in flight are due again. Blocks for as long as that takes.
    ///
    /// # Errors
    /// Another process has the store open, or the disk or the database failed.
    pub fn open(dir: &Path, clock: Clock, events: EventSource) -> Result<Self, OpenError> {
        std::fs::create_dir_all(dir).map_err(StorageError::from)?;
        let database = Database::open(dir)?;
        let blobs = Blobs::open(dir)?;
        database.transaction_now(|transaction| {
            blobs.sweep(transaction)?;
            queue::recover(transaction)
        })?;
        Ok(Self { inner: Arc::new(Inner { database, blobs, clock, events }) })
    }

    /// The queue that this store's events go to.
    #[must_use]
    pub fn queue(&self) -> Queue {
        Queue::new(Arc::clone(&self.inner.database))
    }

    fn now(&self) -> Timestamp {
        (self.inner.clock)()
    }

    /// Runs `work` with the store on a worker thread.
    async fn blocking<T, E>(&self, work: impl FnOnce(&Inner) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let inner = Arc::clone(&self.inner);
        blocking(move || work(&inner)).await
    }
}
