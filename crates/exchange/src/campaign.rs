//! Campaigns: when offices may apply for a free pass, and which one they get (contract §5).

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use crate::{LicenceKind, LicencePeriod};

/// What a paid licence costs, in yen.
pub const PAID_YEN: u32 = 21_000;

/// A time in which offices may apply for free passes. JSON: `{"id","opens","closes","months","fee"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Campaign {
    /// What periods given under it carry.
    pub id: String,
    /// The first day for applications, Japanese calendar.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub opens: Date,
    /// The last day for applications.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub closes: Date,
    /// Months of licence from the day of application.
    pub months: u16,
    /// Yen.
    pub fee: u32,
}

impl Campaign {
    /// The first campaign, `free-pass-2025`: known without being stored.
    pub fn free_pass_2025() -> Campaign {
        Campaign { id: "free-pass-2025".to_owned(), opens: date(2025, 6, 1), closes: date(2026, 5, 31), months: 12, fee: 0 }
    }

    /// Whether offices may apply on this Japanese day.
    pub fn is_open_on(&self, day: Date) -> bool {
        self.opens <= day && day <= self.closes
    }

    /// The licence of an office that applies on `day`; `None` when the campaign is closed.
    pub fn pass_from(&self, day: Date) -> Option<LicencePeriod> {
        let last = self.is_open_on(day).then(|| LicencePeriod::months_from(day, self.months))??;
        Some(LicencePeriod { kind: LicenceKind::FreePass, campaign: Some(self.id.clone()), first: day, last })
    }

    /// What an office owes for this period, in yen: a pass under a campaign the campaign's fee, any other pass nothing.
    pub fn price_of(period: &LicencePeriod, campaigns: &[Campaign]) -> u32 {
        match period.kind {
            LicenceKind::Paid => PAID_YEN,
            LicenceKind::FreePass => {
                let under = campaigns.iter().find(|campaign| period.campaign.as_ref() == Some(&campaign.id));
                under.map_or(0, |campaign| campaign.fee)
            }
        }
    }
}

/// All campaigns: those stored, and the first one where none of that name is stored in its place. In the order they open.
pub fn campaigns(stored: &[Campaign]) -> Vec<Campaign> {
    let first = Campaign::free_pass_2025();
    let mut all = stored.to_vec();
    if all.iter().all(|campaign| campaign.id != first.id) {
        all.push(first);
    }
    all.sort_by(|one, other| (one.opens, &one.id).cmp(&(other.opens, &other.id)));
    all
}

/// Why an application for a free pass is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PassRefused {
    /// The office has had its pass under a campaign that is open.
    #[error("this office has had its free pass under a campaign that is open: there is one for each office")]
    AlreadyApplied,
    /// No campaign takes applications on that day.
    #[error("no campaign takes applications today")]
    CampaignClosed,
}

impl PassRefused {
    /// `already-applied` or `campaign-closed`.
    pub fn as_str(self) -> &'static str {
        match self {
            PassRefused::AlreadyApplied => "already-applied",
            PassRefused::CampaignClosed => "campaign-closed",
        }
    }
}

