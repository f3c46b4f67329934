//! One function, one promise of [`Ledger`] about transmissions.

use exchange::{RejectionCode, TransmissionId};
use jiff::Timestamp;

use super::examples::{acknowledged, at, delivered, id, lone, number, part, rejected, single, waiting};
use crate::{DeliveryRecord, Entered, Entry, Joined, Ledger, Page, Part, TransmissionRecord};

const SENDER: &str = "9770000205";

fn stored_at() -> Timestamp {
    at("2026-04-10T00:00:00.123Z")
}

fn example(n: u64) -> Part {
    single(&id(SENDER, n), stored_at(), &["9870000204-43"], "file")
}

async fn entry(port: &dyn Ledger, id: &TransmissionId) -> Option<(TransmissionRecord, Vec<DeliveryRecord>)> {
    port.transmission(id).await.unwrap().map(|Entry { transmission, deliveries }| (transmission, deliveries))
}

pub(super) async fn every_field_of_a_transmission_comes_back(port: &dyn Ledger) {
    let attachment = |mut part: Part| {
        part.file.entry.kind = None;
        part.file.entry.size = u64::from(u32::MAX) + 1;
        part
    };
    let several = single(&id(SENDER, 3), at("2026-04-10T00:00:00Z"), &["9870000204", "9870000303-2A"], "file");
    for (n, part) in [example(1), attachment(example(2)), several].into_iter().enumerate() {
        let record = part.opening();
        assert_eq!(port.transmission(&record.id).await.unwrap(), None);
        assert_eq!(port.join(&part).await.unwrap(), Joined::Written(record.clone()));
        assert_eq!(entry(port, &record.id).await, Some((record.clone(), vec![])));
        let (ended, mut deliveries) = delivered(&record, at("2026-04-10T00:00:01.5Z"));
        if n == 2 {
            deliveries = deliveries.iter().map(|delivery| acknowledged(delivery, at("2026-04-11T00:00:00.001Z"))).collect();
        }
        assert_eq!(port.commit(&ended, &deliveries).await.unwrap(), Entered::Written);
        assert_eq!(entry(port, &record.id).await, Some((ended, deliveries)));
    }
    let refused = rejected(&example(4).opening());
    port.join(&example(4)).await.unwrap();
    assert_eq!(port.reject(&refused, 1).await.unwrap(), Entered::Written);
    assert_eq!(entry(port, &refused.id).await, Some((refused, vec![])));
}

pub(super) async fn a_name_is_held_against_all_others(port: &dyn Ledger) {
    let first = example(10);
    let row = first.opening();
    let other = single(&first.id, at("2026-04-11T00:00:00Z"), &["9870000303"], "another file");
    assert_eq!(port.join(&first).await.unwrap(), Joined::Written(row.clone()));
    for later in [&first, &other] {
        assert_eq!(port.join(later).await.unwrap(), Joined::Held(row.clone()));
    }
    let (ended, deliveries) = delivered(&row, stored_at());
    port.commit(&ended, &deliveries).await.unwrap();
    assert_eq!(port.join(&other).await.unwrap(), Joined::Held(ended.clone()));
    assert_eq!(entry(port, &first.id).await, Some((ended, deliveries)));
}

/// The adapter's condition and the pure rule say the same of every part.
pub(super) async fn a_part_joins_the_row_that_waits_for_it(port: &dyn Ledger) {
    let named = |name: &str, body: &str| part(&id(SENDER, 11), stored_at(), &["9870000204-43"], (3, name), body);
    let first = named("a.pdf", "a");
    let mut row = first.opening();
    assert_eq!(port.join(&first).await.unwrap(), Joined::Written(row.clone()));
    let other = |change: &dyn Fn(&mut Part)| {
        let mut part = named("b.pdf", "b");
        change(&mut part);
        part
    };
    let later = [
        other(&|part| part.addresses.push("9870000303-2A".parse().unwrap())),
        other(&|part| part.addresses = vec!["9870000204".parse().unwrap()]),
        other(&|part| part.parts = 4),
        other(&|part| part.set = Some(exchange::Sha256Digest::of(b"another set"))),
        other(&|part| part.set = None),
        named("a.pdf", "another a"),
        other(&|part| part.file.stored_at = at("2026-04-09T23:00:00Z")),
        named("b.pdf", "another b"),
        named("A.PDF", "a"),
        named("d.pdf", "one too many"),
        named("b.pdf", "b"),
    ];
    for part in later {
        let joins = row.join(&part);
        let expected = if joins { Joined::Written(row.clone()) } else { Joined::Held(row.clone()) };
        assert_eq!(port.join(&part).await.unwrap(), expected, "{part:?}");
    }
    assert!(row.is_complete());
    assert_eq!(entry(port, &row.id).await, Some((row, vec![])));
}

pub(super) async fn a_commit_needs_a_row(port: &dyn Ledger) {
    let (ended, deliveries) = delivered(&example(20).opening(), stored_at());
    let refusal = port.commit(&ended, &deliveries).await.unwrap_err();
    assert!(!refusal.is_passing(), "{refusal}");
    assert_eq!(port.transmission(&ended.id).await.unwrap(), None);
    assert!(listed(port, "9870000204", &ended.id).await.is_empty(), "nothing of it was written");
}

