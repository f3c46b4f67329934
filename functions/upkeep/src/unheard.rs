//! Uploads that no event told of: what lies in the outboxes is held against the ledger, and what is not in it is queued again.

use std::collections::{BTreeMap, HashSet};

use exchange::keys;
use futures::stream::{self, StreamExt};
use jiff::{SignedDuration, Timestamp};
use standard::OfficeNumber;
use store::{Filter, ListedVersion, Page, Revision, Saved, StoreError, Sweep, VersionPlace, event_of_version};
use tokio::time::{Instant, timeout_at};
use tracing::{error, info, warn};

use crate::{Done, PAGE, Upkeep};

/// How many offices are looked up at a time.
const AT_A_TIME: usize = 8;

/// A set's row stands where its first part was stored: a day before the last, and what an event may be late.
const PARTS_APART: SignedDuration = SignedDuration::from_hours(25);

impl Upkeep {
    /// Goes on with the search, or begins the next where it is time for it; false where the time was over before it was. What can't be looked up of one
    /// office is left to the next search.
    pub(crate) async fn look_for_the_unheard(
        &self,
        now: Timestamp,
        deadline: Option<Instant>,
        done: &mut Done,
    ) -> Result<bool, StoreError> {
        let (last, mut read) = self.ledger.sweep().await?.unzip();
        let Some(mut sweep) = last.map_or_else(|| Some(Sweep::first(now)), |last| last.due(now)) else { return Ok(true) };
        while !sweep.over {
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return Ok(false);
            }
            let failed_before = done.failed;
            let step = self.sweep_page(&sweep, now, done);
            let next = match deadline {
                None => step.await?,
                // the page is gone through again at the next tick
                Some(deadline) => match timeout_at(deadline, step).await {
                    Ok(next) => next?,
                    Err(_) => return Ok(false),
                },
            };
            sweep = sweep.at(next, done.failed > failed_before);
            if self.ledger.save_sweep(&sweep, read).await? == Saved::Conflict {
                info!("another tick searches the outboxes");
                return Ok(true);
            }
            read = Some(Revision::after(read));
        }
        Ok(true)
    }

    /// Looks through one page of the listing; gives where the next one starts.
    async fn sweep_page(&self, sweep: &Sweep, now: Timestamp, done: &mut Done) -> Result<Option<VersionPlace>, StoreError> {
        let page = self.files.versions(keys::OUTBOX, sweep.place.as_ref()).await?;
        let mut by_office: BTreeMap<OfficeNumber, Vec<ListedVersion>> = BTreeMap::new();
        for upload in page.items.into_iter().filter(|upload| sweep.looks_at(upload)) {
            if let Some(office) = keys::outbox_owner(&upload.key) {
                by_office.entry(office).or_default().push(upload);
            }
        }
        let looks = by_office.into_iter().map(|(office, uploads)| self.unheard(office, uploads, now));
        let mut looked = stream::iter(looks).buffer_unordered(AT_A_TIME);
        while let Some(unheard) = looked.next().await {
            let queued = async {
                for upload in unheard? {
                    self.queue.send(event_of_version(&upload)).await?;
                    warn!(object = keys::object_digest(&upload.key, &upload.version), "no event told of an upload: queued again");
                    done.unheard += 1;
                }
                Ok::<_, StoreError>(())
            };
            if let Err(cause) = queued.await {
                done.failed += 1;
                error!(%cause, "an office's uploads could not be held against the ledger: the next search will");
            }
        }
        Ok(page.next)
    }

    /// Those of an office's uploads that the ledger doesn't know.
    async fn unheard(&self, office: OfficeNumber, uploads: Vec<ListedVersion>, now: Timestamp) -> Result<Vec<ListedVersion>, StoreError> {
        let first = uploads.iter().map(|upload| upload.stored_at).min().unwrap_or(now);
        let known = self.known(office, first, now).await?;
        Ok(uploads.into_iter().filter(|upload| !known.contains(&keys::object_digest(&upload.key, &upload.version))).collect())
    }

    /// What the ledger knows of the uploads that an office stored since then, by digest.
    async fn known(&self, office: OfficeNumber, since: Timestamp, now: Timestamp) -> Result<HashSet<String>, StoreError> {
        let mut known = HashSet::new();
        let sent_since = since.checked_sub(PARTS_APART).unwrap_or(Timestamp::MIN);
        let filter = Filter { sender: Some(office), since: Some(sent_since), ..Filter::default() };
        let mut cursor = None;
        loop {
            let page = self.ledger.transmissions(&filter, Page { limit: PAGE, cursor, now }).await?;
            let files = page.items.iter().flat_map(|entry| entry.transmission.files.values());
            known.extend(files.map(|file| keys::object_digest(&file.key, &file.version)));
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        loop {
            let page = self.ledger.lone_rejections(&office, Page { limit: PAGE, cursor, now }).await?;
            let older = page.items.iter().any(|rejection| rejection.stored_at < since);
            known.extend(page.items.into_iter().map(|rejection| rejection.object));
            cursor = page.next_cursor.filter(|_| !older);
            if cursor.is_none() {
                return Ok(known);
            }
        }
    }
}
