//! Step 3: do the bytes keep what the manifest says, and is the file one the standard allows?
//!
//! The bytes are read once, hashed and checked in the same pass.

use exchange::{Contents, Inspection, Manifest, Receiver, RejectionCode};
use store::{Object, StoreError, steps};

/// Reads the object to its end, for these receivers.
///
/// The refusal is `digest-mismatch`: the bytes aren't those that were signed.
///
/// A file that is larger than any may be isn't read, so whether its digest holds is never asked, though the contract (§4) puts that first. No transmission
/// is touched by it that its sender didn't mean to be refused: the size was signed, and is compared.
///
/// # Errors
/// Storage that broke off.
pub async fn read(manifest: &Manifest, object: Object, receivers: &[Receiver]) -> Result<Result<Contents, RejectionCode>, StoreError> {
    if object.size_bytes != manifest.size {
        return Ok(Err(RejectionCode::DigestMismatch));
    }
    let inspection = Inspection::new(&manifest.name, &manifest.iss, &manifest.aud, receivers);
    let (contents, digest) = steps::read(object, inspection).await?;
    Ok(if digest.is_some_and(|digest| digest != manifest.sha256) { Err(RejectionCode::DigestMismatch) } else { Ok(contents) })
}
