//! The images that records name: R-IMAGE.

use std::collections::BTreeMap;

use crate::across::people::{Place, fingerprint};

/// Fingerprints of the names, each with its first place; the names themselves are kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ImageNames(BTreeMap<u64, Place>);

/// The same for names that differ in case, or in `.jpg` for `.jpeg`.
pub(crate) fn image_fingerprint(name: &[u8]) -> u64 {
    let upper = name.to_ascii_uppercase();
    match upper.strip_suffix(b".JPEG") {
        Some(stem) => fingerprint(&[&[stem, b".JPG"].concat()]),
        None => fingerprint(&[&upper]),
    }
}

impl ImageNames {
    pub(crate) fn take(&mut self, name: &[u8], place: Place) {
        if !name.is_empty() {
            self.0.entry(image_fingerprint(name)).or_insert(place);
        }
    }

    pub(crate) fn has(&self, fingerprint: u64) -> bool {
        self.0.contains_key(&fingerprint)
    }

    /// Fingerprints with their first place.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, Place)> + '_ {
        self.0.iter().map(|(fingerprint, place)| (*fingerprint, *place))
    }
}
