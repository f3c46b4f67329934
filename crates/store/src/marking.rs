//! What a recipient does with a delivery, pure: forward only. The adapters' conditions say the same, and the conformance suite holds them to it.

use exchange::{DeliveryStatus, Outcome};
use jiff::Timestamp;

use crate::ledger::{Answer, Marked};
use crate::records::DeliveryRecord;

impl DeliveryRecord {
    /// The delivery fetched now.
    pub(crate) fn collected(self, now: Timestamp) -> Marked {
        match self.status {
            DeliveryStatus::Collected | DeliveryStatus::Acknowledged => Marked::AsItWas(self),
            status if status.may_become(DeliveryStatus::Collected) => {
                Marked::Written(Self { status: DeliveryStatus::Collected, collected_at: Some(now), ..self })
            }
            _ => Marked::Refused(self),
        }
    }

    /// The delivery past its time.
    pub(crate) fn expired(self) -> Marked {
        match self.status {
            DeliveryStatus::Expired => Marked::AsItWas(self),
            status if status.may_become(DeliveryStatus::Expired) => {
                // it stays due until both offices are told
                Marked::Written(Self { status: DeliveryStatus::Expired, ..self })
            }
            _ => Marked::Refused(self),
        }
    }

    /// The delivery answered: once, but that an import that failed may still succeed.
    pub(crate) fn acknowledged(self, answer: &Answer) -> Marked {
        let again = self.status == DeliveryStatus::Acknowledged;
        if again && self.outcome == Some(answer.outcome) {
            return Marked::AsItWas(self);
        }
        let corrects = again && self.outcome.is_some_and(|outcome: Outcome| outcome.may_become(answer.outcome));
        if !corrects && !self.status.may_become(DeliveryStatus::Acknowledged) {
            return Marked::Refused(self);
        }
        Marked::Written(Self {
            status: DeliveryStatus::Acknowledged,
            acknowledged_at: Some(answer.at),
            outcome: Some(answer.outcome),
            note: answer.note.clone(),
            // due until its sender is told
            due_at: Some(answer.at),
            ..self
        })
    }
}
