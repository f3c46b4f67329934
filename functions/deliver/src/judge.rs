//! Step 5: may the whole be delivered? Asked once, when nothing more is to come, of all its parts together.

use std::sync::Arc;

use exchange::{Contents, Judgement, Lineage, Office, RejectionCode, ReportReason, japanese_day};
use store::steps::{Sheet, is_large, read_again};
use store::{StoreError, TransmissionRecord};

use crate::verify::Letter;
use crate::{Deliver, Work};

/// A transmission that was judged.
pub(crate) struct Judged {
    /// Its row, its files' counts those of all that was found.
    pub(crate) row: TransmissionRecord,
    /// Its files, by name.
    pub(crate) sheets: Vec<Sheet>,
    /// Why it may not be delivered; empty where it may.
    pub(crate) reasons: Vec<ReportReason>,
    /// What its files hold, as far as later ones replace it.
    pub(crate) lineage: Option<Lineage>,
}

impl Deliver {
    /// Reads the other parts again and judges all of them. `disagrees`: the part that just came contradicts the others.
    pub(crate) async fn judge(
        &self,
        work: Work<'_>,
        mut row: TransmissionRecord,
        disagrees: bool,
        exceeds_quota: bool,
    ) -> Result<Judged, StoreError> {
        // until what grows with the persons is dropped
        let turn = match work.turn {
            None if is_large(&row) => Some(Arc::clone(&self.large).lock_owned().await),
            turn => turn,
        };
        let sheets = read_again(&*self.files, &row, work.sheet, work.receivers).await?;
        // taken apart and not copied: what rules between files need can be large
        let (manifests, mut contents): (Vec<String>, Vec<Contents>) =
            sheets.into_iter().map(|sheet| (sheet.manifest, sheet.contents)).unzip();
        let broken = match disagrees {
            true => vec![RejectionCode::TransmissionInconsistent],
            false if row.is_complete() => row.broken(),
            // the first part exceeds the quota: that others lack is nothing to tell
            false => Vec::new(),
        };
        let offices = self.offices(work.letter, &row).await?;
        let reasons = judgement(&row, &offices, broken, exceeds_quota).of(&mut contents);
        let lineage = Lineage::of(&self.secret, &contents);
        contents.iter_mut().for_each(Contents::forget_persons);
        drop(turn);
        let sheets: Vec<Sheet> = contents.into_iter().zip(manifests).map(|(contents, manifest)| Sheet { contents, manifest }).collect();
        for file in row.files.values_mut() {
            if let Some(sheet) = sheets.iter().find(|sheet| sheet.contents.file == file.entry.name) {
                (file.entry.errors, file.entry.warnings) = (sheet.contents.findings.errors(), sheet.contents.findings.warnings());
            }
        }
        Ok(Judged { row, sheets, reasons, lineage })
    }

    /// The offices that a transmission concerns, as they stand now: a licence that was granted, a sender that was blocked a moment ago counts. What came from
    /// memory is read again.
    async fn offices(&self, letter: &Letter, row: &TransmissionRecord) -> Result<Vec<Office>, StoreError> {
        // a part that disagrees may name other offices than the row
        if letter.manifest.aud == row.addresses && !letter.cached {
            return Ok(letter.offices.clone());
        }
        let recipients = row.addresses.iter().map(|address| &address.office).filter(|office| *office != row.id.sender());
        let numbers: Vec<_> = std::iter::once(row.id.sender()).chain(recipients).cloned().collect();
        Ok(self.look_up(&numbers, None).await?.offices)
    }
}

fn judgement<'a>(row: &'a TransmissionRecord, offices: &'a [Office], broken: Vec<RejectionCode>, exceeds_quota: bool) -> Judgement<'a> {
    Judgement {
        sender: row.id.sender(),
        recipients: &row.addresses,
        offices,
        day: japanese_day(row.last_stored_at()),
        whole: row.is_complete() && !broken.contains(&RejectionCode::TransmissionInconsistent),
        exceeds_quota,
        broken,
    }
}
