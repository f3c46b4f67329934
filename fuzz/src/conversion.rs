//! CSV to JSON and back, and JSON from anywhere.

use serde_json::Value;
use standard::convert::{CsvReader, CsvWriter, JsonReader, Quoting};
use standard::{Kind, Layout};

/// The records of a file, each as JSON, and how the file was quoted where it could be read to its end.
fn read(layout: &'static Layout, bytes: &[u8], size: usize) -> (Vec<Value>, Option<Quoting>) {
    let mut reader = CsvReader::new(layout);
    let mut lines = Vec::new();
    let mut take = |reader: &mut CsvReader| {
        while let Some(record) = reader.next_record() {
            lines.push(serde_json::to_value(record.line()).unwrap());
        }
    };
    for chunk in bytes.chunks(size.max(1)) {
        reader.push(chunk);
        take(&mut reader);
    }
    reader.end();
    take(&mut reader);
    (lines, reader.finish().ok().map(|summary| summary.quoting))
}

/// Records as CSV; none where one of them can't be a record of the standard.
fn write(layout: &'static Layout, lines: &[Value], quoting: Quoting) -> Option<Vec<u8>> {
    let (mut reader, mut writer, mut bytes) = (JsonReader::new(layout), CsvWriter::new(quoting), Vec::new());
    for line in lines {
        reader.line(line, &mut |record| writer.write(record, &mut bytes)).unwrap();
    }
    let problems = reader.problems().listed().iter().chain(writer.problems().listed());
    problems.for_each(|problem| assert!(!problem.message().is_empty() && problem.message_ja().ends_with('。'), "{problem:?}"));
    (reader.problems().is_empty() && writer.problems().is_empty()).then_some(bytes)
}

/// A file reads alike however it is cut; what is written of it reads as the same records and is written as the same bytes again.
pub fn there_and_back(kind: Kind, bytes: &[u8]) {
    let layout = kind.layout().unwrap();
    let (lines, quoting) = read(layout, bytes, 5);
    assert_eq!(read(layout, bytes, 1 << 14), (lines.clone(), quoting));
    let Some(written) = quoting.and_then(|quoting| write(layout, &lines, quoting)) else { return };
    is_canonical(layout, &lines, &written);
}

/// A kind by the first byte, then JSON Lines. What can be written of them reads as the records that were meant.
pub fn json(bytes: &[u8]) {
    let Some((kind, text)) = bytes.split_first() else { return };
    let kinds: Vec<&Layout> = Layout::all().collect();
    let layout = kinds[usize::from(*kind) % kinds.len()];
    let mut reader = JsonReader::new(layout);
    let mut lines = Vec::new();
    for line in text.split(|byte| *byte == b'\n') {
        let taken = reader.line(&mut serde_json::Deserializer::from_slice(line), &mut |record| {
            lines.push(serde_json::to_value(record.line()).unwrap());
        });
        if taken.is_err() {
            return;
        }
    }
    if let Some(written) = write(layout, &lines, Quoting::Text) {
        is_canonical(layout, &lines, &written);
    }
}

fn is_canonical(layout: &'static Layout, lines: &[Value], written: &[u8]) {
    let (again, quoting) = read(layout, written, 1 << 14);
    // ASCII and kana that happen to be UTF-8 as well: no file can say that they are not
    let Some(quoting) = quoting else { return };
    assert_eq!(again, lines);
    assert_eq!(write(layout, &again, quoting).as_deref(), Some(written));
}
