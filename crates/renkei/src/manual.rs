//! `renkei completions` and `renkei man`: what shells and `man` want to know of the command, made from what it takes.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::args::Args;
use crate::output::Output;

/// A shell's completions, on stdout.
pub(crate) fn completions(shell: Shell) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "renkei", &mut script);
    io::stdout().write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}

/// A page for each command, in section 1.
pub(crate) fn pages(out: &Path, output: &Output) -> anyhow::Result<ExitCode> {
    std::fs::create_dir_all(out).with_context(|| format!("the folder {} can't be made", out.display()))?;
    clap_mangen::generate_to(Args::command(), out).with_context(|| format!("{} can't be written", out.display()))?;
    output.either(&serde_json::json!({"out": out}), format_args!("{}", out.display()))?;
    Ok(ExitCode::SUCCESS)
}
