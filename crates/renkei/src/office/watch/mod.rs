//! `renkei watch`: what appears in an export folder is sent, what comes is put into an import folder.
//!
//! Folders are looked at, not listened to: many lie on network drives, which tell nobody of changes.

mod folder;
mod inward;
mod tray;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use clap::Args as Arguments;
use exchange::{ReportReason, TransmissionStatus};
use same_file::is_same_file;
use serde_json::{Value, json};
use standard::Address;

use self::folder::{Batch, Folder};
use self::inward::Inward;
use self::tray::{Stuck, Tray};
use super::home::Home;
use super::send::{Errand, Package, Standing};
use super::shown;
use crate::client::Client;
use crate::local::stop_signal;
use crate::output::{self, BAD, DOUBT, GOOD, HEADING, MISUSE, Output};

/// How long one round waits for a set to end; the next one asks again.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug, Arguments)]
pub(crate) struct WatchArgs {
    /// The folder that the care software exports into
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Send everything there [default: where the files' names say; attachments then stay where they are]
    #[arg(long, num_args = 1.., value_delimiter = ',', value_name = "ADDRESS")]
    to: Vec<Address>,
    /// Put what comes into this folder
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
    /// How many seconds between two looks
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    every: u64,
    /// A file counts as written when size and time stood still for so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    settle: u64,
    /// Send and fetch what is there now, then end; with 1 when something was refused, failed, or lacks the rest of its set
    #[arg(long)]
    once: bool,
}

struct Watch<'a> {
    args: &'a WatchArgs,
    home: &'a Home,
    client: &'a Client,
    output: &'a Output,
    folder: Folder,
    inward: Option<Inward>,
    /// What was complained of and still stands: it is said once.
    complaints: BTreeMap<String, String>,
    all_fine: bool,
}

pub(super) async fn run(args: WatchArgs, home: &Home, client: &Client, output: &Output) -> anyhow::Result<ExitCode> {
    for folder in std::iter::once(&args.folder).chain(&args.into) {
        ensure!(folder.is_dir(), "{} というフォルダーがありません。\nthere is no such folder", folder.display());
    }
    if let Some(into) = &args.into
        && is_same_file(&args.folder, into)?
    {
        // what comes would be sent on
        output.complain("送信するフォルダーと受信するフォルダー（--into）が同じです。別のフォルダーを指定してください。\n--into is the folder that is watched: name another one");
        return Ok(ExitCode::from(MISUSE));
    }
    let stop = stop_signal()?;
    let folder = Folder::new(&args.folder, Duration::from_secs(args.settle));
    let inward = args.into.as_deref().map(|into| Inward::new(into, home)).transpose()?;
    let mut watch = Watch { args: &args, home, client, output, folder, inward, complaints: BTreeMap::new(), all_fine: true };
    output.line(format_args!("{HEADING}{} を監視しています / watched, until Ctrl-C{HEADING:#}", args.folder.display()))?;
    tokio::select! {
        // what is under way is written down, and goes on next time
        () = stop => Ok(ExitCode::SUCCESS),
        ended = watch.rounds() => ended,
    }
}

