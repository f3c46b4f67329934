//! Is an attachment what its extension says (contract §4)? A stream is checked in one pass; the head of a binary format is kept, at most
//! [`HEAD_BYTES`], and of a text what [`standard::TextProbe`] keeps.

use standard::{Kind, Layout, Seeming, TextKind, TextProbe};

use crate::RejectionCode;

/// The largest attachment: 20 MiB. The smallest has one byte.
pub const MAX_ATTACHMENT_BYTES: u64 = 20 * 1024 * 1024;
/// The largest CSV file of the standard: 50 MiB.
pub const MAX_STANDARD_BYTES: u64 = 50 * 1024 * 1024;
/// How much of a binary attachment is looked at.
pub const HEAD_BYTES: usize = 8 * 1024;

/// The accepted types, by extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AttachmentKind {
    /// `.pdf`
    Pdf,
    /// `.jpg`, `.jpeg`
    Jpeg,
    /// `.png`
    Png,
    /// `.xlsx`
    Xlsx,
    /// `.docx`
    Docx,
    /// `.txt`, `.csv`
    Text,
}

impl AttachmentKind {
    /// The type of an extension without its dot, case ignored; `None` when it is not accepted.
    pub fn of_extension(extension: &str) -> Option<AttachmentKind> {
        Some(match extension.to_ascii_lowercase().as_str() {
            "pdf" => AttachmentKind::Pdf,
            "jpg" | "jpeg" => AttachmentKind::Jpeg,
            "png" => AttachmentKind::Png,
            "xlsx" => AttachmentKind::Xlsx,
            "docx" => AttachmentKind::Docx,
            "txt" | "csv" => AttachmentKind::Text,
            _ => return None,
        })
    }
}

/// The check of one attachment's bytes.
#[derive(Debug)]
pub struct AttachmentCheck {
    size_bytes: u64,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Binary { kind: AttachmentKind, head: Vec<u8> },
    Text(TextProbe),
}

impl AttachmentCheck {
    /// The check for a file with this extension (without its dot); `None`, that is `file-type`, when it is not accepted.
    pub fn new(extension: &str) -> Option<AttachmentCheck> {
        let content = match AttachmentKind::of_extension(extension)? {
            AttachmentKind::Text => Content::Text(TextProbe::new()),
            kind => Content::Binary { kind, head: Vec::new() },
        };
        Some(AttachmentCheck { size_bytes: 0, content })
    }

    /// Takes the next bytes, however they are cut.
    pub fn push(&mut self, chunk: &[u8]) {
        self.size_bytes = self.size_bytes.saturating_add(chunk.len() as u64);
        match &mut self.content {
            Content::Binary { head, .. } => {
                let wanted = HEAD_BYTES.saturating_sub(head.len()).min(chunk.len());
                head.extend(chunk.iter().take(wanted));
            }
            Content::Text(probe) => probe.push(chunk),
        }
    }

    /// Whether what came so far looks like a file of the standard under another name (see [`TextProbe::looks_like_standard`]): then it is no attachment.
    pub fn looks_like_standard(&self) -> bool {
        matches!(&self.content, Content::Text(probe) if probe.looks_like_standard())
    }

    /// What kind of file of the standard it seems to be, where it looks like one and its first record tells.
    pub fn seeming(&self) -> Option<Seeming> {
        match &self.content {
            Content::Text(probe) => probe.seeming(),
            Content::Binary { .. } => None,
        }
    }

    /// The kinds of the standard that it may be of, where it looks like a file of it whose name was lost.
    pub fn may_be(&self) -> Vec<Kind> {
        match self.seeming() {
            _ if !self.looks_like_standard() => Vec::new(),
            Some(Seeming::Items(items)) => Layout::all().filter(|layout| layout.may_have(items)).map(|layout| layout.kind).collect(),
            _ => Kind::ALL.to_vec(),
        }
    }

    /// All that is wrong: `file-size`, `file-type`. An empty file has no type to be wrong.
    pub fn failures(self) -> Vec<RejectionCode> {
        if self.size_bytes == 0 {
            return vec![RejectionCode::FileSize];
        }
        let fits = match self.content {
            Content::Binary { kind, head } => fits(kind, &head),
            Content::Text(probe) => !probe.looks_like_standard() && probe.finish() != TextKind::Binary,
        };
        let too_big = (self.size_bytes > MAX_ATTACHMENT_BYTES).then_some(RejectionCode::FileSize);
        too_big.into_iter().chain((!fits).then_some(RejectionCode::FileType)).collect()
    }
}

fn fits(kind: AttachmentKind, head: &[u8]) -> bool {
    match kind {
        AttachmentKind::Pdf => head.starts_with(b"%PDF-"),
        AttachmentKind::Jpeg => head.starts_with(b"\xFF\xD8\xFF"),
        AttachmentKind::Png => head.starts_with(b"\x89PNG\r\n\x1A\n"),
        AttachmentKind::Xlsx => is_office_package(head, b"xl/", b"word/"),
        AttachmentKind::Docx => is_office_package(head, b"word/", b"xl/"),
        AttachmentKind::Text => true,
    }
}

