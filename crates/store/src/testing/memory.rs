//! The in-memory twin of the files' adapter. It passes the same conformance suite.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use exchange::Sha256Digest;
use futures::stream::{self, StreamExt};
use jiff::Timestamp;

use crate::{Body, CopyOrder, Files, Link, Links, ListedVersion, Object, Opened, StoreError, Upload, VersionPage, VersionPlace, Written};

/// How many versions make a page: few, so that tests turn pages.
const AT_ONCE: usize = 3;

static VERSIONS: AtomicU64 = AtomicU64::new(1);

/// Files in memory, every version kept.
#[derive(Debug, Default)]
pub struct MemoryFiles {
    versions: Mutex<BTreeMap<String, Vec<Stored>>>,
    read_bytes: AtomicU64,
}

#[derive(Debug, Clone)]
struct Stored {
    version: String,
    manifest: Option<String>,
    body: Option<Bytes>,
    stored_at: Timestamp,
}

impl MemoryFiles {
    /// Stores a version as an office's upload does; gives its id.
    pub fn upload(&self, key: &str, manifest: Option<&str>, body: impl Into<Bytes>) -> String {
        self.upload_at(key, manifest, body, Timestamp::now())
    }

    /// The same at another time than now.
    pub fn upload_at(&self, key: &str, manifest: Option<&str>, body: impl Into<Bytes>, now: Timestamp) -> String {
        push(&mut self.held(), key, manifest.map(str::to_owned), Some(body.into()), now)
    }

    /// Takes one version away for good, as an operator or the bucket's lifecycle does.
    pub fn destroy(&self, key: &str, version: &str) {
        if let Some(versions) = self.held().get_mut(key) {
            versions.retain(|stored| stored.version != version);
        }
    }

    /// The keys that hold something, in order.
    pub fn keys(&self) -> Vec<String> {
        self.held().iter().filter(|(_, versions)| newest(versions).is_some()).map(|(key, _)| key.clone()).collect()
    }

    /// What lies under a key.
    pub fn body(&self, key: &str) -> Option<Bytes> {
        newest(self.held().get(key)?)?.body.clone()
    }

    /// How many bytes were given out since the last call of this.
    pub fn take_read_bytes(&self) -> u64 {
        self.read_bytes.swap(0, Ordering::Relaxed)
    }

