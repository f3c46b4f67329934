//! One function, one promise of [`Ledger`] about what replaces what, and about how much is sent.

use exchange::{DailyQuota, KeySet, Lineage, TransmissionId};
use jiff::{SignedDuration, Timestamp};

use super::examples::{at, delivered, id, lineage, single};
use crate::{DeliveryRecord, Kin, Ledger};

const SENDER: &str = "9770000601";
const RECIPIENTS: [&str; 2] = ["9870000600-43", "9870000618"];

fn second(n: i64) -> Timestamp {
    at("2026-04-10T00:00:00.500Z") + SignedDuration::from_secs(n)
}

/// Delivers a transmission with this lineage at that second; gives its deliveries.
async fn deliver(port: &dyn Ledger, n: u64, at: i64, sender: &str, lineage: Option<Lineage>) -> Vec<DeliveryRecord> {
    let part = single(&id(sender, n), second(at - 1), &RECIPIENTS, "file");
    port.join(&part).await.unwrap();
    let (ended, deliveries) = delivered(&part.opening(), second(at));
    let deliveries: Vec<_> = deliveries.into_iter().map(|delivery| DeliveryRecord { lineage: lineage.clone(), ..delivery }).collect();
    port.commit(&ended, &deliveries).await.unwrap();
    deliveries
}

async fn kin(port: &dyn Ledger, delivery: &DeliveryRecord) -> (Option<TransmissionId>, Option<TransmissionId>) {
    let Kin { supersedes, superseded_by } = port.kin(&[delivery]).await.unwrap().remove(0);
    (supersedes.map(|relative| relative.id), superseded_by.map(|relative| relative.id))
}

pub(super) async fn what_replaces_what_is_the_newest_of_the_same_key(port: &dyn Ledger) {
    let slip = |persons: &[u8]| Some(lineage("202604", false, persons));
    let all = [
        // number, second, sender, what it holds
        (1, 1, SENDER, slip(&[1, 2])),
        (2, 2, SENDER, slip(&[2, 3])),
        // what shares no key, another month, another sender, and what has none
        (3, 3, SENDER, slip(&[9])),
        (4, 3, SENDER, Some(lineage("202605", false, &[1, 2, 3]))),
        (5, 3, "9770000619", slip(&[1, 2, 3])),
        (6, 3, SENDER, None),
        // in the same moment the id decides; a withdrawal counts
        (7, 4, SENDER, slip(&[3])),
        (8, 4, SENDER, Some(lineage("202604", true, &[3]))),
        (9, 5, SENDER, slip(&[2])),
    ];
    let mut written = Vec::new();
    for (n, at, sender, lineage) in all {
        written.push(deliver(port, n, at, sender, lineage).await);
    }
    let wanted = [
        (None, Some(9)),
        (Some(1), Some(9)),
        (None, None),
        (None, None),
        (None, None),
        (None, None),
        (Some(2), Some(8)),
        (Some(7), None),
        (Some(2), None),
    ];
    let named = |(one, other): (Option<u64>, Option<u64>)| (one.map(|n| id(SENDER, n)), other.map(|n| id(SENDER, n)));
    for (deliveries, wanted) in written.iter().zip(wanted) {
        for delivery in deliveries {
            assert_eq!(kin(port, delivery).await, named(wanted), "{}", delivery.id);
        }
    }
    // all together, in the order given
    let all: Vec<&DeliveryRecord> = written.iter().flatten().rev().collect();
    let together = port.kin(&all).await.unwrap();
    assert_eq!(together.len(), all.len());
    for (delivery, kin) in all.into_iter().zip(together) {
        assert_eq!(vec![kin], port.kin(&[delivery]).await.unwrap(), "{}", delivery.id);
    }
    // some way back in line, past others' persons
    let mut long = Vec::new();
    for n in 20..60_u8 {
        let persons: &[u8] = if [20, 22, 59].contains(&n) { &[200] } else { &[n] };
        long.push(deliver(port, n.into(), n.into(), SENDER, Some(lineage("202606", false, persons))).await);
    }
    for (place, wanted) in [(0, (None, Some(59))), (1, (None, None)), (2, (Some(20), Some(59))), (39, (Some(22), None))] {
        let delivery = long.get(place).and_then(|deliveries| deliveries.first()).unwrap();
        assert_eq!(kin(port, delivery).await, named(wanted), "{place}");
    }
    // what is taken back replaces nothing, and is replaced by nothing new
    let entry = port.transmission(&id(SENDER, 9)).await.unwrap().unwrap();
    assert!(port.cancel(&entry.transmission, second(9)).await.unwrap());
    let first = written.first().and_then(|deliveries| deliveries.first()).unwrap();
    assert_eq!(kin(port, first).await, named((None, Some(2))));
}

