//! Licences whose end an office is to be reminded of: their bills, in the index `by_due`.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use standard::OfficeNumber;

use super::conditions::update_refused;
use super::due::Due;
use super::items::{self, DUE_SHARDS, Item};
use super::partners::bills_of;
use super::{DynamoLedger, text};
use crate::StoreError;
use crate::directory::Bill;
use crate::ledger::{Listing, Page};
use crate::licence_end::LicenceEnd;
use crate::sdk::classify;

impl DynamoLedger {
    pub(super) async fn list_due_licences(&self, page: Page) -> Result<Listing<LicenceEnd>, StoreError> {
        let Listing { items, next_cursor } = self.page_of_due(page, shard).await?;
        let ends: Option<Vec<LicenceEnd>> = items.iter().map(end).collect();
        let items = ends.ok_or_else(|| StoreError::unreadable("ledger.due_licences", "a key that is no bill's"))?;
        Ok(Listing { items, next_cursor })
    }

    pub(super) async fn change_licence_due(&self, end: &LicenceEnd, due_at: Option<Timestamp>) -> Result<(), StoreError> {
        let (_, seen) = licence_due(&end.office, end.due_at);
        let LicenceEnd { office, kind, campaign, first, last, .. } = end;
        let sort = Bill::key_of(office, *first, *last, *kind, campaign.as_deref());
        let key = Item::from([("pk".to_owned(), text(bills_of(*first))), ("sk".to_owned(), text(sort))]);
        let request = self.update(key).condition_expression("due = :seen").expression_attribute_values(":seen", AttributeValue::S(seen));
        let request = match due_at {
            Some(due_at) => {
                let (_, due) = licence_due(office, due_at);
                request.update_expression("SET due = :due").expression_attribute_values(":due", text(due))
            }
            None => request.update_expression("REMOVE due_shard, due"),
        };
        match request.send().await {
            Ok(_) => Ok(()),
            // it has moved on
            Err(error) if update_refused(&error).is_some() => Ok(()),
            Err(error) => Err(classify("ledger.set_licence_due", error)),
        }
    }
}

/// Where a licence whose end is told then stands in the index `by_due`: partition and sort key.
pub(super) fn licence_due(office: &OfficeNumber, due_at: Timestamp) -> (String, String) {
    (shard(items::spread_office(office) % DUE_SHARDS), items::moment(due_at, office.as_str()))
}

/// Partition of the index `by_due` that holds licences.
fn shard(shard: u8) -> String {
    format!("licence#{shard}")
}

/// As [`Bill::key`] and [`licence_due`] have it.
fn end(due: &Due) -> Option<LicenceEnd> {
    let mut parts = due.sk.splitn(5, '#');
    let (office, first, last, kind) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let due_at = due.due.split('#').next()?.parse().ok()?;
    Some(LicenceEnd {
        office: office.parse().ok()?,
        first: first.parse().ok()?,
        last: last.parse().ok()?,
        kind: kind.parse().ok()?,
        campaign: parts.next().map(str::to_owned),
        due_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licences_are_spread_evenly() {
        let mut shards = std::collections::BTreeMap::<String, u32>::new();
        for n in 0..8_000_u32 {
            let office = format!("98{:02}00{:04}", n / 1_000, n).parse().unwrap();
            *shards.entry(licence_due(&office, Timestamp::UNIX_EPOCH).0).or_default() += 1;
        }
        assert_eq!(shards.len(), usize::from(DUE_SHARDS));
        assert!(shards.values().all(|offices| (800..1_200).contains(offices)), "{shards:?}");
    }
}
