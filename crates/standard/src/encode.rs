//! Texts written as MS932, strictly: each character is read back as itself, or it is named. Never an HTML entity.

use encoding_rs::{EncoderResult, SHIFT_JIS};

use crate::ms932::{decode_ms932, scan};

include!(concat!(env!("OUT_DIR"), "/substitutions.rs"));

/// Why a character is not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unwritable {
    /// MS932 has no such character.
    NotInMs932,
    /// A private-use character (gaiji): it means something on one machine only.
    Gaiji,
    /// A control character other than tab and line ends.
    Control,
}

/// The first character of a text that is not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the character at offset {offset} can't be written as MS932")]
pub struct NotWritten {
    /// Offset in the text's UTF-8, from 0.
    pub offset: usize,
    /// Why not.
    pub why: Unwritable,
}

/// The text's bytes in MS932.
///
/// # Errors
/// When a character is not written: nothing is replaced.
pub fn encode_ms932(text: &str) -> Result<Vec<u8>, NotWritten> {
    let mut bytes = Vec::new();
    if encode(text, &mut bytes) {
        return Ok(bytes);
    }
    let refused = text.char_indices().find_map(|(offset, character)| Some(NotWritten { offset, why: unwritable(character, &mut bytes)? }));
    refused.map_or(Ok(bytes), Err)
}

/// Appends the text's bytes. When it holds a character that is not written, nothing is appended.
pub(crate) fn encode(text: &str, out: &mut Vec<u8>) -> bool {
    let start = out.len();
    if text.bytes().all(|byte| matches!(byte, 0x20..=0x7e)) {
        out.extend_from_slice(text.as_bytes());
        return true;
    }
    let mut encoder = SHIFT_JIS.new_encoder();
    let Some(longest) = encoder.max_buffer_length_from_utf8_without_replacement(text.len()) else { return false };
    out.resize(start.saturating_add(longest), 0);
    let (result, _, written) = encoder.encode_from_utf8_without_replacement(text, out.get_mut(start..).unwrap_or_default(), true);
    out.truncate(start + written);
    let bytes = out.get(start..).unwrap_or_default();
    let found = scan(bytes);
    // read back, because the encoder takes a few characters for others: ¥ for a backslash, ‾ for a tilde, − for a hyphen
    let fits = result == EncoderResult::InputEmpty
        && !found.control
        && found.gaiji.is_none()
        && decode_ms932(bytes).is_ok_and(|read| read == text);
    if !fits {
        out.truncate(start);
    }
    fits
}

/// Why the character is not written; `None` when it is.
pub(crate) fn unwritable(character: char, out: &mut Vec<u8>) -> Option<Unwritable> {
    if encode(character.encode_utf8(&mut [0; 4]), out) {
        None
    } else if character.is_control() {
        Some(Unwritable::Control)
    } else if matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..) {
        Some(Unwritable::Gaiji)
    } else {
        Some(Unwritable::NotInMs932)
    }
}

/// What may be written for a character that MS932 lacks (`data/substitutions.csv`).
pub(crate) fn substitute_for(character: char) -> Option<char> {
    SUBSTITUTIONS.into_iter().find(|(missing, _)| *missing == character).map(|(_, substitute)| substitute)
}

