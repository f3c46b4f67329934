//! Step 4: the file goes to the inboxes, byte for byte, by the storage itself.

use exchange::{DeliveredFile, inbox_names, keys};
use standard::{Address, Kind};
use store::{CopyOrder, StoreError, Written};

use crate::Deliver;
use crate::arrive::Arrival;
use crate::validate::Contents;
use crate::verify::Letter;

impl Deliver {
    /// Copies the version that was checked to one recipient's inbox. What lies there already must be the same file.
    pub(crate) async fn copy(
        &self,
        arrival: &Arrival,
        letter: &Letter,
        contents: &Contents,
        address: &Address,
    ) -> Result<DeliveredFile, StoreError> {
        let file = delivered_file(letter, contents, address);
        let order = CopyOrder {
            source: arrival.key.clone(),
            version: arrival.version.clone().unwrap_or_default(),
            destination: file.key.clone(),
            content_type: content_type(contents.kind, &file.key),
            manifest: letter.token.clone(),
        };
        if self.files.copy(&order).await? == Written::Existed
            && self.files.digest(&file.key).await?.as_ref() != Some(&letter.manifest.sha256)
        {
            return Err(StoreError::unreadable("files.copy", "another file lies under the recipient's key"));
        }
        Ok(file)
    }

    /// Takes away what a run copied before another rejected the transmission. Nothing was announced, so nobody was told of it.
    pub(crate) async fn take_back(&self, letter: &Letter, contents: &Contents) -> Result<(), StoreError> {
        for address in &letter.manifest.aud {
            let key = delivered_file(letter, contents, address).key;
            // removing what isn't there would leave a delete marker in the inbox
            if self.files.digest(&key).await?.is_some() {
                self.files.remove(&key).await?;
            }
        }
        Ok(())
    }
}

/// The file as it stands in one recipient's inbox.
fn delivered_file(letter: &Letter, contents: &Contents, address: &Address) -> DeliveredFile {
    let name = letter.manifest.name.as_str();
    let called = inbox_names(&[name], address, letter.manifest.aud.len() > 1).pop().unwrap_or_default();
    DeliveredFile {
        name: name.to_owned(),
        key: keys::inbox_file(&address.office, &letter.manifest.transmission(), &called),
        kind: contents.kind,
        size: letter.manifest.size,
        sha256: letter.manifest.sha256,
        errors: contents.findings.errors(),
        warnings: contents.findings.warnings(),
        findings: None,
    }
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
