//! Uploads in parts.

mod completion;

pub use completion::{Completion, PartClaim};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::version::{column, timestamp};
use super::{Algorithm, Attributes, Checksums, ObjectError, Staged, Store};
use crate::database::StorageError;

/// The checksum the finished object shall have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadChecksum {
    /// Of every part, and of the object.
    pub algorithm: Algorithm,
    /// Over the parts' checksums, else over the bytes.
    pub composite: bool,
    /// Named by the client, so that the parts must come with it; else the parts may come with any.
    pub named: bool,
}

/// An upload that is not finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadView {
    /// Names the upload.
    pub upload_id: String,
    /// What it is to become.
    pub key: String,
    /// When it was begun.
    pub initiated: Timestamp,
    /// The checksum it shall have.
    pub checksum: UploadChecksum,
}

/// A part that was uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartView {
    /// 1 to 10,000.
    pub number: i32,
    /// Bytes.
    pub size: u64,
    /// MD5, hex.
    pub etag: String,
    /// When it was uploaded.
    pub modified: Timestamp,
    /// Those asked for.
    pub checksums: Checksums,
}

struct Upload {
    attributes: Attributes,
    checksum: UploadChecksum,
}

struct Part {
    view: PartView,
    blob: String,
}

impl Store {
    /// Begins an upload. Returns its id.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn begin_upload(&self, key: String, attributes: Attributes, checksum: UploadChecksum) -> Result<String, ObjectError> {
        let now = self.now().as_millisecond();
        self.inner
            .database
            .transaction(move |transaction| {
                let upload_id = Uuid::new_v4().simple().to_string();
                transaction.execute(
                    "INSERT INTO uploads (upload_id, key, initiated_ms, attributes, checksum) VALUES (?1, ?2, ?3, ?4, ?5)",
                    params![upload_id, key, now, serde_json::to_string(&attributes)?, serde_json::to_string(&checksum)?],
                )?;
                Ok(upload_id)
            })
            .await
    }

    /// The checksum that the parts of this upload need.
    ///
    /// # Errors
    /// `NoSuchUpload` or `Storage`.
    pub async fn upload_checksum(&self, key: String, upload_id: String) -> Result<UploadChecksum, ObjectError> {
        self.inner.database.transaction(move |transaction| Ok(upload(transaction, &key, &upload_id)?.checksum)).await
    }

    /// Adds a staged body as a part, in place of an earlier one of its number.
    ///
    /// # Errors
    /// `NoSuchUpload` or `Storage`; the earlier part stays then.
    pub async fn put_part(&self, key: String, upload_id: String, number: i32, staged: Staged) -> Result<PartView, ObjectError> {
        let now = self.now().as_millisecond();
        self.blocking(move |inner| {
            let (size, etag, checksums) = (staged.size, staged.etag(), staged.checksums.clone());
            let blob = inner.blobs.place(staged)?;
            let replaced = inner.database.transaction_now(|transaction| {
                upload(transaction, &key, &upload_id)?;
                let sql = "SELECT blob FROM parts WHERE upload_id = ?1 AND number = ?2";
                let replaced: Option<String> = transaction.query_row(sql, params![upload_id, number], |row| row.get(0)).optional()?;
                transaction.execute(
                    "INSERT OR REPLACE INTO parts (upload_id, number, blob, size, etag, modified_ms, checksums)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    params![upload_id, number, blob, column(size), etag, now, serde_json::to_string(&checksums)?],
                )?;
                Ok::<_, ObjectError>(replaced)
            });
            let replaced = replaced.inspect_err(|_refused| inner.blobs.discard(std::slice::from_ref(&blob)))?;
            inner.blobs.discard(replaced.as_slice());
            Ok(PartView { number, size, etag, modified: timestamp(now), checksums })
        })
        .await
    }

    /// Gives up an upload and its parts.
    ///
    /// # Errors
    /// `NoSuchUpload` or `Storage`.
    pub async fn abort_upload(&self, key: String, upload_id: String) -> Result<(), ObjectError> {
        self.blocking(move |inner| {
            let parts = inner.database.transaction_now(|transaction| {
                upload(transaction, &key, &upload_id)?;
                let parts = stored_parts(transaction, &upload_id)?;
                end(transaction, &upload_id)?;
                Ok::<_, ObjectError>(parts)
            })?;
            inner.blobs.discard(&parts.into_iter().map(|part| part.blob).collect::<Vec<_>>());
            Ok(())
        })
        .await
    }

    /// The parts of an upload, by number.
    ///
    /// # Errors
    /// `NoSuchUpload` or `Storage`.
    pub async fn parts(&self, key: String, upload_id: String) -> Result<Vec<PartView>, ObjectError> {
        self.inner
            .database
            .transaction(move |transaction| {
                upload(transaction, &key, &upload_id)?;
                Ok(stored_parts(transaction, &upload_id)?.into_iter().map(|part| part.view).collect())
            })
            .await
    }

    /// Unfinished uploads whose key begins with `prefix`, by key and id.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn uploads(&self, prefix: String) -> Result<Vec<UploadView>, ObjectError> {
        self.inner
            .database
            .transaction(move |transaction| {
                let sql = "SELECT upload_id, key, initiated_ms, checksum FROM uploads
                           WHERE key >= ?1 AND substr(key, 1, length(?1)) = ?1 ORDER BY key, upload_id";
                let mut statement = transaction.prepare_cached(sql)?;
                let mut rows = statement.query([&prefix])?;
                let mut uploads = Vec::new();
                while let Some(row) = rows.next()? {
                    let checksum = serde_json::from_str(&row.get::<_, String>(3)?)?;
                    let initiated = timestamp(row.get(2)?);
                    uploads.push(UploadView { upload_id: row.get(0)?, key: row.get(1)?, initiated, checksum });
                }
                Ok(uploads)
            })
            .await
    }
}

fn upload(transaction: &Transaction<'_>, key: &str, upload_id: &str) -> Result<Upload, ObjectError> {
    let sql = "SELECT attributes, checksum FROM uploads WHERE upload_id = ?1 AND key = ?2";
    let text = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
    let row = transaction.query_row(sql, [upload_id, key], text).optional()?;
    let (attributes, checksum) = row.ok_or(ObjectError::NoSuchUpload)?;
    Ok(Upload { attributes: serde_json::from_str(&attributes)?, checksum: serde_json::from_str(&checksum)? })
}

fn stored_parts(transaction: &Transaction<'_>, upload_id: &str) -> Result<Vec<Part>, StorageError> {
    let sql = "SELECT number, size, etag, modified_ms, checksums, blob FROM parts WHERE upload_id = ?1 ORDER BY number";
    let mut statement = transaction.prepare_cached(sql)?;
    let mut rows = statement.query([upload_id])?;
    let mut parts = Vec::new();
    while let Some(row) = rows.next()? {
        let view = PartView {
            number: row.get(0)?,
            size: row.get::<_, i64>(1)?.unsigned_abs(),
            etag: row.get(2)?,
            modified: timestamp(row.get(3)?),
            checksums: serde_json::from_str(&row.get::<_, String>(4)?)?,
        };
        parts.push(Part { view, blob: row.get(5)? });
    }
    Ok(parts)
}

fn end(transaction: &Transaction<'_>, upload_id: &str) -> Result<(), StorageError> {
    transaction.execute("DELETE FROM parts WHERE upload_id = ?1", [upload_id])?;
    transaction.execute("DELETE FROM uploads WHERE upload_id = ?1", [upload_id])?;
    Ok(())
}
