//! What a world stands on: the in-memory twins, or the embedded endpoints.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ::upkeep::Upkeep;
use async_trait::async_trait;
use deliver::Deliver;
use embedded::{Exchange, Options};
use exchange::DailyQuota;
use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use store::testing::conformance::Outside;
use store::testing::{Faults, FaultyFiles, FaultyLedger, FaultyQueue, MemoryFiles, MemoryLedger, MemoryQueue};
use store::{Clock, Files, Ledger, Notices, Opened};
use tempfile::TempDir;

use super::parcel::Parcel;
use super::{Stored, s3, secret};

pub(crate) enum Ground {
    Memory { files: Arc<MemoryFiles>, ledger: Arc<MemoryLedger>, queue: Arc<MemoryQueue> },
    Embedded { exchange: Box<Exchange>, operator: aws_sdk_s3::Client, _folder: TempDir },
}

impl Ground {
    pub(crate) fn in_memory() -> Self {
        Self::Memory { files: Arc::default(), ledger: Arc::default(), queue: Arc::default() }
    }

    /// The endpoints only: the test takes the events itself.
    pub(crate) async fn embedded(clock: Clock) -> Self {
        let folder = TempDir::new().unwrap();
        let exchange = Exchange::start_endpoints(Options { data: folder.path().to_owned(), port: 0, clock }).await.unwrap();
        Self::Embedded { operator: s3::operator(&exchange.operator), exchange: Box::new(exchange), _folder: folder }
    }

    pub(crate) fn deliver(&self, faults: &Arc<Faults>, clock: Clock) -> Deliver {
        let faults = || Arc::clone(faults);
        match self {
            Self::Memory { files, ledger, .. } => Deliver::new(
                FaultyFiles(Arc::clone(files), faults()),
                FaultyLedger(Arc::clone(ledger), faults()),
                clock,
                secret(),
                DailyQuota::default(),
            ),
            Self::Embedded { exchange, .. } => {
                let stores = &exchange.stores;
                Deliver::new(
                    FaultyFiles(Arc::new(stores.files.clone()), faults()),
                    FaultyLedger(Arc::new(stores.ledger.clone()), faults()),
                    clock,
                    secret(),
                    DailyQuota::default(),
                )
            }
        }
    }

    pub(crate) fn upkeep(&self, faults: &Arc<Faults>, clock: Clock) -> Upkeep {
        let faults = || Arc::clone(faults);
        match self {
            Self::Memory { files, ledger, queue } => {
                let (files, ledger) = (FaultyFiles(Arc::clone(files), faults()), FaultyLedger(Arc::clone(ledger), faults()));
                Upkeep::new(files, ledger, FaultyQueue(Arc::clone(queue), faults()), clock)
            }
            Self::Embedded { exchange, .. } => {
                Upkeep::new(exchange.stores.files.clone(), exchange.stores.ledger.clone(), exchange.operator.queue(), clock)
            }
        }
    }

    /// Takes what was told again out of the queue.
    pub(crate) async fn told_again(&self) -> Vec<String> {
        match self {
            Self::Memory { queue, .. } => queue.take(),
            Self::Embedded { exchange, .. } => {
                let told = exchange.queue.receive(10, Duration::from_secs(600)).await.unwrap();
                for message in &told {
                    assert!(exchange.queue.delete(&message.receipt).await.unwrap());
                }
                told.into_iter().map(|message| message.body).collect()
            }
        }
    }

    /// Both ports, their calls counted and failing as planned.
    pub(crate) fn faulty(&self, faults: &Arc<Faults>) -> (Arc<dyn Files>, Arc<dyn Notices>) {
        let faults = || Arc::clone(faults);
        match self {
            Self::Memory { files, ledger, .. } => {
                (Arc::new(FaultyFiles(Arc::clone(files), faults())), Arc::new(FaultyLedger(Arc::clone(ledger), faults())))
            }
            Self::Embedded { exchange, .. } => {
                let (files, ledger) = (Arc::new(exchange.stores.files.clone()), Arc::new(exchange.stores.ledger.clone()));
                (Arc::new(FaultyFiles(files, faults())), Arc::new(FaultyLedger(ledger, faults())))
            }
        }
    }

    pub(crate) fn files(&self) -> Arc<dyn Files> {
        match self {
            Self::Memory { files, .. } => files.clone() as Arc<dyn Files>,
            Self::Embedded { exchange, .. } => Arc::new(exchange.stores.files.clone()),
        }
    }

    pub(crate) fn ledger(&self) -> Arc<dyn Ledger> {
        match self {
            Self::Memory { ledger, .. } => ledger.clone() as Arc<dyn Ledger>,
            Self::Embedded { exchange, .. } => Arc::new(exchange.stores.ledger.clone()),
        }
    }

