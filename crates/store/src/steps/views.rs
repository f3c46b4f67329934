//! What offices see of the ledger's records, with what replaces what.

use exchange::{DeliveryView, TransmissionView};

use crate::{Delivered, DeliveryRecord, Entry, Kin, Ledger, StoreError, TransmissionRecord};

/// The transmission as its sender sees it. What it supersedes and what supersedes it is the newest over its deliveries, as [`Ledger::kin`]
/// says.
///
/// # Errors
/// The ledger's.
pub async fn transmission_view(ledger: &dyn Ledger, entry: &Entry) -> Result<TransmissionView, StoreError> {
    let deliveries: Vec<&DeliveryRecord> = entry.deliveries.iter().collect();
    Ok(sent_view(entry, ledger.kin(&deliveries).await?))
}

/// The same, of a page of them: the deliveries of all together, as [`Ledger::kin`] says.
///
/// # Errors
/// The ledger's.
pub async fn transmission_views(ledger: &dyn Ledger, entries: &[Entry]) -> Result<Vec<TransmissionView>, StoreError> {
    let deliveries: Vec<&DeliveryRecord> = entries.iter().flat_map(|entry| &entry.deliveries).collect();
    let mut kin = ledger.kin(&deliveries).await?.into_iter();
    Ok(entries.iter().map(|entry| sent_view(entry, kin.by_ref().take(entry.deliveries.len()))).collect())
}

/// The delivery as its recipient sees it.
///
/// # Errors
/// The ledger's.
pub async fn delivery_view(
    ledger: &dyn Ledger,
    delivery: &DeliveryRecord,
    transmission: &TransmissionRecord,
) -> Result<DeliveryView, StoreError> {
    let kin = ledger.kin(&[delivery]).await?.pop().unwrap_or_default();
    Ok(delivery_among(delivery, transmission, kin))
}

/// The same, of a page of them: together, as [`Ledger::kin`] says.
///
/// # Errors
/// The ledger's.
pub async fn delivery_views(ledger: &dyn Ledger, delivered: &[Delivered]) -> Result<Vec<DeliveryView>, StoreError> {
    let deliveries: Vec<&DeliveryRecord> = delivered.iter().map(|delivered| &delivered.delivery).collect();
    let kin = ledger.kin(&deliveries).await?;
    Ok(delivered.iter().zip(kin).map(|(Delivered { delivery, transmission }, kin)| delivery_among(delivery, transmission, kin)).collect())
}

/// With what each of its deliveries replaces and what replaces that.
fn sent_view(entry: &Entry, kin: impl IntoIterator<Item = Kin>) -> TransmissionView {
    let kin = kin.into_iter().fold(Kin::default(), Kin::and);
    TransmissionView {
        supersedes: kin.supersedes.map(|relative| relative.id),
        superseded_by: kin.superseded_by.map(|relative| relative.id),
        ..entry.transmission.view(&entry.deliveries)
    }
}

/// The same, where its kin is known.
pub fn delivery_among(delivery: &DeliveryRecord, transmission: &TransmissionRecord, kin: Kin) -> DeliveryView {
    DeliveryView {
        supersedes: kin.supersedes.map(|relative| relative.id),
        superseded_by: kin.superseded_by.map(|relative| relative.id),
        ..delivery.view(transmission)
    }
}
