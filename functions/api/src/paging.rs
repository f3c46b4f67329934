//! Listings page by page. A cursor is opaque, good for one office and one call with what it asks for, and nobody else can make one up.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use exchange::Purpose;
use serde::{Deserialize, Serialize};
use store::Page;
use subtle::ConstantTimeEq as _;
use utoipa::{IntoParams, ToSchema};

use crate::problem::{CURSOR, Problem, QUERY};
use crate::{Api, Caller};

/// How many entries a page has where nobody asks for another number.
const DEFAULT_LIMIT: u16 = 50;
/// The most a page has.
const MAX_LIMIT: u16 = 100;
/// How much of the digest a cursor carries.
const SEAL_BYTES: usize = 16;

/// Which page, of a listing that takes nothing else.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Turn {
    /// Entries on the page, 1 to 100; 50 unless given.
    #[param(minimum = 1, maximum = 100)]
    pub(crate) limit: Option<u16>,
    /// `next_cursor` of the page before.
    pub(crate) cursor: Option<String>,
}

/// A page of a listing.
#[derive(Debug, Serialize, ToSchema)]
pub struct Paged<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Give it as `cursor` for the next page; null after the last.
    pub next_cursor: Option<String>,
}

/// A listing with what is wanted of it: a cursor goes on through these entries and no others.
pub fn listing(call: &str, wanted: &[(&str, Option<String>)]) -> String {
    let wanted = wanted.iter().filter_map(|(name, value)| Some(format!(" {name}={:?}", value.as_ref()?)));
    wanted.fold(call.to_owned(), |call, wanted| call + &wanted)
}

/// The page that is asked for: `limit` entries (1 to 100, 50 unless given) from where `cursor`, which this call gave this office, says.
///
/// # Errors
/// `query-malformed`, `cursor-unknown`.
pub fn page(api: &Api, caller: &Caller, call: &str, limit: Option<u16>, cursor: Option<&str>) -> Result<Page, Problem> {
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(QUERY.because(
            format!("`limit` is 1 to {MAX_LIMIT}. Leave it out for {DEFAULT_LIMIT}."),
            format!("limit は 1～{MAX_LIMIT} で指定してください。省略すると {DEFAULT_LIMIT} 件です。"),
        ));
    }
    let cursor = cursor.map(|cursor| unseal(api, caller, call, cursor).ok_or(&CURSOR)).transpose()?;
    Ok(Page { limit: limit.into(), cursor, now: api.clock.now() })
}

/// The page as it is given out; `next` is where the next one starts.
pub fn paged<T>(api: &Api, caller: &Caller, call: &str, items: Vec<T>, next: Option<String>) -> Paged<T> {
    Paged { items, next_cursor: next.map(|place| seal(api, caller, call, &place)) }
}

fn seal(api: &Api, caller: &Caller, call: &str, place: &str) -> String {
    let digest = digest(api, caller, call, place);
    let sealed = digest.iter().take(SEAL_BYTES).copied().chain(place.bytes()).collect::<Vec<u8>>();
    URL_SAFE_NO_PAD.encode(sealed)
}

fn unseal(api: &Api, caller: &Caller, call: &str, cursor: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (given, place) = bytes.split_at_checked(SEAL_BYTES)?;
    let place = std::str::from_utf8(place).ok()?;
    let fits: bool = digest(api, caller, call, place).get(..SEAL_BYTES)?.ct_eq(given).into();
    fits.then(|| place.to_owned())
}

fn digest(api: &Api, caller: &Caller, call: &str, place: &str) -> [u8; 32] {
    api.secret.digest(Purpose::Cursor, &[caller.office.number.as_str().as_bytes(), call.as_bytes(), place.as_bytes()])
}
