//! What is written down of a sending, for one process at a time.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use exchange::sign::ManifestDraft;
use exchange::{TransmissionId, TransmissionStatus, UnverifiedManifest};
use jiff::Timestamp;
use same_file::Handle;
use serde::{Deserialize, Serialize};
use standard::Address;

use super::package::{Package, Parcel};
use crate::client::Client;

/// As long as the exchange keeps what was delivered.
const KEPT: Duration = Duration::from_secs(93 * 24 * 60 * 60);

/// What is written down.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) id: TransmissionId,
    pub(super) to: Vec<Address>,
    pub(super) files: Vec<Parcel>,
    pub(super) manifests: Vec<String>,
    pub(super) signed_at: Timestamp,
    /// Names of the files that the storage has.
    pub(super) uploaded: BTreeSet<String>,
    pub(super) uploaded_at: Option<Timestamp>,
    /// How it ended, once its sender was told.
    pub(super) ended: Option<TransmissionStatus>,
}

impl Record {
    /// Signs a manifest for every file, under a new transmission or the one that is begun.
    pub(super) async fn sign(package: &Package, begun: Option<&TransmissionId>, client: &Client) -> anyhow::Result<Self> {
        let now = client.exchange.now().await?;
        let parts = u8::try_from(package.files.len()).context("too many files")?;
        let set = (parts > 1).then(|| package.set());
        let mut draft = ManifestDraft { parts, set, ..ManifestDraft::new(client.office, package.to.clone(), "", b"", now) };
        if let Some(id) = begun {
            draft.jti = id.jti();
        }
        let mut manifests = Vec::with_capacity(package.files.len());
        for file in &package.files {
            (draft.name, draft.size, draft.sha256) = (file.name.clone(), file.size, file.sha256);
            let manifest = draft.sign_as(&client.key, &client.kid)?;
            UnverifiedManifest::parse(&manifest)
                .context("この送信先・ファイル名では送信できません。送信先を減らすか、重複がないか確認してください")?;
            manifests.push(manifest);
        }
        Ok(Self {
            id: TransmissionId::new(client.office, draft.jti),
            to: package.to.clone(),
            files: package.files.clone(),
            manifests,
            signed_at: now,
            uploaded: BTreeSet::new(),
            uploaded_at: None,
            ended: None,
        })
    }

    /// The same files to the same addresses.
    pub(super) fn package(&self) -> Package {
        Package { to: self.to.clone(), files: self.files.clone() }
    }
}

/// The lock of a record: one process at a time does it.
pub(super) fn lock(record: &Path) -> anyhow::Result<File> {
    match try_lock(record)? {
        Some(lock) => Ok(lock),
        None => bail!("同じ送信がすでに実行中です。\nthis sending is under way in another window"),
    }
}

/// None where another process holds it.
fn try_lock(record: &Path) -> io::Result<Option<File>> {
    let path = record.with_extension("lock");
    loop {
        let file = File::options().create(true).append(true).open(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // whoever forgot the record may have taken the file away between the two
        let is_there = Handle::from_path(&path).and_then(|there| Ok(there == Handle::from_file(file.try_clone()?)?));
        if is_there.unwrap_or(false) {
            return Ok(Some(file));
        }
    }
}

/// The records in the folder.
pub(super) fn records(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut records = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            records.push(path);
        }
    }
    records.sort_unstable();
    Ok(records)
}

/// What was sent longer ago than the exchange keeps it needs no guard. What somebody is at stays, and what can't be taken away now goes another time.
pub(super) fn forget_old(folder: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_ours = path.extension().is_some_and(|extension| extension == "json" || extension == "lock");
        if !is_ours && is_old(&path) {
            // half a record: its writer is long gone
            drop(fs::remove_file(&path));
        }
        let (record, lock) = (path.with_extension("json"), path.with_extension("lock"));
        let is_old = || if record.exists() { is_old(&record) } else { is_old(&lock) };
        if is_ours
            && is_old()
            && let Ok(Some(_held)) = try_lock(&record)
            && is_old()
        {
            drop(fs::remove_file(&record));
            drop(fs::remove_file(&lock));
        }
    }
    Ok(())
}

fn is_old(path: &Path) -> bool {
    let modified = path.metadata().and_then(|about| about.modified());
    modified.is_ok_and(|modified| modified.elapsed().is_ok_and(|age| age > KEPT))
}
