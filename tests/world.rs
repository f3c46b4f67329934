//! What the tests need: offices, parcels, and a world in which the function `deliver` takes them.

pub(crate) mod corpus;
pub(crate) mod ground;
pub(crate) mod office;
pub(crate) mod parcel;
pub(crate) mod s3;
pub(crate) mod set;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ::upkeep::Done;
use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use deliver::{Deliver, handler};
use exchange::{Notice, NoticeKind, Office, Report, Secret, TransmissionId, keys};
use jiff::Timestamp;
use standard::OfficeNumber;
use store::testing::Faults;
use store::{Clock, Entry, Ledger, LoneRejection, Page, Saved, StoreError};

use self::ground::Ground;
use self::parcel::Parcel;

/// 09:00 in Japan.
pub(crate) const NOW: &str = "2026-04-10T00:00:00Z";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// What persons' keys are made with.
pub(crate) fn secret() -> Secret {
    Secret::from_text("0123456789abcdef0123456789abcdef").unwrap()
}

/// A function on stores that hold nothing yet, and a clock that the test sets.
pub(crate) struct World {
    pub(crate) ground: Ground,
    pub(crate) faults: Arc<Faults>,
    pub(crate) ledger: Arc<dyn Ledger>,
    now: Arc<Mutex<Timestamp>>,
    deliver: Mutex<Arc<Deliver>>,
}

/// An upload, and the message that tells of it.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) key: String,
    pub(crate) version: String,
    pub(crate) message: String,
}

impl Stored {
    /// What names it when it is rejected alone.
    pub(crate) fn digest(&self) -> String {
        keys::object_digest(&self.key, &self.version)
    }
}

impl World {
    /// On the in-memory twins.
    pub(crate) fn in_memory() -> Self {
        Self::on(Ground::in_memory(), Arc::new(Mutex::new(at(NOW))))
    }

    /// On the embedded endpoints, in a temporary folder.
    pub(crate) async fn embedded() -> Self {
        let now = Arc::new(Mutex::new(at(NOW)));
        Self::on(Ground::embedded(clock(&now)).await, now)
    }

    fn on(ground: Ground, now: Arc<Mutex<Timestamp>>) -> Self {
        let faults = Faults::none();
        let deliver = Mutex::new(Arc::new(ground.deliver(&faults, clock(&now))));
        Self { ledger: ground.ledger(), ground, faults, now, deliver }
    }

    pub(crate) fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    pub(crate) fn set_now(&self, now: Timestamp) {
        *self.now.lock().unwrap() = now;
    }

    /// A fresh process of the function, which remembers nothing.
    pub(crate) fn restart(&self) {
        *self.deliver.lock().unwrap() = Arc::new(self.ground.deliver(&self.faults, clock(&self.now)));
    }

    /// Writes an office's entry, whatever was there.
    pub(crate) async fn register(&self, office: &Office) {
        let read = self.ledger.office(&office.number).await.unwrap().map(|(_, revision)| revision);
        assert_eq!(self.ledger.save_office(office, read).await.unwrap(), Saved::Written);
    }

    /// Stores a parcel now; nobody has heard of it yet.
    pub(crate) async fn upload(&self, parcel: &Parcel) -> Stored {
        self.ground.upload(parcel, self.now()).await
    }

    /// Hands messages to the function as one batch; gives the places of those that must come again.
    pub(crate) async fn handle(&self, messages: &[&str]) -> Vec<usize> {
        let deliver = Arc::clone(&self.deliver.lock().unwrap());
        handle(&deliver, messages, None).await
    }

    /// One tick of `upkeep`, without a fault.
    pub(crate) async fn upkeep(&self) -> Done {
        self.try_upkeep().await.unwrap()
    }

    /// One tick of `upkeep`.
    pub(crate) async fn try_upkeep(&self) -> Result<Done, StoreError> {
        self.ground.upkeep(&self.faults, clock(&self.now)).run(None).await
    }

