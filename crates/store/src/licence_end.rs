//! When an office is reminded that its licence ends, pure.

use exchange::{LicenceKind, first_instant};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use standard::OfficeNumber;

use crate::directory::Bill;

/// How many days before the last one.
const STEPS: [i32; 3] = [90, 30, 7];

/// A licence whose end an office is reminded of, as its bill says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicenceEnd {
    /// Whose.
    pub office: OfficeNumber,
    /// Of this kind,
    pub kind: LicenceKind,
    /// under this campaign,
    pub campaign: Option<String>,
    /// from this day
    pub first: Date,
    /// to this one, Japanese calendar.
    pub last: Date,
    /// When a reminder is due.
    pub due_at: Timestamp,
}

impl LicenceEnd {
    /// The end of the licence that was billed, due for the first time; none where it is too short for a reminder to come after its first day.
    pub fn of(bill: &Bill) -> Option<Self> {
        let Bill { office, kind, campaign, first, last, .. } = bill.clone();
        let due_at = STEPS.iter().filter_map(|days| eve(last, *days)).find(|(day, _)| *day > first)?.1;
        Some(Self { office, kind, campaign, first, last, due_at })
    }

    /// The moment of the reminder that is due: of several that were missed the last one. None once the licence is over.
    pub fn step(&self, now: Timestamp) -> Option<Timestamp> {
        let over = eve(self.last, -1).is_some_and(|(_, end)| end <= now);
        self.moments().filter(|moment| *moment <= now && !over).last()
    }

    /// When the next one is due.
    pub fn next_due(&self, now: Timestamp) -> Option<Timestamp> {
        self.moments().find(|moment| *moment > now)
    }

    fn moments(&self) -> impl Iterator<Item = Timestamp> {
        let Self { first, last, .. } = *self;
        STEPS.iter().filter_map(move |days| eve(last, *days)).filter(move |(day, _)| *day > first).map(|(_, moment)| moment)
    }
}

/// So many days before that day, and its first instant in Japan.
fn eve(day: Date, days: i32) -> Option<(Date, Timestamp)> {
    let day = day.checked_sub(days.days()).ok()?;
    Some((day, first_instant(day)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(first: &str, last: &str) -> Option<LicenceEnd> {
        let (office, kind) = ("0370100018".parse().unwrap(), LicenceKind::Paid);
        LicenceEnd::of(&Bill { office, kind, campaign: None, first: first.parse().unwrap(), last: last.parse().unwrap(), yen: 0 })
    }

    #[test]
    fn a_year_is_reminded_of_90_30_and_7_days_before_its_last() {
        let year = end("2026-04-01", "2027-03-31").unwrap();
        let [first, second, third] = ["2026-12-31", "2027-03-01", "2027-03-24"].map(|day| format!("{day}T00:00:00+09:00").parse().unwrap());
        assert_eq!(year.due_at, first);
        let check = |now: &str, step: Option<Timestamp>, next: Option<Timestamp>| {
            let now = now.parse().unwrap();
            assert_eq!((year.step(now), year.next_due(now)), (step, next), "{now}");
        };
        check("2026-12-30T14:59:59Z", None, Some(first));
        check("2026-12-30T15:00:00Z", Some(first), Some(second));
        check("2027-03-01T00:00:00+09:00", Some(second), Some(third));
        check("2027-03-31T23:59:59+09:00", Some(third), None);
        check("2027-04-01T00:00:00+09:00", None, None);
    }

    #[test]
    fn a_short_licence_is_reminded_of_only_after_it_began() {
        for (first, last, due) in [
            ("2026-04-01", "2026-06-30", Some("2026-05-31")),
            ("2026-04-01", "2026-04-30", Some("2026-04-23")),
            ("2026-04-01", "2026-04-09", Some("2026-04-02")),
            ("2026-04-01", "2026-04-08", None),
            ("2026-04-01", "2026-04-01", None),
        ] {
            let due = due.map(|day| format!("{day}T00:00:00+09:00").parse::<Timestamp>().unwrap());
            assert_eq!(end(first, last).map(|end| end.due_at), due, "{first} {last}");
        }
    }
}
