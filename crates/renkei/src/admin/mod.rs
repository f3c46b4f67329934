//! `renkei admin`: the operator's tools.

mod adoption;
pub(crate) mod args;
mod campaign;
mod code;
mod deployment;
mod import;
mod key;
mod ledger;
mod licence;
mod licence_args;
mod misuse;
mod office;
mod profile;

use std::process::ExitCode;

use embedded::operator::OfficeAccess;
use serde::Serialize;

use self::args::{AdminArgs, AdminCommand, OfficeArg};
use self::deployment::Deployment;
pub(crate) use self::ledger::{empty_table, table, view};
use crate::output::{MISUSE, Output};

/// Finds the deployment and does one thing there.
pub(crate) async fn run(args: AdminArgs, output: &Output) -> anyhow::Result<ExitCode> {
    if let Some(told) = misuse::misuse(&args.command) {
        output.complain(&told);
        return Ok(ExitCode::from(MISUSE));
    }
    let deployment = Deployment::find(args.data.as_deref()).await?;
    match args.command {
        AdminCommand::Office(command) => office::run(command, &deployment, output).await?,
        AdminCommand::Key(command) => key::run(command, &deployment, output).await?,
        AdminCommand::Code(args) => code::run(args, &deployment, output).await?,
        AdminCommand::Profile(command) => profile::run(command, &deployment, output).await?,
        AdminCommand::Licence(command) => licence::run(command, &deployment, output).await?,
        AdminCommand::Campaign(command) => campaign::run(command, &deployment, output).await?,
        AdminCommand::Adoption { prefecture } => adoption::run(prefecture, &deployment, output).await?,
        AdminCommand::Credentials(OfficeArg { office }) => {
            // an office that isn't registered has no prefixes of its own
            deployment.office(&office).await?;
            let access = deployment.credentials(&office).await?;
            output.either(&access, shell_variables(&access))?;
        }
        AdminCommand::Ledger(command) => ledger::run(command, &deployment, output).await?,
        AdminCommand::Redrive => {
            let moved = deployment.dead_letters().await?.redrive().await?;
            output.either(&Redriven { moved }, format_args!("{moved} dead letters moved back"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What `redrive` did.
#[derive(Serialize)]
struct Redriven {
    moved: u64,
}

/// For `eval` in a shell: what the AWS SDK and its command read.
pub(crate) fn shell_variables(access: &OfficeAccess) -> String {
    let OfficeAccess { endpoint, region, bucket, access_key_id, secret_access_key, session_token } = access;
    format!(
        "# bucket {bucket}\nexport AWS_ENDPOINT_URL_S3={endpoint}\nexport AWS_REGION={region}\nexport AWS_ACCESS_KEY_ID={access_key_id}\n\
         export AWS_SECRET_ACCESS_KEY={secret_access_key}\nexport AWS_SESSION_TOKEN={session_token}"
    )
}
