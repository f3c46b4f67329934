//! One function, one promise of [`Ledger`] about its listings.

use exchange::{RejectionCode, TransmissionId, TransmissionStatus};
use jiff::Timestamp;

use super::examples::{at, delivered, id, lone, number, rejected, single};
use crate::{Entry, Filter, Ledger, Listing, Page};

const SENDERS: [&str; 2] = ["9770000403", "9770000411"];
const RECIPIENTS: [&str; 2] = ["9870000402", "9870000501"];
/// Later than all that is listed.
const NOW: &str = "2026-05-02T00:00:00Z";
/// Earlier than what is listed here, later than what other cases wrote.
const SINCE: &str = "2026-04-20T00:00:00Z";

/// When each is stored: over the turn of a month, and several in the same millisecond.
const STORED: [&str; 12] = [
    "2026-04-20T00:00:00Z",
    "2026-04-20T00:00:00.001Z",
    "2026-04-29T23:59:59Z",
    "2026-04-30T23:59:59.998Z",
    "2026-04-30T23:59:59.999Z",
    "2026-04-30T23:59:59.999Z",
    "2026-04-30T23:59:59.999Z",
    "2026-05-01T00:00:00Z",
    "2026-05-01T00:00:00Z",
    "2026-05-01T00:00:00.001Z",
    "2026-05-01T12:00:00Z",
    "2026-05-01T23:59:59.999Z",
];

pub(super) async fn transmissions_come_newest_first_in_pages_without_gap_or_overlap(port: &dyn Ledger) {
    let mut written = Vec::new();
    for (n, stored_at) in (0_u64..).zip(STORED.iter().flat_map(|stored| [at(stored); 2])) {
        written.push(write(port, n, stored_at).await);
    }
    let [[sender_0, sender_1], [recipient_0, recipient_1]] = [SENDERS, RECIPIENTS].map(|pair| pair.map(|text| Some(number(text))));
    let since = Some(at(SINCE));
    let later = Some(at("2026-04-30T23:59:59.999Z"));
    for filter in [
        Filter { since, ..Filter::default() },
        Filter { since: later, ..Filter::default() },
        Filter { sender: sender_0, ..Filter::default() },
        Filter { sender: sender_1, since: later, ..Filter::default() },
        Filter { recipient: recipient_0, since, ..Filter::default() },
        Filter { recipient: recipient_1, since: later, ..Filter::default() },
        Filter { sender: sender_1, recipient: recipient_1, since, ..Filter::default() },
        Filter { sender: sender_0, status: Some(TransmissionStatus::Waiting), ..Filter::default() },
        Filter { sender: sender_1, status: Some(TransmissionStatus::Rejected), since, ..Filter::default() },
        Filter { status: Some(TransmissionStatus::Delivered), since, ..Filter::default() },
        Filter { recipient: recipient_0, status: Some(TransmissionStatus::Delivered), since, ..Filter::default() },
        Filter { sender: sender_0, status: Some(TransmissionStatus::Cancelled), since, ..Filter::default() },
        Filter { since: Some(at("2026-05-01T23:59:59.999Z")), ..Filter::default() },
        Filter { since: Some(at("2026-05-02T00:00:00Z")), ..Filter::default() },
    ] {
        let mut wanted: Vec<(Timestamp, TransmissionId)> = written.iter().filter_map(|entry| moment(entry, &filter)).collect();
        wanted.sort_by(|a, b| b.cmp(a));
        for limit in [1, 2, 7, 100] {
            let found = all(limit, async |page| port.transmissions(&filter, page).await.unwrap()).await;
            let found_ids: Vec<_> = found.iter().map(|entry| &entry.transmission.id).collect();
            assert_eq!(found_ids, wanted.iter().map(|(_, id)| id).collect::<Vec<_>>(), "{filter:?}, pages of {limit}");
            assert!(found.iter().all(|entry| written.contains(entry)), "entries come whole");
        }
    }
}

