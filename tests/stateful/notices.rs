//! What offices must have been told.

use std::collections::BTreeSet;

use exchange::{About, Notice, NoticeKind, TransmissionStatus};
use standard::OfficeNumber;
use store::Entry;

use super::Exchange;

/// What `upkeep` reminds of, by the calendar.
const REMINDERS: [NoticeKind; 2] = [NoticeKind::NotCollected, NoticeKind::Expired];

impl Exchange {
    /// No office was told what isn't so, nor anything twice; in the end (`all`) every one was told whatever concerns it.
    pub(super) async fn notices_hold(&self, all: bool) {
        let mut offices = BTreeSet::new();
        let (mut due, mut may_be) = (Vec::new(), Vec::new());
        for set in &self.sets {
            offices.extend(set.recipients.iter().chain([&set.sender]).map(|party| party.office.number));
            let Some(Entry { transmission: row, deliveries }) = self.world.entry(&set.id).await else { continue };
            let of_delivery = |office: OfficeNumber, recipient: OfficeNumber, kind, at| {
                let about = About::Delivery { transmission: set.id.clone(), recipient };
                Notice { office, kind, at, about }
            };
            let recipients = row.addresses.iter().map(|address| address.office);
            match row.status {
                TransmissionStatus::Waiting => {}
                TransmissionStatus::Rejected => due.push(Notice {
                    office: *set.id.sender(),
                    kind: NoticeKind::Rejected,
                    at: row.ended_at.unwrap(),
                    about: About::Transmission { transmission: set.id.clone() },
                }),
                TransmissionStatus::Delivered => {
                    due.extend(recipients.map(|office| of_delivery(office, office, NoticeKind::Delivered, row.ended_at.unwrap())));
                }
                TransmissionStatus::Cancelled => {
                    // where it was taken back before its run had told of it
                    may_be
                        .extend(recipients.clone().map(|office| of_delivery(office, office, NoticeKind::Delivered, row.ended_at.unwrap())));
                    due.extend(recipients.map(|office| of_delivery(office, office, NoticeKind::Cancelled, row.cancelled_at.unwrap())));
                }
            }
            for delivery in deliveries {
                if let Some(at) = delivery.acknowledged_at {
                    due.push(of_delivery(*set.id.sender(), delivery.address.office, NoticeKind::Acknowledged, at));
                }
            }
        }
        let mut told = Vec::new();
        for office in offices {
            told.extend(self.world.told(&office).await.into_iter().filter(|notice| !REMINDERS.contains(&notice.kind)));
        }
        let ids: BTreeSet<String> = told.iter().map(Notice::id).collect();
        assert_eq!(ids.len(), told.len(), "each once");
        // an import that failed was told of before it succeeded
        let before = |notice: &Notice| {
            let later = |due: &Notice| (due.kind, &due.about) == (NoticeKind::Acknowledged, &notice.about) && notice.at < due.at;
            notice.kind == NoticeKind::Acknowledged && due.iter().any(later)
        };
        for notice in &told {
            assert!(due.contains(notice) || may_be.contains(notice) || before(notice), "it is not so: {notice:?}");
        }
        for notice in due.iter().filter(|_| all) {
            assert!(told.contains(notice), "nobody was told: {notice:?}");
        }
    }
}
