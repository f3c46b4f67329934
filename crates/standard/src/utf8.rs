//! Whether a file is UTF-8, judged while it streams by.

/// Judges bytes as they come. UTF-8 here means: valid throughout.
#[derive(Debug, Default)]
pub(crate) struct Utf8Probe {
    /// A sequence that a chunk cut off.
    partial: Vec<u8>,
    invalid: bool,
    /// A character of U+3000 to U+9FFF was seen: kana or kanji.
    japanese: bool,
    head: Vec<u8>,
}

pub(crate) const BOM: &[u8] = b"\xef\xbb\xbf";

impl Utf8Probe {
    pub(crate) fn push(&mut self, chunk: &[u8]) {
        let wanted = BOM.len().saturating_sub(self.head.len());
        self.head.extend(chunk.iter().take(wanted));
        if self.invalid {
            return;
        }
        let mut rest = chunk;
        while !self.partial.is_empty() {
            let Some((&first, after)) = rest.split_first() else { return };
            rest = after;
            self.partial.push(first);
            match str::from_utf8(&self.partial) {
                Ok(text) => {
                    self.japanese |= has_japanese(text.as_bytes());
                    self.partial.clear();
                }
                Err(error) if error.error_len().is_some() => {
                    self.invalid = true;
                    return;
                }
                Err(_) => {}
            }
        }
        let (good, cut) = match str::from_utf8(rest) {
            Ok(_) => (rest, &[][..]),
            Err(error) if error.error_len().is_none() => rest.split_at_checked(error.valid_up_to()).unwrap_or((rest, &[])),
            Err(_) => {
                self.invalid = true;
                return;
            }
        };
        self.japanese = self.japanese || has_japanese(good);
        self.partial.extend_from_slice(cut);
    }

    pub(crate) fn has_bom(&self) -> bool {
        self.head == BOM
    }

    /// True when all bytes so far are UTF-8 and the last character is whole.
    pub(crate) fn is_valid(&self) -> bool {
        !self.invalid && self.partial.is_empty()
    }

    /// True when the file is UTF-8 where MS932 is wanted: by its BOM, or by Japanese characters. Plain ASCII is both.
    pub(crate) fn is_instead_of_ms932(&self) -> bool {
        self.has_bom() || (self.is_valid() && self.japanese)
    }
}

/// Lead bytes E3 to E9 begin U+3000 to U+9FFF.
fn has_japanese(valid: &[u8]) -> bool {
    !valid.is_ascii() && valid.iter().any(|byte| matches!(byte, 0xe3..=0xe9))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_is_found_however_it_is_cut() {
        let check = |bytes: &[u8], expected: bool| {
            for size in 1..=bytes.len().max(1) {
                let mut probe = Utf8Probe::default();
                bytes.chunks(size).for_each(|chunk| probe.push(chunk));
                assert_eq!(probe.is_instead_of_ms932(), expected, "{bytes:02X?} by {size}");
            }
        };
        check("計画　表子,1".as_bytes(), true);
        check(b"202407,1", false);
        check(b"", false);
        check(b"\xef\xbb\xbf202407", true);
        check(b"\xef\xbb", false);
        check("é".as_bytes(), false); // no Japanese: could be half-width katakana
        check(&"計画".as_bytes()[..5], false);
        check(b"\x8cv\x89\xe6", false);
        check(b"\xef\xbb\xbf\x8cv", true);
    }
}
