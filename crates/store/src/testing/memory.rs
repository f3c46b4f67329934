//! The in-memory twin of the adapters. It passes the same conformance suite.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use exchange::{Office, Sha256Digest, TransmissionId, TransmissionStatus};
use futures::stream::{self, StreamExt};
use jiff::Timestamp;
use standard::{OfficeNumber, ProfileId};

use crate::{
    CopyOrder, DeliveryRecord, Entered, Entry, Files, Filter, Ledger, Listing, LoneRejection, LookUp, Object, Opened, Page, Revision,
    Saved, StoreError, TransmissionRecord, Written,
};

static VERSIONS: AtomicU64 = AtomicU64::new(1);

/// Files in memory, every version kept.
#[derive(Debug, Default)]
pub struct MemoryFiles(Mutex<BTreeMap<String, Vec<Stored>>>);

#[derive(Debug, Clone)]
struct Stored {
    version: String,
    manifest: Option<String>,
    body: Option<Bytes>,
}

impl MemoryFiles {
    /// Stores a version as an office's upload does; gives its id.
    pub fn upload(&self, key: &str, manifest: Option<&str>, body: impl Into<Bytes>) -> String {
        push(&mut self.versions(), key, manifest.map(str::to_owned), Some(body.into()))
    }

    /// Takes one version away for good, as an operator or the bucket's lifecycle does.
    pub fn destroy(&self, key: &str, version: &str) {
        if let Some(versions) = self.versions().get_mut(key) {
            versions.retain(|stored| stored.version != version);
        }
    }

    /// The keys that hold something, in order.
    pub fn keys(&self) -> Vec<String> {
        self.versions().iter().filter(|(_, versions)| newest(versions).is_some()).map(|(key, _)| key.clone()).collect()
    }

    /// What lies under a key.
    pub fn body(&self, key: &str) -> Option<Bytes> {
        newest(self.versions().get(key)?)?.body.clone()
    }

    fn versions(&self) -> MutexGuard<'_, BTreeMap<String, Vec<Stored>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn newest(versions: &[Stored]) -> Option<&Stored> {
    versions.last().filter(|stored| stored.body.is_some())
}

fn push(all: &mut BTreeMap<String, Vec<Stored>>, key: &str, manifest: Option<String>, body: Option<Bytes>) -> String {
    let versions = all.entry(key.to_owned()).or_default();
    // no two versions of a bucket share an id
    let version = format!("v{}", VERSIONS.fetch_add(1, Ordering::Relaxed));
    versions.push(Stored { version: version.clone(), manifest, body });
    version
}

#[async_trait]
impl Files for MemoryFiles {
    async fn open(&self, key: &str, version: Option<&str>) -> Result<Opened, StoreError> {
        let all = self.versions();
        let versions = all.get(key).map(Vec::as_slice).unwrap_or_default();
        let stored = match version {
            Some(id) => versions.iter().find(|stored| stored.version == id),
            None => versions.last(),
        };
        let Some((stored, body)) = stored.and_then(|stored| stored.body.clone().map(|body| (stored, body))) else {
            return Ok(Opened::Unreadable);
        };
        // in pieces, so that nobody comes to rely on a file being one
        let chunks: Vec<_> = body.chunks(7_777).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
        Ok(Opened::Object(Object {
            version: stored.version.clone(),
            size_bytes: u64::try_from(body.len()).unwrap_or(u64::MAX),
            manifest: stored.manifest.clone(),
            body: stream::iter(chunks).boxed(),
        }))
    }

    async fn copy(&self, order: &CopyOrder) -> Result<Written, StoreError> {
        let mut all = self.versions();
        let source = all.get(&order.source).and_then(|versions| versions.iter().find(|stored| stored.version == order.version));
        let body = source.and_then(|stored| stored.body.clone());
        let body = body.ok_or_else(|| StoreError::Refused { operation: "files.copy", detail: "NoSuchVersion".into(), source: None })?;
        if all.get(&order.destination).is_some_and(|versions| newest(versions).is_some()) {
            return Ok(Written::Existed);
        }
        push(&mut all, &order.destination, Some(order.manifest.clone()), Some(body));
        Ok(Written::Created)
    }

