//! The kit and the validator agree: on every unit, every finding and its place.

use std::collections::{BTreeMap, BTreeSet};

use kit::{ExpectedFinding, Kit, KitUnit, Pattern};
use standard::{Checker, FileCheck, FileName, Finding, Format, Kind, Layout, RuleId, Unit, check_unit, group_units};

/// How many records each kind has in a unit, and what was found.
fn judge(unit: &KitUnit) -> (Option<&'static str>, Vec<ExpectedFinding>) {
    let mut found = Vec::new();
    let mut checked: Vec<(FileName, FileCheck, &str)> = Vec::new();
    let mut unnamed = false;
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
    for seed in [1, 2, 20_260_401] {
        for unit in &Kit::generate(seed).unwrap().units {
            let (_, found) = judge(unit);
            let mut expected = unit.expected.findings.clone();
            expected.sort();
            assert_eq!(found, expected, "{} (seed {seed})", unit.folder);
        }
    }
}

#[test]
fn valid_units_have_no_finding_but_for_the_third_edition_and_are_the_unit_they_say() {
    for unit in valid(&Kit::generate(1).unwrap()) {
        let (id, found) = judge(unit);
        assert_eq!(id, Some(unit.expected.unit), "{}", unit.folder);
        let of_old: BTreeSet<RuleId> = [RuleId::NameV3, RuleId::VersionOld].into();
        let rules: BTreeSet<RuleId> = found.iter().map(|finding| finding.rule).collect();
        assert_eq!(rules, if unit.expected.unit == "PLAN_V3" { of_old } else { BTreeSet::new() }, "{}", unit.folder);
    }
}

#[test]
fn every_unit_kind_and_pattern_of_the_standard_is_there() {
    let kit = Kit::generate(1).unwrap();
    let units: BTreeSet<&str> = valid(&kit).map(|unit| unit.expected.unit).collect();
    assert_eq!(units, Unit::all().iter().map(|unit| unit.id).collect());
    let kinds: BTreeSet<Kind> = valid(&kit).flat_map(KitUnit::names).map(|name| FileName::parse(name).0.unwrap().kind).collect();
    assert_eq!(kinds, Kind::ALL.into());
    let patterns: BTreeSet<Pattern> = valid(&kit).filter_map(|unit| unit.pattern).collect();
    assert_eq!(patterns, Pattern::ALL.into());
}

#[test]
fn every_rule_is_broken_by_a_unit_of_its_own() {
    let kit = Kit::generate(1).unwrap();
    for rule in RuleId::ALL {
        let own: Vec<&KitUnit> = kit.units.iter().filter(|unit| unit.expected.rule == Some(rule)).collect();
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
    let files = |seed| Kit::generate(seed).unwrap().files().unwrap();
    assert_eq!(files(7), files(7));
    assert_ne!(files(7), files(8));
}

#[test]
fn no_two_files_of_the_kit_lie_in_one_place() {
    let files = Kit::generate(1).unwrap().files().unwrap();
    let paths: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths.len(), files.len());
    assert!(paths.iter().all(|path| path.split('/').all(|part| !part.is_empty() && part != ".." && !part.contains(['\\', ':']))));
}

#[test]
fn the_valid_units_of_the_kit_are_told_apart_by_their_names() {
    let kit = Kit::generate(1).unwrap();
    let names: Vec<FileName> = valid(&kit).flat_map(KitUnit::names).map(|name| FileName::parse(name).0.unwrap()).collect();
    assert_eq!(group_units(&names).len(), valid(&kit).count());
}

#[test]
fn every_code_of_every_item_with_a_table_is_written_somewhere() {
    // items that one answer only makes sense for: persons of the kit are certified, their services are not beyond thirty days
    const ONE_ANSWER: [&str; 3] = ["certification_status", "over_30_days", "csv_version"];
    let kit = Kit::generate(1).unwrap();
    let mut written: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (unit, name) in valid(&kit).flat_map(|unit| unit.files.iter().zip(unit.names())) {
        let Some(layout) = FileName::parse(name).0.unwrap().kind.layout() else { continue };
        let text = standard::decode_ms932(&unit.bytes).unwrap().into_owned();
        let mut reader = csv_core::Reader::new();
        let (mut input, mut output, mut ends) = (text.as_bytes(), vec![0; text.len() + 1], [0; 100]);
        loop {
            let (result, read, _, fields) = reader.read_record(input, &mut output, &mut ends);
            input = &input[read..];
            match result {
                csv_core::ReadRecordResult::Record => {
                    for (index, field) in layout.fields.iter().enumerate().take(fields) {
                        let start = if index == 0 { 0 } else { ends[index - 1] };
                        let value = String::from_utf8(output[start..ends[index]].to_vec()).unwrap();
                        if let (Format::Code, Some(table)) = (field.format, field.codes) {
                            written.entry(table.name).or_default().insert(value);
                        }
                    }
                }
                csv_core::ReadRecordResult::InputEmpty => {}
                _ => break,
            }
        }
    }
    let tables =
        Layout::all().flat_map(|layout| layout.fields).filter(|field| !ONE_ANSWER.contains(&field.name)).filter_map(|field| field.codes);
    for table in tables {
        for code in table.codes {
            assert!(written[table.name].contains(code.code), "{} {}", table.name, code.code);
        }
    }
}

fn valid(kit: &Kit) -> impl Iterator<Item = &KitUnit> {
    kit.units.iter().filter(|unit| unit.expected.rule.is_none())
}
