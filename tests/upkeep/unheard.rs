//! Uploads whose event was lost before anything of them reached the ledger.

use std::time::Duration;

use ::upkeep::Done;
use exchange::TransmissionStatus;
use jiff::SignedDuration;
use store::testing::When;

use super::{TO, both, hours};
use crate::world::World;
use crate::world::corpus::demo;
use crate::world::parcel::Parcel;
use crate::world::set::{Set, text};

const FOUND: fn(usize) -> Done = |unheard| Done { unheard, ..Done::default() };

async fn one_file(world: &World) -> (Set, Parcel) {
    let set = Set::of(world, "9871578812", &TO, &[text("a.txt", "a")]).await;
    let parcel = set.parcels().remove(0);
    (set, parcel)
}

#[tokio::test]
async fn an_upload_that_no_event_tells_of_is_found_and_delivered_as_of_when_it_was_stored() {
    for world in both().await {
        let (set, parcel) = one_file(&world).await;
        world.upload(&parcel).await;
        world.set_now(hours(1) - SignedDuration::from_secs(1));
        assert_eq!(world.upkeep().await, FOUND(0), "its event may be under way");
        world.set_now(hours(6));
        assert_eq!(world.upkeep().await, FOUND(0), "six hours from one search to the next");
        world.set_now(hours(7));
        assert_eq!(world.upkeep().await, FOUND(1));
        assert_eq!(world.upkeep().await, FOUND(0), "once in a search");
        let [told] = &world.ground.told_again().await[..] else { panic!("one upload, one event") };
        world.settle(told).await;
        let row = world.entry(&set.id).await.unwrap().transmission;
        assert_eq!((row.status, row.stored_at), (TransmissionStatus::Delivered, hours(0)));
        for hour in [13, 19, 25, 31] {
            world.set_now(hours(hour));
            assert_eq!(world.upkeep().await, FOUND(0), "{hour}: what the ledger knows is not queued");
        }
    }
}

#[tokio::test]
async fn a_part_whose_event_is_lost_still_completes_its_set_in_time() {
    for world in both().await {
        let set = Set::of(&world, "9871578812", &TO, &demo(&["UPPLAN", "UPSIKYU", "UPHOSOKU_202604"])).await;
        let parcels = set.parcels();
        world.send(&parcels[0]).await;
        world.set_now(hours(1));
        world.upload(&parcels[1]).await;
        world.send(&parcels[2]).await;
        // a tick every quarter of an hour, as the schedule has it
        let mut told = Vec::new();
        for quarter in 4..40 {
            world.set_now(hours(0) + SignedDuration::from_mins(15 * quarter));
            world.upkeep().await;
            told.extend(world.ground.told_again().await);
        }
        assert_eq!(told.len(), 1);
        world.settle(&told[0]).await;
        assert_eq!(world.entry(&set.id).await.unwrap().transmission.status, TransmissionStatus::Delivered);
    }
}

/// Delivered, waiting, rejected, rejected alone: whatever the ledger has is known, over several pages and offices.
#[tokio::test]
async fn what_the_ledger_knows_in_any_way_is_left_alone() {
    for world in both().await {
        let mut sets = Vec::new();
        for (sender, files) in [("9871578812", 1), ("9779668095", 2)] {
            let files: Vec<_> = ["a.txt", "b.txt"][..files].iter().map(|name| text(name, sender)).collect();
            let set = Set::of(&world, sender, &["9961751154-13"], &files).await;
            // the second part is never told of
            let parcels = set.parcels();
            world.send(&parcels[0]).await;
            for parcel in &parcels[1..] {
                world.upload(parcel).await;
            }
            sets.push(set);
        }
        let parcel = sets[0].parcels().remove(0);
        let alone = Parcel { manifest: None, ..parcel.clone() };
        world.send(&alone).await;
        let rejected = Parcel { bytes: b"other than signed".to_vec(), ..parcel };
        world.send(&rejected).await;
        world.set_now(hours(2));
        assert_eq!(world.upkeep().await, FOUND(1));
        for told in world.ground.told_again().await {
            world.settle(&told).await;
        }
        for set in &sets {
            assert_eq!(world.entry(&set.id).await.unwrap().transmission.status, TransmissionStatus::Delivered);
        }
        world.set_now(hours(8));
        assert_eq!(world.upkeep().await, FOUND(0));
    }
}

/// Names as a hostile or careless office gives them don't end the search for the others.
#[tokio::test]
async fn keys_of_any_letters_are_found() {
    for world in both().await {
        let (_, parcel) = one_file(&world).await;
        let names = ["a b+c%2Bd", "計画 書.pdf", "\u{1}\u{7f}", "&<\">", "e"];
        for name in names {
            world.upload(&Parcel { key: format!("outbox/9871578812/{name}"), ..parcel.clone() }).await;
        }
        world.set_now(hours(2));
        assert_eq!(world.upkeep().await, FOUND(names.len()));
        for told in world.ground.told_again().await {
            world.settle(&told).await;
        }
        // the same file again is no news, and the ledger doesn't note it: it is looked at once all the same
        world.set_now(hours(8));
        assert_eq!(world.upkeep().await, FOUND(0));
    }
}

/// Wherever a search breaks off, another tick goes on from there, and finds all the same.
#[tokio::test]
async fn a_search_that_breaks_off_goes_on_where_it_was() {
    let lay = async || {
        let world = World::in_memory();
        let (_, parcel) = one_file(&world).await;
        for place in 0..8 {
            world.upload(&Parcel { key: format!("outbox/9871578812/{place}"), ..parcel.clone() }).await;
        }
        world.set_now(hours(2));
        world
    };
    let world = lay().await;
    world.faults.clear();
    world.upkeep().await;
    let calls = world.faults.calls();
    let begins = calls.iter().position(|call| *call == "ledger.sweep").unwrap() + 1;
    assert_eq!(calls.iter().filter(|call| **call == "files.versions").count(), 3, "{calls:?}");
    for call in begins..=calls.len() {
        for when in [When::Before, When::After] {
            let world = lay().await;
            world.faults.plan(call, when);
            let broke = world.try_upkeep().await;
            world.faults.clear();
            assert!(broke.is_err() || broke.unwrap().failed == 1, "{call} {when:?}");
            world.upkeep().await;
            // what was left of an office is found by the next search
            world.set_now(hours(8));
            world.upkeep().await;
            world.set_now(hours(14));
            let last = world.upkeep().await;
            assert_eq!(last, FOUND(0), "{call} {when:?}: and then no more");
            let mut told = world.ground.told_again().await;
            told.sort_unstable();
            told.dedup();
            assert_eq!(told.len(), 8, "{call} {when:?}");
        }
    }
}

/// Time that is over ends the tick, not the search.
#[tokio::test(start_paused = true)]
async fn a_search_takes_no_longer_than_its_tick() {
    let world = World::in_memory();
    let (_, parcel) = one_file(&world).await;
    world.upload(&parcel).await;
    world.set_now(hours(2));
    world.faults.clear();
    world.upkeep_within(Duration::ZERO).await;
    let hanging = world.faults.calls().len() + 1;
    world.faults.stall(hanging);
    assert_eq!(world.upkeep_within(Duration::from_secs(60)).await, FOUND(0));
    world.faults.clear();
    assert_eq!(world.upkeep_within(Duration::from_secs(60)).await, FOUND(1));
}
