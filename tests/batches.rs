//! A batch of messages: what fails, fails alone, and only that comes again.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use deliver::{Deliver, handler};
use exchange::sign::ManifestDraft;
use exchange::{DailyQuota, RejectionCode, Sha256Digest, TransmissionId, TransmissionStatus};
use futures::stream::{self, StreamExt};
use serde_json::json;
use store::testing::{FaultyLedger, MemoryFiles};
use store::{Body, Clock, CopyOrder, Files, Object, Opened, StoreError, VersionPage, VersionPlace, Written};

use crate::world::corpus::valid;
use crate::world::ground::{Ground, message, record};
use crate::world::office::Party;
use crate::world::parcel::{Parcel, attachment, draft};
use crate::world::{self, Stored, World, secret};

const TEST_EVENT: &str =
    r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-04-10T00:00:00.000Z","Bucket":"b","RequestId":"r","HostId":"h"}"#;

struct Scene {
    world: World,
    sender: Party,
}

impl Scene {
    async fn new() -> Self {
        let (world, fixture) = (World::in_memory(), valid("seed-1", "UPJSK"));
        let sender = Party::new(&fixture.sender);
        world.register(&sender.office).await;
        world.register(&Party::new(fixture.recipient.split('-').next().unwrap()).office).await;
        Self { world, sender }
    }

    /// Uploads one of several small files.
    async fn upload(&self, n: usize) -> (Stored, TransmissionId) {
        let file = attachment(&format!("scan {n}.png"), &[b"\x89PNG\r\n\x1a\n".as_slice(), &n.to_le_bytes()].concat());
        let (parcel, id) = Parcel::of(&self.sender, &file, self.world.now());
        (self.world.upload(&parcel).await, id)
    }

    async fn is_delivered(&self, id: &TransmissionId) -> bool {
        self.world.entry(id).await.is_some_and(|entry| entry.transmission.status == TransmissionStatus::Delivered)
    }

    /// The function on the same stores, but on files that misbehave.
    fn on(&self, files: impl Files) -> Arc<Deliver> {
        let Ground::Memory { ledger, .. } = &self.world.ground else { panic!("in memory") };
        Arc::new(Deliver::new(
            files,
            FaultyLedger(Arc::clone(ledger), Arc::clone(&self.world.faults)),
            Clock::system(),
            secret(),
            DailyQuota::default(),
        ))
    }

    fn files(&self) -> Arc<MemoryFiles> {
        let Ground::Memory { files, .. } = &self.world.ground else { panic!("in memory") };
        Arc::clone(files)
    }
}

#[tokio::test]
async fn a_message_may_hold_several_records() {
    let scene = Scene::new().await;
    let (mut records, mut ids) = (Vec::new(), Vec::new());
    for n in 0..5 {
        let (stored, id) = scene.upload(n).await;
        records.push(record(&stored.key, Some(&stored.version), scene.world.now()));
        ids.push(id);
    }
    assert!(scene.world.handle(&[&message(&records)]).await.is_empty());
    for id in &ids {
        assert!(scene.is_delivered(id).await);
    }
}

#[tokio::test]
async fn a_message_of_several_records_is_done_when_all_are() {
    let scene = Scene::new().await;
    let (first, first_id) = scene.upload(1).await;
    let (second, second_id) = scene.upload(2).await;
    let both = message(&[&first, &second].map(|stored| record(&stored.key, Some(&stored.version), scene.world.now())));
    // the first takes seven calls (with its document) or less: the eighth is the second's
    scene.world.faults.plan(8, store::testing::When::Before);
    assert_eq!(scene.world.handle(&[&both]).await, [0]);
    scene.world.faults.clear();
    assert!(scene.world.handle(&[&both]).await.is_empty());
    assert!(scene.is_delivered(&first_id).await && scene.is_delivered(&second_id).await);
    assert_eq!(scene.world.keys("inbox/").await.len(), 4);
}