/// Every character that has a substitute, with it.
pub fn substitutions() -> impl Iterator<Item = (char, char)> {
    SUBSTITUTIONS.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_is_written_so_that_it_is_read_back_or_not_at_all() {
        let mut written = 0;
        for character in '\0'..=char::MAX {
            let mut bytes = Vec::new();
            match unwritable(character, &mut bytes) {
                None => {
                    assert_eq!(decode_ms932(&bytes).unwrap(), character.to_string(), "{character:?}");
                    written += 1;
                }
                Some(why) => {
                    assert!(bytes.is_empty(), "{character:?}");
                    assert_eq!(why == Unwritable::Control, character.is_control(), "{character:?}");
                }
            }
        }
        // all that decoding gives, without gaiji and controls: 95 of ASCII, tab and two line ends, 63 half-width, the rest two bytes long
        let readable = (0x81..=0xfcu8).flat_map(|lead| (0..=0xffu8).map(move |trail| [lead, trail]));
        let two_bytes: std::collections::BTreeSet<String> = readable
            .filter(|bytes| scan(bytes).bad.is_none() && scan(bytes).characters == 1 && scan(bytes).gaiji.is_none())
            .map(|bytes| decode_ms932(&bytes).unwrap().into_owned())
            .collect();
        assert_eq!(written, 95 + 3 + 63 + two_bytes.len());
    }

    #[test]
    fn the_bytes_are_those_windows_writes() {
        let check = |text: &str, bytes: &[u8]| {
            let mut out = b"before".to_vec();
            assert!(encode(text, &mut out), "{text}");
            assert_eq!(out, [b"before", bytes].concat(), "{text}");
        };
        check("", b"");
        check("02,\"", b"02,\"");
        check("髙", b"\xfb\xfc");
        check("﨑", b"\xfa\xb1");
        check("～", b"\x81\x60");
        check("∥―－", b"\x81\x61\x81\x5c\x81\x7c");
        check("表ソ", b"\x95\x5c\x83\x5c");
        check("\\~", b"\x5c\x7e");
        check("￥￣", b"\x81\x8f\x81\x50");
        check("ｱﾞ", b"\xb1\xde");
        check("㈱①Ⅱ№", b"\x87\x8a\x87\x40\x87\x55\x87\x82");
        check("a\r\nb\tc\n", b"a\r\nb\tc\n");
    }

    #[test]
    fn a_text_is_written_whole_or_its_first_unwritable_character_is_placed() {
        assert_eq!(encode_ms932("表\"髙").as_deref(), Ok(&b"\x95\x5c\"\xfb\xfc"[..]));
        assert_eq!(encode_ms932("表〜😀"), Err(NotWritten { offset: 3, why: Unwritable::NotInMs932 }));
        assert_eq!(encode_ms932("ab\u{0}"), Err(NotWritten { offset: 2, why: Unwritable::Control }));
    }

    #[test]
    fn what_cant_be_written_is_named_with_the_substitute_that_is_allowed() {
        use Unwritable::{Control, Gaiji, NotInMs932};
        let check = |character: char, why: Unwritable, substitute: Option<char>| {
            let mut out = Vec::new();
            assert_eq!((unwritable(character, &mut out), substitute_for(character)), (Some(why), substitute), "{character:?}");
            assert!(out.is_empty() && !encode(&format!("a{character}b"), &mut out) && out.is_empty(), "{character:?}");
            assert!(substitute.is_none_or(|it| unwritable(it, &mut out).is_none()), "{character:?}");
        };
        check('〜', NotInMs932, Some('～'));
        check('‖', NotInMs932, Some('∥'));
        check('—', NotInMs932, Some('―'));
        check('−', NotInMs932, Some('－'));
        check('¢', NotInMs932, Some('￠'));
        check('£', NotInMs932, Some('￡'));
        check('¬', NotInMs932, Some('￢'));
        check('¥', NotInMs932, Some('￥'));
        check('‾', NotInMs932, Some('￣'));
        check('\u{a0}', NotInMs932, Some(' '));
        check('鷗', NotInMs932, Some('鴎'));
        check('𠮷', NotInMs932, None);
        check('😀', NotInMs932, None);
        check('é', NotInMs932, None);
        check('\u{3099}', NotInMs932, None); // a combining mark: か゛ in two characters
        check('\u{fffd}', NotInMs932, None);
        check('\u{feff}', NotInMs932, None);
        check('\u{2028}', NotInMs932, None);
        check('\u{e000}', Gaiji, None);
        check('\u{f8ff}', Gaiji, None);
        check('\u{f0000}', Gaiji, None);
        check('\0', Control, None);
        check('\u{1b}', Control, None);
        check('\u{7f}', Control, None);
        check('\u{80}', Control, None);
        check('\u{9f}', Control, None);
    }
}
