//! What holds for every input: how it is cut doesn't matter, nothing panics, places exist, nothing of a cell is told.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "the helpers of tests may stop at the first surprise, as tests do; fuzz/ shares two of them"
)]

mod properties;
mod simple_reader;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use standard::{Format, Kind};

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
        b"=1+1",
        b"@",
    ];
    prop_oneof![4 => select(pieces).prop_map(<[u8]>::to_vec), 1 => vec(any::<u8>(), 1..6)]
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(piece(), 0..200).prop_map(|pieces| pieces.concat())
}

fn kinds() -> impl Strategy<Value = Kind> {
    select(Kind::ALL.to_vec())
}

/// A file with as many items as its layout has, so that the rules of values and records come to bear.
fn rows(kind: Kind, value: impl Strategy<Value = Vec<u8>> + Clone) -> impl Strategy<Value = Vec<u8>> {
    let fields = kind.layout().map(|layout| layout.fields).unwrap_or_default();
    let row = vec((value, any::<bool>()), fields.len()).prop_map(move |values| {
        let cells = fields.iter().zip(values).map(|(field, (value, quoted))| match (field.format, quoted) {
            (Format::CsvVersion, _) => b"202407".to_vec(),
            (_, true) => [b"\"", value.as_slice(), b"\""].concat(),
            (_, false) => value,
        });
        cells.collect::<Vec<_>>().join(&b',')
    });
    vec(row, 1..6).prop_map(|rows| rows.iter().flat_map(|row| [row.as_slice(), b"\r\n"]).flatten().copied().collect())
}

/// A file whose records come again with few changes, as they do in every slip: bytes put in place of others, anywhere.
fn nearly_the_same(kind: Kind) -> impl Strategy<Value = Vec<u8>> {
    let changes = vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), piece()), 0..12);
    (rows(kind, value()), 2usize..6, changes).prop_map(|(rows, times, changes)| {
        let mut bytes = rows.repeat(times);
        for (at, length, piece) in changes {
            let at = at.index(bytes.len().max(1));
            let end = (at + length.index(4)).min(bytes.len());
            bytes.splice(at..end, piece);
        }
        bytes
    })
}

fn value() -> impl Strategy<Value = Vec<u8>> + Clone {
    let values: Vec<&[u8]> = vec![
        b"",
        b"0",
        b"1",
        b"-5",
        b"12.34",
        b"10",
        b"17",
        b"202604",
        b"20260401",
        b"00000000",
        b"0900",
        b"2400",
        b"9999",
        b"435073",
        b"0000000001",
        b"H000000001",
        b"0170101950",
        b"9999999999",
        b"111111",
        b"999999",
        b"11AAAA",
        b"00001-000010",
        b"0000000000000000000000000000001",
        b"123-4567",
        b" 1 ",
        b"\x8cv\x89\xe6",
        b"\x82\x50",
        b"=1",
        b"\xf0\x40",
        b"\0",
        b"\xff",
    ];
    select(values).prop_map(<[u8]>::to_vec)
}

/// What no message says by itself, in half-width and in Japanese characters (秘匿壱弐, in MS932).
const SECRETS: [&[u8]; 4] = [b"QX7Z", b"7351826", b"=QX7Z", b"\x94\xe9\x93\xbd\x88\xeb\x93\xf3"];
const SECRETS_AS_TEXT: [&str; 3] = ["QX7Z", "7351826", "秘匿壱弐"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_cut_gives_the_same_findings_and_every_place_exists(kind in kinds(), bytes in bytes(), sizes in vec(0usize..50, 0..40)) {
        properties::hold_of_a_file(kind, &bytes, &sizes);
    }

    #[test]
    fn the_same_holds_where_values_are_judged(
        (kind, bytes) in kinds().prop_flat_map(|kind| (Just(kind), rows(kind, value()))),
        sizes in vec(0usize..50, 0..40),
    ) {
        properties::hold_of_a_file(kind, &bytes, &sizes);
    }

    // byte by byte no record before is at hand, so every value is judged anew
    #[test]
    fn what_comes_again_is_judged_as_if_it_came_first(
        (kind, bytes) in kinds().prop_flat_map(|kind| (Just(kind), nearly_the_same(kind))),
        sizes in prop_oneof![Just(vec![1]), vec(1usize..400, 1..40)],
    ) {
        properties::hold_of_a_file(kind, &bytes, &sizes);
    }

    #[test]
    fn nothing_of_a_cell_is_told(
        (kind, bytes) in kinds().prop_flat_map(|kind| (Just(kind), rows(kind, select(SECRETS.to_vec()).prop_map(<[u8]>::to_vec)))),
    ) {
        let done = properties::check(&properties::name_of(kind), &bytes, &[]);
        prop_assert!(!done.findings.is_empty());
        let messages = done.findings.listed().iter().map(|finding| serde_json::to_string(&finding.view(Some(kind))).unwrap());
        let told = messages.collect::<String>() + &format!("{done:?}");
        for secret in SECRETS_AS_TEXT {
            prop_assert!(!told.contains(secret), "{}", told);
        }
    }

    #[test]
    fn any_set_is_judged(
        files in vec(kinds().prop_flat_map(|kind| (Just(kind), prop_oneof![rows(kind, value()), bytes()])), 0..6),
    ) {
        let files: Vec<_> = files.iter().map(|(kind, bytes)| (properties::name_of(*kind), bytes.as_slice())).collect();
        properties::hold_of_a_set(&files);
    }

    #[test]
    fn texts_are_read_alike_by_all_readers(bytes in bytes(), size in 1usize..20) {
        properties::hold_of_a_text(&bytes, size);
    }

    #[test]
    fn any_name_is_answered(name in "\\PC{0,80}") {
        properties::hold_of_a_name(&name);
    }

    #[test]
    fn names_that_nearly_fit_are_answered(
        kind in kinds(),
        parts in vec(select(vec!["202604", "000000", "202699", "0170101950", "99A010001", "11", "11A", "43", "20260410090000", "0001", "x", ""]), 1..8),
        end in select(vec![".CSV", ".csv", ".jpg", ".JPEG", ""]),
    ) {
        properties::hold_of_a_name(&format!("{kind}_{}{end}", parts.join("_")));
    }
}
