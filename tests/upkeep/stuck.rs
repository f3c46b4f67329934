//! All parts came, and the last one's event failed too often or was lost.

use ::upkeep::Done;
use exchange::{NoticeKind, RejectionCode, TransmissionStatus, keys};
use store::testing::When;

use super::{TO, both, end, hours};
use crate::world::World;
use crate::world::set::{Set, text};

/// A set whose last part joined in a run that ended before its call of that number; gives the event that failed.
async fn stuck(world: &World, files: usize, call: usize) -> (Set, String) {
    told_late_and_stuck(world, files, call, jiff::SignedDuration::ZERO).await
}

/// The same, so much later than its last part was stored.
async fn told_late_and_stuck(world: &World, files: usize, call: usize, later: jiff::SignedDuration) -> (Set, String) {
    let files: Vec<_> = ["a.txt", "b.txt"][..files].iter().map(|name| text(name, name)).collect();
    let set = Set::of(world, "9871578812", &TO, &files).await;
    let mut parcels = set.parcels();
    let last = parcels.pop().unwrap();
    for parcel in &parcels {
        world.send(parcel).await;
    }
    let last = world.upload(&last).await;
    world.set_now(world.now() + later);
    world.restart();
    world.faults.plan(call, When::Before);
    assert_eq!(world.handle(&[&last.message]).await, [0]);
    world.faults.clear();
    (set, last.message)
}

async fn status(world: &World, set: &Set) -> TransmissionStatus {
    world.entry(&set.id).await.unwrap().transmission.status
}

#[tokio::test]
async fn what_came_whole_and_was_not_delivered_is_driven_again_after_an_hour() {
    for world in both().await {
        for files in 1..=2 {
            let (set, _) = stuck(&world, files, 4).await;
            assert_eq!(world.upkeep().await, Done::default(), "not yet");
            let opened = world.now();
            world.set_now(opened + jiff::SignedDuration::from_hours(1));
            assert_eq!(world.upkeep().await, Done { driven: 1, ..Done::default() });
            assert_eq!(world.upkeep().await, Done::default(), "once");
            let told = world.ground.told_again().await;
            assert_eq!(told.len(), 1);
            world.settle(&told[0]).await;
            let entry = world.entry(&set.id).await.unwrap();
            assert_eq!((entry.transmission.status, entry.deliveries.len()), (TransmissionStatus::Delivered, 2));
            assert_eq!(entry.transmission.due_at, None);
            world.settle(&told[0]).await;
            assert_eq!(set.inbox(&world, 0).await.len(), files + 1);
        }
    }
}

/// The run broke off between the commit and the first document, and nobody drove its event again.
#[tokio::test]
async fn a_delivery_without_its_documents_is_driven_until_it_has_them() {
    for world in both().await {
        let (set, _) = stuck(&world, 1, 8).await;
        let documents = async || world.keys("inbox/").await.iter().filter(|key| key.ends_with("/delivery.json")).count();
        assert_eq!((status(&world, &set).await, documents().await), (TransmissionStatus::Delivered, 0));
        world.set_now(world.now() + jiff::SignedDuration::from_hours(1));
        assert_eq!(world.upkeep().await, Done { driven: 1, ..Done::default() });
        // the driven event is lost as well
        world.ground.told_again().await;
        world.set_now(hours(2));
        assert_eq!(world.upkeep().await, Done { driven: 1, ..Done::default() });
        let told = world.ground.told_again().await;
        assert_eq!((told.len(), status(&world, &set).await), (1, TransmissionStatus::Delivered));
        world.faults.clear();
        world.settle(&told[0]).await;
        assert!(!world.faults.calls().contains(&"ledger.count"), "it was counted when it was judged");
        assert_eq!((documents().await, world.entry(&set.id).await.unwrap().transmission.due_at), (2, None));
        world.set_now(hours(4));
        assert_eq!(world.upkeep().await, Done::default());
    }
}

/// Uploads are not kept for good: an event that came when they are gone would be refused, and what was delivered be told of as rejected.
#[tokio::test]
async fn a_delivery_whose_documents_can_never_be_written_rings_for_an_operator_and_is_left_as_it_is() {
    for world in both().await {
        let (set, _) = stuck(&world, 1, 8).await;
        for age in [1, 2, 4, 8, 16, 32, 64, 128] {
            world.set_now(hours(age));
            assert_eq!(world.upkeep().await.driven, 1, "{age}");
            assert_eq!(world.ground.told_again().await.len(), 1, "{age}");
        }
        world.set_now(hours(240));
        let told = async |world: &World| world.told_of(&set.recipients[1].office.number, &set.id).await;
        assert!(!told(&world).await.contains(&NoticeKind::Delivered), "nobody is told as long as it may become whole");
        // its recipients can fetch what is there, are told of it, and reminded
        assert_eq!(world.upkeep().await, Done { stuck: 1, reminded: 2, ..Done::default() });
        assert!(told(&world).await.contains(&NoticeKind::Delivered));
        world.set_now(hours(24 * 60));
        assert_eq!(world.upkeep().await.driven, 0);
        assert!(world.ground.told_again().await.is_empty(), "no event that nothing is there for any more");
        assert_eq!(status(&world, &set).await, TransmissionStatus::Delivered);
        assert!(world.keys("returns/").await.is_empty());
    }
}

