//! With whom an office exchanged in a period.

use exchange::{PartnersView, Side, first_instant, japanese_day};
use futures::future::try_join;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use standard::OfficeNumber;

use crate::{AT_ONCE, Ledger, StoreError};

/// How many transmissions one call brings at most.
const PAGE: usize = 500;

/// A transmission is delivered at most so long after it was stored: what waits for parts ends after a day, a message after 14.
const DELIVERED_WITHIN: SignedDuration = SignedDuration::from_hours(15 * 24);

/// The distinct offices to which the office's transmissions were delivered, or whose were delivered to it, on the Japanese days from `since` to `until`.
/// What was cancelled doesn't count. It reads what the office exchanged in that time and the fortnight before, and no more.
///
/// # Errors
/// Storage that failed.
pub async fn partners(ledger: &dyn Ledger, office: &OfficeNumber, since: Date, until: Date) -> Result<PartnersView, StoreError> {
    let mut view = PartnersView::new(*office, since, until);
    let end = until.tomorrow().ok().and_then(first_instant).unwrap_or(Timestamp::MAX);
    let begin = first_instant(since).unwrap_or(Timestamp::MIN);
    let stored = begin.checked_sub(DELIVERED_WITHIN).unwrap_or(begin);
    let (sent, received) =
        try_join(exchanged(ledger, office, Side::Sender, (stored, end)), exchanged(ledger, office, Side::Recipient, (begin, end))).await?;
    view.count(sent.into_iter().chain(received));
    let numbers: Vec<OfficeNumber> = view.items.iter().map(|partner| partner.office).collect();
    for numbers in numbers.chunks(AT_ONCE) {
        for (other, _) in ledger.offices(numbers).await? {
            if let Some(partner) = view.items.iter_mut().find(|partner| partner.office == other.number) {
                partner.name = Some(other.name);
            }
        }
    }
    Ok(view)
}

async fn exchanged(
    ledger: &dyn Ledger,
    office: &OfficeNumber,
    side: Side,
    between: (Timestamp, Timestamp),
) -> Result<Vec<(Side, OfficeNumber, Date)>, StoreError> {
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let page = ledger.exchanged(office, side, between, PAGE, cursor.as_deref()).await?;
        for exchanged in page.items {
            let day = japanese_day(exchanged.delivered_at);
            found.extend(exchanged.partners.into_iter().map(|partner| (side, partner, day)));
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok(found);
        }
    }
}
