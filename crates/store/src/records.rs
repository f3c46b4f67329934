//! What the ledger keeps.

use std::collections::BTreeMap;

use exchange::{
    DeliveredFile, DeliveryStatus, DeliveryView, FileEntry, Outcome, Reason, RecipientEntry, RejectionCode, TransmissionId,
    TransmissionStatus, TransmissionView,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use standard::{Address, OfficeNumber};

/// One transmission. Codes and counts, no findings: those lie in the report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TransmissionRecord {
    /// Its id.
    pub id: TransmissionId,
    /// Where it stands; only moves forward.
    pub status: TransmissionStatus,
    /// When the first part was stored.
    pub stored_at: Timestamp,
    /// When it ended: delivered or rejected.
    pub ended_at: Option<Timestamp>,
    /// To whom it goes, as the manifest says.
    pub addresses: Vec<Address>,
    /// How many files make it up.
    pub parts: u8,
    /// The files that came, by [`file_key`].
    pub files: BTreeMap<String, FileRecord>,
    /// Why it was rejected.
    pub reasons: Vec<Reason>,
}

/// One file of a transmission: the claim of its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileRecord {
    /// Name, kind, size, digest, counts of findings.
    #[serde(flatten)]
    pub entry: FileEntry,
    /// Where it was uploaded.
    pub key: String,
    /// The version that was checked.
    pub version: String,
}

/// One transmission as one recipient sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeliveryRecord {
    /// The transmission.
    pub id: TransmissionId,
    /// The sender's name when it was delivered.
    pub sender_name: String,
    /// To whom.
    pub address: Address,
    /// Where it stands; only moves forward.
    pub status: DeliveryStatus,
    /// When it was delivered.
    pub delivered_at: Timestamp,
    /// When the recipient fetched it through the API.
    pub collected_at: Option<Timestamp>,
    /// When the recipient acknowledged it.
    pub acknowledged_at: Option<Timestamp>,
    /// What the recipient's software said.
    pub outcome: Option<Outcome>,
    /// What the recipient wrote beside it.
    pub note: String,
    /// The files, under the recipient's keys.
    pub files: Vec<DeliveredFile>,
}

/// An object that was rejected alone: it carries no signature that holds, or it came under a name or transmission that was taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LoneRejection {
    /// Whose outbox it lay in.
    pub office: OfficeNumber,
    /// Hex SHA-256 of key and version, as in the report's key: the key itself may hold anything.
    pub object: String,
    /// When it was stored.
    pub stored_at: Timestamp,
    /// Why.
    pub code: RejectionCode,
}

/// The key of a file in [`TransmissionRecord::files`]: 32 hex digits made from its name, the same for names that differ in case only.
pub fn file_key(folded_name: &str) -> String {
    let digest = Sha256::digest(folded_name.as_bytes());
    hex::encode(digest.get(..16).unwrap_or(&digest))
}

impl TransmissionRecord {
    /// When this version was stored, if the transmission holds it: the first event told of it counts, whatever a later one says.
    pub fn stored_at_of(&self, key: &str, version: &str) -> Option<Timestamp> {
        self.files.values().any(|file| file.key == key && file.version == version).then_some(self.stored_at)
    }

    /// The shape of the contract (§4), with the deliveries as far as there are any.
    pub fn view(&self, deliveries: &[DeliveryRecord]) -> TransmissionView {
        TransmissionView {
            id: self.id.clone(),
            sender: self.id.sender().clone(),
            status: self.status,
            stored_at: self.stored_at,
            ended_at: self.ended_at,
            parts: self.parts,
            files: self.files.values().map(|file| file.entry.clone()).collect(),
            deliveries: deliveries.iter().map(DeliveryRecord::summary).collect(),
            reasons: self.reasons.clone(),
            supersedes: None,
            superseded_by: None,
        }
    }
}

impl DeliveryRecord {
    /// The shape of the contract (§4).
    pub fn view(&self) -> DeliveryView {
        DeliveryView {
            id: self.id.clone(),
            sender: self.id.sender().clone(),
            sender_name: self.sender_name.clone(),
            recipient: self.address.office.clone(),
            address: self.address.clone(),
            status: self.status,
            delivered_at: self.delivered_at,
            files: self.files.clone(),
            outcome: self.outcome,
            note: self.note.clone(),
            supersedes: None,
            superseded_by: None,
        }
    }

    fn summary(&self) -> RecipientEntry {
        RecipientEntry {
            recipient: self.address.office.clone(),
            address: self.address.clone(),
            status: self.status,
            delivered_at: self.delivered_at,
            collected_at: self.collected_at,
            acknowledged_at: self.acknowledged_at,
            outcome: self.outcome,
            note: self.note.clone(),
        }
    }
}
