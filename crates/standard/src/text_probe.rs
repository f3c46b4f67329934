//! Attachments that are text: which encoding they are in, and whether one is a file of the standard under another name.

use crate::layout::Layout;
use crate::ms932::is_pair;
use crate::utf8::{BOM, Utf8Probe};
use crate::version::CsvVersion;

/// What an attachment's bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextKind {
    /// UTF-8 without NUL, plain ASCII included.
    Utf8,
    /// MS932 without NUL.
    Ms932,
    /// Neither.
    Binary,
}

/// Judges a `.txt` or `.csv` attachment while it streams by, in a few hundred bytes of memory.
#[derive(Debug, Default)]
pub struct TextProbe {
    utf8: Utf8Probe,
    ms932: Ms932Probe,
    has_nul: bool,
    first_record: FirstRecord,
}

impl TextProbe {
    /// A probe that has seen nothing: an empty file is text.
    pub fn new() -> TextProbe {
        TextProbe::default()
    }

    /// Takes the next bytes.
    pub fn push(&mut self, chunk: &[u8]) {
        self.has_nul = self.has_nul || memchr::memchr(0, chunk).is_some();
        self.utf8.push(chunk);
        self.ms932.push(chunk);
        self.first_record.push(chunk);
    }

    /// True when the first record begins with a CSV version and has as many items as a layout of the standard.
    pub fn looks_like_standard(&self) -> bool {
        self.first_record.is_standard()
    }

    /// What the bytes are, now that all have been seen.
    pub fn finish(self) -> TextKind {
        if self.has_nul {
            TextKind::Binary
        } else if self.utf8.is_valid() {
            TextKind::Utf8
        } else if self.ms932.is_valid() {
            TextKind::Ms932
        } else {
            TextKind::Binary
        }
    }
}

/// True when the bytes are MS932 without NUL.
pub fn is_ms932_text(bytes: &[u8]) -> bool {
    let mut probe = Ms932Probe::default();
    probe.push(bytes);
    probe.is_valid() && memchr::memchr(0, bytes).is_none()
}

#[derive(Debug, Default)]
struct Ms932Probe {
    /// A lead byte that a chunk ended with.
    lead: Option<u8>,
    invalid: bool,
}

impl Ms932Probe {
    fn push(&mut self, chunk: &[u8]) {
        if self.invalid || (self.lead.is_none() && chunk.is_ascii()) {
            return;
        }
        for byte in chunk {
            match self.lead.take() {
                Some(lead) => self.invalid = !is_pair(lead, Some(byte)),
                None => match byte {
                    0..=0x80 | 0xa1..=0xdf => {}
                    0x81..=0x9f | 0xe0..=0xfc => self.lead = Some(*byte),
                    _ => self.invalid = true,
                },
            }
            if self.invalid {
                return;
            }
        }
    }

    fn is_valid(&self) -> bool {
        !self.invalid && self.lead.is_none()
    }
}

/// Counts the items of the first record and keeps the head of its first item.
#[derive(Debug, Default)]
struct FirstRecord {
    head: Vec<u8>,
    commas: u64,
    in_quotes: bool,
    ended: bool,
}

/// A BOM, a quote and a version with spaces around it fit.
const HEAD: usize = 32;

impl FirstRecord {
    fn push(&mut self, chunk: &[u8]) {
        if self.ended {
            return;
        }
        for byte in chunk {
            match byte {
                b'"' => self.in_quotes = !self.in_quotes,
                b',' if !self.in_quotes => self.commas += 1,
                b'\r' | b'\n' if !self.in_quotes => {
                    self.ended = true;
                    return;
                }
                _ => {}
            }
            if self.commas == 0 && self.head.len() < HEAD {
                self.head.push(*byte);
            }
        }
    }

    fn is_standard(&self) -> bool {
        let first = self.head.strip_prefix(BOM).unwrap_or(&self.head);
        let version = first.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(first);
        CsvVersion::find(version.trim_ascii()).is_some() && Layout::all().any(|layout| layout.may_have(self.commas + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probe(bytes: &[u8], size: usize) -> (TextKind, bool) {
        let mut probe = TextProbe::new();
        bytes.chunks(size).for_each(|chunk| probe.push(chunk));
        let looks = probe.looks_like_standard();
        (probe.finish(), looks)
    }

    #[test]
    fn the_encoding_is_found_however_the_file_is_cut() {
        let check = |bytes: &[u8], expected: TextKind| {
            for size in 1..=bytes.len().max(1) {
                assert_eq!(probe(bytes, size).0, expected, "{bytes:02X?} by {size}");
            }
        };
        check(b"", TextKind::Utf8);
        check(b"plain", TextKind::Utf8);
        check("計画".as_bytes(), TextKind::Utf8);
        check(b"\x8cv\x89\xe6", TextKind::Ms932);
        check(b"\xb1\xb2", TextKind::Ms932);
        check(b"\x8cv\x89", TextKind::Binary);
        check(b"\xff\xd8\xff", TextKind::Binary);
        check(b"a\0b", TextKind::Binary);
        check(b"\x8cv\0", TextKind::Binary);
        check(&"計".as_bytes()[..1], TextKind::Binary);
        assert!(is_ms932_text(b"\x8cv\x89\xe6") && !is_ms932_text(b"\xff") && !is_ms932_text(b"\x8c") && !is_ms932_text(b"\0"));
    }

    #[test]
    fn a_file_of_the_standard_is_known_by_its_first_record() {
        let check = |text: &str, expected: bool| {
            for size in [1, 3, 1000] {
                assert_eq!(probe(text.as_bytes(), size).1, expected, "{text:?} by {size}");
            }
        };
        let record = |version: &str, items: usize| format!("{version}{}", ",".repeat(items - 1));
        check(&record("202407", 25), true);
        check(&(record("202407", 4) + "\r\nmore"), true);
        check(&record("\"202208\"", 22), true);
        check(&record("\u{feff}202410", 37), true);
        check(&record("202407", 24), false);
        check(&record("202406", 25), false);
        check("202407,\"a,b\nc,\"\"d\"\"\",,\r\n", true);
        check("氏名,電話\r\n", false);
        check("", false);
    }
}
