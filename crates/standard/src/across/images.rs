//! The images that records name: R-IMAGE.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hasher};

use crate::across::people::Place;

/// Fingerprints of the names, each with its first place; the names themselves are kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ImageNames(BTreeMap<u64, Place>);

/// The same for names that differ in case, or in `.jpg` for `.jpeg`. A cell may have megabytes: it is not copied.
pub(crate) fn image_fingerprint(name: &[u8]) -> u64 {
    let stem = name.split_at_checked(name.len().saturating_sub(JPEG.len())).filter(|(_, end)| end.eq_ignore_ascii_case(JPEG));
    let (stem, end) = stem.map_or((name, [].as_slice()), |(stem, _)| (stem, JPG));
    let mut hasher = DefaultHasher::new();
    stem.iter().chain(end).for_each(|byte| hasher.write_u8(byte.to_ascii_uppercase()));
    hasher.finish()
}

const JPEG: &[u8] = b".JPEG";
const JPG: &[u8] = b".JPG";

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
