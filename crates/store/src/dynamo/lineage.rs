//! What replaces what, by the index `by_lineage`: what one sender sent one recipient of a family and month, newest first.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use exchange::Lineage;
use futures::stream::{self, StreamExt, TryStreamExt};
use jiff::Timestamp;
use serde::Deserialize;

use super::items::{self, Item};
use super::{DynamoLedger, text};
use crate::StoreError;
use crate::kin::{Kin, Line, Relative};
use crate::records::DeliveryRecord;
use crate::sdk::classify;

const OPERATION: &str = "ledger.kin";

/// How many lines are read at a time.
const AT_A_TIME: usize = 8;

/// Of how many transmissions the first page of a line is: what one sender has sent again lies close by, and a line's last thousand persons weigh 12 kB each.
const CLOSE_BY: i32 = 12;

/// An item of the index.
#[derive(Deserialize)]
struct InLine {
    at: String,
    lineage: Lineage,
}

impl DynamoLedger {
    /// Of each line the newest few, which mostly tell; where they don't, one page more of it, at most 1 MB: some 80 transmissions of a thousand persons each,
    /// 4,000 of one person. Where that ends before a delivery itself, another from there on. So a call a line or two, and at most one more a delivery,
    /// however long the line is; what lies further back counts for nothing.
    pub(super) async fn find_kin(&self, deliveries: &[&DeliveryRecord]) -> Result<Vec<Kin>, StoreError> {
        let mut lines: BTreeMap<String, Vec<Own<'_>>> = BTreeMap::new();
        for (place, &delivery) in deliveries.iter().enumerate() {
            if let Some(lineage) = &delivery.lineage {
                lines.entry(items::lineage_of(delivery, lineage)).or_default().push(Own { place, delivery, lineage });
            }
        }
        let mut asked = Vec::with_capacity(lines.len());
        for (line, members) in lines {
            asked.push(self.kin_in_line(line, members));
        }
        let found: Vec<Vec<(usize, Kin)>> = stream::iter(asked).buffer_unordered(AT_A_TIME).try_collect().await?;
        let mut all = vec![Kin::default(); deliveries.len()];
        for (place, kin) in found.into_iter().flatten() {
            if let Some(of_it) = all.get_mut(place) {
                *of_it = kin;
            }
        }
        Ok(all)
    }

    async fn kin_in_line(&self, line: String, members: Vec<Own<'_>>) -> Result<Vec<(usize, Kin)>, StoreError> {
        let mut newest = page(self.line(&line), Some(CLOSE_BY)).await?;
        if !members.iter().all(|own| newest.settles(own)) {
            let rest = self.line(&line).set_exclusive_start_key(newest.rest.take());
            newest.append(page(rest, None).await?);
        }
        let mut found = Vec::with_capacity(members.len());
        for own in members {
            let mut kin = newest.kin(&own);
            if !newest.reaches(&own) {
                let at = items::moment(own.delivery.delivered_at, &own.delivery.id.to_string());
                let before = self.line(&line).key_condition_expression("lineage_of = :line AND #at < :before");
                let before = before.expression_attribute_names("#at", "at").expression_attribute_values(":before", text(at));
                kin = kin.and(page(before, None).await?.kin(&own));
            }
            found.push((own.place, kin));
        }
        Ok(found)
    }

    pub(super) async fn read_line(&self, line: &Line) -> Result<Vec<(Relative, Lineage)>, StoreError> {
        let name = items::line(&line.recipient, &line.sender, &line.family.line(line.month));
        Ok(page(self.line(&name), None).await?.found)
    }

    /// Asks for a line, newest first.
    fn line(&self, line: &str) -> QueryFluentBuilder {
        let request = self.client.query().table_name(&self.tables.ledger).index_name("by_lineage").scan_index_forward(false);
        request.key_condition_expression("lineage_of = :line").expression_attribute_values(":line", text(line))
    }
}

/// A delivery that is asked for, and its place among all.
struct Own<'a> {
    place: usize,
    delivery: &'a DeliveryRecord,
    lineage: &'a Lineage,
}

/// The part of a line that was read, newest first.
struct LinePage {
    found: Vec<(Relative, Lineage)>,
    /// Where the line goes on; none at its end.
    rest: Option<Item>,
}

/// One page of at most 1 MB, or of so many.
async fn page(request: QueryFluentBuilder, most: Option<i32>) -> Result<LinePage, StoreError> {
    let output = request.set_limit(most).send().await.map_err(|error| classify(OPERATION, error))?;
    let found = output.items.unwrap_or_default().into_iter().map(in_line).collect::<Result<_, _>>()?;
    Ok(LinePage { found, rest: output.last_evaluated_key.filter(|key| !key.is_empty()) })
}

impl LinePage {
    /// What it tells of the delivery's kin.
    fn kin(&self, own: &Own<'_>) -> Kin {
        let mut kin = Kin::default();
        for (relative, lineage) in &self.found {
            kin.meet(own.delivery, own.lineage, relative, lineage);
        }
        kin
    }

    /// True when the delivery itself is in it, or the line's end.
    fn reaches(&self, own: &Own<'_>) -> bool {
        self.rest.is_none() || self.found.last().is_some_and(|(oldest, _)| *oldest <= own.delivery.relative())
    }

    /// True when more of the line would tell nothing new of it.
    fn settles(&self, own: &Own<'_>) -> bool {
        self.rest.is_none() || self.kin(own).supersedes.is_some()
    }

    fn append(&mut self, next: LinePage) {
        self.found.extend(next.found);
        self.rest = next.rest;
    }
}

fn in_line(item: Item) -> Result<(Relative, Lineage), StoreError> {
    let InLine { at, lineage } = items::record(item)?;
    let place = at.split_once('#').and_then(|(time, id)| Some(Relative::new(time.parse::<Timestamp>().ok()?, id.parse().ok()?)));
    Ok((place.ok_or_else(|| StoreError::unreadable(OPERATION, "a moment that is none"))?, lineage))
}
