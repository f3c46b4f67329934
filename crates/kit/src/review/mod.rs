//! Judges what a vendor's software exports: files of the standard, pattern by pattern and kind by kind.
//!
//! Files are read one by one, in pieces, and only what is counted is kept: findings, how often each item was filled in, which codes of a table
//! were seen. No cell's content comes into the report.

mod assemble;
mod coverage;
mod html;
mod report;
mod verdict;

use standard::convert::CsvReader;
use standard::{Checker, FileCheck, FileName, Finding, Findings, RuleId};

use coverage::Coverage;

pub use report::{
    CodeReport, FindingPlace, ItemReport, KindReport, MisnamedReport, MissingCode, PatternReport, Report, RuleReport, UnitReport,
};
pub use verdict::Verdict;

/// The judging of a folder's files.
#[derive(Debug, Default)]
pub struct Review {
    files: Vec<Reviewed>,
    misnamed: Vec<String>,
    others: u64,
}

/// A file being read.
#[derive(Debug)]
pub struct FileReview {
    folder: String,
    text: String,
    name: FileName,
    findings: Findings,
    checker: Checker,
    reader: Option<CsvReader>,
    coverage: Coverage,
}

/// A file that was read.
#[derive(Debug)]
struct Reviewed {
    folder: String,
    text: String,
    name: FileName,
    findings: Findings,
    check: FileCheck,
    coverage: Coverage,
}

impl Review {
    /// Nothing read yet.
    pub fn new() -> Review {
        Review::default()
    }

    /// A file of that name (the last segment of its path) in that folder. `None` when it need not be read: its name says no more than that it is misnamed, or
    /// that it is none of the standard's.
    pub fn open(&mut self, folder: &str, name: &str) -> Option<FileReview> {
        let (parsed, findings) = FileName::parse(name);
        let Some(parsed) = parsed else {
            // software that exports a CSV means it to be a file of the standard
            let is_csv = name.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("csv"));
            if is_csv || FileName::claims_standard(name) {
                self.misnamed.push(shown(name));
            } else {
                self.others += 1;
            }
            return None;
        };
        Some(FileReview {
            folder: folder.to_owned(),
            text: name.to_owned(),
            findings: findings.into_iter().collect(),
            checker: Checker::new(&parsed),
            reader: parsed.kind.layout().map(CsvReader::new),
            coverage: Coverage::of(parsed.kind),
            name: parsed,
        })
    }

    /// The file was read to its end.
    pub fn close(&mut self, file: FileReview) {
        self.files.push(file.finish());
    }

    /// How many files of the standard there were, misnamed ones included.
    pub fn files(&self) -> usize {
        self.files.len() + self.misnamed.len()
    }

    /// The judgement.
    pub fn finish(self) -> Report {
        assemble::report(self)
    }
}

impl FileReview {
    /// Takes the next bytes.
    pub fn push(&mut self, chunk: &[u8]) {
        self.checker.push(chunk);
        if let Some(reader) = &mut self.reader {
            reader.push(chunk);
        }
        self.count();
    }

    fn count(&mut self) {
        let Some(reader) = &mut self.reader else { return };
        while let Some(record) = reader.next_record() {
            self.coverage.count(record);
        }
    }

    fn finish(mut self) -> Reviewed {
        if let Some(reader) = &mut self.reader {
            reader.end();
        }
        self.count();
        let mut check = self.checker.finish();
        self.findings.append(std::mem::take(&mut check.findings));
        Reviewed { folder: self.folder, text: self.text, name: self.name, findings: self.findings, check, coverage: self.coverage }
    }
}

/// The finding about a name that fits no pattern.
fn misnamed() -> Finding {
    Finding::of_file(RuleId::Name)
}

/// A name as a report may show it: what the standard's names don't have could be anybody's.
fn shown(name: &str) -> String {
    name.chars().map(|character| if character.is_ascii_graphic() || character == ' ' { character } else { '＊' }).collect()
}
