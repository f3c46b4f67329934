//! A sender takes back what it sent: whole, before anybody took it, once; whatever fails, and against a recipient who takes it at the same time.

use std::sync::Arc;

use exchange::{DeliveryStatus, TransmissionStatus};
use futures::future::join;
use jiff::SignedDuration;
use store::steps::{Cancellation, cancel};
use store::testing::{Fault, How};
use store::{Files, Ledger, Marked, StoreError};

use super::SIDES;
use crate::world::World;
use crate::world::set::Set;

struct Delivered {
    world: World,
    set: Set,
    files: Arc<dyn Files>,
    ledger: Arc<dyn Ledger>,
}

impl Delivered {
    async fn on(world: World) -> Self {
        let set = Set::attachments(&world, 3, 3).await;
        for parcel in set.parcels() {
            world.send(&parcel).await;
        }
        assert_eq!(world.keys("inbox/").await.iter().filter(|key| key.contains(&set.id.to_string())).count(), 12);
        let (files, ledger) = world.ground.faulty(&world.faults);
        world.faults.clear();
        Self { world, set, files, ledger }
    }

    async fn cancel(&self) -> Result<Cancellation, StoreError> {
        cancel(&*self.files, &*self.ledger, &self.set.id, self.world.now()).await
    }

    async fn collect(&self) -> Result<Marked, StoreError> {
        self.ledger.collect(&self.set.id, &self.set.recipients[1].office.number, self.world.now()).await
    }

    async fn inbox(&self) -> usize {
        self.world.keys("inbox/").await.iter().filter(|key| key.contains(&self.set.id.to_string())).count()
    }

    /// Exactly one has won, and all that there is says so.
    async fn ended(&self, what: &str) -> TransmissionStatus {
        let entry = self.world.entry(&self.set.id).await.unwrap();
        let statuses: Vec<DeliveryStatus> = entry.deliveries.iter().map(|delivery| delivery.status).collect();
        match entry.transmission.status {
            TransmissionStatus::Cancelled => {
                assert_eq!((statuses, self.inbox().await), (vec![DeliveryStatus::Cancelled; 3], 0), "{what}");
                assert!(matches!(self.collect().await.unwrap(), Marked::Refused(_)), "{what}");
                assert!(matches!(self.cancel().await.unwrap(), Cancellation::Done(_)), "{what}: it may be repeated");
            }
            _ => {
                let wanted = [DeliveryStatus::Delivered, DeliveryStatus::Collected, DeliveryStatus::Delivered];
                assert_eq!((statuses, self.inbox().await), (wanted.to_vec(), 12), "{what}");
                assert!(matches!(self.cancel().await.unwrap(), Cancellation::TooLate(_)), "{what}");
            }
        }
        entry.transmission.status
    }
}

#[tokio::test]
async fn a_cancelled_transmission_is_gone_from_every_inbox() {
    for world in [World::in_memory(), World::embedded().await] {
        let scene = Delivered::on(world).await;
        assert!(matches!(scene.cancel().await.unwrap(), Cancellation::Done(_)));
        assert_eq!(scene.ended("cancelled").await, TransmissionStatus::Cancelled);
        // its events come again, and nothing of it comes back
        for parcel in scene.set.parcels() {
            scene.world.send(&parcel).await;
        }
        scene.world.set_now(scene.world.now() + SignedDuration::from_hours(2));
        assert_eq!(scene.world.upkeep().await.looked_through, 1);
        assert_eq!(scene.ended("later").await, TransmissionStatus::Cancelled);
        assert!(scene.world.lone_rejections(scene.set.id.sender()).await.is_empty());
    }
}

#[tokio::test]
async fn what_waits_was_rejected_or_is_unknown_is_not_cancelled() {
    let world = World::in_memory();
    let mut set = Set::attachments(&world, 1, 2).await;
    let (files, ledger) = (world.ground.files(), world.ground.ledger());
    let cancelled = async |id| cancel(&*files, &*ledger, id, world.now()).await.unwrap();
    assert_eq!(cancelled(&set.id).await, Cancellation::Unknown);
    world.send(&set.parcels()[0]).await;
    assert!(matches!(cancelled(&set.id).await, Cancellation::TooLate(row) if row.status == TransmissionStatus::Waiting));
    set.sender.office.licences.clear();
    world.register(&set.sender.office).await;
    world.restart();
    world.send(&set.parcels()[1]).await;
    assert!(matches!(cancelled(&set.id).await, Cancellation::TooLate(row) if row.status == TransmissionStatus::Rejected));
}

#[tokio::test]
async fn a_cancellation_races_a_collection_and_exactly_one_wins() {
    let mut won = [0, 0];
    for (call, when) in (0..=20).flat_map(|call| SIDES.map(|when| (call, when))) {
        let scene = Delivered::on(World::in_memory()).await;
        scene.world.faults.plan_all(&[Fault { call, when, how: How::Throttled }]);
        let what = format!("{call} {when:?}");
        let ended = if call % 2 == 0 {
            join(scene.cancel(), scene.collect()).await
        } else {
            let (collected, cancelled) = join(scene.collect(), scene.cancel()).await;
            (cancelled, collected)
        };
        scene.world.faults.clear();
        // whoever was told that it failed asks again
        if ended.0.is_err() {
            scene.cancel().await.unwrap();
        }
        if ended.1.is_err() {
            scene.collect().await.unwrap();
        }
        won[usize::from(scene.ended(&what).await == TransmissionStatus::Cancelled)] += 1;
    }
    assert!(won.iter().all(|won| *won > 0), "both are seen to win: {won:?}");
}

#[tokio::test]
async fn a_cancellation_that_breaks_off_anywhere_is_completed_when_repeated_or_by_upkeep() {
    for repeated in [true, false] {
        for (call, when) in (1..=20).flat_map(|call| SIDES.map(|when| (call, when))) {
            let scene = Delivered::on(World::in_memory()).await;
            scene.world.faults.plan(call, when);
            let first = scene.cancel().await;
            scene.world.faults.clear();
            let cancelled = scene.world.entry(&scene.set.id).await.unwrap().transmission.status == TransmissionStatus::Cancelled;
            if repeated || !cancelled {
                assert!(matches!(scene.cancel().await.unwrap(), Cancellation::Done(_)), "{first:?}");
            } else {
                scene.world.set_now(scene.world.now() + SignedDuration::from_hours(1));
                scene.world.upkeep().await;
            }
            assert_eq!(scene.ended(&format!("{call} {when:?} {repeated}")).await, TransmissionStatus::Cancelled);
        }
    }
}
