//! The port for the queue of events: what an event was lost of is told of again.

use async_trait::async_trait;
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use crate::{FileRecord, ListedVersion, StoreError};

/// Where the bucket tells of uploads.
#[async_trait]
pub trait Queue: Send + Sync + 'static {
    /// Queues an event, due at once. Repeated, it is there twice, and every event may come twice.
    async fn send(&self, event: String) -> Result<(), StoreError>;
}

/// The event of an upload that the ledger knows, as the bucket wrote it, as far as the exchange reads it.
///
/// Source: AWS, "Event message structure" (S3 User Guide), version 2.1 of the record.
pub fn event_of(file: &FileRecord) -> String {
    event(&file.key, &file.version, file.entry.size, file.stored_at)
}

/// The event of an upload that the ledger doesn't know.
pub fn event_of_version(upload: &ListedVersion) -> String {
    event(&upload.key, &upload.version, upload.size_bytes, upload.stored_at)
}

fn event(key: &str, version: &str, size_bytes: u64, stored_at: Timestamp) -> String {
    let object = json!({"key": form_encoded(key), "size": size_bytes, "versionId": version});
    json!({"Records": [{
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "eventTime": event_time(stored_at),
        "eventName": "ObjectCreated:Put",
        "userIdentity": {"principalId": "renkei"},
        "requestParameters": {},
        "responseElements": {},
        "s3": {"s3SchemaVersion": "1.0", "configurationId": "outbox", "bucket": {}, "object": object},
    }]})
    .to_string()
}

/// A key as events carry it: form-encoded, but slashes stay.
pub fn form_encoded(key: &str) -> String {
    const KEPT: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'*').remove(b'/').remove(b' ');
    utf8_percent_encode(key, &KEPT).to_string().replace(' ', "+")
}

/// RFC 3339 in UTC with milliseconds, as S3 writes it.
pub fn event_time(at: Timestamp) -> String {
    format!("{at:.3}")
}
