//! Pages of the ledger, newest first, by query only.

use aws_sdk_dynamodb::types::AttributeValue;
use exchange::TransmissionId;
use futures::stream::{self, StreamExt, TryStreamExt};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use standard::OfficeNumber;

use super::items::{self, DELIVERY, Found, Item, MONTH_SHARDS, Role};
use super::{DynamoLedger, text};
use crate::StoreError;
use crate::ledger::{Entry, Filter, Listing, Page};
use crate::records::LoneRejection;
use crate::sdk::classify;

const OPERATION: &str = "ledger.list";

/// How far back a listing of all offices goes: as long as the ledger is kept, and a month.
const MONTHS_KEPT: usize = 61;

/// How many transmissions are read at a time.
const AT_A_TIME: usize = 8;

impl DynamoLedger {
    pub(super) async fn entry(&self, id: &TransmissionId) -> Result<Option<Entry>, StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.tables.ledger)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(items::partition(id)))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        let (mut transmission, mut deliveries) = (None, Vec::new());
        while let Some(item) = pages.next().await {
            let item: Item = item.map_err(|error| classify("ledger.transmission", error))?;
            match item.get("sk").and_then(|sk| sk.as_s().ok()) {
                Some(sk) if sk.starts_with(DELIVERY) => deliveries.push(items::record(item)?),
                _ => transmission = Some(items::row(item)?),
            }
        }
        Ok(transmission.map(|transmission| Entry { transmission, deliveries }))
    }

    pub(super) async fn list_transmissions(&self, filter: &Filter, page: Page) -> Result<Listing<Entry>, StoreError> {
        let mut kept: Vec<(String, Entry)> = Vec::new();
        let mut cursor = page.cursor.clone();
        // a filter may leave little of what the index gives: read on until the page is full or the index ends
        loop {
            let found = match (&filter.sender, &filter.recipient) {
                (_, Some(recipient)) => self.by_office(Role::Recipient, recipient, filter, page.limit, cursor.as_deref()).await?,
                (Some(sender), None) => self.by_office(Role::Sender, sender, filter, page.limit, cursor.as_deref()).await?,
                (None, None) => self.by_month(filter, &page, cursor.as_deref()).await?,
            };
            let last = found.len() < page.limit;
            cursor = found.last().map(|found| found.at.clone()).or(cursor);
            let entries: Vec<(String, Option<Entry>)> = stream::iter(found)
                .map(|found| async move { Ok::<_, StoreError>((found.at.clone(), self.entry(&found.transmission()?).await?)) })
                .buffered(AT_A_TIME)
                .try_collect()
                .await?;
            kept.extend(entries.into_iter().filter_map(|(at, entry)| entry.filter(|entry| wanted(entry, filter)).map(|entry| (at, entry))));
            if kept.len() > page.limit {
                kept.truncate(page.limit);
                break;
            }
            if last {
                return Ok(Listing { items: kept.into_iter().map(|(_, entry)| entry).collect(), next_cursor: None });
            }
            if kept.len() == page.limit {
                break;
            }
        }
        let next_cursor = kept.last().map(|(at, _)| at.clone());
        Ok(Listing { items: kept.into_iter().map(|(_, entry)| entry).collect(), next_cursor })
    }

    pub(super) async fn list_lone_rejections(&self, office: &OfficeNumber, page: Page) -> Result<Listing<LoneRejection>, StoreError> {
        let found = self.query("by_office", "office_role", Role::Rejected.of(office), None, page.cursor.as_deref(), page.limit).await?;
        let next_cursor = if found.len() < page.limit { None } else { found.last().map(at_of).transpose()? };
        Ok(Listing { items: found.into_iter().map(items::record).collect::<Result<_, _>>()?, next_cursor })
    }

    async fn by_office(
        &self,
        role: Role,
        office: &OfficeNumber,
        filter: &Filter,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Vec<Found>, StoreError> {
        let since = filter.since.map(items::sortable);
        let found = self.query("by_office", "office_role", role.of(office), since.as_deref(), cursor, limit).await?;
        found.into_iter().map(items::record).collect()
    }

    async fn by_month(&self, filter: &Filter, page: &Page, cursor: Option<&str>) -> Result<Vec<Found>, StoreError> {
        let since = filter.since.map(items::sortable);
        let newest = match cursor.and_then(|at| at.get(..10)).and_then(|day| day.parse::<Date>().ok()) {
            Some(day) => day,
            // an upload may be stored a moment after the clock was read
            None => page.now.to_zoned(TimeZone::UTC).date().saturating_add(1.day()),
        };
        let mut found: Vec<Found> = Vec::new();
        let mut month = newest.first_of_month();
        for _ in 0..MONTHS_KEPT {
            let name = month.strftime("%Y-%m").to_string();
            if since.as_deref().and_then(|since| since.get(..7)).is_some_and(|first| name.as_str() < first) {
                break;
            }
            let shards = (0..MONTH_SHARDS).map(|shard| {
                let (partition, since) = (items::month_shard(&name, shard), since.as_deref());
                async move { self.query("by_month", "month_shard", partition, since, cursor, page.limit).await }
            });
            let rows: Vec<Vec<Item>> = stream::iter(shards).buffer_unordered(AT_A_TIME).try_collect().await?;
            let mut rows: Vec<Found> = rows.into_iter().flatten().map(items::record).collect::<Result<_, _>>()?;
            rows.sort_unstable_by(|a, b| b.at.cmp(&a.at));
            found.append(&mut rows);
            if found.len() >= page.limit {
                break;
            }
            month = month.saturating_sub(1.month());
        }
        found.truncate(page.limit);
        Ok(found)
    }

    /// The newest items of a partition of an index, so many; from the moment before the cursor's back to `since`.
    pub(super) async fn query(
        &self,
        index: &str,
        name: &str,
        partition: String,
        since: Option<&str>,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Item>, StoreError> {
        let (mut found, mut cursor) = (Vec::new(), cursor.map(str::to_owned));
        loop {
            let free = limit.saturating_sub(found.len());
            let Look { items, end } = self.look((index, name), &partition, since, cursor.as_deref(), None, free).await?;
            found.extend(items);
            if end.is_none() || found.len() >= limit {
                return Ok(found);
            }
            cursor = end;
        }
    }

    /// One call of the same: the service may stop before there are so many. Where a status is given, what stands elsewhere is looked at and left out.
    pub(super) async fn look(
        &self,
        (index, name): (&str, &str),
        partition: &str,
        since: Option<&str>,
        cursor: Option<&str>,
        status: Option<&str>,
        limit: usize,
    ) -> Result<Look, StoreError> {
        // `~` sorts after every character of a moment, and the cursor's own entry was given already: "before" is all up to just under it
        let (since, before) = (since.unwrap_or("0"), cursor.map_or_else(|| "~".to_owned(), just_under));
        if before.as_str() < since {
            return Ok(Look { items: Vec::new(), end: None });
        }
        let request = self
            .client
            .query()
            .table_name(&self.tables.ledger)
            .index_name(index)
            .key_condition_expression("#partition = :partition AND #at BETWEEN :since AND :before")
            .expression_attribute_names("#partition", name)
            .expression_attribute_names("#at", "at")
            .expression_attribute_values(":partition", text(partition))
            .expression_attribute_values(":since", text(since))
            .expression_attribute_values(":before", text(before))
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX));
        let request = match status {
            Some(status) => request
                .filter_expression("#status = :status")
                .expression_attribute_names("#status", "status")
                .expression_attribute_values(":status", text(status)),
            None => request,
        };
        let output = request.send().await.map_err(|error| classify(OPERATION, error))?;
        let end = output.last_evaluated_key.filter(|key| !key.is_empty()).map(|key| at_of(&key)).transpose()?;
        Ok(Look { items: output.items.unwrap_or_default(), end })
    }
}

/// One look into an index, newest first.
pub(super) struct Look {
    pub(super) items: Vec<Item>,
    /// Where the last one stands that was looked at; none at the partition's end.
    pub(super) end: Option<String>,
}

fn wanted(entry: &Entry, filter: &Filter) -> bool {
    filter.sender.as_ref().is_none_or(|sender| entry.transmission.id.sender() == sender)
        && filter.status.is_none_or(|status| entry.transmission.status == status)
}

/// Where an item stands in the index.
pub(super) fn at_of(item: &Item) -> Result<String, StoreError> {
    items::record::<Found>(item.clone()).map(|found| found.at)
}

/// The greatest moment that sorts before this one: moments end in a transmission's id or a digest, in ASCII.
pub(super) fn just_under(at: &str) -> String {
    let mut bytes = at.as_bytes().to_vec();
    match bytes.pop() {
        Some(last) => {
            bytes.push(last.saturating_sub(1));
            bytes.extend_from_slice(b"~");
            String::from_utf8(bytes).unwrap_or_default()
        }
        None => String::new(),
    }
}
