//! Step 5: the ledger is told, then the offices. The row comes first, whatever is told after it can be told again from it.

use std::collections::BTreeMap;

use exchange::{
    DeliveryDocument, DeliveryStatus, FileEntry, Reason, Rejected, RejectionCode, Report, ReportReason, ReportedFinding, TransmissionId,
    TransmissionStatus, keys,
};
use serde_json::to_vec_pretty;
use store::{DeliveryRecord, Entered, FileRecord, LoneRejection, StoreError, TransmissionRecord, file_key};

use crate::arrive::Arrival;
use crate::validate::{Contents, Judgement};
use crate::verify::Letter;
use crate::{Deliver, Ended};

const JSON: &str = "application/json";

/// What a row that is there already means for a file that arrives.
enum Standing {
    /// This very version holds the row.
    Ours,
    /// The same file to the same offices holds it, stored another time.
    Duplicate,
    /// Another file, or one to other offices, holds it.
    Taken,
}

impl Deliver {
    /// Claim, copy, commit, `delivery.json`.
    pub(crate) async fn deliver(&self, arrival: &Arrival, letter: &Letter, contents: &Contents) -> Result<Ended, StoreError> {
        let mut record = self.record(arrival, letter, contents);
        let held = match &letter.row {
            Some(row) => Some(row.clone()),
            None => match self.ledger.claim(&record).await? {
                Entered::Written => None,
                Entered::Held(row) => Some(row),
            },
        };
        if let Some(row) = held {
            if row.status.has_ended() || !matches!(standing(&row, &record), Standing::Ours) {
                return self.settle(row, arrival, letter, contents, &[]).await;
            }
            record.stored_at = row.stored_at;
        }
        let now = self.clock.now();
        let mut deliveries = Vec::with_capacity(record.addresses.len());
        for address in &record.addresses {
            deliveries.push(DeliveryRecord {
                id: record.id.clone(),
                sender_name: letter.sender.name.clone(),
                address: address.clone(),
                status: DeliveryStatus::Delivered,
                delivered_at: now,
                collected_at: None,
                acknowledged_at: None,
                outcome: None,
                note: String::new(),
                files: vec![self.copy(arrival, letter, contents, address).await?],
            });
        }
        record.status = TransmissionStatus::Delivered;
        record.ended_at = Some(now);
        match self.ledger.commit(&record, &deliveries).await? {
            Entered::Written => {
                self.announce(&deliveries, letter, contents).await?;
                Ok(Ended::Delivered(record.id))
            }
            Entered::Held(row) => self.settle(row, arrival, letter, contents, &[]).await,
        }
    }

    /// The transmission ends as rejected; the report follows.
    pub(crate) async fn reject(
        &self,
        arrival: &Arrival,
        letter: &Letter,
        contents: &Contents,
        Judgement { reasons, claimed }: Judgement,
    ) -> Result<Ended, StoreError> {
        let mut record = self.record(arrival, letter, contents);
        record.status = TransmissionStatus::Rejected;
        record.ended_at = Some(self.clock.now());
        record.reasons = reasons.iter().map(ReportReason::in_ledger).collect();
        match self.ledger.reject(&record).await? {
            Entered::Written => {
                if claimed {
                    self.take_back(letter, contents).await?;
                }
                self.report(&record, arrival, &reasons).await
            }
            Entered::Held(row) => self.settle(row, arrival, letter, contents, &reasons).await,
        }
    }

    /// The object is refused; no transmission hears of it.
    pub(crate) async fn reject_alone(&self, arrival: &Arrival, reason: ReportReason) -> Result<Ended, StoreError> {
        let code = reason.code;
        let object = arrival.digest();
        let rejection = LoneRejection { office: arrival.office.clone(), object: object.clone(), stored_at: arrival.stored_at, code };
        self.ledger.reject_alone(&rejection).await?;
        let report = Report {
            transmission: None,
            key: arrival.key.clone(),
            sender: arrival.office.clone(),
            outcome: Rejected::Rejected,
            at: self.clock.now(),
            reasons: vec![reason],
        };
        self.files.create(&keys::return_object(&arrival.office, &object), JSON, document(&report)?).await?;
        Ok(Ended::RejectedAlone(code))
    }

