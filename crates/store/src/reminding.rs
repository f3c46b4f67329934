//! What is due for a delivery, pure: of one that nobody answers its recipient is reminded twice, then it expires (contract §4); of one that is answered
//! its sender is told.

use exchange::DeliveryStatus;
use jiff::{SignedDuration, Timestamp};

use crate::records::DeliveryRecord;

/// How long after the delivery something is due, and what.
const STEPS: [(SignedDuration, DueStep); 3] = [
    (SignedDuration::from_hours(3 * 24), DueStep::Remind { days: 3 }),
    (SignedDuration::from_hours(10 * 24), DueStep::Remind { days: 10 }),
    // as long as the inbox keeps its objects
    (SignedDuration::from_hours(93 * 24), DueStep::Expire),
];

/// What is due for a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueStep {
    /// Its recipient has not fetched it for so many days.
    Remind {
        /// Days since the delivery.
        days: u8,
    },
    /// Its objects are gone.
    Expire,
    /// Its sender may not know yet that it was acknowledged.
    Tell,
}

impl DeliveryRecord {
    /// When something is due for a delivery made then, for the first time.
    pub fn first_due(delivered_at: Timestamp) -> Option<Timestamp> {
        STEPS.first().and_then(|(after, _)| delivered_at.checked_add(*after).ok())
    }

    /// The step that is due and when it was to be taken: of several that were missed the last one. None where nothing is due by now, or the recipient has
    /// done what it would be reminded of.
    pub fn due_step(&self, now: Timestamp) -> Option<(DueStep, Timestamp)> {
        let due_at = self.due_at.filter(|due_at| *due_at <= now)?;
        if self.status == DeliveryStatus::Acknowledged {
            return Some((DueStep::Tell, due_at));
        }
        let (moment, step) = self.moments().filter(|(moment, _)| *moment <= now).last()?;
        match (step, self.status) {
            (DueStep::Remind { .. }, DeliveryStatus::Delivered)
            | (DueStep::Expire, DeliveryStatus::Delivered | DeliveryStatus::Collected | DeliveryStatus::Expired) => Some((step, moment)),
            _ => None,
        }
    }

    /// When the next step after the one that was due then is due: of a schedule that stood still, the first that is still to come, for nobody is reminded
    /// twice at once.
    pub fn next_due(&self, now: Timestamp) -> Option<Timestamp> {
        let is_open = matches!(self.status, DeliveryStatus::Delivered | DeliveryStatus::Collected);
        let next = self.moments().find(|(moment, step)| *moment > now || *step == DueStep::Expire);
        next.filter(|_| is_open).map(|(moment, _)| moment)
    }

    fn moments(&self) -> impl Iterator<Item = (Timestamp, DueStep)> {
        STEPS.iter().filter_map(|(after, step)| Some((self.delivered_at.checked_add(*after).ok()?, *step)))
    }
}
