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

    /// Verifies it by the keys of its sender as [`UnverifiedManifest::verify`] does, for whoever has it from a delivery and doesn't know when the object was
    /// stored: from [`MAX_AHEAD`] before it was signed to [`MAX_AGE`] after that, for the exchange took nothing else. It holds if its key was accepted at
    /// any time of these. A key that was revoked or has expired since then is as good as it was.
    ///
    /// # Errors
    /// `sender-mismatch`, `key-unknown`, `key-revoked` (before it was signed), `key-expired` (also: valid only later), `signature-invalid`.
    pub fn verify_delivered(self, keys: &[OfficeKey], sender: &OfficeNumber) -> Result<Manifest, RejectionCode> {
        let signed_at = self.claims.iat;
        let first = signed_at.checked_sub(MAX_AHEAD).unwrap_or(Timestamp::MIN);
        let last = signed_at.checked_add(MAX_AGE).unwrap_or(Timestamp::MAX);
        // once a key's first second has come it only gets worse: that moment, or the earliest one, speaks for all
        let valid_from = keys.iter().find(|key| key.kid == self.kid).and_then(|key| key.not_before);
        self.verify(keys, sender, valid_from.map_or(first, |from| from.clamp(first, last)))
    }
}
