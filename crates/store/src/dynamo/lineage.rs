//! What replaces what, by the index `by_lineage`: what one sender sent one recipient of a family and month, newest first.

use aws_sdk_dynamodb::types::AttributeValue;
use exchange::Lineage;
use jiff::Timestamp;
use serde::Deserialize;

use super::items::{self, Item};
use super::{DynamoLedger, text};
use crate::StoreError;
use crate::kin::{Kin, Line, Relative};
use crate::records::DeliveryRecord;
use crate::sdk::classify;

const OPERATION: &str = "ledger.kin";

/// An item of the index.
#[derive(Deserialize)]
struct InLine {
    at: String,
    lineage: Lineage,
}

impl DynamoLedger {
    /// One page of the line from its newest on, at most 1 MB: some 80 transmissions of a thousand persons each, 4,000 of one person. Where it ends before
    /// the delivery itself, another from there on. So one call, at most two, however long the line is; what lies further back counts for nothing.
    pub(super) async fn find_kin(&self, delivery: &DeliveryRecord) -> Result<Kin, StoreError> {
        let Some(own) = &delivery.lineage else { return Ok(Kin::default()) };
        let line = items::lineage_of(delivery, own);
        let mut kin = Kin::default();
        let reached = self.meet_page(&line, None, delivery, own, &mut kin).await?;
        if !reached {
            let at = items::moment(delivery.delivered_at, &delivery.id.to_string());
            self.meet_page(&line, Some(at), delivery, own, &mut kin).await?;
        }
        Ok(kin)
    }

    pub(super) async fn read_line(&self, line: &Line) -> Result<Vec<(Relative, Lineage)>, StoreError> {
        let name = items::line(&line.recipient, &line.sender, &line.family.line(line.month));
        Ok(self.line_page(&name, None).await?.found)
    }

    /// True when the page reached the delivery, or the line's end.
    async fn meet_page(
        &self,
        line: &str,
        before: Option<String>,
        delivery: &DeliveryRecord,
        own: &Lineage,
        kin: &mut Kin,
    ) -> Result<bool, StoreError> {
        let page = self.line_page(line, before).await?;
        let mut reached = page.is_last;
        for (relative, lineage) in page.found {
            reached |= relative <= delivery.relative();
            kin.meet(delivery, own, relative, &lineage);
        }
        Ok(reached)
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

/// What a page of a line holds.
struct LinePage {
    found: Vec<(Relative, Lineage)>,
    is_last: bool,
}

fn in_line(item: Item) -> Result<(Relative, Lineage), StoreError> {
    let InLine { at, lineage } = items::record(item)?;
    let place = at.split_once('#').and_then(|(time, id)| Some(Relative::new(time.parse::<Timestamp>().ok()?, id.parse().ok()?)));
    Ok((place.ok_or_else(|| StoreError::unreadable(OPERATION, "a moment that is none"))?, lineage))
}
