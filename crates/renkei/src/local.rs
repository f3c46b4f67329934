//! `renkei local`: the embedded exchange in the foreground.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use embedded::{Exchange, Options};
use store::Clock;
use tracing_subscriber::EnvFilter;

use crate::args::LocalArgs;
use crate::output::{FAINT, HEADING, Output};

/// Runs until Ctrl-C or SIGTERM. With `--json` the addresses are the only line on stdout.
pub(crate) async fn run(args: LocalArgs, output: &Output) -> anyhow::Result<ExitCode> {
    log_to_stderr(output.json);
    let data = args.data.map_or_else(default_data, Ok)?;
    let clock = args.now.map_or_else(Clock::system, Clock::starting_at);
    // before the start: a signal that comes meanwhile must not be lost
    let stop = stop_signal()?;
    let exchange = Exchange::start(Options { data: data.clone(), port: args.port, clock }).await?;
    output.object(&exchange.operator.announcement())?;
    let operator = &exchange.operator;
    output.line(format_args!("{HEADING}The exchange runs, for this machine only.{HEADING:#}"))?;
    output.line(format_args!(
        "  API       {}\n  S3        {}  (bucket {})\n  DynamoDB  {}",
        operator.api, operator.s3, operator.bucket, operator.dynamodb
    ))?;
    output.line(format_args!("  data      {}", data.display()))?;
    output.line(format_args!(
        "{FAINT}renkei admin --data {} … reaches it. Ctrl-C stops it; nothing is lost by that.{FAINT:#}",
        data.display()
    ))?;
    stop.await;
    exchange.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// The platform's folder for a program's data: `~/.local/share/renkei` on Linux.
pub(crate) fn default_data() -> anyhow::Result<PathBuf> {
    let folders = directories::ProjectDirs::from("", "", "renkei").context("this system names no folder for data: give one with --data")?;
    Ok(folders.data_dir().to_owned())
}

fn log_to_stderr(json: bool) {
    // the database warns of every conditional write whose condition is not met, which is how this exchange works; the S3 protocol calls every
    // refusal an error, and its words may quote keys
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,dynoxide=error,s3s=off"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if json { lines.json().init() } else { lines.with_target(false).init() }
}

/// Ends at Ctrl-C, and where there are Unix signals, at SIGTERM.
#[cfg(unix)]
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ends at Ctrl-C.
#[cfg(not(unix))]
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}
