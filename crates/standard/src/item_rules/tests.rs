use super::*;
use crate::findings::Findings;
use crate::kind::Kind;
use crate::layout::Layout;
use crate::record::Step;
use crate::records::Records;

/// The findings of one value, as it stands in the file, for the named item.
fn check(kind: Kind, item: &str, cell: &[u8], expected: &[&str]) {
    let field = kind.layout().and_then(|layout| layout.field_named(item)).unwrap();
    let mut records = Records::new();
    records.push(&[cell, b"\r\n"].concat());
    let Step::Record(record) = records.step() else { panic!("{cell:02X?} is no record") };
    let mut findings = Findings::new();
    let mut report = Report { findings: &mut findings, line: 1, record: 1, offset: 0 };
    super::check(field, record.cells[0], record.bytes, &mut report);
    let rules: Vec<&str> = findings.listed().iter().map(|finding| finding.rule.as_str()).collect();
    assert_eq!(rules, expected, "{item} {:?}", String::from_utf8_lossy(cell));
}

#[test]
fn values_of_the_slip_are_judged_by_their_form() {
    let check = |item: &str, cell: &str, expected: &[&str]| check(Kind::Actuals, item, cell.as_bytes(), expected);
    check("insurer_number", "435073", &[]);
    check("insurer_number", "435074", &["R-INSURER-CD"]);
    check("insurer_number", "43507", &["R-INSURER"]);
    check("insured_number", "H123456789", &[]);
    check("insured_number", "h123456789", &["R-INSURED"]);
    check("service_office_number", "0170101950", &[]);
    check("service_office_number", "9999999999", &[]);
    check("service_office_number", "0170101951", &["R-OFFICE-CD"]);
    check("service_office_number", "12345", &["R-OFFICE"]);
    check("updating_office_number", "12345", &["R-FORMAT-DOUBT"]);
    check("updating_office_number", "0170101950 ", &["R-SPACE"]);
    check("updating_office_number", "  ", &["R-SPACE"]);
    check("created_date", "20260229", &["R-DATE"]);
    check("created_date", "00000000", &["R-DATE"]);
    check("created_date", " ", &["R-SPACE", "R-REQUIRED"]);
    check("target_month", "202613", &["R-YM"]);
    check("target_month", "000000", &["R-YM"]);
    check("start_time", "9999", &[]);
    check("start_time", "2400", &["R-TIME"]);
    check("end_time", "2400", &[]);
    check("units", "1234567", &["R-LENGTH"]);
    check("units", "\"123456\"", &[]);
    check("units", "-10", &["R-NEGATIVE"]);
    check("units", "-", &["R-DIGITS"]);
    check("units", "", &["R-REQUIRED-DOUBT"]);
    check("service_count", "", &["R-REQUIRED"]);
    check("detail_no", "100", &["R-LENGTH-DOUBT"]);
    check("detail_no", "A", &["R-FORMAT-DOUBT"]);
    check("over_30_days", "2", &["R-CODE"]);
    check("identifier", "1", &["R-UNUSED"]);
    check("service_code", "111111", &[]);
    check("service_code", "999999", &[]);
    check("service_code", "11111a", &["R-SVC"]);
    check("service_code", "421111", &["R-TYPE-SCOPE"]);
    check("tais_code", "00001-000010", &[]);
    check("tais_code", "00001000010", &["R-TAIS"]);
    check("tais_code", "00001-0000100", &["R-LENGTH"]);
    check("daily_rate_days", &"01 ".repeat(11)[..31], &[]);
    check("daily_rate_days", &"0".repeat(30), &["R-DAYFLAGS"]);
    check("satellite_no", "é", &["R-FORMAT-DOUBT"]); // in MS932 two katakana
    check("satellite_no", "\"\"\"\"", &[]);
}

