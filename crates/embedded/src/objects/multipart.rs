//! Uploads in parts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use s3s::crypto::{Checksum as _, Md5};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::blobs::hex;
use super::event::Cause;
use super::version::{column, hasher, timestamp};
use super::write::{self, Draft};
use super::{Algorithm, Attributes, Checksums, Inner, ObjectError, Staged, Store, WriteCondition, Written};
use crate::database::StorageError;

/// S3's least size of a part that is not the last.
const LEAST_PART: u64 = 5 * 1024 * 1024;

/// The checksum the finished object shall have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadChecksum {
    /// Of every part, and of the object.
    pub algorithm: Algorithm,
    /// Over the parts' checksums, else over the bytes.
    pub composite: bool,
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

/// A part as the client names it when it completes the upload.
#[derive(Debug, Clone)]
pub struct PartClaim {
    /// 1 to 10,000.
    pub number: i32,
    /// As the upload of the part answered it.
    pub etag: Option<String>,
    /// As the upload of the part answered them.
    pub checksums: Checksums,
}

/// What completing an upload takes.
#[derive(Debug, Clone)]
pub struct Completion {
    /// Names the upload.
    pub upload_id: String,
    /// The key it was begun for.
    pub key: String,
    /// In rising order.
    pub parts: Vec<PartClaim>,
    /// What the whole object's checksum must be.
    pub expected: Checksums,
    /// What its size must be.
    pub size: Option<u64>,
    /// What must be true of the key.
    pub condition: WriteCondition,
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

    /// Joins the parts to the newest version of the key, if the condition holds, and ends the upload.
    ///
    /// # Errors
    /// `NoSuchUpload`, `InvalidPart`, `InvalidPartOrder`, `EntityTooSmall`, `BadDigest`, `IncompleteBody`,
    /// `PreconditionFailed`, `NoSuchKey` or `Storage`; the upload stays as it was then.
    pub async fn complete_upload(&self, completion: Completion) -> Result<Written, ObjectError> {
        let now = self.now();
        let version = self
            .blocking(move |inner| {
                let Completion { upload_id, key, parts: claims, expected, size, condition } = completion;
                let (Upload { attributes, checksum }, parts) = inner.database.transaction_now(|transaction| {
                    write::check(transaction, &key, &condition)?;
                    let parts = named_parts(stored_parts(transaction, &upload_id)?, &claims);
                    Ok::<_, ObjectError>((upload(transaction, &key, &upload_id)?, parts?))
                })?;
                let (staged, checksums) = join(inner, &parts, checksum)?;
                if size.is_some_and(|size| size != staged.size) {
                    return Err(ObjectError::IncompleteBody);
                }
                if !checksums.fit(&expected) {
                    return Err(ObjectError::BadDigest);
                }
                let (size, etag) = (staged.size, etag_of(&parts));
                let blob = inner.blobs.place(staged)?;
                let stored = inner.database.transaction_now(|transaction| {
                    // the same parts as were joined: one may have been replaced meanwhile
                    let current = stored_parts(transaction, &upload_id)?;
                    let joined = |part: &Part| current.iter().any(|now| now.blob == part.blob);
                    parts.iter().all(joined).then_some(()).ok_or(ObjectError::InvalidPart)?;
                    write::check(transaction, &key, &condition)?;
                    end(transaction, &upload_id)?;
                    let draft = Draft { key, blob: Some(blob.clone()), size, etag, attributes, checksums };
                    let version = write::insert(inner, transaction, draft, Cause::CompleteMultipartUpload, now)?;
                    Ok::<_, ObjectError>((version, current))
                });
                let (version, used) = stored.inspect_err(|_refused| inner.blobs.discard(std::slice::from_ref(&blob)))?;
                inner.blobs.discard(&used.into_iter().map(|part| part.blob).collect::<Vec<_>>());
                Ok(version)
            })
            .await?;
        self.inner.database.wake.notify_one();
        Ok(Written { version })
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

/// The stored parts that the client names, in its order, which must rise.
fn named_parts(mut stored: Vec<Part>, claims: &[PartClaim]) -> Result<Vec<Part>, ObjectError> {
    if !claims.is_sorted_by(|one, next| one.number < next.number) {
        return Err(ObjectError::InvalidPartOrder);
    }
    let mut parts = Vec::new();
    for claim in claims {
        let at = stored.iter().position(|part| part.view.number == claim.number).ok_or(ObjectError::InvalidPart)?;
        let part = stored.swap_remove(at);
        let fits = claim.etag.as_ref().is_none_or(|etag| *etag == part.view.etag) && part.view.checksums.fit(&claim.checksums);
        fits.then_some(()).ok_or(ObjectError::InvalidPart)?;
        parts.push(part);
    }
    match parts.split_last() {
        None => Err(ObjectError::InvalidPart),
        Some((_last, before)) if before.iter().any(|part| part.view.size < LEAST_PART) => Err(ObjectError::EntityTooSmall),
        Some(_) => Ok(parts),
    }
}

/// The whole object's bytes and checksums.
fn join(inner: &Inner, parts: &[Part], checksum: UploadChecksum) -> Result<(Staged, Checksums), ObjectError> {
    let blobs: Vec<String> = parts.iter().map(|part| part.blob.clone()).collect();
    let UploadChecksum { algorithm, composite } = checksum;
    if !composite {
        let staged = inner.blobs.join(&blobs, vec![algorithm])?;
        let checksums = staged.checksums.clone();
        return Ok((staged, checksums));
    }
    let mut sums = hasher([algorithm]);
    for part in parts {
        let sum = part.view.checksums.of(algorithm).and_then(|sum| STANDARD.decode(sum).ok()).ok_or(ObjectError::InvalidPart)?;
        sums.update(&sum);
    }
    let of_sums = Checksums::from_hasher(sums);
    let value = of_sums.of(algorithm).map(|sum| format!("{sum}-{}", parts.len()));
    let checksums = Checksums { composite: true, ..of_sums.with(algorithm, value) };
    Ok((inner.blobs.join(&blobs, Vec::new())?, checksums))
}

/// The MD5 of the parts' MD5s, and how many there are.
fn etag_of(parts: &[Part]) -> String {
    let mut md5 = Md5::new();
    for part in parts {
        let digest: Vec<u8> = (0..part.view.etag.len() / 2)
            .filter_map(|at| part.view.etag.get(at * 2..at * 2 + 2))
            .filter_map(|pair| u8::from_str_radix(pair, 16).ok())
            .collect();
        md5.update(&digest);
    }
    format!("{}-{}", hex(&md5.finalize()), parts.len())
}
