//! What no event tells of any more: parts that never came, and what a run left behind.

mod stuck;
mod unheard;

use std::sync::Arc;
use std::time::Duration;

use ::upkeep::Done;
use exchange::{NoticeKind, RejectionCode, TransmissionStatus, keys};
use jiff::{SignedDuration, Timestamp};
use store::TOLD_LATE;
use store::testing::When;

use crate::world::corpus::demo;
use crate::world::set::{Set, text};
use crate::world::{NOW, World, at};

const TO: [&str; 2] = ["9779668095-15", "9961751154-13"];

async fn both() -> [World; 2] {
    [World::in_memory(), World::embedded().await]
}

/// When a set whose parts don't all come is ended.
fn end() -> Timestamp {
    hours(24) + TOLD_LATE
}

fn hours(hours: i64) -> Timestamp {
    at(NOW) + SignedDuration::from_hours(hours)
}

#[tokio::test]
async fn what_still_waits_for_parts_a_day_after_the_first_is_rejected() {
    for world in both().await {
        let set = Set::of(&world, "9871578812", &TO, &demo(&["UPPLAN", "UPSIKYU", "UPHOSOKU_202604"])).await;
        let parcels = set.parcels();
        world.send(&parcels[0]).await;
        world.set_now(hours(3));
        world.send(&parcels[1]).await;
        world.set_now(hours(24));
        let late = world.upload(&parcels[2]).await;
        world.set_now(end() - SignedDuration::from_secs(1));
        assert_eq!(world.upkeep().await, Done::default(), "not yet, however often it is looked at");
        assert_eq!(world.upkeep().await, Done::default());
        world.set_now(end());
        assert_eq!(world.upkeep().await, Done { incomplete: 1, ..Done::default() });
        let entry = world.entry(&set.id).await.unwrap();
        assert_eq!((entry.transmission.status, entry.transmission.ended_at), (TransmissionStatus::Rejected, Some(end())));
        let report = world.report(&keys::return_report(set.id.sender(), &set.id)).await;
        assert_eq!(report.reasons.iter().map(|reason| reason.code).collect::<Vec<_>>(), [RejectionCode::TransmissionIncomplete]);
        assert_eq!(world.upkeep().await, Done::default(), "once");
        assert_eq!(world.told_of(set.id.sender(), &set.id).await, [NoticeKind::Rejected]);
        assert_eq!(world.told_of(&set.recipients[0].office.number, &set.id).await, [], "nothing came");
        // what is told of after the end is rejected alone
        world.settle(&late.message).await;
        let told = world.lone_rejections(set.id.sender()).await;
        assert_eq!(told.iter().map(|told| told.code).collect::<Vec<_>>(), [RejectionCode::TransmissionReused]);
        world.set_now(hours(25));
        assert_eq!(world.upkeep().await, Done::default(), "nothing is due for good");
        assert!(world.keys("inbox/").await.is_empty());
    }
}

/// The function stood still for a day, or all of a set's events lay with the dead letters: what was stored in time is told of late, part by part.
#[tokio::test]
async fn parts_that_are_all_told_of_late_still_make_their_set() {
    for world in both().await {
        for all in [true, false] {
            world.set_now(at(NOW));
            let set = Set::of(&world, "9871578812", &TO, &[text("a.txt", "a"), text("b.txt", "b"), text("c.txt", "c")]).await;
            let mut messages = Vec::new();
            for parcel in set.parcels() {
                messages.push(world.upload(&parcel).await.message);
            }
            for (n, message) in (0..).zip(&messages[..2]) {
                world.set_now(hours(24 * 7) + SignedDuration::from_mins(50 * n));
                world.settle(message).await;
                // those of which nothing was told are found; their events may be as late all the same
                let done = world.upkeep().await;
                assert_eq!(done, Done { unheard: done.unheard, ..Done::default() });
                world.ground.told_again().await;
            }
            if all {
                world.set_now(world.now() + SignedDuration::from_mins(50));
                world.settle(&messages[2]).await;
                assert_eq!(world.upkeep().await, Done::default());
                assert_eq!(world.entry(&set.id).await.unwrap().transmission.status, TransmissionStatus::Delivered);
            } else {
                world.set_now(world.now() + SignedDuration::from_hours(1));
                assert_eq!(world.upkeep().await, Done { incomplete: 1, ..Done::default() });
            }
        }
    }
}

