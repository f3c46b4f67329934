//! One function, one promise of [`Ledger`] about what recipients and senders do after the delivery, and about what is due.

use exchange::{DeliveryStatus, Outcome, TransmissionId, TransmissionStatus};
use futures::future::join;
use jiff::Timestamp;
use standard::OfficeNumber;

use super::examples::{at, delivered, id, number, part, rejected, single};
use crate::{Answer, Ledger, Marked, Page, Part, TransmissionRecord};

const SENDER: &str = "9770000510";
const RECIPIENTS: [&str; 3] = ["9870000501", "9870000519-43", "9870000527"];

fn later(minutes: i64) -> Timestamp {
    at("2026-04-10T01:00:00.123Z") + jiff::SignedDuration::from_mins(minutes)
}

async fn deliver(port: &dyn Ledger, n: u64) -> TransmissionRecord {
    let part = single(&id(SENDER, n), at("2026-04-10T00:00:00Z"), &RECIPIENTS, "file");
    port.join(&part).await.unwrap();
    let (ended, deliveries) = delivered(&part.opening(), at("2026-04-10T00:00:01Z"));
    port.commit(&ended, &deliveries).await.unwrap();
    ended
}

async fn statuses(port: &dyn Ledger, id: &TransmissionId) -> (TransmissionStatus, Vec<DeliveryStatus>) {
    let entry = port.transmission(id).await.unwrap().unwrap();
    (entry.transmission.status, entry.deliveries.iter().map(|delivery| delivery.status).collect())
}

fn recipient(n: usize) -> OfficeNumber {
    number(RECIPIENTS.get(n).and_then(|address| address.get(..10)).unwrap())
}

pub(super) async fn a_delivery_is_collected_once(port: &dyn Ledger) {
    let row = deliver(port, 1).await;
    let Marked::Written(first) = port.collect(&row.id, &recipient(1), later(0)).await.unwrap() else { unreachable!("it is collected") };
    assert_eq!((first.status, first.collected_at, first.address.office), (DeliveryStatus::Collected, Some(later(0)), recipient(1)));
    assert_eq!(port.collect(&row.id, &recipient(1), later(1)).await.unwrap(), Marked::AsItWas(first));
    assert_eq!(port.collect(&row.id, &number(SENDER), later(1)).await.unwrap(), Marked::Unknown);
    assert_eq!(port.collect(&id(SENDER, 2), &recipient(1), later(1)).await.unwrap(), Marked::Unknown);
    let others = [DeliveryStatus::Delivered, DeliveryStatus::Collected, DeliveryStatus::Delivered];
    assert_eq!(statuses(port, &row.id).await, (TransmissionStatus::Delivered, others.to_vec()));
}

pub(super) async fn a_delivery_is_answered_and_a_failed_import_mended(port: &dyn Ledger) {
    let row = deliver(port, 3).await;
    let answer = |outcome, note: &str, minutes| Answer { outcome, note: note.to_owned(), at: later(minutes) };
    let answered = async |n: usize, answer: &Answer| port.acknowledge(&row.id, &recipient(n), answer).await.unwrap();
    let failed = answer(Outcome::ImportFailed, "文字化け", 1);
    let Marked::Written(first) = answered(0, &failed).await else { unreachable!("straight from delivered") };
    assert_eq!((first.status, first.collected_at, first.acknowledged_at), (DeliveryStatus::Acknowledged, None, Some(later(1))));
    assert_eq!((first.outcome, first.note.as_str()), (Some(Outcome::ImportFailed), "文字化け"));
    assert_eq!(answered(0, &answer(Outcome::ImportFailed, "again", 2)).await, Marked::AsItWas(first));
    let Marked::Written(mended) = answered(0, &answer(Outcome::Imported, "", 3)).await else { unreachable!("it is mended") };
    assert_eq!((mended.outcome, mended.note.as_str(), mended.acknowledged_at), (Some(Outcome::Imported), "", Some(later(3))));
    assert_eq!(answered(0, &failed).await, Marked::Refused(mended.clone()), "what was imported stays imported");
    assert_eq!(port.collect(&row.id, &recipient(0), later(4)).await.unwrap(), Marked::AsItWas(mended));

    port.collect(&row.id, &recipient(2), later(5)).await.unwrap();
    let Marked::Written(last) = answered(2, &answer(Outcome::Imported, "", 6)).await else { unreachable!("from collected") };
    assert_eq!((last.collected_at, last.acknowledged_at), (Some(later(5)), Some(later(6))));
    assert_eq!(port.acknowledge(&id(SENDER, 4), &recipient(2), &failed).await.unwrap(), Marked::Unknown);
}

