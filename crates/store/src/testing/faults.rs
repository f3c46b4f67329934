//! A wrapper around the ports that makes one call fail, before it took effect or after.

mod codes;

mod mail;
mod notices;

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use exchange::{DailyQuota, Lineage, Office, Sha256Digest, TransmissionId};
use futures::stream::{self, StreamExt};
use jiff::Timestamp;
use jiff::civil::Date;
use standard::{OfficeNumber, ProfileId};
use tokio::sync::Notify;

use crate::{
    Answer, Body, CopyOrder, DeliveryRecord, Entered, Entry, Files, Filter, Joined, Kin, Ledger, Line, Listing, LoneRejection, LookUp,
    Marked, Object, Opened, Page, Part, Queue, Relative, Revision, Saved, StoreError, TransmissionRecord, VersionPage, VersionPlace,
    Written,
};

/// On which side of its effect a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Nothing happened.
    Before,
    /// It happened, and the caller is told that it failed.
    After,
}

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// With an error that passes, as a throttled call does.
    Throttled,
    /// With an error that only an operator can mend.
    Refused,
    /// It never answers.
    Hangs,
    /// What it reads breaks off in the middle; of a call that reads no bytes the same as [`How::Throttled`].
    BreaksOff,
}

/// A call that is to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Its number, from 1, since counting began.
    pub call: usize,
    /// On which side of its effect.
    pub when: When,
    /// In which way.
    pub how: How,
}

/// Counts the calls to both ports and fails the one that is planned, or holds it until it is told to go on.
#[derive(Debug, Default)]
pub struct Faults {
    made: AtomicUsize,
    planned: Mutex<Vec<Fault>>,
    names: Mutex<Vec<&'static str>>,
    stalling: AtomicUsize,
    dying: AtomicBool,
    arrived: Notify,
    released: Notify,
}

impl Faults {
    /// A plan without a fault.
    pub fn none() -> Arc<Self> {
        Arc::default()
    }

    /// Starts counting anew; the call number `n` (from 1) fails.
    pub fn plan(&self, n: usize, when: When) {
        self.plan_all(&[Fault { call: n, when, how: How::Throttled }]);
    }

    /// Starts counting anew; these calls fail.
    pub fn plan_all(&self, faults: &[Fault]) {
        self.reset(faults);
    }

    /// Starts counting anew; no call fails.
    pub fn clear(&self) {
        self.reset(&[]);
    }

    /// The calls made since counting began, by the port's method.
    pub fn calls(&self) -> Vec<&'static str> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Starts counting anew; the call number `n` stalls before its effect until [`Faults::go_on`] or [`Faults::go_on_and_die`]. Other calls go on
    /// meanwhile.
    pub fn stall(&self, n: usize) {
        self.stall_among(n, &[]);
    }

    /// The same, and these calls fail.
    pub fn stall_among(&self, n: usize, faults: &[Fault]) {
        self.reset(faults);
        self.stalling.store(n, Ordering::SeqCst);
    }

    /// Waits until a call has stalled.
    pub async fn stalled(&self) {
        self.arrived.notified().await;
    }

    /// Lets the stalled call take effect, and its caller go on.
    pub fn go_on(&self) {
        self.released.notify_one();
    }

    /// Lets the stalled call take effect; its caller is told that it failed.
    pub fn go_on_and_die(&self) {
        self.dying.store(true, Ordering::SeqCst);
        self.released.notify_one();
    }

    fn reset(&self, planned: &[Fault]) {
        *self.planned.lock().unwrap_or_else(PoisonError::into_inner) = planned.to_vec();
        self.names.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.made.store(0, Ordering::SeqCst);
        self.stalling.store(0, Ordering::SeqCst);
        self.dying.store(false, Ordering::SeqCst);
    }

