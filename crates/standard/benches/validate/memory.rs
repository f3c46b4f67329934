//! The memory a check takes while it streams, each in a process of its own, since a process knows only the peak of all it did.

use std::fs;

use standard::{Checker, Kind};

use crate::run_self;
use crate::seed::Seed;

/// The largest file that the measurements of state stream; the exchange takes 50 MiB.
const LARGEST: usize = 50_000_000;

/// What comes in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    /// Good records, about twenty for each person.
    Usual,
    /// Good records, but for a quote before them that is never closed: the longest record there can be.
    Unclosed,
    /// Good records, each for a person of its own.
    Persons,
    /// The shortest records that the check has to tell apart: empty items but for the person's number, in base 36.
    Shortest,
}

const INPUTS: [(&str, Input); 4] =
    [("usual", Input::Usual), ("unclosed", Input::Unclosed), ("persons", Input::Persons), ("shortest", Input::Shortest)];

/// All measurements.
pub(crate) fn report() {
    println!("\nmemory of a streaming check of UPPLAN, by size:");
    for (input, bytes) in [("usual", LARGEST / 50), ("usual", LARGEST), ("usual", 4 * LARGEST), ("unclosed", LARGEST)] {
        measured_apart(input, Kind::UsageSlip, bytes);
    }
    println!("\nmemory where every record is another person's, 50 MB of each kind (the aim is 64 MiB at most):");
    for kind in Kind::ALL.into_iter().filter(|kind| kind.layout().is_some()) {
        measured_apart("persons", kind, LARGEST);
    }
    println!("\nthe same, of the shortest records that can be told apart, all of them wrong:");
    for kind in Kind::ALL.into_iter().filter(|kind| kind.layout().is_some()) {
        measured_apart("shortest", kind, LARGEST);
    }
}

fn measured_apart(input: &str, kind: Kind, bytes: usize) {
    print!("{}", run_self(&[], &["memory", input, kind.code(), &bytes.to_string()]).stdout);
}

/// Streams records without ever holding the file, and prints the peak of resident memory.
pub(crate) fn peak_of_streaming(input: &str, kind: &str, bytes: usize) {
    let (label, input) = INPUTS.into_iter().find(|(label, _)| *label == input).unwrap();
    let seed = Seed::of(kind.parse().unwrap());
    let items = seed.name.kind.layout().unwrap().fields.len();
    let mut checker = Checker::new(&seed.name);
    let before = peak_kibibytes();
    let (mut pushed, mut records) = (0, 0);
    let mut record = Vec::with_capacity(4096);
    if input == Input::Unclosed {
        checker.push(b"\"");
    }
    while pushed < bytes {
        record.clear();
        match input {
            Input::Usual | Input::Unclosed => seed.append(&mut record, records),
            Input::Persons => seed.append_for_another(&mut record, records),
            Input::Shortest => append_shortest(&mut record, items, records),
        }
        if input == Input::Unclosed {
            record.retain(|byte| *byte != b'"');
        }
        checker.push(&record);
        pushed += record.len();
        records += 1;
    }
    let check = checker.finish();
    match input {
        Input::Usual => assert!(check.findings.is_empty(), "{:?}", check.findings.listed()),
        // another person in each record may break what a set's records promise each other
        Input::Persons => assert_eq!(check.records, records as u64),
        Input::Unclosed | Input::Shortest => assert!(check.findings.rejects()),
    }
    let after = peak_kibibytes();
    let more = after - before;
    println!(
        "{kind:12} {label:8} {:6.1} MB {records:9} records: peak {:6.1} MiB, {more:6} KiB for the check, {:3} bytes a record",
        pushed as f64 / 1e6,
        after as f64 / 1024.0,
        more * 1024 / records as u64
    );
}

fn append_shortest(record: &mut Vec<u8>, items: usize, index: usize) {
    record.extend_from_slice(b",,");
    let mut rest = index;
    loop {
        record.push(*b"0123456789abcdefghijklmnopqrstuvwxyz".get(rest % 36).unwrap());
        rest /= 36;
        if rest == 0 {
            break;
        }
    }
    record.resize(record.len() + items - 3, b',');
    record.extend_from_slice(b"\r\n");
}

fn peak_kibibytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse().unwrap()
}
