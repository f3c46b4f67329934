//! What a newer file would replace: one entry for each key of the standard (`data/files.csv`, `key_fields`).

use std::collections::BTreeSet;
use std::fmt;

use crate::across::people::Person;
use crate::layout::{INSURED_ITEM, INSURER_ITEM, Layout};
use crate::record_rules::Values;

/// The longest that a key has beside the person: office number and service type of actual services.
const REST: usize = 12;

/// How many keys are kept of a file: more than the persons of any office in a month. Of what is beyond it isn't known what it replaces.
const MOST: usize = 50_000;

/// What the standard replaces records by: a person, and a plan's or consultation's day or, of actual services, office and service type. The month of
/// a file that has one stands in its name.
///
/// It is a person's numbers: to be handed to a keyed digest, and nowhere else.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordKey {
    person: Person,
    rest: [u8; REST],
}

/// The keys of a file, while its records come.
#[derive(Debug)]
pub(crate) struct Replaced {
    /// The items beside the person, and how many of each one's characters count.
    items: Vec<(u16, usize)>,
    seen: BTreeSet<RecordKey>,
    /// Records of one key stand together: the set is asked only when another's begin.
    current: Option<RecordKey>,
}

impl RecordKey {
    /// Insurer number and insured number.
    pub fn person(&self) -> ([u8; 6], [u8; 10]) {
        self.person.texts()
    }

    /// What else is in the key; of one length for all keys of a kind of file.
    pub fn rest(&self) -> &[u8] {
        &self.rest
    }
}

/// Nothing of it: whatever is printed may end in a log.
impl fmt::Debug for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecordKey(…)")
    }
}

impl Replaced {
    /// `None` for kinds that hang on another file of their unit: the other's keys say it all.
    pub(crate) fn of(layout: &Layout) -> Option<Replaced> {
        let beside = |name: &&&str| layout.field_named(name).is_none_or(|field| field.no != INSURER_ITEM && field.no != INSURED_ITEM);
        let item = |name: &&str| match (*name, layout.field_named(name)) {
            // one file, one month: it stands in the name
            ("target_month", _) => None,
            ("service_type", None) => Some((layout.field_named("service_code")?.no, 2)),
            (_, field) => Some((field?.no, REST)),
        };
        let items = layout.kind.key_fields().iter().filter(beside).filter_map(item).collect();
        layout.kind.facts().leading.then(|| Replaced { items, seen: BTreeSet::new(), current: None })
    }

    /// Takes the next record. A value that is too long is wrong, and was told: of a file with errors nothing is replaced.
    pub(crate) fn take(&mut self, person: Person, values: &Values<'_>) {
        let mut key = RecordKey { person, rest: [0; REST] };
        let mut free = key.rest.iter_mut();
        for (no, characters) in &self.items {
            free.by_ref().zip(values.item(*no).iter().take(*characters)).for_each(|(place, byte)| *place = *byte);
        }
        if self.current != Some(key) {
            self.current = Some(key);
            if self.seen.len() < MOST {
                self.seen.insert(key);
            }
        }
    }

    pub(crate) fn finish(self) -> BTreeSet<RecordKey> {
        self.seen
    }
}
