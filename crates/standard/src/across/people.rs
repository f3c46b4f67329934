//! Whose records a file holds: one entry a person, and a day where files of the unit are linked by one.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::hash::{DefaultHasher, Hasher};

use crate::finding::{Detail, Finding};
use crate::layout::{ByPerson, INSURED_ITEM, INSURER_ITEM};
use crate::record_rules::Values;
use crate::rule::RuleId;

/// Insurer number and insured number, both of their form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Person(u64);

/// Where a key was first met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    // files are at most 50 MiB, so both fit; one that is larger still gets a place
    record: u32,
    line: u32,
}

/// Person and day; the first place and the marks.
type Kept = ((Person, u32), (Place, u64));

/// How many are in a piece: as many as a node of the map has room for.
const PIECE: usize = 11;

/// The persons of a file, each with the first place and the marks its records bear.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct People {
    day: Option<u16>,
    /// While the records come.
    seen: BTreeMap<(Person, u32), (Place, u64)>,
    /// All of them, by person, once the file has ended: no slot is free, for the files of a set are kept together. In small pieces, so that those are
    /// made of the room that the map gives up.
    kept: Vec<Box<[Kept]>>,
    /// Records of one person stand together: the map is asked only when another's begin.
    current: Option<((Person, u32), (Place, u64))>,
}

impl Person {
    /// `None` where a number doesn't have its form: of whom the record is can't be told, and that was.
    pub(crate) fn of(values: &Values<'_>) -> Option<Person> {
        packed(values.item(INSURER_ITEM), values.item(INSURED_ITEM)).map(Person)
    }

    pub(crate) fn number(self) -> u64 {
        self.0
    }

    /// Both numbers as they were written.
    pub(crate) fn texts(self) -> ([u8; 6], [u8; 10]) {
        let (rest, above) = (self.0 % 1_000_000_000, self.0 / 1_000_000_000);
        let mut insured = digits::<10>(rest);
        let [first, ..] = &mut insured;
        *first = if above % 11 == 10 { b'H' } else { digit(above % 11) };
        (digits(above / 11), insured)
    }
}

/// Six digits, then ten of which the first may be H (as ten): 54 bits.
fn packed(insurer: &[u8], insured: &[u8]) -> Option<u64> {
    let (first, rest) = insured.split_first()?;
    if insurer.len() != 6 || rest.len() != 9 {
        return None;
    }
    let first = if *first == b'H' { 10 } else { number(std::slice::from_ref(first))? };
    Some((number(insurer)? * 11 + first) * 1_000_000_000 + number(rest)?)
}

fn digits<const N: usize>(mut number: u64) -> [u8; N] {
    let mut text = [b'0'; N];
    for place in text.iter_mut().rev() {
        *place = digit(number % 10);
        number /= 10;
    }
    text
}

fn digit(value: u64) -> u8 {
    u8::try_from(value).map_or(b'0', |value| b'0' + value)
}

fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |value, digit| digit.is_ascii_digit().then(|| value * 10 + u64::from(digit - b'0')))
}

/// A digest of texts that is the same in every check.
pub(crate) fn fingerprint(texts: &[&[u8]]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for text in texts {
        hasher.write(text);
        // no text can run into the next one
        hasher.write_usize(text.len());
    }
    hasher.finish()
}

impl Place {
    pub(crate) fn new(line: u64, record: u64) -> Place {
        Place { record: u32::try_from(record).unwrap_or(u32::MAX), line: u32::try_from(line).unwrap_or(u32::MAX) }
    }

    /// A finding about the record there, or about an item of it.
    pub(crate) fn finding(self, rule: RuleId, field: Option<u16>, detail: Detail) -> Finding {
        Finding { rule, line: Some(self.line.into()), record: Some(self.record.into()), field, detail }
    }
}

impl People {
    pub(crate) fn by(link: ByPerson) -> People {
        People { day: link.day, ..People::default() }
    }

    /// False where the record's day can't be told.
    pub(crate) fn take(&mut self, person: Person, values: &Values<'_>, place: Place, mark: u64) -> bool {
        let Some(day) = self.day.map_or(Some(0), |no| day(values.item(no))) else { return false };
        let key = (person, day);
        match &mut self.current {
            Some((current, (_, marks))) if *current == key => *marks |= mark,
            _ => {
                self.store();
                self.current = Some((key, (place, mark)));
            }
        }
        true
    }

    pub(crate) fn finish(mut self) -> People {
        self.store();
        while !self.seen.is_empty() {
            let mut piece = Vec::with_capacity(PIECE.min(self.seen.len()));
            piece.extend(std::iter::from_fn(|| self.seen.pop_first()).take(PIECE));
            self.kept.push(piece.into_boxed_slice());
        }
        self
    }

    /// The first that isn't before this key.
    fn first_from(&self, key: (Person, u32)) -> Option<&Kept> {
        let before = |kept: &Kept| kept.0 < key;
        let piece = self.kept.get(self.kept.partition_point(|piece| piece.last().is_some_and(before)))?;
        piece.get(piece.partition_point(before))
    }

    fn store(&mut self) {
        let Some((key, (place, marks))) = self.current.take() else { return };
        match self.seen.entry(key) {
            Entry::Vacant(free) => {
                free.insert((place, marks));
            }
            Entry::Occupied(mut held) => held.get_mut().1 |= marks,
        }
    }

    /// The item that holds the day.
    pub(crate) fn day_item(&self) -> Option<u16> {
        self.day
    }

    /// Person, day and first place, by person.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (Person, u32, Place)> + '_ {
        self.kept.iter().flatten().map(|((person, day), (place, _))| (*person, *day, *place))
    }

    /// Each person once, with the first place and all marks.
    pub(crate) fn persons(&self) -> impl Iterator<Item = (Person, Place, u64)> + '_ {
        let mut keys = self.kept.iter().flatten().peekable();
        std::iter::from_fn(move || {
            let ((person, _), (place, marks)) = keys.next()?;
            let (mut place, mut marks) = (*place, *marks);
            while let Some((_, (other, more))) = keys.next_if(|((next, _), _)| next == person) {
                place = place.min(*other);
                marks |= more;
            }
            Some((*person, place, marks))
        })
    }

    pub(crate) fn has(&self, person: Person, day: u32) -> bool {
        self.first_from((person, day)).is_some_and(|(key, _)| *key == (person, day))
    }

    pub(crate) fn has_person(&self, person: Person) -> bool {
        self.first_from((person, 0)).is_some_and(|((other, _), _)| *other == person)
    }
}

/// A day as a number: eight digits, be they a day or zeros.
fn day(text: &[u8]) -> Option<u32> {
    if text.len() == 8 { number(text).and_then(|day| u32::try_from(day).ok()) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_reads_as_it_was_written() {
        for (insurer, insured) in [("435073", "0000000001"), ("000000", "0000000000"), ("999999", "9999999999"), ("012345", "H000000010")] {
            let (found, person) = Person(packed(insurer.as_bytes(), insured.as_bytes()).unwrap()).texts();
            assert_eq!((&found[..], &person[..]), (insurer.as_bytes(), insured.as_bytes()));
        }
    }
}
