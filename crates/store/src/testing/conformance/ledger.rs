//! One function, one promise of [`Ledger`] about transmissions.

use exchange::{RejectionCode, TransmissionId};
use jiff::Timestamp;

use super::examples::{acknowledged, at, delivered, id, lone, number, rejected, waiting};
use crate::{DeliveryRecord, Entered, Entry, Ledger, Page, TransmissionRecord};

const SENDER: &str = "9770000205";

fn stored_at() -> Timestamp {
    at("2026-04-10T00:00:00.123Z")
}

fn example(n: u64) -> TransmissionRecord {
    waiting(&id(SENDER, n), stored_at(), &["9870000204-43"], "file")
}

async fn entry(port: &dyn Ledger, id: &TransmissionId) -> Option<(TransmissionRecord, Vec<DeliveryRecord>)> {
    port.transmission(id).await.unwrap().map(|Entry { transmission, deliveries }| (transmission, deliveries))
}

pub(super) async fn every_field_of_a_transmission_comes_back(port: &dyn Ledger) {
    let attachment = |record: TransmissionRecord| {
        let mut record = record;
        record.files.values_mut().for_each(|file| {
            file.entry.kind = None;
            file.entry.size = u64::from(u32::MAX) + 1;
        });
        record
    };
    for (n, record) in
        [example(1), attachment(example(2)), waiting(&id(SENDER, 3), at("2026-04-10T00:00:00Z"), &["9870000204", "9870000303-2A"], "file")]
            .into_iter()
            .enumerate()
    {
        assert_eq!(port.transmission(&record.id).await.unwrap(), None);
        assert_eq!(port.claim(&record).await.unwrap(), Entered::Written);
        assert_eq!(entry(port, &record.id).await, Some((record.clone(), vec![])));
        let (ended, mut deliveries) = delivered(&record, at("2026-04-10T00:00:01.5Z"));
        if n == 2 {
            deliveries = deliveries.iter().map(|delivery| acknowledged(delivery, at("2026-04-11T00:00:00.001Z"))).collect();
        }
        assert_eq!(port.commit(&ended, &deliveries).await.unwrap(), Entered::Written);
        assert_eq!(entry(port, &record.id).await, Some((ended, deliveries)));
    }
    let refused = rejected(&example(4));
    assert_eq!(port.reject(&refused).await.unwrap(), Entered::Written);
    assert_eq!(entry(port, &refused.id).await, Some((refused, vec![])));
}

pub(super) async fn a_claim_is_held_against_all_others(port: &dyn Ledger) {
    let first = example(10);
    let other = waiting(&first.id, at("2026-04-11T00:00:00Z"), &["9870000303"], "another file");
    assert_eq!(port.claim(&first).await.unwrap(), Entered::Written);
    for later in [&first, &other] {
        assert_eq!(port.claim(later).await.unwrap(), Entered::Held(first.clone()));
    }
    let (ended, deliveries) = delivered(&first, stored_at());
    port.commit(&ended, &deliveries).await.unwrap();
    assert_eq!(port.claim(&other).await.unwrap(), Entered::Held(ended.clone()));
    assert_eq!(entry(port, &first.id).await, Some((ended, deliveries)));
}

pub(super) async fn a_commit_needs_a_claim(port: &dyn Ledger) {
    let (ended, deliveries) = delivered(&example(20), stored_at());
    let refusal = port.commit(&ended, &deliveries).await.unwrap_err();
    assert!(!refusal.is_passing(), "{refusal}");
    assert_eq!(port.transmission(&ended.id).await.unwrap(), None);
    assert!(listed(port, "9870000204", &ended.id).await.is_empty(), "nothing of it was written");
}

pub(super) async fn a_commit_is_made_once_with_its_deliveries(port: &dyn Ledger) {
    let record = waiting(&id(SENDER, 30), stored_at(), &["9870000204", "9870000303", "9870000402"], "file");
    port.claim(&record).await.unwrap();
    let (ended, deliveries) = delivered(&record, at("2026-04-10T00:00:02Z"));
    assert_eq!(port.commit(&ended, &deliveries).await.unwrap(), Entered::Written);
    let (later, others) = delivered(&record, at("2026-04-10T00:00:03Z"));
    assert_eq!(port.commit(&later, &others).await.unwrap(), Entered::Held(ended.clone()));
    assert_eq!(entry(port, &record.id).await, Some((ended, deliveries)));
    for recipient in ["9870000204", "9870000303", "9870000402"] {
        assert_eq!(listed(port, recipient, &record.id).await.len(), 1, "{recipient}");
    }
}

pub(super) async fn a_rejected_transmission_is_never_delivered(port: &dyn Ledger) {
    let record = example(40);
    port.claim(&record).await.unwrap();
    let refused = rejected(&record);
    assert_eq!(port.reject(&refused).await.unwrap(), Entered::Written, "over its own row that waits");
    let (ended, deliveries) = delivered(&record, stored_at());
    assert_eq!(port.commit(&ended, &deliveries).await.unwrap(), Entered::Held(refused.clone()));
    assert_eq!(entry(port, &record.id).await, Some((refused, vec![])));
    assert!(listed(port, "9870000204", &record.id).await.is_empty());
}

pub(super) async fn a_transmission_without_a_row_is_rejected(port: &dyn Ledger) {
    let refused = rejected(&example(50));
    assert_eq!(port.reject(&refused).await.unwrap(), Entered::Written);
    assert_eq!(port.claim(&example(50)).await.unwrap(), Entered::Held(refused.clone()));
    assert_eq!(port.reject(&refused).await.unwrap(), Entered::Held(refused));
}

pub(super) async fn a_rejection_leaves_what_waits_for_another_file(port: &dyn Ledger) {
    let record = example(60);
    port.claim(&record).await.unwrap();
    let other_bytes = waiting(&record.id, stored_at(), &["9870000204-43"], "another file");
    let mut other_version = record.clone();
    other_version.files.values_mut().for_each(|file| "stored again".clone_into(&mut file.version));
    let mut other_name = record.clone();
    other_name.files = record.files.values().map(|file| ("0123456789abcdef0123456789abcdef".to_owned(), file.clone())).collect();
    for other in [other_bytes, other_version, other_name] {
        assert_eq!(port.reject(&rejected(&other)).await.unwrap(), Entered::Held(record.clone()));
    }
    assert_eq!(entry(port, &record.id).await, Some((record, vec![])));
}

pub(super) async fn an_ended_transmission_is_not_rejected(port: &dyn Ledger) {
    let record = example(70);
    port.claim(&record).await.unwrap();
    let (ended, deliveries) = delivered(&record, stored_at());
    port.commit(&ended, &deliveries).await.unwrap();
    assert_eq!(port.reject(&rejected(&record)).await.unwrap(), Entered::Held(ended.clone()));
    assert_eq!(entry(port, &record.id).await, Some((ended, deliveries)));
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
