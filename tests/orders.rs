//! Every order of eight events: three transmissions of two parts, one of them told of twice, and an older version under the key of one part.

mod script;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use exchange::{Reason, RejectionCode, TransmissionStatus};
use futures::future::join_all;
use store::testing::conformance::Outside as _;
use store::{Part, Standing, TransmissionRecord};

use self::script::{STALE, Script, Stale, parts};
use crate::world::World;
use crate::world::set::{Set, text};

const EVENTS: usize = 8;

/// What a part does to its row, as the function has it: joins, and ends it when it is the last or contradicts it.
fn take(row: &mut Option<TransmissionRecord>, part: &Part) -> Standing {
    let Some(held) = row else {
        let opened = row.insert(part.opening());
        end_if_complete(opened);
        return Standing::New;
    };
    let standing = held.standing(part);
    if standing == Standing::Disagrees {
        *held = held.with(part).ended(part.file.stored_at, vec![Reason { code: RejectionCode::TransmissionInconsistent, file: None }]);
    } else if held.join(part) {
        end_if_complete(held);
    }
    standing
}

fn end_if_complete(row: &mut TransmissionRecord) {
    if row.is_complete() {
        let reasons = row.broken().into_iter().map(|code| Reason { code, file: None });
        *row = row.ended(row.last_stored_at(), reasons.collect());
    }
}

#[tokio::test]
async fn every_order_of_eight_events_ends_as_it_must_on_the_state_machine() {
    for stale in [Stale::Same, Stale::Other, Stale::Elsewhere] {
        let script = Script::of(stale).await;
        let parts = parts(&script).await;
        let mut order: Vec<usize> = (0..EVENTS).collect();
        let (mut met, mut ends) = (0, BTreeSet::new());
        permute(&mut order, EVENTS, &mut |order| {
            met += 1;
            let mut rows: [Option<TransmissionRecord>; 4] = [const { None }; 4];
            let mut standings = BTreeMap::new();
            for place in order {
                let (set, part) = &parts[*place];
                let before = rows[*set].clone();
                let standing = take(&mut rows[*set], part);
                let joins = matches!(standing, Standing::New | Standing::Disagrees);
                assert!(joins || rows[*set] == before, "whoever doesn't join changes nothing");
                assert!(!joins || before.is_none_or(|before| !before.status.has_ended()), "what has ended stays: {order:?}");
                standings.insert(*place, standing);
            }
            let [_, newer] = script.versions();
            assert_eq!(standings.values().filter(|standing| **standing == Standing::Taken).count(), usize::from(stale == Stale::Other));
            assert_eq!(standings[&newer] == Standing::Taken, !script.is_delivered(order), "{order:?}");
            for (set, row) in rows.iter().flatten().enumerate() {
                let delivered = set != STALE.0 || script.is_delivered(order);
                assert_eq!(row.status == TransmissionStatus::Delivered, delivered, "{order:?}");
                assert!(row.status.has_ended(), "{order:?}");
            }
            ends.insert(script.is_delivered(order));
        });
        assert_eq!((met, ends.len()), (40_320, if stale == Stale::Other { 2 } else { 1 }), "{stale:?}");
    }
}

#[tokio::test]
async fn two_thousand_orders_of_eight_events_end_as_they_must_through_the_function() {
    // xorshift (Marsaglia, 2003): the same orders in every run
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    for (stale, orders) in [(Stale::Other, 2_000), (Stale::Same, 500), (Stale::Elsewhere, 500)] {
        let script = Script::of(stale).await;
        for _ in 0..orders {
            let (world, stored) = script.on_a_world().await;
            let mut order: Vec<usize> = (0..EVENTS).collect();
            for place in (1..EVENTS).rev() {
                order.swap(place, random(place + 1));
            }
            for place in &order {
                assert!(world.handle(&[&stored[*place].message]).await.is_empty());
            }
            script.ended(&world, &stored, &order).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_runs_of_one_event_at_the_same_time_are_one_delivery() {
    for world in [World::in_memory(), World::embedded().await] {
        let world = Arc::new(world);
        let set = Set::of(&world, "9778773797", &["9779668095", "9961751154"], &[text("a.txt", "a"), text("b.txt", "b")]).await;
        let parcels = set.parcels();
        world.send(&parcels[0]).await;
        let last = world.upload(&parcels[1]).await;
        let runs = (0..64).map(|_| {
            let (world, message) = (Arc::clone(&world), last.message.clone());
            tokio::spawn(async move { world.settle(&message).await })
        });
        for run in join_all(runs).await {
            run.unwrap();
        }
        let entry = world.entry(&set.id).await.unwrap();
        assert_eq!((entry.transmission.status, entry.deliveries.len()), (TransmissionStatus::Delivered, 2));
        for place in 0..2 {
            let inbox = set.inbox(&world, place).await;
            assert_eq!(inbox, ["a01.txt", "a02.txt", "delivery.json"]);
            let key = exchange::keys::inbox_file(&set.recipients[place].office.number, &set.id, "a01.txt");
            assert_eq!(world.ground.metadata(&key).await.len(), 1);
        }
        assert!(world.keys("returns/").await.is_empty());
    }
}

/// Heap's algorithm.
fn permute(order: &mut Vec<usize>, of: usize, each: &mut impl FnMut(&[usize])) {
    if of <= 1 {
        each(order);
        return;
    }
    for place in 0..of {
        permute(order, of - 1, each);
        order.swap(if of.is_multiple_of(2) { place } else { 0 }, of - 1);
    }
}
