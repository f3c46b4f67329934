//! How much an office may send.

use std::str::FromStr;

/// How many transmissions an office may send in a Japanese day (`quota-exceeded`), delivered or rejected. Enough for every person of a large office one by
/// one; what runs wild is stopped all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DailyQuota(u16);

/// Not a number of transmissions from 1 to [`DailyQuota::MOST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a number from 1 to {}", DailyQuota::MOST)]
pub struct NotAQuota;

impl DailyQuota {
    /// The most it can be: the ledger keeps the day's transmissions in one item.
    pub const MOST: u16 = 10_000;

    /// The number.
    pub fn transmissions(self) -> u16 {
        self.0
    }
}

impl Default for DailyQuota {
    fn default() -> Self {
        Self(1_000)
    }
}

impl FromStr for DailyQuota {
    type Err = NotAQuota;

    fn from_str(text: &str) -> Result<Self, NotAQuota> {
        text.parse().ok().filter(|number| (1..=Self::MOST).contains(number)).map(Self).ok_or(NotAQuota)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_is_a_number_of_transmissions() {
        for (text, number) in
            [("1", Some(1)), ("1000", Some(1_000)), ("10000", Some(10_000)), ("0", None), ("10001", None), ("-1", None), ("", None)]
        {
            assert_eq!(text.parse().map(DailyQuota::transmissions).ok(), number, "{text}");
        }
        assert_eq!(DailyQuota::default(), "1000".parse().unwrap());
    }
}
