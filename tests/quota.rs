//! How much an office may send in a day.

use std::sync::Arc;

use deliver::Deliver;
use exchange::{RejectionCode, TransmissionId, TransmissionStatus, keys};
use jiff::{SignedDuration, Timestamp};
use store::Clock;
use store::testing::FaultyLedger;

use crate::world::corpus::{Fixture, valid};
use crate::world::ground::Ground;
use crate::world::office::Party;
use crate::world::parcel::{Parcel, attachment};
use crate::world::{self, World, at, secret};

/// Two transmissions a day.
struct Narrow {
    world: World,
    sender: Party,
}

impl Narrow {
    async fn new() -> Self {
        let fixture = valid("seed-1", "UPJSK");
        let (world, sender) = (World::in_memory(), Party::new(&fixture.sender));
        world.register(&sender.office).await;
        world.register(&Party::new(fixture.recipient.split('-').next().unwrap()).office).await;
        Self { world, sender }
    }

    fn deliver(&self) -> Arc<Deliver> {
        let Ground::Memory { files, ledger, .. } = &self.world.ground else { panic!("in memory") };
        let (now, ledger) = (self.world.now(), FaultyLedger(Arc::clone(ledger), Arc::clone(&self.world.faults)));
        let files = store::testing::FaultyFiles(Arc::clone(files), Arc::clone(&self.world.faults));
        Arc::new(Deliver::new(files, ledger, Clock::from_fn(move || now), secret(), "2".parse().unwrap()))
    }

    /// Sends a file at that time, its event told of so often; gives what became of it.
    async fn send(&self, now: Timestamp, file: &Fixture, times: usize) -> (TransmissionId, TransmissionStatus, Vec<RejectionCode>) {
        self.world.set_now(now);
        let (parcel, id) = Parcel::of(&self.sender, file, now);
        let stored = self.world.upload(&parcel).await;
        for _ in 0..times {
            assert!(world::handle(&self.deliver(), &[&stored.message], None).await.is_empty());
        }
        let row = self.world.entry(&id).await.unwrap().transmission;
        (id, row.status, row.reasons.iter().map(|reason| reason.code).collect())
    }
}

fn text(n: usize) -> Fixture {
    attachment(&format!("{n}.txt"), format!("text {n}").as_bytes())
}

#[tokio::test]
async fn more_than_the_quota_of_a_japanese_day_is_rejected() {
    let narrow = Narrow::new().await;
    // the last hour of the 10th in Japan
    let evening = at("2026-04-10T14:00:00Z");
    for n in 0..2 {
        let (_, status, _) = narrow.send(evening, &text(n), 3).await;
        assert_eq!(status, TransmissionStatus::Delivered, "{n}: an event that comes again counts once");
    }
    let delivered = narrow.world.keys("inbox/").await;
    let (id, status, codes) = narrow.send(evening, &text(2), 2).await;
    assert_eq!((status, codes), (TransmissionStatus::Rejected, vec![RejectionCode::QuotaExceeded]));
    assert_eq!(narrow.world.keys("inbox/").await, delivered, "nothing is delivered");
    let report = narrow.world.report(&keys::return_report(id.sender(), &id)).await;
    assert_eq!(report.reasons.iter().map(|reason| reason.code).collect::<Vec<_>>(), [RejectionCode::QuotaExceeded]);
    // an hour later it is the 11th
    let (_, status, _) = narrow.send(evening + SignedDuration::from_hours(1), &text(3), 1).await;
    assert_eq!(status, TransmissionStatus::Delivered);
}

#[tokio::test]
async fn the_quota_is_told_with_all_else_and_a_rejection_counts() {
    let narrow = Narrow::new().await;
    let now = at(crate::world::NOW);
    let wrong = attachment("scan.png", b"no PNG");
    for _ in 0..2 {
        let (_, _, codes) = narrow.send(now, &wrong, 1).await;
        assert_eq!(codes, [RejectionCode::FileType]);
    }
    let (_, _, codes) = narrow.send(now, &wrong, 1).await;
    assert_eq!(codes, [RejectionCode::QuotaExceeded, RejectionCode::FileType]);
    assert!(narrow.world.keys("inbox/").await.is_empty());
}
