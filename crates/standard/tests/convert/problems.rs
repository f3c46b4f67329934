use serde_json::{Deserializer, json};
use standard::convert::{CsvReader, CsvWriter, JsonReader, Listed, Quoting, Wrong};
use standard::{Kind, RuleId};

use crate::way::{csv, document};

/// A document of one DLTJSK record, with one of its members changed.
fn with(member: &str, value: &str) -> String {
    let mut members = vec![
        ("csv_version", "\"202407\""),
        ("insurer_number", "\"435073\""),
        ("insured_number", "\"0000000001\""),
        ("target_month", "\"202604\""),
        ("service_office_number", "\"9870808848\""),
        ("service_type", "\"15\""),
    ];
    match members.iter_mut().find(|(name, _)| *name == member) {
        Some(place) => place.1 = value,
        None => members.push((member, value)),
    }
    let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{\"kind\":\"DLTJSK\",\"records\":[{{{}}}]}}", members.join(","))
}

#[test]
fn a_record_that_doesnt_fit_is_named_with_its_item_and_what_to_do() {
    let check = |member: &str, value: &str, expected: Option<(Option<u16>, Wrong)>| {
        let found = csv(&with(member, value))
            .map_err(|problems| problems.into_iter().map(|it| (it.record, it.field, it.wrong)).collect::<Vec<_>>());
        match expected {
            None => assert!(found.is_ok(), "{member} {value}: {found:?}"),
            Some((field, wrong)) => assert_eq!(found, Err(vec![(Some(1), field, wrong)]), "{member} {value}"),
        }
    };
    check("service_type", "\"15\"", None);
    check("service_type", "null", None);
    check("service_type", "{\"code\":\"15\"}", None);
    check("service_type", "{\"label\":\"通所介護\",\"code\":\"15\"}", None);
    check("service_type", "{\"code\":\"ZZ\",\"label\":null}", None);
    check("service_type", "{\"code\":\"15\",\"label\":\"訪問介護\"}", Some((Some(6), Wrong::OtherLabel)));
    check("service_type", "{\"code\":\"ZZ\",\"label\":\"訪問介護\"}", Some((Some(6), Wrong::OtherLabel)));
    check("service_type", "{\"label\":\"通所介護\"}", Some((Some(6), Wrong::NoCode)));
    check("service_type", "{\"code\":15}", Some((Some(6), Wrong::NoCode)));
    check("service_type", "{\"code\":\"15\",\"code\":\"16\"}", Some((Some(6), Wrong::NoCode)));
    check("service_type", "{\"code\":\"15\",\"note\":\"x\"}", Some((Some(6), Wrong::NoCode)));
    check("service_type", "15", Some((Some(6), Wrong::NoCode)));
    check("service_type", "[\"15\"]", Some((Some(6), Wrong::NoCode)));
    check("insurer_number", "435073", Some((Some(2), Wrong::NoText)));
    check("insurer_number", "true", Some((Some(2), Wrong::NoText)));
    check("insurer_number", "1.5", Some((Some(2), Wrong::NoText)));
    check("insurer_number", "-1", Some((Some(2), Wrong::NoText)));
    check("insurer_number", "{\"code\":\"435073\"}", Some((Some(2), Wrong::NoText)));
    check("insurer_number", "[[[]],{}]", Some((Some(2), Wrong::NoText)));
    check("csv_version", "null", Some((Some(1), Wrong::NoVersion)));
    check("csv_version", "\"20247\"", Some((Some(1), Wrong::NoVersion)));
    check("servise_type", "\"15\"", Some((None, Wrong::UnknownMember(Some("servise_type".into())))));
    // what is no name may be anything
    check("山田 花子", "\"15\"", Some((None, Wrong::UnknownMember(None))));
    check(&"a".repeat(61), "\"15\"", Some((None, Wrong::UnknownMember(None))));
    let twice = with("servise_type", "1").replace("servise_type", "insurer_number");
    assert_eq!(csv(&twice).unwrap_err()[0].wrong, Wrong::TwiceMember);
}

#[test]
fn all_problems_of_all_records_are_told_and_good_records_between_them_are_no_problem() {
    let json = json!({"kind": "UPKIHON_SUB1", "records": [
        {"csv_version": "202407", "time_text": "〜鷗"},
        {"csv_version": "202407", "time_text": "fine"},
        7,
        {"csv_version": "202407", "time_text": 7, "user_daily_life": "\u{0}"},
        {"time_text": "a", "carer_daily_life": "𠮷野"},
    ]});
    let places: Vec<_> = csv(&json.to_string()).unwrap_err().iter().map(|it| (it.record, it.field)).collect();
    // those of the JSON before those of the characters
    let at = |record, field| (Some(record), field);
    assert_eq!(places, [at(3, None), at(4, Some(5)), at(1, Some(5)), at(1, Some(5)), at(5, Some(1)), at(5, Some(7))]);
}

