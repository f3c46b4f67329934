//! `cargo run -p standard --example many_records -- KIND N DIR` writes a good file of N records into DIR and prints its path: the records
//! of a file among the fixtures, again and again for other persons.

#![expect(clippy::unwrap_used, reason = "it makes test files, and may stop at the first surprise")]
#![expect(clippy::print_stdout, reason = "a command says what it wrote")]

#[path = "../benches/validate/seed.rs"]
#[expect(dead_code, reason = "the benchmark makes other records too")]
mod seed;

use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::{env, fs};

use seed::Seed;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [kind, records, folder] = arguments.as_slice() else {
        println!("usage: many_records KIND N DIR");
        std::process::exit(2);
    };
    let seed = Seed::of(kind.parse().unwrap());
    fs::create_dir_all(folder).unwrap();
    let path = Path::new(folder).join(&seed.file);
    let mut file = BufWriter::new(fs::File::create(&path).unwrap());
    let mut record = Vec::new();
    for index in 0..records.parse().unwrap() {
        record.clear();
        seed.append(&mut record, index);
        file.write_all(&record).unwrap();
    }
    file.flush().unwrap();
    println!("{}", path.display());
}
