//! One-time codes: with one a device registers its key (contract §6).

use std::{fmt, str::FromStr};

use data_encoding::BASE32_NOPAD;
use jiff::SignedDuration;
use standard::OfficeNumber;

use crate::{Purpose, Secret};

/// How long a code holds.
pub const CODE_HOLDS: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How many times it may be tried, the right try included.
pub const MAX_TRIES: u8 = 5;

/// Its letters.
const LETTERS: usize = 16;

/// A one-time code: 80 random bits as 16 letters of base32 (RFC 4648 §6), written in fours: `ABCD-EFGH-IJKL-2345`.
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimeCode(String);

/// Not 16 letters of base32.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a code has 16 characters, A to Z and 2 to 7")]
pub struct IllFormedCode;

impl OneTimeCode {
    /// The code of ten random bytes.
    pub fn from_random(bytes: [u8; 10]) -> OneTimeCode {
        OneTimeCode(BASE32_NOPAD.encode(&bytes))
    }

    /// Its first four characters, which find it again among the office's codes. They are no secret.
    pub fn first_four(&self) -> &str {
        self.0.get(..4).unwrap_or_default()
    }

    /// What is kept of it: nobody who reads the database can use it, nor find it out by trying.
    pub fn digest(&self, secret: &Secret, office: &OfficeNumber) -> [u8; 32] {
        secret.digest(Purpose::Code, &[office.as_str().as_bytes(), self.0.as_bytes()])
    }
}

impl FromStr for OneTimeCode {
    type Err = IllFormedCode;

    /// Hyphens and spaces are read over, small letters taken. The digits that base32 has not are read as the letters they look like (0, 1 and 8 as O, I
    /// and B), for codes are typed from paper.
    fn from_str(text: &str) -> Result<OneTimeCode, IllFormedCode> {
        let letter = |letter: char| match letter.to_ascii_uppercase() {
            '0' => 'O',
            '1' => 'I',
            '8' => 'B',
            other => other,
        };
        let code: String = text.chars().filter(|letter| !matches!(letter, '-' | ' ')).take(LETTERS + 1).map(letter).collect();
        // 16 letters hold 80 bits, none left over: whatever the letters, they are canonical
        let bytes = BASE32_NOPAD.decode(code.as_bytes()).map_err(|_| IllFormedCode)?;
        if bytes.len() == 10 { Ok(OneTimeCode(code)) } else { Err(IllFormedCode) }
    }
}

impl fmt::Display for OneTimeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, letter) in self.0.chars().enumerate() {
            if place > 0 && place % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{letter}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for OneTimeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_is_written_and_as_it_is_typed() {
        // RFC 4648 §10 has "foobar" as MZXW6YTBOI, here followed by zeros
        let code = OneTimeCode::from_random(*b"foobar\0\0\0\0");
        assert_eq!(code.to_string(), "MZXW-6YTB-OIAA-AAAA");
        let written = code.to_string();
        for typed in [written.clone(), written.to_lowercase(), written.replace('-', ""), written.replace('-', " "), format!(" {written} ")]
        {
            assert_eq!(typed.parse(), Ok(code.clone()), "{typed}");
        }
        let letters: OneTimeCode = "OIBO-IBOI-BOIB-OIBO".parse().unwrap();
        assert_eq!("0180-1801-8018-0180".parse(), Ok(letters));
    }

    #[test]
    fn other_texts_are_no_code() {
        for text in
            ["", "ABCD", "ABCD-EFGH-IJKL-234", "ABCD-EFGH-IJKL-23456", "ABCD-EFGH-IJKL-2349", "ABCD_EFGH_IJKL_2345", "ＡBCD-EFGH-IJKL-2345"]
        {
            assert_eq!(text.parse::<OneTimeCode>(), Err(IllFormedCode), "{text}");
        }
    }

    #[test]
    fn what_is_kept_depends_on_secret_and_office_and_shows_nothing() {
        let [one, other] =
            ["0123456789abcdef0123456789abcdef", "another secret of 32 characters!"].map(|text| Secret::from_text(text).unwrap());
        let [here, there]: [OfficeNumber; 2] = ["0370100018", "0370100026"].map(|number| number.parse().unwrap());
        let code: OneTimeCode = "ABCD-EFGH-IJKL-2345".parse().unwrap();
        assert_eq!(code.digest(&one, &here), "abcdefghijkl2345".parse::<OneTimeCode>().unwrap().digest(&one, &here));
        for different in [code.digest(&other, &here), code.digest(&one, &there)] {
            assert_ne!(code.digest(&one, &here), different);
        }
        assert_eq!((format!("{code:?}").as_str(), code.first_four()), ("OneTimeCode(…)", "ABCD"));
    }
}