/// The pass of an office that has had `periods` and applies on this Japanese day: under the open campaign that closes first. Of the campaigns that are open
/// together an office has one pass, so that an application that is repeated, because its answer got lost, never takes the next campaign's.
///
/// # Errors
/// No campaign is open, or the office has had a pass under one that is.
pub fn free_pass(periods: &[LicencePeriod], campaigns: &[Campaign], day: Date) -> Result<LicencePeriod, PassRefused> {
    let open: Vec<(&Campaign, LicencePeriod)> =
        campaigns.iter().filter_map(|campaign| Some((campaign, campaign.pass_from(day)?))).collect();
    let had = |campaign: &Campaign| periods.iter().any(|period| period.campaign.as_ref() == Some(&campaign.id));
    if open.iter().any(|(campaign, _)| had(campaign)) {
        return Err(PassRefused::AlreadyApplied);
    }
    let first_to_close = open.into_iter().min_by(|(one, _), (other, _)| (one.closes, &one.id).cmp(&(other.closes, &other.id)));
    first_to_close.map(|(_, pass)| pass).ok_or(PassRefused::CampaignClosed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::japanese_day;

    fn campaign(id: &str, opens: &str, closes: &str, months: u16) -> Campaign {
        Campaign { id: id.to_owned(), opens: opens.parse().unwrap(), closes: closes.parse().unwrap(), months, fee: 500 }
    }

    #[test]
    fn a_campaign_gives_passes_from_its_first_to_its_last_second_in_japan() {
        let campaign = Campaign::free_pass_2025();
        for (instant, last) in [
            ("2025-05-31T14:59:59.999Z", None),
            ("2025-05-31T15:00:00Z", Some("2026-05-31")),
            ("2025-06-01T00:00:00+09:00", Some("2026-05-31")),
            // midnight in UTC is nine in the morning of the same day
            ("2025-06-01T00:00:00Z", Some("2026-05-31")),
            ("2026-05-31T23:59:59.999+09:00", Some("2027-05-30")),
            ("2026-05-31T15:00:00Z", None),
        ] {
            let pass = campaign.pass_from(japanese_day(instant.parse().unwrap()));
            assert_eq!(pass.map(|pass| pass.last.to_string()).as_deref(), last, "{instant}");
        }
    }

    #[test]
    fn a_pass_that_begins_on_a_leap_day_ends_on_the_last_of_february() {
        let campaign = campaign("leap", "2028-02-01", "2028-03-31", 12);
        for (day, last) in [("2028-02-28", "2029-02-27"), ("2028-02-29", "2029-02-28"), ("2028-03-01", "2029-02-28")] {
            assert_eq!(campaign.pass_from(day.parse().unwrap()).unwrap().last.to_string(), last, "{day}");
        }
    }

    #[test]
    fn the_first_campaign_is_known_without_being_stored() {
        let other = campaign("second", "2026-06-01", "2027-05-31", 12);
        assert_eq!(campaigns(&[]), [Campaign::free_pass_2025()]);
        assert_eq!(campaigns(std::slice::from_ref(&other)), [Campaign::free_pass_2025(), other]);
        let extended = campaign("free-pass-2025", "2025-06-01", "2026-12-31", 12);
        assert_eq!(campaigns(std::slice::from_ref(&extended)), [extended]);
    }

    #[test]
    fn an_office_has_one_pass_of_the_campaigns_that_are_open_together() {
        let all = [
            campaign("long", "2026-01-01", "2026-12-31", 12),
            campaign("short", "2026-04-01", "2026-04-30", 3),
            campaign("next", "2026-12-01", "2027-03-31", 12),
        ];
        let mut had = vec![LicencePeriod { kind: LicenceKind::Paid, campaign: None, first: date(2026, 4, 1), last: date(2027, 3, 31) }];
        let mut apply = |day: Date| {
            let pass = free_pass(&had, &all, day)?;
            had.push(pass.clone());
            Ok(format!("{} {}", pass.campaign.unwrap(), pass.last))
        };
        assert_eq!(apply(date(2025, 12, 31)), Err(PassRefused::CampaignClosed));
        assert_eq!(apply(date(2026, 4, 30)).as_deref(), Ok("short 2026-07-29"));
        assert_eq!(apply(date(2026, 4, 30)), Err(PassRefused::AlreadyApplied));
        // the campaign that it had its pass under is over
        assert_eq!(apply(date(2026, 5, 1)).as_deref(), Ok("long 2027-04-30"));
        assert_eq!(apply(date(2026, 12, 31)), Err(PassRefused::AlreadyApplied));
        assert_eq!(apply(date(2027, 1, 1)).as_deref(), Ok("next 2027-12-31"));
        assert_eq!(apply(date(2027, 4, 1)), Err(PassRefused::CampaignClosed));
    }

    #[test]
    fn a_licence_costs_what_its_kind_and_campaign_say() {
        let all = [campaign("second", "2026-01-01", "2026-12-31", 12)];
        let period = |kind, campaign: Option<&str>| LicencePeriod {
            kind,
            campaign: campaign.map(str::to_owned),
            first: date(2026, 4, 1),
            last: date(2027, 3, 31),
        };
        for (kind, campaign, yen) in [
            (LicenceKind::Paid, None, 21_000),
            (LicenceKind::FreePass, None, 0),
            (LicenceKind::FreePass, Some("second"), 500),
            (LicenceKind::FreePass, Some("unknown"), 0),
        ] {
            assert_eq!(Campaign::price_of(&period(kind, campaign), &all), yen, "{kind} {campaign:?}");
        }
    }
}
