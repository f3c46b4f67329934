//! Seventeen bad files, each made from a good one by one defect. The test `hostile` and the example `hostile_files` share them.

use std::fs;
use std::path::Path;

use standard::{Kind, decode_ms932};

/// The defect and how it is made.
pub(crate) struct HostileFile {
    /// Its name in the table and in paths.
    pub(crate) slug: &'static str,
    /// What was done to the good file.
    pub(crate) defect: &'static str,
    make: fn(&GoodFile) -> Vec<u8>,
}

/// The actuals that the bad files are made from.
pub(crate) struct GoodFile {
    /// Its name, which the bad files keep.
    pub(crate) name: String,
    /// Its records, without line ends: no text of it holds one, nor a comma.
    rows: Vec<Vec<u8>>,
}

impl HostileFile {
    pub(crate) fn bytes(&self, good: &GoodFile) -> Vec<u8> {
        (self.make)(good)
    }
}

const fn file(slug: &'static str, defect: &'static str, make: fn(&GoodFile) -> Vec<u8>) -> HostileFile {
    HostileFile { slug, defect, make }
}

/// Rows are counted from 0 here, items from 1 as the standard does.
pub(crate) const HOSTILE_FILES: [HostileFile; 17] = [
    file("empty", "no byte", |_| Vec::new()),
    file("heading-only", "the items' names in Japanese, and no record", |_| lines(&[heading()])),
    file("utf8-bom", "saved again as UTF-8 with a byte order mark", |good| [b"\xef\xbb\xbf".to_vec(), utf8(&good.rows)].concat()),
    file("utf8", "saved again as UTF-8", |good| utf8(&good.rows)),
    file("invalid-bytes", "FF in item 7 of record 2; an unassigned pair (85 40) in item 21 of record 4", |good| {
        good.with(|rows| {
            rows[1] = with_item(&rows[1], 7, b"\"\x8cv\xff\"");
            rows[3] = with_item(&rows[3], 21, b"\"\x85\x40\"");
        })
    }),
    file("nul", "NUL in item 7 of record 2, a text", |good| good.with(|rows| rows[1] = with_item(&rows[1], 7, b"\"\x8cv\x89\xe6\0\""))),
    file("short-row", "record 2 lacks its last item", |good| {
        good.with(|rows| {
            rows[1].pop();
        })
    }),
    file("long-row", "record 2 has an item too many", |good| good.with(|rows| rows[1].push(b','))),
    file("unclosed-quote", "item 21 of record 2 lost its closing quote, so the text goes on into record 3", |good| {
        good.with(|rows| {
            let text = item(&rows[1], 21).to_vec();
            rows[1] = with_item(&rows[1], 21, text.strip_suffix(b"\"").unwrap());
        })
    }),
    file("heading-row", "the items' names in front of the records", |good| good.with(|rows| rows.insert(0, heading()))),
    file("swapped-columns", "items 2 and 3, insurer and insured number, in the wrong order throughout", |good| {
        good.with(|rows| {
            for row in rows {
                let (insurer, insured) = (item(row, 2).to_vec(), item(row, 3).to_vec());
                *row = with_item(&with_item(row, 2, &insured), 3, &insurer);
            }
        })
    }),
    file("formula-cells", "item 7 of records 1 to 4 begins with =, +, - and @", |good| {
        let formulas: [&[u8]; 4] =
            [b"\"=HYPERLINK(\"\"http://example.invalid/\"\")\"", b"\"+cmd|' /C calc'!A0\"", b"\"-SUM(A1:A9)\"", b"\"@SUM(A1:A9)\""];
        good.with(|rows| rows.iter_mut().zip(formulas).for_each(|(row, formula)| *row = with_item(row, 7, formula)))
    }),
    file("huge-cell", "item 7 of record 2, a text, has 5,000,000 bytes", |good| {
        good.with(|rows| rows[1] = with_item(&rows[1], 7, &[b"\"".as_slice(), &[b'a'; 5_000_000], b"\""].concat()))
    }),
    file("lf-only", "records end in LF", |good| ended(&good.rows, b"\n")),
    file("cr-only", "records end in CR", |good| ended(&good.rows, b"\r")),
    file("duplicate-rows", "records 1 and 2 come again as records 3 and 4", |good| {
        good.with(|rows| rows.splice(2..2, rows[..2].to_vec()).for_each(drop))
    }),
    file("full-width-digits", "the units in record 1 and the date in record 2 in full-width digits", |good| {
        good.with(|rows| {
            for (row, no) in [(0, 8), (1, 10)] {
                rows[row] = with_item(&rows[row], no, &full_width(item(&rows[row], no)));
            }
        })
    }),
];

impl GoodFile {
    /// The actuals of a day-service office among the fixtures.
    pub(crate) fn read() -> GoodFile {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/standard/seed-2/valid/0003_ACTUAL");
        let path = fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
        let text = fs::read(&path).unwrap();
        let rows =
            text.strip_suffix(b"\r\n").unwrap().split(|byte| *byte == b'\n').map(|row| row.strip_suffix(b"\r").unwrap_or(row).to_vec());
        GoodFile { name: path.file_name().unwrap().to_str().unwrap().to_owned(), rows: rows.collect() }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        lines(&self.rows)
    }

    fn with(&self, change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
        let mut rows = self.rows.clone();
        change(&mut rows);
        lines(&rows)
    }
}

fn lines(rows: &[Vec<u8>]) -> Vec<u8> {
    ended(rows, b"\r\n")
}

fn ended(rows: &[Vec<u8>], end: &[u8]) -> Vec<u8> {
    rows.iter().flat_map(|row| [row, end]).flatten().copied().collect()
}

fn item(row: &[u8], no: usize) -> &[u8] {
    row.split(|byte| *byte == b',').nth(no - 1).unwrap()
}

fn with_item(row: &[u8], no: usize, value: &[u8]) -> Vec<u8> {
    let mut items: Vec<&[u8]> = row.split(|byte| *byte == b',').collect();
    items[no - 1] = value;
    items.join(&b',')
}

/// ０ to ９ are 82 4F to 82 58.
fn full_width(digits: &[u8]) -> Vec<u8> {
    digits.iter().flat_map(|digit| [0x82, digit - b'0' + 0x4f]).collect()
}

fn utf8(rows: &[Vec<u8>]) -> Vec<u8> {
    decode_ms932(&lines(rows)).unwrap().into_owned().into_bytes()
}

fn heading() -> Vec<u8> {
    let names: Vec<&str> = Kind::Actuals.layout().unwrap().fields.iter().map(|field| field.name_ja).collect();
    let text = names.join(",");
    let mut bytes = vec![0; text.len()];
    let (result, _, written) = encoding_rs::SHIFT_JIS.new_encoder().encode_from_utf8_without_replacement(&text, &mut bytes, true);
    assert_eq!(result, encoding_rs::EncoderResult::InputEmpty);
    bytes.truncate(written);
    bytes
}
