//! How much an office may send in a day.

use std::sync::Arc;

use deliver::Deliver;
use exchange::{RejectionCode, TransmissionId, TransmissionStatus, keys};
use jiff::{SignedDuration, Timestamp};
use store::Clock;
use store::testing::FaultyLedger;
use uuid::Uuid;

use crate::world::corpus::{Fixture, valid};
use crate::world::ground::Ground;
use crate::world::office::Party;
use crate::world::parcel::{Parcel, attachment};
use crate::world::set::Set;
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

/// A set of three, and the same files as a new transmission as often as wanted.
async fn set(narrow: &Narrow) -> Set {
    let files: Vec<Fixture> = (0..3).map(|n| world::set::text(&format!("{n}.txt"), &format!("text {n}"))).collect();
    Set::of(&narrow.world, "9778773797", &["9871578812"], &files).await
}

fn afresh(set: &mut Set, now: Timestamp) {
    let jti = Uuid::new_v4();
    set.id = TransmissionId::new(set.sender.office.number, jti);
    set.drafts.iter_mut().for_each(|draft| (draft.jti, draft.iat) = (jti, now));
}

impl Narrow {
    /// Has the set's part of this place stored and taken at that time.
    async fn part(&self, set: &Set, place: usize, now: Timestamp) -> Option<(TransmissionStatus, Vec<RejectionCode>)> {
        self.world.set_now(now);
        let stored = self.world.upload(&set.parcels()[place]).await;
        assert!(world::handle(&self.deliver(), &[&stored.message], None).await.is_empty());
        let row = self.world.entry(&set.id).await?.transmission;
        Some((row.status, row.reasons.iter().map(|reason| reason.code).collect()))
    }
}

#[tokio::test]
async fn sets_without_an_end_count_from_their_first_part() {
    let narrow = Narrow::new().await;
    let (mut set, now) = (set(&narrow).await, at(crate::world::NOW));
    for _ in 0..2 {
        afresh(&mut set, now);
        for place in [0, 1] {
            assert_eq!(narrow.part(&set, place, now).await, Some((TransmissionStatus::Waiting, vec![])), "part {place}");
        }
    }
    // no row waits for what may not come; and nothing but that is told
    afresh(&mut set, now);
    let refused = Some((TransmissionStatus::Rejected, vec![RejectionCode::QuotaExceeded]));
    assert_eq!(narrow.part(&set, 0, now).await, refused);
    let report = narrow.world.report(&keys::return_report(set.id.sender(), &set.id)).await;
    assert_eq!(report.reasons.iter().map(|reason| reason.code).collect::<Vec<_>>(), [RejectionCode::QuotaExceeded]);
    assert_eq!(narrow.part(&set, 1, now).await, refused);
    let alone = narrow.world.lone_rejections(set.id.sender()).await;
    assert_eq!(alone.iter().map(|rejection| rejection.code).collect::<Vec<_>>(), [RejectionCode::TransmissionReused]);
}

#[tokio::test]
async fn what_is_announced_or_begun_before_midnight_counts_once() {
    let narrow = Narrow::new().await;
    let (mut set, before) = (set(&narrow).await, at("2026-04-10T14:59:00Z"));
    let after = before + SignedDuration::from_mins(2);
    let days = [before, after].map(exchange::japanese_day);
    let count = async |id: &TransmissionId, day| narrow.world.ledger.count(id, day, None, "2".parse().unwrap()).await.unwrap();
    let other = |n: u128| TransmissionId::new(set.sender.office.number, Uuid::from_u128(n));
    let others = [other(1), other(2), other(3), other(4)];
    // announced then, stored after midnight
    afresh(&mut set, before);
    assert!(count(&set.id, days[0]).await);
    for place in 0..3 {
        narrow.part(&set, place, after).await.unwrap();
    }
    assert_eq!(narrow.world.entry(&set.id).await.unwrap().transmission.status, TransmissionStatus::Delivered);
    // begun then, ended after midnight
    afresh(&mut set, before);
    for (place, now) in [(0, before), (1, after), (2, after)] {
        narrow.part(&set, place, now).await.unwrap();
    }
    assert_eq!(narrow.world.entry(&set.id).await.unwrap().transmission.status, TransmissionStatus::Delivered);
    assert!(!count(&others[0], days[0]).await, "both counted on the 10th");
    assert!(count(&others[1], days[1]).await && count(&others[2], days[1]).await, "and on the 11th neither");
    assert!(!count(&others[3], days[1]).await);
}