    async fn create(&self, key: &str, _content_type: &str, body: Vec<u8>) -> Result<Written, StoreError> {
        let mut all = self.versions();
        if all.get(key).is_some_and(|versions| newest(versions).is_some()) {
            return Ok(Written::Existed);
        }
        push(&mut all, key, None, Some(body.into()));
        Ok(Written::Created)
    }

    async fn digest(&self, key: &str) -> Result<Option<Sha256Digest>, StoreError> {
        Ok(self.body(key).map(|body| Sha256Digest::of(&body)))
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        let mut all = self.versions();
        if all.get(key).is_some_and(|versions| newest(versions).is_some()) {
            push(&mut all, key, None, None);
        }
        Ok(())
    }
}

/// Ledger and offices in memory.
#[derive(Debug, Default)]
pub struct MemoryLedger(Mutex<Tables>);

#[derive(Debug, Default)]
struct Tables {
    offices: BTreeMap<OfficeNumber, (Office, u64)>,
    profiles: BTreeMap<ProfileId, String>,
    entries: BTreeMap<TransmissionId, Entry>,
    lone: BTreeMap<String, LoneRejection>,
}

impl MemoryLedger {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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

    async fn claim(&self, record: &TransmissionRecord) -> Result<Entered, StoreError> {
        let mut tables = self.tables();
        if let Some(entry) = tables.entries.get(&record.id) {
            return Ok(Entered::Held(entry.transmission.clone()));
        }
        tables.entries.insert(record.id.clone(), Entry { transmission: record.clone(), deliveries: Vec::new() });
        Ok(Entered::Written)
    }

    async fn commit(&self, record: &TransmissionRecord, deliveries: &[DeliveryRecord]) -> Result<Entered, StoreError> {
        let mut tables = self.tables();
        let Some(entry) = tables.entries.get_mut(&record.id) else {
            return Err(StoreError::Refused { operation: "ledger.commit", detail: "no claim".into(), source: None });
        };
        if entry.transmission.status != TransmissionStatus::Waiting {
            return Ok(Entered::Held(entry.transmission.clone()));
        }
        *entry = Entry { transmission: record.clone(), deliveries: deliveries.to_vec() };
        Ok(Entered::Written)
    }

    async fn reject(&self, record: &TransmissionRecord) -> Result<Entered, StoreError> {
        let mut tables = self.tables();
        if let Some(entry) = tables.entries.get(&record.id) {
            let held = &entry.transmission;
            let same = record.files.iter().all(|(key, file)| {
                held.files.get(key).is_some_and(|other| other.entry.sha256 == file.entry.sha256 && other.version == file.version)
            });
            if held.status != TransmissionStatus::Waiting || !same {
                return Ok(Entered::Held(held.clone()));
            }
        }
        tables.entries.insert(record.id.clone(), Entry { transmission: record.clone(), deliveries: Vec::new() });
        Ok(Entered::Written)
    }

    async fn reject_alone(&self, rejection: &LoneRejection) -> Result<(), StoreError> {
        self.tables().lone.entry(rejection.object.clone()).or_insert_with(|| rejection.clone());
        Ok(())
    }

    async fn transmission(&self, id: &TransmissionId) -> Result<Option<Entry>, StoreError> {
        Ok(self.tables().entries.get(id).cloned())
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
        let mut tables = self.tables();
        let current = tables.offices.get(&office.number).map(|(_, revision)| Revision(*revision));
        if current != read {
            return Ok(Saved::Conflict);
        }
        let next = read.map_or(1, |revision| revision.0 + 1);
        tables.offices.insert(office.number.clone(), (office.clone(), next));
        Ok(Saved::Written)
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

fn sortable(time: Timestamp, what: &str) -> String {
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
