//! The report of a rejected transmission.

use exchange::{Reason, Rejected, Report, ReportReason, keys};
use serde_json::to_vec_pretty;

use crate::{Files, StoreError, TransmissionRecord, Written};

/// What the contract's documents are.
pub const JSON: &str = "application/json";

/// Writes the report of a transmission that the ledger has as rejected, unless there is one.
///
/// # Errors
/// Storage that failed.
pub async fn report(files: &dyn Files, record: &TransmissionRecord, reasons: Vec<ReportReason>) -> Result<Written, StoreError> {
    let report = Report {
        transmission: Some(record.id.clone()),
        key: record.files_by_name().first().map(|file| file.key.clone()).unwrap_or_default(),
        sender: *record.id.sender(),
        outcome: Rejected::Rejected,
        at: record.ended_at.unwrap_or(record.stored_at),
        reasons,
    };
    files.create(&keys::return_report(record.id.sender(), &record.id), JSON, document(&report)?).await
}

/// The reasons that the ledger has of a transmission that was rejected, as far as a later judgement of it found them again: it may have been made on
/// another registry, and then some are told without their findings.
pub fn as_recorded(record: &TransmissionRecord, found: &[ReportReason]) -> Vec<ReportReason> {
    let told = |reason: &Reason| {
        let same = found.iter().find(|found| found.in_ledger() == *reason);
        same.cloned().unwrap_or_else(|| ReportReason::new(reason.code, reason.file.clone()))
    };
    record.reasons.iter().map(told).collect()
}

/// One of the contract's documents, as it lies in the bucket.
///
/// # Errors
/// It can't be written as JSON.
pub fn document<T: serde::Serialize>(document: &T) -> Result<Vec<u8>, StoreError> {
    to_vec_pretty(document).map_err(|_| StoreError::unreadable("files.create", "the document can't be written as JSON"))
}
