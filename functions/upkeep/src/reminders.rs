//! Deliveries that nobody fetches, or acknowledges: their recipient is reminded after 3 and 10 days; after 93 they are expired, as their objects are gone.
//! And those that were acknowledged, where the call broke off before their sender was told.

use exchange::{Notice, NoticeKind, TransmissionId};
use jiff::Timestamp;
use standard::OfficeNumber;
use store::steps::tell_sender;
use store::{DueStep, Marked, Page, StoreError};
use tokio::time::Instant;
use tracing::info;

use crate::{Done, PAGE, Upkeep, told};

impl Upkeep {
    /// Does what is due for deliveries; false where the time was over before all of it was done.
    pub(crate) async fn look_after_deliveries(
        &self,
        now: Timestamp,
        deadline: Option<Instant>,
        done: &mut Done,
    ) -> Result<bool, StoreError> {
        let mut cursor = None;
        loop {
            let due = self.ledger.due_deliveries(Page { limit: PAGE, cursor, now }).await?;
            for (id, recipient) in &due.items {
                if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                    return Ok(false);
                }
                if let Err(cause) = self.look_after_delivery(id, recipient, now, done).await {
                    done.failed += 1;
                    told(id, &cause);
                }
            }
            match due.next_cursor {
                Some(next) => cursor = Some(next),
                None => return Ok(true),
            }
        }
    }

    /// The notice first, then the next step: where this breaks off, the next tick writes the same notice again, which is one.
    async fn look_after_delivery(
        &self,
        id: &TransmissionId,
        recipient: &OfficeNumber,
        now: Timestamp,
        done: &mut Done,
    ) -> Result<(), StoreError> {
        let Some(delivery) = self.ledger.delivery(id, recipient).await? else { return Ok(()) };
        // the index may lag behind the row
        if delivery.due_at.is_none_or(|due_at| due_at > now) {
            return Ok(());
        }
        match delivery.due_step(now) {
            Some((DueStep::Remind { days }, at)) => {
                self.ledger.notify(&[delivery.notice(*recipient, NoticeKind::NotCollected, at)]).await?;
                info!(%id, %recipient, days, "reminded: not collected");
                done.reminded += 1;
                self.ledger.set_delivery_due(&delivery, delivery.next_due(now)).await
            }
            Some((DueStep::Expire, at)) => match self.ledger.expire(id, recipient).await? {
                Marked::Written(expired) | Marked::AsItWas(expired) => {
                    let mut both = vec![*recipient, *id.sender()];
                    both.dedup();
                    let notices: Vec<Notice> = both.into_iter().map(|office| expired.notice(office, NoticeKind::Expired, at)).collect();
                    self.ledger.notify(&notices).await?;
                    info!(%id, %recipient, "expired");
                    done.expired += 1;
                    self.ledger.set_delivery_due(&expired, None).await
                }
                // acknowledged or cancelled meanwhile: then nothing is due
                Marked::Refused(_) | Marked::Unknown => Ok(()),
            },
            Some((DueStep::Tell, _)) => {
                tell_sender(&*self.ledger, &delivery).await?;
                info!(%id, %recipient, "told the sender: acknowledged");
                done.told += 1;
                Ok(())
            }
            None => self.ledger.set_delivery_due(&delivery, delivery.next_due(now)).await,
        }
    }
}
