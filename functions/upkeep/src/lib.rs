//! The function `upkeep`: looks after what no event tells of any more.
//!
//! | | |
//! |---|---|
//! | takes | a schedule's tick; `{"task":"notices"}` for the one that sends notices, any other for the rest |
//! | gives | how much was done ([`Done`], [`Sent`]) |
//! | reads | what is due by now in the ledger; deliveries that are; the outboxes; the offices whose licences end; the parts of a transmission that others never joined; its folders in the inboxes; the webhooks of the offices that are told |
//! | writes | the end of a transmission and its report; that of a delivery nobody acknowledged; notices; events into the queue; takes objects away from inboxes |
//! | sends | notices, to the bus and to webhooks |
//! | refuses | a tick for a task that there isn't; nothing else: what fails is due again at the next tick |
//!
//! One file a task: [`incomplete`] ends what waits for parts for longer than a day, [`stuck`] drives again what came whole and was not ended,
//! [`leftovers`] takes away what a run left behind, [`reminders`] reminds of deliveries that wait, and ends them,
//! [`licences`] reminds of licences that end, [`unheard`] finds uploads that no event told of. [`herald`] sends notices, by a tick of its own every minute:
//! two at once would send everything twice, so the quarter of an hour's doesn't.
//!
//! **What is due** stands in the ledger's sparse index `by_due`: transmissions that wait, an hour after the last part was told of ([`store::DRIVE_AFTER`]), and
//! where parts are missing then, again a day and a quarter of an hour after the first ([`store::TOLD_LATE`]); and those that were rejected or cancelled, an
//! hour after that ([`store::LOOK_AGAIN_AFTER`]), for a run of `deliver` that was under way then may have copied after it, and whoever ended it may have told
//! nobody. Deliveries stand in partitions of their own: 3, 10 and 93 days after they were made, until they are acknowledged or cancelled; and one that is
//! acknowledged for as long as its sender is not told, which only a call that broke off leaves so. One takes 3 or 4 calls. So do
//! licences, with their bills, until a week before they end: 3 calls each. So a tick costs what is due
//! and nothing for what isn't. It is bounded by its deadline, and every transmission by a minute of it ([`ROW_AT_MOST`]): what it doesn't get to stays
//! due, what takes longer is put off for an hour, and what fails holds up no other.
//!
//! An upload whose event was lost before anything of it reached the ledger is in no index. Every six hours ([`store::SWEEP_EVERY`]) the outboxes are listed,
//! a thousand versions a call, and what was stored since the search before is held against what the ledger has of that office: an upload is listed
//! as long as it is kept, which is 30 days, and looked up once.
//!
//! Two ticks at once do no harm: every write is conditional, and removing may be repeated. Two of the minute's at once send notices twice.

mod handler;
pub mod herald;
pub mod incomplete;
pub mod leftovers;
pub mod licences;
pub mod reminders;
pub mod stuck;
pub mod unheard;
pub mod webhook;

use std::sync::Arc;
use std::time::Duration;

use exchange::{TransmissionId, TransmissionStatus};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use store::{Clock, Files, LOOK_AGAIN_AFTER, Notices, Page, Queue, StoreError, TransmissionRecord};
use tokio::time::{Instant, timeout_at};
use tracing::{error, info, warn};

pub use self::handler::{Function, UnknownTask};
pub use self::herald::{Herald, Sent};
pub use self::webhook::Webhooks;

/// How many due transmissions are read at a time.
const PAGE: usize = 25;

/// How much of a tick one transmission may take.
pub const ROW_AT_MOST: Duration = Duration::from_secs(60);

/// How much of it may go into reading its files: the rest is for its end.
pub(crate) const READ_AT_MOST: Duration = Duration::from_secs(45);

/// How long the files of a transmission that must end are tried to be read, to tell what is wrong with them; then it ends without that.
pub(crate) const READ_FOR: SignedDuration = SignedDuration::from_hours(24);

/// The function with what it needs.
pub struct Upkeep {
    files: Arc<dyn Files>,
    ledger: Arc<dyn Notices>,
    queue: Arc<dyn Queue>,
    clock: Clock,
}

/// What one tick did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Done {
    /// Transmissions rejected because parts never came.
    pub incomplete: usize,
    /// Transmissions whose folders were looked through.
    pub looked_through: usize,
    /// Objects that were found there and taken away.
    pub removed: usize,
    /// Transmissions whose parts all came and that were not ended, for which an event was queued again.
    pub driven: usize,
    /// Those of them for which that didn't help before: an operator is needed.
    pub stuck: usize,
    /// Transmissions rejected because that never helped.
    pub given_up: usize,
    /// Recipients reminded of a delivery.
    pub reminded: usize,
    /// Deliveries expired.
    pub expired: usize,
    /// Senders told of an acknowledgement that nobody had told them of.
    pub told: usize,
    /// Offices reminded that their licence ends.
    pub licences_ending: usize,
    /// Uploads that no event told of, for which one was queued.
    pub unheard: usize,
    /// Transmissions, deliveries and licences that failed, and stay due; offices whose uploads were left to the next search.
    pub failed: usize,
}

