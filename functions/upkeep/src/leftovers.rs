//! What was left behind of a transmission that ended as rejected or cancelled: copies of a run that went on after the end or broke off before it could
//! take them back, a report that was never written, and a notice.

use exchange::{RejectionCode, TransmissionStatus, keys};
use jiff::Timestamp;
use store::steps::{as_recorded, clear, report, tell};
use store::{StoreError, TransmissionRecord};
use tracing::warn;

use crate::{Done, Upkeep};

impl Upkeep {
    /// Empties the transmission's folders and tells whom it concerns, if nobody has; then nothing is due of it any more.
    pub(crate) async fn look_through(&self, row: TransmissionRecord, now: Timestamp, done: &mut Done) -> Result<(), StoreError> {
        let removed = clear(&*self.files, &row).await?;
        if removed > 0 {
            warn!(id = %row.id, removed, "a run had left objects behind");
        }
        if row.status == TransmissionStatus::Rejected {
            self.ensure_report(&row, now).await?;
        }
        tell(&*self.ledger, &row).await?;
        self.ledger.set_due(&row, None).await?;
        done.looked_through += 1;
        done.removed += removed;
        Ok(())
    }

    async fn ensure_report(&self, row: &TransmissionRecord, now: Timestamp) -> Result<(), StoreError> {
        // listed and not looked at: the function may write reports, and read none
        if !self.files.list(&keys::return_report(row.id.sender(), &row.id)).await?.is_empty() {
            return Ok(());
        }
        // as the run judged it that broke off before its report
        let broken = if row.is_complete() { row.broken() } else { vec![RejectionCode::TransmissionIncomplete] };
        let found = self.reasons(row, broken, row.ended_at.unwrap_or(row.stored_at), now).await?;
        report(&*self.files, row, as_recorded(row, &found)).await?;
        Ok(())
    }
}
