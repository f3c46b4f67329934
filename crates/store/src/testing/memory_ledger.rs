//! The in-memory twin of the ledger's adapter. It passes the same conformance suite.

mod codes;
mod mail;
mod notices;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use exchange::{Campaign, DailyQuota, DeliveryStatus, Lineage, Notice, Office, TransmissionId, TransmissionStatus};
use jiff::Timestamp;
use jiff::civil::Date;
use standard::{OfficeNumber, ProfileId};

use crate::{
    Answer, Bill, CodeRecord, DeliveryRecord, Entered, Entry, Filter, Joined, Kin, Ledger, LicenceEnd, Line, Listing, LoneRejection,
    LookUp, Marked, Outgoing, Page, Part, Relative, Revision, Saved, StoreError, Sweep, TransmissionRecord,
};

/// Ledger and offices in memory.
#[derive(Debug, Default)]
pub struct MemoryLedger(Mutex<Tables>);

#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) offices: BTreeMap<OfficeNumber, (Office, u64)>,
    pub(super) entries: BTreeMap<TransmissionId, Entry>,
    /// By month and key.
    pub(super) bills: BTreeMap<(String, String), Bill>,
    /// Those whose end is to be told, and when: by when, and key.
    pub(super) ends: BTreeMap<String, LicenceEnd>,
    /// And how often they were written.
    pub(super) campaigns: (Vec<Campaign>, u64),
    profiles: BTreeMap<ProfileId, String>,
    lone: BTreeMap<String, LoneRejection>,
    sent: BTreeMap<(OfficeNumber, Date), BTreeSet<TransmissionId>>,
    notices: BTreeMap<String, Notice>,
    /// Those that are due to be sent: by when, and key.
    outgoing: BTreeMap<String, Outgoing>,
    sweep: Option<(Sweep, Revision)>,
    codes: BTreeMap<(OfficeNumber, String), CodeRecord>,
    spent: BTreeSet<(OfficeNumber, String)>,
}

impl Tables {
    /// All of the offices if every one has the revision that was read, or none.
    pub(super) fn save(&mut self, offices: &[(Office, Option<Revision>)]) -> Saved {
        let current = |office: &Office| self.offices.get(&office.number).map(|(_, revision)| Revision(*revision));
        if offices.iter().any(|(office, read)| current(office) != *read) {
            return Saved::Conflict;
        }
        for (office, read) in offices {
            self.offices.insert(office.number, (office.clone(), Revision::after(*read).0));
        }
        Saved::Written
    }
}

impl MemoryLedger {
    pub(super) fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(
        &self,
        operation: &'static str,
        record: &TransmissionRecord,
        seen: usize,
        deliveries: &[DeliveryRecord],
    ) -> Result<Entered, StoreError> {
        let mut tables = self.tables();
        let Some(entry) = tables.entries.get_mut(&record.id) else {
            return Err(StoreError::Refused { operation, detail: "no row".into(), source: None });
        };
        let row = &entry.transmission;
        if row.status != TransmissionStatus::Waiting || row.files.len() != seen {
            return Ok(Entered::Held(row.clone()));
        }
        *entry = Entry { transmission: record.clone(), deliveries: deliveries.to_vec() };
        Ok(Entered::Written)
    }

    fn mark(&self, id: &TransmissionId, recipient: &OfficeNumber, rule: impl FnOnce(DeliveryRecord) -> Marked) -> Marked {
        let mut tables = self.tables();
        let deliveries = tables.entries.get_mut(id).map(|entry| entry.deliveries.as_mut_slice()).unwrap_or_default();
        let Some(held) = deliveries.iter_mut().find(|delivery| delivery.address.office == *recipient) else { return Marked::Unknown };
        let marked = rule(held.clone());
        if let Marked::Written(delivery) = &marked {
            held.clone_from(delivery);
        }
        marked
    }
}

#[async_trait]
impl Ledger for MemoryLedger {
    async fn look_up(&self, offices: &[OfficeNumber], transmission: Option<&TransmissionId>) -> Result<LookUp, StoreError> {
        let tables = self.tables();
        Ok(LookUp {
            offices: BTreeSet::from_iter(offices)
                .into_iter()
                .filter_map(|number| tables.offices.get(number))
                .map(|(office, _)| office.clone())
                .collect(),
            transmission: transmission.and_then(|id| tables.entries.get(id)).map(|entry| entry.transmission.clone()),
        })
    }

