//! Every fixture gives exactly the findings its neighbour says.

#![expect(clippy::unwrap_used, reason = "the helpers of tests may stop at the first surprise, as tests do")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use standard::{Checker, FileName, Finding, Kind, RuleId, Scope};

/// Rules over several records or files: not judged from one record.
const LATER: [RuleId; 7] =
    [RuleId::Dup, RuleId::RowDup, RuleId::SikyuTotal, RuleId::SikyuSub, RuleId::NotRecipient, RuleId::NoHosoku, RuleId::Parent];

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
                check_folder(&fixtures().join(seed).join("bad").join(&name), expected["sender"].as_str(), expected["recipient"].as_str());
            let rules: BTreeSet<&str> = found.iter().map(|(_, finding)| finding.rule.as_str()).collect();
            let wanted: BTreeSet<&str> =
                expected["rules"].as_array().unwrap().iter().map(|rule| rule.as_str().unwrap()).filter(is_ours).collect();
            assert_eq!(rules, wanted, "{seed} {name}");
            assert!(!wanted.is_empty(), "{seed} {name} rests on no rule of one file");
            met.extend(wanted.iter().map(|rule| (*rule).to_owned()));
            let at = |key: &str, place: Option<u64>| expected[key].is_null() || expected[key].as_u64() == place;
            let fits = |(file, finding): &(String, Finding)| {
                (expected["file"].is_null() || expected["file"] == file.as_str())
                    && at("line", finding.line)
                    && at("record", finding.record)
                    && at("field", finding.field.map(u64::from))
            };
            assert!(found.iter().any(fits), "{seed} {name}: {found:?} instead of {expected}");
        }
    }
    let ours: BTreeSet<String> = RuleId::ALL.iter().map(|rule| rule.as_str().to_owned()).filter(|rule| is_ours(&rule.as_str())).collect();
    assert_eq!(met, ours, "every rule of one file has a fixture");
}

#[test]
fn valid_files_of_every_kind_have_no_finding() {
    for seed in ["seed-1", "seed-2"] {
        let mut kinds: BTreeMap<Kind, usize> = BTreeMap::new();
        for unit in folder(&fixtures().join(seed).join("valid")) {
            let found = check_folder(&unit, None, None);
            assert_eq!(found, [], "{}", unit.display());
            for file in folder(&unit) {
                let name = FileName::parse(file.file_name().unwrap().to_str().unwrap()).0.unwrap();
                *kinds.entry(name.kind).or_default() += 1;
            }
        }
        assert_eq!(kinds.len(), Kind::ALL.len(), "{seed}: {kinds:?}");
    }
}

fn is_ours(rule: &&str) -> bool {
    let rule = RuleId::ALL.into_iter().find(|it| it.as_str() == *rule).unwrap();
    !LATER.contains(&rule) && (rule.rule().scope != Scope::Unit || rule == RuleId::ImageType)
}

fn check_folder(unit: &Path, sender: Option<&str>, recipient: Option<&str>) -> Vec<(String, Finding)> {
    let mut found = Vec::new();
    for path in folder(unit) {
        let file = path.file_name().unwrap().to_str().unwrap().to_owned();
        let (name, mut findings) = FileName::parse(&file);
        if let Some(name) = name {
            findings.extend(name.check_parties(sender, recipient));
            let mut checker = Checker::new(&name);
            fs::read(&path).unwrap().chunks(1000).for_each(|chunk| checker.push(chunk));
            let check = checker.finish();
            assert_eq!(check.findings.listed().len() as u64, check.findings.total());
            findings.extend(check.findings.listed());
        }
        found.extend(findings.into_iter().map(|finding| (file.clone(), finding)));
    }
    found
}

fn folder(path: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/standard")
}