    /// One tick of `upkeep` that has so much time.
    pub(crate) async fn upkeep_within(&self, time: Duration) -> Done {
        let deadline = tokio::time::Instant::now() + time;
        self.ground.upkeep(&self.faults, clock(&self.now)).run(Some(deadline)).await.unwrap()
    }

    /// Hands a message to the function with a minute's time, as Lambda does; true when it is done.
    pub(crate) async fn invoke(&self, message: &str) -> bool {
        let deliver = Arc::clone(&self.deliver.lock().unwrap());
        handle(&deliver, &[message], Some(Duration::from_secs(60))).await.is_empty()
    }

    /// Uploads a parcel and has it taken, without a fault.
    pub(crate) async fn send(&self, parcel: &Parcel) -> Stored {
        let stored = self.upload(parcel).await;
        assert!(self.handle(&[&stored.message]).await.is_empty(), "it is taken at once");
        stored
    }

    /// Has a message taken, as often as it takes.
    pub(crate) async fn settle(&self, message: &str) {
        for _ in 0..50 {
            if self.handle(&[message]).await.is_empty() {
                return;
            }
        }
        panic!("the message never ends");
    }

    pub(crate) async fn entry(&self, id: &TransmissionId) -> Option<Entry> {
        self.ledger.transmission(id).await.unwrap()
    }

    pub(crate) async fn lone_rejections(&self, office: &OfficeNumber) -> Vec<LoneRejection> {
        self.ledger.lone_rejections(office, Page { limit: 1_000, cursor: None, now: self.now() }).await.unwrap().items
    }

    /// What an office was told, oldest first.
    pub(crate) async fn told(&self, office: &OfficeNumber) -> Vec<Notice> {
        let page = Page { limit: 1_000, cursor: None, now: self.now() };
        let mut told = self.ground.notices().notices(office, page).await.unwrap().items;
        told.reverse();
        told
    }

    /// What it was told of a transmission, in the order of the kinds.
    pub(crate) async fn told_of(&self, office: &OfficeNumber, id: &TransmissionId) -> Vec<NoticeKind> {
        let told = self.told(office).await;
        let mut kinds: Vec<NoticeKind> =
            told.iter().filter(|notice| notice.about.transmission() == Some(id)).map(|notice| notice.kind).collect();
        kinds.sort_unstable();
        kinds
    }

    /// All keys under the prefix, in order.
    pub(crate) async fn keys(&self, prefix: &str) -> Vec<String> {
        self.ground.keys(prefix).await
    }

    pub(crate) async fn body(&self, key: &str) -> Vec<u8> {
        self.ground.body(key).await
    }

    pub(crate) async fn json(&self, key: &str) -> serde_json::Value {
        serde_json::from_slice(&self.body(key).await).unwrap()
    }

    pub(crate) async fn report(&self, key: &str) -> Report {
        serde_json::from_slice(&self.body(key).await).unwrap()
    }
}

/// Hands messages to a function as SQS does; gives the places of those that must come again.
pub(crate) async fn handle(deliver: &Arc<Deliver>, messages: &[&str], time: Option<Duration>) -> Vec<usize> {
    let deadline = time.map(|time| tokio::time::Instant::now() + time);
    let response = handler::handle(deliver, batch(messages), deadline).await.unwrap();
    let place = |id: &str| id.strip_prefix("message-").unwrap().parse().unwrap();
    let mut failed: Vec<usize> = response.batch_item_failures.iter().map(|failure| place(&failure.item_identifier)).collect();
    failed.sort_unstable();
    failed
}

/// Messages as Lambda hands them on.
pub(crate) fn batch(messages: &[&str]) -> SqsEvent {
    let message = |(place, body): (usize, &&str)| {
        let mut message = SqsMessage::default();
        message.message_id = Some(format!("message-{place}"));
        message.body = Some((*body).to_owned());
        message
    };
    let mut event = SqsEvent::default();
    event.records = messages.iter().enumerate().map(message).collect();
    event
}

fn clock(now: &Arc<Mutex<Timestamp>>) -> Clock {
    let now = Arc::clone(now);
    Clock::from_fn(move || *now.lock().unwrap())
}
