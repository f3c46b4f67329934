//! The kit and the validator agree: on every unit, every finding and its place.

#![expect(clippy::unwrap_used, reason = "the helpers of tests may stop at the first surprise, as tests do")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use kit::{ExpectedFinding, Kit, KitUnit, Pattern};
use standard::convert::CsvReader;
use standard::{Checker, FileCheck, FileName, Finding, Kind, Layout, Profile, ProfileChecker, RuleId, Unit, check_unit, group_units};

static KIT: LazyLock<Kit> = LazyLock::new(|| Kit::generate(1).unwrap());

/// The unit the files make up, and what was found in them.
fn judge(unit: &KitUnit) -> (Option<&'static str>, Vec<ExpectedFinding>) {
    let mut found = Vec::new();
    let mut checked: Vec<(FileName, FileCheck, &str)> = Vec::new();
    let mut unnamed = false;
    let profile = unit.profile.map(|profile| Arc::new(Profile::parse(profile).unwrap()));
    for (file, text) in unit.files.iter().zip(unit.names()) {
        let (name, findings) = FileName::parse(text);
        found.extend(findings.iter().map(|finding| placed(finding, Some(text), None)));
        let Some(name) = name else {
            unnamed = true;
            continue;
        };
        let parties = name.check_parties(Some(&unit.expected.sender), Some(&unit.expected.recipient));
        let mut checker = Checker::new(&name);
        checker.push(&file.bytes);
        let check = checker.finish();
        if let Some(profile) = &profile {
            let mut demands = ProfileChecker::new(Arc::clone(profile), &name);
            demands.push(&file.bytes);
            let refused = demands.finish(&findings, &check);
            found.extend(refused.listed().iter().map(|finding| placed(finding, Some(text), Some(name.kind))));
        }
        assert!(check.findings.total() <= 100, "{}: all findings are listed", unit.folder);
        found.extend(parties.iter().chain(check.findings.listed()).map(|finding| placed(finding, Some(text), Some(name.kind))));
        checked.push((name, check, text));
    }
    if unnamed {
        return (None, found);
    }
    let files: Vec<(&FileName, &FileCheck)> = checked.iter().map(|(name, check, _)| (name, check)).collect();
    let set = check_unit(&files);
    found.extend(set.findings.listed().iter().map(|finding| placed(finding, None, None)));
    for ((name, _, text), findings) in checked.iter().zip(&set.of_files) {
        found.extend(findings.listed().iter().map(|finding| placed(finding, Some(text), Some(name.kind))));
    }
    found.sort();
    (set.unit.map(|unit| unit.id), found)
}

fn placed(finding: &Finding, file: Option<&str>, kind: Option<Kind>) -> ExpectedFinding {
    ExpectedFinding {
        rule: finding.rule,
        severity: finding.severity(),
        file: file.map(str::to_owned),
        line: finding.line,
        record: finding.record,
        field: finding.field,
        field_name: kind.and_then(|kind| finding.field_name(kind)),
    }
}

#[test]
fn every_unit_gives_exactly_the_findings_written_beside_it() {
    for kit in [&*KIT, &Kit::generate(20_260_401).unwrap()] {
        for unit in &kit.units {
            let (_, found) = judge(unit);
            let mut expected = unit.expected.findings.clone();
            expected.sort();
            assert_eq!(found, expected, "{} (seed {})", unit.folder, kit.seed);
        }
    }
}

#[test]
fn valid_units_have_no_finding_but_for_the_third_edition_and_are_the_unit_they_say() {
    for unit in valid() {
        let (id, found) = judge(unit);
        assert_eq!(id, Some(unit.expected.unit), "{}", unit.folder);
        let of_old: BTreeSet<RuleId> = [RuleId::NameV3, RuleId::VersionOld].into();
        let rules: BTreeSet<RuleId> = found.iter().map(|finding| finding.rule).collect();
        assert_eq!(rules, if unit.expected.unit == "PLAN_V3" { of_old } else { BTreeSet::new() }, "{}", unit.folder);
    }
}

