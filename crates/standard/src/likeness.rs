//! Whether a text is a file of the standard under another name, told by its beginning.
//!
//! Two things give it away, whatever else was done to it: a line that begins as all records do (`data/layouts.csv`, items 1 to 3 of every layout),
//! or a first record of a known version with as many items as a layout has.

use crate::layout::Layout;
use crate::seeming::Seeming;
use crate::utf8::BOM;
use crate::version::CsvVersion;

/// Judges a text's beginning while it streams by, in a few dozen bytes of memory.
#[derive(Debug, Default)]
pub(crate) struct Likeness {
    openings: Openings,
    first_record: FirstRecord,
}

impl Likeness {
    pub(crate) fn push(&mut self, chunk: &[u8]) {
        self.openings.push(chunk);
        self.first_record.push(chunk);
    }

    pub(crate) fn is_standard(&self) -> bool {
        self.openings.is_standard() || self.first_record.is_standard()
    }

    /// What kind of file of the standard it is, by the number of items of its first record.
    pub(crate) fn seeming(&self) -> Option<Seeming> {
        let items = self.first_record.commas + 1;
        (self.is_standard() && Layout::all().any(|layout| layout.may_have(items))).then_some(Seeming::Items(items))
    }
}

/// Lines that are looked at, blank ones not counted: a heading may take several, and a text may speak of a record further down.
const LINES: usize = 10;
/// The longest of a record's first three items.
const LONGEST: usize = 10;

/// Looks for a line that begins with a CSV version, an insurer number and an insured number. Lines, not records: no such item holds a line end,
/// and a quote that is never closed must not hide what follows.
#[derive(Debug, Default)]
struct Openings {
    found: bool,
    /// Lines that held something and were no record.
    lines: usize,
    /// The line holds something beside commas, quotes and spaces.
    filled: bool,
    /// The line is no record.
    other: bool,
    /// The item the line is in, from 0.
    item: usize,
    /// That item without the quotes and spaces around it.
    text: Vec<u8>,
    /// Quotes or spaces came behind the text; with more behind them it is no number.
    text_ended: bool,
}

impl Openings {
    fn push(&mut self, chunk: &[u8]) {
        for byte in chunk {
            if self.found || self.lines == LINES {
                return;
            }
            match byte {
                b'\r' | b'\n' => self.end_line(),
                _ if self.other && self.filled => {}
                b',' => self.end_item(),
                b'"' | 0..=b' ' => self.text_ended = !self.text.is_empty(),
                _ => self.take(*byte),
            }
        }
    }

    fn take(&mut self, byte: u8) {
        self.filled = true;
        self.other |= self.text_ended || self.text.len() == LONGEST;
        if !self.other {
            self.text.push(byte);
        }
        if self.item == 0 && self.text == BOM {
            self.text.clear();
        }
    }

    fn end_item(&mut self) {
        self.other |= !fits(self.item, &self.text);
        self.found = !self.other && self.item == 2;
        self.item += 1;
        self.text.clear();
        self.text_ended = false;
    }

    fn end_line(&mut self) {
        *self = Openings { found: self.is_standard(), lines: self.lines + usize::from(self.filled), ..Openings::default() };
    }

    fn is_standard(&self) -> bool {
        self.found || (!self.other && self.item == 2 && fits(2, &self.text))
    }
}

