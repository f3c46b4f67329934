//! Joining the parts of an upload.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use s3s::crypto::{Checksum as _, Md5};

use super::{Part, Upload, UploadChecksum, end, stored_parts, upload};
use crate::objects::event::Cause;
use crate::objects::version::hasher;
use crate::objects::write::{self, Draft};
use crate::objects::{Checksums, Inner, ObjectError, Staged, Store, Version, WriteCondition};

/// S3's least size of a part that is not the last.
const LEAST_PART: u64 = 5 * 1024 * 1024;

/// A part as the client names it when it completes the upload.
#[derive(Debug, Clone)]
pub struct PartClaim {
    /// 1 to 10,000.
    pub number: i32,
    /// As the upload of the part answered it.
    pub etag: Option<String>,
    /// As the upload of the part answered them.
    pub checksums: Checksums,
}

/// What completing an upload takes.
#[derive(Debug, Clone)]
pub struct Completion {
    /// Names the upload.
    pub upload_id: String,
    /// The key it was begun for.
    pub key: String,
    /// In rising order.
    pub parts: Vec<PartClaim>,
    /// What the whole object's checksum must be.
    pub expected: Checksums,
    /// What its size must be.
    pub size: Option<u64>,
    /// What must be true of the key.
    pub condition: WriteCondition,
}

impl Store {
    /// Joins the parts to the newest version of the key, if the condition holds, and ends the upload.
    ///
    /// # Errors
    /// `NoSuchUpload`, `InvalidPart`, `InvalidPartOrder`, `EntityTooSmall`, `BadDigest`, `IncompleteBody`,
    /// `PreconditionFailed`, `NoSuchKey` or `Storage`; the upload stays as it was then.
    pub async fn complete_upload(&self, completion: Completion) -> Result<Version, ObjectError> {
        let now = self.now();
        let version = self
            .blocking(move |inner| {
                let Completion { upload_id, key, parts: claims, expected, size, condition } = completion;
                let (Upload { attributes, checksum }, parts) = inner.database.transaction_now(|transaction| {
                    write::check(transaction, &key, &condition)?;
                    let parts = named_parts(stored_parts(transaction, &upload_id)?, &claims);
                    Ok::<_, ObjectError>((upload(transaction, &key, &upload_id)?, parts?))
                })?;
                let (staged, checksums) = join(inner, &parts, checksum)?;
                if size.is_some_and(|size| size != staged.size) {
                    return Err(ObjectError::IncompleteBody);
                }
                if !checksums.fit(&expected) {
                    return Err(ObjectError::BadDigest);
                }
                let (size, etag) = (staged.size, etag_of(&parts));
                let blob = inner.blobs.place(staged)?;
                let stored = inner.database.transaction_now(|transaction| {
                    // the same parts as were joined: one may have been replaced meanwhile
                    let current = stored_parts(transaction, &upload_id)?;
                    let joined = |part: &Part| current.iter().any(|now| now.blob == part.blob);
                    parts.iter().all(joined).then_some(()).ok_or(ObjectError::InvalidPart)?;
                    write::check(transaction, &key, &condition)?;
                    end(transaction, &upload_id)?;
                    let draft = Draft { key, blob: Some(blob.clone()), size, etag, attributes, checksums };
                    let version = write::insert(inner, transaction, draft, Cause::CompleteMultipartUpload, now)?;
                    Ok::<_, ObjectError>((version, current))
                });
                let (version, used) = stored.inspect_err(|_refused| inner.blobs.discard(std::slice::from_ref(&blob)))?;
                inner.blobs.discard(&used.into_iter().map(|part| part.blob).collect::<Vec<_>>());
                Ok(version)
            })
            .await?;
        self.inner.database.wake.notify_one();
        Ok(version)
    }
}

/// The stored parts that the client names, in its order, which must rise.
fn named_parts(mut stored: Vec<Part>, claims: &[PartClaim]) -> Result<Vec<Part>, ObjectError> {
    if !claims.is_sorted_by(|one, next| one.number < next.number) {
        return Err(ObjectError::InvalidPartOrder);
    }
    let mut parts = Vec::new();
    for claim in claims {
        let at = stored.iter().position(|part| part.view.number == claim.number).ok_or(ObjectError::InvalidPart)?;
        let part = stored.swap_remove(at);
        let fits = claim.etag.as_ref().is_none_or(|etag| *etag == part.view.etag) && part.view.checksums.fit(&claim.checksums);
        fits.then_some(()).ok_or(ObjectError::InvalidPart)?;
        parts.push(part);
    }
    match parts.split_last() {
        None => Err(ObjectError::InvalidPart),
        Some((_last, before)) if before.iter().any(|part| part.view.size < LEAST_PART) => Err(ObjectError::EntityTooSmall),
        Some(_) => Ok(parts),
    }
}

/// The whole object's bytes and checksums.
fn join(inner: &Inner, parts: &[Part], checksum: UploadChecksum) -> Result<(Staged, Checksums), ObjectError> {
    let blobs: Vec<String> = parts.iter().map(|part| part.blob.clone()).collect();
    let UploadChecksum { algorithm, composite, named: _ } = checksum;
    if !composite {
        let staged = inner.blobs.join(&blobs, vec![algorithm])?;
        let checksums = staged.checksums.clone();
        return Ok((staged, checksums));
    }
    let mut sums = hasher([algorithm]);
    for part in parts {
        let sum = part.view.checksums.of(algorithm).and_then(|sum| STANDARD.decode(sum).ok()).ok_or(ObjectError::InvalidPart)?;
        sums.update(&sum);
    }
    let of_sums = Checksums::from_hasher(sums);
    let value = of_sums.of(algorithm).map(|sum| format!("{sum}-{}", parts.len()));
    let checksums = Checksums { composite: true, ..of_sums.with(algorithm, value) };
    Ok((inner.blobs.join(&blobs, Vec::new())?, checksums))
}

/// The MD5 of the parts' MD5s, and how many there are.
fn etag_of(parts: &[Part]) -> String {
    let mut md5 = Md5::new();
    for part in parts {
        md5.update(&hex::decode(&part.view.etag).unwrap_or_default());
    }
    format!("{}-{}", hex::encode(md5.finalize()), parts.len())
}
