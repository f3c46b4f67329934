//! Every order of eight events: three transmissions of two parts, one of them told of twice, one part stored twice under its key.

use std::collections::BTreeSet;
use std::sync::Arc;

use exchange::TransmissionStatus;
use futures::future::join_all;
use store::testing::conformance::Outside as _;
use store::{Part, Standing, TransmissionRecord};

use crate::world::parcel::Parcel;
use crate::world::set::{Set, text};
use crate::world::{Stored, World};

const EVENTS: usize = 8;

/// The eight events on stores that are fresh.
struct Scene {
    world: World,
    sets: Vec<Set>,
    /// Which transmission an event is about, and what was stored.
    events: Vec<(usize, Stored)>,
    /// The two versions of the part that was stored twice.
    versions: BTreeSet<String>,
}

impl Scene {
    async fn new() -> Self {
        let world = World::in_memory();
        let (mut sets, mut events, mut versions) = (Vec::new(), Vec::new(), BTreeSet::new());
        for (n, sender) in ["9778773797", "9878313783", "9773840872"].into_iter().enumerate() {
            let files = [text("a.txt", &format!("a of {n}")), text("b.txt", &format!("b of {n}"))];
            let set = Set::of(&world, sender, &["9779668095", "9961751154"], &files).await;
            for (place, parcel) in set.parcels().iter().enumerate() {
                let stored = world.upload(parcel).await;
                events.push((n, stored.clone()));
                if (n, place) == (0, 0) {
                    // SQS tells of it twice
                    events.push((n, stored.clone()));
                }
                if (n, place) == (1, 1) {
                    versions.insert(stored.version.clone());
                    let again = world.upload(&Parcel { key: stored.key.clone(), ..parcel.clone() }).await;
                    versions.insert(again.version.clone());
                    events.push((n, again));
                }
            }
            sets.push(set);
        }
        assert_eq!((events.len(), versions.len()), (EVENTS, 2));
        Self { world, sets, events, versions }
    }

    /// All three are delivered, once, and nothing else is said.
    async fn ended(&self, what: &str) {
        for (n, set) in self.sets.iter().enumerate() {
            let entry = self.world.entry(&set.id).await.unwrap();
            assert_eq!((entry.transmission.status, entry.deliveries.len()), (TransmissionStatus::Delivered, 2), "{what} {n}");
            for place in 0..2 {
                assert_eq!(set.inbox(&self.world, place).await, ["a01.txt", "a02.txt", "delivery.json"], "{what} {n}");
            }
        }
        let pinned = self.world.entry(&self.sets[1].id).await.unwrap().transmission;
        assert!(pinned.files_by_name().iter().any(|file| self.versions.contains(&file.version)), "{what}");
        assert!(self.world.keys("returns/").await.is_empty(), "{what}");
    }
}

#[test]
fn every_order_of_eight_events_ends_the_same_on_the_state_machine() {
    let parts = parts();
    let mut order: Vec<usize> = (0..EVENTS).collect();
    let (mut met, mut ends) = (0, BTreeSet::new());
    permute(&mut order, EVENTS, &mut |order| {
        met += 1;
        let mut rows: [Option<TransmissionRecord>; 3] = [None, None, None];
        let mut completed = [0; 3];
        for (set, part) in order.iter().map(|place| &parts[*place]) {
            let row = rows[*set].get_or_insert_with(|| part.opening());
            let before = row.clone();
            let (standing, joined) = (row.standing(part), row.join(part));
            assert_eq!(joined, standing == Standing::New);
            assert!(joined || *row == before, "whoever doesn't join changes nothing");
            assert!(matches!(row.standing(part), Standing::Ours | Standing::Duplicate), "{order:?}");
            completed[*set] += u32::from(row.is_complete() && !before.is_complete());
        }
        assert_eq!(completed, [1; 3], "each is completed by one event: {order:?}");
        let end: Vec<_> = rows
            .iter()
            .flatten()
            .map(|row| row.ended(row.last_stored_at(), vec![]))
            .map(|mut row| {
                // which of two equal versions it holds is the order's to say
                row.files.values_mut().for_each(|file| file.version.clear());
                format!("{row:?}")
            })
            .collect();
        ends.insert(end);
    });
    assert_eq!((met, ends.len()), (40_320, 1));
}

#[tokio::test]
async fn two_thousand_orders_of_eight_events_end_the_same_through_the_function() {
    // xorshift (Marsaglia, 2003): the same orders in every run
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    for _ in 0..2_000 {
        let scene = Scene::new().await;
        let mut order: Vec<usize> = (0..EVENTS).collect();
        for place in (1..EVENTS).rev() {
            order.swap(place, random(place + 1));
        }
        for place in &order {
            assert!(scene.world.handle(&[&scene.events[*place].1.message]).await.is_empty());
        }
        scene.ended(&format!("{order:?}")).await;
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

/// The eight events as parts, each with the number of its transmission.
fn parts() -> Vec<(usize, Part)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let scene = Scene::new().await;
        let mut made = Vec::new();
        for (set, Stored { key, version, .. }) in &scene.events {
            let (set, key, version) = (*set, key.clone(), version.clone());
            let set_of = &scene.sets[set];
            let bytes = scene.world.body(&key).await;
            let place = set_of.files.iter().position(|file| file.bytes == bytes).unwrap();
            let draft = &set_of.drafts[place];
            let entry = exchange::FileEntry {
                name: draft.name.clone(),
                kind: None,
                size: draft.size,
                sha256: draft.sha256,
                errors: 0,
                warnings: 0,
            };
            let file = store::FileRecord { entry, key, version, stored_at: scene.world.now() };
            made.push((set, Part { id: set_of.id.clone(), addresses: draft.aud.clone(), parts: draft.parts, set: draft.set, file }));
        }
        made
    })
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
