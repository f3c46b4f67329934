//! Copying within the bucket: the copy names the source's blob, no byte is moved.

use super::event::Cause;
use super::write::{self, Draft};
use super::{Algorithm, Attributes, Checksums, Inner, ObjectError, Store, Version, WriteCondition};

/// What is copied where.
#[derive(Debug, Clone)]
pub struct Copy {
    /// The source's key.
    pub source: String,
    /// One version of it; else the newest.
    pub source_version: Option<String>,
    /// The target's key.
    pub key: String,
    /// What is said about the copy instead of what was said about the source. Tags apart.
    pub attributes: Option<Attributes>,
    /// The copy's tags instead of the source's; `Some(None)` for none.
    pub tags: Option<Option<String>>,
    /// The checksum the copy shall have; else those of the source.
    pub algorithm: Option<Algorithm>,
    /// What must be true of the target.
    pub condition: WriteCondition,
}

/// A copy that was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Copied {
    /// The new version.
    pub version: Version,
    /// The version that was copied.
    pub source_version: String,
}

impl Store {
    /// Makes a version the newest version of another key, if the conditions hold. `accept` judges the source.
    ///
    /// # Errors
    /// What `accept` gives; `NoSuchKey`, `NoSuchVersion`, `DeleteMarker` of the source; `PreconditionFailed`; `Storage`.
    /// Nothing was copied then.
    pub async fn copy(
        &self,
        copy: Copy,
        accept: impl FnOnce(&Version) -> Result<(), ObjectError> + Send + 'static,
    ) -> Result<Copied, ObjectError> {
        let now = self.now();
        let copied = self
            .blocking(move |inner| {
                let source = inner.database.transaction_now(|transaction| {
                    write::check(transaction, &copy.key, &copy.condition)?;
                    Version::existing(transaction, &copy.source, copy.source_version.as_deref())
                })?;
                accept(&source)?;
                // read outside the transaction: a version never changes, and whether it is still there is asked again below
                let (etag, checksums) = digests(inner, &source, copy.algorithm)?;
                inner.database.transaction_now(|transaction| {
                    let source = Version::existing(transaction, &source.key, Some(&source.version_id))?;
                    write::check(transaction, &copy.key, &copy.condition)?;
                    let tags = copy.tags.unwrap_or_else(|| source.attributes.tags.clone());
                    let attributes = Attributes { tags, ..copy.attributes.unwrap_or(source.attributes) };
                    let draft = Draft { key: copy.key, blob: source.blob, size: source.size, etag, attributes, checksums };
                    let version = write::insert(inner, transaction, draft, Cause::Copy, now)?;
                    Ok::<_, ObjectError>(Copied { version, source_version: source.version_id })
                })
            })
            .await?;
        self.inner.database.wake.notify_one();
        Ok(copied)
    }
}

/// The copy's ETag and checksums: a copy is one piece, also where its source came in parts.
fn digests(inner: &Inner, source: &Version, algorithm: Option<Algorithm>) -> Result<(String, Checksums), ObjectError> {
    let in_parts = source.etag.contains('-');
    let algorithms = match algorithm {
        Some(algorithm) => vec![algorithm],
        None => source.checksums.algorithms().collect(),
    };
    let known = algorithms.iter().all(|algorithm| source.checksums.of(*algorithm).is_some());
    if !in_parts && known {
        let checksums = algorithm.map_or_else(|| source.checksums.clone(), |algorithm| source.checksums.only(algorithm));
        return Ok((source.etag.clone(), checksums));
    }
    let (md5, checksums) = inner.blobs.digests(source.blob.as_deref().unwrap_or_default(), algorithms)?;
    Ok((hex::encode(md5), checksums))
}
