//! The two-byte characters of MS932.

use std::fmt::Write as _;

use crate::tables::Outcome;

/// Which lead and trail bytes encoding_rs reads as a character: one bit per pair, rows by the lead's low seven bits.
pub(crate) fn two_byte_characters() -> Outcome<String> {
    let mut text = String::from("pub(super) static TWO_BYTE: [[u64; 4]; 128] = [\n");
    for low in 0..128u8 {
        let lead = low | 0x80;
        let mut bits = [0u64; 4];
        for trail in 0..=255u8 {
            let is_lead = matches!(lead, 0x81..=0x9f | 0xe0..=0xfc);
            if is_lead && encoding_rs::SHIFT_JIS.decode_without_bom_handling_and_without_replacement(&[lead, trail]).is_some() {
                let word = bits.get_mut(usize::from(trail >> 6)).ok_or("a byte has four quarters")?;
                *word |= 1 << (trail & 63);
            }
        }
        writeln!(text, "{bits:?},")?;
    }
    text.push_str("];\n");
    Ok(text)
}
