//! `renkei validate`: files, folders and archives against the standard, offline, set by set. A file is streamed, never held whole.

mod gather;
mod judge;
mod sarif;
mod table;

use std::io;
use std::process::ExitCode;
use std::sync::Arc;

use clap::CommandFactory as _;
use clap::error::ErrorKind;
use exchange::RejectionCode;
use serde::Serialize;
use standard::{Finding, FindingView};

use crate::args::{Args, Format, ValidateArgs};
use crate::explain;
use crate::output::{self, FAINT, Output};
use crate::profile;
use crate::progress::Progress;

use self::gather::gather;
use self::judge::{FileReport, Judge, SetReport};

/// One line of JSON (contract §7): a file, or what its set says as a whole.
#[derive(Serialize)]
struct Line<'a> {
    file: Option<&'a str>,
    /// Where it lies, for what came from a folder or an archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    /// Of a set: its files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<&'a str>,
    findings: Vec<Shown>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<Reason>,
}

#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    finding: FindingView,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
}

/// What the exchange would refuse the file for beside the standard.
#[derive(Serialize)]
struct Reason {
    code: RejectionCode,
    message: &'static str,
    message_ja: &'static str,
}

/// Checks all files, also behind one that can't be read.
pub(crate) fn run(args: &ValidateArgs, output: &Output) -> anyhow::Result<ExitCode> {
    if !args.explain.is_empty() {
        return Ok(explain::run(&args.explain, args.markdown, output)?);
    }
    let format = if output.json { Format::Json } else { args.format };
    if format == Format::Sarif && args.show_values {
        Args::command().error(ErrorKind::ArgumentConflict, "--show-values is not for SARIF: logs of code scanning are kept").exit();
    }
    let output = &Output::new(format != Format::Table);
    let profile = args.profile.as_deref().map(profile::read).transpose()?.map(|(_, profile)| Arc::new(profile));
    if let Some(profile) = &profile {
        output.line(format_args!("{FAINT}受信側ソフトの条件 / receiver profile: {} ({}){FAINT:#}", profile.software, profile.id))?;
    }
    let (places, mut complaints) = gather(&args.files);
    if complaints.is_empty() && places.iter().all(|place| place.files.is_empty()) {
        // a pipeline whose export broke must not stay green
        complaints.push("there is no file to check / 確認するファイルがありません".to_owned());
    }
    for complaint in &complaints {
        output.complain(complaint);
    }
    let progress =
        Progress::of_bytes(places.iter().flat_map(|place| &place.files).fold(0, |sum: u64, file| sum.saturating_add(file.size_bytes)));
    let (mut told, mut all_fine) = (Vec::new(), true);
    let judge = Judge { args, profile, progress: &progress };
    for place in &places {
        for name in &place.passed_over {
            progress
                .pause(|| output.remark(&format!("{name}: passed over: neither a file of the standard nor a type that can be attached")));
        }
        judge.judge(place, &mut |report| match report {
            Ok(set) => {
                all_fine &= set.is_fine();
                progress.pause(|| match format {
                    Format::Table => table::print(&set, output),
                    Format::Json => print_json(&set, output),
                    Format::Sarif => {
                        told.push(set);
                        Ok(())
                    }
                })
            }
            Err(error) => {
                let complaint = output::told(&error);
                progress.pause(|| output.complain(&complaint));
                complaints.push(complaint);
                Ok(())
            }
        })?;
    }
    progress.finish();
    if format == Format::Sarif {
        output.object(&sarif::log(&told, &complaints))?;
    }
    Ok(if all_fine && complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print_json(set: &SetReport, output: &Output) -> io::Result<()> {
    for file in &set.files {
        let FileReport { file: name, path, found, kind, findings, refusals, .. } = file;
        output.object(&Line {
            file: Some(name),
            path: found.then_some(path),
            files: Vec::new(),
            findings: findings.listed().iter().map(|it| Shown { finding: it.view(*kind), value: file.value(it) }).collect(),
            reasons: refusals.iter().map(|code| Reason { code: *code, message: code.message(), message_ja: code.message_ja() }).collect(),
        })?;
        for remark in table::remarks(file) {
            output.remark(&remark);
        }
    }
    if !set.findings.is_empty() {
        let shown = |finding: &Finding| Shown { finding: finding.view(None), value: None };
        output.object(&Line {
            file: None,
            path: None,
            files: set.files.iter().map(FileReport::title).collect(),
            findings: set.findings.listed().iter().map(shown).collect(),
            reasons: Vec::new(),
        })?;
    }
    Ok(())
}
