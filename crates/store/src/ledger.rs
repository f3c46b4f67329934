//! The port for the ledger and the offices: what the exchange promises of its records.

use async_trait::async_trait;
use exchange::{DailyQuota, Lineage, Office, Outcome, TransmissionId, TransmissionStatus};
use jiff::Timestamp;
use jiff::civil::Date;
use standard::{OfficeNumber, ProfileId};

use crate::StoreError;
use crate::directory::Directory;
use crate::joining::Part;
use crate::kin::{Kin, Line, Relative};
use crate::records::{DeliveryRecord, LoneRejection, TransmissionRecord};

/// Where the offices and the record of every transmission, delivery and rejection are kept.
///
/// Every method but the listings and [`Ledger::kin`] is one call to the database, every write is conditional, and every one may be repeated.
#[async_trait]
pub trait Ledger: Directory {
    /// Reads the offices named (those that are registered come back) and the transmission's row, all in one call and as of now.
    async fn look_up(&self, offices: &[OfficeNumber], transmission: Option<&TransmissionId>) -> Result<LookUp, StoreError>;

    /// Counts the transmission among those that its sender sent that Japanese day, once; false, and it isn't counted, where there are as many others as
    /// the quota allows. Where it may have been counted on an `earlier` day, that is looked at in the same call, and it counts no second time.
    async fn count(&self, id: &TransmissionId, day: Date, earlier: Option<Date>, quota: DailyQuota) -> Result<bool, StoreError>;

    /// Puts the part into the transmission's row, opening one where there is none; unless the row is not waiting for it ([`Standing::New`]): then the row
    /// comes back as it is.
    ///
    /// [`Standing::New`]: crate::Standing::New
    async fn join(&self, part: &Part) -> Result<Joined, StoreError>;

    /// Ends the transmission as delivered and writes its deliveries, all or nothing; unless it has ended, or holds another number of files than
    /// `record`: then its row comes back. The row must be there, waiting: [`Ledger::join`] comes first.
    async fn commit(&self, record: &TransmissionRecord, deliveries: &[DeliveryRecord]) -> Result<Entered, StoreError>;

    /// Ends the transmission as rejected, if it waits with `seen` files; otherwise its row comes back. The row must be there.
    async fn reject(&self, record: &TransmissionRecord, seen: usize) -> Result<Entered, StoreError>;

    /// The transmissions that are due at the page's time ([`TransmissionRecord::due_at`]), one page. A page may be short, or empty, and still not the last.
    async fn due(&self, page: Page) -> Result<Listing<TransmissionId>, StoreError>;

    /// Makes the transmission due at another time or no more; false, and nothing is written, unless it stands as `record` has it. Another time is set only
    /// in place of the one that `record` has: what is settled meanwhile stays so.
    async fn set_due(&self, record: &TransmissionRecord, due_at: Option<Timestamp>) -> Result<bool, StoreError>;

    /// Ends a delivered transmission ([`TransmissionRecord::cancelled`]) and all its deliveries as cancelled, all or nothing; false, and nothing is
    /// written, unless every one of them stands as delivered.
    async fn cancel(&self, record: &TransmissionRecord, now: Timestamp) -> Result<bool, StoreError>;

    /// Marks a delivery as fetched.
    async fn collect(&self, id: &TransmissionId, recipient: &OfficeNumber, now: Timestamp) -> Result<Marked, StoreError>;

    /// Notes what the recipient made of a delivery. It is due from then on, until [`Notices::set_delivery_due`] says otherwise: its sender is told first.
    ///
    /// [`Notices::set_delivery_due`]: crate::Notices::set_delivery_due
    async fn acknowledge(&self, id: &TransmissionId, recipient: &OfficeNumber, answer: &Answer) -> Result<Marked, StoreError>;

    /// Records an object rejected alone, once.
    async fn reject_alone(&self, rejection: &LoneRejection) -> Result<(), StoreError>;

    /// A transmission and its deliveries.
    async fn transmission(&self, id: &TransmissionId) -> Result<Option<Entry>, StoreError>;

