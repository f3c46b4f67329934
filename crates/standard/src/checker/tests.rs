use super::*;
use crate::finding::Detail;
use crate::records::MAX_RECORD;

const NAME: &str = "DLT1KYO_99A0100016_43_0170101950_11_20260410090000.CSV";
const GOOD: &str = "202407,435073,0000000001,20260401\r\n";

fn check_bytes_of(name: &str, chunks: &[&[u8]]) -> FileCheck {
    let mut checker = Checker::new(&FileName::parse(name).0.unwrap());
    chunks.iter().for_each(|chunk| checker.push(chunk));
    checker.finish()
}

/// The rules with their records.
fn check(bytes: &[u8], expected: &[(&str, Option<u64>)]) {
    let done = check_bytes_of(NAME, &[bytes]);
    let found: Vec<(&str, Option<u64>)> = done.findings.listed().iter().map(|it| (it.rule.as_str(), it.record)).collect();
    assert_eq!(found, expected, "{}", String::from_utf8_lossy(bytes));
}

#[test]
fn files_as_a_whole_are_judged() {
    let two = GOOD.repeat(2);
    check(two.as_bytes(), &[]);
    check(b"", &[("R-EMPTY", None)]);
    check(b"\r\n", &[("R-EMPTY", None), ("R-BLANK", Some(1))]);
    check((two.clone() + "\r\n").as_bytes(), &[("R-BLANK", Some(3))]);
    check(two.trim_end().as_bytes(), &[("R-EOL", None)]);
    check(two.replace('\r', "").as_bytes(), &[("R-EOL", None)]);
    check(two.replace('\n', "").as_bytes(), &[("R-EOL", None)]);
    check(format!("版,保険者,被保険者,日\r\n{GOOD}").as_bytes(), &[("R-UTF8", None)]);
    check(format!("version,insurer,insured,date\r\n{GOOD}").as_bytes(), &[("R-HEADER", Some(1))]);
    check(b"version,insurer,insured,date\r\n", &[("R-EMPTY", None), ("R-HEADER", Some(1))]);
    check(
        format!("{GOOD}version,insurer,insured,date\r\n").as_bytes(),
        &[("R-VERSION-MIX", Some(2)), ("R-INSURER", Some(2)), ("R-INSURED", Some(2)), ("R-DATE", Some(2))],
    );
    check(b"202407,435073,0000000001\r\n", &[("R-FIELDS", Some(1))]);
}

#[test]
fn versions_are_judged_once_a_file() {
    let two = |version: &str| GOOD.repeat(2).replace("202407", version);
    check(two("202208").as_bytes(), &[("R-VERSION-OLD", Some(1))]);
    check(two("202410").as_bytes(), &[("R-VERSION-ODD", Some(1))]);
    check(two("209901").as_bytes(), &[("R-VERSION", Some(1))]);
    check((two("202407") + &two("202208") + &two("202003")).as_bytes(), &[("R-VERSION-MIX", Some(3))]);
    let version = |bytes: &[u8]| check_bytes_of(NAME, &[bytes]).csv_version.map(CsvVersion::as_str);
    assert_eq!(version(two("202407").as_bytes()), Some("202407"));
    assert_eq!(version(two("209901").as_bytes()), None);
    assert_eq!(version((two("202407") + &two("202208")).as_bytes()), None);
}

#[test]
fn the_check_goes_on_after_a_bad_byte_and_stops_after_broken_quotes() {
    let bad = [GOOD.as_bytes(), b"202407,435073,\xff,\xfd\r\n", b"202407,x,0000000001,20260401\r\n"].concat();
    check(&bad, &[("R-MS932", Some(2)), ("R-MS932", Some(2)), ("R-INSURER", Some(3))]);
    let finding = check_bytes_of(NAME, &[&bad]).findings.listed()[0];
    assert_eq!(finding.detail, Detail::Byte { offset: GOOD.len() as u64 + 14, byte: 0xff });
    check(&[GOOD.as_bytes(), b"\xff02407,435073,0000000001,20260401\r\n"].concat(), &[("R-MS932", Some(2))]);
    check(b"202407,435073,\"1\"2,20260401\r\nx\r\n", &[("R-QUOTE", Some(1))]);
    check(b"202407,x,0000000001,20260401\r\n202407,\"\r\n", &[("R-QUOTE", Some(2)), ("R-INSURER", Some(1))]);
    check(b"202407,\"\x95", &[("R-QUOTE", Some(1)), ("R-MS932", Some(1))]);
    check(b"202407,\x85\x40\r\n", &[("R-FIELDS", Some(1)), ("R-MS932", Some(1))]);
}

#[test]
fn the_third_editions_records_lack_the_tool_items() {
    let name = "UPPLAN_202604_99A0100016_43_0170101950_11_20260410090000.CSV";
    let record = |version: &str, tools: &str| {
        format!("{version},435073,0000000001,20260401,202604,0170101950,,10,,20260401,,0900,1000,1,171001{tools},,0170101950,,,0,,\r\n")
    };
    let check = |text: String, expected: &[&str]| {
        let done = check_bytes_of(name, &[text.as_bytes()]);
        let found: Vec<&str> = done.findings.listed().iter().map(|it| it.rule.as_str()).collect();
        assert_eq!(found, expected, "{text}");
    };
    check(record("202208", "").repeat(2), &["R-VERSION-OLD", "R-OLD-LAYOUT"]);
    check(record("202407", ""), &["R-FIELDS"]);
    check(record("202407", ",,,"), &["R-TAIS-NONE"]);
    check(record("202407", ",00001-000010,,"), &[]);
}

#[test]
fn a_quote_that_swallows_the_file_is_one_finding() {
    let mut checker = Checker::new(&FileName::parse(NAME).0.unwrap());
    checker.push(GOOD.as_bytes());
    checker.push(b"202407,\"");
    let text = vec![b'x'; 1 << 20];
    (0..20).for_each(|_| checker.push(&text));
    let done = checker.finish();
    assert_eq!(done.findings.total(), 1);
    let finding = done.findings.listed()[0];
    assert_eq!((finding.rule, finding.record, finding.detail), (RuleId::Quote, Some(2), Detail::NoEnd { limit: MAX_RECORD as u64 }));
}

#[test]
fn images_are_known_by_their_first_bytes() {
    let name = "UPKIHON_IMAGE_99A0100016_43_0170101950_11_20260410090000_0001.jpg";
    let rules = |chunks: &[&[u8]]| check_bytes_of(name, chunks).findings.rules().map(|(rule, _)| rule).collect::<Vec<_>>();
    assert_eq!(rules(&[b"\xff", b"\xd8", b"\xff\xe0"]), []);
    assert_eq!(rules(&[b"\x89PNG"]), [RuleId::ImageType]);
    assert_eq!(rules(&[]), [RuleId::ImageType]);
}