    async fn count(&self, id: &TransmissionId, day: Date, earlier: Option<Date>, quota: DailyQuota) -> Result<bool, StoreError> {
        let mut tables = self.tables();
        let counted = earlier.and_then(|earlier| tables.sent.get(&(*id.sender(), earlier)));
        if counted.is_some_and(|sent| sent.contains(id)) {
            return Ok(true);
        }
        let sent = tables.sent.entry((*id.sender(), day)).or_default();
        let counts = sent.contains(id) || sent.len() < usize::from(quota.transmissions());
        if counts {
            sent.insert(id.clone());
        }
        Ok(counts)
    }

    async fn join(&self, part: &Part) -> Result<Joined, StoreError> {
        let mut tables = self.tables();
        let Some(entry) = tables.entries.get_mut(&part.id) else {
            let row = part.opening();
            tables.entries.insert(part.id.clone(), Entry { transmission: row.clone(), deliveries: Vec::new() });
            return Ok(Joined::Written(row));
        };
        let joined = entry.transmission.join(part);
        let row = entry.transmission.clone();
        Ok(if joined { Joined::Written(row) } else { Joined::Held(row) })
    }

    async fn commit(&self, record: &TransmissionRecord, deliveries: &[DeliveryRecord]) -> Result<Entered, StoreError> {
        self.end("ledger.commit", record, record.files.len(), deliveries)
    }

    async fn reject(&self, record: &TransmissionRecord, seen: usize) -> Result<Entered, StoreError> {
        self.end("ledger.reject", record, seen, &[])
    }

    async fn due(&self, page: Page) -> Result<Listing<TransmissionId>, StoreError> {
        let tables = self.tables();
        let rows = tables.entries.values().map(|entry| &entry.transmission);
        let due = |row: &TransmissionRecord| row.due_at.filter(|due_at| due_at.as_millisecond() <= page.now.as_millisecond());
        let mut found: Vec<(String, TransmissionId)> =
            rows.filter_map(|row| Some((sortable(due(row)?, &row.id.to_string()), row.id.clone()))).collect();
        found.sort();
        found.retain(|(at, _)| page.cursor.as_ref().is_none_or(|cursor| at > cursor));
        let next_cursor = if found.len() > page.limit { found.get(page.limit.saturating_sub(1)).map(|(at, _)| at.clone()) } else { None };
        found.truncate(page.limit);
        Ok(Listing { items: found.into_iter().map(|(_, id)| id).collect(), next_cursor })
    }

    async fn set_due(&self, record: &TransmissionRecord, due_at: Option<Timestamp>) -> Result<bool, StoreError> {
        let mut tables = self.tables();
        let Some(entry) = tables.entries.get_mut(&record.id) else { return Ok(false) };
        let row = &mut entry.transmission;
        let seen = due_at.is_none() || row.due_at == record.due_at;
        let stands = row.status == record.status && row.files.len() == record.files.len() && seen;
        if stands {
            row.due_at = due_at;
        }
        Ok(stands)
    }

    async fn cancel(&self, record: &TransmissionRecord, now: Timestamp) -> Result<bool, StoreError> {
        let mut tables = self.tables();
        let Some(entry) = tables.entries.get_mut(&record.id) else { return Ok(false) };
        let untouched = entry.transmission.status == TransmissionStatus::Delivered
            && entry.deliveries.iter().all(|delivery| delivery.status == DeliveryStatus::Delivered);
        if untouched {
            entry.transmission = entry.transmission.clone().cancelled(now);
            for delivery in &mut entry.deliveries {
                (delivery.status, delivery.due_at) = (DeliveryStatus::Cancelled, None);
            }
        }
        Ok(untouched)
    }

    async fn collect(&self, id: &TransmissionId, recipient: &OfficeNumber, now: Timestamp) -> Result<Marked, StoreError> {
        Ok(self.mark(id, recipient, |delivery| delivery.collected(now)))
    }

    async fn acknowledge(&self, id: &TransmissionId, recipient: &OfficeNumber, answer: &Answer) -> Result<Marked, StoreError> {
        Ok(self.mark(id, recipient, |delivery| delivery.acknowledged(answer)))
    }

    async fn reject_alone(&self, rejection: &LoneRejection) -> Result<(), StoreError> {
        self.tables().lone.entry(rejection.object.clone()).or_insert_with(|| rejection.clone());
        Ok(())
    }

    async fn transmission(&self, id: &TransmissionId) -> Result<Option<Entry>, StoreError> {
        Ok(self.tables().entries.get(id).cloned())
    }

