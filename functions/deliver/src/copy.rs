//! Step 6: the files go to the inboxes, byte for byte, by the storage itself.

use exchange::{DeliveredFile, content_disposition};
use futures::stream::{self, StreamExt, TryStreamExt};
use standard::Kind;
use store::steps::Sheet;
use store::{CopyOrder, FileRecord, StoreError, Written};

use crate::Deliver;
use crate::judge::Judged;

/// How many copies are under way at a time: the storage does the work, this waits for it. 1,000 copies, the most there can be, take 63 rounds.
const AT_A_TIME: usize = 16;

impl Deliver {
    /// Copies the versions that were checked to every recipient's inbox. What lies there already must be the same file.
    pub(crate) async fn copy(&self, judged: &Judged) -> Result<(), StoreError> {
        let files = judged.row.files_by_name();
        let mut copies = Vec::with_capacity(files.len() * judged.row.addresses.len());
        for address in &judged.row.addresses {
            for ((file, sheet), delivered) in files.iter().zip(&judged.sheets).zip(judged.row.delivered_to(address)) {
                copies.push(self.copy_file(file, sheet, delivered));
            }
        }
        stream::iter(copies).buffer_unordered(AT_A_TIME).try_collect().await
    }

    async fn copy_file(&self, file: &FileRecord, sheet: &Sheet, delivered: DeliveredFile) -> Result<(), StoreError> {
        let called = delivered.key.rsplit('/').next().unwrap_or_default();
        let order = CopyOrder {
            source: file.key.clone(),
            version: file.version.clone(),
            content_type: content_type(delivered.kind, &delivered.key),
            content_disposition: content_disposition(&delivered_name(&delivered, called), called),
            destination: delivered.key,
            manifest: sheet.manifest.clone(),
        };
        if self.files.copy(&order).await? == Written::Existed
            && self.files.digest(&order.destination).await?.as_ref() != Some(&file.entry.sha256)
        {
            return Err(StoreError::unreadable("files.copy", "another file lies under the recipient's key"));
        }
        Ok(())
    }
}

/// What a reader saves it as: an attachment under its real name, a file of the standard as its inbox calls it.
fn delivered_name(delivered: &DeliveredFile, called: &str) -> String {
    if delivered.kind.is_some() { called.to_owned() } else { delivered.name.clone() }
}

/// What a reader's browser is told; the upload's own headers don't travel. Attachments are what their ending says: that was checked.
fn content_type(kind: Option<Kind>, key: &str) -> &'static str {
    match (kind, key.rsplit_once('.').map(|(_, extension)| extension)) {
        (Some(Kind::BasicInformationImage), _) | (None, Some("jpg" | "jpeg")) => "image/jpeg",
        (Some(_), _) => "text/csv; charset=Shift_JIS",
        (None, Some("pdf")) => "application/pdf",
        (None, Some("png")) => "image/png",
        (None, Some("xlsx")) => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        (None, Some("docx")) => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        // encoding unknown to the exchange, and never to be run in the browser
        (None, _) => "application/octet-stream",
    }
}
