//! Step 4: the file takes its place in its transmission. From here on its name belongs to it.

use exchange::{Contents, FileEntry};
use jiff::Timestamp;
use store::{FileRecord, Joined, Part, Standing, StoreError, TransmissionRecord};

use crate::Deliver;
use crate::arrive::Arrival;
use crate::verify::Letter;

/// The file as a part of its transmission.
pub(crate) fn part(arrival: &Arrival, letter: &Letter, contents: &Contents, now: Timestamp) -> Part {
    let manifest = &letter.manifest;
    let entry = FileEntry {
        name: manifest.name.as_str().to_owned(),
        kind: contents.kind(),
        size: manifest.size,
        sha256: manifest.sha256,
        errors: contents.findings.errors(),
        warnings: contents.findings.warnings(),
    };
    let version = arrival.version.clone().unwrap_or_default();
    Part {
        id: manifest.transmission(),
        addresses: manifest.aud.clone(),
        parts: manifest.parts,
        set: manifest.set,
        file: FileRecord { entry, key: arrival.key.clone(), version, stored_at: letter.stored_at },
        told_at: now,
    }
}

impl Deliver {
    /// Puts the part into the transmission's row, and says what it is to the row: [`Standing::New`] where it has just joined.
    pub(crate) async fn join(&self, letter: &Letter, part: &Part) -> Result<(Standing, TransmissionRecord), StoreError> {
        // the row that was read with the offices may say already that there is nothing to join
        if let Some(row) = &letter.row
            && row.standing(part) != Standing::New
        {
            return Ok((row.standing(part), row.clone()));
        }
        match self.ledger.join(part).await? {
            Joined::Written(row) => Ok((Standing::New, row)),
            Joined::Held(row) => match row.standing(part) {
                Standing::New => Err(StoreError::unreadable("ledger.join", "a row that waits for the part did not take it")),
                standing => Ok((standing, row)),
            },
        }
    }
}