/// Some hundred transmissions of a thousand persons each: more than one answer of the database holds.
pub(super) async fn a_long_line_costs_no_more_than_a_short_one(port: &dyn Ledger) {
    let thousand = |first: u32| {
        let keys: Vec<u8> = (0..1_000_u32).flat_map(|n| [[0; 4], (first + n).to_be_bytes(), [0; 4]].concat()).collect();
        Some(Lineage { keys: KeySet::from_bytes(&keys), persons: 1_000, ..lineage("202607", false, &[]) })
    };
    let mut written = Vec::new();
    for n in 0..95_u32 {
        // each shares its persons with nobody, but the first two and the last two with each other
        let first = if !(2..=92).contains(&n) { 0 } else { n * 1_000 };
        written.push(deliver(port, 1_000 + u64::from(n), i64::from(n), SENDER, thousand(first)).await);
    }
    let of = |n: u64| Some(id(SENDER, 1_000 + n));
    for (place, wanted) in [(1_usize, (of(0), of(94))), (50, (None, None)), (93, (None, of(94)))] {
        let delivery = written.get(place).and_then(|deliveries| deliveries.first()).unwrap();
        let (supersedes, superseded_by) = kin(port, delivery).await;
        assert_eq!(superseded_by, wanted.1, "{place}");
        // how far it looks back from the newest is the adapter's; what it finds is right
        assert!(supersedes.is_none() || supersedes == wanted.0 || supersedes == of(1), "{place}");
        assert!(place != 1 || supersedes == of(0), "close by it is found");
    }
}

pub(super) async fn a_transmission_counts_once_and_no_more_than_the_quota_do(port: &dyn Ledger) {
    let quota = |text: &str| -> DailyQuota { text.parse().unwrap() };
    let (day, next) = ("2026-04-10".parse().unwrap(), "2026-04-11".parse().unwrap());
    for n in [1, 2, 2, 1, 3] {
        assert!(port.count(&id(SENDER, n), day, None, quota("3")).await.unwrap(), "{n}");
    }
    assert!(!port.count(&id(SENDER, 4), day, None, quota("3")).await.unwrap());
    assert!(port.count(&id(SENDER, 2), day, None, quota("3")).await.unwrap(), "what counted, counts");
    assert!(port.count(&id(SENDER, 2), day, None, quota("1")).await.unwrap());
    assert!(port.count(&id(SENDER, 4), next, None, quota("3")).await.unwrap(), "another day");
    assert!(port.count(&id("9770000619", 4), day, None, quota("3")).await.unwrap(), "another office");
    assert!(!port.count(&id(SENDER, 4), day, None, quota("3")).await.unwrap(), "what was refused was not counted");
    assert!(port.count(&id(SENDER, 4), day, None, quota("4")).await.unwrap());
    // who was counted the day before counts no second time, be the day full or not
    let count = async |n: u64, most: &str| port.count(&id(SENDER, n), next, Some(day), quota(most)).await.unwrap();
    assert!(count(1, "1").await, "counted the day before");
    assert!(!count(5, "1").await, "that of the fourth is the day's one");
    assert!(count(5, "2").await && count(5, "2").await && count(4, "1").await);
    assert!(!port.count(&id(SENDER, 1), next, None, quota("2")).await.unwrap(), "it was not counted again");
}