/// What wasn't done must ring: the alarm counts invocations that end with an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{failed} failed and {stuck} stuck: see the log")]
pub struct Undone {
    failed: usize,
    stuck: usize,
}

impl Done {
    /// The answer to the tick.
    ///
    /// # Errors
    /// Something failed or is stuck; the rest is done.
    pub fn or_ring(self) -> Result<Self, Undone> {
        let Self { failed, stuck, .. } = self;
        if failed + stuck > 0 { Err(Undone { failed, stuck }) } else { Ok(self) }
    }
}

impl Upkeep {
    /// The function on these stores.
    pub fn new(files: impl Files, ledger: impl Notices, queue: impl Queue, clock: Clock) -> Self {
        Self { files: Arc::new(files), ledger: Arc::new(ledger), queue: Arc::new(queue), clock }
    }

    /// Does what is due, until nothing is or the time is over.
    ///
    /// # Errors
    /// The ledger can't say what is due.
    pub async fn run(&self, deadline: Option<Instant>) -> Result<Done, StoreError> {
        let (now, mut done) = (self.clock.now(), Done::default());
        // whatever one of them costs, the others have their share of what is left
        let share = |of: u32| deadline.map(|deadline| Instant::now() + deadline.saturating_duration_since(Instant::now()) / of);
        let in_time = [
            self.look_after_transmissions(now, share(2), &mut done).await?,
            self.look_after_deliveries(now, share(2), &mut done).await?,
            self.look_after_licences(now, share(2), &mut done).await?,
            self.look_for_the_unheard(now, deadline, &mut done).await?,
        ];
        if in_time.contains(&false) {
            info!("the rest stays due: no time left");
        }
        Ok(done)
    }

    /// Does what is due for transmissions; false where the time was over before all of it was done.
    async fn look_after_transmissions(&self, now: Timestamp, deadline: Option<Instant>, done: &mut Done) -> Result<bool, StoreError> {
        let mut cursor = None;
        loop {
            let due = self.ledger.due(Page { limit: PAGE, cursor, now }).await?;
            for id in &due.items {
                if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                    return Ok(false);
                }
                if let Err(cause) = self.look_at(id, now, deadline, done).await {
                    done.failed += 1;
                    told(id, &cause);
                }
            }
            match due.next_cursor {
                Some(next) => cursor = Some(next),
                None => return Ok(true),
            }
        }
    }

    /// Looks after one transmission, for as long as it may take.
    async fn look_at(&self, id: &TransmissionId, now: Timestamp, deadline: Option<Instant>, done: &mut Done) -> Result<(), StoreError> {
        let Some(row) = self.ledger.look_up(&[], Some(id)).await?.transmission else { return Ok(()) };
        // the index may lag behind the row
        if row.due_at.is_none_or(|due_at| due_at > now) {
            return Ok(());
        }
        let end = Instant::now() + ROW_AT_MOST;
        let in_time = timeout_at(deadline.map_or(end, |deadline| deadline.min(end)), self.look_after(row.clone(), now, done)).await;
        match in_time {
            Ok(ended) => ended,
            // the tick's own end: it stays due
            Err(_) if deadline.is_some_and(|deadline| Instant::now() >= deadline) => Ok(()),
            Err(_) => {
                error!(%id, "took too long: put off");
                done.failed += 1;
                self.ledger.set_due(&row, Some(now.checked_add(LOOK_AGAIN_AFTER).unwrap_or(Timestamp::MAX))).await.map(drop)
            }
        }
    }

    async fn look_after(&self, row: TransmissionRecord, now: Timestamp, done: &mut Done) -> Result<(), StoreError> {
        match row.status {
            TransmissionStatus::Waiting if row.is_complete() => self.drive(row, now, done).await,
            TransmissionStatus::Waiting if now < row.waits_until() => self.ledger.set_due(&row, Some(row.waits_until())).await.map(drop),
            TransmissionStatus::Waiting => self.end_incomplete(row, now, done).await,
            TransmissionStatus::Rejected | TransmissionStatus::Cancelled => self.look_through(row, now, done).await,
            TransmissionStatus::Delivered => self.drive(row, now, done).await,
        }
    }
}

/// Logs what failed; it stays due.
fn told(id: &TransmissionId, cause: &StoreError) {
    if cause.is_passing() {
        warn!(%id, %cause, "stays due");
    } else {
        error!(%id, %cause, "stays due and needs an operator");
    }
}
