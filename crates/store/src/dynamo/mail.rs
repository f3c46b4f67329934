//! An office's mail, by the index `by_office`: the index holds whole items, so that one look tells what is wanted of a hundred.

use std::collections::HashMap;

use async_trait::async_trait;
use exchange::{DeliveryStatus, TransmissionId, TransmissionStatus};
use futures::stream::{self, StreamExt, TryStreamExt};
use standard::OfficeNumber;

use super::DynamoLedger;
use super::batch::KEYS;
use super::items::{self, DELIVERY, Item, Role};
use super::listing::{Look, at_of};
use crate::StoreError;
use crate::ledger::{Entry, Listing, Page};
use crate::mail::{Delivered, Mail, Received, Sent};
use crate::records::{DeliveryRecord, TransmissionRecord};

const OPERATION: &str = "mail.list";
/// The index, and its partition key.
const BY_OFFICE: (&str, &str) = ("by_office", "office_role");

/// How often one request looks into the index at most: where little fits, the rest is the next request's.
const LOOKS: usize = 4;
/// How many entries a look takes where some may be left out.
const LOOK: usize = 100;
/// How many calls are under way at a time.
const AT_A_TIME: usize = 8;

/// A page that is gathered look by look.
struct Gathering<T> {
    kept: Vec<T>,
    cursor: Option<String>,
    limit: usize,
    /// Whether some of what is found may not be wanted.
    leaves_out: bool,
    looks: usize,
    ended: bool,
}

impl<T> Gathering<T> {
    fn new(page: Page, leaves_out: bool) -> Self {
        Self { kept: Vec::new(), cursor: page.cursor, limit: page.limit, leaves_out, looks: 0, ended: false }
    }

    /// How many entries the next look takes; none where there is none.
    fn next_look(&self) -> Option<usize> {
        let free = self.limit.saturating_sub(self.kept.len());
        let goes_on = !self.ended && free > 0 && self.looks < LOOKS;
        goes_on.then_some(if self.leaves_out { LOOK } else { free })
    }

    /// Takes what a look found: where each stands, and what it is, none where it isn't wanted; and where the look ended.
    fn take(&mut self, found: impl IntoIterator<Item = (String, Option<T>)>, end: Option<String>) {
        self.looks += 1;
        for (place, one) in found {
            if self.kept.len() == self.limit {
                // full before all was looked at: the next page begins here
                return;
            }
            self.cursor = Some(place);
            self.kept.extend(one);
        }
        self.ended = end.is_none();
        self.cursor = end.or_else(|| self.cursor.take());
    }

    fn listing(self) -> Listing<T> {
        Listing { items: self.kept, next_cursor: if self.ended { None } else { self.cursor } }
    }
}

#[async_trait]
impl Mail for DynamoLedger {
    async fn sent(&self, office: &OfficeNumber, wanted: &Sent, page: Page) -> Result<Listing<Entry>, StoreError> {
        let (partition, since) = (Role::Sender.of(office), wanted.since.map(items::sortable));
        let mut gathering = Gathering::new(page, wanted.leaves_out());
        while let Some(limit) = gathering.next_look() {
            let (status, cursor) = (wanted.status.map(TransmissionStatus::as_str), gathering.cursor.as_deref());
            let Look { items, end } = self.look(BY_OFFICE, &partition, since.as_deref(), cursor, status, limit).await?;
            let found: Vec<_> = items.into_iter().map(|item| Ok((at_of(&item)?, items::row(item)?))).collect::<Result<_, StoreError>>()?;
            gathering.take(found.into_iter().map(|(place, row)| (place, Some(row).filter(|row| wanted.fits(row)))), end);
        }
        let Listing { items, next_cursor } = gathering.listing();
        Ok(Listing { items: self.with_deliveries(items).await?, next_cursor })
    }

