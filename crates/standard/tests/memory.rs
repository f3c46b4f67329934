//! Memory has a bound, whatever is streamed. An allocator counts, so no machine and no load changes the answer.

#![expect(clippy::unwrap_used, reason = "the helpers of tests may stop at the first surprise, as tests do")]

use peak_alloc::PeakAlloc;
use standard::{Checker, FileName, Kind};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const MIB: usize = 1 << 20;
/// Streamed of shapes that make one record, or few: more than the longest that is read.
const LONG: usize = 12 * MIB;
/// Streamed of shapes that make records by the hundred thousand: kept by record, eight bytes each would go beyond the bound.
const SHORT: usize = 4 * MIB;
/// As a function reads an object's body.
const CHUNK: usize = 64 << 10;
/// What [`Checker`] states, keys aside: the longest record and some.
const BOUND: usize = 9 * MIB;
/// Distinct keys of a file.
const KEYS: usize = 50_000;

/// One test: the allocator counts for the whole process.
#[test]
fn memory_has_a_bound_whatever_is_streamed() {
    let key_of_5_mb = [b"202407,435073,".as_slice(), &vec![b'7'; 5_000_000], b",20260401\r\n"].concat();
    let shapes: [(&str, Kind, &[u8], &[u8], usize); 14] = [
        ("good records of one person", Kind::PlanTable1Deletion, b"", b"202407,435073,0000000001,20260401\r\n", SHORT),
        ("a quote never closed", Kind::Actuals, b"202407,\"", b"text, and more\r\n", LONG),
        ("a cell without end", Kind::Actuals, b"202407,", b"text", LONG),
        ("commas without end", Kind::Actuals, b"", b",", LONG),
        ("doubled quotes without end", Kind::Actuals, b"\"", b"\"\"", LONG),
        ("cells of 5 MB where the key stands", Kind::PlanTable1Deletion, b"", &key_of_5_mb, LONG),
        ("tiny records", Kind::Actuals, b"", b"x\r\n", SHORT),
        ("records that almost fit", Kind::PlanTable1Deletion, b"", b"202407,1,2\r\n", SHORT),
        ("records where every value is wrong", Kind::PlanTable1Deletion, b"", b"1,2,3,4\r\n", SHORT),
        ("carriage returns", Kind::Actuals, b"", b"\r", SHORT),
        ("line feeds", Kind::Actuals, b"", b"\n", SHORT),
        ("NUL", Kind::Actuals, b"202407,", b"\0", LONG),
        ("lead bytes", Kind::Actuals, b"202407,", b"\x95", LONG),
        ("no JPEG", Kind::BasicInformationImage, b"", b"\xff", SHORT),
    ];
    for (what, kind, head, again, streamed) in shapes {
        let chunk = again.repeat((CHUNK / again.len()).max(1));
        let chunks = std::iter::repeat_n(&chunk, streamed / chunk.len());
        let peak = peak_of(kind, std::iter::once(head.to_vec()).chain(chunks.cloned()));
        eprintln!("{what} {}", peak);
    }
    // and by distinct key what FileCheck states, with room for maps that are half full
    let keys: [(&str, Kind, fn(usize) -> String, usize); 3] = [
        ("persons", Kind::PlanTable1Deletion, |n| format!("202407,435073,{n:010},20260401\r\n"), 2 * (9 + 32)),
        ("texts for persons", Kind::PlanTable1Deletion, |n| format!("202407,none,nobody {n},20260401\r\n"), 2 * (9 + 32)),
        ("persons and offices of an annex", Kind::UsageSlipAnnex, annex_row, 2 * (9 + 32 + 24 + 32)),
    ];
    for (what, kind, row, bytes_each) in keys {
        let peak = peak_of(kind, (0..KEYS).map(|n| row(n).into_bytes()));
        eprintln!("{what} {} {bytes_each}", peak / KEYS);
    }
}

fn annex_row(n: usize) -> String {
    format!("202407,435073,{n:010},20260401,202604,,{:010},,111111{}\r\n", n / 2, ",".repeat(28))
}

/// The most that is allocated at once while such a file is checked, the chunk in hand aside.
fn peak_of(kind: Kind, chunks: impl Iterator<Item = Vec<u8>>) -> usize {
    let end = if kind.layout().is_some() { ".CSV" } else { "_0001.jpg" };
    let month = if kind.has_month() { "_202604" } else { "" };
    let name = FileName::parse(&format!("{kind}{month}_0170101950_43_99A0100016_11_20260410090000{end}")).0.unwrap();
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let mut checker = Checker::new(&name);
    let mut largest = 0;
    for chunk in chunks {
        largest = largest.max(chunk.capacity());
        checker.push(&chunk);
    }
    drop(checker.finish());
    MEMORY.peak_usage().saturating_sub(before + largest)
}
