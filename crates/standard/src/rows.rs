//! The check of a file's records: which of them hold values, and what they say together.

use crate::across::{Across, Recipients};
use crate::checker::FileCheck;
use crate::file_name::FileName;
use crate::finding::{Detail, Finding};
use crate::findings::Findings;
use crate::item_rules::{self, Checked};
use crate::kind::Kind;
use crate::layout::{Format, Layout};
use crate::marks;
use crate::ms932;
use crate::record::{Cell, Record, Step};
use crate::record_rules::{Context, Values};
use crate::records::{MAX_RECORD, Records};
use crate::report::Report;
use crate::rule::RuleId;
use crate::seeming::Seeming;
use crate::shape::{self, Shape, TrimSpaces as _};
use crate::version::CsvVersion;

/// The check of a file's records.
#[derive(Debug)]
pub(crate) struct Rows {
    kind: Kind,
    layout: &'static Layout,
    context: Context,
    across: Across,
    findings: Findings,
    /// The cells of the record under check, one an item.
    row: Vec<Cell>,
    /// Which items of the record before are known to be right: what comes again is not judged again.
    right: Vec<bool>,
    shape_before: Shape,
    records: u64,
    version: Option<FirstVersion>,
    mixed: Option<Finding>,
    first_other_end: Option<u64>,
    broken: Option<Finding>,
    /// Records with the right number of items.
    fitting: u64,
    /// What the first record without it says of the file.
    misfit: Option<(Finding, Option<Seeming>)>,
}

#[derive(Debug)]
struct FirstVersion {
    /// As written, shortened to [`VERSION_KEPT`].
    text: Vec<u8>,
    line: u64,
    record: u64,
}

/// More than any version has, and no more than must be held of a value that isn't one.
const VERSION_KEPT: usize = 64;

/// The largest cell in bytes. No text of the standard's forms comes near it, and importers choke on more.
const LARGEST_CELL: usize = 64 << 10;

impl Rows {
    pub(crate) fn new(name: &FileName, layout: &'static Layout, recipients: Recipients) -> Rows {
        Rows {
            kind: name.kind,
            layout,
            context: Context::of(name),
            across: Across::new(layout, recipients),
            findings: Findings::new(),
            row: Vec::with_capacity(layout.fields.len()),
            right: vec![false; layout.fields.len()],
            shape_before: Shape::Blank,
            records: 0,
            version: None,
            mixed: None,
            first_other_end: None,
            broken: None,
            fitting: 0,
            misfit: None,
        }
    }

    /// Checks the records that are complete.
    pub(crate) fn take(&mut self, records: &mut Records) {
        loop {
            match records.step() {
                Step::Record(record) => self.check(&record),
                Step::More => return,
                Step::Broken(record) => {
                    if self.broken.is_none() {
                        self.across.miss();
                        let mut report =
                            Report { findings: &mut self.findings, line: record.line, record: record.number, offset: record.offset };
                        check_bytes(record.bytes, record.to_end, &mut report);
                        let detail = if record.too_long { Detail::NoEnd { limit: MAX_RECORD as u64 } } else { Detail::None };
                        self.broken = Some(Finding {
                            rule: RuleId::Quote,
                            line: Some(record.line),
                            record: Some(record.number),
                            field: None,
                            detail,
                        });
                    }
                    return;
                }
            }
        }
    }

    fn check(&mut self, record: &Record<'_>) {
        if !record.ends_in_crlf && self.first_other_end.is_none() {
            self.first_other_end = Some(record.line);
        }
        let mut report = Report { findings: &mut self.findings, line: record.line, record: record.number, offset: record.offset };
        let shape = shape::lay_out(record, self.layout, &mut self.row);
        if shape != self.shape_before {
            // its cells are other items, or it was none of values
            self.right.fill(false);
            self.shape_before = shape;
        }
        match shape {
            Shape::Blank => report.record(RuleId::Blank, Detail::None),
            Shape::Heading => {
                report.record(RuleId::Header, Detail::None);
                check_bytes(record.bytes, true, &mut report);
            }
            Shape::Misfit => {
                self.records += 1;
                check_sizes(record, self.layout, &mut report);
                let expected = self.layout.fields.len() as u16;
                report.record(RuleId::Fields, Detail::Items { found: record.items, expected });
                check_bytes(record.bytes, true, &mut report);
                self.across.miss();
                self.misfit.get_or_insert_with(|| {
                    let finding = Finding { line: Some(record.line), record: Some(record.number), ..Finding::of_file(RuleId::Fields) };
                    (finding, Seeming::of_record(record, self.layout))
                });
            }
            Shape::Current | Shape::Old => {
                self.records += 1;
                self.fitting += 1;
                check_sizes(record, self.layout, &mut report);
                if shape == Shape::Old && report.findings.count(RuleId::OldLayout) == 0 {
                    report.record(RuleId::OldLayout, Detail::None);
                }
                self.check_row(record);
            }
        }
    }

