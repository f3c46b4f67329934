//! `renkei admin campaign`: times in which offices may apply for free passes.

use exchange::Campaign;
use store::steps::{known_campaigns, put_campaign};

use super::args::CampaignCommand;
use super::deployment::Deployment;
use super::licence_args::CampaignPut;
use crate::output::{HEADING, Output};

pub(super) async fn run(command: CampaignCommand, deployment: &Deployment, output: &Output) -> anyhow::Result<()> {
    let ledger = &deployment.stores.ledger;
    match command {
        CampaignCommand::Put(CampaignPut { id, opens, closes, months, fee }) => {
            let campaign = Campaign { id, opens, closes, months, fee };
            put_campaign(ledger, &campaign).await?;
            print(&campaign, output)
        }
        CampaignCommand::List => known_campaigns(ledger).await?.iter().try_for_each(|campaign| print(campaign, output)),
    }
}

fn print(campaign: &Campaign, output: &Output) -> anyhow::Result<()> {
    let Campaign { id, opens, closes, months, fee } = campaign;
    Ok(output.either(campaign, format_args!("{HEADING}{id}{HEADING:#}  {opens} – {closes}  {months} months  ¥{fee}"))?)
}
