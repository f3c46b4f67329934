//! A file held against a profile, beside the check of the standard.

use std::sync::Arc;

use crate::checker::FileCheck;
use crate::file_name::{FileName, NameVersion};
use crate::finding::{Demand, Detail, Finding};
use crate::findings::Findings;
use crate::layout::{Field, Format, Layout};
use crate::marks;
use crate::ms932;
use crate::profile::{ItemDemands, NamesRead, Profile};
use crate::record::{Cell, Record, Step};
use crate::records::{PIECE, Records};
use crate::report::Report;
use crate::rule::RuleId;
use crate::shape::{self, Shape};

/// Holds a file against a profile: feed it the same bytes as the [`Checker`](crate::Checker), then finish with what that found.
#[derive(Debug)]
pub struct ProfileChecker {
    profile: Arc<Profile>,
    name_version: NameVersion,
    layout: Option<&'static Layout>,
    /// The items that something is demanded of, each with the places of its demands in the profile.
    demands: Vec<(&'static Field, Vec<usize>)>,
    records: Records,
    row: Vec<Cell>,
    findings: Findings,
}

impl ProfileChecker {
    /// A check of the file of that name.
    pub fn new(profile: Arc<Profile>, name: &FileName) -> ProfileChecker {
        let layout = name.kind.layout();
        let of_field = |field: &'static Field| {
            let demands: Vec<usize> =
                (0..).zip(&profile.items).filter(|(_, items)| items.concerns(name.kind, field)).map(|(at, _)| at).collect();
            (!demands.is_empty()).then_some((field, demands))
        };
        let demands = layout.map(|layout| layout.fields.iter().filter_map(of_field).collect()).unwrap_or_default();
        ProfileChecker {
            profile,
            name_version: name.version,
            layout,
            demands,
            records: Records::new(),
            row: Vec::new(),
            findings: Findings::new(),
        }
    }

    /// Takes the next bytes.
    pub fn push(&mut self, chunk: &[u8]) {
        if self.demands.is_empty() {
            return;
        }
        for piece in chunk.chunks(PIECE) {
            self.records.push(piece);
            self.take();
        }
    }

    /// What this receiver's software will refuse the file for: R-PROFILE, and nothing else. `name` are the findings of the file's name, `check` what the
    /// standard says of its content.
    pub fn finish(mut self, name: &[Finding], check: &FileCheck) -> Findings {
        self.records.finish();
        self.take();
        let mut findings = Findings::new();
        let mut demand = |at: Finding, demand| findings.push(Finding { rule: RuleId::Profile, detail: Detail::Demand(demand), ..at });
        let whole = Finding::of_file(RuleId::Profile);
        let file = &self.profile.file;
        let names = match self.name_version {
            NameVersion::V41 => NamesRead::V41,
            NameVersion::V3 => NamesRead::V3,
        };
        if file.names.as_ref().is_some_and(|read| !read.contains(&names)) {
            demand(whole, Demand::NameVersion);
        }
        if let (Some(read), Some(version)) = (&file.csv_versions, check.csv_version)
            && !read.contains(&version)
        {
            // where the version is told of, it has a place
            let told = check.findings.listed().iter().find(|finding| matches!(finding.rule, RuleId::VersionOld | RuleId::VersionOdd));
            demand(told.copied().unwrap_or(whole), Demand::CsvVersion);
        }
        if let Some(allowed) = file.max_records.filter(|allowed| check.records > *allowed) {
            demand(whole, Demand::Records { found: check.records, allowed });
        }
        for rule in &file.refuses {
            let listed = name.iter().chain(check.findings.listed()).find(|finding| finding.rule == *rule);
            if listed.is_some() || check.findings.count(*rule) > 0 {
                demand(listed.copied().unwrap_or(whole), Demand::Rule(*rule));
            }
        }
        findings.append(self.findings);
        findings
    }

    fn take(&mut self) {
        let Some(layout) = self.layout else { return };
        while let Step::Record(record) = self.records.step() {
            if matches!(shape::lay_out(&record, layout, &mut self.row), Shape::Current | Shape::Old) {
                let mut report = Report { findings: &mut self.findings, line: record.line, record: record.number, offset: record.offset };
                for (field, demands) in &self.demands {
                    let cell = usize::from(field.no).checked_sub(1).and_then(|place| self.row.get(place)).copied().unwrap_or_default();
                    let demands = demands.iter().filter_map(|at| self.profile.items.get(*at));
                    demands.for_each(|demands| check(field, demands, cell, &record, &mut report));
                }
            }
        }
    }
}

/// Every demand that a value doesn't meet. What is not MS932 was told by the standard's check.
fn check(field: &Field, demands: &ItemDemands, cell: Cell, record: &Record<'_>, report: &mut Report<'_>) {
    let text = cell.of(record.bytes);
    let text = if field.format == Format::FreeText { text } else { text.trim_ascii() };
    let scan = ms932::scan(text);
    if scan.bad.is_some() {
        return;
    }
    let quotes = if cell.marks & marks::QUOTED != 0 { memchr::memchr_iter(b'"', text).count() as u64 / 2 } else { 0 };
    let (characters, bytes) = (scan.characters - quotes, text.len() as u64 - quotes);
    let mut demand = |demand| report.item(RuleId::Profile, field.no, Detail::Demand(demand));
    if demands.required && text.is_empty() {
        demand(Demand::Filled);
    }
    if let Some(allowed) = demands.max_characters.filter(|allowed| characters > *allowed) {
        demand(Demand::Characters { found: characters, allowed });
    }
    if let Some(allowed) = demands.max_bytes.filter(|allowed| bytes > *allowed) {
        demand(Demand::Bytes { found: bytes, allowed });
    }
    for class in &demands.refuses {
        if let Some(at) = class.first_in(text) {
            let offset = report.offset + u64::from(cell.start) + at as u64;
            report.item(RuleId::Profile, field.no, Detail::Demand(Demand::Without { characters: *class, offset }));
        }
    }
}
