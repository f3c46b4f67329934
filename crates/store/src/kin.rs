//! What a delivery replaces and what replaces it, pure.

use exchange::{Family, Lineage, TransmissionId};
use jiff::Timestamp;
use standard::{OfficeNumber, ServiceMonth};

use crate::records::DeliveryRecord;

/// What a delivery replaces and what replaces it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kin {
    /// The newest earlier transmission that holds a record of the same key.
    pub supersedes: Option<Relative>,
    /// The newest later one.
    pub superseded_by: Option<Relative>,
}

/// What one sender sent one recipient of a family and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// The sender.
    pub sender: OfficeNumber,
    /// The recipient.
    pub recipient: OfficeNumber,
    /// The family.
    pub family: Family,
    /// The month; none in families without.
    pub month: Option<ServiceMonth>,
}

/// A transmission and when it was delivered: by that they stand in line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Relative {
    /// To the millisecond, as the ledger sorts.
    pub delivered_ms: i64,
    /// Its id.
    pub id: TransmissionId,
}

impl Kin {
    /// Takes the next one of the line, newest first.
    pub(crate) fn meet(&mut self, delivery: &DeliveryRecord, own: &Lineage, other: &Relative, lineage: &Lineage) {
        let place = match other.cmp(&delivery.relative()) {
            std::cmp::Ordering::Less => &mut self.supersedes,
            std::cmp::Ordering::Equal => return,
            std::cmp::Ordering::Greater => &mut self.superseded_by,
        };
        if place.is_none() && lineage.keys.meets(&own.keys) {
            *place = Some(other.clone());
        }
    }

    /// Over several deliveries of one transmission: the newest of each.
    #[must_use]
    pub fn and(self, other: Kin) -> Kin {
        Kin { supersedes: self.supersedes.max(other.supersedes), superseded_by: self.superseded_by.max(other.superseded_by) }
    }
}

impl Relative {
    pub(crate) fn new(delivered_at: Timestamp, id: TransmissionId) -> Relative {
        Relative { delivered_ms: delivered_at.as_millisecond(), id }
    }
}

impl DeliveryRecord {
    /// Its own place in the line.
    pub(crate) fn relative(&self) -> Relative {
        Relative::new(self.delivered_at, self.id.clone())
    }
}
