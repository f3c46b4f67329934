//! Storing a new version.

use rusqlite::{Transaction, params};
use uuid::Uuid;

use super::event::{Cause, notification};
use super::version::column;
use super::{Attributes, Checksums, Inner, ObjectError, Staged, Store, Version};
use crate::database::StorageError;
use crate::queue;

/// What must be true of the key at the very moment of the write.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum WriteCondition {
    /// Nothing.
    #[default]
    Always,
    /// `If-None-Match: *`: the key does not exist (or was deleted).
    Absent,
    /// `If-Match`: the newest version has this ETag (without quotes).
    Matches(String),
}

/// A version that is to be stored.
pub(super) struct Draft {
    pub(super) key: String,
    pub(super) blob: Option<String>,
    pub(super) size: u64,
    pub(super) etag: String,
    pub(super) attributes: Attributes,
    pub(super) checksums: Checksums,
}

impl Store {
    /// Makes a staged body the newest version of `key`, if `condition` holds.
    ///
    /// # Errors
    /// `PreconditionFailed`, `NoSuchKey` (`If-Match` on nothing) or `Storage`; nothing was stored then.
    pub async fn put(
        &self,
        key: String,
        staged: Staged,
        attributes: Attributes,
        condition: WriteCondition,
    ) -> Result<Version, ObjectError> {
        let now = self.now();
        let version = self
            .blocking(move |inner| {
                let draft =
                    Draft { key, blob: None, size: staged.size, etag: staged.etag(), attributes, checksums: staged.checksums.clone() };
                let blob = inner.blobs.place(staged)?;
                let stored = inner.database.transaction_now(|transaction| {
                    check(transaction, &draft.key, &condition)?;
                    insert(inner, transaction, Draft { blob: Some(blob.clone()), ..draft }, Cause::Put, now)
                });
                stored.inspect_err(|error: &ObjectError| {
                    // a commit that failed may have reached the disk: then the next opening knows whether the blob is named
                    if !matches!(error, ObjectError::Storage(_)) {
                        inner.blobs.discard(&[blob]);
                    }
                })
            })
            .await?;
        self.inner.database.wake.notify_one();
        Ok(version)
    }
}

/// Holds `condition` against the key's newest version.
pub(super) fn check(transaction: &Transaction<'_>, key: &str, condition: &WriteCondition) -> Result<(), ObjectError> {
    if *condition == WriteCondition::Always {
        return Ok(());
    }
    let current = Version::latest(transaction, key)?.filter(|version| !version.delete_marker);
    match (condition, current) {
        (WriteCondition::Always, _) | (WriteCondition::Absent, None) => Ok(()),
        (WriteCondition::Absent, Some(_)) => Err(ObjectError::PreconditionFailed),
        (WriteCondition::Matches(_), None) => Err(ObjectError::NoSuchKey),
        (WriteCondition::Matches(etag), Some(version)) if version.etag == *etag => Ok(()),
        (WriteCondition::Matches(_), Some(_)) => Err(ObjectError::PreconditionFailed),
    }
}

/// Adds the newest version of a key and, in the same transaction, the event it causes.
pub(super) fn insert(
    inner: &Inner,
    transaction: &Transaction<'_>,
    draft: Draft,
    cause: Cause,
    now: jiff::Timestamp,
) -> Result<Version, ObjectError> {
    let version = add_newest(transaction, draft, now)?;
    if version.key.starts_with(&inner.events.prefix) {
        let body = notification(&inner.events, cause, &version).to_string();
        queue::enqueue(transaction, &body, inner.database.elapsed_ms(), jiff::Timestamp::now())?;
    }
    Ok(version)
}

/// Adds the newest version of a key: an object, or a delete marker when there is no blob.
pub(super) fn add_newest(transaction: &Transaction<'_>, draft: Draft, now: jiff::Timestamp) -> Result<Version, StorageError> {
    let Draft { key, blob, size, etag, attributes, checksums } = draft;
    let version_id = Uuid::new_v4().simple().to_string();
    transaction.prepare_cached("UPDATE versions SET latest = 0 WHERE key = ?1 AND latest = 1")?.execute([&key])?;
    transaction
        .prepare_cached(
            "INSERT INTO versions (key, version_id, latest, delete_marker, blob, size, etag, modified_ms, attributes, checksums)
             VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            key,
            version_id,
            blob.is_none(),
            blob,
            column(size),
            etag,
            now.as_millisecond(),
            serde_json::to_string(&attributes)?,
            serde_json::to_string(&checksums)?,
        ])?;
    let (seq, delete_marker) = (transaction.last_insert_rowid(), blob.is_none());
    let modified = super::version::timestamp(now.as_millisecond());
    Ok(Version { seq, key, version_id, latest: true, delete_marker, blob, size, etag, modified, attributes, checksums })
}
