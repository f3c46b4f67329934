//! The port for links: URLs with which somebody without credentials does one thing with one object.

use std::time::Duration;

use async_trait::async_trait;
use exchange::Sha256Digest;
use jiff::Timestamp;

use crate::StoreError;

/// Signed URLs. None costs a call to the storage service, and none says anything about what lies under the key.
#[async_trait]
pub trait Links: Send + Sync + 'static {
    /// A link that stores these bytes, with this manifest, under this key, and nothing else: the service refuses whoever changes any of it.
    async fn upload(&self, upload: &Upload, holds: Duration) -> Result<Link, StoreError>;

    /// A link that reads what lies under the key, whole or in ranges.
    async fn download(&self, key: &str, holds: Duration) -> Result<Link, StoreError>;
}

/// What may be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Where.
    pub key: String,
    /// Its manifest.
    pub manifest: String,
    /// Its bytes' digest.
    pub sha256: Sha256Digest,
    /// How many bytes they are.
    pub size_bytes: u64,
}

/// A request that is signed, but for its body. The URL is a secret until it expires.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    /// The HTTP method.
    pub method: String,
    /// The URL.
    pub url: String,
    /// Headers that go with it, as they are.
    pub headers: Vec<(String, String)>,
    /// The first moment that it opens nothing any more, by the machine's own clock: signatures go by it.
    pub expires_at: Timestamp,
}
