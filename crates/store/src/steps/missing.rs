//! Plans without actuals: for a month, what an office planned with each partner and got no actual services back for. From the ledger alone.

use std::collections::{BTreeMap, BTreeSet};

use exchange::{Family, MissingActuals, PersonKey, first_instant};
use futures::stream::{self, StreamExt, TryStreamExt};
use jiff::Timestamp;
use jiff::civil::Date;
use standard::{OfficeNumber, ServiceMonth};

use crate::{Filter, Ledger, Line, Listing, Page, StoreError};

/// How many partners are asked for at a time.
const AT_A_TIME: usize = 8;

/// How long before a month its slips may be sent.
const SENT_EARLY_MONTHS: i32 = 3;

/// What is missing, by partner, of one page of the transmissions that the office has sent since three months before the month, newest first. A partner's
/// figures are of the whole month, whatever page names it; one that is on several pages is the same on each.
///
/// Calls: those of a page of [`Ledger::transmissions`], and two for each partner on it. Of more than a thousand persons in one transmission those count that
/// the ledger keeps ([`exchange::KeySet`]).
///
/// # Errors
/// The ledger's.
pub async fn missing_actuals(
    ledger: &dyn Ledger,
    office: &OfficeNumber,
    month: ServiceMonth,
    page: Page,
) -> Result<Listing<MissingActuals>, StoreError> {
    let filter = Filter { sender: Some(*office), since: Some(first_sent(month)), ..Filter::default() };
    let Listing { items, next_cursor } = ledger.transmissions(&filter, page).await?;
    let planned = items.iter().flat_map(|entry| &entry.deliveries).filter(|delivery| {
        delivery.lineage.as_ref().is_some_and(|lineage| lineage.family == Family::Slip && lineage.month.is_some_and(|its| its.0 == month))
    });
    let partners: BTreeSet<OfficeNumber> = planned.map(|delivery| delivery.address.office).collect();
    let mut asked = Vec::with_capacity(partners.len());
    for partner in partners {
        asked.push(of_partner(ledger, office, partner, month));
    }
    let found: Vec<Option<MissingActuals>> = stream::iter(asked).buffered(AT_A_TIME).try_collect().await?;
    Ok(Listing { items: found.into_iter().flatten().collect(), next_cursor })
}

/// None where nothing is missing.
async fn of_partner(
    ledger: &dyn Ledger,
    office: &OfficeNumber,
    partner: OfficeNumber,
    month: ServiceMonth,
) -> Result<Option<MissingActuals>, StoreError> {
    let slips = Line { sender: *office, recipient: partner, family: Family::Slip, month: Some(month) };
    let actuals = Line { sender: partner, recipient: *office, family: Family::Actuals, month: Some(month) };
    let planned = standing(ledger, &slips).await?;
    let answered = standing(ledger, &actuals).await?;
    let missing: Vec<_> = planned.iter().filter(|(person, _)| !answered.contains_key(*person)).collect();
    if missing.is_empty() {
        return Ok(None);
    }
    let transmissions = missing.iter().map(|(_, id)| (*id).clone()).collect::<BTreeSet<_>>().into_iter().collect();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let (planned, missing) = (count(planned.len()), count(missing.len()));
    Ok(Some(MissingActuals {
        partner,
        month: exchange::MonthText(month),
        planned,
        answered: planned.saturating_sub(missing),
        transmissions,
    }))
}

/// The persons of whom the line holds records that were not withdrawn, each with the newest transmission that does.
async fn standing(ledger: &dyn Ledger, line: &Line) -> Result<BTreeMap<PersonKey, exchange::TransmissionId>, StoreError> {
    let mut standing = BTreeMap::new();
    for (relative, lineage) in ledger.line(line).await?.into_iter().rev() {
        for person in lineage.keys.persons() {
            if lineage.withdraws {
                standing.remove(&person);
            } else {
                standing.insert(person, relative.id.clone());
            }
        }
    }
    Ok(standing)
}

/// When the first slip of a month may have been sent: from the first instant of the Japanese day three months before the month.
fn first_sent(month: ServiceMonth) -> Timestamp {
    let year = i16::try_from(month.year()).unwrap_or(i16::MAX);
    let first = Date::new(year, i8::try_from(month.month()).unwrap_or(1), 1).unwrap_or(Date::MIN);
    let early = first.saturating_sub(jiff::Span::new().months(SENT_EARLY_MONTHS));
    first_instant(early).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_looked_for_from_midnight_in_japan() {
        for (month, from) in [("202604", "2025-12-31T15:00:00Z"), ("202603", "2025-11-30T15:00:00Z"), ("202605", "2026-01-31T15:00:00Z")] {
            assert_eq!(first_sent(month.parse().unwrap()).to_string(), from, "{month}");
        }
    }
}
