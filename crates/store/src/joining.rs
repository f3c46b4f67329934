//! How parts become a transmission: the state machine of one row, pure. The adapters' conditions say the same, and the conformance suite holds them to it.

use std::collections::BTreeMap;

use exchange::{Reason, RejectionCode, Sha256Digest, TransmissionId, TransmissionStatus, WAIT_FOR_PARTS, set_digest};
use jiff::{SignedDuration, Timestamp};
use standard::Address;

use crate::records::{FileRecord, TransmissionRecord, file_key};

/// How long after a transmission ended without being delivered its inbox folders are looked at once more: far longer than any run of a function that
/// still held it for good can last.
pub const LOOK_AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// How long after its last part was told of `upkeep` looks at a transmission that waits. If it is complete by then, its event has failed five times and is
/// driven again; if not, the events of its other parts had this time to come, however late all of them are.
pub const DRIVE_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// How long after that an operator is told: it was driven twice, for nothing.
pub const RING_AFTER: SignedDuration = SignedDuration::from_hours(4);

/// How long it is tried, every time after twice as long: eight times. Then the sender is told. The bucket keeps an upload for longer than the queue
/// keeps an event and this together.
pub const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_hours(240);

/// One file as its manifest puts it into a transmission.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The transmission.
    pub id: TransmissionId,
    /// The manifest's `aud`.
    pub addresses: Vec<Address>,
    /// The manifest's `parts`.
    pub parts: u8,
    /// The manifest's `set`.
    pub set: Option<Sha256Digest>,
    /// The file.
    pub file: FileRecord,
    /// When it was told of: after a standstill long after it was stored.
    pub told_at: Timestamp,
}

/// What a part is to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The row waits for it.
    New,
    /// The row holds this very version.
    Ours,
    /// The row holds the same file, stored another time.
    Duplicate,
    /// The name is another file's, or nothing more is taken.
    Taken,
    /// The row waits, but for parts with other addresses, or of another number or set.
    Disagrees,
}

/// How much later than a day after the first part a set is ended: the event of one that was stored in time may be told of late.
pub const TOLD_LATE: SignedDuration = SignedDuration::from_mins(15);

impl Part {
    /// The row that begins with this part.
    pub fn opening(&self) -> TransmissionRecord {
        let stored_at = self.file.stored_at;
        TransmissionRecord {
            id: self.id.clone(),
            status: TransmissionStatus::Waiting,
            stored_at,
            ended_at: None,
            cancelled_at: None,
            addresses: self.addresses.clone(),
            parts: self.parts,
            set: self.set,
            files: BTreeMap::from([(self.key(), self.file.clone())]),
            told_at: self.told_at,
            reasons: Vec::new(),
            due_at: Some(self.due_at()),
        }
    }

    /// When the row that it joined is looked at.
    fn due_at(&self) -> Timestamp {
        self.told_at.checked_add(DRIVE_AFTER).unwrap_or(Timestamp::MAX)
    }

    /// Its key among the row's files.
    pub fn key(&self) -> String {
        file_key(&self.file.entry.name)
    }
}

impl TransmissionRecord {
    /// What the part is to this row.
    pub fn standing(&self, part: &Part) -> Standing {
        let agrees = self.addresses == part.addresses && self.parts == part.parts && self.set == part.set;
        match self.files.get(&part.key()) {
            Some(held) if (&held.key, &held.version) == (&part.file.key, &part.file.version) => Standing::Ours,
            Some(held) if agrees && held.entry.sha256 == part.file.entry.sha256 => Standing::Duplicate,
            Some(_) => Standing::Taken,
            None if self.status.has_ended() || self.is_complete() => Standing::Taken,
            None if agrees => Standing::New,
            None => Standing::Disagrees,
        }
    }

    /// Takes the part in if the row waits for it; true when it did.
    pub fn join(&mut self, part: &Part) -> bool {
        let joins = self.standing(part) == Standing::New;
        if joins {
            self.files.insert(part.key(), part.file.clone());
            self.told_at = part.told_at;
            self.due_at = Some(part.due_at());
        }
        joins
    }

    /// Whether as many files came as make it up.
    pub fn is_complete(&self) -> bool {
        self.files.len() >= usize::from(self.parts)
    }

    /// When it no longer waits for parts: a day after the first one was stored, and the time that an event may be late.
    pub fn waits_until(&self) -> Timestamp {
        self.first_stored_at().checked_add(WAIT_FOR_PARTS + TOLD_LATE).unwrap_or(Timestamp::MAX)
    }

    /// When it is driven again, where all its parts came and it is not at its end: an hour after the last one was told of, then every time after twice as
    /// long, until it is given up.
    pub fn drives_again(&self, now: Timestamp) -> Timestamp {
        let age = now.duration_since(self.told_at).max(DRIVE_AFTER).saturating_mul(2).min(GIVE_UP_AFTER);
        self.told_at.checked_add(age).unwrap_or(Timestamp::MAX)
    }

    /// What is wrong with the files as they are together: they don't make up the set that was signed, or came too far apart.
    pub fn broken(&self) -> Vec<RejectionCode> {
        let files = self.files.values().map(|file| (file.entry.sha256, file.entry.size, file.entry.name.as_str()));
        let is_the_set = self.set.is_none_or(|set| set == set_digest(files));
        let in_time = self.last_stored_at().duration_since(self.first_stored_at()) <= WAIT_FOR_PARTS;
        let codes = [(is_the_set, RejectionCode::TransmissionInconsistent), (in_time, RejectionCode::TransmissionIncomplete)];
        codes.into_iter().filter(|(holds, _)| !holds).map(|(_, code)| code).collect()
    }

    /// The same row with a part that disagrees with it: what is rejected.
    #[must_use]
    pub fn with(&self, part: &Part) -> Self {
        let mut row = self.clone();
        row.files.insert(part.key(), part.file.clone());
        row
    }

    /// The row as its sender takes it back: due, for a run that is under way may copy yet, and until its recipients are told.
    #[must_use]
    pub fn cancelled(self, now: Timestamp) -> Self {
        Self { status: TransmissionStatus::Cancelled, cancelled_at: Some(now), due_at: Some(look_again(now)), ..self }
    }

    /// The row as it ends: delivered where nothing speaks against it. It counts as stored when its first part was, in whatever order they were told of.
    #[must_use]
    pub fn ended(&self, now: Timestamp, reasons: Vec<Reason>) -> Self {
        let delivered = reasons.is_empty();
        Self {
            status: if delivered { TransmissionStatus::Delivered } else { TransmissionStatus::Rejected },
            stored_at: self.first_stored_at(),
            ended_at: Some(now),
            reasons,
            // due until whom it concerns is told: the run may break off before
            due_at: Some(look_again(now)),
            ..self.clone()
        }
    }
}

/// When the folders of a transmission that ends now without a delivery are looked at again.
pub(crate) fn look_again(now: Timestamp) -> Timestamp {
    now.checked_add(LOOK_AGAIN_AFTER).unwrap_or(Timestamp::MAX)
}
