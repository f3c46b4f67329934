//! What the exchange's clock showed, and shows by now: computers in offices often show another time, are set while this runs, and sleep.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// How long a reading counts.
const HOLDS: SignedDuration = SignedDuration::from_mins(5);
/// How far this machine's two clocks may go apart: when they do, one was set, or stood still while the machine slept.
const APART: Duration = Duration::from_secs(10);

/// The exchange's clock, read once.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    shown: Timestamp,
    /// This machine's clock at that moment, which anybody may set,
    set: Timestamp,
    /// and the one that nobody can.
    at: Instant,
}

impl Reading {
    /// It shows this now.
    pub(super) fn of(shown: Timestamp) -> Self {
        Self { shown, set: Timestamp::now(), at: Instant::now() }
    }

    /// What it shows by now; none where it must be read anew.
    pub(super) fn now(&self) -> Option<Timestamp> {
        self.after(self.at.elapsed(), Timestamp::now())
    }

    fn after(&self, passed: Duration, set: Timestamp) -> Option<Timestamp> {
        let passed = SignedDuration::try_from(passed).ok()?;
        let apart = set.duration_since(self.set).checked_sub(passed)?.unsigned_abs();
        if passed > HOLDS || apart > APART { None } else { self.shown.checked_add(passed).ok() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_counts_while_this_machines_clocks_go_together() {
        let reading = Reading::of("2026-05-01T00:00:00Z".parse().unwrap());
        let check = |passed: u64, set_by: i64, now: Option<&str>| {
            let set = reading.set + SignedDuration::from_secs(set_by);
            assert_eq!(reading.after(Duration::from_secs(passed), set), now.map(|now| now.parse().unwrap()), "{passed} {set_by}");
        };
        check(0, 0, Some("2026-05-01T00:00:00Z"));
        check(300, 300, Some("2026-05-01T00:05:00Z"));
        check(300, 305, Some("2026-05-01T00:05:00Z"));
        // it is old
        check(301, 301, None);
        // the machine's clock was set, either way
        check(20, 3620, None);
        check(20, -3580, None);
        // the machine slept
        check(20, 86_400, None);
    }
}
