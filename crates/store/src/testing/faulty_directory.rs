//! The directory's calls, counted and failing as planned.

use async_trait::async_trait;
use exchange::{Campaign, Listed, Office, Place, Side};
use jiff::Timestamp;
use jiff::civil::Date;
use standard::OfficeNumber;

use super::faults::FaultyLedger;
use crate::{Bill, Directory, Exchanged, Ledger, Listing, Revision, Saved, StoreError};

#[async_trait]
impl<L: Ledger> Directory for FaultyLedger<L> {
    async fn offices(&self, numbers: &[OfficeNumber]) -> Result<Vec<(Office, Revision)>, StoreError> {
        self.1.through("directory.offices", self.0.offices(numbers)).await
    }
    async fn save_offices(&self, offices: &[(Office, Option<Revision>)]) -> Result<Saved, StoreError> {
        self.1.through("directory.save_offices", self.0.save_offices(offices)).await
    }
    async fn grant(&self, office: &Office, read: Revision, bill: &Bill) -> Result<Saved, StoreError> {
        self.1.through("directory.grant", self.0.grant(office, read, bill)).await
    }
    async fn bills(&self, month: Date, limit: usize, cursor: Option<&str>) -> Result<Listing<Bill>, StoreError> {
        self.1.through("directory.bills", self.0.bills(month, limit, cursor)).await
    }
    async fn listed(&self, place: Place, limit: usize, cursor: Option<&str>) -> Result<Listing<Listed>, StoreError> {
        self.1.through("directory.listed", self.0.listed(place, limit, cursor)).await
    }
    async fn exchanged(
        &self,
        office: &OfficeNumber,
        side: Side,
        between: (Timestamp, Timestamp),
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Listing<Exchanged>, StoreError> {
        self.1.through("directory.exchanged", self.0.exchanged(office, side, between, limit, cursor)).await
    }
    async fn campaigns(&self) -> Result<(Vec<Campaign>, Option<Revision>), StoreError> {
        self.1.through("directory.campaigns", self.0.campaigns()).await
    }
    async fn save_campaigns(&self, campaigns: &[Campaign], read: Option<Revision>) -> Result<Saved, StoreError> {
        self.1.through("directory.save_campaigns", self.0.save_campaigns(campaigns, read)).await
    }
}
