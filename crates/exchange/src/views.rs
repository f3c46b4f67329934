//! The JSON shapes of contract §4, field for field. Absent values are `null`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use standard::{Address, Finding, Kind, OfficeNumber};

use crate::{DeliveryStatus, Outcome, RejectionCode, Sha256Digest, TransmissionId, TransmissionStatus, time};

/// A transmission as its sender and the operators see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransmissionView {
    /// The transmission id.
    pub id: TransmissionId,
    /// Who sent it.
    pub sender: OfficeNumber,
    /// How it stands.
    pub status: TransmissionStatus,
    /// When its first part was stored.
    #[serde(with = "time::serde_time")]
    pub stored_at: Timestamp,
    /// When it was delivered or rejected.
    #[serde(with = "time::serde_optional_time", default)]
    pub ended_at: Option<Timestamp>,
    /// Files in it.
    pub parts: u8,
    /// The files that came.
    pub files: Vec<FileEntry>,
    /// One for each recipient, once delivered.
    pub deliveries: Vec<RecipientEntry>,
    /// Why it was rejected; empty otherwise.
    pub reasons: Vec<Reason>,
    /// The transmission it replaces.
    #[serde(default)]
    pub supersedes: Option<TransmissionId>,
    /// The transmission that replaces it.
    #[serde(default)]
    pub superseded_by: Option<TransmissionId>,
}

/// A file of a transmission: codes and counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// As the manifest has it. An attachment's may hold personal data.
    pub name: String,
    /// The kind's code; null for an attachment.
    #[serde(with = "kind_code", default)]
    pub kind: Option<Kind>,
    /// Bytes.
    pub size: u64,
    /// Their digest.
    pub sha256: Sha256Digest,
    /// Findings that reject.
    pub errors: u64,
    /// Findings that don't.
    pub warnings: u64,
}

/// What became of a transmission at one recipient, as its sender sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecipientEntry {
    /// The office.
    pub recipient: OfficeNumber,
    /// As the manifest addresses it.
    pub address: Address,
    /// How the delivery stands.
    pub status: DeliveryStatus,
    /// When it was delivered.
    #[serde(with = "time::serde_time")]
    pub delivered_at: Timestamp,
    /// When it was first fetched.
    #[serde(with = "time::serde_optional_time", default)]
    pub collected_at: Option<Timestamp>,
    /// When it was acknowledged.
    #[serde(with = "time::serde_optional_time", default)]
    pub acknowledged_at: Option<Timestamp>,
    /// What the acknowledgement says.
    #[serde(default)]
    pub outcome: Option<Outcome>,
    /// The acknowledgement's note; empty without.
    #[serde(default)]
    pub note: String,
}

/// Why a transmission was rejected, in the ledger: the code only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// What is wrong.
    pub code: RejectionCode,
    /// With which file; null when it is not about one.
    #[serde(default)]
    pub file: Option<String>,
}

/// A delivery as its recipient sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryView {
    /// The transmission id.
    pub id: TransmissionId,
    /// Who sent it.
    pub sender: OfficeNumber,
    /// The sender's name.
    pub sender_name: String,
    /// Whose delivery it is.
    pub recipient: OfficeNumber,
    /// As the manifest addresses the recipient.
    pub address: Address,
    /// How it stands.
    pub status: DeliveryStatus,
    /// When it was delivered.
    #[serde(with = "time::serde_time")]
    pub delivered_at: Timestamp,
    /// What was delivered.
    pub files: Vec<DeliveredFile>,
    /// What the recipient made of it.
    #[serde(default)]
    pub outcome: Option<Outcome>,
    /// The acknowledgement's note; empty without.
    #[serde(default)]
    pub note: String,
    /// The transmission it replaces.
    #[serde(default)]
    pub supersedes: Option<TransmissionId>,
    /// The transmission that replaces it.
    #[serde(default)]
    pub superseded_by: Option<TransmissionId>,
}

