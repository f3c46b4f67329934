//! What offices are told of a row, pure: office, kind, moment and what it is about follow from the row, so that telling again makes no other notice.

use exchange::{About, DeliveryStatus, Notice, NoticeKind, TransmissionStatus};
use jiff::Timestamp;
use standard::OfficeNumber;

use crate::records::{DeliveryRecord, TransmissionRecord};

impl TransmissionRecord {
    /// What is told of how it stands: each recipient that it was delivered or cancelled, the sender that it was rejected. 50 at most, always all of them.
    pub fn notices(&self) -> Vec<Notice> {
        let transmission = || self.id.clone();
        let to_recipients = |kind, at: Option<Timestamp>| {
            let notice = |office: OfficeNumber, at| {
                let about = About::Delivery { transmission: transmission(), recipient: office };
                Notice { office, kind, at, about }
            };
            at.into_iter().flat_map(|at| self.addresses.iter().map(move |address| notice(address.office, at))).collect()
        };
        match self.status {
            TransmissionStatus::Waiting => Vec::new(),
            TransmissionStatus::Delivered => to_recipients(NoticeKind::Delivered, self.ended_at),
            TransmissionStatus::Cancelled => to_recipients(NoticeKind::Cancelled, self.cancelled_at),
            TransmissionStatus::Rejected => {
                let about = About::Transmission { transmission: transmission() };
                let notice = |at| Notice { office: *self.id.sender(), kind: NoticeKind::Rejected, at, about };
                self.ended_at.map(notice).into_iter().collect()
            }
        }
    }
}

impl DeliveryRecord {
    /// A notice about this delivery.
    pub fn notice(&self, office: OfficeNumber, kind: NoticeKind, at: Timestamp) -> Notice {
        Notice { office, kind, at, about: About::Delivery { transmission: self.id.clone(), recipient: self.address.office } }
    }

    /// What its sender is told of how it stands: that it was acknowledged.
    pub fn acknowledgement(&self) -> Option<Notice> {
        let at = self.acknowledged_at.filter(|_| self.status == DeliveryStatus::Acknowledged)?;
        Some(self.notice(*self.id.sender(), NoticeKind::Acknowledged, at))
    }
}
