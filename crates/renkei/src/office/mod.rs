//! The office's side: one file a command.

mod account;
pub(crate) mod args;
mod arrival;
mod directory;
mod enrol;
mod fetch;
mod home;
mod mail;
mod notices;
mod report;
mod send;
mod senders;
mod watch;

use std::process::ExitCode;

use self::args::OfficeCommand;
pub(crate) use self::arrival::open;
pub(crate) use self::fetch::fetch;
use self::home::Home;
pub(crate) use self::mail::acknowledge;
pub(crate) use self::senders::Senders;
use crate::output::{Output, harmless};

/// Does one thing at the exchange, or goes on until Ctrl-C.
pub(crate) async fn run(command: OfficeCommand, output: &Output) -> anyhow::Result<ExitCode> {
    let home = Home::find()?;
    if let OfficeCommand::Enrol(args) = command {
        return enrol::run(args, &home, output).await;
    }
    let client = home.client()?;
    match command {
        OfficeCommand::Enrol(_) => {}
        OfficeCommand::Send(args) => return send::run(args, &home, &client, output).await,
        OfficeCommand::Sent(args) => return mail::sent(args, &client, output).await,
        OfficeCommand::Cancel { id } => return mail::cancel(&id, &client, output).await,
        OfficeCommand::Inbox(args) => return mail::inbox(args, &client, output).await,
        OfficeCommand::Fetch(args) => return fetch::run(args, &client, output).await,
        OfficeCommand::Ack(args) => return mail::ack(args, &client, output).await,
        OfficeCommand::Notices(args) => return notices::run(args, &client, output).await,
        OfficeCommand::Offices(args) => return directory::offices(args, &client, output).await,
        OfficeCommand::Licence(command) => account::licence(command, &client, output).await?,
        OfficeCommand::Keys(command) => account::keys(command, &client, output).await?,
        OfficeCommand::Credentials => account::credentials(&client, output).await?,
        OfficeCommand::Partners(args) => return directory::partners(args, &client, output).await,
        OfficeCommand::Watch(args) => return watch::run(args, &home, &client, output).await,
    }
    Ok(ExitCode::SUCCESS)
}

/// What others wrote, for a table: one line that steers no terminal.
fn shown(text: &str) -> String {
    harmless(text).replace(['\n', '\t'], " ")
}
