//! What offices see of the ledger's records, with what replaces what.

use exchange::{DeliveryView, TransmissionView};
use futures::stream::{self, StreamExt, TryStreamExt};

use crate::{Delivered, DeliveryRecord, Entry, Kin, Ledger, StoreError, TransmissionRecord};

/// How many deliveries are asked for at a time.
const AT_A_TIME: usize = 8;

/// The transmission as its sender sees it. What it supersedes and what supersedes it is the newest over its deliveries: one call each, as
/// [`Ledger::kin`] says.
///
/// # Errors
/// The ledger's.
pub async fn transmission_view(ledger: &dyn Ledger, entry: &Entry) -> Result<TransmissionView, StoreError> {
    let mut asked = Vec::with_capacity(entry.deliveries.len());
    for delivery in entry.deliveries.iter().filter(|delivery| delivery.lineage.is_some()) {
        asked.push(ledger.kin(delivery));
    }
    let found: Vec<Kin> = stream::iter(asked).buffered(AT_A_TIME).try_collect().await?;
    let kin = found.into_iter().fold(Kin::default(), Kin::and);
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

/// The delivery as its recipient sees it; one call, as [`Ledger::kin`] says.
///
/// # Errors
/// The ledger's.
pub async fn delivery_view(
    ledger: &dyn Ledger,
    delivery: &DeliveryRecord,
    transmission: &TransmissionRecord,
) -> Result<DeliveryView, StoreError> {
    let kin = ledger.kin(delivery).await?;
    Ok(DeliveryView {
        supersedes: kin.supersedes.map(|relative| relative.id),
        superseded_by: kin.superseded_by.map(|relative| relative.id),
        ..delivery.view(transmission)
    })
}

/// The same, of a page of them.
///
/// # Errors
/// The ledger's.
pub async fn delivery_views(ledger: &dyn Ledger, delivered: &[Delivered]) -> Result<Vec<DeliveryView>, StoreError> {
    let mut asked = Vec::with_capacity(delivered.len());
    for Delivered { delivery, transmission } in delivered {
        asked.push(delivery_view(ledger, delivery, transmission));
    }
    stream::iter(asked).buffered(AT_A_TIME).try_collect().await
}
