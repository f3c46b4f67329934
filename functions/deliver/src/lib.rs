//! The function `deliver`: takes what an office uploaded to its recipients.
//!
//! | | |
//! |---|---|
//! | takes | SQS messages with S3 `ObjectCreated` notifications of `outbox/` |
//! | gives | the ids of the messages that must come again, nothing else |
//! | reads | the object's one version, and the other parts' when it is the last; sender, recipients and the transmission's row |
//! | writes | `inbox/{recipient}/T/…`, the ledger, `delivery.json`; or the ledger and a report in `returns/{sender}/`; then a notice to whom it concerns |
//! | refuses | with the codes of the contract's §4: authentication stops at its first failure and touches no transmission; all that is wrong besides, with all parts, is told at once |
//!
//! One file a step, in the order a file takes: [`arrive`] → [`verify`] → [`validate`] → [`join`] → [`judge`] → [`copy`] → [`record`] → [`tell`].
//! [`Deliver::take`] is that way.
//!
//! **How parts become one.** Every part that is what its sender signed joins the transmission's row by one conditional update: it opens the row, or adds
//! itself if the row waits and says the same of addresses, number and set. The part that finds the row complete judges the whole: it reads the other
//! pinned versions again, for what rules between files need is about persons and never stored. Whoever comes between, twice or late finds the row as it is
//! and goes on from there, so a set is complete in whatever order and at whatever distance its parts came.
//!
//! **Who is refused when parts disagree.** A part under a name that is taken, or after the end: alone, the transmission keeps what it has. A rightly signed
//! part that contradicts the row's addresses, number or set: the transmission, at once, for no later part can make it whole again. Files that are as many
//! as they should be and don't make up the set, or came more than 24 h apart: the transmission. Parts that never come are `upkeep`'s to end.
//!
//! **The order that is safe.** The row in the ledger is joined before anything is copied, so that a name belongs to one object for good. The copies are
//! of the versions that were checked, and create-only. The commit makes transmission and deliveries visible together. `delivery.json` comes last, so a
//! folder without it is not a delivery; then every recipient is told by a notice, as a sender is after its report. An object rejected alone makes no
//! notice: it belongs to no transmission, and may be nobody's. Every step may be repeated: whoever comes second finds the row, the copy or the document there, and goes on. A run
//! that finishes after the transmission was rejected or cancelled takes its copies back; what it can't, `upkeep` finds an hour later, for every
//! transmission that ends so is due then ([`store::LOOK_AGAIN_AFTER`]).
//!
//! **What the recipients' software will refuse** though the standard allows it stands in receiver profiles, named in the recipients' entries. The files
//! are held against them in the same pass, and the sender is told before anything is copied: `returns/{sender}/T.warnings.json`. It stops nothing.
//!
//! **Memory.** A file is read in chunks; what the rules between files need of its persons is kept until the set is judged. Several messages are worked on at
//! a time, but of those with 8 MiB and more ([`store::steps::LARGE_BYTES`]) one, its files one after another. `infra/capacity.md` has the figures.
//!
//! **Calls.** A part: open, look up, join: 3, and 2 with the offices cached; the first of several one more, the sender's count of the day. The last
//! of F parts to N recipients besides: the offices as they stand now, where they were cached; F − 1 reads, the sender's count of the day, N × F copies,
//! commit, before the delivery is visible in the ledger; then what the files replace, a call or two for each recipient, N `delivery.json`, the notices in
//! one write, and one that nothing is due any more, unless it was cancelled meanwhile. So N × F copies and 2N + F + 6 calls in the run that completes a
//! transmission, whatever its size, and N more where a long line doesn't tell at once: one file to one office takes 10 calls, an attachment 9. A large file
//! that had to wait for its turn is opened once more. Where recipients name profiles, one more unless they are in memory, and one where there is something
//! to warn of. A test counts them.

pub mod arrive;
pub mod copy;
pub mod handler;
pub mod join;
pub mod judge;
mod receivers;
pub mod record;
mod registry;
pub mod tell;
pub mod validate;
pub mod verify;

use std::sync::Arc;

use exchange::{DailyQuota, Receiver, RejectionCode, ReportReason, Secret, TransmissionId, TransmissionStatus};
use store::steps::{LARGE_BYTES, Sheet};
use store::{Clock, Files, Notices, Opened, Part, Standing, StoreError, TransmissionRecord};
use tokio::sync::{Mutex, OwnedMutexGuard};

use self::arrive::Arrival;
use self::registry::{Profiles, Registry};
use self::verify::Letter;