    pub(super) async fn through<T>(
        &self,
        operation: &'static str,
        call: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        let number = self.made.fetch_add(1, Ordering::SeqCst) + 1;
        self.names.lock().unwrap_or_else(PoisonError::into_inner).push(operation);
        if self.stalling.compare_exchange(number, 0, Ordering::SeqCst, Ordering::SeqCst).is_ok() {
            self.arrived.notify_one();
            self.released.notified().await;
            let answer = call.await?;
            let dies = self.dying.load(Ordering::SeqCst);
            return if dies { Err(StoreError::retry(operation, "stalled, and its caller is gone")) } else { Ok(answer) };
        }
        let fault = self.planned.lock().unwrap_or_else(PoisonError::into_inner).iter().find(|fault| fault.call == number).copied();
        let Some(Fault { when, how, .. }) = fault else { return call.await };
        if when == When::After {
            call.await?;
        }
        match how {
            How::Hangs => std::future::pending().await,
            How::Refused => Err(StoreError::Refused { operation, detail: format!("planned, {when:?}"), source: None }),
            How::Throttled | How::BreaksOff => Err(StoreError::retry(operation, format!("planned, {when:?}"))),
        }
    }

    /// Whether the next call is one that breaks off while it is read.
    fn breaks_off(&self) -> bool {
        let next = self.made.load(Ordering::SeqCst) + 1;
        let planned = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        planned.iter().any(|fault| fault.call == next && fault.how == How::BreaksOff)
    }

    /// Counts a call that is not made to fail here.
    fn pass(&self, operation: &'static str) {
        self.made.fetch_add(1, Ordering::SeqCst);
        self.names.lock().unwrap_or_else(PoisonError::into_inner).push(operation);
    }
}

/// Files whose calls may fail.
#[derive(Debug, Clone)]
pub struct FaultyFiles<F>(pub Arc<F>, pub Arc<Faults>);

/// A ledger whose calls may fail.
#[derive(Debug, Clone)]
pub struct FaultyLedger<L>(pub Arc<L>, pub Arc<Faults>);

/// A queue whose calls may fail.
#[derive(Debug, Clone)]
pub struct FaultyQueue<Q>(pub Arc<Q>, pub Arc<Faults>);

#[async_trait]
impl<Q: Queue> Queue for FaultyQueue<Q> {
    async fn send(&self, event: String) -> Result<(), StoreError> {
        self.1.through("queue.send", self.0.send(event)).await
    }
}

#[async_trait]
impl<F: Files> Files for FaultyFiles<F> {
    async fn open(&self, key: &str, version: Option<&str>) -> Result<Opened, StoreError> {
        if !self.1.breaks_off() {
            return self.1.through("files.open", self.0.open(key, version)).await;
        }
        self.1.pass("files.open");
        Ok(match self.0.open(key, version).await? {
            Opened::Object(object) => {
                let broken = stream::once(async { Err(StoreError::retry("files.open", "planned: it broke off")) });
                Opened::Object(Object { body: object.body.take(1).chain(broken).boxed(), ..object })
            }
            Opened::Unreadable => Opened::Unreadable,
        })
    }
    async fn open_range(&self, key: &str, range: Range<u64>) -> Result<Option<Body>, StoreError> {
        self.1.through("files.open_range", self.0.open_range(key, range)).await
    }
    async fn copy(&self, order: &CopyOrder) -> Result<Written, StoreError> {
        self.1.through("files.copy", self.0.copy(order)).await
    }
    async fn create(&self, key: &str, content_type: &str, body: Vec<u8>) -> Result<Written, StoreError> {
        self.1.through("files.create", self.0.create(key, content_type, body)).await
    }
    async fn digest(&self, key: &str) -> Result<Option<Sha256Digest>, StoreError> {
        self.1.through("files.digest", self.0.digest(key)).await
    }
    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        self.1.through("files.list", self.0.list(prefix)).await
    }
    async fn versions(&self, prefix: &str, place: Option<&VersionPlace>) -> Result<VersionPage, StoreError> {
        self.1.through("files.versions", self.0.versions(prefix, place)).await
    }
    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        self.1.through("files.remove", self.0.remove(key)).await
    }
}