    async fn kin(&self, deliveries: &[&DeliveryRecord]) -> Result<Vec<Kin>, StoreError> {
        let mut all = Vec::with_capacity(deliveries.len());
        for delivery in deliveries {
            let mut kin = Kin::default();
            if let Some(own) = &delivery.lineage {
                let month = own.month.map(|month| month.0);
                let line = Line { sender: *delivery.id.sender(), recipient: delivery.address.office, family: own.family, month };
                self.line(&line).await?.iter().for_each(|(other, lineage)| kin.meet(delivery, own, other, lineage));
            }
            all.push(kin);
        }
        Ok(all)
    }

    async fn line(&self, line: &Line) -> Result<Vec<(Relative, Lineage)>, StoreError> {
        let tables = self.tables();
        let of_sender = tables.entries.values().filter(|entry| *entry.transmission.id.sender() == line.sender);
        let deliveries = of_sender
            .flat_map(|entry| &entry.deliveries)
            .filter(|delivery| delivery.address.office == line.recipient && delivery.status != DeliveryStatus::Cancelled);
        let in_line = deliveries.filter_map(|delivery| Some((delivery.relative(), delivery.lineage.clone()?)));
        let mut found: Vec<_> = in_line.filter(|(_, lineage)| lineage.line() == line.family.line(line.month)).collect();
        found.sort_by(|(one, _), (other, _)| other.cmp(one));
        Ok(found)
    }

    async fn transmissions(&self, filter: &Filter, page: Page) -> Result<Listing<Entry>, StoreError> {
        let found: Vec<(String, Entry)> = {
            let tables = self.tables();
            tables.entries.values().filter_map(|entry| Some((moment(entry, filter)?, entry.clone()))).collect()
        };
        Ok(cut(found, &page))
    }

    async fn lone_rejections(&self, office: &OfficeNumber, page: Page) -> Result<Listing<LoneRejection>, StoreError> {
        let found: Vec<(String, LoneRejection)> = {
            let tables = self.tables();
            let own = tables.lone.values().filter(|rejection| rejection.office == *office);
            own.map(|rejection| (sortable(rejection.stored_at, &rejection.object), rejection.clone())).collect()
        };
        Ok(cut(found, &page))
    }

    async fn office(&self, number: &OfficeNumber) -> Result<Option<(Office, Revision)>, StoreError> {
        Ok(self.tables().offices.get(number).map(|(office, revision)| (office.clone(), Revision(*revision))))
    }

    async fn save_office(&self, office: &Office, read: Option<Revision>) -> Result<Saved, StoreError> {
        Ok(self.tables().save(&[(office.clone(), read)]))
    }

    async fn profiles(&self, ids: &[ProfileId]) -> Result<Vec<(ProfileId, String)>, StoreError> {
        let tables = self.tables();
        Ok(ids.iter().filter_map(|id| tables.profiles.get_key_value(id)).map(|(id, text)| (id.clone(), text.clone())).collect())
    }

    async fn save_profile(&self, id: &ProfileId, text: &str) -> Result<(), StoreError> {
        self.tables().profiles.insert(id.clone(), text.to_owned());
        Ok(())
    }
}

/// Where an entry sorts in the listing asked for; none where it isn't in it.
fn moment(entry: &Entry, filter: &Filter) -> Option<String> {
    let sent = filter.sender.as_ref().is_none_or(|sender| entry.transmission.id.sender() == sender);
    let standing = filter.status.is_none_or(|status| entry.transmission.status == status);
    let time = match &filter.recipient {
        Some(recipient) => entry.deliveries.iter().find(|delivery| delivery.address.office == *recipient)?.delivered_at,
        None => entry.transmission.stored_at,
    };
    let recent = filter.since.is_none_or(|since| time >= since);
    (sent && standing && recent).then(|| sortable(time, &entry.transmission.id.to_string()))
}

pub(super) fn sortable(time: Timestamp, what: &str) -> String {
    format!("{:020}#{what}", time.as_millisecond())
}

fn cut<T>(mut found: Vec<(String, T)>, page: &Page) -> Listing<T> {
    found.sort_by(|a, b| b.0.cmp(&a.0));
    found.retain(|(at, _)| page.cursor.as_ref().is_none_or(|cursor| at < cursor));
    let more = found.len() > page.limit;
    found.truncate(page.limit);
    let next_cursor = if more { found.last().map(|(at, _)| at.clone()) } else { None };
    Listing { items: found.into_iter().map(|(_, item)| item).collect(), next_cursor }
}