/// The function with what it needs; one lives as long as its process.
pub struct Deliver {
    files: Arc<dyn Files>,
    ledger: Arc<dyn Notices>,
    clock: Clock,
    registry: Registry,
    profiles: Profiles,
    secret: Secret,
    quota: DailyQuota,
    /// Whose turn it is of the large ones.
    large: Arc<Mutex<()>>,
}

/// How an arrival ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// Its transmission waits for other parts.
    Waiting(TransmissionId),
    /// It is in the recipients' inboxes, now or since an earlier time.
    Delivered(TransmissionId),
    /// Its transmission is rejected, now or since an earlier time.
    Rejected(TransmissionId, Vec<RejectionCode>),
    /// It is rejected and no transmission is touched.
    RejectedAlone(RejectionCode),
    /// The same file again, or one of a transmission that was cancelled: nothing happened.
    Duplicate(TransmissionId),
}

/// The right to hold what large files need.
pub(crate) type Turn = OwnedMutexGuard<()>;

/// A file on its way: what arrived, who signed it, what it is to its transmission, what was found in it.
pub(crate) struct Work<'a> {
    pub(crate) arrival: &'a Arrival,
    pub(crate) letter: &'a Letter,
    pub(crate) part: &'a Part,
    /// None where it must be read again: what it held was judged and dropped.
    pub(crate) sheet: Option<Sheet>,
    /// Where its file is large: held for as long as what rules between files need is.
    pub(crate) turn: Option<Turn>,
    /// The software of its recipients, as far as it is known.
    pub(crate) receivers: &'a [Receiver],
}

impl Deliver {
    /// The function on these stores. `secret`: what persons' keys are made with.
    pub fn new(files: impl Files, ledger: impl Notices, clock: Clock, secret: Secret, quota: DailyQuota) -> Self {
        let (files, ledger) = (Arc::new(files), Arc::new(ledger));
        let (registry, profiles) = (Registry::default(), Profiles::default());
        Self { files, ledger, clock, registry, profiles, secret, quota, large: Arc::default() }
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
        let (object, turn) = match self.open(arrival).await? {
            (Opened::Object(object), turn) => (object, turn),
            (Opened::Unreadable, _) => return self.reject_alone(arrival, unreadable()).await,
        };
        let arrival = &arrival.pinned(&object.version);
        let letter = match self.verify(arrival, prefix, object.manifest.as_deref()).await? {
            Ok(letter) => letter,
            Err(reason) => return self.reject_alone(arrival, reason).await,
        };
        let receivers = self.receivers(&letter).await?;
        let contents = match validate::read(&letter.manifest, object, &receivers).await? {
            Ok(contents) => contents,
            Err(code) => return self.reject_alone(arrival, ReportReason::new(code, None)).await,
        };
        let part = join::part(arrival, &letter, &contents, self.clock.now());
        let (standing, row) = self.join(&letter, &part).await?;
        let sheet = Some(Sheet { contents, manifest: letter.token.clone() });
        let work = Work { arrival, letter: &letter, part: &part, sheet, turn, receivers: &receivers };
        self.go_on(work, standing, row).await
    }

    /// Opens the object; a large one when it is its turn. Who must wait for that lets go of the connection meanwhile.
    async fn open(&self, arrival: &Arrival) -> Result<(Opened, Option<Turn>), StoreError> {
        let opened = self.files.open(&arrival.key, arrival.version.as_deref()).await?;
        match &opened {
            Opened::Object(object) if object.size_bytes >= LARGE_BYTES => {}
            _ => return Ok((opened, None)),
        }
        if let Ok(turn) = Arc::clone(&self.large).try_lock_owned() {
            return Ok((opened, Some(turn)));
        }
        drop(opened);
        let turn = Arc::clone(&self.large).lock_owned().await;
        Ok((self.files.open(&arrival.key, arrival.version.as_deref()).await?, Some(turn)))
    }

    /// What is to be done with a part that stands so to its row.
    async fn go_on(&self, work: Work<'_>, standing: Standing, row: TransmissionRecord) -> Result<Ended, StoreError> {
        match standing {
            Standing::New | Standing::Ours if row.status == TransmissionStatus::Waiting => {
                // that which opened the row counts for the quota; where it exceeds it, nothing more is waited for
                let goes_on = row.is_complete() || (row.files.len() == 1 && !self.counts(work.letter, &row).await?);
                if goes_on { self.conclude(work, standing, row).await } else { Ok(Ended::Waiting(row.id)) }
            }
            Standing::Disagrees => self.conclude(work, standing, row).await,
            _ => self.settle(work, row).await,
        }
    }
}
