//! From files read to a report: which make a unit, which pattern it belongs to, what was found.

use std::collections::{BTreeMap, BTreeSet};

use standard::{FileCheck, FileName, Finding, Findings, Kind, RuleId, check_unit, group_units};

use super::coverage::Coverage;
use super::report::{FindingPlace, KindReport, MisnamedReport, PatternReport, Report, RuleReport, UnitReport};
use super::verdict::{Verdict, is_to_be_mended};
use super::{Review, Reviewed, misnamed};
use crate::kit::STANDARD;
use crate::pattern::{Care, Pattern};

/// The rules that were broken.
#[derive(Default)]
struct Tally {
    rules: BTreeMap<RuleId, Broken>,
    errors: u64,
    warnings: u64,
}

/// How often a rule was broken, and where first: in a file, or in the set.
#[derive(Default)]
struct Broken {
    count: u64,
    first: Option<(Finding, Option<String>)>,
}

/// All files of a kind in a pattern.
struct OfKind {
    coverage: Coverage,
    records: u64,
    files: usize,
    tally: Tally,
}

#[derive(Default)]
struct OfPattern {
    units: Vec<UnitReport>,
    kinds: BTreeMap<Kind, OfKind>,
    errors_of_sets: u64,
    warnings_of_sets: u64,
}

pub(super) fn report(review: Review) -> Report {
    let Review { mut files, misnamed: names, others } = review;
    // in the order of the names, wherever they lay: the same files, the same report
    files.sort_by(|one, other| (&one.text, &one.folder).cmp(&(&other.text, &other.folder)));
    let mut patterns: BTreeMap<Pattern, OfPattern> = BTreeMap::new();
    for members in units(&files.iter().collect::<Vec<_>>()) {
        let names: Vec<&FileName> = members.iter().map(|file| &file.name).collect();
        if let Some(pattern) = Pattern::of(&names, care(&members)) {
            patterns.entry(pattern).or_default().add(&members);
        }
    }
    let patterns: Vec<PatternReport> =
        Pattern::ALL.into_iter().map(|pattern| patterns.remove(&pattern).unwrap_or_default().report(pattern)).collect();
    let misnamed: Vec<MisnamedReport> = misnamed_reports(names);
    let worst = patterns.iter().map(|pattern| pattern.verdict).max().unwrap_or(Verdict::NotShown);
    Report {
        standard: STANDARD,
        verdict: if misnamed.is_empty() { worst } else { Verdict::Failed },
        patterns_shown: patterns.iter().filter(|pattern| pattern.verdict != Verdict::NotShown).count(),
        files: files.len(),
        records: files.iter().map(|file| file.check.records).sum(),
        errors: patterns.iter().map(|pattern| pattern.errors).sum::<u64>() + misnamed.len() as u64,
        warnings: patterns.iter().map(|pattern| pattern.warnings).sum(),
        other_files: others,
        patterns,
        misnamed,
    }
}

/// The files that travel together, by their names wherever they lie; where one name comes twice, folder by folder.
fn units<'a>(files: &[&'a Reviewed]) -> Vec<Vec<&'a Reviewed>> {
    let mut units = Vec::new();
    for unit in grouped(files) {
        let mut folders: BTreeMap<&str, Vec<&Reviewed>> = BTreeMap::new();
        unit.iter().for_each(|file| folders.entry(&file.folder).or_default().push(file));
        let names: BTreeSet<&str> = unit.iter().map(|file| file.text.as_str()).collect();
        if names.len() == unit.len() {
            units.push(unit);
        } else {
            units.extend(folders.into_values().flat_map(|files| grouped(&files)));
        }
    }
    units
}

fn grouped<'a>(files: &[&'a Reviewed]) -> Vec<Vec<&'a Reviewed>> {
    let names: Vec<FileName> = files.iter().map(|file| file.name.clone()).collect();
    let groups = group_units(&names).into_iter();
    groups.map(|group| group.into_iter().filter_map(|place| files.get(place).copied()).collect()).collect()
}

fn misnamed_reports(mut names: Vec<String>) -> Vec<MisnamedReport> {
    names.sort_unstable();
    let finding = misnamed();
    let report = |file| MisnamedReport { file, rule: finding.rule, message: finding.message(None), message_ja: finding.message_ja(None) };
    names.into_iter().map(report).collect()
}

/// What the service codes of all the unit's files say.
fn care(members: &[&Reviewed]) -> Care {
    let cares: Vec<Care> = members.iter().map(|file| file.coverage.care()).collect();
    [Care::Other, Care::Preventive].into_iter().find(|care| cares.contains(care)).unwrap_or(Care::Unknown)
}

