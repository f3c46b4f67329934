//! Reading a version.

use std::fs::File;

use super::{ObjectError, Store, Version};

/// A version and its bytes. The file stays readable when the version is deleted meanwhile.
#[derive(Debug)]
pub struct Found {
    /// What is known of it.
    pub version: Version,
    /// Its bytes, from the start.
    pub file: File,
}

impl Store {
    /// What is known of a version: the key's newest, or the one of this id.
    ///
    /// # Errors
    /// `NoSuchKey`, `NoSuchVersion`, `DeleteMarker` or `Storage`.
    pub async fn head(&self, key: String, version_id: Option<String>) -> Result<Version, ObjectError> {
        self.inner.database.transaction(move |transaction| Version::existing(transaction, &key, version_id.as_deref())).await
    }

    /// A version and its bytes: the key's newest, or the one of this id.
    ///
    /// # Errors
    /// `NoSuchKey`, `NoSuchVersion`, `DeleteMarker` or `Storage`.
    pub async fn get(&self, key: String, version_id: Option<String>) -> Result<Found, ObjectError> {
        self.blocking(move |inner| {
            // opened within the transaction: a delete that follows can't take the file away in between
            inner.database.transaction_now(|transaction| {
                let version = Version::existing(transaction, &key, version_id.as_deref())?;
                let file = inner.blobs.read(version.blob.as_deref().unwrap_or_default())?;
                Ok(Found { version, file })
            })
        })
        .await
    }
}
