//! Memory has a bound, whatever is streamed. An allocator counts, so no machine and no load changes the answer.

#![expect(clippy::unwrap_used, reason = "the helpers of tests may stop at the first surprise, as tests do")]

use peak_alloc::PeakAlloc;
use standard::{Checker, FileName, Format, Kind};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;
/// As a function reads an object's body.
const CHUNK: usize = 64 * KIB;

/// How much is streamed of a shape, and what may be held of it.
#[derive(Clone, Copy)]
struct Limits {
    streamed: usize,
    bound: usize,
}
/// Shapes that make one record, or few: more than the longest that is read. Held are that one and the half of it that the buffer grows from: the
/// allocator here moves whatever grows, as any may.
const LONG: Limits = Limits { streamed: 12 * MIB, bound: 13 * MIB };
/// Shapes that make short records: kept by record, a byte each would go beyond the bound.
const MANY: Limits = Limits { streamed: MIB, bound: 128 * KIB };

/// What it is, in which kind of file, and what it begins with before something comes again and again.
type Shape<'a> = (&'a str, Kind, &'a [u8], &'a [u8], Limits);

/// Distinct keys of a file.
const KEYS: usize = 5_000;
/// What `FileCheck` states for a record of a new person, office and image, in the kind that keeps most.
const BYTES_A_KEY: usize = 9 + 32 + 24 + 32 + 24;

/// One test: the allocator counts for the whole process.
#[test]
fn memory_has_a_bound_whatever_is_streamed() {
    let key_of_5_mb = [b"202407,435073,".as_slice(), &vec![b'7'; 5_000_000], b",20260401\r\n"].concat();
    let image_of_5_mb =
        [b"202407,435073,0000000001".as_slice(), &[b','; 59], &vec![b'7'; 5_000_000], b".jpeg", &[b','; 9], b"\r\n"].concat();
    let shapes: [Shape<'_>; 15] = [
        ("good records of one person", Kind::PlanTable1Deletion, b"", b"202407,435073,0000000001,20260401\r\n", MANY),
        ("a quote never closed", Kind::Actuals, b"202407,\"", b"text, and more\r\n", LONG),
        ("a cell without end", Kind::Actuals, b"202407,", b"text", LONG),
        ("commas without end", Kind::Actuals, b"", b",", LONG),
        ("doubled quotes without end", Kind::Actuals, b"\"", b"\"\"", LONG),
        ("cells of 5 MB where the key stands", Kind::PlanTable1Deletion, b"", &key_of_5_mb, LONG),
        ("names of images of 5 MB", Kind::BasicInformation, b"", &image_of_5_mb, LONG),
        ("tiny records", Kind::Actuals, b"", b"x\r\n", MANY),
        ("records that almost fit", Kind::PlanTable1Deletion, b"", b"202407,1,2\r\n", MANY),
        ("records where every value is wrong", Kind::PlanTable1Deletion, b"", b"1,2,3,4\r\n", MANY),
        ("carriage returns", Kind::Actuals, b"", b"\r", MANY),
        ("line feeds", Kind::Actuals, b"", b"\n", MANY),
        ("NUL", Kind::Actuals, b"202407,", b"\0", LONG),
        ("lead bytes", Kind::Actuals, b"202407,", b"\x95", LONG),
        ("no JPEG", Kind::BasicInformationImage, b"", b"\xff", MANY),
    ];
    for (what, kind, head, again, limits) in shapes {
        let chunk = again.repeat((CHUNK / again.len()).max(1));
        let chunks = std::iter::repeat_n(&chunk, limits.streamed / chunk.len());
        let peak = peak_of(kind, std::iter::once(head.to_vec()).chain(chunks.cloned()));
        assert!(peak <= limits.bound, "{what}: {peak} bytes");
    }
    // and by distinct key what FileCheck states, twice: its maps are half full at worst
    for kind in Kind::ALL.into_iter().filter(|kind| kind.layout().is_some()) {
        let peak = peak_of(kind, (0..KEYS).map(|n| row_of_another_person(kind, n)));
        assert!(peak <= MANY.bound + 2 * KEYS * BYTES_A_KEY, "{kind}: {} bytes a person", peak / KEYS);
    }
}

/// Version, insurer, a person that no record before was about, a day; an office and a service where the layout has them.
fn row_of_another_person(kind: Kind, n: usize) -> Vec<u8> {
    let cells = kind.layout().unwrap().fields.iter().map(|field| match field.format {
        Format::CsvVersion => "202407".to_owned(),
        Format::InsurerNumber => "435073".to_owned(),
        Format::InsuredNumber | Format::OfficeNumber => format!("{n:010}"),
        Format::Date | Format::DateOrZeros => "20260401".to_owned(),
        Format::ServiceCode => "111111".to_owned(),
        _ if field.name == "family_image_file" => format!("{n}.jpg"),
        _ => String::new(),
    });
    (cells.collect::<Vec<_>>().join(",") + "\r\n").into_bytes()
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
