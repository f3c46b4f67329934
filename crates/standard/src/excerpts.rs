//! The cells that findings point at, for whoever may see them: the file is read a second time, nothing is kept of the first.

use std::collections::{BTreeMap, BTreeSet};

use crate::file_name::FileName;
use crate::finding::Finding;
use crate::layout::Layout;
use crate::ms932::decode_ms932;
use crate::record::{Cell, Step};
use crate::records::{PIECE, Records};
use crate::shape::{self, Shape};

/// Reads the cells of a file that its findings point at: feed the file's bytes, then finish.
///
/// This is the one place that gives out what a cell holds. It may hold personal data: show it to the file's owner only, and write it nowhere.
#[derive(Debug)]
pub struct Excerpts {
    layout: Option<&'static Layout>,
    wanted: BTreeSet<(u64, u16)>,
    records: Records,
    row: Vec<Cell>,
    found: BTreeMap<(u64, u16), String>,
}

/// Characters of a value that are kept.
const LONGEST: usize = 60;

impl Excerpts {
    /// The cells that these findings of the file point at, by record and item.
    pub fn new<'a>(name: &FileName, findings: impl IntoIterator<Item = &'a Finding>) -> Excerpts {
        let wanted = findings.into_iter().filter_map(|finding| Some((finding.record?, finding.field?))).collect();
        Excerpts { layout: name.kind.layout(), wanted, records: Records::new(), row: Vec::new(), found: BTreeMap::new() }
    }

    /// True when no finding points at a cell.
    pub fn is_empty(&self) -> bool {
        self.wanted.is_empty()
    }

    /// Takes the next bytes.
    pub fn push(&mut self, chunk: &[u8]) {
        for piece in chunk.chunks(PIECE) {
            self.records.push(piece);
            self.take();
        }
    }

    /// The values by record and item, shortened to 60 characters; control characters are written out (`\u{1b}`), bytes that are not MS932 in hexadecimal.
    pub fn finish(mut self) -> BTreeMap<(u64, u16), String> {
        self.records.finish();
        self.take();
        self.found
    }

    fn take(&mut self) {
        let Some(layout) = self.layout else { return };
        while let Step::Record(record) = self.records.step() {
            let mut wanted = self.wanted.range((record.number, 0)..=(record.number, u16::MAX)).peekable();
            if wanted.peek().is_none() {
                continue;
            }
            // records with a wrong number of items have no items to point at, but one that is too large
            let cells = match shape::lay_out(&record, layout, &mut self.row) {
                Shape::Current | Shape::Old => self.row.as_slice(),
                Shape::Blank | Shape::Heading | Shape::Misfit => record.cells,
            };
            for (_, no) in wanted {
                if let Some(cell) = usize::from(*no).checked_sub(1).and_then(|place| cells.get(place)) {
                    self.found.insert((record.number, *no), shown(cell.of(record.bytes)));
                }
            }
        }
    }
}

fn shown(bytes: &[u8]) -> String {
    let text = match decode_ms932(bytes) {
        Ok(text) => text.replace("\"\"", "\"").escape_debug().to_string(),
        Err(_) => bytes.escape_ascii().to_string(),
    };
    let mut shown: String = text.chars().take(LONGEST).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checker::Checker;

    #[test]
    fn the_cells_of_the_findings_are_given_and_no_others() {
        let name = FileName::parse("DLT1KYO_99A0100016_43_0170101950_11_20260410090000.CSV").0.unwrap();
        let bytes =
            b"202407,435073,0000000001,20260401\r\n202407,435073,\x8cv\x89\xe6,\"2026\n\x1b\"\"\"\r\n202407,\xff,0000000003,20260401\r\n";
        let mut checker = Checker::new(&name);
        checker.push(bytes);
        let findings = checker.finish().findings;
        for size in [1, 7, 1000] {
            let mut excerpts = Excerpts::new(&name, findings.listed());
            bytes.chunks(size).for_each(|chunk| excerpts.push(chunk));
            let found: Vec<((u64, u16), String)> = excerpts.finish().into_iter().collect();
            let expected = [((2, 3), "計画"), ((2, 4), r#"2026\n\u{1b}\""#), ((3, 2), r"\xff")];
            assert_eq!(found, expected.map(|(place, text)| (place, text.to_owned())));
        }
        assert!(Excerpts::new(&name, [].iter()).is_empty());
    }

    #[test]
    fn long_values_are_cut_and_old_records_are_counted_as_the_current_ones() {
        assert_eq!(shown(&b"x".repeat(100)).chars().count(), LONGEST + 1);
        let name = FileName::parse("UPPLAN_202604_99A0100016_0170101950_20260410090000.CSV").0.unwrap();
        let items: Vec<String> = std::iter::once("202208".to_owned()).chain((2..=22).map(|item| item.to_string())).collect();
        let finding = |no| Finding { record: Some(1), field: Some(no), ..Finding::of_file(crate::rule::RuleId::Digits) };
        let mut excerpts = Excerpts::new(&name, &[finding(15), finding(17), finding(20)]);
        excerpts.push(items.join(",").as_bytes());
        assert_eq!(
            excerpts.finish().into_iter().collect::<Vec<_>>(),
            [(15, "15"), (17, ""), (20, "17")].map(|(no, text)| ((1, no), text.to_owned()))
        );
    }
}
