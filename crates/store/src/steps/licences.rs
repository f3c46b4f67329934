//! Licences: applied for by offices, given by operators, billed by the month.

use exchange::{Campaign, LicencePeriod, LicenceView, Office, PassRefused, campaigns, free_pass};
use jiff::civil::Date;
use standard::OfficeNumber;

use super::patience::{Missed, patiently};
use crate::{Bill, Ledger, StoreError};

/// How an application for a free pass ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Application {
    /// The office has this pass now.
    Granted(LicencePeriod),
    /// It has none more.
    Refused(PassRefused),
    /// There is no such office.
    Unknown,
}

/// Gives an office its pass under the campaign that is open on this Japanese day. However many apply at once for one office, it has one; who repeats an
/// application whose answer got lost is told that the office has applied.
///
/// # Errors
/// Storage that failed, or others that write the entry all the time.
pub async fn apply_free_pass(ledger: &dyn Ledger, number: &OfficeNumber, day: Date) -> Result<Application, StoreError> {
    let known = known_campaigns(ledger).await?;
    patiently(|| async {
        let Some((mut office, read)) = ledger.office(number).await? else { return Ok(Application::Unknown) };
        let pass = match free_pass(&office.licences, &known, day) {
            Ok(pass) => pass,
            Err(refused) => return Ok(Application::Refused(refused)),
        };
        office.licences.push(pass.clone());
        let saved = ledger.grant(&office, read, &Bill::of(*number, &pass, &known)).await?;
        Missed::unless_written(saved, Application::Granted(pass))
    })
    .await
}

/// Gives an office a licence. The same period twice is one. `None` when there is no such office.
///
/// # Errors
/// Storage that failed, or others that write the entry all the time.
pub async fn grant_licence(ledger: &dyn Ledger, number: &OfficeNumber, period: &LicencePeriod) -> Result<Option<Office>, StoreError> {
    let known = known_campaigns(ledger).await?;
    patiently(|| async {
        let Some((mut office, read)) = ledger.office(number).await? else { return Ok(None) };
        let same = |held: &LicencePeriod| (held.kind, held.first, held.last) == (period.kind, period.first, period.last);
        if office.licences.iter().any(same) {
            return Ok(Some(office));
        }
        office.licences.push(period.clone());
        let saved = ledger.grant(&office, read, &Bill::of(*number, period, &known)).await?;
        Missed::unless_written(saved, Some(office))
    })
    .await
}

/// An office's licence on a Japanese day, with the campaigns that are open. `None` when there is no such office.
///
/// # Errors
/// Storage that failed.
pub async fn licence(ledger: &dyn Ledger, number: &OfficeNumber, day: Date) -> Result<Option<LicenceView>, StoreError> {
    let Some((office, _)) = ledger.office(number).await? else { return Ok(None) };
    Ok(Some(LicenceView::on(day, *number, &office.licences, &known_campaigns(ledger).await?)))
}

/// All campaigns, in the order they open.
///
/// # Errors
/// Storage that failed.
pub async fn known_campaigns(ledger: &dyn Ledger) -> Result<Vec<Campaign>, StoreError> {
    Ok(campaigns(&ledger.campaigns().await?.0))
}

/// Adds a campaign, or puts it in the place of the one of its name. Licences that were given stay as they are.
///
/// # Errors
/// Storage that failed, or others that write the campaigns all the time.
pub async fn put_campaign(ledger: &dyn Ledger, campaign: &Campaign) -> Result<(), StoreError> {
    patiently(|| async {
        let (mut stored, read) = ledger.campaigns().await?;
        match stored.iter_mut().find(|held| held.id == campaign.id) {
            Some(held) if held == campaign => return Ok(()),
            Some(held) => held.clone_from(campaign),
            None => stored.push(campaign.clone()),
        }
        Missed::unless_written(ledger.save_campaigns(&stored, read).await?, ())
    })
    .await
}