#[test]
fn a_head_that_doesnt_fit_is_told() {
    let check = |document: &str, expected: &[Wrong]| {
        let head = standard::convert::Head::read(&mut Deserializer::from_str(document)).unwrap();
        assert_eq!(head.problems.listed().iter().map(|it| it.wrong.clone()).collect::<Vec<_>>(), expected, "{document}");
    };
    const NAME: &str = "DLTJSK_202604_9779668095_15_9871578812_43_20260325090434.CSV";
    check("[]", &[]);
    check("{\"kind\":\"DLTJSK\",\"records\":[]}", &[]);
    check("{\"records\":[{\"a\":1}],\"kind\":\"DLTJSK\",\"quoting\":\"every-text\",\"file\":null}", &[]);
    check(&format!("{{\"file\":\"{NAME}\",\"kind\":\"DLTJSK\",\"records\":[]}}"), &[]);
    check(&format!("{{\"file\":\"{NAME}\",\"kind\":\"UPJSK\",\"records\":[]}}"), &[Wrong::Head("file")]);
    check("{\"kind\":\"DLTJSK\",\"file\":\"../x.CSV\",\"records\":[]}", &[Wrong::Head("file")]);
    check("{\"kind\":\"DLTJSK\",\"file\":1,\"quoting\":\"none\",\"records\":[]}", &[Wrong::Head("file"), Wrong::Head("quoting")]);
    check("{\"kind\":\"UPKIHON_IMAGE\",\"records\":[]}", &[Wrong::NoKind]);
    check("{\"kind\":null,\"records\":[]}", &[Wrong::NoKind]);
    check("{\"kind\":\"DLTJSK\",\"kind\":\"DLTJSK\",\"records\":[],\"records\":[]}", &[Wrong::TwiceMember, Wrong::TwiceMember]);
    check("{\"kind\":\"DLTJSK\",\"record\":[]}", &[Wrong::UnknownMember(Some("record".into())), Wrong::NoRecords]);
    for no_array in ["{}", "1", "\"a\"", "null", "true", "1.5"] {
        check(&format!("{{\"records\":{no_array}}}"), &[Wrong::NoRecords]);
        check(no_array, &[Wrong::NoRecords]);
    }
}

#[test]
fn lines_are_of_one_kind_and_numbered_as_lines() {
    let mut reader = JsonReader::new(Kind::ActualsDeletion.layout().unwrap());
    let mut records = Vec::new();
    let mut line = |text: &str| reader.line(&mut Deserializer::from_str(text), &mut |record| records.push(record.number()));
    line("{\"kind\":\"DLTJSK\",\"csv_version\":\"202407\"}").unwrap();
    line("{\"csv_version\":\"202407\",\"kind\":\"DLTJSK\"}").unwrap();
    line("{\"csv_version\":\"202407\"}").unwrap();
    line("{\"kind\":\"UPJSK\",\"csv_version\":\"202407\"}").unwrap();
    line("[]").unwrap();
    assert!(line("{\"kind\"").is_err());
    reader.blank_line();
    reader.line(&mut Deserializer::from_str("{\"csv_version\":\"202407\"}"), &mut |record| records.push(record.number())).unwrap();
    let problems: Vec<_> = reader.problems().listed().iter().map(|it| (it.record, it.wrong.clone())).collect();
    assert_eq!(problems, [(Some(4), Wrong::OtherKind), (Some(5), Wrong::NoObject)]);
    assert_eq!(records, [1, 2, 3, 7]);
}

#[test]
fn allowed_substitutes_are_written_when_asked_for_and_told() {
    let json = json!({"kind": "UPKIHON_SUB1", "csv_version": "202407", "time_text": "〜a鷗", "user_daily_life": "¥500 − 1"});
    let convert = |mut writer: CsvWriter| {
        let mut bytes = Vec::new();
        let mut reader = JsonReader::new(Kind::BasicInformationTimetable.layout().unwrap());
        reader.line(&json, &mut |record| writer.write(record, &mut bytes)).unwrap();
        (writer, bytes)
    };
    let (strict, bytes) = convert(CsvWriter::new(Quoting::Text));
    assert_eq!((strict.problems().total(), bytes.len()), (4, 0));
    assert_eq!(
        strict.problems().listed()[1].message(),
        "record 1, item 5 (time_text): character 3: U+9DD7 is not in MS932; U+9D0E 鴎 may stand for it: with --substitute it is written"
    );
    assert_eq!(
        strict.problems().listed()[1].message_ja(),
        "1件目 No.5 時間: 3文字目のU+9DD7はShift-JIS（MS932）にありません。代わりに「鴎」（U+9D0E）を使えます（--substituteで置き換えます）。"
    );
    let (writer, bytes) = convert(CsvWriter::new(Quoting::Text).substituting());
    assert!(writer.problems().is_empty());
    assert_eq!(bytes, b"202407,,,,\"\x81\x60a\x89\xa8\",\"\x81\x8f500 \x81\x7c 1\",\r\n");
    let told: Vec<_> = writer.substitutions().listed().iter().map(|it| (it.field, it.position, it.character, it.substitute)).collect();
    assert_eq!(told, [(5, 1, '〜', '～'), (5, 3, '鷗', '鴎'), (6, 1, '¥', '￥'), (6, 6, '−', '－')]);
    assert_eq!(writer.substitutions().listed()[1].message(), "record 1, item 5 (time_text): character 3: U+9D0E written for U+9DD7");
}

