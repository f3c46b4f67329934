//! `renkei validate`, on the fixtures of the generator.

use std::path::{Path, PathBuf};

use exchange::RejectionCode;
use serde_json::{Value, json};

use crate::place::{Ended, run};

fn fixture(path: &str) -> String {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../../tests/fixtures/standard/seed-1", path].iter().collect();
    assert!(path.exists(), "{}", path.display());
    path.to_str().unwrap().to_owned()
}

const VALID: &str = "valid/0003_ACTUAL/UPJSK_202604_9870808848_15_9873789219_43_20260325090434.CSV";
const BAD_LENGTH: &str = "bad/R-LENGTH/UPJSK_202604_9972367701_11_9773840872_43_20260325091559.CSV";
const BAD_NAME: &str = "bad/R-NAME/UPJSK-202604-9972367701_11_9773840872_43_20260325091559.CSV";
const BAD_CASE: &str = "bad/R-NAME-CASE/UPJSK_202604_9972367701_11_9773840872_43_20260325091559.csv";

fn lines(ended: &Ended) -> Vec<Value> {
    ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn errors_end_with_1_and_warnings_with_0() {
    let check = |file: &str, code: i32, rules: &[&str]| {
        let ended = run(&["validate", "--json", file]);
        assert_eq!(ended.code, Some(code), "{file}: {}", ended.stderr);
        let line = lines(&ended).remove(0);
        assert_eq!(line["file"], json!(Path::new(file).file_name().unwrap().to_str().unwrap()));
        let found: Vec<&str> = line["findings"].as_array().unwrap().iter().map(|finding| finding["rule"].as_str().unwrap()).collect();
        assert_eq!(found, rules, "{file}");
        // the table says the same
        let table = run(&["validate", file]);
        assert_eq!(table.code, Some(code));
        assert!(rules.iter().all(|rule| table.stdout.contains(rule)), "{}", table.stdout);
    };
    check(&fixture(VALID), 0, &[]);
    check(&fixture(BAD_LENGTH), 1, &["R-LENGTH"]);
    check(&fixture(BAD_CASE), 0, &["R-NAME-CASE"]);
    check(&fixture(BAD_NAME), 1, &["R-NAME"]);
}

#[test]
fn a_finding_says_where_what_and_what_to_do() {
    let ended = run(&["validate", "--json", &fixture(BAD_LENGTH)]);
    let finding = lines(&ended).remove(0)["findings"][0].clone();
    let place = json!([finding["severity"], finding["line"], finding["record"], finding["field"], finding["field_name"]]);
    assert_eq!(place, json!(["error", 2, 2, 8, "units"]));
    let table = run(&["validate", &fixture(BAD_LENGTH)]).stdout;
    for text in ["8 単位数", "7文字です（6文字以内）", "送信側のソフトで値を直して再出力してください", "エラー1件"]
    {
        assert!(table.contains(text), "{text}: {table}");
    }
}

#[test]
fn sender_and_recipient_are_compared_with_the_name() {
    let check = |args: &[&str], rules: &[&str]| {
        let file = fixture(VALID);
        let ended = run(&[&["validate", "--json"], args, &[&file]].concat());
        let found: Vec<Value> = lines(&ended).remove(0)["findings"].as_array().unwrap().iter().map(|it| it["rule"].clone()).collect();
        assert_eq!(found, rules, "{args:?}");
        assert_eq!(ended.code, Some(i32::from(!rules.is_empty())));
    };
    check(&["--sender", "9870808848", "--recipient", "9873789219"], &[]);
    check(&["--sender", "9873789219"], &["R-SENDER"]);
    check(&["--recipient", "9870808848"], &["R-RECIPIENT"]);
    check(&["--sender", "1", "--recipient", "2"], &["R-SENDER", "R-RECIPIENT"]);
}

#[test]
fn a_file_that_is_not_there_does_not_hide_the_others() {
    let ended = run(&["validate", "--json", "/no/such/UPJSK_1.CSV", &fixture(VALID)]);
    assert_eq!((ended.code, lines(&ended).len()), (Some(1), 1));
    assert!(ended.stderr.contains("/no/such/UPJSK_1.CSV can't be read"), "{}", ended.stderr);
}

#[test]
fn what_the_standard_does_not_name_is_an_attachment() {
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str, bytes: &[u8], code: i32, says: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let path = path.to_str().unwrap();
        let ended = run(&["validate", "--json", path]);
        assert_eq!(ended.code, Some(code), "{name}: {}", ended.stderr);
        let line = lines(&ended).remove(0);
        if code == 0 {
            assert_eq!(line, json!({"file": name, "findings": []}));
        } else {
            let refused: RejectionCode = says.parse().unwrap();
            let reason = json!({"code": says, "message": refused.message(), "message_ja": refused.message_ja()});
            assert_eq!(line, json!({"file": name, "findings": [], "reasons": [reason]}));
        }
        let table = run(&["validate", path]).stdout;
        assert!(table.contains("添付") && table.contains(says), "{table}");
    };
    check("letter.pdf", b"%PDF-1.4", 0, "OK");
    check("letter.txt", "拝啓".as_bytes(), 0, "OK");
    check("letter.exe", b"MZ", 1, "file-type");
    check("picture.png", b"no picture", 1, "file-type");
    check("empty.pdf", b"", 1, "file-size");
    check("addresses.csv", "氏名,電話\r\n見本 花子,0312345678\r\n".as_bytes(), 0, "OK");
    // a record in a text of another kind has lost no name
    check("record.txt", b"202407,435073,0000000001\r\n", 1, "file-type");
}

#[test]
fn a_file_of_the_standard_that_lost_its_name_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["UPJSK-202604.CSV", "actuals.csv", "計画 (1).Csv"] {
        let path = folder.path().join(name);
        std::fs::write(&path, b"\r\n202407,435073,0000000001,20260401\r\n").unwrap();
        let path = path.to_str().unwrap();
        let ended = run(&["validate", "--json", path]);
        let line = lines(&ended).remove(0);
        assert_eq!((ended.code, line["findings"].as_array().unwrap().len()), (Some(1), 1), "{line}");
        assert_eq!(line["findings"][0]["rule"], "R-NAME");
        assert_eq!(line.get("reasons"), None);
        let table = run(&["validate", path]);
        assert_eq!(table.code, Some(1));
        assert!(table.stdout.contains("R-NAME") && !table.stdout.contains("添付"), "{}", table.stdout);
    }
}

#[test]
fn a_name_that_claims_the_standard_and_breaks_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("UPJSK_.CSV");
    std::fs::write(&path, b"").unwrap();
    let ended = run(&["validate", "--json", path.to_str().unwrap()]);
    assert_eq!(ended.code, Some(1));
    assert_eq!(lines(&ended)[0]["findings"][0]["rule"], "R-NAME");
}

#[test]
fn a_hundred_findings_are_listed_and_the_rest_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("DLT1KYO_9870411064_43_9873895131_15_20260325091559.CSV");
    std::fs::write(&path, "202407,435073,0000000001,20260231\r\n".repeat(150)).unwrap();
    let ended = run(&["validate", "--json", path.to_str().unwrap()]);
    assert_eq!(lines(&ended)[0]["findings"].as_array().unwrap().len(), 100);
    assert!(ended.stderr.contains("more findings are not listed"), "{}", ended.stderr);
    let table = run(&["validate", path.to_str().unwrap()]);
    assert!(table.stdout.contains("more findings are not listed"), "{}", table.stdout);
}
