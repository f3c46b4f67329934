//! What the bytes of a cell tell about it: a bit each, collected while the cell's end is looked for.

pub(crate) const NON_ASCII: u8 = 1;
/// A control character other than tab and line ends.
pub(crate) const CONTROL: u8 = 2;
/// A quote: in a bare cell taken literally, in a quoted one always doubled.
pub(crate) const QUOTE: u8 = 4;
pub(crate) const SPACE: u8 = 8;
pub(crate) const LINE_FEED: u8 = 16;
/// The cell was quoted.
pub(crate) const QUOTED: u8 = 32;
/// A comma or a line end.
pub(crate) const STOP: u8 = 64;
/// The cell stands as it stood in the record before.
pub(crate) const AGAIN: u8 = 128;

static CLASS: [u8; 256] = classes();

/// How far it is to the next byte of a class, and the marks of the bytes before it.
#[inline]
pub(crate) fn run(text: &[u8], until: u8) -> (usize, u8) {
    let mut seen = 0;
    for (length, &byte) in text.iter().enumerate() {
        let class = class(byte);
        if class & until != 0 {
            return (length, seen);
        }
        seen |= class;
    }
    (text.len(), seen)
}

/// The marks of one byte.
#[inline]
pub(crate) fn class(byte: u8) -> u8 {
    CLASS.get(usize::from(byte)).copied().unwrap_or_default()
}

#[expect(clippy::indexing_slicing, reason = "computed at compile time, where a wrong index doesn't compile")]
const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'\n' => STOP | LINE_FEED,
            b'\r' | b',' => STOP,
            b'"' => QUOTE,
            b' ' => SPACE,
            b'\t' => 0,
            0..=0x1f | 0x7f => CONTROL,
            0x80.. => NON_ASCII,
            _ => 0,
        };
        byte += 1;
    }
    table
}
