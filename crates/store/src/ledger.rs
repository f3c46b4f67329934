//! The port for the ledger and the offices: what the exchange promises of its records.

use async_trait::async_trait;
use exchange::{Office, TransmissionId, TransmissionStatus};
use jiff::Timestamp;
use standard::{OfficeNumber, ProfileId};

use crate::StoreError;
use crate::records::{DeliveryRecord, LoneRejection, TransmissionRecord};

/// Where the offices and the record of every transmission, delivery and rejection are kept.
///
/// Every method but the listings is one call to the database, every write is conditional, and every one may be repeated.
#[async_trait]
pub trait Ledger: Send + Sync + 'static {
    /// Reads the offices named (those that are registered come back) and the transmission's row, all in one call and as of now.
    async fn look_up(&self, offices: &[OfficeNumber], transmission: Option<&TransmissionId>) -> Result<LookUp, StoreError>;

    /// Writes the transmission's row as waiting, unless there is one: then that one comes back.
    async fn claim(&self, record: &TransmissionRecord) -> Result<Entered, StoreError>;

    /// Ends the transmission as delivered and writes its deliveries, all or nothing; unless it has ended: then its row comes back.
    /// The row must be there, waiting: [`Ledger::claim`] comes first.
    async fn commit(&self, record: &TransmissionRecord, deliveries: &[DeliveryRecord]) -> Result<Entered, StoreError>;

    /// Ends the transmission as rejected, whether it has a row that waits for the same file or none; otherwise the row comes back.
    async fn reject(&self, record: &TransmissionRecord) -> Result<Entered, StoreError>;

    /// Records an object rejected alone, once.
    async fn reject_alone(&self, rejection: &LoneRejection) -> Result<(), StoreError>;

    /// A transmission and its deliveries.
    async fn transmission(&self, id: &TransmissionId) -> Result<Option<Entry>, StoreError>;

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
pub enum Entered {
    /// The row is as it was given.
    Written,
    /// The row stood in the way and is unchanged.
    Held(TransmissionRecord),
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

/// Counts the writes to an office's entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revision(pub u64);

/// What saving an office did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// It is written.
    Written,
    /// Somebody else wrote first: read again.
    Conflict,
}
