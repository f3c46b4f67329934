use super::*;
use crate::checker::{Checker, FileCheck};
use crate::file_name::{FileName, MonthInName};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::layout::{Format, Layout, Required};
use crate::record::Step;
use crate::records::Records;
use crate::report::Report;
use crate::rule::RuleId;
use crate::unit_check::check_unit;

#[test]
fn every_example_breaks_its_rule_and_no_other_and_the_right_one_breaks_none() {
    for rule in RuleId::ALL {
        let example = &rule.rule().example;
        if example.form == ExampleForm::Words {
            let untold = [RuleId::CellSize, RuleId::Profile];
            assert!(untold.contains(&rule), "{rule}: only what is too large for a table, or needs a profile, is left to words");
            continue;
        }
        // a record of the third edition is told by its version too
        let both_times: &[RuleId] = if rule == RuleId::OldLayout { &[RuleId::VersionOld] } else { &[] };
        let expected: Vec<RuleId> = both_times.iter().copied().chain([rule]).collect();
        assert_eq!(judged(example, example.wrong), expected, "{rule}: wrong example");
        assert_eq!(judged(example, example.right), [], "{rule}: right example");
    }
}

#[test]
fn explanations_are_whole_sentences_in_both_languages() {
    // put together, so that the house's own search doesn't meet them
    let placeholders = [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["X", "XX"].concat(), "TBD".into(), "{}".into(), "  ".into()];
    for rule in RuleId::ALL {
        let it = rule.rule();
        for text in [it.explanation_en, it.explanation_ja, it.section_en, it.section_ja] {
            let placeholder = placeholders.iter().find(|word| text.contains(word.as_str()));
            assert_eq!((placeholder, text.trim()), (None, text), "{rule}");
        }
        assert!(it.explanation_en.ends_with('.') && it.explanation_en.matches(". ").count() >= 1, "{rule}: {}", it.explanation_en);
        assert!(it.explanation_ja.ends_with('。') && it.explanation_ja.matches('。').count() >= 2, "{rule}: {}", it.explanation_ja);
        // plain and polite throughout
        let polite = it.explanation_ja.split_terminator('。').all(|sentence| {
            let end = sentence.trim_end_matches('）');
            ["です", "ます", "ません", "ください"].iter().any(|form| end.contains(form))
        });
        assert!(polite, "{rule}: {}", it.explanation_ja);
    }
}

#[test]
fn sections_say_in_words_what_the_source_says_in_short() {
    for rule in RuleId::ALL {
        let it = rule.rule();
        let names = |number: &str| it.source.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == number);
        let check = |holds: bool, en: &str, ja: &str| {
            let said = (it.section_en.to_lowercase().contains(en), it.section_ja.contains(ja));
            assert_eq!(said, (holds, holds), "{rule}: {} / {} / {}", it.source, it.section_en, it.section_ja);
        };
        check(names("S1"), "別紙 csvファイルレイアウト定義書", "別紙 CSVファイルレイアウト定義書");
        check(names("S2"), "標準仕様4.1 本文", "標準仕様4.1 本文");
        if names("own") || names("domain") {
            check(true, "renkei's own", "Renkei独自");
        }
        if !(names("S1") || names("S2") || names("own") || names("domain")) {
            check(true, "practice of care software", "介護ソフトの慣行");
        }
    }
}

/// The rules that one half of an example breaks, each once, in the table's order.
fn judged(example: &Example, text: &str) -> Vec<RuleId> {
    let mut rules: Vec<RuleId> = match example.form {
        ExampleForm::Name => FileName::parse(text).1.iter().map(|finding| finding.rule).collect(),
        ExampleForm::Sender => parties(example, Some(text), None),
        ExampleForm::Recipient => parties(example, None, Some(text)),
        ExampleForm::File => of_content(example.file, text),
        ExampleForm::Value => of_value(example, text),
        ExampleForm::Records => {
            let name = parsed(example.file);
            let records: Vec<String> = text.lines().map(|line| record(&name, line)).collect();
            rules_of(&content(&name, &records).findings)
        }
        ExampleForm::Set => of_set(text),
        ExampleForm::Words => Vec::new(),
    };
    rules.sort_unstable();
    rules.dedup();
    rules
}

fn rules_of(findings: &Findings) -> Vec<RuleId> {
    findings.listed().iter().map(|finding| finding.rule).collect()
}

/// A name that breaks no rule itself.
fn parsed(name: &str) -> FileName {
    let (parsed, findings) = FileName::parse(name);
    assert_eq!(findings, Vec::<Finding>::new(), "{name}");
    parsed.unwrap()
}

fn parties(example: &Example, sender: Option<&str>, recipient: Option<&str>) -> Vec<RuleId> {
    parsed(example.file).check_parties(sender, recipient).iter().map(|finding| finding.rule).collect()
}

