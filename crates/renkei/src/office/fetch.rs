//! `renkei fetch`: a delivery becomes a folder, whole or not at all.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use embedded::disk::sync_folder;
use exchange::{DeliveryView, TransmissionId};
use serde::Serialize;

use super::args::FetchArgs;
use super::senders::Senders;
use super::{arrival, shown};
use crate::client::Client;
use crate::output::{self, FAINT, GOOD, Output};

/// A delivery that is here.
#[derive(Serialize)]
pub(crate) struct Fetched<'a> {
    id: &'a TransmissionId,
    pub(crate) folder: PathBuf,
    /// What they are called in it.
    pub(crate) files: Vec<String>,
    /// Whether it came just now.
    new: bool,
    /// Whether the signatures of its manifests were verified just now: of all that came.
    pub(crate) verified: bool,
}

pub(super) async fn run(FetchArgs { id, out }: FetchArgs, client: &Client, output: &Output) -> anyhow::Result<ExitCode> {
    let views = match id {
        Some(id) => vec![client.get(&format!("/v1/inbox/{id}"), &[]).await?],
        None => arrival::open(client).await?,
    };
    if views.is_empty() {
        output.line(format_args!("{FAINT}新しく受信したものはありません / nothing new has come{FAINT:#}"))?;
    }
    let (mut all_here, mut senders) = (true, Senders::default());
    for view in &views {
        match fetch(view, &out, &mut senders, client).await {
            Ok(fetched) => {
                let files = fetched.files.iter().map(|file| shown(file)).collect::<Vec<_>>().join("\n  ");
                let verdict = if fetched.new {
                    "受信しました（電子署名を確認済み）/ fetched, signature verified"
                } else {
                    "受信済みです / here already"
                };
                let folder = fetched.folder.display();
                output.either(&fetched, format_args!("{GOOD}{verdict}{GOOD:#}  {}  {folder}\n  {files}", fetched.id))?;
            }
            // one that was cancelled meanwhile doesn't keep back the others
            Err(error) => {
                all_here = false;
                output.complain(&format!("{}: {}", view.id, output::told(&error)));
            }
        }
    }
    Ok(if all_here { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Gets a delivery into a folder of its own below `out`, if it isn't there.
pub(crate) async fn fetch<'a>(view: &'a DeliveryView, out: &Path, senders: &mut Senders, client: &Client) -> anyhow::Result<Fetched<'a>> {
    let folder = out.join(view.id.to_string());
    let files = arrival::names(view)?;
    if folder.symlink_metadata().is_ok() {
        for (file, name) in view.files.iter().zip(&files) {
            if !arrival::holds(&folder.join(name), file)? {
                bail!(
                    "{} の中身が受信したものと違います。フォルダーを移動するか、--out で別の場所を指定してください。\n\
                     that folder holds something else; nothing was written over: move it away, or give another --out",
                    folder.display()
                );
            }
        }
        return Ok(Fetched { id: &view.id, folder, files, new: false, verified: false });
    }
    fs::create_dir_all(out).with_context(|| format!("the folder {} can't be made", out.display()))?;
    let unfinished = tempfile::Builder::new().prefix(".renkei-").tempdir_in(out)?;
    let named: Vec<_> = view.files.iter().zip(files.iter().map(String::as_str)).collect();
    arrival::get(view, &named, unfinished.path(), senders, client).await?;
    fs::rename(unfinished.path(), &folder).with_context(|| format!("{} can't be made", folder.display()))?;
    sync_folder(out)?;
    Ok(Fetched { id: &view.id, folder, files, new: true, verified: true })
}
