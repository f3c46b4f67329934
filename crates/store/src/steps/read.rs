//! A version's bytes, through the checks.

use std::collections::BTreeSet;

use exchange::{Contents, Inspection, Judgement, ManifestName, Receiver, Sha256Digest};
use futures::stream::{self, StreamExt, TryStreamExt};
use sha2::{Digest, Sha256};

use crate::{FileRecord, Files, Object, Opened, StoreError, TransmissionRecord};

/// How many small files are read at a time: each holds one chunk.
const AT_A_TIME: usize = 4;

/// From how many bytes on files, or the files of a set together, are large: what their check keeps grows with their persons, so they are read one after
/// another, and a function takes one such transmission at a time.
pub const LARGE_BYTES: u64 = 8 * 1024 * 1024;

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
/// What rules between files need is kept where they will be asked: of the first file of a kind in a transmission that is complete, and not beyond
/// [`Judgement::KEPT_BYTES`], which only a set exceeds that is none.
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
    let at_a_time = if is_large(record) { 1 } else { AT_A_TIME };
    let mut reading = stream::iter(sheets).buffered(at_a_time).zip(stream::iter(record.files_by_name()));
    let (mut read, mut kinds, mut kept_bytes) = (Vec::with_capacity(record.files.len()), BTreeSet::new(), 0_u64);
    while let Some((sheet, file)) = reading.next().await {
        let mut sheet = sheet?;
        let first = sheet.contents.kind().is_some_and(|kind| kinds.insert(kind));
        if first && record.is_complete() && kept_bytes.saturating_add(file.entry.size) <= Judgement::KEPT_BYTES {
            kept_bytes = kept_bytes.saturating_add(file.entry.size);
        } else {
            sheet.contents.forget_persons();
        }
        read.push(sheet);
    }
    Ok(read)
}

/// Whether the files together are large.
pub fn is_large(record: &TransmissionRecord) -> bool {
    record.files.values().map(|file| file.entry.size).fold(0, u64::saturating_add) >= LARGE_BYTES
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
