//! One function, one promise of [`Notices`].

use exchange::{About, DeliveryStatus, Notice, NoticeKind, Outcome, TransmissionId};
use jiff::{SignedDuration, Timestamp};
use standard::OfficeNumber;

use super::examples::{at, delivered, id, number, single};
use crate::{Answer, DeliveryRecord, Marked, Notices, Page, Revision, Saved, Sweep, VersionPlace};

const SENDER: &str = "9770000700";
const RECIPIENTS: [&str; 4] = ["9870000709-43", "9870000717", "9870000725", "9870000733"];

fn delivered_at() -> Timestamp {
    at("2026-04-10T00:00:00.250Z")
}

fn days(days: i64) -> Timestamp {
    delivered_at() + SignedDuration::from_hours(24 * days)
}

fn recipient(n: usize) -> OfficeNumber {
    number(RECIPIENTS.get(n).and_then(|address| address.get(..10)).unwrap())
}

async fn deliver(port: &dyn Notices, n: u64) -> TransmissionId {
    let part = single(&id(SENDER, n), delivered_at(), &RECIPIENTS, "file");
    port.join(&part).await.unwrap();
    let (ended, deliveries) = delivered(&part.opening(), delivered_at());
    port.commit(&ended, &deliveries).await.unwrap();
    ended.id
}

