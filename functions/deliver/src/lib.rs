//! The function `deliver`: takes what an office uploaded to its recipient.
//!
//! | | |
//! |---|---|
//! | takes | SQS messages with S3 `ObjectCreated` notifications of `outbox/` |
//! | gives | the ids of the messages that must come again, nothing else |
//! | reads | the object's one version; sender, recipients and the transmission's row |
//! | writes | `inbox/{recipient}/T/…`, the ledger, `delivery.json`; or a report in `returns/{sender}/` and the ledger |
//! | refuses | with the codes of the contract's §4: authentication stops at its first failure and touches no transmission; all that is wrong besides is told at once |
//!
//! One file a step, in the order a file takes: [`arrive`] → [`verify`] → [`validate`] → [`copy`] → [`record`]. [`Deliver::take`] is that way.
//!
//! **The order that is safe.** The row in the ledger is claimed before anything is copied, so that a name belongs to one object for good. The copy is
//! of the version that was checked, and create-only. The commit makes transmission and deliveries visible together. `delivery.json` comes last, so a
//! folder without it is not a delivery. Every step may be repeated: whoever comes second finds the row, the copy or the document there, and goes on.
//!
//! **Calls.** For N recipients: open, look up, claim, N copies, commit: N + 4 before the delivery is visible in the ledger, N + 3 with the offices
//! cached, and N `delivery.json`.

pub mod arrive;
pub mod copy;
pub mod handler;
pub mod record;
mod registry;
pub mod validate;
pub mod verify;

use std::sync::Arc;

use exchange::{RejectionCode, ReportReason, TransmissionId};
use store::{Clock, Files, Ledger, Opened, StoreError};

use self::arrive::Arrival;
use self::registry::Registry;

/// The function with what it needs; one lives as long as its process.
pub struct Deliver {
    files: Arc<dyn Files>,
    ledger: Arc<dyn Ledger>,
    clock: Clock,
    registry: Registry,
}

/// How an arrival ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// It is in the recipients' inboxes, now or since an earlier time.
    Delivered(TransmissionId),
    /// Its transmission is rejected, now or since an earlier time.
    Rejected(TransmissionId, Vec<RejectionCode>),
    /// It is rejected and no transmission is touched.
    RejectedAlone(RejectionCode),
    /// The same file again: nothing happened.
    Duplicate(TransmissionId),
}

impl Deliver {
    /// The function on these stores.
    pub fn new(files: impl Files, ledger: impl Ledger, clock: Clock) -> Self {
        Self { files: Arc::new(files), ledger: Arc::new(ledger), clock, registry: Registry::default() }
    }

    /// Takes one arrival all the way.
    ///
    /// # Errors
    /// Storage that failed. Nothing is half done that a repetition doesn't complete.
    pub async fn take(&self, arrival: &Arrival) -> Result<Ended, StoreError> {
        let unreadable = || ReportReason::new(RejectionCode::ObjectUnreadable, None);
        let Some(prefix) = &arrival.prefix else {
            return self.reject_alone(arrival, unreadable().because("its key has an empty, `.` or `..` segment")).await;
        };
        let object = match self.files.open(&arrival.key, arrival.version.as_deref()).await? {
            Opened::Object(object) => object,
            Opened::Unreadable => return self.reject_alone(arrival, unreadable()).await,
        };
        let arrival = &arrival.pinned(&object.version);
        let letter = match self.verify(arrival, prefix, object.manifest.as_deref()).await? {
            Ok(letter) => letter,
            Err(reason) => return self.reject_alone(arrival, reason).await,
        };
        let contents = match validate::read(&letter.manifest, object).await? {
            Ok(contents) => contents,
            Err(code) => return self.reject_alone(arrival, ReportReason::new(code, None)).await,
        };
        let judgement = self.judge(arrival, &letter, &contents).await?;
        if judgement.reasons.is_empty() {
            self.deliver(arrival, &letter, &contents).await
        } else {
            self.reject(arrival, &letter, &contents, judgement).await
        }
    }
}
