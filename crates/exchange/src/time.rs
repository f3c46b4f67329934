//! Japanese days and the way times are written in JSON.

use jiff::{
    Timestamp,
    civil::Date,
    tz::{Offset, TimeZone},
};

/// Japan Standard Time: +09:00 all year, so no time zone database is needed.
const JST: Offset = Offset::constant(9);

/// The Japanese calendar day of an instant.
pub fn japanese_day(instant: Timestamp) -> Date {
    JST.to_datetime(instant).date()
}

/// The first instant of a Japanese calendar day; none for the first day of the calendar, -9999-01-01, which begins before the first instant there is.
pub fn first_instant(day: Date) -> Option<Timestamp> {
    day.to_zoned(TimeZone::fixed(JST)).ok().map(|midnight| midnight.timestamp())
}

/// RFC 3339 with the Japanese offset, cut to whole seconds: `2026-04-10T09:00:00+09:00`.
pub fn json_time(instant: Timestamp) -> String {
    instant.to_zoned(TimeZone::fixed(JST)).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// For `#[serde(with = "…")]`: [`json_time`] out, any RFC 3339 time in.
pub mod serde_time {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes [`super::json_time`].
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(instant: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&super::json_time(*instant))
    }

    /// Reads any RFC 3339 time.
    ///
    /// # Errors
    /// When it is none.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        Timestamp::deserialize(deserializer)
    }
}

/// [`serde_time`] for a time that may be absent (`null`).
pub mod serde_optional_time {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes [`super::json_time`] or `null`.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(instant: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
        match instant {
            Some(instant) => serializer.collect_str(&super::json_time(*instant)),
            None => serializer.serialize_none(),
        }
    }

    /// Reads any RFC 3339 time or `null`.
    ///
    /// # Errors
    /// When it is neither.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
        Option::deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_japanese_day_begins_at_15_hours_utc() {
        for (instant, day) in [
            ("2026-04-09T14:59:59.999Z", "2026-04-09"),
            ("2026-04-09T15:00:00Z", "2026-04-10"),
            ("2026-04-10T00:00:00Z", "2026-04-10"),
            ("2026-04-10T14:59:59Z", "2026-04-10"),
            ("2028-02-28T15:00:00Z", "2028-02-29"),
            ("2026-12-31T15:00:00Z", "2027-01-01"),
        ] {
            let instant: Timestamp = instant.parse().unwrap();
            assert_eq!(japanese_day(instant).to_string(), day, "{instant}");
        }
    }

    #[test]
    fn the_first_instant_of_a_day_is_its_midnight_in_japan() {
        for (day, instant) in [("2026-04-10", "2026-04-09T15:00:00Z"), ("2028-02-29", "2028-02-28T15:00:00Z")] {
            let instant: Timestamp = instant.parse().unwrap();
            assert_eq!(first_instant(day.parse().unwrap()), Some(instant));
            assert_eq!(japanese_day(instant).to_string(), day);
        }
        assert_eq!(first_instant(Date::MIN), None);
    }

    #[test]
    fn json_times_are_whole_japanese_seconds() {
        let instant: Timestamp = "2026-04-10T00:00:00.987Z".parse().unwrap();
        assert_eq!(json_time(instant), "2026-04-10T09:00:00+09:00");
    }
}
