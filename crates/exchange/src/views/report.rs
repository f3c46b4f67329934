//! Reports: what is refused, why, and what helps to mend it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use standard::{Finding, Kind, OfficeNumber};

use super::Reason;
use crate::{RejectionCode, TransmissionId, time};

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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
