//! From hearsay to a manifest: who, which key, whose signature, when.

use jiff::{SignedDuration, Timestamp};
use standard::OfficeNumber;

use super::{Manifest, UnverifiedManifest};
use crate::{KeyStatus, OfficeKey, RejectionCode, jws};

/// How long before storing a manifest may have been signed.
pub const MAX_AGE: SignedDuration = SignedDuration::from_hours(24);
/// How long after storing: the difference of two clocks.
pub const MAX_AHEAD: SignedDuration = SignedDuration::from_mins(5);

impl UnverifiedManifest {
    /// Whether it says it comes from the office under whose prefix the object lies. Called by [`UnverifiedManifest::verify`] too; alone it is for
    /// the caller who has yet to look that office up (`sender-unknown`).
    ///
    /// # Errors
    /// `sender-mismatch`.
    pub fn check_sender(&self, prefix: &OfficeNumber) -> Result<(), RejectionCode> {
        if self.issuer() == prefix { Ok(()) } else { Err(RejectionCode::SenderMismatch) }
    }

    /// Verifies it by the keys of the prefix's office, for an object stored at `stored_at`. Times count in whole seconds, bounds included.
    /// An algorithm that does not fit the key cannot have made the signature: `signature-invalid`.
    ///
    /// # Errors
    /// The first that applies, in the order of contract §4: `sender-mismatch`, `key-unknown`, `key-revoked`, `key-expired` (also: not yet valid),
    /// `signature-invalid`, `manifest-expired` (also: signed in the future).
    pub fn verify(self, keys: &[OfficeKey], prefix: &OfficeNumber, stored_at: Timestamp) -> Result<Manifest, RejectionCode> {
        self.check_sender(prefix)?;
        let key = keys.iter().find(|key| key.kid == self.kid).ok_or(RejectionCode::KeyUnknown)?;
        match key.status_at(stored_at) {
            KeyStatus::Accepted => {}
            KeyStatus::Revoked => return Err(RejectionCode::KeyRevoked),
            KeyStatus::NotYetValid | KeyStatus::Expired => return Err(RejectionCode::KeyExpired),
        }
        if !jws::is_signed_by(&self.token, self.algorithm, &key.jwk) {
            return Err(RejectionCode::SignatureInvalid);
        }
        let age = stored_at.as_second().saturating_sub(self.claims.iat.as_second());
        if age > MAX_AGE.as_secs() || age < -MAX_AHEAD.as_secs() {
            return Err(RejectionCode::ManifestExpired);
        }
        Ok(self.claims)
    }
}
