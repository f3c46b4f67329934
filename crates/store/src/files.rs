//! The port for files: what the exchange promises of object storage.

use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;
use exchange::Sha256Digest;
use futures::stream::BoxStream;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::StoreError;

/// Where uploaded and delivered files lie. Keys are those of the bucket (`outbox/…`, `inbox/…`, `returns/…`).
///
/// Every method is one call to the storage service, and every one may be repeated: nothing that exists is ever replaced.
#[async_trait]
pub trait Files: Send + Sync + 'static {
    /// Opens one version (the newest where none is named) for reading, its metadata and its bytes in the same call.
    async fn open(&self, key: &str, version: Option<&str>) -> Result<Opened, StoreError>;

    /// The bytes of a range that lies in the newest version and isn't empty, and no others; `None` where there is nothing that can be read.
    async fn open_range(&self, key: &str, range: Range<u64>) -> Result<Option<Body>, StoreError>;

    /// Copies one version to a key that must not exist yet; nothing of the source's headers travels but what the order names.
    async fn copy(&self, order: &CopyOrder) -> Result<Written, StoreError>;

    /// Writes a small object of ours under a key that must not exist yet.
    async fn create(&self, key: &str, content_type: &str, body: Vec<u8>) -> Result<Written, StoreError>;

    /// The SHA-256 of what lies under the key; `None` where nothing does.
    async fn digest(&self, key: &str) -> Result<Option<Sha256Digest>, StoreError>;

    /// The keys that begin with `prefix` and hold something, in order: at most a thousand, which no folder of a transmission has.
    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError>;

    /// The versions below `prefix` in the order of their keys, from after `place`: at most a thousand. Removals are none of them.
    async fn versions(&self, prefix: &str, place: Option<&VersionPlace>) -> Result<VersionPage, StoreError>;

    /// Removes what lies under the key from sight (older versions stay until the bucket's lifecycle takes them). No error where nothing does.
    async fn remove(&self, key: &str) -> Result<(), StoreError>;
}

/// Bytes, in chunks of the service's choosing.
pub type Body = BoxStream<'static, Result<Bytes, StoreError>>;

/// What opening gave.
pub enum Opened {
    /// The object.
    Object(Object),
    /// There is nothing that can be read and never will be: no such key or version, deleted, archived, encrypted with a key of the sender's own.
    Unreadable,
}

/// One version of an object, its bytes not yet read.
pub struct Object {
    /// The version's id.
    pub version: String,
    /// Bytes.
    pub size_bytes: u64,
    /// The user metadata `manifest`.
    pub manifest: Option<String>,
    /// The bytes.
    pub body: Body,
}

/// A version as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedVersion {
    /// Its key. May hold anything an office wrote: never logged.
    pub key: String,
    /// The version's id.
    pub version: String,
    /// Bytes.
    pub size_bytes: u64,
    /// When it was stored (`LastModified`); of an upload in parts when that was begun.
    pub stored_at: Timestamp,
    /// It was uploaded in parts: its entity tag ends with their number.
    pub in_parts: bool,
}

/// A page of versions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VersionPage {
    /// The versions.
    pub items: Vec<ListedVersion>,
    /// Where the next page starts; none after the last.
    pub next: Option<VersionPlace>,
}

/// Where a listing of versions goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionPlace {
    /// After this key …
    pub key: String,
    /// … or, where one is named, after this version of it.
    pub version: Option<String>,
}

/// A copy to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyOrder {
    /// Key of the source.
    pub source: String,
    /// Version of the source: the one that was checked.
    pub version: String,
    /// Key of the copy.
    pub destination: String,
    /// Content type of the copy.
    pub content_type: &'static str,
    /// What a browser does with the copy (`Content-Disposition`).
    pub content_disposition: String,
    /// The manifest, the only metadata that travels on.
    pub manifest: String,
}

/// What a create-only write did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// The object is there now.
    Created,
    /// Something was there already and stays as it was.
    Existed,
}