/// Of a set that is whole hours after it was opened, the last event dies: it is driven an hour later, and nobody is rung for.
#[tokio::test]
async fn what_becomes_whole_late_in_its_day_is_driven_an_hour_later() {
    for world in both().await {
        let set = Set::of(&world, "9871578812", &TO, &[text("a.txt", "a"), text("b.txt", "b")]).await;
        let parcels = set.parcels();
        world.send(&parcels[0]).await;
        world.set_now(hours(2));
        assert_eq!(world.upkeep().await, Done::default());
        world.set_now(hours(5));
        let last = world.upload(&parcels[1]).await;
        // its row is joined, and then its run breaks off
        world.faults.plan(3, When::After);
        assert_eq!(world.handle(&[&last.message]).await, [0]);
        world.faults.clear();
        world.set_now(hours(6) - SignedDuration::from_secs(1));
        assert_eq!(world.upkeep().await, Done::default());
        world.set_now(hours(6));
        assert_eq!(world.upkeep().await, Done { driven: 1, ..Done::default() });
        for message in world.ground.told_again().await {
            world.settle(&message).await;
        }
        assert_eq!(world.entry(&set.id).await.unwrap().transmission.status, TransmissionStatus::Delivered);
    }
}

#[tokio::test]
async fn what_is_wrong_with_the_parts_that_came_is_told_with_it() {
    let world = World::in_memory();
    let files = [text("a.txt", "a"), text("b.exe", "MZ"), text("c.pdf", "no PDF")];
    let mut set = Set::of(&world, "9871578812", &TO, &files).await;
    set.sender.office.licences.clear();
    world.register(&set.sender.office).await;
    for parcel in &set.parcels()[..2] {
        world.send(parcel).await;
    }
    world.set_now(hours(30));
    world.upkeep().await;
    let report = world.report(&keys::return_report(set.id.sender(), &set.id)).await;
    let told: Vec<_> = report.reasons.iter().map(|reason| (reason.code, reason.file.as_deref())).collect();
    let wanted =
        [(RejectionCode::TransmissionIncomplete, None), (RejectionCode::SenderUnlicensed, None), (RejectionCode::FileType, Some("b.exe"))];
    assert_eq!(told, wanted);
}

/// Every call of a tick fails once, on either side; the next tick completes it.
#[tokio::test]
async fn a_tick_that_breaks_off_anywhere_is_completed_by_the_next() {
    for n in 1..=13 {
        for when in [When::Before, When::After] {
            let world = World::in_memory();
            let set = Set::of(&world, "9871578812", &TO, &[text("a.txt", "a"), text("b.txt", "b")]).await;
            world.send(&set.parcels()[0]).await;
            world.set_now(end());
            world.faults.plan(n, when);
            drop(world.try_upkeep().await);
            world.faults.clear();
            for _ in 0..2 {
                assert_eq!(world.try_upkeep().await.unwrap().failed, 0, "{n} {when:?}");
            }
            let row = world.entry(&set.id).await.unwrap().transmission;
            assert_eq!((row.status, row.due_at), (TransmissionStatus::Rejected, None), "{n} {when:?}");
            assert_eq!(world.keys("returns/").await, [keys::return_report(set.id.sender(), &set.id)], "{n} {when:?}");
            assert_eq!(world.told_of(set.id.sender(), &set.id).await, [NoticeKind::Rejected], "{n} {when:?}");
        }
    }
}

#[tokio::test]
async fn all_that_is_due_is_ended_page_by_page_and_nothing_else() {
    let world = World::in_memory();
    let (mut due, mut not_due) = (Vec::new(), Vec::new());
    for n in 0..120 {
        world.set_now(if n % 2 == 0 { at(NOW) } else { hours(2) });
        let set = Set::of(&world, "9871578812", &TO[..1], &[text("a.txt", "a"), text("b.txt", "b")]).await;
        world.send(&set.parcels()[0]).await;
        if n % 2 == 0 { due.push(set.id) } else { not_due.push(set.id) }
    }
    world.set_now(hours(25));
    assert_eq!(world.upkeep().await.incomplete, due.len());
    for (ids, status) in [(due, TransmissionStatus::Rejected), (not_due, TransmissionStatus::Waiting)] {
        for id in ids {
            assert_eq!(world.entry(&id).await.unwrap().transmission.status, status);
        }
    }
}

/// Stored on the last minute of the day, and told of only after it.
#[tokio::test]
async fn a_part_stored_in_time_whose_event_is_late_still_completes_its_set() {
    for world in both().await {
        let set = Set::of(&world, "9871578812", &TO, &[text("a.txt", "a"), text("b.txt", "b")]).await;
        let parcels = set.parcels();
        world.send(&parcels[0]).await;
        world.set_now(hours(24) - SignedDuration::from_mins(1));
        let last = world.upload(&parcels[1]).await;
        world.set_now(hours(24) + SignedDuration::from_mins(10));
        assert_eq!(world.upkeep().await, Done::default());
        world.settle(&last.message).await;
        assert_eq!(world.entry(&set.id).await.unwrap().transmission.status, TransmissionStatus::Delivered);
    }
}