#[test]
fn every_unit_kind_and_pattern_of_the_standard_is_there() {
    let units: BTreeSet<&str> = valid().map(|unit| unit.expected.unit).collect();
    assert_eq!(units, Unit::all().iter().map(|unit| unit.id).collect());
    let kinds: BTreeSet<Kind> = valid().flat_map(KitUnit::names).map(|name| FileName::parse(name).0.unwrap().kind).collect();
    assert_eq!(kinds, Kind::ALL.into());
    let patterns: BTreeSet<Pattern> = valid().filter_map(|unit| unit.pattern).collect();
    assert_eq!(patterns, Pattern::ALL.into());
}

#[test]
fn every_rule_is_broken_by_a_unit_of_its_own() {
    for rule in RuleId::ALL {
        let own: Vec<&KitUnit> = KIT.units.iter().filter(|unit| unit.expected.rule == Some(rule)).collect();
        assert!(own.iter().any(|unit| unit.folder == format!("bad/{rule}")), "{rule}");
        for unit in own {
            assert!(unit.expected.findings.iter().any(|finding| finding.rule == rule), "{}", unit.folder);
            assert_eq!(unit.expected.accepted, unit.expected.findings.iter().all(|finding| finding.severity.as_str() == "warning"));
            assert!(!unit.expected.note.is_empty() && unit.expected.note_ja.ends_with('。'), "{}", unit.folder);
        }
    }
}

#[test]
fn a_seed_gives_the_same_bytes_and_another_seed_others() {
    let files = |kit: &Kit| kit.files().unwrap();
    assert_eq!(files(&Kit::generate(1).unwrap()), files(&KIT));
    assert_ne!(files(&Kit::generate(2).unwrap()), files(&KIT));
}

#[test]
fn no_two_files_of_the_kit_lie_in_one_place() {
    let files = KIT.files().unwrap();
    let paths: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths.len(), files.len());
    assert!(paths.iter().all(|path| path.split('/').all(|part| !part.is_empty() && part != ".." && !part.contains(['\\', ':']))));
}

#[test]
fn the_valid_units_of_the_kit_are_told_apart_by_their_names() {
    let names: Vec<FileName> = valid().flat_map(KitUnit::names).map(|name| FileName::parse(name).0.unwrap()).collect();
    assert_eq!(group_units(&names).len(), valid().count());
}

#[test]
fn every_code_is_written_in_every_kind_that_has_its_table() {
    // items that one answer only makes sense for: the kit's persons are certified, their short stays within thirty days
    const ONE_ANSWER: [&str; 3] = ["certification_status", "over_30_days", "csv_version"];
    let mut written: BTreeMap<(Kind, &str), BTreeSet<String>> = BTreeMap::new();
    for (file, name) in valid().flat_map(|unit| unit.files.iter().zip(unit.names())) {
        let Some(layout) = FileName::parse(name).0.unwrap().kind.layout() else { continue };
        let mut reader = CsvReader::new(layout);
        reader.push(&file.bytes);
        reader.end();
        while let Some(record) = reader.next_record() {
            for (field, value) in record.items() {
                if let (Some(table), Some(value)) = (field.codes, value) {
                    written.entry((layout.kind, table.name)).or_default().insert(value.to_owned());
                }
            }
        }
    }
    for layout in Layout::all() {
        // nobody in preventive care has a plan with a table 1
        let of_care_only = |name: &str| (layout.kind, name) == (Kind::PlanTable1, "care_level");
        let fields = layout.fields.iter().filter(|field| !ONE_ANSWER.contains(&field.name) && !of_care_only(field.name));
        for table in fields.filter_map(|field| field.codes) {
            let seen = &written[&(layout.kind, table.name)];
            let missing: Vec<&str> = table.codes.iter().map(|code| code.code).filter(|code| !seen.contains(*code)).collect();
            assert!(missing.is_empty(), "{} {}: {missing:?}", layout.kind, table.name);
        }
    }
}

fn valid() -> impl Iterator<Item = &'static KitUnit> {
    KIT.units.iter().filter(|unit| unit.expected.rule.is_none())
}
