//! A run of `deliver` that stalls anywhere, while another run of its event goes all the way and the sender takes the transmission back: whenever it goes
//! on, nothing of it stays in an inbox.

use std::sync::Arc;

use exchange::{NoticeKind, TransmissionStatus};
use jiff::SignedDuration;
use store::steps::{Cancellation, cancel};

use crate::world::World;
use crate::world::set::Set;

/// How the stalled run ends.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    /// It goes on to its end.
    GoesOn,
    /// Its call takes effect and it is gone; its event comes again.
    ComesAgain,
    /// Its call takes effect and it is gone for good.
    Dies,
}

/// open, look up, join, count, copy, commit, kin, document, notice, nothing is due
const CALLS: usize = 10;
/// The last of them whose effect comes after what the sender did.
const COMMIT: usize = 6;

#[tokio::test]
async fn a_run_that_stalls_at_any_call_leaves_nothing_of_what_was_cancelled_meanwhile() {
    for (n, end) in (1..=CALLS).flat_map(|n| [End::GoesOn, End::ComesAgain, End::Dies].map(|end| (n, end))) {
        let what = format!("{n} {end:?}");
        let world = Arc::new(World::in_memory());
        let set = Set::attachments(&world, 1, 1).await;
        let stored = world.upload(&set.parcels()[0]).await;
        world.faults.stall(n);
        let stalled = tokio::spawn({
            let (world, message) = (Arc::clone(&world), stored.message.clone());
            async move { world.handle(&[&message]).await }
        });
        world.faults.stalled().await;
        if n <= COMMIT {
            // SQS hands the event on to another process, which delivers
            world.restart();
            world.settle(&stored.message).await;
        }
        let (files, ledger) = (world.ground.files(), world.ground.notices());
        assert!(matches!(cancel(&*files, &*ledger, &set.id, world.now()).await.unwrap(), Cancellation::Done(_)), "{what}");
        assert!(world.keys("inbox/").await.is_empty(), "{what}: the cancellation took all away");

        if end == End::GoesOn {
            world.faults.go_on();
            assert!(stalled.await.unwrap().is_empty(), "{what}: it is done");
        } else {
            world.faults.go_on_and_die();
            assert_eq!(stalled.await.unwrap(), [0], "{what}");
        }
        if end == End::ComesAgain {
            world.settle(&stored.message).await;
        }
        if end != End::Dies {
            assert!(world.keys("inbox/").await.is_empty(), "{what}: what it wrote it took back");
        }
        world.set_now(world.now() + SignedDuration::from_hours(1));
        let done = world.upkeep().await;
        let copied = end == End::Dies && [5, 8].contains(&n);
        assert_eq!((done.looked_through, done.removed), (1, usize::from(copied)), "{what}: upkeep finds what is left, and that only");
        assert!(world.keys("inbox/").await.is_empty(), "{what}");
        let entry = world.entry(&set.id).await.unwrap();
        assert_eq!((entry.transmission.status, entry.transmission.due_at), (TransmissionStatus::Cancelled, None), "{what}");
        let told = world.told_of(&set.recipients[0].office.number, &set.id).await;
        assert_eq!(told.iter().filter(|kind| **kind == NoticeKind::Cancelled).count(), 1, "{what}");
        assert!(
            told.iter().all(|kind| [NoticeKind::Delivered, NoticeKind::Cancelled].contains(kind)) && told.len() <= 2,
            "{what}: {told:?}"
        );
        assert!(world.keys("returns/").await.is_empty() && world.lone_rejections(set.id.sender()).await.is_empty(), "{what}");
    }
}
