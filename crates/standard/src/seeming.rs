//! What a file that is not of the standard seems to be, so that its sender is told one thing and not a thousand.

use crate::layout::Layout;
use crate::record::Record;

/// What a file seems to be instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Seeming {
    /// A file of another format.
    Format(
        /// An English name.
        &'static str,
        /// A Japanese name.
        &'static str,
    ),
    /// Records of the standard with so many items: of another kind than the name says.
    Items(u64),
}

/// How much of a file [`Seeming::of_head`] looks at.
pub(crate) const HEAD: usize = 64;

/// How files of other formats begin; the first row that fits counts.
const BEGINNINGS: [(&[u8], &str, &str); 14] = [
    (b"%PDF-", "a PDF document", "PDF文書"),
    (b"PK\x03\x04", "an Excel workbook, another Office document or a ZIP archive", "Excelブックなどの Office 文書またはZIPファイル"),
    (b"PK\x05\x06", "an empty ZIP archive", "空のZIPファイル"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word document (.xls, .doc)", "旧形式の Excel・Word 文書（.xls・.doc）"),
    (b"\xff\xd8\xff", "a JPEG image", "JPEG画像"),
    (b"\x89PNG", "a PNG image", "PNG画像"),
    (b"GIF8", "a GIF image", "GIF画像"),
    (b"\x1f\x8b", "a gzip archive", "gzip圧縮ファイル"),
    (b"7z\xbc\xaf", "a 7-Zip archive", "7-Zip圧縮ファイル"),
    (b"\xff\xfe", "UTF-16 text", "UTF-16のテキスト"),
    (b"\xfe\xff", "UTF-16 text", "UTF-16のテキスト"),
    (b"<", "HTML or XML", "HTMLまたはXML"),
    (b"{", "JSON", "JSON"),
    (b"[", "JSON", "JSON"),
];

const TABS: Seeming = Seeming::Format("text separated by tabs", "タブ区切りのテキスト");
const SEMICOLONS: Seeming = Seeming::Format("text separated by semicolons", "セミコロン区切りのテキスト");
const UTF16: Seeming = Seeming::Format("UTF-16 text", "UTF-16のテキスト");
const TEXT: Seeming = Seeming::Format("some other text or table", "別のテキストまたは表");

impl Seeming {
    /// What the first bytes of a file give away; `None` where it may be a file of the standard.
    pub(crate) fn of_head(head: &[u8]) -> Option<Seeming> {
        let text = head.trim_ascii_start();
        let begins =
            |(beginning, ..): &&(&[u8], &str, &str)| head.starts_with(beginning) || (beginning.len() == 1 && text.starts_with(beginning));
        if let Some((_, en, ja)) = BEGINNINGS.iter().find(begins) {
            return Some(Seeming::Format(en, ja));
        }
        // Latin digits in UTF-16 without its mark: every other byte is NUL
        let is_wide = |first: usize| head.len() >= 8 && head.iter().skip(first).step_by(2).all(|byte| *byte == 0);
        (is_wide(0) || is_wide(1)).then_some(UTF16)
    }

    /// What a record with the wrong number of items says of its file, if all others are like it; `None` where it begins as records of the
    /// standard do and only its number of items is wrong.
    pub(crate) fn of_record(record: &Record<'_>, layout: &Layout) -> Option<Seeming> {
        let first = record.cells.first().map(|cell| cell.of(record.bytes)).unwrap_or_default().trim_ascii();
        let count = |byte: u8| memchr::memchr_iter(byte, record.bytes).count();
        if first.len() == 6 && first.iter().all(u8::is_ascii_digit) {
            let of_others = !layout.may_have(record.items) && Layout::all().any(|other| other.may_have(record.items));
            of_others.then_some(Seeming::Items(record.items))
        } else if count(b'\t') > 2 {
            Some(TABS)
        } else if count(b';') > 2 {
            Some(SEMICOLONS)
        } else {
            Some(TEXT)
        }
    }

    /// For developers: `a PDF document`, `UPSIKYU (37 items)`.
    pub fn label_en(self) -> String {
        match self {
            Seeming::Format(en, _) => en.to_owned(),
            Seeming::Items(items) => format!("{} ({items} items)", codes_of(items, " or ")),
        }
    }

    /// For offices.
    pub fn label_ja(self) -> String {
        match self {
            Seeming::Format(_, ja) => ja.to_owned(),
            Seeming::Items(items) => format!("{}（{items}項目）", codes_of(items, "または")),
        }
    }
}

/// The kinds whose records have so many items.
fn codes_of(items: u64, or: &str) -> String {
    let codes: Vec<&str> = Layout::all().filter(|layout| layout.may_have(items)).map(|layout| layout.kind.code()).collect();
    codes.join(or)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_formats_are_known_by_their_beginning() {
        let check = |head: &[u8], label: Option<&str>| {
            let seeming = Seeming::of_head(head).map(Seeming::label_en);
            assert!(seeming.as_deref().zip(label).is_none_or(|(found, label)| found.contains(label)), "{seeming:?} {label:?}");
            assert_eq!(seeming.is_some(), label.is_some(), "{head:?}");
        };
        check(b"", None);
        check(b"202407,435073,0000000001,20260401\r\n", None);
        check(b"\"202407\",435073", None);
        check(b"\r\n202407,435073", None);
        check(b"%PDF-1.7\n", Some("PDF"));
        check(b"PK\x03\x04\x14\0\x06\0", Some("Excel"));
        check(b"\r\n <!DOCTYPE html>", Some("HTML"));
        check(b"[{\"a\":1}]", Some("JSON"));
        check(b"2\x000\x002\x004\x000\x007\0", Some("UTF-16"));
        check(b"\x002\x000\x002\x004\x000\x007", Some("UTF-16"));
        check(b"\0\0\0", None);
    }

    #[test]
    fn the_kinds_of_a_number_of_items_are_named() {
        assert_eq!(Seeming::Items(37).label_en(), "UPSIKYU (37 items)");
        assert_eq!(Seeming::Items(25).label_ja(), "UPPLANまたはUPJSK（25項目）");
    }
}
