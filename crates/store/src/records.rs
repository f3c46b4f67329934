//! What the ledger keeps.

use std::collections::BTreeMap;

use exchange::{
    DeliveredFile, DeliveryStatus, DeliveryView, FileEntry, Lineage, Outcome, Reason, RecipientEntry, RejectionCode, Sha256Digest,
    TransmissionId, TransmissionStatus, TransmissionView, inbox_names, keys,
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
    /// When the first part was stored: while it waits, the part that was seen first.
    pub stored_at: Timestamp,
    /// When it ended: delivered or rejected.
    pub ended_at: Option<Timestamp>,
    /// When its sender took it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled_at: Option<Timestamp>,
    /// To whom it goes, as the manifest says.
    pub addresses: Vec<Address>,
    /// How many files make it up.
    pub parts: u8,
    /// The digest over all of them, as the manifests have it.
    pub set: Option<Sha256Digest>,
    /// The files that came, by [`file_key`].
    pub files: BTreeMap<String, FileRecord>,
    /// When the last of them was told of: after a standstill long after it was stored.
    pub told_at: Timestamp,
    /// Why it was rejected.
    pub reasons: Vec<Reason>,
    /// When `upkeep` looks at it: parts that never came, an event that failed, what a run may have left behind or told nobody of.
    pub due_at: Option<Timestamp>,
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
    /// When it was stored.
    pub stored_at: Timestamp,
}

/// One transmission as one recipient sees it. What was delivered stands in the transmission's row, once: names and keys in an inbox follow from it.
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
    /// What its files hold, as far as later ones replace it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lineage: Option<Lineage>,
    /// When `upkeep` looks whether it was fetched, or acknowledged; from when it is until its sender is told of it.
    #[serde(default)]
    pub due_at: Option<Timestamp>,
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

/// The key of a file in [`TransmissionRecord::files`]: 32 hex digits made from its name.
pub fn file_key(name: &str) -> String {
    let digest = Sha256::digest(name.as_bytes());
    hex::encode(digest.get(..16).unwrap_or(&digest))
}

impl TransmissionRecord {
    /// When this version was stored, if the transmission holds it: the first event told of it counts, whatever a later one says.
    pub fn stored_at_of(&self, key: &str, version: &str) -> Option<Timestamp> {
        self.files.values().find(|file| file.key == key && file.version == version).map(|file| file.stored_at)
    }

    /// When the first of its files was stored.
    pub fn first_stored_at(&self) -> Timestamp {
        self.files.values().map(|file| file.stored_at).min().unwrap_or(self.stored_at)
    }

    /// When the last of its files was stored: the day that licences are asked for.
    pub fn last_stored_at(&self) -> Timestamp {
        self.files.values().map(|file| file.stored_at).max().unwrap_or(self.stored_at)
    }

    /// The files by name.
    pub fn files_by_name(&self) -> Vec<&FileRecord> {
        let mut files: Vec<_> = self.files.values().collect();
        files.sort_unstable_by(|one, other| one.entry.name.cmp(&other.entry.name));
        files
    }

    /// The files as they lie in one recipient's inbox, by name.
    pub fn delivered_to(&self, address: &Address) -> Vec<DeliveredFile> {
        let files = self.files_by_name();
        let names: Vec<&str> = files.iter().map(|file| file.entry.name.as_str()).collect();
        let called = inbox_names(&names, address, self.addresses.len() > 1);
        let delivered = |(file, called): (&FileRecord, String)| DeliveredFile {
            name: file.entry.name.clone(),
            key: keys::inbox_file(&address.office, &self.id, &called),
            kind: file.entry.kind,
            size: file.entry.size,
            sha256: file.entry.sha256,
            errors: file.entry.errors,
            warnings: file.entry.warnings,
            findings: None,
        };
        files.into_iter().zip(called).map(delivered).collect()
    }

    /// The shape of the contract (§4), with the deliveries as far as there are any.
    pub fn view(&self, deliveries: &[DeliveryRecord]) -> TransmissionView {
        TransmissionView {
            id: self.id.clone(),
            sender: *self.id.sender(),
            status: self.status,
            stored_at: self.stored_at,
            ended_at: self.ended_at,
            parts: self.parts,
            files: self.files_by_name().into_iter().map(|file| file.entry.clone()).collect(),
            deliveries: deliveries.iter().map(DeliveryRecord::summary).collect(),
            reasons: self.reasons.clone(),
            supersedes: None,
            superseded_by: None,
        }
    }
}

impl DeliveryRecord {
    /// The shape of the contract (§4); the transmission's row says what was delivered.
    pub fn view(&self, transmission: &TransmissionRecord) -> DeliveryView {
        DeliveryView {
            id: self.id.clone(),
            sender: *self.id.sender(),
            sender_name: self.sender_name.clone(),
            recipient: self.address.office,
            address: self.address.clone(),
            status: self.status,
            delivered_at: self.delivered_at,
            files: transmission.delivered_to(&self.address),
            outcome: self.outcome,
            note: self.note.clone(),
            supersedes: None,
            superseded_by: None,
        }
    }

    fn summary(&self) -> RecipientEntry {
        RecipientEntry {
            recipient: self.address.office,
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
