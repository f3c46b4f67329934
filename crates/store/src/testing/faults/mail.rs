//! Mail whose calls may fail.

use async_trait::async_trait;
use exchange::TransmissionId;
use standard::OfficeNumber;

use super::FaultyLedger;
use crate::{Delivered, Entry, Listing, Mail, Page, Received, Sent, StoreError};

#[async_trait]
impl<L: Mail> Mail for FaultyLedger<L> {
    async fn sent(&self, office: &OfficeNumber, wanted: &Sent, page: Page) -> Result<Listing<Entry>, StoreError> {
        self.1.through("mail.sent", self.0.sent(office, wanted, page)).await
    }
    async fn inbox(&self, office: &OfficeNumber, wanted: &Received, page: Page) -> Result<Listing<Delivered>, StoreError> {
        self.1.through("mail.inbox", self.0.inbox(office, wanted, page)).await
    }
    async fn received(&self, office: &OfficeNumber, id: &TransmissionId) -> Result<Option<Delivered>, StoreError> {
        self.1.through("mail.received", self.0.received(office, id)).await
    }
}