/// Whether the text has the form of item 1, 2 or 3 of every layout (here from 0); any version, also one that doesn't exist.
fn fits(item: usize, text: &[u8]) -> bool {
    let digits = |text: &[u8]| text.iter().all(u8::is_ascii_digit);
    match (item, text) {
        (0 | 1, text) => text.len() == 6 && digits(text),
        (2, [b'0'..=b'9' | b'H', rest @ ..]) => rest.len() == 9 && digits(rest),
        _ => false,
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
                b'\r' | b'\n' if !self.in_quotes && !self.head.is_empty() => {
                    self.ended = true;
                    return;
                }
                // blank lines are no record
                b'\r' | b'\n' if !self.in_quotes => continue,
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

    const RECORD: &str = "202407,435073,0000000001,20260401,a,b\r\n";

    fn check(bytes: &[u8], expected: bool) {
        for size in [1, 2, 3, 7, 1000] {
            let mut likeness = Likeness::default();
            bytes.chunks(size).for_each(|chunk| likeness.push(chunk));
            assert_eq!(likeness.is_standard(), expected, "{:?} by {size}", bytes.escape_ascii().to_string());
        }
    }

    #[test]
    fn a_record_of_the_standard_is_known_whatever_is_done_around_it() {
        for before in
            ["", "\r\n", "\n\n", "\r", " \r\n", ",,,,\r\n", "version,insurer,insured\r\n", "\"open\r\n", "a\r\nb\nc\r", "\u{feff}"]
        {
            check(format!("{before}{RECORD}").as_bytes(), true);
        }
        for record in [
            "202407,435073,0000000001", // and nothing behind
            "202407,435073,0000000001\n",
            "202407,435073,H000000001,1\r\n",
            "202412,435073,0000000001,1\r\n", // an unknown version
            "999999,435073,0000000001,1\r\n",
            "202407,435073,0000000001,20260401,,,,,,,,,,,\r\n", // an item too many
            "\"202407\",\"435073\",\"0000000001\",\"1\"\r\n",
            " 202407 , 435073\t, 0000000001 ,1\r\n",
            "\" 202407 \",\"435073 \",\" 0000000001\",1\r\n",
            "\u{feff}\"202407\",435073,0000000001\n",
            "\u{feff}\r\n202407,435073,0000000001\r",
        ] {
            check(record.as_bytes(), true);
            check(format!("a heading\r\n{record}").as_bytes(), true);
        }
        check(
            &[b"CSV\x83o\x81[\x83W\x83\x87\x83\x93,\x95\xdb\x8c\xaf\x8e\xd2\x94\xd4\x8d\x86\r\n".as_slice(), RECORD.as_bytes()].concat(),
            true,
        );
        check(format!("{}{RECORD}", "heading\r\n".repeat(LINES - 1)).as_bytes(), true);
        check(format!("{}{}{RECORD}", " ".repeat(1000), "\r\n".repeat(1000)).as_bytes(), true);
    }

    #[test]
    fn other_texts_are_not_taken_for_the_standard() {
        for text in [
            "",
            "\r\n",
            "氏名,郵便番号,電話\r\n見本 花子,100-0001,03-1234-5678\r\n",
            "100001,見本 花子,0312345678\r\n",
            "1,2,3\r\n4,5,6\r\n",
            "123456,234567,345678\r\n",
            "123456,234567\r\n345678,456789\r\n",
            "123456,234567,\r\n",
            "20240701,435073,0000000001\r\n",
            "202407,435073,00000000012\r\n",
            "202407,435073,000000001\r\n",
            "202407,435073,h000000001\r\n",
            "2024 07,435073,0000000001\r\n",
            "202407\r\n435073\r\n0000000001\r\n",
            "202407;435073;0000000001\r\n",
            "x,202407,435073,0000000001\r\n",
            "202407 435073 0000000001",
            "拝啓 先日はありがとうございました。\r\n202407の件、435073までお電話ください。\r\n",
        ] {
            check(text.as_bytes(), false);
        }
        // a text that quotes a record further down
        check(format!("{}{RECORD}", "text\r\n".repeat(LINES)).as_bytes(), false);
    }

    #[test]
    fn a_known_version_with_a_layouts_items_is_enough() {
        let record = |version: &str, items: usize| format!("{version}{}", ",".repeat(items - 1));
        for (text, expected) in [
            (record("202407", 25), true),
            (record("202407", 4) + "\r\nmore", true),
            ("\r\n\n".to_owned() + &record("202407", 4), true),
            (record("\"202208\"", 22), true),
            (record("\u{feff}202410", 37), true),
            (record("202407", 24), false),
            (record("202406", 25), false),
            ("202407,\"a,b\nc,\"\"d\"\"\",,\r\n".to_owned(), true),
        ] {
            check(text.as_bytes(), expected);
        }
    }
}
