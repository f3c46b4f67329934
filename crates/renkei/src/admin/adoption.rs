//! `renkei admin adoption`: how many offices of each municipality are licensed.

use exchange::{Adoption, Prefecture, japanese_day};
use store::steps::adoption;

use super::deployment::Deployment;
use super::ledger::empty_table;
use crate::output::{FAINT, Output};

pub(super) async fn run(prefecture: Option<Prefecture>, deployment: &Deployment, output: &Output) -> anyhow::Result<()> {
    let view = adoption(&deployment.stores.ledger, prefecture, japanese_day(deployment.now)).await?;
    if view.items.is_empty() {
        output.line(format_args!("{FAINT}no office whose municipality is known{FAINT:#}"))?;
        return Ok(());
    }
    let mut table = empty_table(["municipality", "name", "offices", "licensed", "rate"]);
    for row in &view.items {
        output.object(row)?;
        let Adoption { municipality, name, offices, licensed, rate } = row;
        let name = name.as_deref().unwrap_or("–").to_owned();
        table.add_row([municipality.to_string(), name, offices.to_string(), licensed.to_string(), percent(*rate)]);
    }
    output.line(table)?;
    let of = view.indicators;
    output.line(format_args!(
        "{} municipalities; with any licensed office {}, with at least 30 % {}",
        of.municipalities,
        percent(of.any),
        percent(of.thirty_percent)
    ))?;
    Ok(())
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}
