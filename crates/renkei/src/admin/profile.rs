//! `renkei admin profile`: receiver profiles, and which office's software each is of.

use anyhow::bail;
use serde::Serialize;
use standard::{OfficeNumber, Profile, ProfileId};
use store::Ledger as _;

use super::args::{OfficeArg, ProfileCommand};
use super::deployment::Deployment;
use crate::output::Output;
use crate::profile;

/// A profile that is published.
#[derive(Serialize)]
struct Published {
    id: ProfileId,
    software: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

/// What an office reads files with.
#[derive(Serialize)]
struct InUse {
    office: OfficeNumber,
    profile: Option<ProfileId>,
}

pub(super) async fn run(command: ProfileCommand, deployment: &Deployment, output: &Output) -> anyhow::Result<()> {
    match command {
        ProfileCommand::Put { file } => {
            let (text, Profile { id, software, .. }) = profile::read(&file)?;
            deployment.stores.ledger.save_profile(&id, &text).await?;
            let line = format!("{id}  {software}");
            output.either(&Published { id, software, text: None }, line)?;
        }
        ProfileCommand::Show { id } => {
            let text = published(deployment, &id).await?;
            let Profile { id, software, .. } = Profile::parse(&text)?;
            let shown = text.trim_end().to_owned();
            output.either(&Published { id, software, text: Some(text) }, shown)?;
        }
        ProfileCommand::Use { office, id } => {
            if let Some(id) = &id {
                published(deployment, id).await?;
            }
            deployment
                .change_office(&office, |entry| {
                    entry.profile.clone_from(&id);
                    Ok(())
                })
                .await?;
            show(InUse { office, profile: id }, output)?;
        }
        ProfileCommand::Of(OfficeArg { office }) => {
            let profile = deployment.office(&office).await?.profile;
            show(InUse { office, profile }, output)?;
        }
    }
    Ok(())
}

fn show(used: InUse, output: &Output) -> anyhow::Result<()> {
    let line = format!("{}  {}", used.office, used.profile.as_ref().map_or("–", ProfileId::as_str));
    Ok(output.either(&used, line)?)
}

async fn published(deployment: &Deployment, id: &ProfileId) -> anyhow::Result<String> {
    match deployment.stores.ledger.profiles(std::slice::from_ref(id)).await?.pop() {
        Some((_, text)) => Ok(text),
        None => bail!("no profile {id} is published: `renkei admin profile put FILE` publishes one"),
    }
}
