//! Months and days as the standard writes them: Gregorian digits.

use std::fmt;
use std::str::FromStr;

/// A month of service (対象年月), 1800-01 to 2099-12.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceMonth {
    year: u16,
    month: u8,
}

/// The text is not a month `YYYYMM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a month YYYYMM")]
pub struct NotAMonth;

impl ServiceMonth {
    /// Year, four digits.
    pub fn year(self) -> u16 {
        self.year
    }

    /// Month, 1 to 12.
    pub fn month(self) -> u8 {
        self.month
    }

    pub(crate) fn from_bytes(text: &[u8]) -> Option<ServiceMonth> {
        let &[a, b, c, d, e, f] = text else { return None };
        let (year, month) = (number(&[a, b, c, d])?, number(&[e, f])?);
        ((1800..2100).contains(&year) && (1..=12).contains(&month)).then_some(ServiceMonth { year, month: u8::try_from(month).ok()? })
    }
}

impl FromStr for ServiceMonth {
    type Err = NotAMonth;

    fn from_str(text: &str) -> Result<ServiceMonth, NotAMonth> {
        ServiceMonth::from_bytes(text.as_bytes()).ok_or(NotAMonth)
    }
}

impl fmt::Display for ServiceMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}{:02}", self.year, self.month)
    }
}

/// True for a calendar day `YYYYMMDD` from 1868 on.
pub(crate) fn is_date(text: &[u8]) -> bool {
    first_year_of_date(text).is_some_and(|year| year >= 1868)
}

/// True for `YYYYMMDDHHMMSS`.
pub(crate) fn is_stamp(text: &[u8]) -> bool {
    let Some((date, time)) = text.split_at_checked(8) else { return false };
    let &[a, b, c, d, e, f] = time else { return false };
    let below = |digits: [u8; 2], limit| number(&digits).is_some_and(|value| value < limit);
    first_year_of_date(date).is_some_and(|year| year > 0) && below([a, b], 24) && below([c, d], 60) && below([e, f], 60)
}

/// True for `HHMM`, 0000 to 2359.
pub(crate) fn is_time(text: &[u8]) -> bool {
    let &[a, b, c, d] = text else { return false };
    number(&[a, b]).is_some_and(|hour| hour < 24) && number(&[c, d]).is_some_and(|minute| minute < 60)
}

fn first_year_of_date(text: &[u8]) -> Option<u16> {
    let &[a, b, c, d, e, f, g, h] = text else { return None };
    let (year, month, day) = (number(&[a, b, c, d])?, number(&[e, f])?, number(&[g, h])?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    (1..=days).contains(&day).then_some(year)
}

fn number(digits: &[u8]) -> Option<u16> {
    let mut value = 0;
    for digit in digits {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + u16::from(digit);
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_six_digits_of_the_right_centuries() {
        let check = |text: &str, fits| assert_eq!(text.parse::<ServiceMonth>().is_ok(), fits, "{text}");
        check("202604", true);
        check("209912", true);
        check("180001", true);
        check("210001", false);
        check("202613", false);
        check("202600", false);
        check("20264", false);
        check("２０２６０４", false);
        assert_eq!("202604".parse::<ServiceMonth>().map(|month| month.to_string()), Ok("202604".to_owned()));
    }

    #[test]
    fn dates_are_calendar_days() {
        let check = |text: &str, fits| assert_eq!(is_date(text.as_bytes()), fits, "{text}");
        check("20260401", true);
        check("20240229", true);
        check("20260229", false);
        check("19000229", false);
        check("20000229", true);
        check("18671231", false);
        check("18680101", true);
        check("20260431", false);
        check("R080401", false);
        check("00000000", false);
    }

    #[test]
    fn times_run_to_the_last_minute_of_the_day() {
        let check = |text: &str, fits| assert_eq!(is_time(text.as_bytes()), fits, "{text}");
        check("0000", true);
        check("2359", true);
        check("2400", false);
        check("2360", false);
        check("9999", false);
        assert!(is_stamp(b"20260325091559"));
        assert!(!is_stamp(b"20261332256199"));
        assert!(!is_stamp(b"202603250915590"));
    }
}
