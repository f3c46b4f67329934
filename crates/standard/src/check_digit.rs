//! The check digit of office and insurer numbers: weights 2, 1, 2, … from the right, the digits of the products added.

/// The check digit of `body` as an ASCII digit; `None` when a character has no value. Letters count A=10 … Z=32 without I, O and Q.
pub(crate) fn check_digit(body: &[u8]) -> Option<u8> {
    let mut sum = 0u32;
    for (index, &character) in body.iter().rev().enumerate() {
        let product = value(character)? * if index % 2 == 0 { 2 } else { 1 };
        sum += product / 10 + product % 10;
    }
    u8::try_from((10 - sum % 10) % 10).ok().map(|digit| b'0' + digit)
}

fn value(character: u8) -> Option<u32> {
    let letter = |first: u8, worth: u32| Some(u32::from(character - first) + worth);
    match character {
        b'0'..=b'9' => letter(b'0', 0),
        b'A'..=b'H' => letter(b'A', 10),
        b'J'..=b'N' => letter(b'J', 18),
        b'P' => Some(23),
        b'R'..=b'Z' => letter(b'R', 24),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_worked_examples_come_out() {
        let check = |body: &str, digit: u8| assert_eq!(check_digit(body.as_bytes()), Some(digit), "{body}");
        check("017010195", b'0');
        check("99A010001", b'6');
        check("030000010", b'6'); // the spec prints 0300000100 …
        check("030000000", b'7'); // … and 0300000005: both fail
        check("43507", b'3');
    }

    #[test]
    fn letters_run_from_ten_to_thirty_two_without_i_o_q() {
        let letters = b"ABCDEFGHJKLMNPRSTUVWXYZ";
        for (index, &letter) in letters.iter().enumerate() {
            assert_eq!(value(letter), Some(index as u32 + 10), "{}", letter as char);
        }
        for other in [b'I', b'O', b'Q', b'a', b' ', 0xb1] {
            assert_eq!(value(other), None);
        }
    }
}