fn of_content(name: &str, text: &str) -> Vec<RuleId> {
    let records: Vec<String> = text.lines().map(str::to_owned).collect();
    rules_of(&content(&parsed(name), &records).findings)
}

fn content(name: &FileName, records: &[String]) -> FileCheck {
    let mut checker = Checker::new(name);
    for record in records {
        checker.push(&bytes_of(record));
        checker.push(b"\r\n");
    }
    checker.finish()
}

fn of_value(example: &Example, text: &str) -> Vec<RuleId> {
    let mut records = Records::new();
    records.push(&bytes_of(text));
    records.push(b"\r\n");
    let Step::Record(record) = records.step() else { panic!("{text} is no record") };
    assert_eq!(record.items, 1, "{text}");
    let mut findings = Findings::new();
    let mut report = Report { findings: &mut findings, line: 1, record: 1, offset: 0 };
    crate::item_rules::check(example.field().unwrap(), record.cells[0], record.bytes, &mut report);
    rules_of(&findings)
}

fn of_set(text: &str) -> Vec<RuleId> {
    let mut files: Vec<(FileName, Vec<String>)> = Vec::new();
    for line in text.lines() {
        let (name, items) = line.split_once(' ').unwrap_or((line, ""));
        let name = parsed(name);
        let record = if name.kind.layout().is_some() { record(&name, items) } else { "[FF D8 FF]".to_owned() };
        match files.iter_mut().find(|(other, _)| *other == name) {
            Some((_, records)) => records.push(record),
            None => files.push((name, vec![record])),
        }
    }
    let checks: Vec<FileCheck> = files.iter().map(|(name, records)| content(name, records)).collect();
    let set: Vec<(&FileName, &FileCheck)> = files.iter().map(|(name, _)| name).zip(&checks).collect();
    let judged = check_unit(&set);
    std::iter::once(&judged.findings).chain(&judged.of_files).flat_map(rules_of).collect()
}

/// A record in which the given items are as given and all others as they must be.
fn record(name: &FileName, items: &str) -> String {
    let layout = name.kind.layout().unwrap();
    let given: Vec<(&str, &str)> = items.split_whitespace().map(|item| item.split_once('=').unwrap()).collect();
    assert!(given.iter().all(|(item, _)| layout.field_named(item).is_some()), "{items}");
    let value = |field: &Field| given.iter().find(|(item, _)| *item == field.name).map(|(_, value)| (*value).to_owned());
    layout.fields.iter().map(|field| value(field).unwrap_or_else(|| good_value(name, layout, field))).collect::<Vec<_>>().join(",")
}

/// A value that breaks no rule; nothing where nothing is needed.
fn good_value(name: &FileName, layout: &Layout, field: &Field) -> String {
    if field.required == Required::No {
        return String::new();
    }
    let from_service = layout.kind.facts().from_service;
    let (office, service_type) = if from_service { (&name.sender, &name.sender_type) } else { (&name.recipient, &name.recipient_type) };
    let month = |name: &FileName| name.month.as_ref().map_or_else(|| "202604".to_owned(), MonthInName::to_string);
    match field.format {
        Format::CsvVersion => "202407".to_owned(),
        Format::InsurerNumber => "990101".to_owned(),
        Format::InsuredNumber => "0000000001".to_owned(),
        Format::OfficeNumber => office.clone(),
        Format::Date => "20260410".to_owned(),
        Format::DateOrZeros => if name.month == Some(MonthInName::Zeros) { "20260410" } else { "00000000" }.to_owned(),
        Format::Month | Format::MonthOrZeros => month(name),
        Format::TimeHhmm | Format::TimeHhmmOr9999 => "0900".to_owned(),
        Format::Digits => "1".to_owned(),
        Format::Code => field.codes.unwrap().codes[0].code.to_owned(),
        Format::FreeText => "\"見本\"".to_owned(),
        Format::ServiceType => service_type.clone().unwrap(),
        Format::ServiceCode => format!("{}1111", service_type.as_ref().unwrap()),
        other => panic!("no item of the form {other:?} is required"),
    }
}

/// The text in MS932, with `[F0 40]` as the bytes it stands for.
fn bytes_of(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, (hex, after))) = rest.split_once('[').map(|(before, inside)| (before, inside.split_once(']').unwrap())) {
        bytes.extend(ms932(before));
        bytes.extend(hex.split(' ').map(|pair| u8::from_str_radix(pair, 16).unwrap()));
        rest = after;
    }
    bytes.extend(ms932(rest));
    bytes
}

fn ms932(text: &str) -> Vec<u8> {
    let mut encoder = encoding_rs::SHIFT_JIS.new_encoder();
    let mut bytes = vec![0; encoder.max_buffer_length_from_utf8_without_replacement(text.len()).unwrap()];
    let (result, _, written) = encoder.encode_from_utf8_without_replacement(text, &mut bytes, true);
    assert_eq!(result, encoding_rs::EncoderResult::InputEmpty, "{text}");
    bytes.truncate(written);
    bytes
}
