//! `renkei kit`: the kit it writes, and what it says of exported files.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::place::{Ended, run};

/// The kit, written once.
static KIT: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(&["kit", "--out", folder.path().to_str().unwrap()]).code, Some(0));
    folder
});

fn in_kit(path: &str) -> String {
    KIT.path().join(path).to_str().unwrap().to_owned()
}

fn read(path: impl AsRef<Path>) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn check(folder: &str, more: &[&str]) -> Ended {
    run(&[&["kit", "--json", "--check", folder], more].concat())
}

fn verdicts(report: &Value) -> Vec<&str> {
    report["patterns"].as_array().unwrap().iter().map(|pattern| pattern["verdict"].as_str().unwrap()).collect()
}

#[test]
fn the_kit_is_a_folder_with_a_guide_an_index_and_the_units_it_names() {
    let index = read(in_kit("kit.json"));
    for (list, least) in [("valid", 13), ("bad", 90)] {
        let units = index[list].as_array().unwrap();
        assert!(units.len() >= least, "{list}");
        for unit in units {
            let folder = PathBuf::from(in_kit(unit["folder"].as_str().unwrap()));
            let mut there: Vec<String> =
                fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            let mut named: Vec<String> = serde_json::from_value(unit["files"].clone()).unwrap();
            there.sort();
            named.sort();
            assert_eq!(there, named, "{}", folder.display());
            assert_eq!(unit["expected"].is_string(), list == "bad" || unit["unit"] == "PLAN_V3", "{}", folder.display());
        }
    }
    assert!(fs::read_to_string(in_kit("README.md")).unwrap().contains("bad/R-LENGTH"));
}

#[test]
fn a_folder_that_holds_something_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine.txt"), "mine").unwrap();
    let ended = run(&["kit", "--out", folder.path().to_str().unwrap()]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    assert!(ended.stderr.contains("not empty"), "{}", ended.stderr);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn validate_finds_in_a_defective_unit_what_is_written_beside_it() {
    let check = |name: &str| {
        let expected = read(in_kit(&format!("bad/{name}.expected.json")));
        let party = |side: &str| expected[side].as_str().unwrap().to_owned();
        let folder = in_kit(&format!("bad/{name}"));
        let ended = run(&["validate", "--json", "--sender", &party("sender"), "--recipient", &party("recipient"), &folder]);
        assert_eq!(ended.code, Some(if expected["accepted"] == true { 0 } else { 1 }), "{name}: {}", ended.stderr);
        let place = |file: &Value, finding: &Value| {
            json!([file, finding["rule"], finding["line"], finding["record"], finding["field"]]).to_string()
        };
        let lines: Vec<Value> = ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let mut found: Vec<String> = lines
            .iter()
            .flat_map(|line| line["findings"].as_array().unwrap().iter().map(move |finding| place(&line["file"], finding)))
            .collect();
        let mut wanted: Vec<String> =
            expected["findings"].as_array().unwrap().iter().map(|finding| place(&finding["file"], finding)).collect();
        found.sort();
        wanted.sort();
        assert_eq!(found, wanted, "{name}");
    };
    for name in ["R-LENGTH", "R-SENDER", "R-PARENT", "R-UNIT-SET", "R-OLD-LAYOUT", "R-NOT-RECIPIENT", "R-IMAGE"] {
        check(name);
    }
}

#[test]
fn what_fails_a_pattern_ends_with_1_and_warnings_with_0() {
    let valid = check(&in_kit("valid"), &[]);
    assert_eq!(verdicts(&valid.object()), ["passed-with-warnings", "passed", "passed", "passed", "passed", "passed", "passed"]);
    let bad = check(&in_kit("bad/R-LENGTH"), &[]);
    let report: Value = serde_json::from_str(&bad.stdout).unwrap();
    assert_eq!(bad.code, Some(1));
    assert_eq!(verdicts(&report), ["not-shown", "not-shown", "failed", "not-shown", "not-shown", "not-shown", "not-shown"]);
    // the table says the same
    let table = run(&["kit", "--check", &in_kit("bad/R-LENGTH")]);
    assert_eq!(table.code, Some(1));
    for text in ["D3", "✖ 不合格", "R-LENGTH", "– 未提示"] {
        assert!(table.stdout.contains(text), "{text}: {}", table.stdout);
    }
}

#[test]
fn the_report_is_written_as_a_page_and_as_json() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let ended = check(&in_kit("valid/SLIP"), &["--html", &path("report.html"), "--report", &path("report.json")]);
    assert_eq!(ended.object(), read(path("report.json")));
    let page = fs::read_to_string(path("report.html")).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.contains("サービス利用票"));
}

#[test]
fn a_folder_without_files_of_the_standard_is_said_to_be_one() {
    let folder = tempfile::tempdir().unwrap();
    let check = |path: &Path, says: &str| {
        let ended = run(&["kit", "--check", path.to_str().unwrap()]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
        assert!(ended.stderr.contains(says), "{}", ended.stderr);
    };
    check(folder.path(), "holds no file of the standard");
    check(&folder.path().join("nowhere"), "can't be read");
}
