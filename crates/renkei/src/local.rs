//! `renkei local`: the embedded exchange in the foreground.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use embedded::{Exchange, Options};
use store::Clock;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

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

/// Logs go to stderr. `RUST_LOG` is a level for the exchange's own lines; those of libraries stay at warnings whatever it says, for below that they
/// quote requests: manifests with attachments' names, session tokens, items.
fn log_to_stderr(json: bool) {
    let level = std::env::var("RUST_LOG").ok().and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::INFO);
    let own = ["renkei", "embedded", "deliver", "upkeep", "api", "store", "exchange"].map(|target| (target, level));
    // the S3 protocol calls every refusal an error, the database every condition that isn't met: that is how this exchange works
    let quiet = [("s3s", LevelFilter::OFF), ("dynoxide", LevelFilter::ERROR)];
    let filter = Targets::new().with_default(LevelFilter::WARN).with_targets(own).with_targets(quiet);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = if json { lines.json().boxed() } else { lines.with_target(false).boxed() };
    tracing_subscriber::registry().with(lines.with_filter(filter)).init();
    // a panic's words may quote what was worked on
    std::panic::set_hook(Box::new(|panic| tracing::error!(place = panic.location().map(ToString::to_string), "panicked")));
}

/// Ends at Ctrl-C, and where there are Unix signals, at SIGTERM.
#[cfg(unix)]
pub(crate) fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
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
pub(crate) fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}