pub(super) async fn a_commit_is_made_once_with_its_deliveries(port: &dyn Ledger) {
    let part = single(&id(SENDER, 30), stored_at(), &["9870000204", "9870000303", "9870000402"], "file");
    let record = part.opening();
    port.join(&part).await.unwrap();
    let (ended, deliveries) = delivered(&record, at("2026-04-10T00:00:02Z"));
    assert_eq!(port.commit(&ended, &deliveries).await.unwrap(), Entered::Written);
    let (later, others) = delivered(&record, at("2026-04-10T00:00:03Z"));
    assert_eq!(port.commit(&later, &others).await.unwrap(), Entered::Held(ended.clone()));
    assert_eq!(entry(port, &record.id).await, Some((ended, deliveries)));
    for recipient in ["9870000204", "9870000303", "9870000402"] {
        assert_eq!(listed(port, recipient, &record.id).await.len(), 1, "{recipient}");
    }
}

/// 20 files to 50 offices, every text as long as it can be.
pub(super) async fn the_largest_transmission_is_committed(port: &dyn Ledger) {
    let offices: Vec<String> = (0..50).map(|n| format!("98700{n:02}009-43")).collect();
    let offices: Vec<&str> = offices.iter().map(String::as_str).collect();
    let mut row: Option<TransmissionRecord> = None;
    for n in 0..20 {
        let mut part = part(&id(SENDER, 31), stored_at(), &offices, (20, &format!("{}{n:02}.pdf", "計".repeat(114))), &n.to_string());
        part.file.key = format!("outbox/{SENDER}/{}{n:02}", "計".repeat(330));
        part.file.version = format!("{n:01024}");
        let Joined::Written(joined) = port.join(&part).await.unwrap() else { unreachable!("it joins") };
        row = Some(joined);
    }
    let row = row.unwrap();
    assert!(row.is_complete());
    let (ended, deliveries) = delivered(&row, at("2026-04-10T00:00:02Z"));
    assert_eq!(port.commit(&ended, &deliveries).await.unwrap(), Entered::Written);
    let found = entry(port, &row.id).await.unwrap();
    assert_eq!((&found.0, found.1.len()), (&ended, 50));
    assert!(ended.addresses.iter().all(|address| found.0.delivered_to(address).len() == 20));
}

pub(super) async fn a_rejected_transmission_is_never_delivered(port: &dyn Ledger) {
    let record = example(40).opening();
    port.join(&example(40)).await.unwrap();
    let refused = rejected(&record);
    assert_eq!(port.reject(&refused, 1).await.unwrap(), Entered::Written, "over its own row that waits");
    let (ended, deliveries) = delivered(&record, stored_at());
    assert_eq!(port.commit(&ended, &deliveries).await.unwrap(), Entered::Held(refused.clone()));
    assert_eq!(port.reject(&refused, 1).await.unwrap(), Entered::Held(refused.clone()));
    assert_eq!(port.join(&example(40)).await.unwrap(), Joined::Held(refused.clone()));
    assert_eq!(entry(port, &record.id).await, Some((refused, vec![])));
    assert!(listed(port, "9870000204", &record.id).await.is_empty());
}

pub(super) async fn an_end_is_of_the_files_that_were_seen(port: &dyn Ledger) {
    let named = |name: &str| part(&id(SENDER, 60), stored_at(), &["9870000204-43"], (3, name), name);
    let (first, second) = (named("a.pdf"), named("b.pdf"));
    let mut row = first.opening();
    let early = rejected(&row);
    port.join(&first).await.unwrap();
    row.join(&second);
    port.join(&second).await.unwrap();
    assert_eq!(port.reject(&early, 1).await.unwrap(), Entered::Held(row.clone()), "a part came that it doesn't know");
    let (ended, deliveries) = delivered(&first.opening(), stored_at());
    assert_eq!(port.commit(&ended, &deliveries).await.unwrap(), Entered::Held(row.clone()));
    assert_eq!(entry(port, &row.id).await, Some((row.clone(), vec![])));
    // what is rejected may hold a part more: the one that disagrees
    let refused = rejected(&row.with(&named("c.pdf")));
    assert_eq!(port.reject(&refused, 2).await.unwrap(), Entered::Written);
    assert_eq!(entry(port, &row.id).await, Some((refused, vec![])));
}

pub(super) async fn an_ended_transmission_is_not_rejected(port: &dyn Ledger) {
    let record = example(70).opening();
    port.join(&example(70)).await.unwrap();
    let (ended, deliveries) = delivered(&record, stored_at());
    port.commit(&ended, &deliveries).await.unwrap();
    assert_eq!(port.reject(&rejected(&record), 1).await.unwrap(), Entered::Held(ended.clone()));
    assert_eq!(entry(port, &record.id).await, Some((ended, deliveries)));
    let nothing = rejected(&waiting(&id(SENDER, 71), stored_at(), &["9870000204-43"], "file"));
    assert!(port.reject(&nothing, 1).await.is_err() || port.transmission(&nothing.id).await.unwrap().is_none());
}

pub(super) async fn an_object_is_rejected_alone_once(port: &dyn Ledger) {
    let first = lone("9770000213", 1, stored_at(), RejectionCode::ManifestMissing);
    let again = lone("9770000213", 1, at("2026-04-11T00:00:00Z"), RejectionCode::KeyUnknown);
    for rejection in [&first, &first, &again] {
        port.reject_alone(rejection).await.unwrap();
    }
    let page = Page { limit: 10, cursor: None, now: stored_at() };
    assert_eq!(port.lone_rejections(&number("9770000213"), page).await.unwrap().items, [first]);
}

async fn listed(port: &dyn Ledger, recipient: &str, id: &TransmissionId) -> Vec<Entry> {
    let filter = crate::Filter { recipient: Some(number(recipient)), ..Default::default() };
    let page = Page { limit: 100, cursor: None, now: stored_at() };
    let mut found = port.transmissions(&filter, page).await.unwrap().items;
    found.retain(|entry| entry.transmission.id == *id);
    found
}
