//! One SQLite file for object versions, uploads and queued events, so that one transaction can hold an upload and its event.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::Notify;

use crate::objects::OpenError;

/// The disk or the database failed: the request may be repeated, nothing of it happened.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The SQLite file.
    #[error("database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A blob file or its folder.
    #[error("disk: {0}")]
    Io(#[from] std::io::Error),
    /// A column holds what this program never wrote.
    #[error("stored row: {0}")]
    Row(#[from] serde_json::Error),
    /// The worker thread is gone (the program is ending).
    #[error("worker thread ended")]
    Worker,
}

/// The open database. Writes are serialised by the lock; every commit reaches the disk (`synchronous=FULL`).
pub(crate) struct Database {
    connection: Mutex<Connection>,
    /// Rings when a message was queued or released.
    pub(crate) wake: Notify,
    opened: Instant,
    /// Held for as long as anything uses the folder: the sweep of a second process would take blobs that are being
    /// written, and its queue would hand out what is in flight here.
    _lock: File,
}

impl Database {
    pub(crate) fn open(dir: &Path) -> Result<Arc<Self>, OpenError> {
        let lock = File::create(dir.join("objects.lock")).map_err(StorageError::from)?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => OpenError::InUse,
            TryLockError::Error(error) => OpenError::Storage(error.into()),
        })?;
        Self::connect(dir, lock).map_err(OpenError::from)
    }

    fn connect(dir: &Path, lock: File) -> Result<Arc<Self>, StorageError> {
        let connection = Connection::open(dir.join("objects.sqlite"))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch(include_str!("schema.sql"))?;
        Ok(Arc::new(Self { connection: Mutex::new(connection), wake: Notify::new(), opened: Instant::now(), _lock: lock }))
    }

    /// Milliseconds since the database was opened. Visibility in the queue counts on this clock, which no one can set;
    /// it starts again at zero with the process, and so does every message's visibility.
    pub(crate) fn elapsed_ms(&self) -> i64 {
        i64::try_from(self.opened.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    /// Runs `work` in one transaction on a worker thread: committed when it returns `Ok`, else rolled back.
    pub(crate) async fn transaction<T, E>(
        self: &Arc<Self>,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let this = Arc::clone(self);
        blocking(move || this.transaction_now(work)).await
    }

    /// The same on the calling thread.
    pub(crate) fn transaction_now<T, E: From<StorageError>>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, E>) -> Result<T, E> {
        // a panic inside a transaction rolled it back, so what the lock guards is whole
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StorageError::from)?;
        let value = work(&transaction)?;
        transaction.commit().map_err(StorageError::from)?;
        Ok(value)
    }
}

/// Runs `work` where blocking is allowed.
pub(crate) async fn blocking<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StorageError> + Send + 'static,
{
    tokio::task::spawn_blocking(work).await.map_err(|_ended| StorageError::Worker)?
}
