//! What holds for every input. The tests here and the targets in `fuzz/` try it out, each with inputs of its own.

use standard::{
    Checker, Detail, FileCheck, FileName, Finding, Findings, Kind, RuleId, TextKind, TextProbe, check_unit, decode_ms932, group_units,
    is_ms932_text,
};

use super::simple_reader::{self, SimpleFile};

/// A good name of that kind.
pub fn name_of(kind: Kind) -> FileName {
    let month = if kind.has_month() { "_202604" } else { "" };
    let end = if kind.layout().is_some() { ".CSV" } else { "_0001.jpg" };
    FileName::parse(&format!("{kind}{month}_0170101950_11_99A0100016_43_20260410090000{end}")).0.unwrap()
}

/// Checks a file in chunks of these sizes, over and over; none: whole.
pub fn check(name: &FileName, bytes: &[u8], sizes: &[usize]) -> FileCheck {
    let mut checker = Checker::new(name);
    let mut rest = bytes;
    for size in sizes.iter().cycle() {
        let (chunk, after) = rest.split_at(rest.len().min(*size));
        checker.push(chunk);
        rest = after;
        if rest.is_empty() || sizes.iter().all(|size| *size == 0) {
            break;
        }
    }
    checker.push(rest);
    checker.finish()
}

/// Of a CSV: however it is cut the findings are the same; they count up; every place exists; a second reader counts the same records.
pub fn hold_of_a_file(kind: Kind, bytes: &[u8], sizes: &[usize]) {
    let name = name_of(kind);
    let done = check(&name, bytes, &[]);
    assert_eq!(done, check(&name, bytes, sizes), "cut into {sizes:?}");
    hold_of_counts(&done.findings);
    let file = simple_reader::read(bytes);
    for finding in done.findings.listed() {
        hold_of_a_place(finding, kind, bytes, &file);
        hold_of_a_message(finding, kind);
    }
    if kind.layout().is_some() && !is_of_another_sort(&done.findings) {
        hold_of_records(&done, &file);
    }
}

/// Of the numbers: every finding counted, the first hundred listed, errors before warnings.
fn hold_of_counts(findings: &Findings) {
    assert_eq!(findings.total(), findings.rules().map(|(_, count)| count).sum::<u64>());
    assert_eq!(findings.total(), findings.errors() + findings.warnings());
    assert_eq!(findings.listed().len() as u64, findings.total().min(Findings::LISTED as u64));
    let listed_errors = Findings::from_iter(findings.listed().iter().copied()).errors();
    assert_eq!(listed_errors, findings.errors().min(Findings::LISTED as u64));
}

/// Of a finding: its record is in the file and begins in its line, its item is in the layout, its byte is there.
fn hold_of_a_place(finding: &Finding, kind: Kind, bytes: &[u8], file: &SimpleFile) {
    let lines = 1 + bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
    assert!(finding.line.is_none_or(|line| (1..=lines).contains(&line)), "{finding:?}");
    if let Some(record) = finding.record {
        let index = usize::try_from(record).unwrap().checked_sub(1).unwrap();
        let line = file.records.get(index).map(|record| record.line).or(file.broken.filter(|_| index == file.records.len()));
        assert!(line.is_some() && finding.line == line, "{finding:?} in {line:?}");
    }
    assert!(finding.field.is_none() || finding.record.is_some(), "{finding:?}");
    assert!(finding.field.is_none_or(|no| kind.layout().unwrap().field(no).is_some()), "{finding:?}");
    match finding.detail {
        Detail::Byte { offset, byte } => assert_eq!(bytes.get(usize::try_from(offset).unwrap()), Some(&byte), "{finding:?}"),
        Detail::FirstLine(line) => assert!((1..=lines).contains(&line), "{finding:?}"),
        _ => {}
    }
}

/// Of a message: there in both languages, with the item's name.
fn hold_of_a_message(finding: &Finding, kind: Kind) {
    let view = finding.view(Some(kind));
    assert!(!view.message.is_empty() && view.message_ja.ends_with('。'), "{view:?}");
    assert_eq!(view.field_name.is_some(), finding.field.is_some(), "{view:?}");
    assert_eq!((view.line, view.record, view.field), (finding.line, finding.record, finding.field));
}

/// Of a file that is not of the standard nothing else is said.
fn is_of_another_sort(findings: &Findings) -> bool {
    let is_other = |finding: &Finding| finding.rule == RuleId::Utf8 || matches!(finding.detail, Detail::SeemsToBe(_));
    let found = findings.listed().iter().any(is_other);
    assert!(!found || findings.total() == 1);
    found
}

