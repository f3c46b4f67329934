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