#[test]
fn what_has_no_substitute_stays_a_problem_even_when_asked_to_substitute() {
    let mut writer = CsvWriter::new(Quoting::Text).substituting();
    let mut bytes = b"before".to_vec();
    let mut reader = JsonReader::new(Kind::BasicInformationTimetable.layout().unwrap());
    let json = json!({"csv_version": "202407", "time_text": "〜", "user_daily_life": "𠮷\u{e000}\u{7f}"});
    reader.line(&json, &mut |record| writer.write(record, &mut bytes)).unwrap();
    assert_eq!(bytes, b"before");
    let messages: Vec<String> = writer.problems().listed().iter().map(standard::convert::Problem::message).collect();
    let place = "record 1, item 6 (user_daily_life): ";
    assert_eq!(
        messages,
        [
            format!("{place}character 1: U+20BB7 is not in MS932; nothing may stand for it: write the word otherwise"),
            format!("{place}character 2: U+E000 is a private-use character (gaiji); use a standard character, or kana"),
            format!("{place}character 3: U+007F is a control character; delete it"),
        ]
    );
}

#[test]
fn every_problem_is_told_in_both_languages() {
    let wrongs = [
        Wrong::NoRecords,
        Wrong::Head("file"),
        Wrong::NoKind,
        Wrong::OtherKind,
        Wrong::NoObject,
        Wrong::UnknownMember(None),
        Wrong::UnknownMember(Some("a".into())),
        Wrong::TwiceMember,
        Wrong::NoText,
        Wrong::NoCode,
        Wrong::OtherLabel,
        Wrong::NoVersion,
        Wrong::TooLong { limit: 1 },
    ];
    for wrong in wrongs {
        let problem = standard::convert::Problem { record: Some(2), field: Some(1), kind: Some(Kind::Actuals), wrong };
        assert!(problem.message().starts_with("record 2, item 1 (csv_version): "), "{problem:?}");
        assert!(problem.message_ja().starts_with("2件目 No.1 CSVバージョン: ") && problem.message_ja().ends_with('。'), "{problem:?}");
    }
}

#[test]
fn what_cant_be_written_back_is_told_when_it_is_read() {
    let csv = b"202407,435073,0000000001,20260401,\"\xf0\x40\",\"a\x80\0\",\r\n";
    let (json, summary) = document(Kind::BasicInformationTimetable, csv, 3).unwrap();
    assert_eq!(json["records"][0]["time_text"], "\u{e000}");
    let doubts: Vec<_> = summary.doubts.listed().iter().map(|it| (it.rule, it.record, it.field)).collect();
    assert_eq!(doubts, [(RuleId::Gaiji, Some(1), Some(5)), (RuleId::Ctrl, Some(1), Some(6))]);
    assert_eq!(crate::way::csv(&json.to_string()).unwrap_err().len(), 3);
}

#[test]
fn a_record_that_no_reader_takes_is_not_written() {
    let long = "a".repeat(8 << 20);
    let json = json!({"kind": "UPKIHON_SUB1", "records": [{"csv_version": "202407", "time_text": long}]});
    assert!(matches!(csv(&json.to_string()).unwrap_err()[0].wrong, Wrong::TooLong { .. }));
}

#[test]
fn a_hundred_are_listed_and_all_are_counted() {
    let mut listed = Listed::default();
    (0..250).for_each(|number| listed.push(number));
    assert_eq!((listed.listed().len(), listed.total()), (100, 250));
}

#[test]
fn a_reader_stops_at_what_it_cant_read_and_says_what_it_was() {
    let mut reader = CsvReader::new(Kind::ActualsDeletion.layout().unwrap());
    reader.push(b"202407,1,2,3,4,15\r\n202407,1,2\r\n202407,1,2,3,4,15\r\n");
    reader.end();
    assert!(reader.next_record().is_some_and(|record| record.value("service_type") == Some("15")));
    assert!(reader.next_record().is_none() && reader.next_record().is_none());
    let finding = reader.finish().unwrap_err();
    assert_eq!((finding.rule, finding.line, finding.record), (RuleId::Fields, Some(2), Some(2)));
}

#[test]
fn spaces_around_a_value_go_on_the_way_back_too() {
    for (member, value) in [("insurer_number", "\" 435073 \""), ("service_type", "\"15 \""), ("service_type", "{\"code\":\" 15\"}")] {
        let written = csv(&with(member, value)).unwrap();
        assert_eq!(
            written,
            csv(&with(member, if member == "service_type" { "\"15\"" } else { "\"435073\"" })).unwrap(),
            "{member} {value}"
        );
    }
}
