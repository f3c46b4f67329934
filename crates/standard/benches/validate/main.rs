//! `cargo bench -p standard`: the check of a 50 MB usage slip beside a floor that only decodes strictly and splits records with
//! csv-core, in the same run and the profile that ships; the instructions both take; and the memory the check takes while it streams.
//!
//! Memory and instructions are measured by running the benchmark itself again, with arguments that say of what.

#![expect(clippy::print_stdout, clippy::unwrap_used, clippy::panic, reason = "a benchmark prints, and may stop at the first surprise")]

mod floor;
mod instructions;
mod memory;
mod seed;

use std::env;
use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

use standard::{Checker, FileCheck, FileName, Kind};

use crate::floor::decode_and_split;
use crate::seed::Seed;

const RECORDS: usize = 320_000;
const ROUNDS: usize = 9;
/// As a function reads an object's body.
const CHUNK: usize = 64 << 10;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["memory", input, kind, bytes] => memory::peak_of_streaming(input, kind, bytes.parse().unwrap()),
        ["instructions", work, times] => instructions::work(work, times.parse().unwrap()),
        _ => {
            let seed = Seed::of(Kind::UsageSlip);
            compare(&seed, "as slips are", |index, _| index);
            compare(&seed, "shuffled, so that little stands as in the record before", shuffled);
            instructions::report();
            memory::report();
        }
    }
}

fn compare(seed: &Seed, order: &str, place: impl Fn(usize, usize) -> usize) {
    let mut bytes = Vec::with_capacity(RECORDS * 160);
    (0..RECORDS).for_each(|index| seed.append(&mut bytes, place(index, RECORDS)));
    let megabytes = bytes.len() as f64 / 1e6;
    println!("\n{:.1} MB, {RECORDS} records of {}, {order}; {ROUNDS} rounds, interleaved", megabytes, seed.file);

    let (mut floors, mut checks, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (records, floor) = timed(|| decode_and_split(&bytes));
        let (checked, check) = timed(|| check(&seed.name, &bytes));
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
}

/// Every place of so many once, neighbours far apart.
fn shuffled(index: usize, of: usize) -> usize {
    const STEP: usize = 61_813; // a prime, and no divisor of what is measured: about half of the values then stand as in the record before
    index * STEP % of
}

/// Whole in memory, as the floor is: what differs is the work, not the reading.
fn check(name: &FileName, bytes: &[u8]) -> FileCheck {
    let mut checker = Checker::new(name);
    bytes.chunks(CHUNK).for_each(|chunk| checker.push(chunk));
    checker.finish()
}

/// What this program printed when run again with other arguments.
struct Printed {
    stdout: String,
    stderr: String,
}

/// `under` is a command that runs it, if any.
fn run_self(under: &[&str], arguments: &[&str]) -> Printed {
    let program = env::current_exe().unwrap();
    let mut words = under.iter().map(|word| (*word).into()).chain([program.into_os_string()]);
    let run = Command::new(words.next().unwrap()).args(words).args(arguments).output().unwrap();
    let [stdout, stderr] = [run.stdout, run.stderr].map(|text| String::from_utf8(text).unwrap());
    assert!(run.status.success(), "{arguments:?}: {stderr}");
    Printed { stdout, stderr }
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