    /// In pieces, so that nobody comes to rely on a file being one.
    fn pieces(&self, body: &Bytes) -> Body {
        self.read_bytes.fetch_add(u64::try_from(body.len()).unwrap_or(u64::MAX), Ordering::Relaxed);
        let chunks: Vec<_> = body.chunks(7_777).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
        stream::iter(chunks).boxed()
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<String, Vec<Stored>>> {
        self.versions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn newest(versions: &[Stored]) -> Option<&Stored> {
    versions.last().filter(|stored| stored.body.is_some())
}

fn push(all: &mut BTreeMap<String, Vec<Stored>>, key: &str, manifest: Option<String>, body: Option<Bytes>, stored_at: Timestamp) -> String {
    let versions = all.entry(key.to_owned()).or_default();
    // no two versions of a bucket share an id
    let version = format!("v{}", VERSIONS.fetch_add(1, Ordering::Relaxed));
    versions.push(Stored { version: version.clone(), manifest, body, stored_at });
    version
}

#[async_trait]
impl Files for MemoryFiles {
    async fn open(&self, key: &str, version: Option<&str>) -> Result<Opened, StoreError> {
        let all = self.held();
        let versions = all.get(key).map(Vec::as_slice).unwrap_or_default();
        let stored = match version {
            Some(id) => versions.iter().find(|stored| stored.version == id),
            None => versions.last(),
        };
        let Some((stored, body)) = stored.and_then(|stored| stored.body.clone().map(|body| (stored, body))) else {
            return Ok(Opened::Unreadable);
        };
        Ok(Opened::Object(Object {
            version: stored.version.clone(),
            size_bytes: u64::try_from(body.len()).unwrap_or(u64::MAX),
            manifest: stored.manifest.clone(),
            body: self.pieces(&body),
        }))
    }

    async fn open_range(&self, key: &str, range: Range<u64>) -> Result<Option<Body>, StoreError> {
        let place = |at| usize::try_from(at).unwrap_or(usize::MAX);
        let range = place(range.start)..place(range.end);
        Ok(self.body(key).map(|body| self.pieces(&body.slice(range.start..range.end.min(body.len())))))
    }

    async fn copy(&self, order: &CopyOrder) -> Result<Written, StoreError> {
        let mut all = self.held();
        let source = all.get(&order.source).and_then(|versions| versions.iter().find(|stored| stored.version == order.version));
        let body = source.and_then(|stored| stored.body.clone());
        let body = body.ok_or_else(|| StoreError::Refused { operation: "files.copy", detail: "NoSuchVersion".into(), source: None })?;
        if all.get(&order.destination).is_some_and(|versions| newest(versions).is_some()) {
            return Ok(Written::Existed);
        }
        push(&mut all, &order.destination, Some(order.manifest.clone()), Some(body), Timestamp::now());
        Ok(Written::Created)
    }

    async fn create(&self, key: &str, _content_type: &str, body: Vec<u8>) -> Result<Written, StoreError> {
        let mut all = self.held();
        if all.get(key).is_some_and(|versions| newest(versions).is_some()) {
            return Ok(Written::Existed);
        }
        push(&mut all, key, None, Some(body.into()), Timestamp::now());
        Ok(Written::Created)
    }

    async fn digest(&self, key: &str) -> Result<Option<Sha256Digest>, StoreError> {
        Ok(self.body(key).map(|body| Sha256Digest::of(&body)))
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        Ok(self.keys().into_iter().filter(|key| key.starts_with(prefix)).collect())
    }

    async fn versions(&self, prefix: &str, place: Option<&VersionPlace>) -> Result<VersionPage, StoreError> {
        let all = self.held();
        // a key at a time, however many versions it has
        let after = |key: &str| place.is_none_or(|place| *key > *place.key);
        let mut below = all.iter().filter(|(key, _)| key.starts_with(prefix) && after(key));
        let mut page = VersionPage::default();
        while page.items.len() < AT_ONCE {
            let Some((key, versions)) = below.next() else { return Ok(VersionPage { next: None, ..page }) };
            let there = versions.iter().rev().filter_map(|stored| Some((stored, stored.body.as_ref()?)));
            page.items.extend(there.map(|(stored, body)| ListedVersion {
                key: key.clone(),
                version: stored.version.clone(),
                size_bytes: u64::try_from(body.len()).unwrap_or(u64::MAX),
                stored_at: stored.stored_at,
                in_parts: false,
            }));
            page.next = Some(VersionPlace { key: key.clone(), version: None });
        }
        Ok(page)
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        let mut all = self.held();
        if all.get(key).is_some_and(|versions| newest(versions).is_some()) {
            push(&mut all, key, None, None, Timestamp::now());
        }
        Ok(())
    }
}

/// Links that show what they are for and open nothing.
#[async_trait]
impl Links for MemoryFiles {
    async fn upload(&self, upload: &Upload, holds: Duration) -> Result<Link, StoreError> {
        let Upload { key, manifest, sha256, size_bytes } = upload;
        let pins = [
            ("x-amz-meta-manifest", manifest.clone()),
            ("x-amz-checksum-sha256", sha256.base64_standard()),
            ("content-length", size_bytes.to_string()),
        ];
        Ok(Link { headers: pins.map(|(name, value)| (name.to_owned(), value)).to_vec(), ..link("PUT", key, holds) })
    }

    async fn download(&self, key: &str, holds: Duration) -> Result<Link, StoreError> {
        Ok(link("GET", key, holds))
    }
}

fn link(method: &str, key: &str, holds: Duration) -> Link {
    let expires_at = Timestamp::now().checked_add(holds).unwrap_or(Timestamp::MAX);
    Link {
        method: method.to_owned(),
        url: format!("https://s3.example/{key}?expires={}", holds.as_secs()),
        headers: Vec::new(),
        expires_at,
    }
}
