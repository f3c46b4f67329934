//! `renkei admin licence`: periods of Japanese days.

use anyhow::{Context as _, bail};
use exchange::{Campaign, LicenceKind, LicencePeriod};
use jiff::civil::Date;
use serde::Serialize;
use standard::OfficeNumber;

use super::args::{LicenceCommand, OfficeArg};
use super::deployment::Deployment;
use crate::output::{FAINT, HEADING, Output};

/// A licence as the operator sees it (contract §7).
#[derive(Serialize)]
struct Licence<'a> {
    office: &'a OfficeNumber,
    kind: LicenceKind,
    first: Date,
    last: Date,
}

pub(super) async fn run(command: LicenceCommand, deployment: &Deployment, output: &Output) -> anyhow::Result<()> {
    match command {
        LicenceCommand::Grant { office, kind, first, last } => {
            let period = period(kind, first, last)?;
            deployment
                .change_office(&office, |entry| {
                    let granted = |known: &LicencePeriod| (known.kind, known.first, known.last) == (kind, first, period.last);
                    if !entry.licences.iter().any(granted) {
                        entry.licences.push(period.clone());
                    }
                    Ok(())
                })
                .await?;
            print(&office, &period, output)
        }
        LicenceCommand::List(OfficeArg { office }) => {
            let entry = deployment.office(&office).await?;
            if entry.licences.is_empty() {
                output.line(format_args!("{FAINT}office {office} never had a licence{FAINT:#}"))?;
            }
            entry.licences.iter().try_for_each(|period| print(&office, period, output))
        }
    }
}

/// A free pass that begins while the campaign takes applications is the campaign's one for the office.
fn period(kind: LicenceKind, first: Date, last: Option<Date>) -> anyhow::Result<LicencePeriod> {
    let last = match last {
        Some(last) if last < first => bail!("the last day {last} lies before the first day {first}"),
        Some(last) => last,
        None => LicencePeriod::year_from(first).context("a year from that day is past the calendar's end: give --last")?,
    };
    let campaign = Campaign::free_pass_2025();
    let under = kind == LicenceKind::FreePass && campaign.is_open_on(first);
    Ok(LicencePeriod { kind, campaign: under.then_some(campaign.id), first, last })
}

fn print(office: &OfficeNumber, period: &LicencePeriod, output: &Output) -> anyhow::Result<()> {
    let LicencePeriod { kind, first, last, .. } = *period;
    let licence = Licence { office, kind, first, last };
    Ok(output.either(&licence, format_args!("{HEADING}{office}{HEADING:#}  {:<9}  {first} – {last}", kind.as_str()))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_free_pass_that_begins_within_the_campaign_is_the_campaigns() {
        let check = |kind, first: &str, campaign: Option<&str>| {
            let period = period(kind, first.parse().unwrap(), None).unwrap();
            assert_eq!(period.campaign.as_deref(), campaign, "{kind} {first}");
        };
        check(LicenceKind::FreePass, "2025-05-31", None);
        check(LicenceKind::FreePass, "2025-06-01", Some("free-pass-2025"));
        check(LicenceKind::FreePass, "2026-05-31", Some("free-pass-2025"));
        check(LicenceKind::FreePass, "2026-06-01", None);
        check(LicenceKind::Paid, "2026-01-01", None);
    }

    #[test]
    fn a_period_ends_on_its_first_day_at_the_earliest() {
        let period = |first: &str, last: &str| period(LicenceKind::Paid, first.parse().unwrap(), Some(last.parse().unwrap()));
        assert!(period("2026-04-01", "2026-04-01").is_ok());
        assert!(period("2026-04-01", "2026-03-31").is_err());
        assert!(super::period(LicenceKind::Paid, Date::MAX, None).is_err());
    }
}