/// A file in an inbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveredFile {
    /// Its real name.
    pub name: String,
    /// Where it lies.
    pub key: String,
    /// The kind's code; null for an attachment.
    #[serde(with = "kind_code", default)]
    pub kind: Option<Kind>,
    /// Bytes.
    pub size: u64,
    /// Their digest.
    pub sha256: Sha256Digest,
    /// Findings that reject: 0, as it was delivered.
    pub errors: u64,
    /// Findings that don't.
    pub warnings: u64,
    /// The warnings, in `delivery.json` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<ReportedFinding>>,
}

/// `delivery.json`: the delivery, every file with its `findings`, and the manifests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryDocument {
    /// The delivery on the day it was made.
    #[serde(flatten)]
    pub delivery: DeliveryView,
    /// The manifests as they came.
    pub manifests: Vec<String>,
}

/// What lies in `returns/`: the rejection of a transmission, or of an object alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The transmission; null for an object rejected alone.
    pub transmission: Option<TransmissionId>,
    /// The object's key in the outbox.
    pub key: String,
    /// Whose outbox it is.
    pub sender: OfficeNumber,
    /// Always `rejected`.
    pub outcome: Rejected,
    /// When.
    #[serde(with = "time::serde_time")]
    pub at: Timestamp,
    /// Why.
    pub reasons: Vec<ReportReason>,
}

/// The one outcome that is reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rejected {
    /// `rejected`.
    #[default]
    Rejected,
}

/// Why, with all that helps to mend it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportReason {
    /// What is wrong.
    pub code: RejectionCode,
    /// With which file; null when it is not about one.
    pub file: Option<String>,
    /// For developers.
    pub message: String,
    /// For the office.
    pub message_ja: String,
    /// All findings, also those not listed.
    pub findings_total: u64,
    /// The first 100.
    pub findings: Vec<ReportedFinding>,
}

impl ReportReason {
    /// The reason with the code's texts and no findings.
    pub fn new(code: RejectionCode, file: Option<String>) -> ReportReason {
        let (message, message_ja) = (code.message().to_owned(), code.message_ja().to_owned());
        ReportReason { code, file, message, message_ja, findings_total: 0, findings: Vec::new() }
    }

    /// The same, telling developers what exactly: names of claims, members or forms, never their values.
    #[must_use]
    pub fn because(mut self, detail: impl std::fmt::Display) -> ReportReason {
        self.message = format!("{} ({detail})", self.message);
        self
    }

    /// The same, telling both readers which offices it is about.
    #[must_use]
    pub fn about(mut self, offices: &[&str]) -> ReportReason {
        self.message = format!("{} ({})", self.message, offices.join(", "));
        self.message_ja = format!("{}（{}）", self.message_ja, offices.join("、"));
        self
    }

    /// The reason as the ledger keeps it.
    pub fn in_ledger(&self) -> Reason {
        Reason { code: self.code, file: self.file.clone() }
    }
}

/// A finding in a report. Rule and severity are text: a report read back may be older than the rules of today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedFinding {
    /// `R-LENGTH`.
    pub rule: String,
    /// `error` or `warning`.
    pub severity: String,
    /// Lines from 1.
    pub line: Option<u64>,
    /// Records from 1.
    pub record: Option<u64>,
    /// Items from 1.
    pub field: Option<u16>,
    /// The item's English name.
    pub field_name: Option<String>,
    /// For developers.
    pub message: String,
    /// For the office.
    pub message_ja: String,
}

impl ReportedFinding {
    /// A finding in a file of this kind.
    pub fn new(finding: &Finding, kind: Option<Kind>) -> ReportedFinding {
        let view = finding.view(kind);
        ReportedFinding {
            rule: view.rule.to_owned(),
            severity: view.severity.as_str().to_owned(),
            line: view.line,
            record: view.record,
            field: view.field,
            field_name: view.field_name.map(str::to_owned),
            message: view.message,
            message_ja: view.message_ja,
        }
    }
}

/// A kind as its code, an attachment as `null`.
mod kind_code {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
    use standard::Kind;

    pub(super) fn serialize<S: Serializer>(kind: &Option<Kind>, serializer: S) -> Result<S::Ok, S::Error> {
        kind.map(Kind::code).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Kind>, D::Error> {
        let code = Option::<String>::deserialize(deserializer)?;
        code.map(|code| code.parse().map_err(de::Error::custom)).transpose()
    }
}

#[cfg(test)]
mod tests;
