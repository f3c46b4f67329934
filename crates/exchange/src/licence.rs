//! Licences in Japanese calendar days (contract §5).

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use standard::OfficeNumber;

use crate::Campaign;

/// What an office paid for its licence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LicenceKind {
    /// ¥21,000 a year.
    Paid,
    /// Nothing, under a campaign.
    FreePass,
}

impl LicenceKind {
    /// `paid` or `free-pass`.
    pub fn as_str(self) -> &'static str {
        match self {
            LicenceKind::Paid => "paid",
            LicenceKind::FreePass => "free-pass",
        }
    }
}

impl std::fmt::Display for LicenceKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Neither `paid` nor `free-pass`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a licence is `paid` or `free-pass`")]
pub struct UnknownLicenceKind;

impl std::str::FromStr for LicenceKind {
    type Err = UnknownLicenceKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [LicenceKind::Paid, LicenceKind::FreePass].into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownLicenceKind)
    }
}

/// Days on which an office may send and be sent to. JSON: `{"kind","campaign","first","last"}`, `campaign` null when there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LicencePeriod {
    /// What it cost.
    pub kind: LicenceKind,
    /// The campaign it was given under.
    #[serde(default)]
    pub campaign: Option<String>,
    /// The first day, Japanese calendar.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub first: Date,
    /// The last day, included.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub last: Date,
}

impl LicencePeriod {
    /// Whether this Japanese day ([`japanese_day`](crate::japanese_day)) lies in the period.
    pub fn covers(&self, day: Date) -> bool {
        self.first <= day && day <= self.last
    }

    /// The last day of a year that begins on `first`: 2025-06-01 → 2026-05-31, 2028-02-29 → 2029-02-28.
    /// `None` past the calendar's end.
    pub fn year_from(first: Date) -> Option<Date> {
        Self::months_from(first, 12)
    }

    /// The last day of `months` months that begin on `first`: the day before the corresponding one or, where the last month has no such day,
    /// that month's last (Civil Code, article 143 (2)). `None` past the calendar's end, or without any month.
    pub fn months_from(first: Date, months: u16) -> Option<Date> {
        if months == 0 {
            return None;
        }
        let corresponding = first.checked_add(i32::from(months).months()).ok()?;
        // jiff has cut the day to the month's length when they differ
        if corresponding.day() == first.day() { corresponding.yesterday().ok() } else { Some(corresponding) }
    }
}

/// Whether any of the periods covers this Japanese day.
pub fn licensed_on(periods: &[LicencePeriod], day: Date) -> bool {
    periods.iter().any(|period| period.covers(day))
}

/// The last day of the unbroken licence that covers `day`, through touching and overlapping periods; `None` when that day has none.
pub fn licensed_until(periods: &[LicencePeriod], day: Date) -> Option<Date> {
    let mut until = None;
    let mut next = day;
    while let Some(last) = periods.iter().filter(|period| period.covers(next)).map(|period| period.last).max() {
        until = Some(last);
        // each round passes a later last day, so there are at most as many as periods
        next = match last.tomorrow() {
            Ok(next) => next,
            Err(_) => break,
        };
    }
    until
}

/// The unbroken licences that the periods make up, in order, first and last day of each: periods that touch or overlap are one.
pub fn licence_runs(periods: &[LicencePeriod]) -> Vec<(Date, Date)> {
    let mut days: Vec<(Date, Date)> = periods.iter().map(|period| (period.first, period.last)).collect();
    days.sort_unstable();
    let mut runs: Vec<(Date, Date)> = Vec::new();
    for (first, last) in days {
        match runs.last_mut() {
            Some(run) if run.1.tomorrow().map_or(true, |next| first <= next) => run.1 = run.1.max(last),
            _ => runs.push((first, last)),
        }
    }
    runs
}

/// An office's licence as JSON: `{"office","licensed","until","periods","campaigns"}`, the campaigns those that are open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LicenceView {
    /// Whose.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub office: OfficeNumber,
    /// Whether today is covered.
    pub licensed: bool,
    /// [`licensed_until`]; null without a licence.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub until: Option<Date>,
    /// All periods ever given.
    pub periods: Vec<LicencePeriod>,
    /// Open for application today.
    pub campaigns: Vec<Campaign>,
}

