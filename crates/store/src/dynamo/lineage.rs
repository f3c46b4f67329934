//! What replaces what, by the index `by_lineage`: what one sender sent one recipient of a family and month, newest first.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
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

/// An item of the index.
#[derive(Deserialize)]
struct InLine {
    at: String,
    lineage: Lineage,
}

impl DynamoLedger {
    /// One page of each line from its newest on, at most 1 MB: some 80 transmissions of a thousand persons each, 4,000 of one person. Where it ends before
    /// a delivery itself, another from there on. So a call a line, and at most one more a delivery, however long the line is; what lies further back
    /// counts for nothing.
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
        let newest = self.line_page(&line, None).await?;
        let mut found = Vec::with_capacity(members.len());
        for own in members {
            let mut kin = Kin::default();
            if !newest.meets(&own, &mut kin) {
                let at = items::moment(own.delivery.delivered_at, &own.delivery.id.to_string());
                self.line_page(&line, Some(at)).await?.meets(&own, &mut kin);
            }
            found.push((own.place, kin));
        }
        Ok(found)
    }

    pub(super) async fn read_line(&self, line: &Line) -> Result<Vec<(Relative, Lineage)>, StoreError> {
        let name = items::line(&line.recipient, &line.sender, &line.family.line(line.month));
        Ok(self.line_page(&name, None).await?.found)
    }

    /// One page of a line, newest first, from its newest or from before a moment on.
    async fn line_page(&self, line: &str, before: Option<String>) -> Result<LinePage, StoreError> {
        let request = self.client.query().table_name(&self.tables.ledger).index_name("by_lineage").scan_index_forward(false);
        let request = match before {
            Some(before) => request
                .key_condition_expression("lineage_of = :line AND #at < :before")
                .expression_attribute_names("#at", "at")
                .expression_attribute_values(":before", text(before)),
            None => request.key_condition_expression("lineage_of = :line"),
        };
        let answer = request.expression_attribute_values(":line", AttributeValue::S(line.to_owned())).send().await;
        let output = answer.map_err(|error| classify(OPERATION, error))?;
        let is_last = output.last_evaluated_key.is_none_or(|key| key.is_empty());
        let found = output.items.unwrap_or_default().into_iter().map(in_line).collect::<Result<_, _>>()?;
        Ok(LinePage { found, is_last })
    }
}

/// A delivery that is asked for, and its place among all.
struct Own<'a> {
    place: usize,
    delivery: &'a DeliveryRecord,
    lineage: &'a Lineage,
}

/// What a page of a line holds.
struct LinePage {
    found: Vec<(Relative, Lineage)>,
    is_last: bool,
}

impl LinePage {
    /// True when the page reaches the delivery, or the line's end.
    fn meets(&self, own: &Own<'_>, kin: &mut Kin) -> bool {
        let mut reached = self.is_last;
        for (relative, lineage) in &self.found {
            reached |= *relative <= own.delivery.relative();
            kin.meet(own.delivery, own.lineage, relative, lineage);
        }
        reached
    }
}

fn in_line(item: Item) -> Result<(Relative, Lineage), StoreError> {
    let InLine { at, lineage } = items::record(item)?;
    let place = at.split_once('#').and_then(|(time, id)| Some(Relative::new(time.parse::<Timestamp>().ok()?, id.parse().ok()?)));
    Ok((place.ok_or_else(|| StoreError::unreadable(OPERATION, "a moment that is none"))?, lineage))
}
