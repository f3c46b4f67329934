//! `renkei admin licence`: periods of Japanese days.

use anyhow::Context as _;
use exchange::{Campaign, LicenceKind, LicencePeriod, spreadsheet, spreadsheet_cell};
use jiff::civil::Date;
use serde::Serialize;
use standard::OfficeNumber;
use store::steps::{grant_licence, known_campaigns};
use store::{AT_ONCE, Directory as _};

use super::args::{LicenceCommand, OfficeArg};
use super::deployment::{Deployment, unregistered};
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
            let period = period(kind, first, last, &known_campaigns(&deployment.stores.ledger).await?)?;
            if grant_licence(&deployment.stores.ledger, &office, &period).await?.is_none() {
                return Err(unregistered(&office));
            }
            print(&office, &period, output)
        }
        LicenceCommand::List(OfficeArg { office }) => {
            let entry = deployment.office(&office).await?;
            if entry.licences.is_empty() {
                output.line(format_args!("{FAINT}office {office} never had a licence{FAINT:#}"))?;
            }
            entry.licences.iter().try_for_each(|period| print(&office, period, output))
        }
        LicenceCommand::Report { month } => report(month, deployment, output).await,
    }
}

/// A free pass that begins while a campaign takes applications is that campaign's one for the office.
fn period(kind: LicenceKind, first: Date, last: Option<Date>, campaigns: &[Campaign]) -> anyhow::Result<LicencePeriod> {
    let last = match last {
        Some(last) => last,
        None => LicencePeriod::year_from(first).context("a year from that day is past the calendar's end: give --last")?,
    };
    let under = campaigns.iter().find(|campaign| kind == LicenceKind::FreePass && campaign.is_open_on(first));
    Ok(LicencePeriod { kind, campaign: under.map(|campaign| campaign.id.clone()), first, last })
}

/// The bills of a month: CSV that a spreadsheet opens, or one object a line.
async fn report(month: Date, deployment: &Deployment, output: &Output) -> anyhow::Result<()> {
    let ledger = &deployment.stores.ledger;
    let mut table = vec![["事業所番号", "事業所名", "種別", "キャンペーン", "初日", "最終日", "金額（円）"].map(str::to_owned)];
    let mut cursor: Option<String> = None;
    loop {
        let page = ledger.bills(month, AT_ONCE, cursor.as_deref()).await?;
        let numbers: Vec<OfficeNumber> = page.items.iter().map(|bill| bill.office).collect();
        let offices = ledger.offices(&numbers).await?;
        for bill in &page.items {
            output.object(bill)?;
            let name = offices.iter().find(|(office, _)| office.number == bill.office).map(|(office, _)| office.name.as_str());
            let kind = match bill.kind {
                LicenceKind::Paid => "有償",
                LicenceKind::FreePass => "フリーパス",
            };
            let [name, campaign] = [name, bill.campaign.as_deref()].map(|text| spreadsheet_cell(text.unwrap_or_default()).into_owned());
            let (first, last, yen) = (bill.first.to_string(), bill.last.to_string(), bill.yen.to_string());
            table.push([bill.office.to_string(), name, kind.to_owned(), campaign, first, last, yen]);
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    output.document(spreadsheet(table)?)?;
    Ok(())
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
            let period = period(kind, first.parse().unwrap(), None, &[Campaign::free_pass_2025()]).unwrap();
            assert_eq!(period.campaign.as_deref(), campaign, "{kind} {first}");
        };
        check(LicenceKind::FreePass, "2025-05-31", None);
        check(LicenceKind::FreePass, "2025-06-01", Some("free-pass-2025"));
        check(LicenceKind::FreePass, "2026-05-31", Some("free-pass-2025"));
        check(LicenceKind::FreePass, "2026-06-01", None);
        check(LicenceKind::Paid, "2026-01-01", None);
    }

    #[test]
    fn a_year_ends_within_the_calendar() {
        assert!(period(LicenceKind::Paid, Date::MAX, None, &[]).is_err());
    }
}
