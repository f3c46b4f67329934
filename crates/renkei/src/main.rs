//! The command `renkei`: an exchange on this machine, the offline check and conversion of files, an office's
//! side of the exchange, and the operator's tools.
//!
//! Every command takes `--json`. It ends with 0 when it is done, 1 when it was refused or failed, 2 when it was called wrongly.

mod admin;
mod args;
mod client;
mod convert;
mod demo;
mod explain;
mod kit;
mod local;
mod manual;
mod office;
mod output;
mod profile;
mod progress;
mod validate;

use std::process::ExitCode;

use crate::args::{Args, Command};
use crate::output::Output;

fn main() -> ExitCode {
    let Args { json, command } = Args::read();
    let output = Output::new(json);
    let done = match command {
        Command::Demo => in_runtime(demo::run(&output)),
        Command::Local(args) => in_runtime(local::run(args, &output)),
        Command::Validate(args) => validate::run(&args, &output),
        Command::Convert(args) => convert::run(&args, &output),
        Command::Kit(args) => kit::run(&args, &output),
        Command::Office(command) => in_runtime(office::run(command, &output)),
        Command::Admin(args) => in_runtime(admin::run(args, &output)),
        Command::Completions { shell } => manual::completions(shell),
        Command::Man { out } => manual::pages(&out, &output),
    };
    match done {
        Ok(code) => code,
        // whoever read our output has seen enough
        Err(error) if output::reader_left(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output.complain(&output::told(&error));
            ExitCode::FAILURE
        }
    }
}

fn in_runtime(command: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(command)
}
