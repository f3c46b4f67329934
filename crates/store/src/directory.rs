//! The port for offices as partners: who there is and who is licensed, what was billed, who exchanged with whom.

use async_trait::async_trait;
use exchange::{Campaign, LicenceKind, LicencePeriod, Listed, Office, Place, Side, TransmissionId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use standard::OfficeNumber;

use crate::StoreError;
use crate::ledger::{Listing, Revision, Saved};

/// How many offices are read or written at once, at most: as many as DynamoDB takes.
pub const AT_ONCE: usize = 100;

/// The offices beside what a transmission needs of them. Every write is conditional, and every one may be repeated; no read is a scan.
#[async_trait]
pub trait Directory: Send + Sync + 'static {
    /// Those of the offices named, at most [`AT_ONCE`], that are registered, with their revisions, as of now.
    async fn offices(&self, numbers: &[OfficeNumber]) -> Result<Vec<(Office, Revision)>, StoreError>;

    /// Writes offices' entries, at most [`AT_ONCE`] and 4 MB, if all of them still have the revision that was read; all or nothing.
    async fn save_offices(&self, offices: &[(Office, Option<Revision>)]) -> Result<Saved, StoreError>;

    /// Writes an office's entry, if it still has the revision that was read, together with the bill for a licence that it gained. A bill that is there
    /// stays as it is.
    async fn grant(&self, office: &Office, read: Revision, bill: &Bill) -> Result<Saved, StoreError>;

    /// The bills of licences that begin in the month of that day, by office, one page.
    async fn bills(&self, month: Date, limit: usize, cursor: Option<&str>) -> Result<Listing<Bill>, StoreError>;

    /// The offices of a place, by [`Listed::place`], one page: those after the cursor. It may lag behind a write by a moment.
    async fn listed(&self, place: Place, limit: usize, cursor: Option<&str>) -> Result<Listing<Listed>, StoreError>;

    /// The transmissions that were delivered, and not cancelled, in which the office stood on that side; newest first, one page. They were stored (as a
    /// recipient sees it: delivered) from `since` to before `until`.
    async fn exchanged(
        &self,
        office: &OfficeNumber,
        side: Side,
        between: (Timestamp, Timestamp),
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Listing<Exchanged>, StoreError>;

    /// The campaigns that are stored, and the revision of their entry, if there is one.
    async fn campaigns(&self) -> Result<(Vec<Campaign>, Option<Revision>), StoreError>;

    /// Writes the campaigns if their entry still has the revision that was read.
    async fn save_campaigns(&self, campaigns: &[Campaign], read: Option<Revision>) -> Result<Saved, StoreError>;
}

/// What is owed for one licence. JSON: `{"office","kind","campaign","first","last","yen"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bill {
    /// Who owes it.
    pub office: OfficeNumber,
    /// For a licence of this kind
    pub kind: LicenceKind,
    /// under this campaign
    pub campaign: Option<String>,
    /// from this day
    pub first: Date,
    /// to this one.
    pub last: Date,
    /// How much.
    pub yen: u32,
}

impl Bill {
    /// The bill for a licence, as the campaigns say.
    pub fn of(office: OfficeNumber, period: &LicencePeriod, campaigns: &[Campaign]) -> Bill {
        let LicencePeriod { kind, campaign, first, last } = period.clone();
        Bill { office, kind, campaign, first, last, yen: Campaign::price_of(period, campaigns) }
    }

    /// What makes it one bill among those of its month, by office.
    pub(crate) fn key(&self) -> String {
        Self::key_of(&self.office, self.first, self.last, self.kind, self.campaign.as_deref())
    }

    /// The same, of the bill for such a licence.
    pub(crate) fn key_of(office: &OfficeNumber, first: Date, last: Date, kind: LicenceKind, campaign: Option<&str>) -> String {
        let campaign = campaign.map(|campaign| format!("#{campaign}")).unwrap_or_default();
        format!("{office}#{first}#{last}#{kind}{campaign}")
    }
}

/// The month as its bills are kept: `2026-04`.
pub(crate) fn month(day: Date) -> String {
    day.strftime("%Y-%m").to_string()
}

/// One transmission as one side of it sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchanged {
    /// Which one.
    pub id: TransmissionId,
    /// When it was delivered.
    pub delivered_at: Timestamp,
    /// The offices on the other side.
    pub partners: Vec<OfficeNumber>,
}
