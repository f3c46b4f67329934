//! What the targets in `fuzz_targets/` do with their bytes. What must hold of a file stands with the tests of the crate `standard`, which try it
//! out on inputs that proptest makes.

mod conversion;
mod exchange_rules;
#[path = "../../crates/standard/tests/any_input/properties.rs"]
mod properties;
#[path = "../../crates/standard/tests/any_input/simple_reader.rs"]
mod simple_reader;

use encoding_rs::{EncoderResult, SHIFT_JIS};
use standard::{FileName, Kind, RuleId, decode_ms932};

pub use conversion::json;
pub use exchange_rules::{key, manifest};

/// As the check takes its input in pieces (`PIECE` in the crate `standard`), so that a piece ends inside the bytes.
const PIECE: usize = 32 << 10;

/// A file of that kind: checked whole and in small chunks, and converted to JSON and back.
pub fn layout(kind: Kind, bytes: &[u8]) {
    properties::hold_of_a_file(kind, bytes, &[1, 1, 1, 7, 64, 3]);
    conversion::there_and_back(kind, bytes);
}

/// The splitter: cut where the last bytes say, the same bytes behind a record that fills all but the end of a piece.
pub fn reader(bytes: &[u8]) {
    let sizes: Vec<usize> = bytes.iter().rev().take(8).map(|byte| usize::from(*byte % 64)).collect();
    properties::hold_of_a_file(Kind::SupportPlan, bytes, &sizes);
    let filler = PIECE - 2 - sizes.iter().sum::<usize>().min(bytes.len());
    let long = [vec![b'a'; filler].as_slice(), b"\r\n", bytes].concat();
    properties::hold_of_a_file(Kind::SupportPlan, &long, &[PIECE]);
}

/// Files of a set, each a name, a line feed and its bytes, with a record separator (1E) between them.
pub fn unit(bytes: &[u8]) {
    let files = bytes.split(|byte| *byte == 0x1e).take(20).filter_map(|file| {
        let end = file.iter().position(|byte| *byte == b'\n')?;
        let (name, bytes) = (str::from_utf8(&file[..end]).ok()?, &file[end + 1..]);
        Some((FileName::parse(name).0?, bytes))
    });
    properties::hold_of_a_set(&files.collect::<Vec<_>>());
}

/// The strict reading of MS932.
pub fn decoder(bytes: &[u8]) {
    let size = usize::from(bytes.last().copied().unwrap_or_default());
    properties::hold_of_a_text(bytes, size);
    let decoded = decode_ms932(bytes);
    if let Ok(text) = &decoded {
        let mut encoded = vec![0; 2 * text.len() + 16];
        let (result, _, written) = SHIFT_JIS.new_encoder().encode_from_utf8_without_replacement(text, &mut encoded, true);
        // what can be written reads as the same text, though hundreds of pairs are written in another way
        if result == EncoderResult::InputEmpty {
            assert_eq!(decode_ms932(&encoded[..written]).as_deref(), Ok(text.as_ref()));
        }
    }
    // the same bytes as an item of a record with too few: told of exactly when they can't be read
    if !bytes.iter().any(|byte| matches!(byte, b'"' | b',' | b'\r' | b'\n')) {
        let done = properties::check(&properties::name_of(Kind::SupportPlan), &[b"202407,", bytes].concat(), &[size]);
        let told = done.findings.count(RuleId::Ms932) > 0;
        assert!(done.findings.count(RuleId::Utf8) > 0 || told == decoded.is_err());
    }
}

/// The name of a file.
pub fn file_name(bytes: &[u8]) {
    properties::hold_of_a_name(&String::from_utf8_lossy(bytes));
}