/// Of the records: as many, blank and with other ends, as a second reader finds.
fn hold_of_records(done: &FileCheck, file: &SimpleFile) {
    let count = |rule| done.findings.count(rule);
    let blank = file.records.iter().filter(|record| record.is_blank).count() as u64;
    assert_eq!(count(RuleId::Blank), blank);
    assert_eq!(count(RuleId::Quote), u64::from(file.broken.is_some()));
    assert_eq!(done.records + count(RuleId::Header), file.records.len() as u64 - blank);
    let other_end = file.records.iter().find(|record| !record.ends_in_crlf).map(|record| record.line);
    assert_eq!(count(RuleId::Eol), u64::from(other_end.is_some()));
    // where there is no room for all, a warning gives way to an error
    if done.findings.total() <= Findings::LISTED as u64 {
        let told = done.findings.listed().iter().find(|finding| finding.rule == RuleId::Eol).map(|finding| finding.detail);
        assert_eq!(told, other_end.map(Detail::FirstLine));
    }
}

/// Of files under the names given: every file has a group, and what is found between those of a group has a place too.
pub fn hold_of_a_set(files: &[(FileName, &[u8])]) {
    let names: Vec<FileName> = files.iter().map(|(name, _)| name.clone()).collect();
    let groups = group_units(&names);
    let mut grouped: Vec<usize> = groups.concat();
    grouped.sort_unstable();
    assert!(grouped.into_iter().eq(0..files.len()), "{groups:?}");
    let checks: Vec<FileCheck> = files.iter().map(|(name, bytes)| check(name, bytes, &[])).collect();
    for group in groups {
        let set: Vec<_> = group.iter().map(|file| (&names[*file], &checks[*file])).collect();
        let judged = check_unit(&set);
        let no_unit = judged.findings.count(RuleId::UnitSet) > 0 || judged.of_files.iter().any(|it| it.count(RuleId::UnitTwice) > 0);
        assert_eq!(judged.unit.is_none(), no_unit, "{judged:?}");
        assert_eq!(judged.of_files.len(), set.len());
        hold_of_counts(&judged.findings);
        judged.findings.listed().iter().for_each(|finding| hold_of_a_message(finding, Kind::Actuals));
        for (file, findings) in group.iter().zip(&judged.of_files) {
            let (name, bytes) = &files[*file];
            hold_of_counts(findings);
            for finding in findings.listed() {
                hold_of_a_place(finding, name.kind, bytes, &simple_reader::read(bytes));
                hold_of_a_message(finding, name.kind);
            }
        }
    }
}

/// Of a name: it parses or is told what is wrong, and what it was parsed to makes a name that parses to the same.
pub fn hold_of_a_name(name: &str) {
    let (parsed, findings) = FileName::parse(name);
    findings.iter().for_each(|finding| hold_of_a_message(finding, Kind::Actuals));
    let Some(parsed) = parsed else {
        assert_eq!(findings, [Finding::of_file(RuleId::Name)]);
        return;
    };
    assert!(FileName::claims_standard(name));
    assert_eq!(FileName::parse(&name.to_ascii_uppercase()).0.as_ref(), Some(&parsed));
    assert_eq!(parsed.check_parties(Some(&parsed.sender), Some(&parsed.recipient)), []);
    let month = parsed.month.map(|month| month.to_string());
    if month.is_none() && parsed.kind.has_month() {
        return; // six digits that are no month
    }
    let (sender_type, recipient_type) = (parsed.sender_type.as_deref(), parsed.recipient_type.as_deref());
    let (code, image_no) = (parsed.kind.code(), parsed.image_no.as_deref());
    let offices = [Some(parsed.sender.as_str()), sender_type, Some(&parsed.recipient), recipient_type];
    let parts = [[Some(code), month.as_deref()].as_slice(), &offices, &[Some(&parsed.stamp), image_no]].concat();
    let again = parts.into_iter().flatten().collect::<Vec<_>>().join("_") + if image_no.is_some() { ".jpg" } else { ".CSV" };
    assert_eq!(FileName::parse(&again).0, Some(parsed), "{again}");
}

/// Of a text: the decoder, the walk that finds the bad byte, and the probe of attachments agree, however the probe is fed.
pub fn hold_of_a_text(bytes: &[u8], size: usize) {
    let has_nul = bytes.contains(&0);
    match decode_ms932(bytes) {
        Ok(text) => {
            assert_eq!(is_ms932_text(bytes), !has_nul);
            assert!(text.chars().count() <= bytes.len());
        }
        Err(bad) => {
            assert!(!is_ms932_text(bytes));
            let (before, from) = bytes.split_at(bad.offset);
            assert_eq!(from.first(), Some(&bad.byte));
            assert!(decode_ms932(before).is_ok() && decode_ms932(from).is_err_and(|again| again.offset == 0));
        }
    }
    let probe = |size: usize| {
        let mut probe = TextProbe::new();
        bytes.chunks(size.max(1)).for_each(|chunk| probe.push(chunk));
        (probe.looks_like_standard(), probe.finish())
    };
    let (looks, kind) = probe(size);
    assert_eq!((looks, kind), probe(bytes.len()));
    let expected = match (has_nul, str::from_utf8(bytes).is_ok(), is_ms932_text(bytes)) {
        (true, ..) | (_, false, false) => TextKind::Binary,
        (_, true, _) => TextKind::Utf8,
        (_, false, true) => TextKind::Ms932,
    };
    assert_eq!(kind, expected);
}
