//! Where an office is: prefecture and municipality by their codes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use standard::OfficeNumber;

use crate::Office;

/// The text is no code of a prefecture or municipality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IllFormedPlace {
    /// Not two digits.
    #[error("a prefecture's code is two digits: 13 for Tokyo")]
    Prefecture,
    /// Neither five nor six digits.
    #[error("a municipality's code is five or six digits: 13113 or 131130 for Shibuya")]
    Municipality,
}

/// A prefecture's code: two digits, `01` to `47` (JIS X 0401).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Prefecture(u8);

impl Prefecture {
    /// Everything that an office number can begin with.
    pub fn all() -> impl Iterator<Item = Prefecture> {
        (0..=99).map(Prefecture)
    }

    /// All of them, this one first, then the others in order.
    pub fn all_from(self) -> impl Iterator<Item = Prefecture> {
        std::iter::once(self).chain(Prefecture::all().filter(move |other| *other != self))
    }

    /// Where the office is: as its municipality says, or else as its number does.
    pub fn of(office: &Office) -> Prefecture {
        Municipality::of(office).map_or_else(|| Prefecture::in_number(&office.number), Municipality::prefecture)
    }

    /// The prefecture that registered the number: its first two digits.
    pub fn in_number(number: &OfficeNumber) -> Prefecture {
        // an office number always begins with two digits
        Prefecture(number.as_str().get(..2).and_then(|digits| digits.parse().ok()).unwrap_or_default())
    }
}

impl fmt::Display for Prefecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.0)
    }
}

impl FromStr for Prefecture {
    type Err = IllFormedPlace;

    fn from_str(text: &str) -> Result<Prefecture, IllFormedPlace> {
        match digits(text) {
            Some(code) if text.len() == 2 => u8::try_from(code).map(Prefecture).map_err(|_| IllFormedPlace::Prefecture),
            _ => Err(IllFormedPlace::Prefecture),
        }
    }
}

/// A municipality's code (全国地方公共団体コード): five digits, written with a sixth that checks them.
///
/// Source: 総務省, 全国地方公共団体コード, 検査数字の算出方法.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Municipality(u32);

impl Municipality {
    /// That of an office, where it is known and well-formed.
    pub fn of(office: &Office) -> Option<Municipality> {
        office.municipality.as_deref()?.parse().ok()
    }

    /// A code of six digits that has lost its leading zero, as spreadsheets do: five digits of which the last is the check digit.
    pub fn with_lost_zero(text: &str) -> Option<Municipality> {
        let code = digits(text).filter(|_| text.len() == 5)?;
        let restored = Municipality(code / 10);
        (restored.check_digit() == code % 10).then_some(restored)
    }

    /// The prefecture it is in.
    pub fn prefecture(self) -> Prefecture {
        Prefecture(u8::try_from(self.0 / 1_000).unwrap_or_default())
    }

    /// The five digits.
    pub fn five_digits(self) -> String {
        format!("{:05}", self.0)
    }

    /// Whether it stands for a whole prefecture.
    pub fn is_prefecture(self) -> bool {
        self.0.is_multiple_of(1_000)
    }

    fn check_digit(self) -> u32 {
        let places = [10_000, 1_000, 100, 10, 1];
        let sum: u32 = places.iter().zip([6, 5, 4, 3, 2]).map(|(place, weight)| self.0 / place % 10 * weight).sum();
        (11 - sum % 11) % 10
    }
}

impl fmt::Display for Municipality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:05}{}", self.0, self.check_digit())
    }
}

impl FromStr for Municipality {
    type Err = IllFormedPlace;

    /// Five digits, or six of which the last isn't looked at.
    fn from_str(text: &str) -> Result<Municipality, IllFormedPlace> {
        match (digits(text), text.len()) {
            (Some(code), 5) => Ok(Municipality(code)),
            (Some(code), 6) => Ok(Municipality(code / 10)),
            _ => Err(IllFormedPlace::Municipality),
        }
    }
}

/// Where offices are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A whole prefecture.
    Prefecture(Prefecture),
    /// One municipality.
    Municipality(Municipality),
}

impl Place {
    /// The prefecture it is, or is in.
    pub fn prefecture(self) -> Prefecture {
        match self {
            Place::Prefecture(prefecture) => prefecture,
            Place::Municipality(municipality) => municipality.prefecture(),
        }
    }
}

macro_rules! converts_like_text {
    ($($name:ident),*) => {$(
        impl TryFrom<String> for $name {
            type Error = IllFormedPlace;

            fn try_from(text: String) -> Result<$name, IllFormedPlace> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.to_string()
            }
        }
    )*};
}

converts_like_text!(Prefecture, Municipality);

fn digits(text: &str) -> Option<u32> {
    if text.is_empty() || text.len() > 6 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_municipality_is_written_with_its_check_digit() {
        // 総務省, 全国地方公共団体コード
        for (text, written) in [
            ("131130", "131130"),
            ("13113", "131130"),
            ("011011", "011011"),
            ("01101", "011011"),
            ("271004", "271004"),
            ("47382", "473821"),
        ] {
            assert_eq!(text.parse::<Municipality>().unwrap().to_string(), written, "{text}");
        }
        for text in ["", "1311", "1311301", "１３１１３０", "13113x", "+13113"] {
            assert_eq!(text.parse::<Municipality>(), Err(IllFormedPlace::Municipality), "{text}");
        }
    }

    #[test]
    fn a_leading_zero_that_got_lost_is_found_by_the_check_digit() {
        for (text, found) in [("11011", Some("011011")), ("22012", Some("022012")), ("11012", None), ("131130", None), ("31130", None)] {
            let found_now = Municipality::with_lost_zero(text).map(|code| code.to_string());
            assert_eq!(found_now.as_deref(), found, "{text}");
        }
    }

    #[test]
    fn every_prefecture_comes_once_whichever_is_first() {
        for first in ["00", "47", "99"] {
            let first: Prefecture = first.parse().unwrap();
            let mut all: Vec<Prefecture> = first.all_from().collect();
            assert_eq!(all[0], first);
            assert!(all[1..].is_sorted());
            all.sort();
            assert_eq!(all, Prefecture::all().collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_office_is_where_its_municipality_is_or_else_where_its_number_is_from() {
        let mut office = Office::new("0370100018".parse().unwrap(), "");
        assert_eq!(Prefecture::of(&office).to_string(), "03");
        office.municipality = Some("131130".to_owned());
        assert_eq!(Prefecture::of(&office).to_string(), "13");
        office.municipality = Some("Shibuya".to_owned());
        assert_eq!(Prefecture::of(&office).to_string(), "03");
        for text in ["", "3", "003", "1a", "１３"] {
            assert_eq!(text.parse::<Prefecture>(), Err(IllFormedPlace::Prefecture), "{text}");
        }
    }
}