#[async_trait]
impl<L: Ledger> Ledger for FaultyLedger<L> {
    async fn look_up(&self, offices: &[OfficeNumber], transmission: Option<&TransmissionId>) -> Result<LookUp, StoreError> {
        self.1.through("ledger.look_up", self.0.look_up(offices, transmission)).await
    }
    async fn count(&self, id: &TransmissionId, day: Date, earlier: Option<Date>, quota: DailyQuota) -> Result<bool, StoreError> {
        self.1.through("ledger.count", self.0.count(id, day, earlier, quota)).await
    }
    async fn join(&self, part: &Part) -> Result<Joined, StoreError> {
        self.1.through("ledger.join", self.0.join(part)).await
    }
    async fn commit(&self, record: &TransmissionRecord, deliveries: &[DeliveryRecord]) -> Result<Entered, StoreError> {
        self.1.through("ledger.commit", self.0.commit(record, deliveries)).await
    }
    async fn reject(&self, record: &TransmissionRecord, seen: usize) -> Result<Entered, StoreError> {
        self.1.through("ledger.reject", self.0.reject(record, seen)).await
    }
    async fn due(&self, page: Page) -> Result<Listing<TransmissionId>, StoreError> {
        self.1.through("ledger.due", self.0.due(page)).await
    }
    async fn set_due(&self, record: &TransmissionRecord, due_at: Option<Timestamp>) -> Result<bool, StoreError> {
        self.1.through("ledger.set_due", self.0.set_due(record, due_at)).await
    }
    async fn cancel(&self, record: &TransmissionRecord, now: Timestamp) -> Result<bool, StoreError> {
        self.1.through("ledger.cancel", self.0.cancel(record, now)).await
    }
    async fn collect(&self, id: &TransmissionId, recipient: &OfficeNumber, now: Timestamp) -> Result<Marked, StoreError> {
        self.1.through("ledger.collect", self.0.collect(id, recipient, now)).await
    }
    async fn acknowledge(&self, id: &TransmissionId, recipient: &OfficeNumber, answer: &Answer) -> Result<Marked, StoreError> {
        self.1.through("ledger.acknowledge", self.0.acknowledge(id, recipient, answer)).await
    }
    async fn reject_alone(&self, rejection: &LoneRejection) -> Result<(), StoreError> {
        self.1.through("ledger.reject_alone", self.0.reject_alone(rejection)).await
    }
    async fn transmission(&self, id: &TransmissionId) -> Result<Option<Entry>, StoreError> {
        self.1.through("ledger.transmission", self.0.transmission(id)).await
    }
    async fn kin(&self, deliveries: &[&DeliveryRecord]) -> Result<Vec<Kin>, StoreError> {
        self.1.through("ledger.kin", self.0.kin(deliveries)).await
    }
    async fn line(&self, line: &Line) -> Result<Vec<(Relative, Lineage)>, StoreError> {
        self.1.through("ledger.line", self.0.line(line)).await
    }
    async fn transmissions(&self, filter: &Filter, page: Page) -> Result<Listing<Entry>, StoreError> {
        self.1.through("ledger.transmissions", self.0.transmissions(filter, page)).await
    }
    async fn lone_rejections(&self, office: &OfficeNumber, page: Page) -> Result<Listing<LoneRejection>, StoreError> {
        self.1.through("ledger.lone_rejections", self.0.lone_rejections(office, page)).await
    }
    async fn office(&self, number: &OfficeNumber) -> Result<Option<(Office, Revision)>, StoreError> {
        self.1.through("ledger.office", self.0.office(number)).await
    }
    async fn save_office(&self, office: &Office, read: Option<Revision>) -> Result<Saved, StoreError> {
        self.1.through("ledger.save_office", self.0.save_office(office, read)).await
    }
    async fn profiles(&self, ids: &[ProfileId]) -> Result<Vec<(ProfileId, String)>, StoreError> {
        self.1.through("ledger.profiles", self.0.profiles(ids)).await
    }
    async fn save_profile(&self, id: &ProfileId, text: &str) -> Result<(), StoreError> {
        self.1.through("ledger.save_profile", self.0.save_profile(id, text)).await
    }
}
