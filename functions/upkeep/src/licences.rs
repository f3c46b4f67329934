//! Licences that end: their office is reminded 90, 30 and 7 days before the last day, unless another licence follows.

use exchange::{About, Notice, NoticeKind, licensed_until};
use jiff::Timestamp;
use store::{LicenceEnd, Page, StoreError};
use tokio::time::Instant;
use tracing::{error, info, warn};

use crate::{Done, PAGE, Upkeep};

impl Upkeep {
    /// Does what is due for licences; false where the time was over before all of it was done.
    pub(crate) async fn look_after_licences(&self, now: Timestamp, deadline: Option<Instant>, done: &mut Done) -> Result<bool, StoreError> {
        let mut cursor = None;
        loop {
            let due = self.ledger.due_licences(Page { limit: PAGE, cursor, now }).await?;
            for end in &due.items {
                if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                    return Ok(false);
                }
                if let Err(cause) = self.look_after_licence(end, now, done).await {
                    done.failed += 1;
                    let office = end.office;
                    if cause.is_passing() {
                        warn!(%office, %cause, "a licence's end stays due");
                    } else {
                        error!(%office, %cause, "a licence's end stays due and needs an operator");
                    }
                }
            }
            match due.next_cursor {
                Some(next) => cursor = Some(next),
                None => return Ok(true),
            }
        }
    }

    /// The notice first, then the next step. The index may lag behind: then the same notice is written again, which is one.
    async fn look_after_licence(&self, end: &LicenceEnd, now: Timestamp, done: &mut Done) -> Result<(), StoreError> {
        let office = self.ledger.look_up(&[end.office], None).await?.offices.pop();
        // a later licence has an end of its own
        let ends = office.is_some_and(|office| licensed_until(&office.licences, end.last) == Some(end.last));
        if !ends {
            return self.ledger.set_licence_due(end, None).await;
        }
        if let Some(at) = end.step(now) {
            let about = About::Licence { until: end.last };
            self.ledger.notify(&[Notice { office: end.office, kind: NoticeKind::LicenceEnding, at, about }]).await?;
            info!(office = %end.office, until = %end.last, "reminded: the licence ends");
            done.licences_ending += 1;
        }
        self.ledger.set_licence_due(end, end.next_due(now)).await
    }
}
