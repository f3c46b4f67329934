//! One version of an object, and its row.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use s3s::checksum::ChecksumHasher;
use s3s::crypto::Checksum as _;
use serde::{Deserialize, Serialize};

use super::ObjectError;
use crate::database::StorageError;

/// What the writer said about the object.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attributes {
    /// `Content-Type`
    pub content_type: Option<String>,
    /// `Content-Encoding`, without `aws-chunked`
    pub content_encoding: Option<String>,
    /// `Content-Language`
    pub content_language: Option<String>,
    /// `Content-Disposition`
    pub content_disposition: Option<String>,
    /// `Cache-Control`
    pub cache_control: Option<String>,
    /// `Expires`
    pub expires: Option<s3s::dto::Timestamp>,
    /// `x-amz-meta-…`, names in lower case
    pub metadata: BTreeMap<String, String>,
    /// As in `x-amz-tagging`: form-encoded pairs
    pub tags: Option<String>,
}

/// One of S3's checksum algorithms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    /// ISO-HDLC
    Crc32,
    /// Castagnoli
    Crc32c,
    /// The default where the client names none
    Crc64Nvme,
    /// 20 bytes
    Sha1,
    /// 32 bytes
    Sha256,
}

/// Checksums, base64.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checksums {
    /// See [`Algorithm`].
    pub crc32: Option<String>,
    /// See [`Algorithm`].
    pub crc32c: Option<String>,
    /// See [`Algorithm`].
    pub crc64nvme: Option<String>,
    /// See [`Algorithm`].
    pub sha1: Option<String>,
    /// See [`Algorithm`].
    pub sha256: Option<String>,
    /// Over the parts' checksums (`…-N`), not over the bytes.
    pub composite: bool,
}

/// One version of a key.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    pub(crate) seq: i64,
    /// The object's key.
    pub key: String,
    /// 32 characters, never used twice.
    pub version_id: String,
    /// Whether it is the key's newest.
    pub latest: bool,
    /// Whether it says that the key was deleted.
    pub delete_marker: bool,
    pub(crate) blob: Option<String>,
    /// Bytes.
    pub size: u64,
    /// Without quotes.
    pub etag: String,
    /// By the store's clock.
    pub modified: Timestamp,
    /// What the writer said about it.
    pub attributes: Attributes,
    /// What it can be checked by.
    pub checksums: Checksums,
}

pub(crate) const COLUMNS: &str = "seq, key, version_id, latest, delete_marker, blob, size, etag, modified_ms, attributes, checksums";

impl Version {
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self, StorageError> {
        Ok(Self {
            seq: row.get(0)?,
            key: row.get(1)?,
            version_id: row.get(2)?,
            latest: row.get(3)?,
            delete_marker: row.get(4)?,
            blob: row.get(5)?,
            size: row.get::<_, i64>(6)?.unsigned_abs(),
            etag: row.get(7)?,
            modified: timestamp(row.get(8)?),
            attributes: serde_json::from_str(&row.get::<_, String>(9)?)?,
            checksums: serde_json::from_str(&row.get::<_, String>(10)?)?,
        })
    }

    /// The key's newest version, delete marker or not.
    pub(crate) fn latest(transaction: &Transaction<'_>, key: &str) -> Result<Option<Self>, StorageError> {
        let sql = format!("SELECT {COLUMNS} FROM versions WHERE key = ?1 AND latest = 1");
        transaction.prepare_cached(&sql)?.query_row([key], |row| Ok(Self::from_row(row))).optional()?.transpose()
    }