/// The part that was stored first counts, in whatever order they were told of.
#[tokio::test]
async fn a_set_waits_from_the_part_that_was_stored_first() {
    for world in both().await {
        let set = Set::of(&world, "9871578812", &TO, &[text("a.txt", "a"), text("b.txt", "b"), text("c.txt", "c")]).await;
        let parcels = set.parcels();
        let first = world.upload(&parcels[0]).await;
        world.set_now(hours(10));
        world.send(&parcels[1]).await;
        world.settle(&first.message).await;
        world.set_now(end());
        assert_eq!(world.upkeep().await.incomplete, 1);
    }
}

/// A run of `deliver` stalls before one of its calls; meanwhile the transmission ends otherwise, and only then it goes on, and dies.
#[tokio::test]
async fn a_run_that_finishes_late_leaves_nothing_that_stays() {
    for n in 4..=9 {
        let world = Arc::new(World::in_memory());
        let set = Set::of(&world, "9871578812", &TO, &[text("a.txt", "a")]).await;
        let stored = world.upload(&set.parcels()[0]).await;
        world.faults.stall(n);
        let stale = tokio::spawn({
            let (world, message) = (Arc::clone(&world), stored.message.clone());
            async move { world.handle(&[&message]).await }
        });
        world.faults.stalled().await;
        // another run of the same event, after the recipient has closed its door
        let mut closed = set.recipients[0].office.clone();
        closed.blocked_senders = vec![*set.id.sender()];
        world.register(&closed).await;
        world.restart();
        world.settle(&stored.message).await;
        let status = world.entry(&set.id).await.unwrap().transmission.status;
        // the late run takes one step more, and is gone
        world.faults.go_on_and_die();
        drop(stale.await.unwrap());
        world.faults.clear();
        assert_eq!(world.entry(&set.id).await.unwrap().transmission.status, status, "{n}: the end stays");
        if status == TransmissionStatus::Rejected {
            let documents = world.keys("inbox/").await.iter().filter(|key| key.ends_with("delivery.json")).count();
            assert_eq!(documents, 0, "{n}: nothing that counts as a delivery");
            world.set_now(hours(2));
            world.upkeep().await;
            assert!(world.keys("inbox/").await.is_empty(), "{n}");
        }
    }
}

/// However long transmissions take: who waits for a reminder gets it in the same tick.
#[tokio::test(start_paused = true)]
async fn what_hangs_of_transmissions_takes_no_time_from_deliveries() {
    let world = World::in_memory();
    let delivered = Set::of(&world, "9871578812", &TO, &[text("a.txt", "a")]).await;
    world.send(&delivered.parcels()[0]).await;
    world.set_now(hours(24 * 9));
    let waits = Set::of(&world, "9871578812", &TO, &[text("a.txt", "a"), text("b.txt", "b")]).await;
    world.send(&waits.parcels()[0]).await;
    world.set_now(hours(24 * 10 + 1));
    world.faults.clear();
    // due, its row, its file
    world.faults.stall(3);
    let done = world.upkeep_within(Duration::from_secs(60)).await;
    assert_eq!((done.incomplete, done.reminded), (0, 2));
}

/// A call that never comes back, of the first of two that are due.
#[tokio::test(start_paused = true)]
async fn what_takes_too_long_is_put_off_and_holds_up_no_other() {
    let world = World::in_memory();
    let mut sets = Vec::new();
    for n in 0..2 {
        world.set_now(at(NOW) + SignedDuration::from_secs(n));
        let set = Set::of(&world, "9871578812", &TO, &[text("a.txt", "a"), text("b.txt", "b")]).await;
        world.send(&set.parcels()[0]).await;
        sets.push(set.id);
    }
    world.set_now(hours(25));
    world.faults.clear();
    // due, its row, its file
    world.faults.stall(3);
    assert_eq!(world.upkeep().await, Done { failed: 1, incomplete: 1, ..Done::default() });
    let row = async |id| world.entry(id).await.unwrap().transmission;
    let first = row(&sets[0]).await;
    assert_eq!((first.status, first.due_at), (TransmissionStatus::Waiting, Some(hours(26))));
    assert_eq!(row(&sets[1]).await.status, TransmissionStatus::Rejected);
    world.set_now(hours(26));
    world.upkeep().await;
    assert_eq!(row(&sets[0]).await.status, TransmissionStatus::Rejected);
}
