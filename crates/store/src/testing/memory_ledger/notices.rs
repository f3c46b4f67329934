//! Notices and due deliveries in memory.

use async_trait::async_trait;
use exchange::{Notice, TransmissionId};
use jiff::Timestamp;
use standard::OfficeNumber;

use super::{MemoryLedger, cut, sortable};
use crate::notices::TOLD_FOR;
use crate::{Bill, DeliveryRecord, LicenceEnd, Listing, Marked, Notices, Outgoing, Page, Progress, Revision, Saved, StoreError, Sweep};

#[async_trait]
impl Notices for MemoryLedger {
    async fn notify(&self, notices: &[Notice]) -> Result<(), StoreError> {
        let mut tables = self.tables();
        for notice in notices {
            let what = format!("{}#{}", notice.about, notice.kind);
            let key = format!("{}#{}", sortable(notice.at, &what), notice.office);
            if tables.notices.insert(key, notice.clone()).is_none() {
                let first = Outgoing { notice: notice.clone(), due_at: cut_to_millis(notice.at), progress: Progress::default() };
                tables.outgoing.insert(place(&first), first);
            }
        }
        Ok(())
    }

    async fn notices(&self, office: &OfficeNumber, page: Page) -> Result<Listing<Notice>, StoreError> {
        let own: Vec<(String, Notice)> = {
            let tables = self.tables();
            let own =
                tables.notices.iter().filter(|(_, notice)| notice.office == *office && page.now.duration_since(notice.at) <= TOLD_FOR);
            own.map(|(key, notice)| (key.clone(), notice.clone())).collect()
        };
        Ok(cut(own, &page))
    }

    async fn due_deliveries(&self, page: Page) -> Result<Listing<(TransmissionId, OfficeNumber)>, StoreError> {
        let tables = self.tables();
        let deliveries = tables.entries.values().flat_map(|entry| &entry.deliveries);
        let due = |delivery: &DeliveryRecord| delivery.due_at.filter(|due_at| due_at.as_millisecond() <= page.now.as_millisecond());
        let place = |delivery: &DeliveryRecord| {
            let what = format!("{}#{}", delivery.id, delivery.address.office);
            Some((sortable(due(delivery)?, &what), (delivery.id.clone(), delivery.address.office)))
        };
        let mut found: Vec<_> = deliveries.filter_map(place).collect();
        found.sort();
        found.retain(|(at, _)| page.cursor.as_ref().is_none_or(|cursor| at > cursor));
        let next_cursor = if found.len() > page.limit { found.get(page.limit.saturating_sub(1)).map(|(at, _)| at.clone()) } else { None };
        found.truncate(page.limit);
        Ok(Listing { items: found.into_iter().map(|(_, key)| key).collect(), next_cursor })
    }

    async fn delivery(&self, id: &TransmissionId, recipient: &OfficeNumber) -> Result<Option<DeliveryRecord>, StoreError> {
        let tables = self.tables();
        let deliveries = tables.entries.get(id).map(|entry| entry.deliveries.as_slice()).unwrap_or_default();
        Ok(deliveries.iter().find(|delivery| delivery.address.office == *recipient).cloned())
    }

    async fn set_delivery_due(&self, delivery: &DeliveryRecord, due_at: Option<Timestamp>) -> Result<(), StoreError> {
        let as_seen = |held: &DeliveryRecord| (held.status, held.due_at) == (delivery.status, delivery.due_at);
        self.mark(&delivery.id, &delivery.address.office, |held| {
            if as_seen(&held) { Marked::Written(DeliveryRecord { due_at, ..held }) } else { Marked::Refused(held) }
        });
        Ok(())
    }

    async fn expire(&self, id: &TransmissionId, recipient: &OfficeNumber) -> Result<Marked, StoreError> {
        Ok(self.mark(id, recipient, DeliveryRecord::expired))
    }

    async fn due_licences(&self, page: Page) -> Result<Listing<LicenceEnd>, StoreError> {
        let tables = self.tables();
        let due = tables.ends.iter().filter(|(_, end)| end.due_at.as_millisecond() <= page.now.as_millisecond());
        let left = due.filter(|(at, _)| page.cursor.as_ref().is_none_or(|cursor| *at > cursor));
        let mut found: Vec<(&String, &LicenceEnd)> = left.take(page.limit.saturating_add(1)).collect();
        let next_cursor =
            if found.len() > page.limit { found.get(page.limit.saturating_sub(1)).map(|(at, _)| (*at).clone()) } else { None };
        found.truncate(page.limit);
        Ok(Listing { items: found.into_iter().map(|(_, end)| end.clone()).collect(), next_cursor })
    }

    async fn set_licence_due(&self, end: &LicenceEnd, due_at: Option<Timestamp>) -> Result<(), StoreError> {
        let mut tables = self.tables();
        let key = |at| sortable(at, &Bill::key_of(&end.office, end.first, end.last, end.kind, end.campaign.as_deref()));
        if let Some(held) = tables.ends.remove(&key(end.due_at))
            && let Some(due_at) = due_at
        {
            tables.ends.insert(key(due_at), LicenceEnd { due_at, ..held });
        }
        Ok(())
    }

    async fn due_notices(&self, page: Page) -> Result<Listing<Outgoing>, StoreError> {
        let tables = self.tables();
        let due = tables.outgoing.iter().filter(|(_, outgoing)| outgoing.due_at.as_millisecond() <= page.now.as_millisecond());
        let left = due.filter(|(at, _)| page.cursor.as_ref().is_none_or(|cursor| *at > cursor));
        let mut found: Vec<(&String, &Outgoing)> = left.take(page.limit.saturating_add(1)).collect();
        let next_cursor =
            if found.len() > page.limit { found.get(page.limit.saturating_sub(1)).map(|(at, _)| (*at).clone()) } else { None };
        found.truncate(page.limit);
        Ok(Listing { items: found.into_iter().map(|(_, outgoing)| outgoing.clone()).collect(), next_cursor })
    }

    async fn set_notice_due(&self, seen: &Outgoing, next: Option<(Timestamp, Progress)>) -> Result<(), StoreError> {
        let mut tables = self.tables();
        if let Some(held) = tables.outgoing.remove(&place(seen))
            && let Some((due_at, progress)) = next
        {
            let later = Outgoing { due_at: cut_to_millis(due_at), progress, ..held };
            tables.outgoing.insert(place(&later), later);
        }
        Ok(())
    }

    async fn sweep(&self) -> Result<Option<(Sweep, Revision)>, StoreError> {
        Ok(self.tables().sweep.clone())
    }

    async fn save_sweep(&self, sweep: &Sweep, read: Option<Revision>) -> Result<Saved, StoreError> {
        let mut tables = self.tables();
        if tables.sweep.as_ref().map(|(_, revision)| *revision) != read {
            return Ok(Saved::Conflict);
        }
        tables.sweep = Some((sweep.clone(), Revision::after(read)));
        Ok(Saved::Written)
    }
}

/// Where a notice that is due stands among the others.
fn place(outgoing: &Outgoing) -> String {
    sortable(outgoing.due_at, &format!("{}#{}", outgoing.notice.office, outgoing.notice.id()))
}

fn cut_to_millis(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}
