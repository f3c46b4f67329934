//! Listing keys in the order of their UTF-8 bytes, grouped at a delimiter.

use rusqlite::{Transaction, params};

use super::version::COLUMNS;
use super::{ObjectError, Store, Version};
use crate::database::StorageError;

/// Sorts after every continuation of a key, but for keys that hold this very character there.
const LAST: char = char::MAX;
const ROWS_AT_ONCE: i64 = 1000;

/// What is to be listed.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Only keys that begin so.
    pub prefix: String,
    /// Keys that hold it after the prefix are shown as one, up to and with it.
    pub delimiter: Option<String>,
    /// Only what comes after this key, or after this group when it ends a group.
    pub after: Option<String>,
    /// `after` is a group that was shown: skip all of it.
    pub after_group: bool,
    /// How many keys and groups at most.
    pub max: usize,
}

/// What is to be listed of all versions.
#[derive(Debug, Clone, Default)]
pub struct VersionPage {
    /// As for keys.
    pub page: Page,
    /// With `page.after`: only that key's versions older than this one, and later keys.
    pub after_version: Option<String>,
}

/// A page of a list.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// Versions that are shown as themselves.
    pub versions: Vec<Version>,
    /// Groups: common prefixes that end with the delimiter.
    pub groups: Vec<String>,
    /// Whether there is more.
    pub truncated: bool,
    /// What was shown last, if it was a group.
    pub last_group: Option<String>,
}

impl Store {
    /// The keys that are there now.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn list(&self, page: Page) -> Result<Listing, ObjectError> {
        self.inner
            .database
            .transaction(move |transaction| {
                let sql = format!(
                    "SELECT {COLUMNS} FROM versions
                     WHERE latest = 1 AND delete_marker = 0 AND key >= ?1 AND NOT (key = ?1 AND seq >= ?2)
                     ORDER BY key LIMIT ?3"
                );
                walk(&page, None, |place| rows(transaction, &sql, params![place.key, place.below, ROWS_AT_ONCE]))
            })
            .await
    }

    /// Every version of every key, a key's newest first, delete markers among them.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn list_versions(&self, wanted: VersionPage) -> Result<Listing, ObjectError> {
        self.inner
            .database
            .transaction(move |transaction| {
                let sql = format!(
                    "SELECT {COLUMNS} FROM versions
                     WHERE key >= ?1 AND NOT (key = ?1 AND seq >= ?2) ORDER BY key, seq DESC LIMIT ?3"
                );
                let VersionPage { page, after_version } = wanted;
                let below = after_version.map(|id| seq_of(transaction, &id)).transpose()?;
                walk(&page, below, |place| rows(transaction, &sql, params![place.key, place.below, ROWS_AT_ONCE]))
            })
            .await
    }
}

/// Where the next rows are read from: below this seq of this key, then later keys.
struct Place {
    key: String,
    below: i64,
}

fn walk<E>(page: &Page, below: Option<i64>, read: impl Fn(&Place) -> Result<Vec<Version>, E>) -> Result<Listing, E> {
    let mut listing = Listing::default();
    if page.max == 0 {
        return Ok(listing);
    }
    let mut place = start(page, below);
    let mut group = page.after.clone().filter(|_| page.after_group);
    loop {
        let versions = read(&place)?;
        let at_end = i64::try_from(versions.len()).unwrap_or(i64::MAX) < ROWS_AT_ONCE;
        // after a jump over a group, the rows behind it are still to be read
        let mut jumped = false;
        for version in versions {
            place = Place { key: version.key.clone(), below: version.seq };
            // keys with the prefix lie together, and the walk began at their first or behind it
            let Some(rest) = version.key.strip_prefix(&page.prefix) else { return Ok(listing) };
            let found = page
                .delimiter
                .as_deref()
                .filter(|delimiter| !delimiter.is_empty())
                .and_then(|delimiter| rest.find(delimiter).and_then(|at| version.key.get(..page.prefix.len() + at + delimiter.len())));
            if found.is_some() && found == group.as_deref() {
                continue;
            }
            if listing.versions.len() + listing.groups.len() == page.max {
                listing.truncated = true;
                return Ok(listing);
            }
            listing.last_group = found.map(str::to_owned);
            match found {
                None => listing.versions.push(version),
                Some(found) => {
                    listing.groups.push(found.to_owned());
                    group = Some(found.to_owned());
                    place = Place { key: format!("{found}{LAST}"), below: 0 };
                    jumped = true;
                    break;
                }
            }
        }
        if at_end && !jumped {
            return Ok(listing);
        }
    }
}

fn start(page: &Page, below: Option<i64>) -> Place {
    match &page.after {
        Some(after) if page.after_group => Place { key: format!("{after}{LAST}"), below: 0 },
        // without a version, all of that key's versions were shown
        Some(after) if after.as_str() >= page.prefix.as_str() => Place { key: after.clone(), below: below.unwrap_or(0) },
        // the key that equals the prefix belongs to the list
        _ => Place { key: page.prefix.clone(), below: i64::MAX },
    }
}

fn seq_of(transaction: &Transaction<'_>, version_id: &str) -> Result<i64, StorageError> {
    use rusqlite::OptionalExtension as _;
    let sql = "SELECT seq FROM versions WHERE version_id = ?1";
    Ok(transaction.query_row(sql, [version_id], |row| row.get(0)).optional()?.unwrap_or(0))
}

fn rows(transaction: &Transaction<'_>, sql: &str, bound: impl rusqlite::Params) -> Result<Vec<Version>, ObjectError> {
    let mut statement = transaction.prepare_cached(sql)?;
    let mut rows = statement.query(bound)?;
    let mut versions = Vec::new();
    while let Some(row) = rows.next()? {
        versions.push(Version::from_row(row)?);
    }
    Ok(versions)
}
