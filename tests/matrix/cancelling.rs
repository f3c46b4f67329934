//! A sender takes back what it sent: whole, before anybody took it, once; whatever fails, and against a recipient who takes it at the same time.

use std::sync::Arc;

use exchange::{DeliveryStatus, NoticeKind, TransmissionStatus};
use jiff::SignedDuration;
use store::steps::{Cancellation, cancel};
use store::{Files, Marked, Notices, StoreError};

use super::SIDES;
use crate::world::World;
use crate::world::set::Set;

/// A transmission that was delivered, and the ports through which sender and recipient reach it.
pub(super) struct Delivered {
    pub(super) world: World,
    pub(super) set: Set,
    files: Arc<dyn Files>,
    pub(super) ledger: Arc<dyn Notices>,
}

impl Delivered {
    async fn on(world: World) -> Self {
        Self::of(world, (3, 3)).await
    }

    /// So many files to so many offices.
    pub(super) async fn of(world: World, (offices, files): (usize, usize)) -> Self {
        let set = Set::attachments(&world, offices, files).await;
        for parcel in set.parcels() {
            world.send(&parcel).await;
        }
        assert_eq!(world.keys("inbox/").await.iter().filter(|key| key.contains(&set.id.to_string())).count(), offices * (files + 1));
        let (files, ledger) = world.ground.faulty(&world.faults);
        world.faults.clear();
        Self { world, set, files, ledger }
    }

    pub(super) async fn cancel(&self) -> Result<Cancellation, StoreError> {
        cancel(&*self.files, &*self.ledger, &self.set.id, self.world.now()).await
    }

    pub(super) async fn collect(&self) -> Result<Marked, StoreError> {
        self.ledger.collect(&self.set.id, &self.set.recipients[1].office.number, self.world.now()).await
    }

    async fn inbox(&self) -> usize {
        self.world.keys("inbox/").await.iter().filter(|key| key.contains(&self.set.id.to_string())).count()
    }

    /// Every recipient was told this, once, and its sender nothing.
    pub(super) async fn are_told(&self, kinds: &[NoticeKind], what: &str) {
        for recipient in &self.set.recipients {
            assert_eq!(self.world.told_of(&recipient.office.number, &self.set.id).await, kinds, "{what}");
        }
        assert_eq!(self.world.told_of(self.set.id.sender(), &self.set.id).await, [], "{what}");
    }

    /// All that there is says the same: it is cancelled and gone everywhere, or one recipient has taken it and it lies with all. True when cancelled.
    pub(super) async fn is_cancelled(&self, what: &str, acknowledged: bool) -> bool {
        let entry = self.world.entry(&self.set.id).await.unwrap();
        let statuses: Vec<DeliveryStatus> = entry.deliveries.iter().map(|delivery| delivery.status).collect();
        let mut wanted = vec![DeliveryStatus::Delivered; self.set.recipients.len()];
        if entry.transmission.status == TransmissionStatus::Cancelled {
            wanted.fill(DeliveryStatus::Cancelled);
            assert_eq!((statuses, self.inbox().await), (wanted, 0), "{what}");
            assert!(matches!(self.collect().await.unwrap(), Marked::Refused(_)), "{what}");
            assert!(matches!(self.cancel().await.unwrap(), Cancellation::Done(_)), "{what}: it may be repeated");
            return true;
        }
        wanted[1] = if acknowledged { DeliveryStatus::Acknowledged } else { DeliveryStatus::Collected };
        let lies = self.set.recipients.len() * (self.set.files.len() + 1);
        assert_eq!((entry.transmission.status, statuses, self.inbox().await), (TransmissionStatus::Delivered, wanted, lies), "{what}");
        assert!(matches!(self.cancel().await.unwrap(), Cancellation::TooLate(_)), "{what}");
        false
    }
}

#[tokio::test]
async fn a_cancelled_transmission_is_gone_from_every_inbox() {
    for world in [World::in_memory(), World::embedded().await] {
        let scene = Delivered::on(world).await;
        assert!(matches!(scene.cancel().await.unwrap(), Cancellation::Done(_)));
        assert!(scene.is_cancelled("cancelled", false).await);
        // its events come again, and nothing of it comes back
        for parcel in scene.set.parcels() {
            scene.world.send(&parcel).await;
        }
        scene.world.set_now(scene.world.now() + SignedDuration::from_hours(2));
        assert_eq!(scene.world.upkeep().await.looked_through, 1);
        assert!(scene.is_cancelled("later", false).await);
        scene.are_told(&[NoticeKind::Delivered, NoticeKind::Cancelled], "later").await;
        assert!(scene.world.lone_rejections(scene.set.id.sender()).await.is_empty());
    }
}

#[tokio::test]
async fn what_waits_was_rejected_or_is_unknown_is_not_cancelled() {
    let world = World::in_memory();
    let mut set = Set::attachments(&world, 1, 2).await;
    let (files, ledger) = (world.ground.files(), world.ground.notices());
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
            let what = format!("{call} {when:?} {repeated}");
            assert!(scene.is_cancelled(&what, false).await);
            scene.are_told(&[NoticeKind::Delivered, NoticeKind::Cancelled], &what).await;
        }
    }
}
