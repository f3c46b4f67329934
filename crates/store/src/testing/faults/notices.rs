//! Notices whose calls may fail.

use async_trait::async_trait;
use exchange::{Notice, TransmissionId};
use jiff::Timestamp;
use standard::OfficeNumber;

use super::FaultyLedger;
use crate::{DeliveryRecord, LicenceEnd, Listing, Marked, Notices, Outgoing, Page, Progress, Revision, Saved, StoreError, Sweep};

#[async_trait]
impl<L: Notices> Notices for FaultyLedger<L> {
    async fn notify(&self, notices: &[Notice]) -> Result<(), StoreError> {
        self.1.through("ledger.notify", self.0.notify(notices)).await
    }
    async fn notices(&self, office: &OfficeNumber, page: Page) -> Result<Listing<Notice>, StoreError> {
        self.1.through("ledger.notices", self.0.notices(office, page)).await
    }
    async fn due_deliveries(&self, page: Page) -> Result<Listing<(TransmissionId, OfficeNumber)>, StoreError> {
        self.1.through("ledger.due_deliveries", self.0.due_deliveries(page)).await
    }
    async fn delivery(&self, id: &TransmissionId, recipient: &OfficeNumber) -> Result<Option<DeliveryRecord>, StoreError> {
        self.1.through("ledger.delivery", self.0.delivery(id, recipient)).await
    }
    async fn set_delivery_due(&self, delivery: &DeliveryRecord, due_at: Option<Timestamp>) -> Result<(), StoreError> {
        self.1.through("ledger.set_delivery_due", self.0.set_delivery_due(delivery, due_at)).await
    }
    async fn expire(&self, id: &TransmissionId, recipient: &OfficeNumber) -> Result<Marked, StoreError> {
        self.1.through("ledger.expire", self.0.expire(id, recipient)).await
    }
    async fn due_licences(&self, page: Page) -> Result<Listing<LicenceEnd>, StoreError> {
        self.1.through("ledger.due_licences", self.0.due_licences(page)).await
    }
    async fn set_licence_due(&self, end: &LicenceEnd, due_at: Option<Timestamp>) -> Result<(), StoreError> {
        self.1.through("ledger.set_licence_due", self.0.set_licence_due(end, due_at)).await
    }
    async fn due_notices(&self, page: Page) -> Result<Listing<Outgoing>, StoreError> {
        self.1.through("ledger.due_notices", self.0.due_notices(page)).await
    }
    async fn set_notice_due(&self, seen: &Outgoing, next: Option<(Timestamp, Progress)>) -> Result<(), StoreError> {
        self.1.through("ledger.set_notice_due", self.0.set_notice_due(seen, next)).await
    }
    async fn sweep(&self) -> Result<Option<(Sweep, Revision)>, StoreError> {
        self.1.through("ledger.sweep", self.0.sweep()).await
    }
    async fn save_sweep(&self, sweep: &Sweep, read: Option<Revision>) -> Result<Saved, StoreError> {
        self.1.through("ledger.save_sweep", self.0.save_sweep(sweep, read)).await
    }
}
