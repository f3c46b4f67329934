use std::collections::BTreeSet;
use std::fs;

use standard::convert::Quoting;
use standard::{Checker, FileName, Finding, Kind, decode_ms932};

use crate::way::{csv, csv_of_lines, document, fixtures, lines};

#[test]
fn every_valid_file_comes_back_byte_for_byte() {
    let (mut kinds, mut quotings) = (BTreeSet::new(), BTreeSet::new());
    for (name, path) in fixtures("valid") {
        let bytes = fs::read(&path).unwrap();
        let (json, summary) = document(name.kind, &bytes, 1000).unwrap();
        assert_eq!(csv(&json.to_string()).unwrap(), bytes, "{}", path.display());
        assert_eq!(csv_of_lines(name.kind, &lines(name.kind, &bytes), summary.quoting), bytes, "{}", path.display());
        assert!(summary.records > 0 && summary.doubts.is_empty());
        kinds.insert(name.kind);
        quotings.insert(summary.quoting.as_str());
    }
    assert_eq!(kinds.len(), Kind::ALL.len() - 1, "every kind but the image");
    assert_eq!(quotings.len(), Quoting::ALL.len(), "files differ in what they quote");
}

#[test]
fn any_cut_gives_the_same_records_or_the_same_failure() {
    for (name, path) in fixtures("valid").into_iter().take(6).chain(fixtures("bad")) {
        let bytes = fs::read(&path).unwrap();
        let whole = document(name.kind, &bytes, 1 << 20).map(|(json, _)| json);
        for size in [1, 61] {
            assert_eq!(document(name.kind, &bytes, size).map(|(json, _)| json), whole, "{} by {size}", path.display());
        }
    }
}

#[test]
fn what_can_be_read_whole_is_what_the_checker_can_judge_whole() {
    let unreadable = ["R-UTF8", "R-MS932", "R-QUOTE", "R-FIELDS"];
    let mut met = BTreeSet::new();
    for (name, path) in fixtures("bad") {
        let bytes = fs::read(&path).unwrap();
        let mut checker = Checker::new(&name);
        checker.push(&bytes);
        let check = checker.finish();
        match document(name.kind, &bytes, 512) {
            Ok(_) => assert!(check.findings.rules().all(|(rule, _)| !unreadable.contains(&rule.as_str())), "{}", path.display()),
            Err(finding) => {
                assert!(unreadable.contains(&finding.rule.as_str()), "{}: {finding:?}", path.display());
                let place = |it: &Finding| (it.rule, it.line, it.record, it.field);
                assert!(check.findings.listed().iter().any(|it| place(it) == place(&finding)), "{}: {finding:?}", path.display());
                met.insert(finding.rule.as_str());
            }
        }
    }
    assert_eq!(met, BTreeSet::from(unreadable));
}

/// Free text bare, other items quoted or padded, every kind of line end, a heading, blank lines.
#[test]
fn a_file_that_is_not_canonical_becomes_so_and_means_the_same() {
    let name = FileName::parse("UPKIHON_SUB1_9870411064_46_9873895131_15_20260325091559.CSV").0.unwrap();
    let check = |unusual: &str, canonical: &str| {
        let encode =
            |text: &str| text.replace('表', "\u{95}\u{5c}").chars().map(|it| u8::try_from(u32::from(it)).unwrap()).collect::<Vec<_>>();
        let (json, _) = document(name.kind, &encode(unusual), 9).unwrap();
        let back = csv(&json.to_string()).unwrap();
        assert_eq!(decode_ms932(&back).unwrap(), decode_ms932(&encode(canonical)).unwrap(), "{unusual}");
        assert_eq!(document(name.kind, &back, 9).unwrap().0["records"], json["records"], "{unusual}");
        let mut checker = Checker::new(&name);
        checker.push(&back);
        assert!(checker.finish().findings.is_empty(), "{unusual}");
    };
    let canonical = "202407,976456,1000132748,20250713,\"6:00\",\"a\",\r\n";
    check(canonical, canonical);
    check("202407,976456,1000132748,20250713,6:00,a,\n", canonical);
    check("202407,976456,1000132748,20250713,6:00,a,\r", canonical);
    check("202407,976456,1000132748,20250713,6:00,a,", canonical);
    check("version,insurer,insured,date,time,user,carer\r\n\r\n202407,976456,1000132748,20250713,6:00,a,\"\"\n\n", canonical);
    check("\"202407\", 976456 ,\"1000132748\",\" 20250713\",6:00,\"a\",\r\n", canonical);
    // a quote inside bare text is itself; spaces and breaks inside text are text
    check(
        "202407,976456,1000132748,20250713,6\"00\", a ,\"b\r\nc\"\n",
        "202407,976456,1000132748,20250713,\"6\"\"00\"\"\",\" a \",\"b\r\nc\"\r\n",
    );
    check("202407,976456,1000132748,20250713,表,\"表\",\"表\"\"\"\n", "202407,976456,1000132748,20250713,\"表\",\"表\",\"表\"\"\"\r\n");
}

#[test]
fn a_record_of_the_old_layout_lacks_what_its_layout_lacks_and_comes_back_so() {
    let bytes = b"202208,435073,0000000001,20260401,202604,9870808848,\"a\",387,,20260402,,0900,1000,1,111411,,9870808848,\"b\",,0,,\r\n";
    let (json, summary) = document(Kind::Actuals, bytes, 10).unwrap();
    let record = json["records"][0].as_object().unwrap();
    assert_eq!((record.len(), summary.records), (22, 1));
    assert!(!record.contains_key("tool_name") && record["detail_no"].is_null());
    assert_eq!(record["service_office_name"], "b");
    assert_eq!(csv(&json.to_string()).unwrap(), bytes);
    // with one of the three it is a record of the new layout
    let mut json = json;
    json["records"][0]["tool_name"] = "c".into();
    let back = csv(&json.to_string()).unwrap();
    assert_eq!(back.iter().filter(|byte| **byte == b',').count(), 24);
    assert_eq!(document(Kind::Actuals, &back, 10).unwrap().0["records"][0]["tool_name"], "c");
}
