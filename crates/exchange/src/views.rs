//! The JSON shapes of contract §4, field for field. Absent values are `null`.

mod notice;
mod report;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use standard::{Address, Kind, OfficeNumber};

pub use self::notice::NoticeView;
pub use self::report::{Rejected, Report, ReportReason, ReportedFinding};
use crate::{DeliveryStatus, Outcome, RejectionCode, Sha256Digest, TransmissionId, TransmissionStatus, time};

/// A transmission as its sender and the operators see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TransmissionView {
    /// The transmission id.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: TransmissionId,
    /// Who sent it.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub sender: OfficeNumber,
    /// How it stands.
    pub status: TransmissionStatus,
    /// When its first part was stored.
    #[serde(with = "time::serde_time")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub stored_at: Timestamp,
    /// When it was delivered or rejected.
    #[serde(with = "time::serde_optional_time", default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
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
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub supersedes: Option<TransmissionId>,
    /// The transmission that replaces it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub superseded_by: Option<TransmissionId>,
}

/// A file of a transmission: codes and counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileEntry {
    /// As the manifest has it. An attachment's may hold personal data.
    pub name: String,
    /// The kind's code; null for an attachment.
    #[serde(with = "kind_code", default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub kind: Option<Kind>,
    /// Bytes.
    pub size: u64,
    /// Their digest.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub sha256: Sha256Digest,
    /// Findings that reject.
    pub errors: u64,
    /// Findings that don't.
    pub warnings: u64,
}

/// What became of a transmission at one recipient, as its sender sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecipientEntry {
    /// The office.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub recipient: OfficeNumber,
    /// As the manifest addresses it.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub address: Address,
    /// How the delivery stands.
    pub status: DeliveryStatus,
    /// When it was delivered.
    #[serde(with = "time::serde_time")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub delivered_at: Timestamp,
    /// When it was first fetched.
    #[serde(with = "time::serde_optional_time", default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub collected_at: Option<Timestamp>,
    /// When it was acknowledged.
    #[serde(with = "time::serde_optional_time", default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reason {
    /// What is wrong.
    pub code: RejectionCode,
    /// With which file; null when it is not about one.
    #[serde(default)]
    pub file: Option<String>,
}

/// A delivery as its recipient sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliveryView {
    /// The transmission id.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: TransmissionId,
    /// Who sent it.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub sender: OfficeNumber,
    /// The sender's name.
    pub sender_name: String,
    /// Whose delivery it is.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub recipient: OfficeNumber,
    /// As the manifest addresses the recipient.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub address: Address,
    /// How it stands.
    pub status: DeliveryStatus,
    /// When it was delivered.
    #[serde(with = "time::serde_time")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
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
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub supersedes: Option<TransmissionId>,
    /// The transmission that replaces it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub superseded_by: Option<TransmissionId>,
}

/// A file in an inbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliveredFile {
    /// Its real name.
    pub name: String,
    /// Where it lies.
    pub key: String,
    /// The kind's code; null for an attachment.
    #[serde(with = "kind_code", default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub kind: Option<Kind>,
    /// Bytes.
    pub size: u64,
    /// Their digest.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
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
