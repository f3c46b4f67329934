//! What people write for people.

/// Whether a character isn't seen and changes how what stands around it is shown: a control character, a mark of the direction of writing (UAX #9), a
/// separator of lines or paragraphs, a byte order mark.
pub fn steers(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{FEFF}')
}
