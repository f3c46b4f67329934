//! The function `upkeep`: looks after what no event tells of any more.
//!
//! | | |
//! |---|---|
//! | takes | a schedule's tick, whatever it holds |
//! | gives | how much was done ([`Done`]) |
//! | reads | what is due by now in the ledger; deliveries that are; the parts of a transmission that others never joined; its folders in the inboxes |
//! | writes | the end of a transmission and its report; the end of a delivery that nobody acknowledged; notices; takes objects away from inboxes |
//! | refuses | nothing: what fails is due again at the next tick |
//!
//! One file a task: [`incomplete`] ends what waits for parts for longer than a day, [`leftovers`] takes away what a run left behind,
//! [`reminders`] reminds of deliveries that wait, and ends them.
//!
//! **What is due** stands in the ledger's sparse index `by_due`: transmissions that wait, for parts or for an event that was lost, a day and a
//! quarter of an hour after their first part ([`store::TOLD_LATE`]); and those that were rejected or cancelled, an hour after that
//! ([`store::LOOK_AGAIN_AFTER`]), for a run of `deliver` that was under way then may have copied after it. Deliveries stand in
//! partitions of their own: 3, 10 and 93 days after the delivery, until they are acknowledged or cancelled; one takes 3 or 4 calls. So a tick costs what is due and nothing
//! for what isn't, and is bounded by its deadline: what it doesn't get to stays due, and what fails holds up no other.
//!
//! Two ticks at once do no harm: every write is conditional, and removing may be repeated.

pub mod incomplete;
pub mod leftovers;
pub mod reminders;

use std::sync::Arc;

use exchange::{TransmissionId, TransmissionStatus};
use jiff::Timestamp;
use store::{Clock, Files, LOOK_AGAIN_AFTER, Notices, Page, StoreError, TransmissionRecord};
use tokio::time::Instant;
use tracing::{error, info, warn};

/// How many due transmissions are read at a time.
const PAGE: usize = 25;

/// The function with what it needs.
pub struct Upkeep {
    files: Arc<dyn Files>,
    ledger: Arc<dyn Notices>,
    clock: Clock,
}

/// What one tick did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Done {
    /// Transmissions rejected because parts never came.
    pub incomplete: usize,
    /// Transmissions whose folders were looked through.
    pub looked_through: usize,
    /// Objects that were found there and taken away.
    pub removed: usize,
    /// Transmissions whose parts all came and that were not ended: their event must be driven again.
    pub stuck: usize,
    /// Recipients reminded of a delivery.
    pub reminded: usize,
    /// Deliveries expired.
    pub expired: usize,
    /// Transmissions and deliveries that failed; they stay due.
    pub failed: usize,
}

impl Upkeep {
    /// The function on these stores.
    pub fn new(files: impl Files, ledger: impl Notices, clock: Clock) -> Self {
        Self { files: Arc::new(files), ledger: Arc::new(ledger), clock }
    }

    /// Does what is due, until nothing is or the time is over.
    ///
    /// # Errors
    /// The ledger can't say what is due.
    pub async fn run(&self, deadline: Option<Instant>) -> Result<Done, StoreError> {
        let (now, mut done, mut cursor) = (self.clock.now(), Done::default(), None);
        loop {
            let due = self.ledger.due(Page { limit: PAGE, cursor, now }).await?;
            for id in &due.items {
                if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                    info!("the rest stays due: no time left");
                    return Ok(done);
                }
                if let Err(cause) = self.look_after(id, now, &mut done).await {
                    done.failed += 1;
                    told(id, &cause);
                }
            }
            match due.next_cursor {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        if !self.look_after_deliveries(now, deadline, &mut done).await? {
            info!("the rest stays due: no time left");
        }
        Ok(done)
    }

    async fn look_after(&self, id: &TransmissionId, now: Timestamp, done: &mut Done) -> Result<(), StoreError> {
        let Some(row) = self.ledger.look_up(&[], Some(id)).await?.transmission else { return Ok(()) };
        // the index may lag behind the row
        if row.due_at.is_none_or(|due_at| due_at > now) {
            return Ok(());
        }
        match row.status {
            TransmissionStatus::Waiting if row.is_complete() => self.postpone(&row, now, done).await,
            TransmissionStatus::Waiting => self.end_incomplete(row, done).await,
            TransmissionStatus::Rejected | TransmissionStatus::Cancelled => self.look_through(row, done).await,
            TransmissionStatus::Delivered => self.ledger.set_due(&row, None).await,
        }
    }

    /// All parts came: it is not this function's to end. Its event failed, and lies with the dead letters.
    async fn postpone(&self, row: &TransmissionRecord, now: Timestamp, done: &mut Done) -> Result<(), StoreError> {
        error!(id = %row.id, "all parts came and it was not ended: drive the dead letters again");
        done.stuck += 1;
        self.ledger.set_due(row, Some(now.checked_add(LOOK_AGAIN_AFTER).unwrap_or(Timestamp::MAX))).await
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
