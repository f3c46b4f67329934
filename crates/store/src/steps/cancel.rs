//! A sender takes back what it sent, whole, before anybody took it (contract §4).

use exchange::{TransmissionId, TransmissionStatus};
use jiff::Timestamp;

use super::{clear, tell};
use crate::{Files, Notices, StoreError, TransmissionRecord};

/// How a cancellation ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Cancellation {
    /// It is cancelled, now or since an earlier time, nothing of it lies in the inboxes, and its recipients are told.
    Done(TransmissionRecord),
    /// It stays as it is: it waits, was rejected, or a recipient has taken it.
    TooLate(TransmissionRecord),
    /// There is no such transmission.
    Unknown,
}

/// Cancels a transmission: the ledger first, in one transaction with all deliveries, then the objects, then the recipients are told. It may be repeated:
/// where an earlier call broke off after the transaction, this one does the rest; otherwise `upkeep` does within the hour, as it finds whatever a run of
/// `deliver` writes after that.
///
/// Whoever asks must be its sender: that is the caller's to check.
///
/// # Errors
/// Storage that failed.
pub async fn cancel(files: &dyn Files, ledger: &dyn Notices, id: &TransmissionId, now: Timestamp) -> Result<Cancellation, StoreError> {
    let Some(record) = ledger.look_up(&[], Some(id)).await?.transmission else { return Ok(Cancellation::Unknown) };
    let record = match record.status {
        TransmissionStatus::Cancelled => record,
        TransmissionStatus::Delivered if ledger.cancel(&record, now).await? => record.cancelled(now),
        // a call at the same time may have won
        TransmissionStatus::Delivered => match ledger.look_up(&[], Some(id)).await?.transmission {
            Some(record) if record.status == TransmissionStatus::Cancelled => record,
            _ => return Ok(Cancellation::TooLate(record)),
        },
        TransmissionStatus::Waiting | TransmissionStatus::Rejected => return Ok(Cancellation::TooLate(record)),
    };
    clear(files, &record).await?;
    tell(ledger, &record).await?;
    Ok(Cancellation::Done(record))
}
