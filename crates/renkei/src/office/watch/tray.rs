//! Where files lie once they were sent or refused. A move is written down before its first file: after a crash it is finished, never half a set taken
//! for a set.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use exchange::{ReportReason, Sha256Digest};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::office::home::{read_json, sync_folder, write_json};
use crate::office::report;
use crate::office::send::{Package, Parcel};

/// A move of files into a folder.
#[derive(Serialize, Deserialize)]
pub(super) struct Tray {
    folder: PathBuf,
    files: Vec<Moved>,
}

#[derive(Serialize, Deserialize)]
struct Moved {
    from: PathBuf,
    name: String,
    sha256: Sha256Digest,
}

impl Tray {
    pub(super) fn new(folder: &Path, package: &Package) -> Self {
        let moved = |file: &Parcel| Moved { from: file.path.clone(), name: file.name.clone(), sha256: file.sha256 };
        Self { folder: folder.to_owned(), files: package.files.iter().map(moved).collect() }
    }

    /// Writes how it ended beside where the files will be, then moves them.
    pub(super) fn put(&self, ended: &Result<(), Vec<ReportReason>>, view: Option<&Value>, moves: &Path) -> anyhow::Result<()> {
        let written = || format!("{} can't be written", self.folder.display());
        fs::create_dir_all(&self.folder).with_context(written)?;
        let reasons = ended.as_ref().err();
        fs::write(self.folder.join("report.json"), serde_json::to_vec_pretty(&json!({"transmission": view, "reasons": reasons}))?)
            .with_context(written)?;
        if let Some(reasons) = reasons {
            // the mark tells programs of Windows that it is UTF-8
            fs::write(self.folder.join("report.txt"), format!("\u{feff}{}", report::text(reasons))).with_context(written)?;
        }
        let note = moves.join(format!("{}.json", Sha256Digest::of(self.folder.to_string_lossy().as_bytes()).hex()));
        write_json(&note, self)?;
        self.carry_out()?;
        Ok(fs::remove_file(note)?)
    }

    /// Finishes the moves that were begun.
    pub(super) fn finish(moves: &Path) -> anyhow::Result<()> {
        for entry in fs::read_dir(moves)? {
            let note = entry?.path();
            if let Some(tray) = note.extension().filter(|extension| *extension == "json").and_then(|_| read_json::<Self>(&note).transpose())
            {
                tray?.carry_out()?;
                fs::remove_file(note)?;
            }
        }
        Ok(())
    }

    fn carry_out(&self) -> anyhow::Result<()> {
        for Moved { from, name, sha256 } in &self.files {
            let to = self.folder.join(name);
            let Ok(content) = fs::read(from) else {
                if to.exists() {
                    continue;
                }
                bail!("{} is gone", from.display());
            };
            // another file of that name came since: it is none of this move's
            if Sha256Digest::of(&content) != *sha256 {
                continue;
            }
            fs::rename(from, &to).with_context(|| format!("{} can't be moved to {}", from.display(), self.folder.display()))?;
        }
        Ok(sync_folder(&self.folder)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_move_that_broke_off_is_finished_and_takes_nothing_else_along() {
        let place = tempfile::tempdir().unwrap();
        let (folder, moves) = (place.path().join("sent/T"), place.path().join("moves"));
        fs::create_dir_all(&folder).unwrap();
        fs::create_dir_all(&moves).unwrap();
        let file = |name: &str, content: &str| {
            let from = place.path().join(name);
            Moved { from, name: name.to_owned(), sha256: Sha256Digest::of(content.as_bytes()) }
        };
        let tray = Tray { folder: folder.clone(), files: vec![file("a", "1"), file("b", "2"), file("c", "3")] };
        // a was moved before the crash, b not yet, and of c's name there is another file now
        fs::write(folder.join("a"), "1").unwrap();
        fs::write(place.path().join("b"), "2").unwrap();
        fs::write(place.path().join("c"), "4").unwrap();
        write_json(&moves.join("m.json"), &tray).unwrap();
        Tray::finish(&moves).unwrap();
        assert_eq!(fs::read_to_string(folder.join("a")).unwrap(), "1");
        assert_eq!(fs::read_to_string(folder.join("b")).unwrap(), "2");
        assert!(!place.path().join("b").exists());
        assert_eq!(fs::read_to_string(place.path().join("c")).unwrap(), "4");
        assert_eq!(fs::read_dir(&moves).unwrap().count(), 0);
    }
}