#[tokio::test]
async fn what_tells_of_no_upload_is_done() {
    let scene = Scene::new().await;
    let (stored, id) = scene.upload(1).await;
    let removed = stored.message.replace("ObjectCreated:Put", "ObjectRemoved:Delete");
    let elsewhere =
        message(&[record("inbox/9870808848/a", Some("v1"), scene.world.now()), record("outbox/nobody/a", Some("v1"), scene.world.now())]);
    assert!(scene.world.handle(&[TEST_EVENT, &message(&[]), &removed, &elsewhere]).await.is_empty());
    assert!(scene.world.handle(&[]).await.is_empty());
    assert_eq!((scene.world.entry(&id).await, scene.world.keys("returns/").await.len()), (None, 0));
}

#[tokio::test]
async fn a_message_that_is_no_event_fails_alone() {
    let scene = Scene::new().await;
    let bodies =
        ["", "{", "[]", "null", "\"text\"", r#"{"Records":{}}"#, r#"{"Records":[{}]}"#, r#"{"Records":[{"eventTime":"yesterday"}]}"#];
    let (first, first_id) = scene.upload(1).await;
    let (last, last_id) = scene.upload(2).await;
    let mut messages = vec![first.message.as_str()];
    messages.extend(bodies);
    messages.push(&last.message);
    assert_eq!(scene.world.handle(&messages).await, (1..=bodies.len()).collect::<Vec<_>>());
    assert!(scene.is_delivered(&first_id).await && scene.is_delivered(&last_id).await);
}

#[tokio::test]
async fn exactly_the_messages_that_failed_come_again() {
    let scene = Scene::new().await;
    let mut uploads = Vec::new();
    for n in 0..10 {
        uploads.push(scene.upload(n).await);
    }
    let bad = [0, 3, 9].map(|n: usize| uploads[n].0.key.clone());
    let deliver = scene.on(Misbehaving { files: scene.files(), at: bad.to_vec(), how: How::Fail });
    let messages: Vec<&str> = uploads.iter().map(|(stored, _)| stored.message.as_str()).collect();
    assert_eq!(world::handle(&deliver, &messages, None).await, [0, 3, 9]);
    for (n, (_, id)) in uploads.iter().enumerate() {
        assert_eq!(scene.is_delivered(id).await, ![0, 3, 9].contains(&n), "{n}");
    }
    assert!(scene.world.handle(&[messages[0], messages[3], messages[9]]).await.is_empty());
    assert_eq!(scene.world.keys("inbox/").await.len(), 20);
}

#[tokio::test]
async fn a_message_that_panics_fails_alone() {
    let scene = Scene::new().await;
    let (first, first_id) = scene.upload(1).await;
    let (second, second_id) = scene.upload(2).await;
    let deliver = scene.on(Misbehaving { files: scene.files(), at: vec![first.key.clone()], how: How::Panic });
    assert_eq!(world::handle(&deliver, &[&first.message, &second.message], None).await, [0]);
    assert!(!scene.is_delivered(&first_id).await && scene.is_delivered(&second_id).await);
    // the same process goes on
    assert_eq!(world::handle(&deliver, &[&first.message], None).await, [0]);
    assert!(scene.world.handle(&[&first.message]).await.is_empty());
    assert!(scene.is_delivered(&first_id).await);
}

#[tokio::test]
async fn what_there_is_no_time_for_is_handed_back_untouched() {
    let scene = Scene::new().await;
    let (first, first_id) = scene.upload(1).await;
    let (second, second_id) = scene.upload(2).await;
    let deliver = scene.on(Misbehaving { files: scene.files(), at: vec![], how: How::Fail });
    assert_eq!(world::handle(&deliver, &[&first.message, &second.message], Some(Duration::ZERO)).await, [0, 1]);
    assert_eq!((scene.world.entry(&first_id).await, scene.world.entry(&second_id).await), (None, None));
    assert!(scene.world.faults.calls().iter().all(|call| !call.starts_with("ledger.")), "nothing was asked");
}

#[tokio::test]
async fn what_hangs_is_handed_back_in_time_and_holds_up_nobody() {
    let scene = Scene::new().await;
    let mut uploads = Vec::new();
    for n in 0..6 {
        uploads.push(scene.upload(n).await);
    }
    let deliver = scene.on(Misbehaving { files: scene.files(), at: vec![uploads[2].0.key.clone()], how: How::Hang });
    let messages: Vec<&str> = uploads.iter().map(|(stored, _)| stored.message.as_str()).collect();
    assert_eq!(world::handle(&deliver, &messages, Some(Duration::from_secs(12))).await, [2]);
    for (n, (_, id)) in uploads.iter().enumerate() {
        assert_eq!(scene.is_delivered(id).await, n != 2, "{n}");
    }
}

#[tokio::test]
async fn a_batch_with_a_nameless_message_comes_again_whole() {
    let scene = Scene::new().await;
    let (stored, id) = scene.upload(1).await;
    let mut batch = world::batch(&[&stored.message, &stored.message]);
    batch.records[1].message_id = None;
    let deliver = scene.on(Misbehaving { files: scene.files(), at: vec![], how: How::Fail });
    assert!(handler::handle(&deliver, batch, None).await.is_err());
    assert_eq!(scene.world.entry(&id).await, None);
}

#[test]
fn the_answer_has_the_shape_that_lambda_reads() {
    let mut response = aws_lambda_events::sqs::SqsBatchResponse::default();
    response.add_failure("m1");
    assert_eq!(serde_json::to_value(&response).unwrap(), json!({"batchItemFailures": [{"itemIdentifier": "m1"}]}));
}

/// What is larger than any file may be isn't read at all.
#[tokio::test]
async fn a_file_of_more_than_50_mib_is_refused_unread() {
    let scene = Scene::new().await;
    let file = valid("seed-1", "UPJSK");
    let draft = ManifestDraft { size: (50 << 20) + 1, ..draft(&file, scene.world.now()) };
    let id = TransmissionId::new(draft.iss, draft.jti);
    let stored = scene.world.upload(&Parcel::signed(&scene.sender, &draft, &file.bytes)).await;
    let deliver = scene.on(Misbehaving { files: scene.files(), at: vec![stored.key.clone()], how: How::TooLarge });
    assert!(world::handle(&deliver, &[&stored.message], None).await.is_empty());
    let row = scene.world.entry(&id).await.unwrap().transmission;
    assert_eq!(row.status, TransmissionStatus::Rejected);
    assert_eq!(row.reasons.iter().map(|reason| reason.code).collect::<Vec<_>>(), [RejectionCode::FileSize]);
    assert!(scene.world.keys("inbox/").await.is_empty());
}

/// Files that misbehave when some keys are opened.
struct Misbehaving {
    files: Arc<MemoryFiles>,
    at: Vec<String>,
    how: How,
}

enum How {
    Fail,
    Panic,
    Hang,
    /// A body of 50 MiB and a byte, not to be read.
    TooLarge,
}

#[async_trait]
impl Files for Misbehaving {
    async fn open(&self, key: &str, version: Option<&str>) -> Result<Opened, StoreError> {
        match self.how {
            _ if !self.at.iter().any(|bad| bad == key) => self.files.open(key, version).await,
            How::Fail => Err(StoreError::retry("files.open", "planned")),
            How::Panic => panic!("planned"),
            How::Hang => std::future::pending().await,
            How::TooLarge => {
                let Opened::Object(object) = self.files.open(key, version).await? else { panic!("it is there") };
                let body = stream::poll_fn(|_| panic!("nobody reads it")).boxed();
                Ok(Opened::Object(Object { size_bytes: (50 << 20) + 1, body, ..object }))
            }
        }
    }
    async fn open_range(&self, key: &str, range: Range<u64>) -> Result<Option<Body>, StoreError> {
        self.files.open_range(key, range).await
    }
    async fn copy(&self, order: &CopyOrder) -> Result<Written, StoreError> {
        self.files.copy(order).await
    }
    async fn create(&self, key: &str, content_type: &str, body: Vec<u8>) -> Result<Written, StoreError> {
        self.files.create(key, content_type, body).await
    }
    async fn digest(&self, key: &str) -> Result<Option<Sha256Digest>, StoreError> {
        self.files.digest(key).await
    }
    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        self.files.list(prefix).await
    }
    async fn versions(&self, prefix: &str, place: Option<&VersionPlace>) -> Result<VersionPage, StoreError> {
        self.files.versions(prefix, place).await
    }
    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        self.files.remove(key).await
    }
}
