//! Offices are told of what became of their transmissions, after the ledger has it. The row stays due until they are, so whatever breaks off in between is
//! told by the next run, or by `upkeep`.

use exchange::TransmissionId;
use standard::OfficeNumber;

use crate::{Answer, DeliveryRecord, Marked, Notices, StoreError, TransmissionRecord};

/// Tells whom it concerns how the transmission stands, unless nothing is due of it: then they were told.
///
/// # Errors
/// Storage that failed.
pub async fn tell(ledger: &dyn Notices, row: &TransmissionRecord) -> Result<(), StoreError> {
    if row.due_at.is_none() {
        return Ok(());
    }
    ledger.notify(&row.notices()).await
}

/// Tells the sender that the delivery was acknowledged; then nothing is due of it any more.
///
/// # Errors
/// Storage that failed.
pub async fn tell_sender(ledger: &dyn Notices, delivery: &DeliveryRecord) -> Result<(), StoreError> {
    ledger.notify(delivery.acknowledgement().as_slice()).await?;
    ledger.set_delivery_due(delivery, None).await
}

/// Notes what the recipient made of a delivery, and tells the sender. It may be repeated: where an earlier call broke off before the sender was told, this
/// one tells it.
///
/// # Errors
/// Storage that failed.
pub async fn acknowledge(
    ledger: &dyn Notices,
    id: &TransmissionId,
    recipient: &OfficeNumber,
    answer: &Answer,
) -> Result<Marked, StoreError> {
    let marked = ledger.acknowledge(id, recipient, answer).await?;
    if let Marked::Written(delivery) | Marked::AsItWas(delivery) = &marked
        && delivery.due_at.is_some()
    {
        tell_sender(ledger, delivery).await?;
    }
    Ok(marked)
}