impl LicenceView {
    /// The view on a Japanese day.
    pub fn on(day: Date, office: OfficeNumber, periods: &[LicencePeriod], campaigns: &[Campaign]) -> LicenceView {
        let until = licensed_until(periods, day);
        let campaigns = campaigns.iter().filter(|campaign| campaign.is_open_on(day)).cloned().collect();
        LicenceView { office, licensed: until.is_some(), until, periods: periods.to_vec(), campaigns }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::japanese_day;

    fn period(first: &str, last: &str) -> LicencePeriod {
        LicencePeriod { kind: LicenceKind::Paid, campaign: None, first: first.parse().unwrap(), last: last.parse().unwrap() }
    }

    #[test]
    fn a_term_ends_on_the_eve_of_its_corresponding_day() {
        for (first, months, last) in [
            ("2025-06-01", 12, "2026-05-31"),
            ("2026-05-31", 12, "2027-05-30"),
            ("2028-02-29", 12, "2029-02-28"),
            ("2027-02-28", 12, "2028-02-27"),
            ("2027-03-01", 12, "2028-02-29"),
            ("2024-02-29", 48, "2028-02-28"),
            ("2026-01-01", 12, "2026-12-31"),
            ("2026-01-31", 1, "2026-02-28"),
            ("2026-08-31", 6, "2027-02-28"),
            ("2026-03-31", 1, "2026-04-30"),
        ] {
            let first: Date = first.parse().unwrap();
            assert_eq!(LicencePeriod::months_from(first, months).unwrap().to_string(), last, "{first} + {months}");
        }
        assert_eq!(LicencePeriod::year_from(date(2028, 2, 29)), Some(date(2029, 2, 28)));
        assert_eq!(LicencePeriod::year_from(Date::MAX), None);
        assert_eq!(LicencePeriod::months_from(date(2026, 1, 1), 0), None);
    }

    #[test]
    fn a_licence_runs_from_its_first_to_its_last_second_in_japan() {
        let periods = [period("2026-04-01", "2027-03-31")];
        for (instant, licensed) in [
            ("2026-03-31T14:59:59.999Z", false),
            ("2026-03-31T15:00:00Z", true),
            ("2026-04-01T00:00:00+09:00", true),
            ("2026-04-01T00:00:00Z", true),
            ("2027-03-31T23:59:59.999+09:00", true),
            ("2027-03-31T14:59:59Z", true),
            ("2027-03-31T15:00:00Z", false),
            ("2027-04-01T00:00:00+09:00", false),
        ] {
            assert_eq!(licensed_on(&periods, japanese_day(instant.parse().unwrap())), licensed, "{instant}");
        }
        assert!(licensed_on(&[period("2028-02-29", "2028-02-29")], date(2028, 2, 29)));
        assert!(!licensed_on(&[], date(2028, 2, 29)));
    }

    #[test]
    fn periods_that_touch_or_overlap_are_one_licence() {
        let check = |periods: &[(&str, &str)], until: Option<&str>| {
            let periods: Vec<_> = periods.iter().map(|(first, last)| period(first, last)).collect();
            let day = date(2026, 4, 10);
            assert_eq!(licensed_until(&periods, day).map(|day| day.to_string()).as_deref(), until, "{periods:?}");
            let run = licence_runs(&periods).into_iter().find(|(first, last)| *first <= day && day <= *last);
            assert_eq!(run.map(|(_, last)| last), licensed_until(&periods, day), "{periods:?}");
        };
        check(&[], None);
        check(&[("2026-04-11", "2026-12-31")], None);
        check(&[("2026-04-10", "2026-04-10")], Some("2026-04-10"));
        check(&[("2026-05-01", "2027-04-30"), ("2025-05-01", "2026-04-30")], Some("2027-04-30"));
        check(&[("2026-01-01", "2026-12-31"), ("2026-06-01", "2027-05-31")], Some("2027-05-31"));
        check(&[("2026-01-01", "2026-12-31"), ("2026-06-01", "2026-07-31")], Some("2026-12-31"));
        check(&[("2026-01-01", "2026-04-30"), ("2026-05-02", "2027-05-01")], Some("2026-04-30"));
        check(&[("2026-01-01", "9999-12-31")], Some("9999-12-31"));
    }

    #[test]
    fn the_licence_json_is_the_contracts() {
        let campaign = Campaign::free_pass_2025();
        let periods = [campaign.pass_from(date(2026, 5, 31)).unwrap(), period("2024-01-01", "2024-12-31")];
        let view = LicenceView::on(date(2026, 5, 31), "0370100018".parse().unwrap(), &periods, &[campaign]);
        let json = serde_json::json!({"office": "0370100018", "licensed": true, "until": "2027-05-30",
            "periods": [{"kind": "free-pass", "campaign": "free-pass-2025", "first": "2026-05-31", "last": "2027-05-30"},
                        {"kind": "paid", "campaign": null, "first": "2024-01-01", "last": "2024-12-31"}],
            "campaigns": [{"id": "free-pass-2025", "opens": "2025-06-01", "closes": "2026-05-31", "months": 12, "fee": 0}]});
        assert_eq!(serde_json::to_value(&view).unwrap(), json);
        assert_eq!(serde_json::from_value::<LicenceView>(json).unwrap(), view);
        let none = LicenceView::on(date(2027, 5, 31), "0370100018".parse().unwrap(), &periods, &[Campaign::free_pass_2025()]);
        assert_eq!((none.licensed, none.until, none.campaigns.len()), (false, None, 0));
    }
}