pub(super) async fn a_transmission_is_cancelled_whole_or_not_at_all(port: &dyn Ledger) {
    let row = deliver(port, 5).await;
    assert!(port.cancel(&row, later(0)).await.unwrap());
    let cancelled = port.look_up(&[], Some(&row.id)).await.unwrap().transmission.unwrap();
    assert_eq!(cancelled, row.clone().cancelled(later(0)));
    let all = vec![DeliveryStatus::Cancelled; 3];
    assert_eq!(statuses(port, &row.id).await, (TransmissionStatus::Cancelled, all.clone()));
    assert!(!port.cancel(&row, later(1)).await.unwrap(), "it is cancelled already");
    let refused = port.collect(&row.id, &recipient(0), later(1)).await.unwrap();
    assert!(matches!(&refused, Marked::Refused(held) if held.status == DeliveryStatus::Cancelled), "{refused:?}");
    let answer = Answer { outcome: Outcome::Imported, note: String::new(), at: later(1) };
    assert!(matches!(port.acknowledge(&row.id, &recipient(0), &answer).await.unwrap(), Marked::Refused(_)));
    assert_eq!(statuses(port, &row.id).await, (TransmissionStatus::Cancelled, all));

    for (n, taken) in [(6, 0), (7, 1), (8, 2)] {
        let row = deliver(port, n).await;
        port.collect(&row.id, &recipient(taken), later(0)).await.unwrap();
        let before = port.transmission(&row.id).await.unwrap();
        assert!(!port.cancel(&row, later(1)).await.unwrap(), "one has it");
        assert_eq!(port.transmission(&row.id).await.unwrap(), before);
    }
    let waiting = single(&id(SENDER, 9), at("2026-04-10T00:00:00Z"), &RECIPIENTS, "file");
    port.join(&waiting).await.unwrap();
    assert!(!port.cancel(&waiting.opening(), later(0)).await.unwrap());
    assert_eq!(statuses(port, &waiting.id).await, (TransmissionStatus::Waiting, vec![]));
}

pub(super) async fn a_cancellation_and_a_collection_never_both_win(port: &dyn Ledger) {
    for n in 20..36 {
        let row = deliver(port, n).await;
        let number = recipient(usize::try_from(n).unwrap() % 3);
        let (cancelled, collected) = join(port.cancel(&row, later(0)), port.collect(&row.id, &number, later(0))).await;
        let (cancelled, collected) = (matches!(cancelled, Ok(true)), matches!(collected, Ok(Marked::Written(_))));
        assert!(!(cancelled && collected));
        let (status, deliveries) = statuses(port, &row.id).await;
        assert_eq!(status == TransmissionStatus::Cancelled, cancelled);
        assert_eq!(deliveries.contains(&DeliveryStatus::Collected), collected);
        assert_eq!(deliveries.iter().all(|status| *status == DeliveryStatus::Cancelled), cancelled);
    }
}