pub(super) async fn lone_rejections_come_newest_first_by_office(port: &dyn Ledger) {
    let mut written: Vec<_> =
        (0_u64..).zip(STORED).map(|(n, stored)| lone("9770000429", 1_000 + n, at(stored), RejectionCode::KeyUnknown)).collect();
    for rejection in &written {
        port.reject_alone(rejection).await.unwrap();
    }
    port.reject_alone(&lone("9770000437", 2_000, at(NOW), RejectionCode::KeyUnknown)).await.unwrap();
    written.sort_by(|a, b| (b.stored_at, &b.object).cmp(&(a.stored_at, &a.object)));
    for limit in [1, 2, 7, 100] {
        let found = all(limit, async |page| port.lone_rejections(&number("9770000429"), page).await.unwrap()).await;
        assert_eq!(found, written, "pages of {limit}");
    }
}

pub(super) async fn an_office_without_anything_has_an_empty_page(port: &dyn Ledger) {
    let nobody = Some(number("9770000445"));
    for filter in [
        Filter { sender: nobody, ..Filter::default() },
        Filter { recipient: nobody, ..Filter::default() },
        Filter { sender: nobody, recipient: nobody, ..Filter::default() },
    ] {
        assert!(all(5, async |page| port.transmissions(&filter, page).await.unwrap()).await.is_empty());
    }
    assert!(all(5, async |page| port.lone_rejections(&number("9770000445"), page).await.unwrap()).await.is_empty());
}

/// One transmission: of which sender, to whom and how it ended follows from its number.
async fn write(port: &dyn Ledger, n: u64, stored_at: Timestamp) -> Entry {
    let sender = if n.is_multiple_of(2) { SENDERS[0] } else { SENDERS[1] };
    let recipients: &[&str] = if n.is_multiple_of(3) { &RECIPIENTS } else { &RECIPIENTS[..1] };
    let part = single(&id(sender, 0x9e37_79b9_7f4a_u64.wrapping_mul(n + 1) & 0xffff_ffff_ffff), stored_at, recipients, "file");
    let record = part.opening();
    port.join(&part).await.unwrap();
    let (transmission, deliveries) = match n % 4 {
        0 => (record, vec![]),
        1 => (rejected(&record), vec![]),
        // delivered in another order than stored
        _ => delivered(&record, at("2026-05-01T23:59:59.999Z") - stored_at.duration_since(at(SINCE)) / 2),
    };
    match transmission.status {
        TransmissionStatus::Waiting => {}
        TransmissionStatus::Rejected => drop(port.reject(&transmission, 1).await.unwrap()),
        _ => drop(port.commit(&transmission, &deliveries).await.unwrap()),
    }
    Entry { transmission, deliveries }
}

/// Where an entry stands in a listing; none where it isn't in it. Listings count in milliseconds.
fn moment(Entry { transmission, deliveries }: &Entry, filter: &Filter) -> Option<(Timestamp, TransmissionId)> {
    let time = match &filter.recipient {
        Some(recipient) => deliveries.iter().find(|delivery| delivery.address.office == *recipient)?.delivered_at,
        None => transmission.stored_at,
    };
    let time = Timestamp::from_millisecond(time.as_millisecond()).unwrap();
    let fits = filter.sender.as_ref().is_none_or(|sender| transmission.id.sender() == sender)
        && filter.status.is_none_or(|status| transmission.status == status)
        && filter.since.is_none_or(|since| time >= since);
    fits.then(|| (time, transmission.id.clone()))
}

/// All pages. Only the last may be short.
async fn all<T>(limit: usize, page: impl AsyncFn(Page) -> Listing<T>) -> Vec<T> {
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let Listing { items, next_cursor } = page(Page { limit, cursor, now: at(NOW) }).await;
        assert!(items.len() <= limit, "a page holds at most {limit}");
        assert!(next_cursor.is_none() || items.len() == limit, "only the last page is short");
        found.extend(items);
        assert!(found.len() < 1_000, "a listing ends");
        match next_cursor {
            Some(next) => cursor = Some(next),
            None => return found,
        }
    }
}
