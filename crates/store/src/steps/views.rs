//! What offices see of the ledger's records, with what replaces what.

use exchange::{DeliveryView, TransmissionView};
use futures::stream::{self, StreamExt, TryStreamExt};

use crate::{Delivered, DeliveryRecord, Entry, Kin, Ledger, StoreError, TransmissionRecord};

/// How many transmissions are asked for at a time.
const AT_A_TIME: usize = 8;

/// The transmission as its sender sees it. What it supersedes and what supersedes it is the newest over its deliveries, as [`Ledger::kin`]
/// says.
///
/// # Errors
/// The ledger's.
pub async fn transmission_view(ledger: &dyn Ledger, entry: &Entry) -> Result<TransmissionView, StoreError> {
    let deliveries: Vec<&DeliveryRecord> = entry.deliveries.iter().collect();
    let kin = ledger.kin(&deliveries).await?.into_iter().fold(Kin::default(), Kin::and);
    let view = entry.transmission.view(&entry.deliveries);
    Ok(TransmissionView {
        supersedes: kin.supersedes.map(|relative| relative.id),
        superseded_by: kin.superseded_by.map(|relative| relative.id),
        ..view
    })
}

/// The same, of a page of them.
///
/// # Errors
/// The ledger's.
pub async fn transmission_views(ledger: &dyn Ledger, entries: &[Entry]) -> Result<Vec<TransmissionView>, StoreError> {
    let mut asked = Vec::with_capacity(entries.len());
    for entry in entries {
        asked.push(transmission_view(ledger, entry));
    }
    stream::iter(asked).buffered(AT_A_TIME).try_collect().await
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
    Ok(view(delivery, transmission, kin))
}

/// The same, of a page of them: together, as [`Ledger::kin`] says.
///
/// # Errors
/// The ledger's.
pub async fn delivery_views(ledger: &dyn Ledger, delivered: &[Delivered]) -> Result<Vec<DeliveryView>, StoreError> {
    let deliveries: Vec<&DeliveryRecord> = delivered.iter().map(|delivered| &delivered.delivery).collect();
    let kin = ledger.kin(&deliveries).await?;
    Ok(delivered.iter().zip(kin).map(|(Delivered { delivery, transmission }, kin)| view(delivery, transmission, kin)).collect())
}

fn view(delivery: &DeliveryRecord, transmission: &TransmissionRecord, kin: Kin) -> DeliveryView {
    DeliveryView {
        supersedes: kin.supersedes.map(|relative| relative.id),
        superseded_by: kin.superseded_by.map(|relative| relative.id),
        ..delivery.view(transmission)
    }
}
