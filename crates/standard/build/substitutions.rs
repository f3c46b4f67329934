//! What may be written for a character that MS932 lacks.

use std::fmt::Write as _;

use crate::tables::{Outcome, Tables, cell, require};

pub(crate) fn substitutions(tables: &Tables) -> Outcome<String> {
    let mut text = format!("static SUBSTITUTIONS: [(char, char); {}] = [\n", tables.substitutions.len());
    for row in &tables.substitutions {
        let character = |column| -> Outcome<char> {
            let code_point = u32::from_str_radix(cell(row, column)?, 16)?;
            char::from_u32(code_point).ok_or_else(|| format!("substitutions.csv: {code_point:X} is no character").into())
        };
        let (missing, substitute) = (character("character")?, character("substitute")?);
        require(!is_in_ms932(missing), || format!("substitutions.csv: {missing:?} needs no substitute"))?;
        require(is_in_ms932(substitute), || format!("substitutions.csv: {substitute:?} is not in MS932 either"))?;
        writeln!(text, "({missing:?}, {substitute:?}),")?;
    }
    text.push_str("];\n");
    Ok(text)
}

/// True when the character is read back as itself: encoding_rs writes three that are not.
fn is_in_ms932(character: char) -> bool {
    let (mut text, mut bytes) = ([0; 4], [0; 16]);
    let text: &str = character.encode_utf8(&mut text);
    let (result, _, written) = encoding_rs::SHIFT_JIS.new_encoder().encode_from_utf8_without_replacement(text, &mut bytes, true);
    let read = bytes.get(..written).and_then(|bytes| encoding_rs::SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes));
    result == encoding_rs::EncoderResult::InputEmpty && read.is_some_and(|read| read == text)
}
