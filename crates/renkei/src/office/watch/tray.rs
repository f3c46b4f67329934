//! Where files lie once they were sent or refused. A move is written down before its first file: after a crash it is finished, never half a set taken
//! for a set.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::Context as _;
use embedded::disk::sync_folder;
use exchange::{ReportReason, Sha256Digest};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::office::home::{read_json, write_json};
use crate::office::report;
use crate::office::send::{Package, Parcel};

/// A move of files into a folder.
#[derive(Serialize, Deserialize)]
pub(super) struct Tray {
    folder: PathBuf,
    files: Vec<Moved>,
}

/// Moves that can't be finished now.
#[derive(Default)]
pub(super) struct Stuck {
    /// Why, by where the files should be.
    pub(super) errors: Vec<(PathBuf, anyhow::Error)>,
    /// What still lies where it came from: it is done with, and no part of another set.
    pub(super) files: BTreeSet<PathBuf>,
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

    /// Writes how it ended beside where the files will be, and the move down. From here on it is carried out, whatever happens.
    pub(super) fn begin(&self, ended: &Result<(), Vec<ReportReason>>, view: Option<&Value>, moves: &Path) -> anyhow::Result<PathBuf> {
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
        Ok(note)
    }

    /// Moves what is not moved yet, and takes the note away.
    pub(super) fn carry_out(&self, note: &Path) -> anyhow::Result<()> {
        fs::create_dir_all(&self.folder).with_context(|| format!("{} can't be made", self.folder.display()))?;
        self.files.iter().try_for_each(|file| self.take(file))?;
        sync_folder(&self.folder)?;
        Ok(fs::remove_file(note)?)
    }

    /// Finishes the moves that were begun, each by itself.
    pub(super) fn finish(moves: &Path) -> anyhow::Result<Stuck> {
        let mut stuck = Stuck::default();
        for entry in fs::read_dir(moves)? {
            let note = entry?.path();
            if note.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let Some(tray) = read_json::<Self>(&note)? else { continue };
            if let Err(error) = tray.carry_out(&note) {
                stuck.errors.push((tray.folder, error));
                stuck.files.extend(tray.files.into_iter().map(|file| file.from));
            }
        }
        Ok(stuck)
    }

    fn take(&self, Moved { from, name, sha256 }: &Moved) -> anyhow::Result<()> {
        let cant = || format!("{} can't be moved to {}", from.display(), self.folder.display());
        // one that is gone was moved before, or somebody wants it elsewhere
        let moved = match fs::read(from) {
            // another file of that name came since: it is none of this move's
            Ok(content) if Sha256Digest::of(&content) != *sha256 => return Ok(()),
            Ok(_) => fs::rename(from, self.folder.join(name)),
            Err(error) => Err(error),
        };
        match moved {
            Err(error) if error.kind() == io::ErrorKind::NotFound && !from.exists() => Ok(()),
            moved => moved.with_context(cant),
        }
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
        let tray = Tray { folder: folder.clone(), files: vec![file("a", "1"), file("b", "2"), file("c", "3"), file("d", "5")] };
        // a was moved before the crash, b not yet, of c's name there is another file now, and d was taken away by somebody
        fs::write(folder.join("a"), "1").unwrap();
        fs::write(place.path().join("b"), "2").unwrap();
        fs::write(place.path().join("c"), "4").unwrap();
        write_json(&moves.join("m.json"), &tray).unwrap();
        assert!(Tray::finish(&moves).unwrap().errors.is_empty());
        assert_eq!(fs::read_to_string(folder.join("a")).unwrap(), "1");
        assert_eq!(fs::read_to_string(folder.join("b")).unwrap(), "2");
        assert!(!place.path().join("b").exists());
        assert_eq!(fs::read_to_string(place.path().join("c")).unwrap(), "4");
        assert_eq!(fs::read_dir(&moves).unwrap().count(), 0);
    }

    #[test]
    fn a_move_that_cant_be_finished_keeps_no_other_back() {
        let place = tempfile::tempdir().unwrap();
        let moves = place.path().join("moves");
        fs::create_dir_all(&moves).unwrap();
        for name in ["a", "b", "c"] {
            let (from, folder) = (place.path().join(name), place.path().join("sent").join(name));
            fs::write(&from, name).unwrap();
            fs::create_dir_all(&folder).unwrap();
            let moved = Moved { from, name: name.to_owned(), sha256: Sha256Digest::of(name.as_bytes()) };
            write_json(&moves.join(format!("{name}.json")), &Tray { folder, files: vec![moved] }).unwrap();
        }
        // something is in the way of b
        let blocked = place.path().join("sent/b/b");
        fs::create_dir(&blocked).unwrap();
        let stuck = Tray::finish(&moves).unwrap();
        assert_eq!(stuck.files, BTreeSet::from([place.path().join("b")]));
        assert_eq!((stuck.errors.len(), &stuck.errors[0].0), (1, &place.path().join("sent/b")));
        assert!(place.path().join("sent/a/a").is_file() && place.path().join("sent/c/c").is_file());
        fs::remove_dir(blocked).unwrap();
        assert!(Tray::finish(&moves).unwrap().errors.is_empty());
        assert_eq!(fs::read_dir(&moves).unwrap().count(), 0);
    }
}
