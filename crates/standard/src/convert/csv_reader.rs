//! CSV to records.

use std::borrow::Cow;

use crate::convert::quoting::{Quoting, Seen};
use crate::convert::record::DecodedRecord;
use crate::finding::{Detail, Finding};
use crate::findings::Findings;
use crate::layout::{Field, Layout};
use crate::marks;
use crate::ms932::{decode_ms932, scan};
use crate::record::{Cell, Place, Record, Step};
use crate::records::{MAX_RECORD, Records};
use crate::rule::RuleId;
use crate::shape::{self, Shape, TrimSpaces as _};
use crate::utf8::Utf8Probe;

/// Reads the records of one CSV file: push a chunk, take its records out, and so on; then [`end`](CsvReader::end), take the last ones out,
/// and [`finish`](CsvReader::finish).
///
/// Text is read strictly. Records come as far as the file can be read; what stopped them, `finish` tells. Memory is bounded as the
/// [`Checker`](crate::Checker)'s is, and by one decoded record.
#[derive(Debug)]
pub struct CsvReader {
    layout: &'static Layout,
    /// None where the whole isn't read.
    utf8: Option<Utf8Probe>,
    records: Records,
    row: Vec<Cell>,
    record: DecodedRecord,
    count: u64,
    quoting: Seen,
    doubts: Findings,
    failure: Option<Finding>,
}

/// What a file was, read to its end.
#[derive(Debug, Clone)]
pub struct Summary {
    /// Records read; blank lines and a heading row are left out.
    pub records: u64,
    /// Which cells were quoted.
    pub quoting: Quoting,
    /// Gaiji and control characters: they were read, but [`CsvWriter`](crate::convert::CsvWriter) refuses to write them.
    pub doubts: Findings,
}

impl CsvReader {
    /// A reader of a file of that layout.
    pub fn new(layout: &'static Layout) -> CsvReader {
        CsvReader { utf8: Some(Utf8Probe::default()), ..CsvReader::part(layout, Place::default()) }
    }

    /// A reader of a part of a file, from where a record begins: the file's start, or what [`place`](CsvReader::place) gave. Lines count from there. What
    /// only the whole file tells isn't judged: that it is UTF-8.
    pub fn part(layout: &'static Layout, place: Place) -> CsvReader {
        CsvReader {
            layout,
            utf8: None,
            records: Records::from(place),
            row: Vec::with_capacity(layout.fields.len()),
            record: DecodedRecord::new(layout),
            count: 0,
            quoting: Seen::new(),
            doubts: Findings::new(),
            failure: None,
        }
    }

    /// Takes the next bytes.
    pub fn push(&mut self, chunk: &[u8]) {
        if let Some(utf8) = &mut self.utf8 {
            utf8.push(chunk);
        }
        if self.failure.is_none() {
            self.records.push(chunk);
        }
    }

    /// No more bytes: what is left becomes the last record.
    pub fn end(&mut self) {
        self.records.finish();
    }

    /// The next record that is complete; `None` when more bytes are needed, or none can be read any more.
    pub fn next_record(&mut self) -> Option<&DecodedRecord> {
        while self.failure.is_none() {
            match self.records.step() {
                Step::More => return None,
                Step::Broken(broken) => {
                    let detail = if broken.too_long { Detail::NoEnd { limit: MAX_RECORD as u64 } } else { Detail::None };
                    self.failure = Some(place(RuleId::Quote, broken.line, broken.number, detail));
                }
                Step::Record(record) => match shape::lay_out(&record, self.layout, &mut self.row) {
                    Shape::Blank | Shape::Heading => {}
                    Shape::Misfit => {
                        let detail = Detail::Items { found: record.items, expected: self.layout.fields.len() as u16 };
                        self.failure = Some(place(RuleId::Fields, record.line, record.number, detail));
                    }
                    shape @ (Shape::Current | Shape::Old) => {
                        self.record.clear(record.number);
                        self.record.is_old = shape == Shape::Old;
                        let mut cells = Cells { record: &record, quoting: &mut self.quoting, doubts: &mut self.doubts };
                        let read = self.layout.fields.iter().zip(&self.row).try_for_each(|(field, cell)| {
                            let missing = shape == Shape::Old && self.layout.is_missing_in_old(field.no);
                            if missing { Ok(()) } else { cells.read(field, *cell, &mut self.record) }
                        });
                        match read {
                            Ok(()) => {
                                self.count += 1;
                                return Some(&self.record);
                            }
                            Err(finding) => self.failure = Some(finding),
                        }
                    }
                },
            }
        }
        None
    }

    /// Where the next record begins: behind the last one that was taken out, or at the start.
    pub fn place(&self) -> Place {
        self.records.place()
    }

    /// What the file was.
    ///
    /// # Errors
    /// What stopped the reading: the file is not MS932 (R-UTF8, R-MS932), its quoting is broken (R-QUOTE), a record has another number of
    /// items (R-FIELDS).
    pub fn finish(self) -> Result<Summary, Finding> {
        if self.utf8.is_some_and(|utf8| utf8.is_instead_of_ms932()) {
            return Err(Finding::of_file(RuleId::Utf8));
        }
        match self.failure {
            Some(finding) => Err(finding),
            None => Ok(Summary { records: self.count, quoting: self.quoting.quoting(), doubts: self.doubts }),
        }
    }
}

/// The cells of one record on their way to text.
struct Cells<'a> {
    record: &'a Record<'a>,
    quoting: &'a mut Seen,
    doubts: &'a mut Findings,
}

impl Cells<'_> {
    fn read(&mut self, field: &Field, cell: Cell, into: &mut DecodedRecord) -> Result<(), Finding> {
        let quoted = cell.marks & marks::QUOTED != 0;
        let mut text = cell.of(self.record.bytes);
        if cell.marks & (marks::NON_ASCII | marks::CONTROL) != 0 {
            self.scan(field, cell, text)?;
        }
        if !field.format.keeps_spaces() {
            text = text.trim_ascii_spaces();
        }
        // scanned above, so it decodes
        let mut value = decode_ms932(text).unwrap_or_default();
        if quoted && cell.marks & marks::QUOTE != 0 {
            value = Cow::Owned(value.replace("\"\"", "\""));
        }
        self.quoting.cell(field, &value, quoted);
        if let Some(slot) = into.slot(field) {
            slot.push_str(&value);
        }
        Ok(())
    }

    fn scan(&mut self, field: &Field, cell: Cell, text: &[u8]) -> Result<(), Finding> {
        let Record { line, number, offset, .. } = *self.record;
        let item = |rule, detail| Finding { field: Some(field.no), ..place(rule, line, number, detail) };
        let byte = |at: usize, byte: u8| Detail::Byte { offset: offset + u64::from(cell.start) + at as u64, byte };
        let found = scan(text);
        if let Some(bad) = found.bad {
            return Err(item(RuleId::Ms932, byte(bad.offset, bad.byte)));
        }
        if let Some(at) = found.gaiji {
            self.doubts.push(item(RuleId::Gaiji, byte(at, text.get(at).copied().unwrap_or_default())));
        }
        if found.control {
            self.doubts.push(item(RuleId::Ctrl, Detail::None));
        }
        Ok(())
    }
}

fn place(rule: RuleId, line: u64, record: u64, detail: Detail) -> Finding {
    Finding { line: Some(line), record: Some(record), ..Finding::of_file(rule).with(detail) }
}
