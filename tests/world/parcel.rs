//! What an office uploads.

use exchange::TransmissionId;
use exchange::sign::ManifestDraft;
use jiff::Timestamp;
use uuid::Uuid;

use super::corpus::Fixture;
use super::office::Party;

/// Bytes, a key and a manifest.
#[derive(Debug, Clone)]
pub(crate) struct Parcel {
    /// Whose credentials upload it.
    pub(crate) office: String,
    pub(crate) key: String,
    pub(crate) manifest: Option<String>,
    pub(crate) bytes: Vec<u8>,
}

impl Parcel {
    /// A file with the manifest that fits, signed now; and the transmission it makes.
    pub(crate) fn of(sender: &Party, fixture: &Fixture, now: Timestamp) -> (Self, TransmissionId) {
        let draft = draft(fixture, now);
        let id = TransmissionId::new(draft.iss, draft.jti);
        (Self::signed(sender, &draft, &fixture.bytes), id)
    }

    /// Bytes under a manifest that the sender's device signed.
    pub(crate) fn signed(sender: &Party, draft: &ManifestDraft, bytes: &[u8]) -> Self {
        Self::with(sender, Some(draft.sign(&sender.key).unwrap()), bytes)
    }

    /// Bytes under any manifest or none, at a fresh key.
    pub(crate) fn with(sender: &Party, manifest: Option<String>, bytes: &[u8]) -> Self {
        let office = sender.number().to_owned();
        Self { key: format!("outbox/{office}/{}", Uuid::new_v4()), office, manifest, bytes: bytes.to_vec() }
    }
}

/// The manifest that fits a file.
pub(crate) fn draft(fixture: &Fixture, now: Timestamp) -> ManifestDraft {
    ManifestDraft::new(fixture.sender.parse().unwrap(), vec![fixture.recipient.parse().unwrap()], &fixture.name, &fixture.bytes, now)
}

/// A small attachment, between the offices of a valid actuals file.
pub(crate) fn attachment(name: &str, bytes: &[u8]) -> Fixture {
    let Fixture { sender, recipient, .. } = super::corpus::valid("seed-1", "UPJSK");
    Fixture { name: name.to_owned(), bytes: bytes.to_vec(), sender, recipient }
}