    /// The key's version of this id, or its newest; neither a delete marker nor missing.
    pub(crate) fn existing(transaction: &Transaction<'_>, key: &str, version_id: Option<&str>) -> Result<Self, ObjectError> {
        let found = match version_id {
            None => Self::latest(transaction, key)?.ok_or(ObjectError::NoSuchKey)?,
            Some(id) => {
                let sql = format!("SELECT {COLUMNS} FROM versions WHERE key = ?1 AND version_id = ?2");
                let row = transaction.prepare_cached(&sql)?.query_row(params![key, id], |row| Ok(Self::from_row(row)));
                row.optional()?.transpose()?.ok_or(ObjectError::NoSuchVersion)?
            }
        };
        if found.delete_marker {
            return Err(ObjectError::DeleteMarker { version_id: found.version_id, named: version_id.is_some() });
        }
        Ok(found)
    }
}

impl Checksums {
    /// The algorithms there is a value for.
    pub fn algorithms(&self) -> impl Iterator<Item = Algorithm> {
        ALGORITHMS.into_iter().filter(|algorithm| self.of(*algorithm).is_some())
    }

    /// The value of one algorithm.
    #[must_use]
    pub fn of(&self, algorithm: Algorithm) -> Option<&str> {
        match algorithm {
            Algorithm::Crc32 => self.crc32.as_deref(),
            Algorithm::Crc32c => self.crc32c.as_deref(),
            Algorithm::Crc64Nvme => self.crc64nvme.as_deref(),
            Algorithm::Sha1 => self.sha1.as_deref(),
            Algorithm::Sha256 => self.sha256.as_deref(),
        }
    }

    /// The same with one algorithm's value set.
    #[must_use]
    pub fn with(mut self, algorithm: Algorithm, value: Option<String>) -> Self {
        let slot = match algorithm {
            Algorithm::Crc32 => &mut self.crc32,
            Algorithm::Crc32c => &mut self.crc32c,
            Algorithm::Crc64Nvme => &mut self.crc64nvme,
            Algorithm::Sha1 => &mut self.sha1,
            Algorithm::Sha256 => &mut self.sha256,
        };
        *slot = value;
        self
    }

    /// True when every value that `claimed` holds is this one's too.
    #[must_use]
    pub fn fit(&self, claimed: &Self) -> bool {
        claimed.algorithms().all(|algorithm| self.of(algorithm) == claimed.of(algorithm))
    }

    /// Those of one algorithm alone.
    #[must_use]
    pub fn only(&self, algorithm: Algorithm) -> Self {
        Self { composite: self.composite, ..Self::default() }.with(algorithm, self.of(algorithm).map(str::to_owned))
    }

    pub(crate) fn from_hasher(hasher: ChecksumHasher) -> Self {
        let sums = hasher.finalize();
        Self {
            crc32: sums.checksum_crc32,
            crc32c: sums.checksum_crc32c,
            crc64nvme: sums.checksum_crc64nvme,
            sha1: sums.checksum_sha1,
            sha256: sums.checksum_sha256,
            composite: false,
        }
    }
}

/// All of them.
pub(crate) const ALGORITHMS: [Algorithm; 5] =
    [Algorithm::Crc32, Algorithm::Crc32c, Algorithm::Crc64Nvme, Algorithm::Sha1, Algorithm::Sha256];

/// A hasher for these algorithms.
pub(crate) fn hasher(algorithms: impl IntoIterator<Item = Algorithm>) -> ChecksumHasher {
    let mut hasher = ChecksumHasher::default();
    for algorithm in algorithms {
        match algorithm {
            Algorithm::Crc32 => hasher.crc32 = Some(s3s::crypto::Crc32::new()),
            Algorithm::Crc32c => hasher.crc32c = Some(s3s::crypto::Crc32c::new()),
            Algorithm::Crc64Nvme => hasher.crc64nvme = Some(s3s::crypto::Crc64Nvme::new()),
            Algorithm::Sha1 => hasher.sha1 = Some(s3s::crypto::Sha1::new()),
            Algorithm::Sha256 => hasher.sha256 = Some(s3s::crypto::Sha256::new()),
        }
    }
    hasher
}

pub(crate) fn timestamp(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

pub(crate) fn column(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}
