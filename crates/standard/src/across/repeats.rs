//! Keys that come twice: R-DUP and R-ROW-DUP.

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use crate::across::people::{Person, fingerprint};
use crate::record_rules::Values;
use crate::rule::RuleId;

/// The longest value that goes into a key as it is. None that is right is longer; of one that is, and may have megabytes, a fingerprint will do.
const LONGEST: usize = 64;

/// The keys met so far, as 64-bit digests: two different keys pass for equal once in millions of files, and that is a warning.
#[derive(Debug)]
pub(crate) struct Repeats {
    pub(crate) rule: RuleId,
    /// The items that make up the key beside the person.
    items: &'static [u16],
    /// Drawn for each check: nobody can make keys that collide.
    digests: RandomState,
    seen: HashTable<u64>,
    /// The key under the digest, one text.
    key: Vec<u8>,
}

impl Repeats {
    pub(crate) fn new(rule: RuleId, items: &'static [u16]) -> Repeats {
        Repeats { rule, items, digests: RandomState::new(), seen: HashTable::new(), key: Vec::new() }
    }

    /// True when the record's key was there before.
    pub(crate) fn take(&mut self, person: Person, values: &Values<'_>) -> bool {
        self.key.clear();
        self.key.extend_from_slice(&person.number().to_le_bytes());
        for no in self.items {
            match values.item(*no) {
                value if value.len() <= LONGEST => self.key.extend_from_slice(value),
                value => self.key.extend_from_slice(&fingerprint(&[value]).to_le_bytes()),
            }
            // a comma can stand in none of the items: they are codes, numbers and times
            self.key.push(b',');
        }
        let digest = self.digests.hash_one(self.key.as_slice());
        match self.seen.entry(digest, |held| *held == digest, |held| *held) {
            Entry::Occupied(_) => true,
            Entry::Vacant(free) => {
                free.insert(digest);
                false
            }
        }
    }
}