/// Whose deliveries of this transmission are due then.
async fn due(port: &dyn Notices, of: &TransmissionId, now: Timestamp) -> Vec<OfficeNumber> {
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let listing = port.due_deliveries(Page { limit: 3, cursor, now }).await.unwrap();
        assert!(listing.items.len() <= 3);
        found.extend(listing.items.into_iter().filter(|(id, _)| id == of).map(|(_, recipient)| recipient));
        match listing.next_cursor {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    found.sort_unstable();
    found
}

/// Whether the transmission itself is due, in the end.
async fn is_due(port: &dyn Notices, id: &TransmissionId) -> bool {
    let mut cursor = None;
    loop {
        let listing = port.due(Page { limit: 100, cursor, now: days(93) }).await.unwrap();
        if listing.items.contains(id) {
            return true;
        }
        match listing.next_cursor {
            Some(next) => cursor = Some(next),
            None => return false,
        }
    }
}

async fn one(port: &dyn Notices, id: &TransmissionId, n: usize) -> DeliveryRecord {
    port.delivery(id, &recipient(n)).await.unwrap().unwrap()
}

pub(super) async fn a_delivery_is_due_until_it_is_settled(port: &dyn Notices) {
    let id = deliver(port, 1).await;
    let all: Vec<OfficeNumber> = (0..RECIPIENTS.len()).map(recipient).collect();
    assert_eq!(due(port, &id, days(3) - SignedDuration::from_millis(1)).await, []);
    assert_eq!(due(port, &id, days(3)).await, all);
    // fetching changes nothing of it; from its acknowledgement on it is due until its sender is told
    port.collect(&id, &recipient(0), days(1)).await.unwrap();
    let answer = Answer { outcome: Outcome::Imported, note: String::new(), at: days(1) };
    let Marked::Written(answered) = port.acknowledge(&id, &recipient(1), &answer).await.unwrap() else { unreachable!("it is answered") };
    assert_eq!(answered.due_at, Some(days(1)));
    assert_eq!(due(port, &id, days(1) - SignedDuration::from_millis(1)).await, []);
    assert_eq!(due(port, &id, days(1)).await, [recipient(1)]);
    port.set_delivery_due(&answered, None).await.unwrap();
    let told = DeliveryRecord { due_at: None, ..answered };
    assert_eq!(port.acknowledge(&id, &recipient(1), &answer).await.unwrap(), Marked::AsItWas(told), "said again, it is not due again");
    assert_eq!(due(port, &id, days(3)).await, [recipient(0), recipient(2), recipient(3)]);
    let seen = one(port, &id, 2).await;
    port.set_delivery_due(&seen, Some(days(10))).await.unwrap();
    // what stands otherwise than was seen is left as it is
    port.set_delivery_due(&seen, None).await.unwrap();
    assert_eq!(due(port, &id, days(3)).await, [recipient(0), recipient(3)]);
    assert_eq!(due(port, &id, days(10)).await, [recipient(0), recipient(2), recipient(3)]);
    port.set_delivery_due(&one(port, &id, 2).await, None).await.unwrap();
    assert_eq!(due(port, &id, days(93)).await, [recipient(0), recipient(3)]);
    // the transmissions that are due are listed by themselves
    assert!(is_due(port, &id).await, "its documents may not be written");
    let told = port.transmission(&id).await.unwrap().unwrap().transmission;
    assert!(port.set_due(&told, None).await.unwrap());
    assert!(!is_due(port, &id).await);

    let other = deliver(port, 2).await;
    let entry = port.transmission(&other).await.unwrap().unwrap();
    assert!(port.cancel(&entry.transmission, days(1)).await.unwrap());
    assert_eq!(due(port, &other, days(93)).await, [], "what was taken back: its transmission is");
    assert!(is_due(port, &other).await);
    assert_eq!(port.delivery(&other, &number(SENDER)).await.unwrap(), None);
}

pub(super) async fn a_delivery_expires_once_and_only_forward(port: &dyn Notices) {
    let id = deliver(port, 3).await;
    port.collect(&id, &recipient(1), days(1)).await.unwrap();
    let answer = Answer { outcome: Outcome::Imported, note: String::new(), at: days(1) };
    port.acknowledge(&id, &recipient(2), &answer).await.unwrap();
    for n in [0, 1] {
        let Marked::Written(expired) = port.expire(&id, &recipient(n)).await.unwrap() else { unreachable!("it expires") };
        assert_eq!((expired.status, expired.due_at), (DeliveryStatus::Expired, Some(days(3))), "due until everybody is told");
        assert_eq!(port.expire(&id, &recipient(n)).await.unwrap(), Marked::AsItWas(expired.clone()));
        assert!(matches!(port.collect(&id, &recipient(n), days(94)).await.unwrap(), Marked::Refused(_)));
        assert!(matches!(port.acknowledge(&id, &recipient(n), &answer).await.unwrap(), Marked::Refused(_)));
        port.set_delivery_due(&expired, None).await.unwrap();
    }
    assert!(matches!(port.expire(&id, &recipient(2)).await.unwrap(), Marked::Refused(held) if held.status == DeliveryStatus::Acknowledged));
    assert_eq!(port.expire(&id, &number(SENDER)).await.unwrap(), Marked::Unknown);
    assert_eq!(due(port, &id, days(93)).await, [recipient(2), recipient(3)], "of one the sender is yet to be told");
}

pub(super) async fn notices_come_newest_first_and_once(port: &dyn Notices) {
    let notice = |n: u64, kind, minutes| Notice {
        office: recipient(3),
        kind,
        at: delivered_at() + SignedDuration::from_mins(minutes),
        about: About::Delivery { transmission: id(SENDER, n), recipient: recipient(3) },
    };
    let [first, second, third, last] = [
        notice(1, NoticeKind::NotCollected, 0),
        notice(2, NoticeKind::NotCollected, 0),
        notice(1, NoticeKind::NotCollected, 1),
        notice(1, NoticeKind::Expired, 2),
    ];
    let elsewhere = Notice { office: number(SENDER), ..notice(1, NoticeKind::Expired, 2) };
    for _ in 0..2 {
        port.notify(&[first.clone(), second.clone()]).await.unwrap();
        port.notify(std::slice::from_ref(&third)).await.unwrap();
        port.notify(&[last.clone(), elsewhere.clone()]).await.unwrap();
    }
    port.notify(&[]).await.unwrap();
    let wanted = [last, third, second, first];
    for limit in [1, 3, 4, 100] {
        let (mut found, mut cursor) = (Vec::new(), None);
        loop {
            let listing = port.notices(&recipient(3), Page { limit, cursor, now: days(9) }).await.unwrap();
            assert!(listing.items.len() <= limit);
            found.extend(listing.items);
            match listing.next_cursor {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        assert_eq!(found, wanted, "pages of {limit}");
    }
    // after 93 days it is told no more, whether it is deleted by then or not
    let late = days(93) + SignedDuration::from_mins(1);
    let told = port.notices(&recipient(3), Page { limit: 9, cursor: None, now: late }).await.unwrap();
    assert_eq!(told.items, wanted.get(..2).unwrap());
    let sender = port.notices(&number(SENDER), Page { limit: 9, cursor: None, now: days(9) }).await.unwrap();
    assert_eq!(sender.items, [elsewhere]);
}

pub(super) async fn a_search_is_saved_by_who_read_it_last(port: &dyn Notices) {
    assert_eq!(port.sweep().await.unwrap(), None);
    let first = Sweep::first(at("2026-04-10T00:00:00Z"));
    assert_eq!(port.save_sweep(&first, None).await.unwrap(), Saved::Written);
    assert_eq!(port.save_sweep(&first, None).await.unwrap(), Saved::Conflict);
    let (read, revision) = port.sweep().await.unwrap().unwrap();
    assert_eq!((&read, Some(revision)), (&first, Some(Revision::after(None))));
    let place = VersionPlace { key: "outbox/9770000007/a\u{1}".to_owned(), version: Some("v1".to_owned()) };
    let on = read.at(Some(place), true);
    assert_eq!(port.save_sweep(&on, Some(revision)).await.unwrap(), Saved::Written);
    assert_eq!(port.save_sweep(&first, Some(revision)).await.unwrap(), Saved::Conflict);
    assert_eq!(port.sweep().await.unwrap(), Some((on, Revision::after(Some(revision)))));
}
