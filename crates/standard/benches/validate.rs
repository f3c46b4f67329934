//! `cargo bench -p standard`: the check of a 50 MB usage slip beside a floor that only decodes strictly and splits records with
//! csv-core, in the same run and the profile that ships; and the memory the check takes while it streams.
//!
//! With `memory N` as arguments it checks N records streaming and prints the process's peak: the benchmark runs itself so. With
//! `swallow N` a quote before them is never closed, which is the most memory the check ever takes.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints, and may stop at the first surprise")]

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs};

use standard::{Checker, FileCheck, FileName};

const RECORDS: usize = 320_000;
const ROUNDS: usize = 9;
/// As a function reads an object's body.
const CHUNK: usize = 64 << 10;

fn main() {
    let arguments: Vec<String> = env::args().collect();
    match arguments.as_slice() {
        [_, mode, records] if mode == "memory" || mode == "swallow" => peak_of_streaming(mode, records.parse().unwrap()),
        _ => compare(),
    }
}

fn compare() {
    let (name, seed) = seed_records();
    let mut bytes = Vec::with_capacity(RECORDS * 160);
    (0..RECORDS).for_each(|index| append(&mut bytes, &seed, index));
    let megabytes = bytes.len() as f64 / 1e6;
    println!("{:.1} MB, {RECORDS} records of {}, {ROUNDS} rounds, interleaved", megabytes, name.kind);

    let (mut floors, mut checks, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (records, floor) = timed(|| decode_and_split(&bytes));
        let (checked, check) = timed(|| check(&name, &bytes));
        assert_eq!((checked.records, records), (RECORDS as u64, RECORDS as u64));
        assert!(checked.findings.is_empty(), "{:?}", checked.findings.listed());
        ratios.push(check.as_secs_f64() / floor.as_secs_f64());
        floors.push(floor.as_secs_f64());
        checks.push(check.as_secs_f64());
    }
    let (floor, check, ratio) = (median(floors), median(checks), median(ratios));
    println!("floor  {:7.0} MB/s {:10.0} records/s", megabytes / floor, RECORDS as f64 / floor);
    println!("check  {:7.0} MB/s {:10.0} records/s", megabytes / check, RECORDS as f64 / check);
    println!("ratio  {ratio:7.2} (median of the rounds; the aim is 3 at most)");
    for (mode, records) in [("memory", RECORDS / 50), ("memory", RECORDS), ("memory", 4 * RECORDS), ("swallow", RECORDS)] {
        let run = Command::new(env::current_exe().unwrap()).args([mode, &records.to_string()]).output().unwrap();
        print!("{}", String::from_utf8(run.stdout).unwrap());
    }
}

/// Whole in memory, as the floor is: what differs is the work, not the reading.
fn check(name: &FileName, bytes: &[u8]) -> FileCheck {
    let mut checker = Checker::new(name);
    bytes.chunks(CHUNK).for_each(|chunk| checker.push(chunk));
    checker.finish()
}

/// The floor: strict MS932 to UTF-8, and csv-core over the bytes. Both in pieces with buffers that are made once.
fn decode_and_split(bytes: &[u8]) -> u64 {
    let mut decoder = encoding_rs::SHIFT_JIS.new_decoder_without_bom_handling();
    let mut text = vec![0; 4 * CHUNK];
    let mut reader = csv_core::Reader::new();
    let (mut cells, mut ends) = (vec![0; 4 * CHUNK], vec![0; 128]);
    let (mut kept, mut ended, mut records) = (0, 0, 0);
    let mut chunks = bytes.chunks(CHUNK).peekable();
    while let Some(chunk) = chunks.next() {
        let (result, _, _) = decoder.decode_to_utf8_without_replacement(chunk, &mut text, chunks.peek().is_none());
        assert_eq!(result, encoding_rs::DecoderResult::InputEmpty);
        black_box(&text);
        let mut rest = chunk;
        // an empty input would mean the end of the file
        while !rest.is_empty() {
            let (result, read, written, fields) = reader.read_record(rest, cells.get_mut(kept..).unwrap(), ends.get_mut(ended..).unwrap());
            (rest, kept, ended) = (rest.get(read..).unwrap(), kept + written, ended + fields);
            match result {
                csv_core::ReadRecordResult::Record => {
                    black_box((&cells, &ends));
                    (kept, ended, records) = (0, 0, records + 1);
                }
                other => assert_eq!(other, csv_core::ReadRecordResult::InputEmpty),
            }
        }
    }
    records
}

/// Streams records without ever holding the file, and prints the peak of resident memory.
fn peak_of_streaming(mode: &str, records: usize) {
    let (name, seed) = seed_records();
    let mut checker = Checker::new(&name);
    let before = peak_kibibytes();
    if mode == "swallow" {
        checker.push(b"\"");
    }
    let mut bytes = 0;
    let mut record = Vec::with_capacity(1024);
    for index in 0..records {
        record.clear();
        append(&mut record, &seed, index);
        if mode == "swallow" {
            record.retain(|byte| *byte != b'"');
        }
        checker.push(&record);
        bytes += record.len();
    }
    assert_eq!(checker.finish().findings.is_empty(), mode == "memory");
    let after = peak_kibibytes();
    println!(
        "{mode:8} {:6.1} MB streamed: peak {:.1} MiB, {} KiB more than before",
        bytes as f64 / 1e6,
        after as f64 / 1024.0,
        after - before
    );
}

fn peak_kibibytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse().unwrap()
}

/// Appends the `index`th record: the seed's in turn, each round for other persons.
fn append(bytes: &mut Vec<u8>, seed: &[Vec<u8>], index: usize) {
    let record = seed.get(index % seed.len()).unwrap();
    let person = format!("{:010}", 1_000_000_000 + index / seed.len());
    let insured_number = "202407,435073,".len().."202407,435073,0000000001".len();
    bytes.extend_from_slice(record.get(..insured_number.start).unwrap());
    bytes.extend_from_slice(person.as_bytes());
    bytes.extend_from_slice(record.get(insured_number.end..).unwrap());
}

/// The records of the fixtures' usage slips, line ends included, under one name.
fn seed_records() -> (FileName, Vec<Vec<u8>>) {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/standard/seed-1/valid/0002_SLIP");
    let paths = fs::read_dir(fixtures).unwrap().map(|entry| entry.unwrap().path());
    let slip = paths.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("UPPLAN_")).min().unwrap();
    let name = FileName::parse(slip.file_name().unwrap().to_str().unwrap()).0.unwrap();
    // the fixture's texts hold no line breaks, so its lines are its records
    let records = fs::read(&slip).unwrap().split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    (name, records)
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = black_box(work());
    (result, start.elapsed())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    *values.get(values.len() / 2).unwrap()
}