impl Watch<'_> {
    async fn rounds(&mut self) -> anyhow::Result<ExitCode> {
        loop {
            self.round().await?;
            if self.args.once {
                tokio::time::sleep(Duration::from_secs(self.args.settle)).await;
                self.round().await?;
                self.tell_incomplete()?;
                return Ok(if self.all_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE });
            }
            tokio::time::sleep(Duration::from_secs(self.args.every.max(1))).await;
        }
    }

    /// What is left lying because the rest of its set isn't there: nobody will look again.
    fn tell_incomplete(&mut self) -> anyhow::Result<()> {
        for paths in self.folder.incomplete() {
            self.all_fine = false;
            let files: Vec<String> = paths.iter().map(|path| last_segment(path)).collect();
            let text = format!("{DOUBT}送信単位がそろっていません / the rest of the set isn't there{DOUBT:#}  {}", listed(&files));
            self.output.either(&json!({"event": "incomplete", "id": null, "folder": self.args.folder, "files": files}), text)?;
        }
        Ok(())
    }

    /// What lies elsewhere nobody put here to be sent.
    fn links(&self) -> anyhow::Result<()> {
        let links: Vec<String> = self.folder.links().iter().map(|path| last_segment(path)).collect();
        if links.is_empty() {
            return Ok(());
        }
        bail!(
            "シンボリックリンクの先は送信しません。ファイルそのものを置いてください。\nlinks are not followed: put the file itself there\n{}",
            listed(&links)
        )
    }

    /// Everything that can be done now; what fails is tried again next time.
    async fn round(&mut self) -> anyhow::Result<()> {
        let folder = self.args.folder.clone();
        // first what a move left behind: the rest of a set must not be taken for a set
        let moved = self.home.folder("moves").and_then(|moves| Tray::finish(&moves));
        if let Some(Stuck { errors, files: stuck }) = self.note("moves", moved) {
            for (of, error) in errors {
                self.note::<()>(&of.to_string_lossy(), Err(error));
            }
            let batches = self.folder.look(!self.args.to.is_empty());
            let links = self.links();
            self.note("links", links);
            for batch in self.note(&folder.to_string_lossy(), batches).unwrap_or_default() {
                let is_stuck = |path: &PathBuf| std::path::absolute(path).is_ok_and(|path| stuck.contains(&path));
                if !batch.paths().iter().any(is_stuck) {
                    let done = self.send(&batch).await;
                    self.note(&batch.title(), done);
                }
            }
        }
        if let Some(inward) = &mut self.inward {
            let arrived = inward.round(self.client).await;
            let (arrived, failed) = self.note("inbox", arrived).unwrap_or_default();
            for (id, error) in failed {
                self.note::<()>(&id, Err(error));
            }
            for (view, files) in arrived {
                let text = format!("{GOOD}受信しました / arrived{GOOD:#}  {}  {}", view.id, listed(&files));
                self.output.either(&json!({"event": "arrived", "id": view.id, "sender": view.sender, "files": files}), text)?;
            }
        }
        Ok(())
    }

    /// Sends a batch, and puts it where it belongs once it ended.
    async fn send(&mut self, batch: &Batch) -> anyhow::Result<()> {
        let to = if self.args.to.is_empty() { batch.addresses() } else { self.args.to.clone() };
        let (package, reasons) = Package::read(batch.paths(), &self.client.office, &to)?;
        if !reasons.is_empty() {
            return self.put_away(&package, Err(reasons), None);
        }
        let mut errand = Errand::of(&package, false, self.home, self.client).await?;
        let standing = match errand.carry_on(self.client).await? {
            Standing::Uploaded => errand.wait(PATIENCE, self.client).await?,
            standing => standing,
        };
        let (view, status) = match standing {
            Standing::Uploaded => return Ok(()),
            Standing::Refused(reasons) => return self.put_away(&package, Err(reasons), None),
            Standing::Ended(view, status) => (view, status),
        };
        let ended = if status == TransmissionStatus::Delivered {
            Ok(())
        } else {
            let rejected = serde_json::from_value(view.clone()).context("a transmission of another shape")?;
            let report = super::mail::report_of(&rejected, self.client).await?;
            Err(report.map(|report| report.reasons).unwrap_or_default())
        };
        self.put_away(&package, ended, Some((&view, &mut errand, status)))
    }

    /// `sent`: as what it ended, where it was sent. Until the move is written down it is looked at again, not sent again.
    fn put_away(
        &mut self,
        package: &Package,
        ended: Result<(), Vec<ReportReason>>,
        sent: Option<(&Value, &mut Errand, TransmissionStatus)>,
    ) -> anyhow::Result<()> {
        let view = sent.as_ref().map(|(view, ..)| *view);
        let id = view.and_then(|view| view.get("id")).and_then(Value::as_str);
        let place = id.map_or_else(
            || package.fingerprint(self.client.exchange.origin(), &self.client.office).chars().take(16).collect(),
            str::to_owned,
        );
        let event = if ended.is_ok() { "sent" } else { "refused" };
        let folder = self.args.folder.join(event).join(place);
        // a restart may be from elsewhere
        let tray = Tray::new(&std::path::absolute(&folder)?, package);
        let note = tray.begin(&ended, view, &self.home.folder("moves")?)?;
        if let Some((_, errand, status)) = sent {
            errand.close(status)?;
        }
        let moved = tray.carry_out(&note);
        let files: Vec<String> = package.files.iter().map(|file| file.name.clone()).collect();
        let text = match &ended {
            Ok(()) => format!("{GOOD}送信しました / sent{GOOD:#}  {}  {}", id.unwrap_or_default(), listed(&files)),
            Err(_) => format!("{BAD}差し戻し / refused{BAD:#}  {}  {}", folder.display(), listed(&files)),
        };
        self.all_fine &= ended.is_ok();
        self.output.either(&json!({"event": event, "id": id, "folder": folder, "files": files}), text)?;
        moved
    }

    /// What came of it; a failure is said once, as long as it stays the same.
    fn note<T>(&mut self, of: &str, done: anyhow::Result<T>) -> Option<T> {
        match done {
            Ok(done) => {
                self.complaints.remove(of);
                Some(done)
            }
            Err(error) => {
                self.all_fine = false;
                let told = output::told(&error);
                if self.complaints.insert(of.to_owned(), told.clone()).as_ref() != Some(&told) {
                    self.output.complain(&format!("{of}: {told}"));
                }
                None
            }
        }
    }
}

fn listed(files: &[String]) -> String {
    files.iter().map(|file| shown(file)).collect::<Vec<_>>().join("  ")
}

/// A path as it is told.
fn last_segment(path: &Path) -> String {
    path.file_name().map(|name| shown(&name.to_string_lossy())).unwrap_or_default()
}
