//! The streaming check of one file.

use crate::file_name::FileName;
use crate::finding::Finding;
use crate::findings::Findings;
use crate::records::{PIECE, Records};
use crate::rows::Rows;
use crate::rule::RuleId;
use crate::utf8::Utf8Probe;
use crate::version::CsvVersion;

/// Streaming check of one file of the standard: feed chunks, then finish. Any split of the input gives the same findings.
///
/// All rules that the name, the bytes and each record alone decide; rules over several records or files are not judged here.
/// Memory stays under 9 MiB whatever comes: one unfinished record (at most 8 MiB) and a piece of input.
#[derive(Debug)]
pub struct Checker(Content);

/// What a finished check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCheck {
    /// All findings but those of the name.
    pub findings: Findings,
    /// Records with values; blank lines and a heading row are not counted.
    pub records: u64,
    /// The one known version of all records.
    pub csv_version: Option<CsvVersion>,
}

#[derive(Debug)]
enum Content {
    Csv { utf8: Utf8Probe, records: Records, rows: Box<Rows> },
    Image { head: Vec<u8> },
}

/// A JPEG begins so.
const JPEG: &[u8] = b"\xff\xd8\xff";

impl Checker {
    /// A check of the file of that name.
    pub fn new(name: &FileName) -> Checker {
        Checker(match name.kind.layout() {
            Some(layout) => {
                let rows = Box::new(Rows::new(name, layout));
                Content::Csv { utf8: Utf8Probe::default(), records: Records::new(), rows }
            }
            None => Content::Image { head: Vec::new() },
        })
    }

    /// Takes the next bytes.
    pub fn push(&mut self, chunk: &[u8]) {
        match &mut self.0 {
            Content::Csv { utf8, records, rows } => {
                for piece in chunk.chunks(PIECE) {
                    utf8.push(piece);
                    records.push(piece);
                    rows.take(records);
                }
            }
            Content::Image { head } => {
                let wanted = JPEG.len().saturating_sub(head.len());
                head.extend(chunk.iter().take(wanted));
            }
        }
    }

    /// What was found.
    pub fn finish(self) -> FileCheck {
        match self.0 {
            Content::Csv { utf8, mut records, mut rows } => {
                if utf8.is_instead_of_ms932() {
                    return only(Finding::of_file(RuleId::Utf8));
                }
                records.finish();
                rows.take(&mut records);
                rows.finish()
            }
            Content::Image { head } if head == JPEG => FileCheck { findings: Findings::new(), records: 0, csv_version: None },
            Content::Image { .. } => only(Finding::of_file(RuleId::ImageType)),
        }
    }
}

fn only(finding: Finding) -> FileCheck {
    FileCheck { findings: [finding].into_iter().collect(), records: 0, csv_version: None }
}

#[cfg(test)]
mod tests;
