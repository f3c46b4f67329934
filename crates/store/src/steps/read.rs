//! A version's bytes, through the checks.

use exchange::{Contents, Inspection, ManifestName, Receiver, Sha256Digest};
use futures::stream::{self, StreamExt, TryStreamExt};
use sha2::{Digest, Sha256};

use crate::{FileRecord, Files, Object, Opened, StoreError, TransmissionRecord};

/// How many files are read at a time: each holds one chunk.
const AT_A_TIME: usize = 4;

/// A file of a transmission, read.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// What was found.
    pub contents: Contents,
    /// Its manifest as it travels; empty where the version is gone.
    pub manifest: String,
}

/// Reads the object to its end, once. The digest is none where it is too large to be read at all.
///
/// # Errors
/// Storage that broke off.
pub async fn read(object: Object, mut inspection: Inspection) -> Result<(Contents, Option<Sha256Digest>), StoreError> {
    if object.size_bytes > Inspection::READ_AT_MOST {
        return Ok((inspection.too_large(), None));
    }
    let mut hasher = Sha256::new();
    let mut body = object.body;
    while let Some(chunk) = body.try_next().await? {
        hasher.update(&chunk);
        inspection.push(&chunk);
    }
    Ok((inspection.finish(), Some(Sha256Digest::from_bytes(hasher.finalize().into()))))
}

/// Reads the pinned versions of a transmission's files, by name, for these receivers; but for the one that the caller has just read.
///
/// # Errors
/// Storage that failed, or that holds other bytes under a version than it did.
pub async fn read_again(
    files: &dyn Files,
    record: &TransmissionRecord,
    mut own: Option<Sheet>,
    receivers: &[Receiver],
) -> Result<Vec<Sheet>, StoreError> {
    let mut sheets = Vec::with_capacity(record.files.len());
    for file in record.files_by_name() {
        let at_hand = own.take_if(|sheet| sheet.contents.file == file.entry.name);
        sheets.push(async move {
            match at_hand {
                Some(sheet) => Ok(sheet),
                None => read_file(files, record, file, receivers).await,
            }
        });
    }
    stream::iter(sheets).buffered(AT_A_TIME).try_collect().await
}

async fn read_file(files: &dyn Files, record: &TransmissionRecord, file: &FileRecord, receivers: &[Receiver]) -> Result<Sheet, StoreError> {
    let inspection = Inspection::new(&ManifestName::new(&file.entry.name), record.id.sender(), &record.addresses, receivers);
    let mut object = match files.open(&file.key, Some(&file.version)).await? {
        Opened::Object(object) => object,
        Opened::Unreadable => return Ok(Sheet { contents: inspection.unreadable(), manifest: String::new() }),
    };
    let manifest = object.manifest.take().unwrap_or_default();
    let (contents, digest) = read(object, inspection).await?;
    if digest.is_some_and(|digest| digest != file.entry.sha256) {
        return Err(StoreError::unreadable("files.open", "a version holds other bytes than those that were checked"));
    }
    Ok(Sheet { contents, manifest })
}