    /// What is left to do when the row was there before us: the work of an earlier run that broke off, nothing, or a refusal.
    async fn settle(
        &self,
        row: TransmissionRecord,
        arrival: &Arrival,
        letter: &Letter,
        contents: &Contents,
        reasons: &[ReportReason],
    ) -> Result<Ended, StoreError> {
        match (standing(&row, &self.record(arrival, letter, contents)), row.status) {
            (Standing::Taken, _) => self.reject_alone(arrival, ReportReason::new(RejectionCode::TransmissionReused, None)).await,
            (Standing::Duplicate, _) | (Standing::Ours, TransmissionStatus::Cancelled) => Ok(Ended::Duplicate(row.id)),
            (Standing::Ours, TransmissionStatus::Delivered) => {
                let deliveries = self.ledger.transmission(&row.id).await?.map(|entry| entry.deliveries).unwrap_or_default();
                self.announce(&deliveries, letter, contents).await?;
                Ok(Ended::Delivered(row.id))
            }
            (Standing::Ours, TransmissionStatus::Rejected) => {
                // judged on another registry, by this run or another of the same event: that word stands, and no copy may
                self.take_back(letter, contents).await?;
                let told = row.reasons.iter().map(|reason| told_again(reason, reasons, contents)).collect::<Vec<_>>();
                self.report(&row, arrival, &told).await
            }
            (Standing::Ours, TransmissionStatus::Waiting) => Err(StoreError::retry("ledger.commit", "another run is under way")),
        }
    }

    /// Writes `delivery.json` for every delivery.
    async fn announce(&self, deliveries: &[DeliveryRecord], letter: &Letter, contents: &Contents) -> Result<(), StoreError> {
        for delivery in deliveries.iter().filter(|delivery| delivery.status != DeliveryStatus::Cancelled) {
            let mut view = delivery.view();
            for file in &mut view.files {
                file.findings =
                    Some(contents.findings.listed().iter().map(|finding| ReportedFinding::new(finding, contents.kind)).collect());
            }
            let body = document(&DeliveryDocument { delivery: view, manifests: vec![letter.token.clone()] })?;
            self.files.create(&keys::inbox_delivery(&delivery.address.office, &delivery.id), JSON, body).await?;
        }
        Ok(())
    }

    /// Writes the report of a rejected transmission.
    async fn report(&self, record: &TransmissionRecord, arrival: &Arrival, reasons: &[ReportReason]) -> Result<Ended, StoreError> {
        let report = Report {
            transmission: Some(record.id.clone()),
            key: arrival.key.clone(),
            sender: record.id.sender().clone(),
            outcome: Rejected::Rejected,
            at: record.ended_at.unwrap_or(record.stored_at),
            reasons: reasons.to_vec(),
        };
        self.files.create(&keys::return_report(record.id.sender(), &record.id), JSON, document(&report)?).await?;
        Ok(Ended::Rejected(record.id.clone(), record.reasons.iter().map(|reason| reason.code).collect()))
    }

    /// The transmission as this file makes it: waiting.
    fn record(&self, arrival: &Arrival, letter: &Letter, contents: &Contents) -> TransmissionRecord {
        let manifest = &letter.manifest;
        let file = FileRecord {
            entry: FileEntry {
                name: manifest.name.as_str().to_owned(),
                kind: contents.kind,
                size: manifest.size,
                sha256: manifest.sha256,
                errors: contents.findings.errors(),
                warnings: contents.findings.warnings(),
            },
            key: arrival.key.clone(),
            version: arrival.version.clone().unwrap_or_default(),
        };
        TransmissionRecord {
            id: TransmissionId::new(manifest.iss.clone(), manifest.jti),
            status: TransmissionStatus::Waiting,
            stored_at: letter.stored_at,
            ended_at: None,
            addresses: manifest.aud.clone(),
            parts: manifest.parts,
            files: BTreeMap::from([(file_key(&manifest.name.fold()), file)]),
            reasons: Vec::new(),
        }
    }
}

fn standing(row: &TransmissionRecord, ours: &TransmissionRecord) -> Standing {
    let same = |(key, file): (&String, &FileRecord)| {
        row.files.get(key).is_some_and(|held| (held.entry.sha256, &held.entry.name) == (file.entry.sha256, &file.entry.name))
    };
    let very =
        |(key, file): (&String, &FileRecord)| row.files.get(key).is_some_and(|held| held.version == file.version && held.key == file.key);
    if row.addresses != ours.addresses || row.parts != ours.parts || !ours.files.iter().all(same) {
        Standing::Taken
    } else if ours.files.iter().all(very) {
        Standing::Ours
    } else {
        Standing::Duplicate
    }
}

/// A reason of the ledger, with this run's findings where it found the same.
fn told_again(reason: &Reason, found: &[ReportReason], contents: &Contents) -> ReportReason {
    let same = found.iter().chain(&contents.reasons).find(|other| other.in_ledger() == *reason);
    same.cloned().unwrap_or_else(|| ReportReason::new(reason.code, reason.file.clone()))
}

fn document<T: serde::Serialize>(document: &T) -> Result<Vec<u8>, StoreError> {
    to_vec_pretty(document).map_err(|_| StoreError::unreadable("files.create", "the document can't be written as JSON"))
}
