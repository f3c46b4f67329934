use super::*;
use crate::finding::Detail;
use crate::records::MAX_RECORD;

const NAME: &str = "DLT1KYO_99A0100016_43_0170101950_11_20260410090000.CSV";
const GOOD: &str = "202407,435073,0000000001,20260401\r\n";

/// `count` records of different persons, from number `first` on.
fn records(first: usize, count: usize) -> String {
    (first..first + count).map(|person| GOOD.replace("0000000001", &format!("{person:010}"))).collect()
}

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
    let two = records(1, 2);
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
fn a_value_that_comes_again_is_judged_again_unless_it_was_found_right() {
    let [second, third] = [2, 3].map(|person| records(person, 1).replace("435073", "X35073"));
    check(format!("{GOOD}{second}{third}").as_bytes(), &[("R-INSURER", Some(2)), ("R-INSURER", Some(3))]);
    // the record between has an item too many: none of its values was judged
    let too_long = second.replace("\r\n", ",\r\n");
    check(format!("{GOOD}{too_long}{third}").as_bytes(), &[("R-FIELDS", Some(2)), ("R-INSURER", Some(3))]);
}

#[test]
fn versions_are_judged_once_a_file() {
    let records = |version: &str, first| records(first, 2).replace("202407", version);
    let two = |version: &str| records(version, 1);
    check(two("202208").as_bytes(), &[("R-VERSION-OLD", Some(1))]);
    check(two("202410").as_bytes(), &[("R-VERSION-ODD", Some(1))]);
    check(two("209901").as_bytes(), &[("R-VERSION", Some(1))]);
    check((two("202407") + &records("202208", 3) + &records("202003", 5)).as_bytes(), &[("R-VERSION-MIX", Some(3))]);
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
    check(&[GOOD.as_bytes(), b"\xff02407,435073,0000000002,20260401\r\n"].concat(), &[("R-MS932", Some(2))]);
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
    let other = |text: String| text.replace("0000000001", "0000000002");
    check(record("202208", "") + &other(record("202208", "")), &["R-VERSION-OLD", "R-OLD-LAYOUT"]);
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
fn a_file_that_is_not_of_the_standard_is_one_finding_that_says_what_it_seems_to_be() {
    let check = |bytes: &[u8], place: Option<u64>, seeming: &str| {
        let done = check_bytes_of(NAME, &[bytes]);
        let [finding] = done.findings.listed() else { panic!("{:?}", done.findings) };
        assert_eq!((finding.rule, finding.record, finding.line), (RuleId::Fields, place, place), "{seeming}");
        assert!(finding.message(None).contains(seeming), "{}", finding.message(None));
    };
    check(b"%PDF-1.7\n1 0 obj\n", None, "a PDF document");
    check(b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0", None, "an Excel workbook");
    check("\u{feff}202407,435073".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>().as_slice(), None, "UTF-16 text");
    check(b"<html>\r\n", None, "HTML or XML");
    check(b"name,phone\r\nHanako,0312345678\r\nTaro,,\r\n", Some(2), "some other text or table");
    check(b"202407\t435073\t0000000001\t20260401\r\n", Some(1), "separated by tabs");
    check(format!("202407,435073,0000000001{}\r\n", ",".repeat(34)).repeat(3).as_bytes(), Some(1), "UPSIKYU (37 items)");
    // one record of the standard, and it is one
    let mixed = [b"name,phone\r\nHanako,1\r\n", GOOD.as_bytes()].concat();
    assert_eq!(check_bytes_of(NAME, &[&mixed]).findings.count(RuleId::Fields), 1);
}

#[test]
fn a_cell_of_more_than_64_kib_is_found_also_where_the_items_are_miscounted() {
    let name = "UP1KYO_99A0100016_43_0170101950_11_20260410090000.CSV";
    let check = |bytes: String, expected: &[(&str, Option<u16>)]| {
        let done = check_bytes_of(name, &[bytes.as_bytes()]);
        let found: Vec<_> =
            done.findings.listed().iter().filter(|it| it.rule == RuleId::CellSize).map(|it| (it.rule.as_str(), it.field)).collect();
        assert_eq!(found, expected);
    };
    let record =
        |text: usize, more: &str| format!("202407,435073,0000000001,20260401,,\"{}\"{}{more}\r\n", "x".repeat(text), ",".repeat(22));
    check(record(65536, ""), &[]);
    check(record(65537, ""), &[("R-CELL-SIZE", Some(6))]);
    check(record(65537, ",,"), &[("R-CELL-SIZE", Some(6))]);
    check(record(1, &format!(",{}", "x".repeat(5_000_000))), &[("R-CELL-SIZE", None)]);
}

#[test]
fn images_are_known_by_their_first_bytes() {
    let name = "UPKIHON_IMAGE_99A0100016_43_0170101950_11_20260410090000_0001.jpg";
    let rules = |chunks: &[&[u8]]| check_bytes_of(name, chunks).findings.rules().map(|(rule, _)| rule).collect::<Vec<_>>();
    assert_eq!(rules(&[b"\xff", b"\xd8", b"\xff\xe0"]), []);
    assert_eq!(rules(&[b"\x89PNG"]), [RuleId::ImageType]);
    assert_eq!(rules(&[]), [RuleId::ImageType]);
}
