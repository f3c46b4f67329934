//! One function, one promise of [`Mail`].

use exchange::{DeliveryStatus, TransmissionId, TransmissionStatus};
use jiff::{SignedDuration, Timestamp};
use standard::Kind;

use super::examples::{at, delivered, id, number, part};
use crate::{Delivered, Listing, Mail, Page, Received, Sent};

const SENDERS: [&str; 2] = ["9770000502", "9770000601"];
const RECIPIENTS: [&str; 2] = ["9870000600", "9870000709"];
const FIRST: &str = "2026-04-30T14:30:00Z";
/// Later than all that is listed.
const NOW: &str = "2026-06-01T00:00:00Z";
/// More than one look into an index takes.
const ENTRIES: u64 = 130;

const NAMES: [(&str, Option<Kind>); 3] = [
    ("UPJSK_202604_9770000007_15_9870000006_43_20260501090000.CSV", Some(Kind::Actuals)),
    ("UP1KYO_9770000007_43_9870000006_15_20260501090000.CSV", Some(Kind::PlanTable1)),
    ("a.pdf", None),
];

/// Everything is found that is wanted, newest first, on pages that may be short.
pub(super) async fn mail_comes_newest_first_by_what_is_wanted(port: &dyn Mail) {
    let mut written = Vec::new();
    for n in 0..ENTRIES {
        written.push(write(port, n).await);
    }
    written.reverse();
    let to = number(RECIPIENTS[0]);
    let month = |text: &str| Some(text.parse().unwrap());
    let wanted: [(Received, Fits); 8] = [
        (Received::default(), |_| true),
        (Received { status: Some(DeliveryStatus::Collected), ..Received::default() }, |it| it.collected),
        (Received { sender: Some(number(SENDERS[1])), ..Received::default() }, |it| *it.id.sender() == number(SENDERS[1])),
        (Received { kind: Some(Kind::PlanTable1), ..Received::default() }, |it| it.kind == Some(Kind::PlanTable1)),
        (Received { kind: Some(Kind::SupportPlan), ..Received::default() }, |_| false),
        // by the name, or by the day in Japan: FIRST is half an hour before May
        (Received { month: month("202604"), ..Received::default() }, |it| {
            it.kind == Some(Kind::Actuals) || it.at < at("2026-04-30T15:00:00Z")
        }),
        (Received { month: month("202605"), kind: Some(Kind::Actuals), ..Received::default() }, |_| false),
        (Received { sender: Some(number("9770000700")), ..Received::default() }, |_| false),
    ];
    for limit in [1, 7, 100] {
        for (filter, fits) in &wanted {
            let found = all(limit, async |page| port.inbox(&to, filter, page).await.unwrap()).await;
            assert!(found.iter().all(|it| it.transmission.id == it.delivery.id && it.delivery.address.office == to));
            let found: Vec<_> = found.into_iter().map(|it| it.delivery.id).collect();
            let expected: Vec<_> = written.iter().filter(|it| fits(it)).map(|it| it.id.clone()).collect();
            assert_eq!(found, expected, "{filter:?}, pages of {limit}");
        }
        for (filter, fits) in [
            (Sent::default(), (|_: &Written| true) as Fits),
            (Sent { since: Some(at("2026-04-30T15:00:00Z")), ..Sent::default() }, |it| it.at >= at("2026-04-30T15:00:00Z")),
            (Sent { status: Some(TransmissionStatus::Delivered), ..Sent::default() }, |_| true),
            (Sent { status: Some(TransmissionStatus::Waiting), ..Sent::default() }, |_| false),
        ] {
            let sender = number(SENDERS[0]);
            let found = all(limit, async |page| port.sent(&sender, &filter, page).await.unwrap()).await;
            assert!(found.iter().all(|entry| entry.deliveries.len() == RECIPIENTS.len()), "with all their deliveries");
            let found: Vec<_> = found.into_iter().map(|entry| entry.transmission.id).collect();
            let expected: Vec<_> = written.iter().filter(|it| *it.id.sender() == sender && fits(it)).map(|it| it.id.clone()).collect();
            assert_eq!(found, expected, "{filter:?}, pages of {limit}");
        }
    }
}

/// Each recipient gets its own delivery, and nobody else any.
pub(super) async fn a_delivery_is_received_by_whom_it_is_to(port: &dyn Mail) {
    let written = write(port, ENTRIES).await.id;
    let entry = port.transmission(&written).await.unwrap().unwrap();
    for delivery in entry.deliveries {
        let office = delivery.address.office;
        let received = port.received(&office, &written).await.unwrap();
        assert_eq!(received, Some(Delivered { delivery, transmission: entry.transmission.clone() }), "{office}");
    }
    let never = id(SENDERS[0], 6_000 + ENTRIES);
    for (office, id) in [(*written.sender(), &written), (number("9770000700"), &written), (number(RECIPIENTS[0]), &never)] {
        assert_eq!(port.received(&office, id).await.unwrap(), None, "{office}");
    }
}

/// An office that has nothing gets an empty page.
pub(super) async fn an_office_without_mail_has_an_empty_page(port: &dyn Mail) {
    let nobody = number("9770000700");
    assert!(all(5, async |page| port.inbox(&nobody, &Received::default(), page).await.unwrap()).await.is_empty());
    assert!(all(5, async |page| port.sent(&nobody, &Sent::default(), page).await.unwrap()).await.is_empty());
}

/// Whether it is wanted.
type Fits = fn(&Written) -> bool;

struct Written {
    id: TransmissionId,
    at: Timestamp,
    kind: Option<Kind>,
    collected: bool,
}

async fn write(port: &dyn Mail, n: u64) -> Written {
    let sender = if n.is_multiple_of(2) { SENDERS[0] } else { SENDERS[1] };
    let (name, kind) = NAMES.into_iter().cycle().nth(usize::try_from(n).unwrap()).unwrap();
    let (id, stored_at) = (id(sender, 5_000 + n), at(FIRST) + SignedDuration::from_mins(i64::try_from(n).unwrap()));
    let mut part = part(&id, stored_at, &RECIPIENTS, (1, name), "file");
    part.file.entry.kind = kind;
    port.join(&part).await.unwrap();
    let (transmission, deliveries) = delivered(&part.opening(), stored_at);
    port.commit(&transmission, &deliveries).await.unwrap();
    let collected = n.is_multiple_of(40);
    if collected {
        port.collect(&id, &number(RECIPIENTS[0]), at(NOW)).await.unwrap();
    }
    Written { id, at: stored_at, kind, collected }
}

async fn all<T>(limit: usize, page: impl AsyncFn(Page) -> Listing<T>) -> Vec<T> {
    let (mut found, mut cursor, mut pages) = (Vec::new(), None, 0);
    loop {
        let Listing { items, next_cursor } = page(Page { limit, cursor, now: at(NOW) }).await;
        assert!(items.len() <= limit, "a page holds at most {limit}");
        found.extend(items);
        pages += 1;
        assert!(pages < 1_000, "a listing ends");
        match next_cursor {
            Some(next) => cursor = Some(next),
            None => return found,
        }
    }
}
