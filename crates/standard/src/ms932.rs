//! Shift-JIS as Windows writes it (MS932), read strictly: A0, FD, FE, FF and unassigned pairs are errors, byte 80 is a control
//! character and F040 to F9FC are user-defined characters (gaiji).

use std::borrow::Cow;

use encoding_rs::SHIFT_JIS;

include!(concat!(env!("OUT_DIR"), "/two_byte.rs"));

/// The first byte that is not MS932.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("byte {byte:02X} at offset {offset} is not MS932")]
pub struct NotMs932 {
    /// Offset from 0.
    pub offset: usize,
    /// The byte: the lead byte where a pair is at fault.
    pub byte: u8,
}

/// The text of MS932 bytes.
///
/// # Errors
/// When a byte or pair is not MS932. Gaiji and byte 80 are read (as private-use characters and U+0080).
pub fn decode_ms932(bytes: &[u8]) -> Result<Cow<'_, str>, NotMs932> {
    SHIFT_JIS
        .decode_without_bom_handling_and_without_replacement(bytes)
        .ok_or_else(|| scan(bytes).bad.unwrap_or(NotMs932 { offset: 0, byte: 0 }))
}

/// What the rules want to know of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct TextScan {
    /// Characters before the first bad byte.
    pub(crate) characters: u64,
    pub(crate) bad: Option<NotMs932>,
    /// Offset of the first gaiji before the first bad byte.
    pub(crate) gaiji: Option<usize>,
    /// There is a control character other than tab and line ends.
    pub(crate) control: bool,
}

/// Walks a text without decoding it. The pairs come from encoding_rs (at build time); walking them here gives length, position,
/// gaiji and controls in one pass without a buffer, where a decoder would have to be made for each value.
pub(crate) fn scan(text: &[u8]) -> TextScan {
    let mut found = TextScan::default();
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let length = match byte {
            0x20..=0x7e | b'\t' | b'\r' | b'\n' | 0xa1..=0xdf => 1,
            0..=0x1f | 0x7f | 0x80 => {
                found.control = true;
                1
            }
            _ if is_pair(byte, text.get(at + 1)) => {
                if matches!(byte, 0xf0..=0xf9) && found.gaiji.is_none() {
                    found.gaiji = Some(at);
                }
                2
            }
            _ => {
                found.bad = Some(NotMs932 { offset: at, byte });
                return found;
            }
        };
        at += length;
        found.characters += 1;
    }
    found
}

/// True when the bytes are a two-byte character.
pub(crate) fn is_pair(lead: u8, trail: Option<&u8>) -> bool {
    let (Some(&trail), true) = (trail, lead >= 0x80) else { return false };
    let word = TWO_BYTE.get(usize::from(lead & 0x7f)).and_then(|row| row.get(usize::from(trail >> 6)));
    word.is_some_and(|word| word >> (trail & 63) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_pair_is_judged_as_the_decoder_judges_it() {
        for first in 0..=255u8 {
            for second in 0..=255u8 {
                let bytes = [first, second];
                let decoded = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(&bytes);
                let scan = scan(&bytes);
                assert_eq!(scan.bad.is_none(), decoded.is_some(), "{first:02X} {second:02X}");
                if let Some(text) = decoded {
                    assert_eq!(scan.characters, text.chars().count() as u64);
                    assert_eq!(scan.gaiji.is_some(), text.chars().any(|c| ('\u{e000}'..='\u{f8ff}').contains(&c)));
                    assert_eq!(scan.control, text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\r' | '\n')));
                }
            }
        }
    }

    #[test]
    fn the_first_bad_byte_is_found() {
        let check = |bytes: &[u8], bad: Option<(usize, u8)>| {
            assert_eq!(decode_ms932(bytes).err().map(|it| (it.offset, it.byte)), bad, "{bytes:02X?}");
        };
        check(b"abc", None);
        check(b"\x95\x5c", None); // 表
        check(b"\x95\x5c\x95", Some((2, 0x95)));
        check(b"\x85\x40", Some((0, 0x85)));
        check(b"ab\xa0", Some((2, 0xa0)));
        check(b"\xff", Some((0, 0xff)));
        check(b"\x80", None);
        check(b"\xf0\x40", None);
        check(b"\xef\xbb\xbf", Some((0, 0xef))); // a BOM is no licence
    }

    proptest! {
        #[test]
        fn the_walk_agrees_with_the_decoder(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let mut decoder = SHIFT_JIS.new_decoder_without_bom_handling();
            let mut text = vec![0; bytes.len() * 3 + 16];
            let (result, read, _) = decoder.decode_to_utf8_without_replacement(&bytes, &mut text, true);
            let bad = match result {
                encoding_rs::DecoderResult::Malformed(length, after) => Some(read - usize::from(length) - usize::from(after)),
                _ => None,
            };
            prop_assert_eq!(scan(&bytes).bad.map(|it| it.offset), bad);
        }
    }
}