pub(super) async fn what_is_due_is_found_and_nothing_else(port: &dyn Ledger) {
    let named = |n: u64| part(&id(SENDER, n), at("2026-04-10T00:00:00Z"), &RECIPIENTS, (2, "a.pdf"), "a");
    for n in 100..120 {
        port.join(&named(n)).await.unwrap();
    }
    let single_file = single(&id(SENDER, 120), at("2026-04-10T00:00:00Z"), &RECIPIENTS, "file");
    port.join(&single_file).await.unwrap();
    let mut ended = deliver(port, 121).await;
    let mine = async |now: &str| {
        let mut found = all_due(port, at(now)).await;
        found.retain(|found| (100..130).any(|n| *found == id(SENDER, n)));
        found.sort();
        found
    };
    let of = |numbers: &[u64]| numbers.iter().map(|n| id(SENDER, *n)).collect::<Vec<_>>();
    let all: Vec<u64> = (100..=120).collect();
    assert_eq!(mine("2026-04-10T00:59:59.999Z").await, of(&[]));
    assert_eq!(mine("2026-04-10T01:00:00Z").await, of(&all), "what waits, an hour after it was opened");
    for n in 103..120 {
        port.set_due(&named(n).opening(), Some(at("2026-04-11T00:15:00Z"))).await.unwrap();
    }
    port.set_due(&single_file.opening(), Some(at("2026-04-11T00:15:00Z"))).await.unwrap();

    // another part puts it off: the events of the rest may be as late as this one's
    let of_three = |name| part(&id(SENDER, 122), at("2026-04-10T00:00:00Z"), &RECIPIENTS, (3, name), name);
    port.join(&of_three("a.pdf")).await.unwrap();
    port.join(&Part { told_at: at("2026-04-12T02:00:00Z"), ..of_three("b.pdf") }).await.unwrap();
    let row = port.look_up(&[], Some(&id(SENDER, 122))).await.unwrap().transmission.unwrap();
    assert_eq!((row.due_at, row.files.len()), (Some(at("2026-04-12T03:00:00Z")), 2));
    assert!(!mine("2026-04-12T02:59:59Z").await.contains(&row.id));
    assert!(mine("2026-04-12T03:00:00Z").await.contains(&row.id));
    port.set_due(&row, None).await.unwrap();

    let row = named(100).opening();
    port.reject(&rejected(&row), 1).await.unwrap();
    port.set_due(&named(101).opening(), Some(at("2026-04-12T00:00:00Z"))).await.unwrap();
    port.set_due(&named(102).opening(), None).await.unwrap();
    // a row that stands otherwise than was seen is left as it is
    port.set_due(&rejected(&named(103).opening()), None).await.unwrap();
    port.cancel(&ended, at("2026-04-10T05:00:00Z")).await.unwrap();
    assert_eq!(mine("2026-04-10T01:00:00Z").await, of(&[100]), "what was rejected, an hour later");
    assert_eq!(mine("2026-04-10T06:00:00Z").await, of(&[100, 121]), "what was cancelled, an hour later");
    let left: Vec<u64> = [100].into_iter().chain(103..=121).collect();
    assert_eq!(mine("2026-04-11T00:15:00Z").await, of(&left));
    assert_eq!(mine("2026-04-12T00:00:00Z").await.len(), left.len() + 1);
    ended.status = TransmissionStatus::Cancelled;
    let seen = port.look_up(&[], Some(&ended.id)).await.unwrap().transmission.unwrap();
    assert!(port.set_due(&ended, None).await.unwrap());
    // settled by another meanwhile: it stays so
    assert!(!port.set_due(&seen, Some(at("2026-04-11T00:00:00Z"))).await.unwrap());
    assert!(!mine("2026-04-12T00:00:00Z").await.contains(&ended.id));
}

/// All pages of what is due, in pages of three.
async fn all_due(port: &dyn Ledger, now: Timestamp) -> Vec<TransmissionId> {
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let listing = port.due(Page { limit: 3, cursor, now }).await.unwrap();
        assert!(listing.items.len() <= 3);
        found.extend(listing.items);
        match listing.next_cursor {
            Some(next) => cursor = Some(next),
            None => return found,
        }
    }
}
