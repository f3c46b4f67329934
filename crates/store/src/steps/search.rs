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

/// The offices of some places that are asked for, on a Japanese day; place by place, there by municipality, then number, one page. A page may be short,
/// or empty, and still not the last: a search looks at 10,000 offices a page. No two places lie in one prefecture. A cursor belongs to the search, with
/// its places in their order, that gave it.
///
/// # Errors
/// Storage that failed.
pub async fn search_offices(
    directory: &dyn Directory,
    places: &[Place],
    query: &OfficeQuery,
    day: Date,
    limit: usize,
    cursor: Option<&str>,
) -> Result<Listing<OfficeView>, StoreError> {
    let (begun, mut after) = cursor.map_or(Ok((0, None)), |cursor| begin(places, cursor))?;
    let mut left = places.iter().skip(begun).copied();
    let Some(mut place) = left.next() else { return Ok(views(Vec::new(), None, day)) };
    // where nothing is left out, no more is read than is wanted
    let at_once = if query.is_open() { limit.saturating_add(1) } else { PAGE };
    // what is read ahead, and not needed then, is no more than a search looks at
    let ahead = at_once.min(LOOKED_AT / AT_A_TIME);
    let mut firsts = stream::iter(left.clone()).map(|place| directory.listed(place, ahead, None)).buffered(AT_A_TIME);
    let mut page = directory.listed(place, at_once, after.as_deref()).await?;
    let (mut found, mut looked_at) = (Vec::new(), 0_usize);
    loop {
        looked_at = looked_at.saturating_add(page.items.len());
        for (n, listed) in page.items.iter().enumerate().filter(|(_, listed)| query.matches(listed, day)) {
            if found.len() == limit {
                let before = n.checked_sub(1).and_then(|last| page.items.get(last)).map(Listed::place);
                return Ok(views(found, Some(going_on(place, before.or(after))), day));
            }
            found.push(listed.clone());
        }
        let enough = looked_at >= LOOKED_AT;
        after = page.next_cursor;
        if after.is_none() {
            match left.next() {
                Some(next) => place = next,
                None => return Ok(views(found, None, day)),
            }
        }
        if enough {
            return Ok(views(found, Some(going_on(place, after)), day));
        }
        page = match &after {
            Some(after) => directory.listed(place, at_once, Some(after)).await?,
            None => match firsts.try_next().await? {
                Some(first) => first,
                None => return Ok(views(found, None, day)),
            },
        };
    }
}

/// Where the next page begins: in which place, and after which of its offices. As text `PP/`, or `PP/place`.
fn going_on(place: Place, after: Option<String>) -> String {
    format!("{}/{}", place.prefecture(), after.unwrap_or_default())
}

/// Reads [`going_on`]: which of the places, and after what there.
fn begin(places: &[Place], cursor: &str) -> Result<(usize, Option<String>), StoreError> {
    let read = cursor.split_once('/').and_then(|(code, after)| {
        let at = places.iter().position(|place| place.prefecture().to_string() == code)?;
        Some((at, (!after.is_empty()).then(|| after.to_owned())))
    });
    read.ok_or_else(|| StoreError::unreadable("directory.listed", "a cursor of another search"))
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
