//! An office's mail in memory.

use async_trait::async_trait;
use exchange::TransmissionId;
use standard::OfficeNumber;

use super::{MemoryLedger, cut, sortable};
use crate::{Delivered, Entry, Listing, Mail, Page, Received, Sent, StoreError};

#[async_trait]
impl Mail for MemoryLedger {
    async fn sent(&self, office: &OfficeNumber, wanted: &Sent, page: Page) -> Result<Listing<Entry>, StoreError> {
        let tables = self.tables();
        let own = tables.entries.values().filter(|entry| entry.transmission.id.sender() == office && wanted.fits(&entry.transmission));
        let found = own.map(|entry| (sortable(entry.transmission.stored_at, &entry.transmission.id.to_string()), entry.clone()));
        Ok(cut(found.collect(), &page))
    }

    async fn inbox(&self, office: &OfficeNumber, wanted: &Received, page: Page) -> Result<Listing<Delivered>, StoreError> {
        let tables = self.tables();
        let found = tables.entries.values().filter_map(|Entry { transmission, deliveries }| {
            let delivery = deliveries.iter().find(|delivery| delivery.address.office == *office)?;
            let fits = wanted.fits(delivery) && wanted.fits_files(delivery, transmission);
            let delivered = Delivered { delivery: delivery.clone(), transmission: transmission.clone() };
            fits.then(|| (sortable(delivery.delivered_at, &delivery.id.to_string()), delivered))
        });
        Ok(cut(found.collect(), &page))
    }
    async fn received(&self, office: &OfficeNumber, id: &TransmissionId) -> Result<Option<Delivered>, StoreError> {
        let tables = self.tables();
        let found = tables.entries.get(id).and_then(|Entry { transmission, deliveries }| {
            let delivery = deliveries.iter().find(|delivery| delivery.address.office == *office)?;
            Some(Delivered { delivery: delivery.clone(), transmission: transmission.clone() })
        });
        Ok(found)
    }
}
