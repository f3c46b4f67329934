//! Classes of characters that importers refuse, told from the bytes of MS932.

use serde::Deserialize;

/// Characters that some software can't take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Characters {
    /// Half-width katakana (A1 to DF).
    HalfWidthKatakana,
    /// What Windows adds to JIS X 0208: NEC row 13 (①, ㈱ …), NEC and IBM extensions (髙, 﨑 …), gaiji.
    #[serde(rename = "beyond-jis-x-0208")]
    BeyondJisX0208,
    /// Full-width characters: everything of two bytes.
    FullWidth,
    /// Line breaks within a value.
    LineBreaks,
    /// Tabs.
    Tabs,
}

impl Characters {
    /// For developers.
    pub fn label_en(self) -> &'static str {
        match self {
            Characters::HalfWidthKatakana => "half-width katakana",
            Characters::BeyondJisX0208 => "characters beyond JIS X 0208 (①, ㈱, 髙, 﨑 …)",
            Characters::FullWidth => "full-width characters",
            Characters::LineBreaks => "line breaks",
            Characters::Tabs => "tabs",
        }
    }

    /// For offices.
    pub fn label_ja(self) -> &'static str {
        match self {
            Characters::HalfWidthKatakana => "半角カタカナ",
            Characters::BeyondJisX0208 => "機種依存文字（①・㈱・髙・﨑など）",
            Characters::FullWidth => "全角文字",
            Characters::LineBreaks => "改行",
            Characters::Tabs => "タブ",
        }
    }

    /// Where the first of them stands in the bytes of a value that is MS932.
    pub(crate) fn first_in(self, text: &[u8]) -> Option<usize> {
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            let pair = matches!(byte, 0x81..=0x9f | 0xe0..=0xfc);
            let met = match self {
                Characters::HalfWidthKatakana => matches!(byte, 0xa1..=0xdf),
                // row 13 has the lead 87; rows 89 to 92 ED and EE; gaiji and IBM's F0 to FC (Microsoft, code page 932)
                Characters::BeyondJisX0208 => matches!(byte, 0x87 | 0xed | 0xee | 0xf0..=0xfc) && pair,
                Characters::FullWidth => pair,
                Characters::LineBreaks => matches!(byte, b'\r' | b'\n'),
                Characters::Tabs => byte == b'\t',
            };
            if met {
                return Some(at);
            }
            at += 1 + usize::from(pair);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_character_of_a_class_is_found_and_no_trail_byte_is_taken_for_one() {
        let check = |characters: Characters, text: &[u8], at: Option<usize>| {
            assert_eq!(characters.first_in(text), at, "{characters:?} {text:02X?}")
        };
        check(Characters::HalfWidthKatakana, b"a\xb1", Some(1));
        check(Characters::HalfWidthKatakana, b"\x88\xb1", None); // the trail byte of a kanji
        check(Characters::BeyondJisX0208, b"\x8d\x82\x87\x40", Some(2)); // ①
        check(Characters::BeyondJisX0208, b"\xfb\xfc", Some(0)); // 髙
        check(Characters::BeyondJisX0208, b"\xfa\xb1", Some(0)); // 﨑
        check(Characters::BeyondJisX0208, b"\xf0\x40", Some(0));
        check(Characters::BeyondJisX0208, b"\x95\x5c\xea\xa4", None); // the last of JIS X 0208
        check(Characters::FullWidth, b"12\x82\x50", Some(2));
        check(Characters::FullWidth, b"12\xb1", None);
        check(Characters::LineBreaks, b"a\r\n", Some(1));
        check(Characters::Tabs, b"a\tb", Some(1));
        check(Characters::Tabs, b"", None);
    }
}
