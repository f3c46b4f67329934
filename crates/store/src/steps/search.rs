//! Who there is in a place, and how many of them are licensed.

use exchange::{AdoptionCount, AdoptionView, Listed, OfficeQuery, OfficeView, Place, Prefecture};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::civil::Date;
use standard::OfficeNumber;

use crate::{Directory, Ledger, Listing, StoreError};

/// How many offices one call brings at most. The service stops at a megabyte, some 3,000.
const PAGE: usize = 4_000;

/// How many offices a search looks at before it answers with what it has and a cursor.
const LOOKED_AT: usize = 10_000;

/// How many prefectures are counted at a time.
const AT_A_TIME: usize = 8;

/// The offices of a place that are asked for, on a Japanese day; by municipality, then number, one page. A page may be short, or empty, and still not the
/// last: a search looks at 10,000 offices a page. A cursor belongs to the search that gave it.
///
/// # Errors
/// Storage that failed.
pub async fn search_offices(
    directory: &dyn Directory,
    place: Place,
    query: &OfficeQuery,
    day: Date,
    limit: usize,
    cursor: Option<&str>,
) -> Result<Listing<OfficeView>, StoreError> {
    let (mut found, mut looked_at, mut cursor) = (Vec::new(), 0_usize, cursor.map(str::to_owned));
    // where nothing is left out, no more is read than is wanted
    let at_once = if query.is_open() { limit.saturating_add(1) } else { PAGE };
    loop {
        let page = directory.listed(place, at_once, cursor.as_deref()).await?;
        looked_at = looked_at.saturating_add(page.items.len());
        for listed in page.items.into_iter().filter(|listed| query.matches(listed, day)) {
            if found.len() == limit {
                let next_cursor = found.last().map(Listed::place).or(cursor);
                return Ok(views(found, next_cursor, day));
            }
            found.push(listed);
        }
        cursor = page.next_cursor;
        if cursor.is_none() || looked_at >= LOOKED_AT {
            return Ok(views(found, cursor, day));
        }
    }
}

fn views(found: Vec<Listed>, next_cursor: Option<String>, day: Date) -> Listing<OfficeView> {
    Listing { items: found.into_iter().map(|listed| OfficeView::on(day, listed)).collect(), next_cursor }
}

/// One office as another one sees it. `None` when there is no such office.
///
/// # Errors
/// Storage that failed.
pub async fn office_view(ledger: &dyn Ledger, number: &OfficeNumber, day: Date) -> Result<Option<OfficeView>, StoreError> {
    Ok(ledger.office(number).await?.map(|(office, _)| OfficeView::on(day, Listed::of(&office))))
}

/// Offices, licensed offices and their share by municipality, on a Japanese day: of one prefecture, or of all.
///
/// # Errors
/// Storage that failed.
pub async fn adoption(directory: &dyn Directory, prefecture: Option<Prefecture>, day: Date) -> Result<AdoptionView, StoreError> {
    let prefectures: Vec<Prefecture> = prefecture.map_or_else(|| Prefecture::all().collect(), |prefecture| vec![prefecture]);
    Ok(count_together(prefectures.into_iter().map(|prefecture| count_adoption(directory, prefecture, day))).await?.view())
}

/// Counts prefectures, some at a time, and adds them up.
///
/// # Errors
/// The first count's that fails.
pub async fn count_together<F: Future<Output = Result<AdoptionCount, StoreError>>>(
    counts: impl Iterator<Item = F>,
) -> Result<AdoptionCount, StoreError> {
    let counts = stream::iter(counts).buffer_unordered(AT_A_TIME);
    counts
        .try_fold(AdoptionCount::default(), async |mut all, counted| {
            all.merge(counted);
            Ok(all)
        })
        .await
}

/// What [`adoption`] is made of: one prefecture, counted on a Japanese day. It reads every office there, some 3,000 a call.
///
/// # Errors
/// Storage that failed.
pub async fn count_adoption(directory: &dyn Directory, prefecture: Prefecture, day: Date) -> Result<AdoptionCount, StoreError> {
    let (mut counted, mut cursor) = (AdoptionCount::default(), None);
    loop {
        let page = directory.listed(Place::Prefecture(prefecture), PAGE, cursor.as_deref()).await?;
        page.items.iter().for_each(|listed| counted.add(listed, day));
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok(counted);
        }
    }
}
