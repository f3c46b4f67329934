//! Step 7: the ledger is told how it ends. The row comes first; whatever is told after it can be told again from it.

use exchange::{
    DeliveryStatus, Lineage, Rejected, RejectionCode, Report, ReportReason, TransmissionStatus, counted_earlier, japanese_day, keys,
};
use store::steps::{JSON, as_recorded, clear, document, report, tell};
use store::{DeliveryRecord, Entered, LoneRejection, Standing, StoreError, TransmissionRecord};

use crate::arrive::Arrival;
use crate::judge::Judged;
use crate::verify::Letter;
use crate::{Deliver, Ended, Work};

impl Deliver {
    /// Judges the transmission and ends it: copies, commit, `delivery.json`; or the rejection and its report.
    pub(crate) async fn conclude(&self, work: Work<'_>, standing: Standing, row: TransmissionRecord) -> Result<Ended, StoreError> {
        let (part, sender_name) = (work.part, work.letter.sender.name.clone());
        let (arrival, letter, receivers) = (work.arrival, work.letter, work.receivers);
        let seen = row.files.len();
        let disagrees = standing == Standing::Disagrees;
        let counts = self.counts(letter, &row).await?;
        let judged = self.judge(work, if disagrees { row.with(part) } else { row }, disagrees, !counts).await?;
        let entered = if judged.reasons.is_empty() {
            self.warn(&judged, receivers).await?;
            self.copy(&judged).await?;
            let ended = judged.row.ended(self.clock.now(), Vec::new());
            let deliveries = deliveries(&ended, &sender_name, judged.lineage.as_ref());
            match self.ledger.commit(&ended, &deliveries).await? {
                Entered::Written => {
                    self.announce(&ended, &deliveries, &judged.sheets).await?;
                    return Ok(Ended::Delivered(ended.id));
                }
                held => held,
            }
        } else {
            let ended = judged.row.ended(self.clock.now(), judged.reasons.iter().map(ReportReason::in_ledger).collect());
            match self.ledger.reject(&ended, seen).await? {
                Entered::Written => {
                    // an earlier run may have found nothing wrong, and copied
                    if standing == Standing::Ours {
                        clear(&*self.files, &ended).await?;
                    }
                    report(&*self.files, &ended, judged.reasons).await?;
                    tell(&*self.ledger, &ended).await?;
                    return Ok(rejected(ended));
                }
                held => held,
            }
        };
        match entered {
            Entered::Held(row) if row.status.has_ended() => {
                self.settle(Work { arrival, letter, part, sheet: None, turn: None, receivers }, row).await
            }
            _ => Err(StoreError::retry("ledger.reject", "the transmission has changed meanwhile")),
        }
    }

    /// Counts the transmission for its sender's day, that on which its first part came; true where the sender may send it. Asked for the first part, so that
    /// sets without an end count, and where it is decided; it counts once.
    pub(crate) async fn counts(&self, letter: &Letter, row: &TransmissionRecord) -> Result<bool, StoreError> {
        let day = japanese_day(row.stored_at);
        self.ledger.count(&row.id, day, counted_earlier(day, letter.manifest.iat), self.quota).await
    }

    /// What is left to do where the row has ended, or another holds the name: the work of an earlier run that broke off, nothing, or a refusal.
    pub(crate) async fn settle(&self, work: Work<'_>, row: TransmissionRecord) -> Result<Ended, StoreError> {
        match (row.standing(work.part), row.status) {
            (Standing::Ours, TransmissionStatus::Delivered) => self.announce_again(work, row).await,
            (Standing::Ours, TransmissionStatus::Rejected) => self.report_again(work, row).await,
            (Standing::Ours, TransmissionStatus::Cancelled) => {
                // a run that stalled before its copies may have made them after the sender's cancellation had emptied the folders
                clear(&*self.files, &row).await?;
                Ok(Ended::Duplicate(row.id))
            }
            (Standing::Duplicate, _) => Ok(Ended::Duplicate(row.id)),
            (Standing::Ours | Standing::New, TransmissionStatus::Waiting) => {
                Err(StoreError::retry("ledger.commit", "another run is under way"))
            }
            (Standing::Taken | Standing::Disagrees | Standing::New, _) => {
                self.reject_alone(work.arrival, ReportReason::new(RejectionCode::TransmissionReused, None)).await
            }
        }
    }

    /// The report and the notice of a rejection that another run, or an earlier one of this event, has recorded: that word stands, and no copy may.
    async fn report_again(&self, work: Work<'_>, row: TransmissionRecord) -> Result<Ended, StoreError> {
        clear(&*self.files, &row).await?;
        // listed and not looked at: the function may write reports, and read none
        if self.files.list(&keys::return_report(row.id.sender(), &row.id)).await?.is_empty() {
            let disagrees = row.files.len() > usize::from(row.parts);
            let Judged { reasons, .. } = self.judge(work, row.clone(), disagrees, false).await?;
            report(&*self.files, &row, as_recorded(&row, &reasons)).await?;
        }
        tell(&*self.ledger, &row).await?;
        Ok(rejected(row))
    }

    /// The object is refused; no transmission hears of it.
    pub(crate) async fn reject_alone(&self, arrival: &Arrival, reason: ReportReason) -> Result<Ended, StoreError> {
        let code = reason.code;
        let object = arrival.digest();
        let rejection = LoneRejection { office: arrival.office, object: object.clone(), stored_at: arrival.stored_at, code };
        self.ledger.reject_alone(&rejection).await?;
        let report = Report {
            transmission: None,
            key: arrival.key.clone(),
            sender: arrival.office,
            outcome: Rejected::Rejected,
            at: self.clock.now(),
            reasons: vec![reason],
        };
        self.files.create(&keys::return_object(&arrival.office, &object), JSON, document(&report)?).await?;
        Ok(Ended::RejectedAlone(code))
    }
}

fn deliveries(ended: &TransmissionRecord, sender_name: &str, lineage: Option<&Lineage>) -> Vec<DeliveryRecord> {
    let delivery = |address: &standard::Address| DeliveryRecord {
        id: ended.id.clone(),
        sender_name: sender_name.to_owned(),
        address: address.clone(),
        status: DeliveryStatus::Delivered,
        delivered_at: ended.ended_at.unwrap_or(ended.stored_at),
        collected_at: None,
        acknowledged_at: None,
        outcome: None,
        note: String::new(),
        lineage: lineage.cloned(),
        due_at: DeliveryRecord::first_due(ended.ended_at.unwrap_or(ended.stored_at)),
    };
    ended.addresses.iter().map(delivery).collect()
}

fn rejected(row: TransmissionRecord) -> Ended {
    Ended::Rejected(row.id, row.reasons.iter().map(|reason| reason.code).collect())
}