#[test]
fn values_of_other_kinds_are_judged_by_their_form() {
    let plan = |item: &str, cell: &str, expected: &[&str]| check(Kind::PlanTable1, item, cell.as_bytes(), expected);
    plan("user_postal_code", "000-0001", &[]);
    plan("user_postal_code", "0000001", &["R-POSTAL"]);
    plan("certification_date", "00000000", &["R-DATE-ZERO"]);
    plan("certification_date", "", &[]);
    let supplement = |item: &str, cell: &str, expected: &[&str]| check(Kind::UserSupplement, item, cell.as_bytes(), expected);
    supplement("plan_date", "00000000", &[]);
    supplement("target_month", "000000", &[]);
    supplement("user_phone", "03-0000 (1)+", &[]);
    supplement("user_phone", "03/0000", &["R-PHONE"]);
    supplement("user_phone", "0300000000000000", &["R-LENGTH"]);
    supplement("type_limit_1_service_type", "1", &["R-TYPE"]);
    supplement("type_limit_1_service_type", "43", &["R-TYPE-SCOPE"]);
    let annex = |item: &str, cell: &str, expected: &[&str]| check(Kind::UsageSlipAnnex, item, cell.as_bytes(), expected);
    annex("unit_price", "10", &[]);
    annex("unit_price", "10.21", &[]);
    annex("unit_price", "10.", &["R-DECIMAL"]);
    annex("unit_price", "10.211", &["R-DECIMAL"]);
    annex("unit_price", "1000.1", &["R-DECIMAL"]);
    annex("unit_price", ".5", &["R-DECIMAL"]);
    annex("input_person_code", "a b", &["R-FORMAT-DOUBT"]);
}

#[test]
fn texts_are_judged_by_their_characters() {
    let check = |cell: &[u8], expected: &[&str]| check(Kind::Actuals, "manager_name", cell, expected);
    check(b"\"\x8cv\x89\xe6 \"", &[]);
    check(b"\x8cv", &["R-UNQUOTED"]);
    check(b"\x8cv\"\x89\xe6", &["R-QUOTE-BARE", "R-UNQUOTED"]);
    check(b"\"\xf0\x40\"", &["R-GAIJI"]);
    check(b"\"\x80\"", &["R-CTRL"]);
    check(b"\"\x00\"", &["R-CTRL"]);
    check(b"\"x\t\r\n\"", &[]);
    check(b"\"\xff\"", &["R-MS932"]);
    check(b"\"\x95\"", &["R-MS932"]);
    check(b"\"\x95\x5c\"\"\"", &[]);
    check(b"\"\"", &[]);
}

#[test]
fn what_a_spreadsheet_would_run_is_a_formula() {
    let check = |cell: &[u8], formula: bool| check(Kind::Actuals, "manager_name", cell, if formula { &["R-FORMULA"] } else { &[] });
    for cell in ["=1", "=", "@sum", "+A1", "-(1)", "+[x]", "-{x}", "\tx", "\rx"] {
        check(format!("\"{cell}\"").as_bytes(), true);
    }
    for cell in ["", "-", "+", "-1", "+81", "- x", "a=1", "\nx", " =1"] {
        check(format!("\"{cell}\"").as_bytes(), false);
    }
    check(b"\"-\xb1\"", false);
}

#[test]
fn lengths_count_characters_and_not_bytes() {
    // tool_notification_code takes 12 characters of any kind
    let check = |cell: &[u8], expected: &[&str]| check(Kind::Actuals, "tool_notification_code", cell, expected);
    check(&[0x8c, 0x76].repeat(12), &[]);
    check(&[0x8c, 0x76].repeat(13), &["R-LENGTH"]);
    check(b"\"0123456789\"\"1\"", &[]);
    check(b"\"0123456789\"\"12\"", &["R-LENGTH"]);
    check(b" 012345678912 ", &["R-SPACE"]);
}

#[test]
fn every_item_of_every_layout_reports_a_bad_byte() {
    for layout in Layout::all() {
        for field in layout.fields {
            check(layout.kind, field.name, b"\"1\xfd\"", &["R-MS932"]);
        }
    }
}
