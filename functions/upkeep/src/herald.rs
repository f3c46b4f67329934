//! Sends notices: to the operators' bus, if there is one, and to the webhook of the office that is told, if it has set one.
//!
//! A notice is its own outbox: it is due to be sent from the write that made it ([`store::Notices::notify`]) until everybody has it, or until it was tried
//! for a day ([`store::MOST_TRIES`]); then it is left, and listed as before. It is sent **at least once**: what was taken and could not be noted is sent
//! again, with the same id.
//!
//! A tick takes up to [`GATHERED`] notices, in which every minute another part of the offices comes first, and sends them office by office,
//! [`OFFICES_AT_ONCE`] at a time. An office has [`OFFICE_AT_MOST`] of a tick, and one whose webhook doesn't answer, or is busy, is left alone until the notice
//! that it didn't take is tried again: its other notices wait as long, and lose no try by it, up to a week ([`store::LONGEST_WAIT`]). So one webhook costs the
//! others nothing but a place among those that are worked on.

mod office;

use std::collections::HashMap;
use std::future::ready;
use std::ops::AddAssign;
use std::sync::Arc;
use std::time::Duration;

use exchange::sign::NoticeKey;
use exchange::{Office, WebhookUrl};
use futures::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use standard::OfficeNumber;
use store::{Clock, EventBus, Notices, Outgoing, Page, StoreError};
use tokio::time::Instant;
use tracing::{error, info};

use crate::Webhooks;

/// How many notices a tick takes at most.
pub const GATHERED: usize = 5_000;

/// How many offices are told at a time.
pub const OFFICES_AT_ONCE: usize = 64;

/// How long one office is told in a tick: after it no further notice is begun.
pub const OFFICE_AT_MOST: Duration = Duration::from_secs(20);

/// How long a tick begins what it begins: what is under way then takes seconds, and the next minute's tick finds nothing that this one still works on.
pub const TICK_AT_MOST: Duration = Duration::from_secs(40);

/// How many notices, or offices, are read in one call.
const PAGE: usize = 100;

/// How many of these calls are under way at once.
const READS_AT_ONCE: usize = 4;

/// Who sends notices, with what is needed for it.
pub struct Herald {
    /// Notices and offices.
    pub ledger: Arc<dyn Notices>,
    /// The exchange's time.
    pub clock: Clock,
    /// What they are signed with.
    pub key: NoticeKey,
    /// Where the API is reached: whom they are from.
    pub source: String,
    /// The way to webhooks.
    pub webhooks: Webhooks,
    /// The operators' bus.
    pub bus: Option<Arc<dyn EventBus>>,
}

/// What one tick did, in notices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// On the bus now.
    pub published: usize,
    /// Taken by webhooks.
    pub posted: usize,
    /// Not everybody took them; they are tried again.
    pub put_off: usize,
    /// Not everybody took them, and they are tried no more.
    pub given_up: usize,
    /// The ledger or the bus failed: an operator is needed, unless it passes.
    pub failed: usize,
}

impl AddAssign for Sent {
    fn add_assign(&mut self, other: Self) {
        self.published += other.published;
        self.posted += other.posted;
        self.put_off += other.put_off;
        self.given_up += other.given_up;
        self.failed += other.failed;
    }
}

/// What must ring. A webhook that fails is its office's business, and doesn't.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} notices failed for the ledger or the bus: see the log")]
pub struct NotTold(usize);

impl Sent {
    /// The answer to the tick.
    ///
    /// # Errors
    /// Something failed that isn't an office's.
    pub fn or_ring(self) -> Result<Self, NotTold> {
        if self.failed > 0 { Err(NotTold(self.failed)) } else { Ok(self) }
    }
}

impl Herald {
    /// Sends what is due, until nothing is or the tick's time is over. What it doesn't get to stays due.
    ///
    /// # Errors
    /// The ledger can't say what is due, or where to send it.
    pub async fn run(&self) -> Result<Sent, StoreError> {
        let deadline = Instant::now() + TICK_AT_MOST;
        let mut sent = Sent::default();
        let due = self.gather(deadline, &mut sent).await?;
        let webhooks = self.webhooks_of(&due).await?;
        let told = stream::iter(by_office(due)).map(|(office, notices)| {
            let webhook = webhooks.get(&office);
            async move { self.tell(notices, webhook, deadline.min(Instant::now() + OFFICE_AT_MOST)).await }
        });
        let sum = |mut sum: Sent, of_office| {
            sum += of_office;
            ready(sum)
        };
        let sent = told.buffer_unordered(OFFICES_AT_ONCE).fold(sent, sum).await;
        if sent != Sent::default() {
            let Sent { published, posted, put_off, given_up, failed } = sent;
            info!(published, posted, put_off, given_up, failed, "notices were sent");
        }
        Ok(sent)
    }

    /// What is due now. A page that can't be read ends it, but keeps nobody from what was read before.
    async fn gather(&self, deadline: Instant, sent: &mut Sent) -> Result<Vec<Outgoing>, StoreError> {
        let (now, mut due, mut cursor) = (self.clock.now(), Vec::new(), None);
        while due.len() < GATHERED && Instant::now() < deadline {
            let page = match self.ledger.due_notices(Page { limit: PAGE, cursor, now }).await {
                Ok(page) => page,
                Err(cause) if due.is_empty() => return Err(cause),
                Err(cause) => {
                    error!(%cause, "a page of the notices that are due can't be read");
                    sent.failed += 1;
                    break;
                }
            };
            due.extend(page.items);
            match page.next_cursor {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        Ok(due)
    }

    /// The webhooks of the offices that are told and have set one.
    async fn webhooks_of(&self, due: &[Outgoing]) -> Result<HashMap<OfficeNumber, WebhookUrl>, StoreError> {
        let mut offices: Vec<OfficeNumber> = due.iter().filter(|due| !due.progress.posted).map(|due| due.notice.office).collect();
        offices.sort_unstable();
        offices.dedup();
        let reads: Vec<_> = offices.chunks(PAGE).map(|offices| self.ledger.look_up(offices, None)).collect();
        let found: Vec<_> = stream::iter(reads).buffer_unordered(READS_AT_ONCE).try_collect().await?;
        let webhook = |office: Office| Some((office.number, office.webhook?));
        Ok(found.into_iter().flat_map(|found| found.offices).filter_map(webhook).collect())
    }
}

/// Each office's notices in their order; the offices in the order of their first.
fn by_office(due: Vec<Outgoing>) -> Vec<(OfficeNumber, Vec<Outgoing>)> {
    let mut groups: Vec<(OfficeNumber, Vec<Outgoing>)> = Vec::new();
    let mut places = HashMap::new();
    for outgoing in due {
        let office = outgoing.notice.office;
        let place = *places.entry(office).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, notices)) => notices.push(outgoing),
            None => groups.push((office, vec![outgoing])),
        }
    }
    groups
}
