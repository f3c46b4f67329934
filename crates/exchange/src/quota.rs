//! How much an office may send.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::{MAX_AHEAD, japanese_day};

/// How many transmissions an office may send in a Japanese day (`quota-exceeded`), delivered or rejected. Enough for every person of a large office one by
/// one; what runs wild is stopped all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DailyQuota(u16);

/// The Japanese day before `day`, where a transmission may have been counted already: announced then, and so signed then or earlier by the sender's clock.
pub fn counted_earlier(day: Date, signed_at: Timestamp) -> Option<Date> {
    let signed_at = signed_at.checked_sub(MAX_AHEAD).unwrap_or(Timestamp::MIN);
    if japanese_day(signed_at) < day { day.yesterday().ok() } else { None }
}

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
    #[test]
    fn only_what_was_signed_before_midnight_may_have_been_counted_before_it() {
        let day = jiff::civil::date(2026, 4, 10);
        for (signed_at, earlier) in [
            ("2026-04-09T14:59:59Z", true),
            // five minutes ahead of the exchange's clock, it may have been announced on the 9th
            ("2026-04-09T15:04:59Z", true),
            ("2026-04-09T15:05:00Z", false),
            ("2026-04-10T14:00:00Z", false),
        ] {
            let expected = earlier.then(|| jiff::civil::date(2026, 4, 9));
            assert_eq!(counted_earlier(day, signed_at.parse().unwrap()), expected, "{signed_at}");
        }
    }
}
