//! The public directory into the offices' entries.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable as _};
use exchange::{DirectoryRow, Office, registered};
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};
use standard::OfficeNumber;

use crate::{AT_ONCE, Directory, Revision, Saved, StoreError};

/// How many batches of offices are under way at a time.
const BATCHES: usize = 4;

/// A transaction takes 4 MB; an entry is written with what its index holds, so twice at most.
const MAX_BYTES: usize = 1_500_000;

/// Throttled, or somebody else wrote one of the offices: the batch is read and written again.
const PATIENCE: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(20))
    .with_max_delay(Duration::from_secs(5))
    .with_jitter()
    .without_max_times()
    .with_total_delay(Some(Duration::from_secs(120)));

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// Offices that were not registered before.
    pub added: usize,
    /// Offices that were, and of which an entry changed.
    pub changed: usize,
}

/// An import under way: rows are pushed, and written in batches of up to a hundred offices. It adds offices and services and changes names and places; it
/// takes nothing away, and keys, licences and settings stay as they are. Repeated, after a crash too, it writes what is still to be written.
pub struct Import<'a> {
    directory: &'a dyn Directory,
    batch: BTreeMap<OfficeNumber, Vec<DirectoryRow>>,
    running: FuturesUnordered<BoxFuture<'a, Result<Vec<Wrote>, StoreError>>>,
    added: HashSet<OfficeNumber>,
    changed: HashSet<OfficeNumber>,
}

/// An office that was written, and whether it was new.
struct Wrote {
    office: OfficeNumber,
    new: bool,
}

impl<'a> Import<'a> {
    /// Nothing yet.
    pub fn new(directory: &'a dyn Directory) -> Self {
        let (added, changed) = (HashSet::new(), HashSet::new());
        Self { directory, batch: BTreeMap::new(), running: FuturesUnordered::new(), added, changed }
    }

    /// Takes a row; waits while enough batches are under way.
    ///
    /// # Errors
    /// Storage that failed. The import ends there, and may be repeated.
    pub async fn push(&mut self, row: DirectoryRow) -> Result<(), StoreError> {
        if self.batch.len() == AT_ONCE && !self.batch.contains_key(&row.number) {
            self.send().await?;
        }
        self.batch.entry(row.number).or_default().push(row);
        Ok(())
    }

    /// Waits for all that was pushed.
    ///
    /// # Errors
    /// Storage that failed.
    pub async fn finish(mut self) -> Result<Imported, StoreError> {
        self.send().await?;
        while self.settle().await? {}
        Ok(Imported { added: self.added.len(), changed: self.changed.len() })
    }

    async fn send(&mut self) -> Result<(), StoreError> {
        let (directory, batch) = (self.directory, std::mem::take(&mut self.batch));
        while self.running.len() >= BATCHES {
            self.settle().await?;
        }
        self.running.push(Box::pin(async move {
            let tried = || write(directory, &batch);
            tried.retry(PATIENCE).when(StoreError::is_passing).await
        }));
        Ok(())
    }

    /// Waits for one batch; false when none is under way.
    async fn settle(&mut self) -> Result<bool, StoreError> {
        let Some(wrote) = self.running.next().await else { return Ok(false) };
        for Wrote { office, new } in wrote? {
            if new {
                self.added.insert(office);
            } else if !self.added.contains(&office) {
                self.changed.insert(office);
            }
        }
        Ok(true)
    }
}

/// Reads the batch's offices and writes those that the rows change.
async fn write(directory: &dyn Directory, batch: &BTreeMap<OfficeNumber, Vec<DirectoryRow>>) -> Result<Vec<Wrote>, StoreError> {
    let numbers: Vec<OfficeNumber> = batch.keys().copied().collect();
    let known = directory.offices(&numbers).await?;
    let mut known: BTreeMap<OfficeNumber, (Office, Revision)> = known.into_iter().map(|known| (known.0.number, known)).collect();
    let mut changed: Vec<(Office, Option<Revision>)> = Vec::new();
    for (number, rows) in batch {
        let (before, revision) = known.remove(number).unzip();
        let after = rows.iter().fold(before.clone(), |office, row| Some(registered(office, row)));
        if let Some(after) = after.filter(|after| before.as_ref() != Some(after)) {
            changed.push((after, revision));
        }
    }
    let mut wrote = Vec::with_capacity(changed.len());
    for part in parts(changed) {
        if directory.save_offices(&part).await? == Saved::Conflict {
            return Err(StoreError::retry("directory.save_offices", "somebody else wrote one of them first"));
        }
        wrote.extend(part.iter().map(|(office, read)| Wrote { office: office.number, new: read.is_none() }));
    }
    Ok(wrote)
}

/// Splits what is to be written so that each part fits a transaction.
fn parts(changed: Vec<(Office, Option<Revision>)>) -> Vec<Vec<(Office, Option<Revision>)>> {
    let (mut parts, mut bytes) = (Vec::new(), usize::MAX);
    for entry in changed {
        let own = serde_json::to_vec(&entry.0).map_or(MAX_BYTES, |text| text.len());
        if bytes.saturating_add(own) > MAX_BYTES {
            parts.push(Vec::new());
            bytes = 0;
        }
        bytes = bytes.saturating_add(own);
        if let Some(part) = parts.last_mut() {
            part.push(entry);
        }
    }
    parts
}
