//! Both ways, in memory.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Deserializer, Value, json};
use standard::convert::{CsvReader, CsvWriter, Head, JsonReader, Problem, Quoting, Summary};
use standard::{FileName, Finding, Kind};

/// A document, or what stopped the reading.
pub(crate) fn document(kind: Kind, csv: &[u8], chunk: usize) -> Result<(Value, Summary), Finding> {
    let (records, summary) = read(kind, csv, chunk, |record| serde_json::to_value(record).unwrap())?;
    Ok((json!({"kind": kind.code(), "file": null, "quoting": summary.quoting, "records": records}), summary))
}

/// JSON Lines.
pub(crate) fn lines(kind: Kind, csv: &[u8]) -> Vec<String> {
    read(kind, csv, 1 << 16, |record| serde_json::to_string(&record.line()).unwrap()).unwrap().0
}

fn read<T>(
    kind: Kind,
    csv: &[u8],
    chunk: usize,
    mut take: impl FnMut(&standard::convert::DecodedRecord) -> T,
) -> Result<(Vec<T>, Summary), Finding> {
    let mut reader = CsvReader::new(kind.layout().unwrap());
    let mut records = Vec::new();
    for piece in csv.chunks(chunk) {
        reader.push(piece);
        while let Some(record) = reader.next_record() {
            records.push(take(record));
        }
    }
    reader.end();
    while let Some(record) = reader.next_record() {
        records.push(take(record));
    }
    Ok((records, reader.finish()?))
}

/// CSV, or what could not be written.
pub(crate) fn csv(document: &str) -> Result<Vec<u8>, Vec<Problem>> {
    let head = Head::read(&mut Deserializer::from_str(document)).unwrap();
    if !head.problems.is_empty() {
        return Err(head.problems.listed().to_vec());
    }
    let mut reader = JsonReader::new(head.kind.unwrap().layout().unwrap());
    let (mut writer, mut bytes) = (CsvWriter::new(head.quoting.unwrap_or_default()), Vec::new());
    reader.document(&mut Deserializer::from_str(document), &mut |record| writer.write(record, &mut bytes)).unwrap();
    let problems = [reader.problems().listed(), writer.problems().listed()].concat();
    if problems.is_empty() { Ok(bytes) } else { Err(problems) }
}

pub(crate) fn csv_of_lines(kind: Kind, lines: &[String], quoting: Quoting) -> Vec<u8> {
    let mut reader = JsonReader::new(kind.layout().unwrap());
    let (mut writer, mut bytes) = (CsvWriter::new(quoting), Vec::new());
    for line in lines {
        reader.line(&mut Deserializer::from_str(line), &mut |record| writer.write(record, &mut bytes)).unwrap();
    }
    assert!(reader.problems().is_empty() && writer.problems().is_empty());
    bytes
}

/// The CSV files of the fixtures below a folder: `valid` or `bad`.
pub(crate) fn fixtures(folder: &str) -> Vec<(FileName, PathBuf)> {
    let mut files = Vec::new();
    for seed in ["seed-1", "seed-2"] {
        let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../../tests/fixtures/standard", seed, folder].iter().collect();
        for unit in entries(&path).into_iter().filter(|path| path.is_dir()) {
            for file in entries(&unit) {
                let name = FileName::parse(file.file_name().unwrap().to_str().unwrap()).0;
                files.extend(name.filter(|name| name.kind.layout().is_some()).map(|name| (name, file)));
            }
        }
    }
    assert!(files.len() > 50);
    files
}

fn entries(path: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
