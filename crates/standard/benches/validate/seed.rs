//! Records to measure with: those of a good file among the fixtures, again and again for other persons. The example `many_records` shares it.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use standard::{FileName, Kind};

/// The records of one file of the fixtures, under its name.
pub(crate) struct Seed {
    pub(crate) name: FileName,
    /// The same as text.
    pub(crate) file: String,
    records: Vec<Record>,
    persons: usize,
}

struct Record {
    /// With its line end.
    bytes: Vec<u8>,
    /// Where the insured number stands.
    number: Range<usize>,
    /// Which of the file's persons it tells of.
    person: usize,
}

/// The first insured number given out; as many digits as each has.
const FIRST_PERSON: usize = 1_000_000_000;

impl Seed {
    /// The first file of this kind.
    pub(crate) fn of(kind: Kind) -> Seed {
        let sets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/standard/seed-1/valid");
        let mut files: Vec<PathBuf> = paths(&sets).iter().flat_map(|set| paths(set)).collect();
        files.sort();
        let of_kind = |path: &PathBuf| {
            let file = path.file_name().unwrap().to_str().unwrap().to_owned();
            Some((path.clone(), FileName::parse(&file).0.filter(|name| name.kind == kind)?, file))
        };
        let (path, name, file) = files.iter().find_map(of_kind).unwrap();
        let (mut records, mut persons) = (Vec::<Record>::new(), 0);
        for bytes in split(&fs::read(path).unwrap()) {
            let number = insured_number(&bytes);
            let same = records.last().is_some_and(|last| whose(&last.bytes, &last.number) == whose(&bytes, &number));
            persons += usize::from(!same);
            records.push(Record { bytes, number, person: persons - 1 });
        }
        Seed { name, file, records, persons }
    }

    /// Appends the `index`th record: the file's in turn, each round for other persons.
    pub(crate) fn append(&self, bytes: &mut Vec<u8>, index: usize) {
        let record = self.record(index);
        record.append(bytes, index / self.records.len() * self.persons + record.person);
    }

    /// Appends the `index`th record, each for a person of its own.
    pub(crate) fn append_for_another(&self, bytes: &mut Vec<u8>, index: usize) {
        self.record(index).append(bytes, index);
    }

    fn record(&self, index: usize) -> &Record {
        self.records.get(index % self.records.len()).unwrap()
    }
}

impl Record {
    fn append(&self, bytes: &mut Vec<u8>, person: usize) {
        bytes.extend_from_slice(self.bytes.get(..self.number.start).unwrap());
        bytes.extend_from_slice((FIRST_PERSON + person).to_string().as_bytes());
        bytes.extend_from_slice(self.bytes.get(self.number.end..).unwrap());
    }
}

fn paths(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// At line ends that stand in no quotes.
fn split(bytes: &[u8]) -> Vec<Vec<u8>> {
    let (mut records, mut open) = (vec![Vec::new()], false);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        records.last_mut().unwrap().extend_from_slice(line);
        open ^= line.iter().filter(|byte| **byte == b'"').count() % 2 == 1;
        if !open {
            records.push(Vec::new());
        }
    }
    records.retain(|record| !record.is_empty());
    records
}

/// Item 3, of every kind; the items before it hold no comma.
fn insured_number(record: &[u8]) -> Range<usize> {
    let mut commas = record.iter().enumerate().filter(|(_, byte)| **byte == b',').map(|(at, _)| at);
    let before = commas.nth(1).unwrap();
    before + 1..commas.next().unwrap_or(record.len())
}

/// Insurer and insured number: the first six digits are the version.
fn whose<'a>(record: &'a [u8], number: &Range<usize>) -> &'a [u8] {
    record.get("202407,".len()..number.end).unwrap()
}