    pub(crate) fn notices(&self) -> Arc<dyn Notices> {
        match self {
            Self::Memory { ledger, .. } => ledger.clone() as Arc<dyn Notices>,
            Self::Embedded { exchange, .. } => Arc::new(exchange.stores.ledger.clone()),
        }
    }

    pub(crate) async fn upload(&self, parcel: &Parcel, now: Timestamp) -> Stored {
        match self {
            Self::Memory { files, .. } => {
                let version = files.upload_at(&parcel.key, parcel.manifest.as_deref(), parcel.bytes.clone(), now);
                Stored { message: message(&[record(&parcel.key, Some(&version), now)]), version, key: parcel.key.clone() }
            }
            Self::Embedded { exchange, .. } => {
                let put = s3::office(&exchange.operator, &parcel.office).put_object().bucket(&exchange.operator.bucket).key(&parcel.key);
                let put = match &parcel.manifest {
                    Some(manifest) => put.metadata("manifest", manifest),
                    None => put,
                };
                let version = put.body(parcel.bytes.clone().into()).send().await.unwrap().version_id.unwrap();
                let [told] = &exchange.queue.receive(10, Duration::from_secs(600)).await.unwrap()[..] else {
                    panic!("one upload, one message")
                };
                assert!(exchange.queue.delete(&told.receipt).await.unwrap());
                Stored { key: parcel.key.clone(), version, message: told.body.clone() }
            }
        }
    }

    /// Takes one version away for good.
    pub(crate) async fn destroy(&self, key: &str, version: &str) {
        match self {
            Self::Memory { files, .. } => files.destroy(key, version),
            Self::Embedded { exchange, operator, .. } => {
                operator.delete_object().bucket(&exchange.operator.bucket).key(key).version_id(version).send().await.unwrap();
            }
        }
    }

    pub(crate) async fn keys(&self, prefix: &str) -> Vec<String> {
        match self {
            Self::Memory { files, .. } => files.keys().into_iter().filter(|key| key.starts_with(prefix)).collect(),
            Self::Embedded { exchange, operator, .. } => s3::keys(operator, &exchange.operator.bucket, prefix).await,
        }
    }

    pub(crate) async fn body(&self, key: &str) -> Vec<u8> {
        let body = match self {
            Self::Memory { files, .. } => files.body(key).map(|body| body.to_vec()),
            Self::Embedded { exchange, operator, .. } => s3::bytes(operator, &exchange.operator.bucket, key).await,
        };
        body.unwrap_or_else(|| panic!("something lies under {key}"))
    }
}

#[async_trait]
impl Outside for Ground {
    async fn upload(&self, key: &str, manifest: Option<&str>, body: &[u8]) -> String {
        match self {
            Self::Memory { files, .. } => files.upload(key, manifest, body.to_vec()),
            Self::Embedded { exchange, operator, .. } => {
                let mut put = operator
                    .put_object()
                    .bucket(&exchange.operator.bucket)
                    .key(key)
                    .content_type("text/html")
                    .metadata("more", "than asked");
                if let Some(manifest) = manifest {
                    put = put.metadata("manifest", manifest);
                }
                put.body(body.to_vec().into()).send().await.unwrap().version_id.unwrap()
            }
        }
    }

    async fn destroy(&self, key: &str, version: &str) {
        Self::destroy(self, key, version).await;
    }

    async fn metadata(&self, key: &str) -> BTreeMap<String, String> {
        match self {
            Self::Memory { files, .. } => {
                let Opened::Object(object) = files.open(key, None).await.unwrap() else { panic!("{key} is there") };
                object.manifest.map(|manifest| ("manifest".to_owned(), manifest)).into_iter().collect()
            }
            Self::Embedded { exchange, operator, .. } => {
                let head = operator.head_object().bucket(&exchange.operator.bucket).key(key).send().await.unwrap();
                head.metadata.unwrap_or_default().into_iter().collect()
            }
        }
    }
}

/// A message of S3 records.
pub(crate) fn message(records: &[Value]) -> String {
    json!({ "Records": records }).to_string()
}

/// The record of an upload, as S3 writes it ("Event message structure", Amazon S3 User Guide).
pub(crate) fn record(key: &str, version: Option<&str>, stored_at: Timestamp) -> Value {
    let encoded = utf8_percent_encode(key, NON_ALPHANUMERIC).to_string().replace("%2F", "/").replace("%20", "+");
    let mut object = json!({"key": encoded, "size": 1, "eTag": "e", "sequencer": "1"});
    if let Some(version) = version {
        object["versionId"] = json!(version);
    }
    json!({
        "eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "ap-northeast-1", "eventName": "ObjectCreated:Put",
        "eventTime": stored_at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        "userIdentity": {"principalId": "x"}, "requestParameters": {"sourceIPAddress": "127.0.0.1"}, "responseElements": {},
        "s3": {"s3SchemaVersion": "1.0", "configurationId": "outbox", "bucket": {"name": "b", "arn": "arn:aws:s3:::b"}, "object": object},
    })
}