/// A standstill is no reason to ring, nor to give up: from when it was told of, it is tried as often as any other.
#[tokio::test]
async fn what_was_told_of_days_late_and_fails_is_driven_like_what_was_told_of_at_once() {
    for days in [5, 11] {
        for world in both().await {
            let (set, _) = told_late_and_stuck(&world, 2, 4, jiff::SignedDuration::from_hours(24 * days)).await;
            let told_at = world.now();
            for (age, stuck) in [(1, 0), (2, 0), (4, 1)] {
                world.set_now(told_at + jiff::SignedDuration::from_hours(age) - jiff::SignedDuration::from_secs(1));
                assert_eq!(world.upkeep().await, Done::default(), "{days} {age}: not yet");
                world.set_now(told_at + jiff::SignedDuration::from_hours(age));
                assert_eq!(world.upkeep().await, Done { driven: 1, stuck, ..Done::default() }, "{days} {age}");
            }
            let told = world.ground.told_again().await;
            world.settle(&told[2]).await;
            assert_eq!(status(&world, &set).await, TransmissionStatus::Delivered, "{days}");
        }
    }
}

/// Driven eight times in ten days, each time twice as late; then its sender is told, and nothing lies in an inbox.
#[tokio::test]
async fn what_can_never_be_delivered_is_ended_in_time() {
    for world in both().await {
        // the call is the commit: its copies are made
        let (set, message) = stuck(&world, 1, 7).await;
        assert!(!world.keys("inbox/").await.is_empty());
        for (age, stuck) in [(1, 0), (2, 0), (4, 1), (8, 1), (16, 1), (32, 1), (64, 1), (128, 1)] {
            world.set_now(hours(age) - jiff::SignedDuration::from_secs(1));
            assert_eq!(world.upkeep().await, Done::default(), "{age}: not yet");
            world.set_now(hours(age));
            assert_eq!(world.upkeep().await, Done { driven: 1, stuck, ..Done::default() }, "{age}");
            assert_eq!(world.ground.told_again().await.len(), 1, "{age}");
        }
        world.set_now(hours(239));
        assert_eq!(world.upkeep().await, Done::default());
        world.set_now(hours(240));
        assert_eq!(world.upkeep().await, Done { given_up: 1, ..Done::default() });
        assert_eq!((status(&world, &set).await, world.keys("inbox/").await.len()), (TransmissionStatus::Rejected, 0));
        let report = world.report(&keys::return_report(set.id.sender(), &set.id)).await;
        assert_eq!(report.reasons.iter().map(|reason| reason.code).collect::<Vec<_>>(), [RejectionCode::TransmissionIncomplete]);
        assert_eq!(world.told_of(set.id.sender(), &set.id).await, [NoticeKind::Rejected]);
        world.settle(&message).await;
        world.set_now(hours(241));
        assert_eq!(world.upkeep().await, Done { looked_through: 1, ..Done::default() });
        world.set_now(hours(24 * 60));
        assert_eq!(world.upkeep().await, Done::default(), "nothing is due for good");
        assert_eq!((status(&world, &set).await, world.keys("inbox/").await.len()), (TransmissionStatus::Rejected, 0));
    }
}

#[tokio::test]
async fn what_is_given_up_tells_what_is_wrong_with_its_files() {
    let world = World::in_memory();
    let (mut set, _) = stuck(&world, 2, 4).await;
    set.sender.office.licences.clear();
    world.register(&set.sender.office).await;
    world.set_now(hours(240));
    world.upkeep().await;
    let report = world.report(&keys::return_report(set.id.sender(), &set.id)).await;
    assert_eq!(report.reasons.iter().map(|reason| reason.code).collect::<Vec<_>>(), [RejectionCode::SenderUnlicensed]);
}

/// What can't be read holds up no end for longer than a day.
#[tokio::test]
async fn what_must_end_ends_though_its_files_fail_for_a_day() {
    for (parts, ends) in [(1, hours(240)), (2, end())] {
        let world = World::in_memory();
        let set = if parts == 1 {
            stuck(&world, 1, 4).await.0
        } else {
            let set = Set::of(&world, "9871578812", &TO, &[text("a.txt", "a"), text("b.txt", "b")]).await;
            world.send(&set.parcels()[0]).await;
            set
        };
        let failing = |world: &World| {
            // the one due row, its due time, its files: the read fails
            world.faults.clear();
            world.faults.plan(3, When::Before);
        };
        for hour in [0, 23] {
            world.set_now(ends + jiff::SignedDuration::from_hours(hour));
            failing(&world);
            assert_eq!(world.try_upkeep().await.unwrap(), Done { failed: 1, ..Done::default() }, "{parts} {hour}");
            assert_eq!(status(&world, &set).await, TransmissionStatus::Waiting);
        }
        world.set_now(ends + jiff::SignedDuration::from_hours(24));
        failing(&world);
        world.upkeep().await;
        assert_eq!(status(&world, &set).await, TransmissionStatus::Rejected);
        let report = world.report(&keys::return_report(set.id.sender(), &set.id)).await;
        assert_eq!(report.reasons.iter().map(|reason| reason.code).collect::<Vec<_>>(), [RejectionCode::TransmissionIncomplete]);
    }
}

#[tokio::test]
async fn a_dead_letter_of_a_week_ago_still_completes_its_set() {
    for world in both().await {
        let (set, message) = stuck(&world, 2, 4).await;
        world.set_now(end());
        assert_eq!(world.upkeep().await.incomplete, 0);
        world.set_now(hours(24 * 7));
        assert_eq!(world.upkeep().await.incomplete, 0);
        world.restart();
        assert!(world.handle(&[&message]).await.is_empty());
        let entry = world.entry(&set.id).await.unwrap();
        assert_eq!((entry.transmission.status, entry.deliveries.len()), (TransmissionStatus::Delivered, 2));
        assert_eq!(entry.transmission.due_at, None);
    }
}
