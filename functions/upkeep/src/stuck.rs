//! All parts came and the transmission was not ended, or was and its documents were not written: its event failed too often and lies with the dead
//! letters, or was lost.

use exchange::{RejectionCode, ReportReason, TransmissionStatus};
use jiff::Timestamp;
use store::steps::{clear, tell};
use store::{Entered, GIVE_UP_AFTER, RING_AFTER, StoreError, TransmissionRecord, event_of};
use tracing::{error, info, warn};

use crate::{Done, Upkeep};

impl Upkeep {
    /// Queues the event of one of its parts again: whichever run finds the transmission whole judges and delivers it, or writes what a delivery lacks.
    /// Every time is twice as late as the one before, until it is given up.
    pub(crate) async fn drive(&self, row: TransmissionRecord, now: Timestamp, done: &mut Done) -> Result<(), StoreError> {
        let age = now.duration_since(row.told_at);
        if age >= GIVE_UP_AFTER {
            return match row.status {
                TransmissionStatus::Waiting => self.give_up(row, now, done).await,
                _ => self.leave(&row, done).await,
            };
        }
        if let Some(file) = row.files_by_name().first() {
            self.queue.send(event_of(file)).await?;
        }
        done.driven += 1;
        if age >= RING_AFTER {
            done.stuck += 1;
            error!(id = %row.id, "all parts came and it is not at its end, however often it is driven: needs an operator");
        } else {
            warn!(id = %row.id, "all parts came and it is not at its end: driven again");
        }
        self.ledger.set_due(&row, Some(row.drives_again(now))).await.map(drop)
    }

    /// A delivery stands, whatever it lacks, and its recipients can fetch it: they are told. Its uploads won't be there for long: an event that came then would be refused.
    async fn leave(&self, row: &TransmissionRecord, done: &mut Done) -> Result<(), StoreError> {
        done.stuck += 1;
        error!(id = %row.id, "delivered, but without all its documents, however often it was driven: needs an operator");
        tell(&*self.ledger, row).await?;
        self.ledger.set_due(row, None).await.map(drop)
    }

    /// Rejects it while its files can still be read: the sender has waited long enough to be told.
    async fn give_up(&self, row: TransmissionRecord, now: Timestamp, done: &mut Done) -> Result<(), StoreError> {
        let since = row.told_at.checked_add(GIVE_UP_AFTER).unwrap_or(Timestamp::MAX);
        let mut reasons = self.reasons(&row, row.broken(), since, now).await?;
        if reasons.is_empty() {
            let reason = ReportReason::new(RejectionCode::TransmissionIncomplete, None);
            reasons.push(reason.because("all parts came, but the exchange could not complete it in ten days"));
        }
        // due again in an hour: runs that failed may have copied, and one may be under way
        let ended = row.ended(now, reasons.iter().map(ReportReason::in_ledger).collect());
        if self.ledger.reject(&ended, row.files.len()).await? == Entered::Written {
            info!(id = %ended.id, "rejected: given up");
            done.given_up += 1;
            self.tell(&ended, reasons).await?;
            clear(&*self.files, &ended).await?;
        }
        Ok(())
    }
}
