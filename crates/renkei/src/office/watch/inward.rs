//! What comes, into the import folder: once, however often the import software takes it away.
//!
//! A delivery is got whole into a hidden folder beside, then its files leave that for the import folder. Each step is written down before it is taken: after
//! a crash what has left already was put there, though the import software may have taken it since.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use embedded::disk::sync_folder;
use exchange::{DeliveryView, TransmissionId};
use serde::{Deserialize, Serialize};
use tempfile::TempPath;
use tokio::time::Instant;

use crate::client::Client;
use crate::office::arrival;
use crate::office::home::{Home, read_json, write_json};
use crate::office::senders::Senders;

/// How long what failed on its way is left alone, first and at most: every try fetches it again.
const PAUSE: Duration = Duration::from_secs(60);
const LONGEST_PAUSE: Duration = Duration::from_secs(60 * 60);

/// What arrived with its files, and what failed.
pub(super) type Arrived = (Vec<(DeliveryView, Vec<String>)>, Vec<(String, anyhow::Error)>);

/// The import folder, and what was put into it.
pub(super) struct Inward {
    into: PathBuf,
    marks: PathBuf,
    paused: BTreeMap<TransmissionId, (Instant, Duration)>,
}

/// How far a delivery is.
#[derive(Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "lowercase")]
enum Mark {
    /// Its files come into this folder.
    Fetching { beside: PathBuf },
    /// They are all there, and leave it.
    Placing { beside: PathBuf, files: Vec<String> },
    /// They are where the import software takes them.
    Placed { files: Vec<String> },
}

impl Inward {
    pub(super) fn new(into: &Path, home: &Home) -> anyhow::Result<Self> {
        Ok(Self { into: std::path::absolute(into)?, marks: home.folder("arrived")?, paused: BTreeMap::new() })
    }

    /// Puts every delivery into the folder that nobody acknowledged and that was not put there before.
    pub(super) async fn round(&mut self, client: &Client) -> anyhow::Result<Arrived> {
        let (mut arrived, mut failed) = (Vec::new(), Vec::new());
        let open = arrival::open(client).await?;
        for path in self.ended(&open)? {
            if let Err(error) = forget(&path) {
                failed.push((path.display().to_string(), error));
            }
        }
        let mut senders = Senders::default();
        for view in open {
            match self.take(&view, &mut senders, client).await {
                Ok(Some(files)) => arrived.push((view, files)),
                Ok(None) => {}
                Err(error) => failed.push((view.id.to_string(), error)),
            }
        }
        Ok((arrived, failed))
    }

    /// What was put there of a delivery just now; none where nothing is to be done.
    async fn take(&mut self, view: &DeliveryView, senders: &mut Senders, client: &Client) -> anyhow::Result<Option<Vec<String>>> {
        let mark = self.marks.join(format!("{}.json", view.id));
        let begun = match read_json::<Mark>(&mark)? {
            Some(Mark::Placed { .. }) => return Ok(None),
            Some(Mark::Placing { beside, files }) => return place(&mark, &beside, files).map(Some),
            Some(Mark::Fetching { beside }) => Some(beside),
            None => None,
        };
        // first all that can be known without it: what is fetched can't be taken back by its sender any more
        let files = arrival::names(view)?;
        let mut missing = Vec::new();
        for (file, name) in view.files.iter().zip(&files) {
            let path = self.into.join(name);
            if !arrival::holds(&path, file)? {
                ensure_free(&path)?;
                missing.push((file, name.as_str()));
            }
        }
        if self.paused.get(&view.id).is_some_and(|(until, _)| Instant::now() < *until) {
            return Ok(None);
        }
        let beside = match begun {
            Some(beside) if beside.parent() == Some(&self.into) && beside.is_dir() => beside,
            _ => {
                let hidden = tempfile::Builder::new().prefix(".renkei-").tempdir_in(&self.into);
                let beside = hidden.with_context(|| format!("nothing can be written into {}", self.into.display()))?.keep();
                write_json(&mark, &Mark::Fetching { beside: beside.clone() })?;
                beside
            }
        };
        if let Err(error) = arrival::get(view, &missing, &beside, senders, client).await {
            let pause = self.paused.get(&view.id).map_or(PAUSE, |(_, last)| (*last * 2).min(LONGEST_PAUSE));
            self.paused.insert(view.id.clone(), (Instant::now() + pause, pause));
            return Err(error);
        }
        self.paused.remove(&view.id);
        write_json(&mark, &Mark::Placing { beside: beside.clone(), files: files.clone() })?;
        place(&mark, &beside, files).map(Some)
    }

    /// Marks of deliveries that are open no more.
    fn ended(&self, open: &[DeliveryView]) -> anyhow::Result<Vec<PathBuf>> {
        let mut ended = Vec::new();
        for entry in fs::read_dir(&self.marks)? {
            let path = entry?.path();
            if !path.file_stem().is_some_and(|id| open.iter().any(|view| id.to_string_lossy() == view.id.to_string())) {
                ended.push(path);
            }
        }
        Ok(ended)
    }
}

/// Has the files leave for the import folder that have not left yet. Nothing is written over.
fn place(mark: &Path, beside: &Path, files: Vec<String>) -> anyhow::Result<Vec<String>> {
    let into = beside.parent().context("a mark of another shape")?;
    for name in &files {
        let (from, to) = (beside.join(name), into.join(name));
        if from.symlink_metadata().is_ok() {
            ensure_free(&to)?;
            let mut leaving = TempPath::try_from_path(&from)?;
            leaving.disable_cleanup(true);
            leaving.persist_noclobber(&to).with_context(|| format!("{} can't be written", to.display()))?;
        }
    }
    sync_folder(into)?;
    write_json(mark, &Mark::Placed { files: files.clone() })?;
    // empty by now
    drop(fs::remove_dir_all(beside));
    Ok(files)
}

/// Ends what was begun of a delivery that is open no more: what is here whole is put there all the same, what is not is thrown away.
fn forget(mark: &Path) -> anyhow::Result<()> {
    // half a mark, whose writer is gone, says nothing
    match read_json::<Mark>(mark).ok().flatten() {
        Some(Mark::Placing { beside, files }) => drop(place(mark, &beside, files)?),
        Some(Mark::Fetching { beside }) if beside.exists() => fs::remove_dir_all(beside)?,
        Some(Mark::Fetching { .. } | Mark::Placed { .. }) | None => {}
    }
    Ok(fs::remove_file(mark)?)
}

fn ensure_free(path: &Path) -> anyhow::Result<()> {
    if path.symlink_metadata().is_ok() {
        bail!(
            "{} という別のファイルがすでにあります。移動してからやり直してください。\nanother file of that name is there already; nothing was written over",
            path.display()
        );
    }
    Ok(())
}