impl OfPattern {
    fn add(&mut self, members: &[&Reviewed]) {
        let files: Vec<(&FileName, &FileCheck)> = members.iter().map(|file| (&file.name, &file.check)).collect();
        let set = check_unit(&files);
        let mut of_set = Tally::default();
        of_set.add(&set.findings, None);
        let (mut errors, mut warnings) = (of_set.errors, of_set.warnings);
        for (file, in_set) in members.iter().zip(&set.of_files) {
            let of_kind = self.kinds.entry(file.name.kind).or_insert_with(|| OfKind::of(file.name.kind));
            let mut findings = file.findings.clone();
            findings.append(in_set.clone());
            errors += findings.errors();
            warnings += findings.warnings();
            of_kind.files += 1;
            of_kind.records += file.check.records;
            of_kind.coverage.add(&file.coverage);
            of_kind.tally.add(&findings, Some(&file.text));
        }
        self.errors_of_sets += of_set.errors;
        self.warnings_of_sets += of_set.warnings;
        self.units.push(UnitReport {
            unit: set.unit.map(|unit| unit.id),
            name_ja: set.unit.map(|unit| unit.name_ja),
            verdict: Verdict::of(errors, warnings),
            files: members.iter().map(|file| file.text.clone()).collect(),
            rules: of_set.reports(None),
        });
    }

    fn report(self, pattern: Pattern) -> PatternReport {
        let kinds: Vec<KindReport> = self.kinds.into_iter().map(|(kind, of_kind)| of_kind.report(kind)).collect();
        let errors = self.errors_of_sets + kinds.iter().map(|kind| kind.errors).sum::<u64>();
        let warnings = self.warnings_of_sets + kinds.iter().map(|kind| kind.warnings).sum::<u64>();
        PatternReport {
            pattern,
            name: pattern.name_en(),
            name_ja: pattern.name_ja(),
            verdict: if self.units.is_empty() { Verdict::NotShown } else { Verdict::of(errors, warnings) },
            files: kinds.iter().map(|kind| kind.files).sum(),
            records: kinds.iter().map(|kind| kind.records).sum(),
            errors,
            warnings,
            units: self.units,
            kinds,
        }
    }
}

impl OfKind {
    fn of(kind: Kind) -> OfKind {
        OfKind { coverage: Coverage::of(kind), records: 0, files: 0, tally: Tally::default() }
    }

    fn report(self, kind: Kind) -> KindReport {
        let (items, items_filled) = self.coverage.items();
        KindReport {
            kind: kind.code(),
            name: kind.name_en(),
            name_ja: kind.name_ja(),
            verdict: Verdict::of(self.tally.errors, self.tally.warnings),
            files: self.files,
            records: self.records,
            records_read: self.coverage.records,
            errors: self.tally.errors,
            warnings: self.tally.warnings,
            items,
            items_filled,
            never_filled: self.coverage.never_filled(),
            codes: self.coverage.codes(),
            rules: self.tally.reports(Some(kind)),
        }
    }
}

impl Tally {
    fn add(&mut self, findings: &Findings, file: Option<&str>) {
        self.errors += findings.errors();
        self.warnings += findings.warnings();
        for (rule, count) in findings.rules() {
            let broken = self.rules.entry(rule).or_default();
            broken.count += count;
            if broken.first.is_none() {
                let listed = findings.listed().iter().find(|finding| finding.rule == rule);
                broken.first = listed.map(|finding| (*finding, file.map(str::to_owned)));
            }
        }
    }

    /// Errors first, each in the order of the rules.
    fn reports(self, kind: Option<Kind>) -> Vec<RuleReport> {
        let mut reports: Vec<RuleReport> = self.rules.into_iter().map(|(rule, broken)| rule_report(rule, broken, kind)).collect();
        reports.sort_by_key(|report| report.severity);
        reports
    }
}

fn rule_report(rule: RuleId, Broken { count, first }: Broken, kind: Option<Kind>) -> RuleReport {
    let finding = first.as_ref().map_or_else(|| Finding::of_file(rule), |(finding, _)| *finding);
    RuleReport {
        rule,
        severity: rule.severity(),
        mend_in_writing: is_to_be_mended(rule),
        count,
        message: finding.message(kind),
        message_ja: finding.message_ja(kind),
        first: first.map(|(finding, file)| {
            let field = kind.and_then(Kind::layout).zip(finding.field).and_then(|(layout, no)| layout.field(no));
            FindingPlace {
                file,
                line: finding.line,
                record: finding.record,
                field: finding.field,
                field_name: field.map(|field| field.name),
                field_name_ja: field.map(|field| field.name_ja),
            }
        }),
    }
}
