//! The port for an office's mail: what it sent, and what it was sent.

use async_trait::async_trait;
use exchange::{DeliveryStatus, TransmissionId, TransmissionStatus, japanese_day};
use jiff::Timestamp;
use standard::{FileName, Kind, MonthInName, OfficeNumber, ServiceMonth};

use crate::ledger::{Entry, Listing, Page};
use crate::records::{DeliveryRecord, TransmissionRecord};
use crate::{Ledger, StoreError};

/// Listings of one office, newest first.
///
/// One page takes a bounded number of calls, however much there is and however little of it is wanted. So a page may be short, or empty, and still not
/// the last. What an index says of a delivery may be a moment old.
#[async_trait]
pub trait Mail: Ledger {
    /// What the office sent, one page.
    async fn sent(&self, office: &OfficeNumber, wanted: &Sent, page: Page) -> Result<Listing<Entry>, StoreError>;

    /// What the office was sent, one page.
    async fn inbox(&self, office: &OfficeNumber, wanted: &Received, page: Page) -> Result<Listing<Delivered>, StoreError>;

    /// One delivery that the office was sent, in one call, however many others were sent the same.
    async fn received(&self, office: &OfficeNumber, id: &TransmissionId) -> Result<Option<Delivered>, StoreError>;
}

/// Which of the transmissions that an office sent; all conditions hold.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    /// Standing there.
    pub status: Option<TransmissionStatus>,
    /// Stored then or later.
    pub since: Option<Timestamp>,
}

/// Which of the deliveries to an office; all conditions hold.
#[derive(Debug, Clone, Default)]
pub struct Received {
    /// Standing there.
    pub status: Option<DeliveryStatus>,
    /// From this office.
    pub sender: Option<OfficeNumber>,
    /// With a file of this kind.
    pub kind: Option<Kind>,
    /// With a file of this month: as its name says, or where that says none, as it was delivered (Japanese days). Where a kind is wanted too, the same file.
    pub month: Option<ServiceMonth>,
}

/// A delivery, and what was delivered.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivered {
    /// The delivery.
    pub delivery: DeliveryRecord,
    /// Its transmission.
    pub transmission: TransmissionRecord,
}

impl Sent {
    pub(crate) fn fits(&self, transmission: &TransmissionRecord) -> bool {
        self.status.is_none_or(|status| transmission.status == status) && self.since.is_none_or(|since| transmission.stored_at >= since)
    }

    /// Whether entries of the index may be left out; what is older isn't read.
    pub(crate) fn leaves_out(&self) -> bool {
        self.status.is_some()
    }
}

impl Received {
    /// As far as the delivery itself says.
    pub(crate) fn fits(&self, delivery: &DeliveryRecord) -> bool {
        self.status.is_none_or(|status| delivery.status == status)
            && self.sender.as_ref().is_none_or(|sender| delivery.id.sender() == sender)
    }

    /// As far as its files say.
    pub(crate) fn fits_files(&self, delivery: &DeliveryRecord, transmission: &TransmissionRecord) -> bool {
        if self.kind.is_none() && self.month.is_none() {
            return true;
        }
        transmission.files.values().any(|file| {
            self.kind.is_none_or(|kind| file.entry.kind == Some(kind))
                && self.month.is_none_or(|month| month_of(&file.entry.name, delivery.delivered_at) == Some(month))
        })
    }

    /// Whether entries of the index may be left out.
    pub(crate) fn leaves_out(&self) -> bool {
        self.status.is_some() || self.sender.is_some() || self.kind.is_some() || self.month.is_some()
    }
}

fn month_of(name: &str, delivered_at: Timestamp) -> Option<ServiceMonth> {
    match FileName::parse(name).0.and_then(|name| name.month) {
        Some(MonthInName::Month(month)) => Some(month),
        Some(MonthInName::Zeros) | None => japanese_day(delivered_at).strftime("%Y%m").to_string().parse().ok(),
    }
}
