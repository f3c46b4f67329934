//! What holds for every input: how it is cut doesn't matter, nothing panics, places exist.

#![expect(clippy::unwrap_used, reason = "the helpers of tests may stop at the first surprise, as tests do")]

use proptest::prelude::*;
use standard::{Checker, FileCheck, FileName, Kind, TextProbe};

fn check(name: &FileName, bytes: &[u8], cuts: &[usize]) -> FileCheck {
    let mut checker = Checker::new(name);
    let mut rest = bytes;
    for cut in cuts {
        let (chunk, after) = rest.split_at(*cut % (rest.len() + 1));
        checker.push(chunk);
        rest = after;
    }
    checker.push(rest);
    checker.finish()
}

fn name(kind: Kind) -> FileName {
    let month = if kind.has_month() { "_202604" } else { "" };
    let end = if kind.layout().is_some() { ".CSV" } else { "_0001.jpg" };
    FileName::parse(&format!("{kind}{month}_0170101950_11_99A0100016_43_20260410090000{end}")).0.unwrap()
}

/// Pieces that files are made of, and that break them.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&[u8]> = vec![
        b",",
        b",,,,,,",
        b"\r\n",
        b"\n",
        b"\r",
        b"\"",
        b"\"\"",
        b" ",
        b"202407",
        b"202208",
        b"435073",
        b"0000000001",
        b"20260401",
        b"202604",
        b"999999",
        b"\x8cv\x89\xe6",
        b"\xf0\x40",
        b"\x80",
        b"\xff",
        b"\x95",
        b"\xef\xbb\xbf",
        b"\xe8\xa8\x88",
        b"\0",
        b"171001",
        b"9999",
    ];
    prop_oneof![4 => proptest::sample::select(pieces).prop_map(<[u8]>::to_vec), 1 => proptest::collection::vec(any::<u8>(), 1..6)]
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(piece(), 0..200).prop_map(|pieces| pieces.concat())
}

fn kinds() -> impl Strategy<Value = Kind> {
    proptest::sample::select(Kind::ALL.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_cut_gives_the_same_findings(kind in kinds(), bytes in bytes(), cuts in proptest::collection::vec(0usize..50, 0..40)) {
        let name = name(kind);
        prop_assert_eq!(check(&name, &bytes, &cuts), check(&name, &bytes, &[]));
    }

    #[test]
    fn every_place_exists(kind in kinds(), bytes in bytes()) {
        let done = check(&name(kind), &bytes, &[]);
        let lines = 1 + bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
        for finding in done.findings.listed() {
            prop_assert!(finding.line.is_none_or(|line| (1..=lines).contains(&line)), "{:?}", finding);
            prop_assert!(finding.record.is_none_or(|record| record >= 1), "{:?}", finding);
            prop_assert_eq!(finding.field.is_some(), finding.field_name(kind).is_some(), "{:?}", finding);
            prop_assert!(!finding.message(Some(kind)).is_empty() && !finding.message_ja(Some(kind)).is_empty());
        }
        prop_assert_eq!(done.findings.total(), done.findings.rules().map(|(_, count)| count).sum::<u64>());
    }

    #[test]
    fn any_cut_gives_the_same_kind_of_text(bytes in bytes(), size in 1usize..20) {
        let probe = |size: usize| {
            let mut probe = TextProbe::new();
            bytes.chunks(size).for_each(|chunk| probe.push(chunk));
            (probe.looks_like_standard(), probe.finish())
        };
        prop_assert_eq!(probe(size), probe(1 << 20));
    }

    #[test]
    fn any_name_is_answered(name in "\\PC{0,80}") {
        let (parsed, findings) = FileName::parse(&name);
        prop_assert!(parsed.is_some() || !findings.is_empty());
    }
}