    /// What deliveries replace and what replaces them, in the order given. Cancelled ones count for nothing. One call for each line that they stand in,
    /// and at most one more for each delivery.
    async fn kin(&self, deliveries: &[&DeliveryRecord]) -> Result<Vec<Kin>, StoreError>;

    /// What stands in a line, newest first: as much as one call to the database brings. Cancelled ones are not in it.
    async fn line(&self, line: &Line) -> Result<Vec<(Relative, Lineage)>, StoreError>;

    /// Transmissions, newest first, one page. Several calls where neither a sender nor a recipient is named.
    async fn transmissions(&self, filter: &Filter, page: Page) -> Result<Listing<Entry>, StoreError>;

    /// The objects an office's outbox held that were rejected alone, newest first, one page.
    async fn lone_rejections(&self, office: &OfficeNumber, page: Page) -> Result<Listing<LoneRejection>, StoreError>;

    /// An office and the revision of its entry.
    async fn office(&self, number: &OfficeNumber) -> Result<Option<(Office, Revision)>, StoreError>;

    /// Writes an office's entry if it still has the revision that was read (`None`: if there is none yet).
    async fn save_office(&self, office: &Office, read: Option<Revision>) -> Result<Saved, StoreError>;

    /// The receiver profiles of these names as their makers wrote them; those that there are come back.
    async fn profiles(&self, ids: &[ProfileId]) -> Result<Vec<(ProfileId, String)>, StoreError>;

    /// Writes a receiver profile in place of the one of that name.
    async fn save_profile(&self, id: &ProfileId, text: &str) -> Result<(), StoreError>;
}

/// What one look-up found.
#[derive(Debug, Clone, Default)]
pub struct LookUp {
    /// Those of the offices asked for that are registered, in any order.
    pub offices: Vec<Office>,
    /// The transmission's row.
    pub transmission: Option<TransmissionRecord>,
}

/// What a conditional write to a transmission's row did.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "one is made for each call to the database")]
pub enum Entered {
    /// The row is as it was given.
    Written,
    /// The row stood in the way and is unchanged.
    Held(TransmissionRecord),
}

/// What joining did.
#[derive(Debug, Clone, PartialEq)]
pub enum Joined {
    /// The part is in the row, which is now so.
    Written(TransmissionRecord),
    /// The row stood in the way and is unchanged.
    Held(TransmissionRecord),
}

/// What marking a delivery did.
#[derive(Debug, Clone, PartialEq)]
pub enum Marked {
    /// It is so now.
    Written(DeliveryRecord),
    /// It was so, or further, already.
    AsItWas(DeliveryRecord),
    /// It stands where this can't follow.
    Refused(DeliveryRecord),
    /// There is no such delivery.
    Unknown,
}

/// What a recipient says of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What became of it.
    pub outcome: Outcome,
    /// What was written beside it.
    pub note: String,
    /// When it was said.
    pub at: Timestamp,
}

/// A transmission with its deliveries.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its row.
    pub transmission: TransmissionRecord,
    /// Its deliveries by recipient.
    pub deliveries: Vec<DeliveryRecord>,
}

/// Which transmissions are wanted; all conditions hold.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Sent by this office.
    pub sender: Option<OfficeNumber>,
    /// Delivered to this office.
    pub recipient: Option<OfficeNumber>,
    /// Standing there.
    pub status: Option<TransmissionStatus>,
    /// Stored (as a recipient sees it: delivered) then or later.
    pub since: Option<Timestamp>,
}

/// Which part of a listing is wanted.
#[derive(Debug, Clone)]
pub struct Page {
    /// At most so many entries.
    pub limit: usize,
    /// Where the last page ended.
    pub cursor: Option<String>,
    /// The time now: a listing over all offices starts at this month and goes back.
    pub now: Timestamp,
}

/// A page of a listing.
#[derive(Debug, Clone)]
pub struct Listing<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Where the next page starts; none after the last.
    pub next_cursor: Option<String>,
}

/// Counts the writes to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revision(pub u64);

impl Revision {
    /// That of what is written over what was read.
    pub fn after(read: Option<Self>) -> Self {
        Self(read.map_or(1, |read| read.0.saturating_add(1)))
    }
}

/// What saving an office did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// It is written.
    Written,
    /// Somebody else wrote first: read again.
    Conflict,
}
