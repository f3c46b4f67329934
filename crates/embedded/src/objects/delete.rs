//! Deleting: a marker on top, or one version for good.

use rusqlite::{Transaction, params};

use super::version::COLUMNS;
use super::write::{self, Draft};
use super::{Attributes, Checksums, ObjectError, Store, Version, WriteCondition};
use crate::database::StorageError;

/// What a deletion did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deleted {
    /// The marker that was laid on top, or the version that is gone.
    pub version_id: String,
    /// Whether that version is, or was, a delete marker.
    pub delete_marker: bool,
}

impl Store {
    /// Without a version id, lays a delete marker on top (also where there is nothing). With one, removes that version
    /// for good; a version that is not there counts as removed.
    ///
    /// # Errors
    /// `PreconditionFailed`, `NoSuchKey` or `Storage`; nothing was deleted then.
    pub async fn delete(&self, key: String, version_id: Option<String>, condition: WriteCondition) -> Result<Deleted, ObjectError> {
        let now = self.now();
        self.blocking(move |inner| {
            let (deleted, blob) = inner.database.transaction_now(|transaction| {
                write::check(transaction, &key, &condition)?;
                match version_id {
                    Some(version_id) => remove(transaction, &key, version_id).map_err(ObjectError::from),
                    None => {
                        let attributes = Attributes::default();
                        let (etag, checksums) = (String::new(), Checksums::default());
                        let draft = Draft { key, blob: None, size: 0, etag, attributes, checksums };
                        let marker = write::add_newest(transaction, draft, now)?;
                        Ok((Deleted { version_id: marker.version_id, delete_marker: true }, None))
                    }
                }
            })?;
            inner.blobs.discard(blob.as_slice());
            Ok(deleted)
        })
        .await
    }
}

/// Removes one version; the one below becomes the newest. Gives the blob that nothing names any more.
fn remove(transaction: &Transaction<'_>, key: &str, version_id: String) -> Result<(Deleted, Option<String>), StorageError> {
    let sql = format!("DELETE FROM versions WHERE key = ?1 AND version_id = ?2 RETURNING {COLUMNS}");
    let mut statement = transaction.prepare_cached(&sql)?;
    let mut rows = statement.query(params![key, version_id])?;
    let removed = rows.next()?.map(Version::from_row).transpose()?;
    // a RETURNING statement is done only once it is read to its end
    while rows.next()?.is_some() {}
    let Some(version) = removed else {
        return Ok((Deleted { version_id, delete_marker: false }, None));
    };
    if version.latest {
        let sql = "UPDATE versions SET latest = 1 WHERE seq = (SELECT max(seq) FROM versions WHERE key = ?1)";
        transaction.prepare_cached(sql)?.execute([key])?;
    }
    let free = match version.blob {
        Some(blob) if !named(transaction, &blob)? => Some(blob),
        _ => None,
    };
    Ok((Deleted { version_id, delete_marker: version.delete_marker }, free))
}

fn named(transaction: &Transaction<'_>, blob: &str) -> Result<bool, StorageError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM versions WHERE blob = ?1)";
    Ok(transaction.prepare_cached(sql)?.query_row([blob], |row| row.get(0))?)
}
