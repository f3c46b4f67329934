//! Step 3: do the bytes keep what the manifest says, and is the file one the standard allows?
//!
//! The bytes are read once, hashed and checked in the same pass.

use exchange::{Contents, Inspection, Manifest, Receiver, RejectionCode};
use store::{Object, StoreError, steps};

/// Reads the object to its end, for these receivers.
///
/// The refusal is `digest-mismatch`: the bytes aren't those that were signed.
///
/// # Errors
/// Storage that broke off.
pub async fn read(manifest: &Manifest, object: Object, receivers: &[Receiver]) -> Result<Result<Contents, RejectionCode>, StoreError> {
    if object.size_bytes != manifest.size {
        return Ok(Err(RejectionCode::DigestMismatch));
    }
    let inspection = Inspection::new(&manifest.name, &manifest.iss, &manifest.aud, receivers);
    // of a file too large to be read the digest stays unknown; but the size it is refused for is what the sender signed
    let (contents, digest) = steps::read(object, inspection).await?;
    Ok(if digest.is_some_and(|digest| digest != manifest.sha256) { Err(RejectionCode::DigestMismatch) } else { Ok(contents) })
}
