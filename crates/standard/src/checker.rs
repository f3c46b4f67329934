//! The streaming check of one file.

use crate::across::{Links, Recipients, RecordKey};
use crate::file_name::FileName;
use crate::finding::{Detail, Finding};
use crate::findings::Findings;
use crate::identifiers::Address;
use crate::records::{PIECE, Records};
use crate::rows::Rows;
use crate::rule::RuleId;
use crate::seeming::{HEAD, Seeming};
use crate::utf8::Utf8Probe;
use crate::version::CsvVersion;

/// Streaming check of one file of the standard: feed chunks, then finish. Any split of the input gives the same findings.
///
/// All rules that one file decides; [`check_unit`](crate::check_unit) judges those between the files of a set.
/// Memory is one unfinished record (at most 8 MiB, and half as much again while its buffer grows), a piece of input, and what [`FileCheck`]
/// states for each distinct key.
#[derive(Debug)]
pub struct Checker(Content);

/// What a finished check found.
///
/// It keeps what rules between files need, by distinct key and never by record, in bytes a slot of its map (measured, free slots included, a person takes about twice that while checking):
///
/// | while checking | | kept afterwards |
/// |---|---|---|
/// | a key of R-DUP or R-ROW-DUP | 9 | – |
/// | a person (and plan or consultation day, where files are linked by it) | 32 | 32 |
/// | a person, and an office and service type, of the annex | 24 + 32 | – |
/// | a person and service type with a subtotal row | 8 | – |
/// | a key by which a newer file would replace it, of the first 50,000 | 24 | 24 |
/// | an image's name | 16 | 16 |
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCheck {
    /// All findings but those of the name.
    pub findings: Findings,
    /// Records with values; blank lines and a heading row are not counted.
    pub records: u64,
    /// The one known version of all records.
    pub csv_version: Option<CsvVersion>,
    /// What rules between files need; none where the file can't be read at all.
    pub(crate) links: Option<Links>,
}

impl FileCheck {
    /// Drops what rules between files need, which grows with the persons of the file: as of a file that was not read whole, nothing more is said of it.
    pub fn forget_persons(&mut self) {
        self.links = None;
    }
}

#[derive(Debug)]
enum Content {
    Csv { head: Vec<u8>, utf8: Utf8Probe, records: Box<Records>, rows: Box<Rows> },
    Image { head: Vec<u8> },
}

/// A JPEG begins so.
const JPEG: &[u8] = b"\xff\xd8\xff";

impl FileCheck {
    /// What a newer file would replace, each key once; nothing for files that hang on another of their unit.
    pub fn record_keys(&self) -> impl Iterator<Item = &RecordKey> {
        self.links.iter().flat_map(|links| &links.replaced)
    }
}

impl Checker {
    /// A check of the file of that name. Its persons must have a service at the recipient in the name (R-NOT-RECIPIENT).
    pub fn new(name: &FileName) -> Checker {
        Checker::with(name, Recipients::named(name))
    }

    /// A check of a file that goes to these addresses. Where they are several, its persons must have a service at each of them that is no care
    /// manager's, and the plan is held to that too.
    pub fn for_recipients(name: &FileName, recipients: &[Address]) -> Checker {
        Checker::with(name, if recipients.len() > 1 { Recipients::addressed(recipients) } else { Recipients::named(name) })
    }

    fn with(name: &FileName, recipients: Recipients) -> Checker {
        Checker(match name.kind.layout() {
            Some(layout) => {
                let rows = Box::new(Rows::new(name, layout, recipients));
                Content::Csv { head: Vec::new(), utf8: Utf8Probe::default(), records: Box::new(Records::new()), rows }
            }
            None => Content::Image { head: Vec::new() },
        })
    }

    /// Takes the next bytes.
    pub fn push(&mut self, chunk: &[u8]) {
        match &mut self.0 {
            Content::Csv { head, utf8, records, rows } => {
                let wanted = HEAD.saturating_sub(head.len());
                head.extend(chunk.iter().take(wanted));
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
            Content::Csv { head, utf8, mut records, mut rows } => {
                if let Some(seeming) = Seeming::of_head(&head) {
                    return only(Finding::of_file(RuleId::Fields).with(Detail::SeemsToBe(seeming)));
                }
                if utf8.is_instead_of_ms932() {
                    return only(Finding::of_file(RuleId::Utf8));
                }
                records.finish();
                rows.take(&mut records);
                rows.finish()
            }
            Content::Image { head } if head == JPEG => FileCheck { findings: Findings::new(), records: 0, csv_version: None, links: None },
            Content::Image { .. } => only(Finding::of_file(RuleId::ImageType)),
        }
    }
}

fn only(finding: Finding) -> FileCheck {
    FileCheck { findings: [finding].into_iter().collect(), records: 0, csv_version: None, links: None }
}

#[cfg(test)]
mod tests;
