//! Instructions per record, as valgrind's callgrind counts them: the one figure that a busy machine doesn't change.

use std::hint::black_box;
use std::process::Command;

use standard::Kind;

use crate::floor::decode_and_split;
use crate::seed::Seed;
use crate::{check, run_self, shuffled};

const RECORDS: usize = 10_000;

/// Both counts, or that there is no valgrind.
pub(crate) fn report() {
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("\ninstructions: not counted, there is no valgrind here");
        return;
    }
    let [floor, check, shuffled] = ["floor", "check", "shuffled"].map(per_record);
    println!("\ninstructions per record (callgrind, {RECORDS} records):");
    println!("floor  {floor:7.0}");
    println!("check  {check:7.0}");
    println!("ratio  {:7.2}", check / floor);
    println!("check  {shuffled:7.0} where they are shuffled");
    println!("ratio  {:7.2}", shuffled / floor);
}

/// The work done twice less the work done once: what comes before it, the making of the records among it, cancels out.
fn per_record(work: &str) -> f64 {
    let [once, twice] = ["1", "2"].map(|times| counted(work, times));
    (twice - once) / RECORDS as f64
}

fn counted(work: &str, times: &str) -> f64 {
    let run = run_self(&["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"], &["instructions", work, times]);
    let line = run.stderr.lines().find_map(|line| line.split_once("Collected :")).unwrap();
    line.1.trim().parse().unwrap()
}

/// What callgrind watches.
pub(crate) fn work(work: &str, times: usize) {
    let seed = Seed::of(Kind::UsageSlip);
    let mut bytes = Vec::new();
    let place = if work == "shuffled" { shuffled } else { |index, _| index };
    (0..RECORDS).for_each(|index| seed.append(&mut bytes, place(index, RECORDS)));
    for _ in 0..times {
        match work {
            "floor" => assert_eq!(decode_and_split(black_box(&bytes)), RECORDS as u64),
            "check" | "shuffled" => assert!(check(&seed.name, black_box(&bytes)).findings.is_empty()),
            other => panic!("{other} is not measured"),
        }
    }
}
