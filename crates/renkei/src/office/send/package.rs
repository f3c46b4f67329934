//! What is sent: files with their digests, and what the check on this machine says about them before anybody else does.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use exchange::{Contents, Inspection, Judgement, MAX_PARTS, ManifestName, RejectionCode, ReportReason, Sha256Digest, set_digest};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use standard::{Address, OfficeNumber};
use unicode_normalization::UnicodeNormalization as _;

use crate::progress::Progress;

const CHUNK_BYTES: usize = 64 * 1024;

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Parcel {
    pub(crate) path: PathBuf,
    /// As its manifest calls it.
    pub(crate) name: String,
    pub(crate) size: u64,
    pub(crate) sha256: Sha256Digest,
}

/// All that goes at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Package {
    pub(crate) to: Vec<Address>,
    pub(crate) files: Vec<Parcel>,
}

impl Package {
    /// Reads the files, and says why the exchange would refuse them, as far as this machine can know.
    pub(crate) fn read(paths: &[PathBuf], sender: &OfficeNumber, to: &[Address]) -> anyhow::Result<(Self, Vec<ReportReason>)> {
        ensure!(
            (1..=usize::from(MAX_PARTS)).contains(&paths.len()),
            "一度に送信できるのは 1～{MAX_PARTS} ファイルです。\n1 to {MAX_PARTS} files are sent at once"
        );
        let sizes = paths.iter().map(|path| fs::metadata(path).map_or(0, |about| about.len()));
        let progress = Progress::of_bytes(sizes.fold(0, u64::saturating_add));
        let (mut files, mut contents) = (Vec::new(), Vec::new());
        for path in paths {
            let (parcel, content) = read(path, sender, to, &progress).with_context(|| format!("{} can't be read", path.display()))?;
            files.push(parcel);
            contents.push(content);
        }
        progress.finish();
        // licences, offices and quotas only the exchange knows
        let judgement =
            Judgement { sender, recipients: to, offices: &[], day: Date::default(), broken: Vec::new(), whole: true, exceeds_quota: false };
        let is_known_here =
            |reason: &ReportReason| !matches!(reason.code, RejectionCode::SenderUnlicensed | RejectionCode::RecipientUnknown);
        let reasons = judgement.of(&mut contents).into_iter().filter(is_known_here).collect();
        Ok((Self { to: to.to_vec(), files }, reasons))
    }

    /// The digest over all files.
    pub(crate) fn set(&self) -> Sha256Digest {
        set_digest(self.files.iter().map(|file| (file.sha256, file.size, file.name.as_str())))
    }

    /// The same for the same files to the same addresses, in whatever order.
    pub(crate) fn fingerprint(&self, origin: &str, sender: &OfficeNumber) -> String {
        let mut to: Vec<String> = self.to.iter().map(ToString::to_string).collect();
        to.sort_unstable();
        Sha256Digest::of(format!("{origin}\n{sender}\n{}\n{}", self.set(), to.join(" ")).as_bytes()).hex()
    }
}

impl Parcel {
    /// Its bytes, if they are still those that the manifest speaks of.
    pub(crate) fn content(&self) -> anyhow::Result<Vec<u8>> {
        let content = fs::read(&self.path).with_context(|| {
            format!(
                "{} を読み込めません。移動した場合は、移動先のファイルで同じコマンドを実行すると続きから送信します。\n\
                 the file can't be read: if it was moved, the same command with its new place goes on",
                self.path.display()
            )
        })?;
        ensure!(
            Sha256Digest::of(&content) == self.sha256,
            "{} は送信の開始後に変更されました。元に戻すか、新しい送信としてやり直してください。\nthe file has changed since its sending began",
            self.path.display()
        );
        Ok(content)
    }
}

fn read(path: &Path, sender: &OfficeNumber, to: &[Address], progress: &Progress) -> anyhow::Result<(Parcel, Contents)> {
    // some systems decompose letters in names
    let name: String = path.file_name().and_then(|name| name.to_str()).context("its name is not Unicode text")?.nfc().collect();
    let mut inspection = Inspection::new(&ManifestName::new(&name), sender, to, &[]);
    let mut file = File::open(path)?;
    ensure!(file.metadata()?.is_file(), "it is not a file");
    let (mut hasher, mut size, mut chunk) = (Sha256::new(), 0_u64, vec![0; CHUNK_BYTES]);
    loop {
        let filled = match file.read(&mut chunk) {
            Ok(0) => break,
            Ok(filled) => filled,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        let bytes = chunk.get(..filled).unwrap_or_default();
        hasher.update(bytes);
        size = size.saturating_add(filled as u64);
        if size <= Inspection::READ_AT_MOST {
            inspection.push(bytes);
        }
        progress.add(filled as u64);
    }
    let contents = if size > Inspection::READ_AT_MOST { inspection.too_large() } else { inspection.finish() };
    let parcel = Parcel { path: std::path::absolute(path)?, name, size, sha256: Sha256Digest::from_bytes(hasher.finalize().into()) };
    Ok((parcel, contents))
}