    async fn inbox(&self, office: &OfficeNumber, wanted: &Received, page: Page) -> Result<Listing<Delivered>, StoreError> {
        let partition = Role::Recipient.of(office);
        let mut gathering = Gathering::new(page, wanted.leaves_out());
        while let Some(limit) = gathering.next_look() {
            let (status, cursor) = (wanted.status.map(DeliveryStatus::as_str), gathering.cursor.as_deref());
            let Look { items, end } = self.look(BY_OFFICE, &partition, None, cursor, status, limit).await?;
            let found: Vec<(String, DeliveryRecord)> =
                items.into_iter().map(|item| Ok((at_of(&item)?, items::record(item)?))).collect::<Result<_, StoreError>>()?;
            let candidates = found.iter().filter(|(_, delivery)| wanted.fits(delivery));
            let mut rows = self.rows(candidates.map(|(_, delivery)| items::transmission_key(&delivery.id)).collect()).await?;
            let mut delivered = |delivery: DeliveryRecord| {
                let transmission = rows.remove(&delivery.id)?;
                wanted.fits_files(&delivery, &transmission).then_some(Delivered { delivery, transmission })
            };
            gathering.take(found.into_iter().map(|(place, delivery)| (place, delivered(delivery))), end);
        }
        Ok(gathering.listing())
    }

    async fn received(&self, office: &OfficeNumber, id: &TransmissionId) -> Result<Option<Delivered>, StoreError> {
        let keys = vec![items::delivery_key(id, office), items::transmission_key(id)];
        let (mut delivery, mut row) = (None, None);
        for item in self.read_items(keys).await? {
            match item.get("sk").and_then(|sk| sk.as_s().ok()) {
                Some(sk) if sk.starts_with(DELIVERY) => delivery = Some(items::record(item)?),
                _ => row = Some(items::row(item)?),
            }
        }
        let both = delivery.zip(row);
        Ok(both.map(|(delivery, transmission)| Delivered { delivery, transmission }))
    }
}

impl DynamoLedger {
    /// The transmissions with what became of them at their recipients.
    async fn with_deliveries(&self, rows: Vec<TransmissionRecord>) -> Result<Vec<Entry>, StoreError> {
        let ended = rows.iter().filter(|row| matches!(row.status, TransmissionStatus::Delivered | TransmissionStatus::Cancelled));
        let keys = ended.flat_map(|row| row.addresses.iter().map(|address| items::delivery_key(&row.id, &address.office)));
        let mut deliveries: HashMap<TransmissionId, Vec<DeliveryRecord>> = HashMap::new();
        for item in self.read_items(keys.collect()).await? {
            let delivery: DeliveryRecord = items::record(item)?;
            deliveries.entry(delivery.id.clone()).or_default().push(delivery);
        }
        let entry = |transmission: TransmissionRecord| {
            let mut deliveries = deliveries.remove(&transmission.id).unwrap_or_default();
            deliveries.sort_by_key(|delivery| delivery.address.office);
            Entry { transmission, deliveries }
        };
        Ok(rows.into_iter().map(entry).collect())
    }

    /// Transmissions by their keys.
    async fn rows(&self, keys: Vec<Item>) -> Result<HashMap<TransmissionId, TransmissionRecord>, StoreError> {
        let rows = self.read_items(keys).await?.into_iter().map(items::row);
        rows.map(|row| row.map(|row| (row.id.clone(), row))).collect()
    }

    /// Items of the ledger by their keys, in any order; a call for each hundred.
    pub(super) async fn read_items(&self, keys: Vec<Item>) -> Result<Vec<Item>, StoreError> {
        let mut calls = Vec::new();
        for keys in keys.chunks(KEYS) {
            calls.push(self.batch_get(OPERATION, [(&self.tables.ledger, keys.to_vec())]));
        }
        let found: Vec<HashMap<String, Vec<Item>>> = stream::iter(calls).buffered(AT_A_TIME).try_collect().await?;
        Ok(found.into_iter().flat_map(HashMap::into_values).flatten().collect())
    }
}
