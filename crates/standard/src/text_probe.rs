//! Attachments that are text: which encoding they are in, and whether one is a file of the standard under another name.

use crate::likeness::Likeness;
use crate::ms932::is_pair;
use crate::seeming::Seeming;
use crate::utf8::Utf8Probe;

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
    likeness: Likeness,
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
        self.likeness.push(chunk);
    }

    /// True when one of the first lines begins as every record of the standard does, with version, insurer number and insured number, or when the
    /// first record begins with a known version and has as many items as a layout.
    pub fn looks_like_standard(&self) -> bool {
        self.likeness.is_standard()
    }

    /// What kind of file of the standard it seems to be, where its first record tells.
    pub fn seeming(&self) -> Option<Seeming> {
        self.likeness.seeming()
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
    fn a_file_of_the_standard_is_known_whatever_its_encoding() {
        for (bytes, kind, looks) in [
            (b"202407,435073,0000000001,1\r\n".as_slice(), TextKind::Utf8, true),
            (b"\x8cv\x89\xe6\r\n202407,435073,0000000001,1\r\n", TextKind::Ms932, true),
            (b"\x8cv\x89\xe6\r\n", TextKind::Ms932, false),
            ("計画\r\n202407,435073,0000000001,1\r\n".as_bytes(), TextKind::Utf8, true),
        ] {
            for size in [1, 3, 1000] {
                assert_eq!(probe(bytes, size), (kind, looks), "{bytes:02X?} by {size}");
            }
        }
        // UTF-16 is no text here, whatever it says
        let wide: Vec<u8> = "\u{feff}202407,435073,0000000001\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(probe(&wide, 3).0, TextKind::Binary);
    }
}
