//! Every fixture gives exactly the findings its neighbour says. The fixtures are whole sets.

#![expect(clippy::unwrap_used, reason = "the helpers of tests may stop at the first surprise, as tests do")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use standard::{Address, Checker, FileCheck, FileName, Finding, Kind, RuleId, Unit, check_unit};

/// Our own rules: the generator of the fixtures doesn't know them.
const OWN: [RuleId; 3] = [RuleId::Formula, RuleId::CellSize, RuleId::Profile];

/// What a folder's files showed: with the file's name where it is about one.
struct Judged {
    unit: Option<&'static Unit>,
    found: Vec<(Option<String>, Finding)>,
}

#[test]
fn every_defect_is_found_where_it_is_and_nothing_else() {
    let mut met = BTreeSet::new();
    for seed in ["seed-1", "seed-2"] {
        for expected in
            folder(&fixtures().join(seed).join("bad")).into_iter().filter(|path| path.extension().is_some_and(|it| it == "json"))
        {
            let name = expected.file_name().unwrap().to_str().unwrap().strip_suffix(".expected.json").unwrap().to_owned();
            let expected: Value = serde_json::from_slice(&fs::read(&expected).unwrap()).unwrap();
            let found =
                check_folder(&fixtures().join(seed).join("bad").join(&name), expected["sender"].as_str(), expected["recipient"].as_str())
                    .found;
            let rules: BTreeSet<&str> = found.iter().map(|(_, finding)| finding.rule.as_str()).collect();
            let wanted: BTreeSet<&str> = expected["rules"].as_array().unwrap().iter().map(|rule| rule.as_str().unwrap()).collect();
            assert_eq!(rules, wanted, "{seed} {name}");
            met.extend(wanted.iter().map(|rule| (*rule).to_owned()));
            let at = |key: &str, place: Option<u64>| expected[key].is_null() || expected[key].as_u64() == place;
            let fits = |(file, finding): &(Option<String>, Finding)| {
                (expected["file"].is_null() || expected["file"].as_str() == file.as_deref())
                    && at("line", finding.line)
                    && at("record", finding.record)
                    && at("field", finding.field.map(u64::from))
            };
            assert!(found.iter().any(fits), "{seed} {name}: {found:?} instead of {expected}");
        }
    }
    let all: BTreeSet<String> = RuleId::ALL.iter().filter(|rule| !OWN.contains(rule)).map(|rule| rule.as_str().to_owned()).collect();
    assert_eq!(met, all, "every rule of the standard has a fixture");
}

#[test]
fn valid_sets_of_every_kind_and_unit_have_no_finding() {
    for seed in ["seed-1", "seed-2"] {
        let mut kinds: BTreeMap<Kind, usize> = BTreeMap::new();
        for folder_of_unit in folder(&fixtures().join(seed).join("valid")) {
            let Judged { unit, found } = check_folder(&folder_of_unit, None, None);
            assert_eq!(found, [], "{}", folder_of_unit.display());
            assert!(folder_of_unit.to_str().unwrap().ends_with(&format!("_{}", unit.unwrap().id)), "{}", folder_of_unit.display());
            for file in folder(&folder_of_unit) {
                *kinds.entry(named(&file).0.unwrap().kind).or_default() += 1;
            }
        }
        assert_eq!(kinds.len(), Kind::ALL.len(), "{seed}: {kinds:?}");
    }
}

#[test]
fn persons_must_be_served_by_every_office_a_slip_or_plan_goes_to() {
    let check = |unit: &str, recipients: &[&str], expected: usize| {
        let addresses: Vec<Address> = recipients.iter().map(|it| it.parse().unwrap()).collect();
        let files = folder(&fixtures().join("seed-1/valid").join(unit));
        let names: Vec<FileName> = files.iter().map(|path| named(path).0.unwrap()).collect();
        let checks: Vec<FileCheck> =
            files.iter().zip(&names).map(|(path, name)| finish(Checker::for_recipients(name, &addresses), path)).collect();
        let set: Vec<_> = names.iter().zip(&checks).collect();
        let judged = check_unit(&set);
        let found: u64 = checks.iter().map(|check| check.findings.count(RuleId::NotRecipient)).sum();
        let between: u64 = judged.of_files.iter().map(|findings| findings.count(RuleId::NotRecipient)).sum();
        assert_eq!(found + between, expected as u64, "{unit} {recipients:?}");
    };
    let slip = named(&folder(&fixtures().join("seed-1/valid/0002_SLIP"))[1]).0.unwrap();
    let served = format!("{}-{}", slip.recipient, slip.recipient_type.unwrap());
    let persons = 40;
    check("0002_SLIP", &[&served], 0);
    check("0002_SLIP", &[&served, "99A0100016-43"], 0); // a care manager may see everybody
    check("0002_SLIP", &[&served, "99A0100016-11"], persons);
    check("0002_SLIP", &["99A0100024-11", "99A0100016-11"], 2 * persons);
    check("0001_PLAN", &["99A0100024-11"], 0); // a plan goes to its one recipient unasked
}

fn check_folder(unit: &Path, sender: Option<&str>, recipient: Option<&str>) -> Judged {
    let mut found = Vec::new();
    let mut set = Vec::new();
    for path in folder(unit) {
        let (name, mut findings) = named(&path);
        let file = path.file_name().unwrap().to_str().unwrap().to_owned();
        if let Some(name) = name {
            findings.extend(name.check_parties(sender, recipient));
            let check = finish(Checker::new(&name), &path);
            findings.extend(check.findings.listed());
            set.push((file.clone(), name, check));
        }
        found.extend(findings.into_iter().map(|finding| (Some(file.clone()), finding)));
    }
    if set.len() < folder(unit).len() {
        return Judged { unit: None, found };
    }
    let judged = check_unit(&set.iter().map(|(_, name, check)| (name, check)).collect::<Vec<_>>());
    found.extend(judged.findings.listed().iter().map(|finding| (None, *finding)));
    for ((file, ..), findings) in set.iter().zip(&judged.of_files) {
        found.extend(findings.listed().iter().map(|finding| (Some(file.clone()), *finding)));
    }
    Judged { unit: judged.unit, found }
}

fn finish(mut checker: Checker, path: &Path) -> FileCheck {
    fs::read(path).unwrap().chunks(1000).for_each(|chunk| checker.push(chunk));
    let check = checker.finish();
    assert_eq!(check.findings.listed().len() as u64, check.findings.total());
    check
}

fn named(path: &Path) -> (Option<FileName>, Vec<Finding>) {
    FileName::parse(path.file_name().unwrap().to_str().unwrap())
}

fn folder(path: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/standard")
}