/// A ZIP whose entries, as far as the head shows them, are those of an Open Packaging Conventions package (ECMA-376 part 2) with its parts in the
/// folder `own`, not in `other`. Entries are found by their signature: where sizes follow the bytes, headers cannot be walked.
fn is_office_package(head: &[u8], own: &[u8], other: &[u8]) -> bool {
    const LOCAL_HEADER: &[u8] = b"PK\x03\x04";
    /// Where the entry's name begins (APPNOTE 4.3.7).
    const NAME: usize = 30;
    if !head.starts_with(LOCAL_HEADER) {
        return false;
    }
    let mut names = head
        .windows(LOCAL_HEADER.len())
        .enumerate()
        .filter(|(_, window)| *window == LOCAL_HEADER)
        .filter_map(|(at, _)| head.get(at + NAME..));
    // the first part that tells counts: a document may embed a workbook
    let of_other = names.find(|name| name.starts_with(own) || name.starts_with(other)).is_some_and(|name| name.starts_with(other));
    let first = head.get(NAME..).unwrap_or_default();
    let of_package =
        [b"[Content_Types].xml".as_slice(), b"_rels/", b"docProps/", b"customXml/", own].iter().any(|name| first.starts_with(name));
    of_package && !of_other
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The beginning of a ZIP with these entries, each empty and stored.
    fn zip(names: &[&str]) -> Vec<u8> {
        let entry = |name: &&str| {
            let mut header = [0u8; 30];
            header[..4].copy_from_slice(b"PK\x03\x04");
            header[26] = name.len() as u8;
            [&header, name.as_bytes()].concat()
        };
        names.iter().flat_map(entry).collect()
    }

    fn failures(extension: &str, bytes: &[u8], chunk: usize) -> Vec<RejectionCode> {
        let mut check = AttachmentCheck::new(extension).unwrap();
        bytes.chunks(chunk).for_each(|chunk| check.push(chunk));
        check.failures()
    }

    #[test]
    fn content_must_fit_the_extension() {
        let workbook = zip(&["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"]);
        let document = zip(&["[Content_Types].xml", "_rels/.rels", "word/document.xml"]);
        for (extension, bytes, fits) in [
            ("pdf", b"%PDF-1.7\n".as_slice(), true),
            ("PDF", b"%PDF-2.0\n", true),
            ("pdf", b"%PDF", false),
            ("pdf", b"\n%PDF-1.7\n", false),
            ("pdf", b"MZ\x90\0", false),
            ("jpg", b"\xFF\xD8\xFF\xE0\0\x10JFIF", true),
            ("jpeg", b"\xFF\xD8\xFF\xE1", true),
            ("jpg", b"\x89PNG\r\n\x1A\n", false),
            ("png", b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", true),
            ("png", b"\x89PNG\n\x1A\n", false),
            ("xlsx", &workbook, true),
            ("xlsx", &document, false),
            ("xlsx", &zip(&["docProps/app.xml", "xl/workbook.xml"]), true),
            ("xlsx", &zip(&["xl/workbook.xml"]), true),
            ("xlsx", &zip(&["readme.txt"]), false),
            ("xlsx", &zip(&["mimetypeapplication/vnd.oasis.opendocument.spreadsheet"]), false),
            ("xlsx", b"PK\x05\x06\0\0\0\0", false),
            // an encrypted workbook is a compound file: nobody can see what it holds
            ("xlsx", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", false),
            ("docx", &document, true),
            ("docx", &zip(&["[Content_Types].xml", "word/document.xml", "xl/workbook.xml"]), true),
            ("docx", &workbook, false),
            ("docx", b"PK\x03\x04", false),
            ("txt", "ひらがな\r\n".as_bytes(), true),
            ("txt", b"\x82\xD0\x82\xE7\r\n", true),
            ("txt", b"a\0b", false),
            ("csv", b"a,b\r\n1,2\r\n", true),
            ("csv", b"\xFF\xFE1\0", false),
            ("csv", b"%PDF-1.7\n\xE2\xE3\xCF\xD3\xFF", false),
        ] {
            for chunk in [1, 7, 8192] {
                let found = failures(extension, bytes, chunk);
                assert_eq!(found, if fits { vec![] } else { vec![RejectionCode::FileType] }, "{extension} {}", bytes.escape_ascii());
            }
        }
    }

    #[test]
    fn other_extensions_are_not_accepted() {
        for extension in ["", "exe", "zip", "xls", "doc", "xlsm", "docm", "html", "svg", "gif", "pdf ", "pdf.exe", "ｐｄｆ"] {
            assert!(AttachmentCheck::new(extension).is_none(), "{extension}");
        }
    }

    #[test]
    fn an_attachment_has_one_byte_to_20_mib() {
        use RejectionCode::{FileSize, FileType};
        let mut bytes = b"%PDF-1.7\n".to_vec();
        for (size, expected) in [(0, vec![FileSize]), (20 << 20, vec![]), ((20 << 20) + 1, vec![FileSize])] {
            bytes.resize(size, b'%');
            bytes.iter_mut().zip(b"%PDF-1.7\n").for_each(|(byte, magic)| *byte = *magic);
            assert_eq!(failures("pdf", &bytes, 1 << 20), expected, "{size}");
        }
        assert_eq!(failures("png", &bytes, 1 << 20), [FileSize, FileType]);
        assert_eq!(failures("txt", b"a", 1), []);
        assert_eq!(AttachmentCheck::new("txt").unwrap().failures(), [FileSize]);
    }

    #[test]
    fn only_the_head_is_kept() {
        let mut check = AttachmentCheck::new("png").unwrap();
        (0..100).for_each(|_| check.push(&[0; 1000]));
        let Content::Binary { head, .. } = &check.content else { panic!("not binary") };
        assert_eq!(head.len(), HEAD_BYTES);
    }
}
