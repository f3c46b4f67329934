//! The directory's side of the ledger in memory.

use async_trait::async_trait;
use exchange::{Campaign, DeliveryStatus, Listed, Office, Place, Prefecture, Side, TransmissionStatus};
use jiff::Timestamp;
use jiff::civil::Date;
use standard::OfficeNumber;

use super::memory_ledger::{MemoryLedger, sortable};
use crate::directory::month;
use crate::{Bill, Directory, Entry, Exchanged, LicenceEnd, Listing, Revision, Saved, StoreError};

#[async_trait]
impl Directory for MemoryLedger {
    async fn offices(&self, numbers: &[OfficeNumber]) -> Result<Vec<(Office, Revision)>, StoreError> {
        let tables = self.tables();
        let wanted = tables.offices.iter().filter(|(number, _)| numbers.contains(number));
        Ok(wanted.map(|(_, (office, revision))| (office.clone(), Revision(*revision))).collect())
    }

    async fn save_offices(&self, offices: &[(Office, Option<Revision>)]) -> Result<Saved, StoreError> {
        Ok(self.tables().save(offices))
    }

    async fn grant(&self, office: &Office, read: Revision, bill: &Bill) -> Result<Saved, StoreError> {
        let mut tables = self.tables();
        let saved = tables.save(&[(office.clone(), Some(read))]);
        let place = (month(bill.first), bill.key());
        if saved == Saved::Written && !tables.bills.contains_key(&place) {
            tables.bills.insert(place, bill.clone());
            if let Some(end) = LicenceEnd::of(bill) {
                tables.ends.insert(sortable(end.due_at, &bill.key()), end);
            }
        }
        Ok(saved)
    }

    async fn bills(&self, of: Date, limit: usize, cursor: Option<&str>) -> Result<Listing<Bill>, StoreError> {
        let tables = self.tables();
        let found = tables.bills.iter().filter(|((begins, _), _)| *begins == month(of));
        Ok(page(found.map(|((_, key), bill)| (key.clone(), bill.clone())).collect(), limit, cursor))
    }

    async fn listed(&self, place: Place, limit: usize, cursor: Option<&str>) -> Result<Listing<Listed>, StoreError> {
        let tables = self.tables();
        let there = |office: &&Office| match place {
            Place::Prefecture(prefecture) => Prefecture::of(office) == prefecture,
            Place::Municipality(municipality) => Listed::of(office).municipality == Some(municipality),
        };
        let found = tables.offices.values().map(|(office, _)| office).filter(there).map(Listed::of);
        let mut found: Vec<(String, Listed)> = found.map(|listed| (listed.place(), listed)).collect();
        found.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(page(found, limit, cursor))
    }

    async fn exchanged(
        &self,
        office: &OfficeNumber,
        side: Side,
        (since, until): (Timestamp, Timestamp),
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Listing<Exchanged>, StoreError> {
        let tables = self.tables();
        let of = |entry: &Entry| match side {
            Side::Sender => as_sender(entry, office),
            Side::Recipient => as_recipient(entry, office),
        };
        let mut found: Vec<(String, Exchanged)> = tables
            .entries
            .values()
            .filter_map(of)
            .filter(|(at, _)| since <= *at && *at < until)
            .map(|(at, exchanged)| (sortable(at, &exchanged.id.to_string()), exchanged))
            .collect();
        found.sort_by(|one, other| other.0.cmp(&one.0));
        found.retain(|(at, _)| cursor.is_none_or(|cursor| at.as_str() < cursor));
        let next_cursor =
            if found.len() > limit { limit.checked_sub(1).and_then(|last| found.get(last)).map(|(at, _)| at.clone()) } else { None };
        Ok(Listing { items: found.into_iter().take(limit).map(|(_, exchanged)| exchanged).collect(), next_cursor })
    }

    async fn campaigns(&self) -> Result<(Vec<Campaign>, Option<Revision>), StoreError> {
        let tables = self.tables();
        let (campaigns, revision) = &tables.campaigns;
        Ok((campaigns.clone(), (*revision > 0).then_some(Revision(*revision))))
    }

    async fn save_campaigns(&self, campaigns: &[Campaign], read: Option<Revision>) -> Result<Saved, StoreError> {
        let mut tables = self.tables();
        let (stored, revision) = &mut tables.campaigns;
        if *revision != read.map_or(0, |read| read.0) {
            return Ok(Saved::Conflict);
        }
        *stored = campaigns.to_vec();
        *revision += 1;
        Ok(Saved::Written)
    }
}

fn as_sender(entry: &Entry, office: &OfficeNumber) -> Option<(Timestamp, Exchanged)> {
    let record = &entry.transmission;
    let own = record.id.sender() == office && record.status == TransmissionStatus::Delivered;
    let partners = record.addresses.iter().map(|address| address.office).collect();
    let delivered_at = record.ended_at.filter(|_| own)?;
    Some((record.stored_at, Exchanged { id: record.id.clone(), delivered_at, partners }))
}

fn as_recipient(entry: &Entry, office: &OfficeNumber) -> Option<(Timestamp, Exchanged)> {
    let delivery = entry.deliveries.iter().find(|delivery| delivery.address.office == *office)?;
    let delivered_at = Some(delivery.delivered_at).filter(|_| delivery.status != DeliveryStatus::Cancelled)?;
    Some((delivered_at, Exchanged { id: delivery.id.clone(), delivered_at, partners: vec![*delivery.id.sender()] }))
}

/// What comes after the cursor, in the order given.
fn page<T>(mut found: Vec<(String, T)>, limit: usize, cursor: Option<&str>) -> Listing<T> {
    found.retain(|(key, _)| cursor.is_none_or(|cursor| key.as_str() > cursor));
    let more = found.len() > limit;
    found.truncate(limit);
    let next_cursor = found.last().filter(|_| more).map(|(key, _)| key.clone());
    Listing { items: found.into_iter().map(|(_, item)| item).collect(), next_cursor }
}
