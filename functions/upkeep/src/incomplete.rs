//! Parts that never came: a day after the first, the transmission ends (contract §4, `transmission-incomplete`).

use exchange::{Contents, Judgement, RejectionCode, ReportReason, japanese_day};
use jiff::Timestamp;
use store::steps::{read_again, report, tell};
use store::{Entered, StoreError, TransmissionRecord};
use tokio::time::timeout;
use tracing::{info, warn};

use crate::{Done, READ_AT_MOST, READ_FOR, Upkeep};

impl Upkeep {
    /// Rejects the transmission. Whatever else is wrong with the parts that came is told with it, so that one correction is enough.
    pub(crate) async fn end_incomplete(&self, row: TransmissionRecord, now: Timestamp, done: &mut Done) -> Result<(), StoreError> {
        let reasons = self.reasons(&row, vec![RejectionCode::TransmissionIncomplete], row.waits_until(), now).await?;
        // due until its sender is told; and then no more, for of a set that isn't whole nothing was ever copied
        let ended = TransmissionRecord { due_at: Some(now), ..row.ended(now, reasons.iter().map(ReportReason::in_ledger).collect()) };
        // a part that came meanwhile goes first: it may have been the last
        if self.ledger.reject(&ended, row.files.len()).await? == Entered::Written {
            info!(id = %ended.id, came = row.files.len(), parts = row.parts, "rejected: incomplete");
            done.incomplete += 1;
            self.tell(&ended, reasons).await?;
            self.ledger.set_due(&ended, None).await?;
        }
        Ok(())
    }

    /// What is wrong with a transmission beside what is said of it as such. Files that are not the whole are not held against each other. What can't be
    /// read a day after `since` stays unread: the end doesn't wait for it longer.
    pub(crate) async fn reasons(
        &self,
        row: &TransmissionRecord,
        broken: Vec<RejectionCode>,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<ReportReason>, StoreError> {
        let read = read_again(&*self.files, row, None, &[]);
        let sheets = if now.duration_since(since) < READ_FOR {
            read.await?
        } else if let Ok(Ok(sheets)) = timeout(READ_AT_MOST, read).await {
            sheets
        } else {
            warn!(id = %row.id, "ended without a look at its files, which can't be read since a day");
            return Ok(broken.into_iter().map(|code| ReportReason::new(code, None)).collect());
        };
        let whole = row.is_complete() && !broken.contains(&RejectionCode::TransmissionInconsistent);
        let mut contents: Vec<Contents> = sheets.into_iter().map(|sheet| sheet.contents).collect();
        let recipients = row.addresses.iter().map(|address| address.office).filter(|office| office != row.id.sender());
        let parties: Vec<_> = std::iter::once(*row.id.sender()).chain(recipients).collect();
        let offices = self.ledger.look_up(&parties, None).await?.offices;
        let judgement = Judgement {
            sender: row.id.sender(),
            recipients: &row.addresses,
            offices: &offices,
            day: japanese_day(row.last_stored_at()),
            broken,
            // what never was whole didn't count
            exceeds_quota: false,
            whole,
        };
        Ok(judgement.of(&mut contents))
    }

    /// Tells the sender: the report, then the notice.
    pub(crate) async fn tell(&self, ended: &TransmissionRecord, reasons: Vec<ReportReason>) -> Result<(), StoreError> {
        report(&*self.files, ended, reasons).await?;
        tell(&*self.ledger, ended).await
    }
}
