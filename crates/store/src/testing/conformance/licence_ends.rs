//! Licences whose end is due to be told.

use exchange::{LicenceKind, LicencePeriod, Office};
use jiff::{SignedDuration, Timestamp};
use standard::OfficeNumber;

use super::examples::{at, number};
use crate::{Bill, LicenceEnd, Notices, Page, Saved};

const OFFICES: [&str; 3] = ["9770000809", "9770000817", "9770000825"];

/// Those of these offices that are due then.
async fn due(port: &dyn Notices, now: Timestamp) -> Vec<LicenceEnd> {
    let (mut found, mut cursor) = (Vec::new(), None);
    let ours: Vec<OfficeNumber> = OFFICES.map(number).into();
    loop {
        let listing = port.due_licences(Page { limit: 2, cursor, now }).await.unwrap();
        assert!(listing.items.len() <= 2);
        found.extend(listing.items.into_iter().filter(|end| ours.contains(&end.office)));
        match listing.next_cursor {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    found.sort_by_key(|end| end.office);
    found
}

pub(super) async fn a_licence_is_due_from_its_grant_until_its_end_is_told(port: &dyn Notices) {
    let period = |first: &str, last: &str| LicencePeriod {
        kind: LicenceKind::Paid,
        campaign: None,
        first: first.parse().unwrap(),
        last: last.parse().unwrap(),
    };
    let mut ends = Vec::new();
    for (office, last) in OFFICES.into_iter().zip(["2027-03-31", "2027-03-31", "2026-04-05"]) {
        let period = period("2026-04-01", last);
        let bill = Bill::of(number(office), &period, &[]);
        assert_eq!(port.save_office(&Office::new(number(office), "a"), None).await.unwrap(), Saved::Written);
        let (mut entry, read) = port.office(&number(office)).await.unwrap().unwrap();
        entry.licences.push(period);
        assert_eq!(port.grant(&entry, read, &bill).await.unwrap(), Saved::Written);
        ends.extend(LicenceEnd::of(&bill));
    }
    // of the licence of five days nobody is told
    let [first, second] = &<[LicenceEnd; 2]>::try_from(ends.clone()).unwrap();
    let [told, again] = ["2026-12-31T00:00:00+09:00", "2027-03-01T00:00:00+09:00"].map(at);
    assert_eq!(due(port, told - SignedDuration::from_millis(1)).await, []);
    assert_eq!(due(port, told).await, ends);
    port.set_licence_due(first, Some(again)).await.unwrap();
    // what is due otherwise than was seen is left as it is
    port.set_licence_due(first, None).await.unwrap();
    assert_eq!(due(port, told).await, std::slice::from_ref(second));
    let later = LicenceEnd { due_at: again, ..first.clone() };
    assert_eq!(due(port, again).await, [later.clone(), second.clone()]);
    port.set_licence_due(&later, None).await.unwrap();
    port.set_licence_due(second, None).await.unwrap();
    assert_eq!(due(port, at("2027-04-01T00:00:00Z")).await, []);
    // the bill is as it was
    let bills = port.bills("2026-04-01".parse().unwrap(), 100, None).await.unwrap().items;
    assert_eq!(bills.iter().filter(|bill| ends.iter().any(|end| end.office == bill.office)).count(), 2);
}
