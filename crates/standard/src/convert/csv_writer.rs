//! Records to CSV.

use crate::convert::listed::Listed;
use crate::convert::problem::{Problem, Substitution, Wrong};
use crate::convert::quoting::Quoting;
use crate::convert::record::DecodedRecord;
use crate::encode::{encode, substitute_for, unwritable};
use crate::layout::Field;
use crate::records::MAX_RECORD;

/// Writes records as canonical CSV, and keeps what it could not write.
#[derive(Debug)]
pub struct CsvWriter {
    quoting: Quoting,
    substitutes: bool,
    problems: Listed<Problem>,
    substitutions: Listed<Substitution>,
    cell: Vec<u8>,
}

impl CsvWriter {
    /// A strict writer: a character that MS932 lacks is a problem.
    pub fn new(quoting: Quoting) -> CsvWriter {
        CsvWriter { quoting, substitutes: false, problems: Listed::default(), substitutions: Listed::default(), cell: Vec::new() }
    }

    /// The same writer, writing the substitutes that are allowed ([`substitutions`](crate::convert::substitutions)).
    pub fn substituting(self) -> CsvWriter {
        CsvWriter { substitutes: true, ..self }
    }

    /// Appends the record's bytes. One with a problem is left out; its problems are kept.
    pub fn write(&mut self, record: &DecodedRecord, out: &mut Vec<u8>) {
        let (start, before) = (out.len(), self.problems.total());
        // what follows the version tells records from a heading row, but only where there is a version
        if !record.value("csv_version").is_some_and(|version| version.len() == 6 && version.bytes().all(|byte| byte.is_ascii_digit())) {
            self.problems.push(Problem { record: Some(record.number), field: Some(1), kind: Some(record.kind()), wrong: Wrong::NoVersion });
        }
        for (index, (field, value)) in record.items().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            self.write_cell(record, field, value.unwrap_or_default(), out);
        }
        out.extend_from_slice(b"\r\n");
        if out.len() - start > MAX_RECORD {
            let wrong = Wrong::TooLong { limit: MAX_RECORD as u64 };
            self.problems.push(Problem { record: Some(record.number), field: None, kind: Some(record.kind()), wrong });
        }
        if self.problems.total() > before {
            out.truncate(start);
        }
    }

    fn write_cell(&mut self, record: &DecodedRecord, field: &'static Field, value: &str, out: &mut Vec<u8>) {
        self.cell.clear();
        if !encode(value, &mut self.cell) {
            self.write_characters(record, field, value);
        }
        if !self.quoting.quotes(field, value) {
            out.append(&mut self.cell);
            return;
        }
        out.push(b'"');
        for piece in self.cell.split_inclusive(|byte| *byte == b'"') {
            out.extend_from_slice(piece);
            if piece.ends_with(b"\"") {
                out.push(b'"');
            }
        }
        out.push(b'"');
    }

    /// One by one, to find those that can't be written.
    fn write_characters(&mut self, record: &DecodedRecord, field: &'static Field, value: &str) {
        for (position, character) in (1..).zip(value.chars()) {
            let Some(why) = unwritable(character, &mut self.cell) else { continue };
            match substitute_for(character) {
                Some(substitute) if self.substitutes && unwritable(substitute, &mut self.cell).is_none() => {
                    self.substitutions.push(Substitution {
                        record: record.number,
                        field: field.no,
                        kind: record.kind(),
                        position,
                        character,
                        substitute,
                    });
                }
                substitute => {
                    let wrong = Wrong::Character { position, character, why, substitute };
                    self.problems.push(Problem { record: Some(record.number), field: Some(field.no), kind: Some(record.kind()), wrong });
                }
            }
        }
    }

    /// What could not be written.
    pub fn problems(&self) -> &Listed<Problem> {
        &self.problems
    }

    /// What was written for other characters.
    pub fn substitutions(&self) -> &Listed<Substitution> {
        &self.substitutions
    }
}