    /// The record's values, when it has as many as the layout.
    fn check_row(&mut self, record: &Record<'_>) {
        let mut report = Report { findings: &mut self.findings, line: record.line, record: record.number, offset: record.offset };
        let mut readable = true;
        let mut version_is_readable = true;
        for ((field, cell), right) in self.layout.fields.iter().zip(&mut self.row).zip(&mut self.right) {
            // what is said of a value follows from nothing but the value
            if *right && cell.marks & marks::AGAIN != 0 {
                continue;
            }
            let found_before = report.findings.total();
            match item_rules::check(field, *cell, record.bytes, &mut report) {
                Checked::Value(value) => {
                    *right = value == *cell && report.findings.total() == found_before;
                    *cell = value;
                }
                Checked::Unreadable => {
                    *right = false;
                    readable = false;
                    version_is_readable &= field.format != Format::CsvVersion;
                }
            }
        }
        let values = Values { bytes: record.bytes, cells: &self.row };
        if readable {
            let no_tool_items = report.findings.count(RuleId::OldLayout) > 0;
            self.context.check(self.layout, &values, no_tool_items, &mut report);
        }
        self.across.take(&values, &mut report);
        if version_is_readable {
            self.note_version(record);
        }
    }

    fn note_version(&mut self, record: &Record<'_>) {
        let version = record.cells.first().map(|cell| cell.of(record.bytes).trim_ascii_spaces()).unwrap_or_default();
        let version = version.get(..VERSION_KEPT).unwrap_or(version);
        match &self.version {
            None => self.version = Some(FirstVersion { text: version.to_vec(), line: record.line, record: record.number }),
            Some(first) if first.text != version && self.mixed.is_none() => {
                self.mixed = Some(Finding {
                    line: Some(record.line),
                    record: Some(record.number),
                    field: Some(1),
                    ..Finding::of_file(RuleId::VersionMix)
                });
            }
            Some(_) => {}
        }
    }

    /// What the file as a whole says goes before what its records say.
    pub(crate) fn finish(mut self) -> FileCheck {
        let mut findings = Findings::new();
        if let Some((finding, Some(seeming))) = self.misfit.filter(|_| self.fitting == 0 && self.broken.is_none()) {
            findings.push(finding.with(Detail::SeemsToBe(seeming)));
            return FileCheck { findings, records: self.records, csv_version: None, links: None };
        }
        let links = self.across.finish(&mut self.findings);
        let csv_version = self.version.as_ref().and_then(|first| CsvVersion::find(&first.text)).filter(|_| self.mixed.is_none());
        if let Some(mixed) = self.mixed {
            findings.push(mixed);
        } else if let Some(first) = self.version
            && let Some(rule) = csv_version.map_or(Some(RuleId::Version), CsvVersion::rule)
        {
            findings.push(Finding { line: Some(first.line), record: Some(first.record), field: Some(1), ..Finding::of_file(rule) });
        }
        if let Some(line) = self.first_other_end {
            findings.push(Finding::of_file(RuleId::Eol).with(Detail::FirstLine(line)));
        }
        if self.records == 0 && self.broken.is_none() {
            let rule = if self.kind.facts().leading { RuleId::Empty } else { RuleId::EmptySub };
            findings.push(Finding::of_file(rule));
        }
        findings.extend(self.broken);
        findings.append(self.findings);
        FileCheck { findings, records: self.records, csv_version, links: Some(links) }
    }
}

/// R-CELL-SIZE. A record that is short enough has no such cell: that is nearly all of them.
fn check_sizes(record: &Record<'_>, layout: &Layout, report: &mut Report<'_>) {
    if record.bytes.len() <= LARGEST_CELL {
        return;
    }
    for (no, cell) in (1..).zip(record.cells) {
        let doubled = if cell.marks & marks::QUOTED != 0 { memchr::memchr_iter(b'"', cell.of(record.bytes)).count() / 2 } else { 0 };
        let found = cell.of(record.bytes).len() - doubled;
        if found > LARGEST_CELL {
            let detail = Detail::Size { found: found as u64, allowed: LARGEST_CELL as u64 };
            match layout.field(no) {
                Some(field) => report.item(RuleId::CellSize, field.no, detail),
                None => report.record(RuleId::CellSize, detail),
            }
        }
    }
}

/// The bytes of a record whose items can't be told apart; a pair may be cut off where they end before the record does.
fn check_bytes(bytes: &[u8], whole: bool, report: &mut Report<'_>) {
    if let Some(bad) = ms932::scan(bytes).bad.filter(|bad| whole || bad.offset + 1 < bytes.len()) {
        let offset = report.offset + bad.offset as u64;
        report.record(RuleId::Ms932, Detail::Byte { offset, byte: bad.byte });
    }
}
