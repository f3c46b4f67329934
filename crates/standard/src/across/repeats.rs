//! Keys that come twice: R-DUP and R-ROW-DUP.

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use crate::across::people::Person;
use crate::record_rules::Values;
use crate::rule::RuleId;

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
            self.key.extend_from_slice(values.item(*no));
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
