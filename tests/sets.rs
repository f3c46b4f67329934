//! Sets of files, to one office or several: whole or not at all, in whatever order and at whatever distance the parts come.

mod defects;

use exchange::{DeliveryDocument, RejectionCode, TransmissionStatus, keys};
use jiff::{SignedDuration, ToSpan};

use crate::world::corpus::{Fixture, demo, unit};
use crate::world::office::{Party, licence};
use crate::world::parcel::Parcel;
use crate::world::set::{Set, text};
use crate::world::{NOW, World, at};

/// The manager of the demo's sets, and the offices that serve their persons.
const MANAGER: &str = "9871578812";
const OFFICES: [&str; 3] = ["9779668095-15", "9961751154-13", "9776125172-21"];
const PLAN: [&str; 4] = ["UP1KYO", "UP2KYO", "UP3KYO", "UPHOSOKU_000000"];
const SLIP: [&str; 3] = ["UPPLAN", "UPSIKYU", "UPHOSOKU_202604"];

fn letter() -> Fixture {
    Fixture { bytes: b"%PDF-1.7\n%%EOF\n".to_vec(), ..text("山田様 ご連絡.PDF", "") }
}

async fn both() -> [World; 2] {
    [World::in_memory(), World::embedded().await]
}

/// Every recipient has every file under its own name, byte for byte, and a document that lists them.
async fn was_delivered(world: &World, set: &Set, what: &str) {
    let entry = world.entry(&set.id).await.unwrap_or_else(|| panic!("{what}: it has a row"));
    assert_eq!(entry.transmission.status, TransmissionStatus::Delivered, "{what}: {:?}", entry.transmission.reasons);
    assert_eq!(entry.deliveries.len(), set.recipients.len(), "{what}");
    for (place, address) in set.drafts[0].aud.iter().enumerate() {
        let files = entry.transmission.delivered_to(address);
        assert_eq!(files.len(), set.files.len(), "{what}");
        for file in &files {
            let sent = set.files.iter().find(|sent| sent.name == file.name).unwrap();
            assert!(world.body(&file.key).await == sent.bytes, "{what}: {address} byte for byte");
            if place > 0 && sent.name.starts_with("UP") {
                let readdressed =
                    sent.name.replace(&set.drafts[0].aud[0].to_string().replace('-', "_"), &address.to_string().replace('-', "_"));
                assert!(file.key.ends_with(&readdressed) && readdressed != sent.name, "{what}: {}", file.key);
            }
        }
        let document = world.body(&keys::inbox_delivery(&address.office, &set.id)).await;
        let document: DeliveryDocument = serde_json::from_slice(&document).unwrap();
        assert_eq!((&document.delivery.address, document.manifests.len()), (address, set.files.len()), "{what}");
        let mut told = document.delivery.files;
        assert!(told.iter_mut().all(|file| file.findings.take().is_some()), "{what}");
        assert_eq!(told, files, "{what}");
        assert_eq!(set.inbox(world, place).await.len(), set.files.len() + 1, "{what}: nothing besides");
    }
    assert!(world.keys(&format!("returns/{}/", set.id.sender())).await.is_empty(), "{what}: nobody is told of a rejection");
}

#[tokio::test]
async fn a_unit_arrives_whole() {
    for world in both().await {
        for (name, to) in [("0001_PLAN", 1), ("0002_SLIP", 1), ("0007_BASIC", 1), ("0008_SUPPORT_BASIC", 1), ("0009_SUPPORT", 1)] {
            let mut files = unit("seed-2", name);
            files.push(letter());
            let set = Set::of(&world, &files[0].sender, &[&files[0].recipient], &files).await;
            for parcel in set.parcels() {
                assert!(set.inbox(&world, 0).await.is_empty(), "{name}: nothing before it is whole");
                world.send(&parcel).await;
            }
            was_delivered(&world, &set, name).await;
            assert_eq!(to, set.recipients.len());
        }
    }
}

#[tokio::test]
async fn a_set_arrives_at_three_offices_each_under_its_own_names() {
    for world in both().await {
        for kinds in [&PLAN[..], &SLIP[..]] {
            let files = [demo(kinds), vec![letter()]].concat();
            let set = Set::of(&world, MANAGER, &OFFICES, &files).await;
            for parcel in set.parcels() {
                world.send(&parcel).await;
            }
            was_delivered(&world, &set, kinds[0]).await;
        }
    }
}

#[tokio::test]
async fn a_set_is_complete_in_whatever_order_its_parts_come() {
    let files = demo(&PLAN);
    for order in orders(files.len()) {
        let world = World::in_memory();
        let set = Set::of(&world, MANAGER, &OFFICES[..1], &files).await;
        let parcels = set.parcels();
        for (n, place) in order.iter().enumerate() {
            world.send(&parcels[*place]).await;
            let row = world.entry(&set.id).await.unwrap().transmission;
            assert_eq!((row.files.len(), row.status == TransmissionStatus::Delivered), (n + 1, n + 1 == files.len()));
        }
        was_delivered(&world, &set, &format!("{order:?}")).await;
    }
}

#[tokio::test]
async fn parts_may_come_a_day_apart_and_the_last_ones_day_counts() {
    for (hours, licensed_until, codes) in [
        (0, "2026-04-10", vec![]),
        (14, "2026-04-10", vec![]),
        (15, "2026-04-10", vec![RejectionCode::SenderUnlicensed]),
        (15, "2026-04-11", vec![]),
        (24, "2026-04-11", vec![]),
        (25, "2026-04-11", vec![RejectionCode::TransmissionIncomplete]),
    ] {
        for first in [0, 1] {
            let world = World::in_memory();
            let mut sender = Party::new(MANAGER);
            sender.office.licences = vec![licence("2025-04-12", licensed_until)];
            let recipient = Party::new(&OFFICES[0][..10]);
            world.register(&sender.office).await;
            world.register(&recipient.office).await;
            let mut set = Set::between(&world, sender, vec![recipient], &OFFICES[..1], &[letter(), text("b.txt", "b")]);
            let later = at(NOW) + SignedDuration::from_hours(hours);
            set.drafts[1].iat = later;
            let parcels = set.parcels();
            let mut messages = Vec::new();
            for (parcel, now) in parcels.iter().zip([at(NOW), later]) {
                world.set_now(now);
                messages.push(world.upload(parcel).await.message);
            }
            // the events may come in the other order
            for place in [first, 1 - first] {
                assert!(world.handle(&[&messages[place]]).await.is_empty());
            }
            let row = world.entry(&set.id).await.unwrap().transmission;
            assert_eq!(row.reasons.iter().map(|reason| reason.code).collect::<Vec<_>>(), codes, "{hours} h, {licensed_until}, {first}");
            assert_eq!((row.stored_at, row.last_stored_at()), (at(NOW), later), "{hours} h");
        }
    }
}

#[tokio::test]
async fn a_forged_part_harms_no_transmission_that_waits() {
    for world in both().await {
        let set = Set::of(&world, MANAGER, &OFFICES, &[demo(&SLIP), vec![letter()]].concat()).await;
        let parcels = set.parcels();
        world.send(&parcels[0]).await;
        let before = world.entry(&set.id).await;
        let stranger = Party::new(MANAGER);
        for (n, draft) in set.drafts.iter().enumerate() {
            let forged = exchange::sign::ManifestDraft { parts: 2, ..draft.clone() };
            let by_stranger = forged.sign_as(&stranger.key, &set.sender.office.keys[0].kid).unwrap();
            world.send(&Parcel::with(&set.sender, Some(by_stranger), &set.files[n].bytes)).await;
            world.send(&Parcel { bytes: b"other bytes".to_vec(), ..parcels[n].clone() }).await;
        }
        assert_eq!(world.entry(&set.id).await, before, "nothing has touched it");
        assert_eq!(world.lone_rejections(&set.sender.office.number).await.len(), 2 * set.drafts.len());
        for parcel in &parcels[1..] {
            world.send(parcel).await;
        }
        let entry = world.entry(&set.id).await.unwrap();
        assert_eq!((entry.transmission.status, entry.deliveries.len()), (TransmissionStatus::Delivered, 3));
    }
}

#[tokio::test]
async fn a_part_that_comes_again_is_a_duplicate_before_and_after_the_end() {
    for world in both().await {
        let set = Set::of(&world, MANAGER, &OFFICES, &[letter(), text("b.txt", "b"), text("c.txt", "c")]).await;
        let parcels = set.parcels();
        for parcel in [0, 0, 1, 0, 1, 2, 0, 1, 2].map(|place: usize| &parcels[place]) {
            world.send(parcel).await;
            // the same file by another upload
            world.send(&Parcel { key: format!("{}.again", parcel.key), ..parcel.clone() }).await;
        }
        was_delivered(&world, &set, "often").await;
        assert!(world.lone_rejections(&set.sender.office.number).await.is_empty());
    }
}

#[tokio::test]
async fn twenty_files_arrive_at_fifty_offices() {
    let world = World::in_memory();
    let set = Set::attachments(&world, 50, 20).await;
    for parcel in set.parcels() {
        world.send(&parcel).await;
        world.set_now(world.now() + 1.second());
    }
    was_delivered(&world, &set, "the largest").await;
    assert_eq!((set.drafts[0].aud.len(), set.files.len()), (50, 20));
}

/// All orders of so many things.
fn orders(things: usize) -> Vec<Vec<usize>> {
    let mut orders = vec![vec![]];
    for n in 0..things {
        orders = orders.iter().flat_map(|order: &Vec<usize>| (0..=n).map(|at| [&order[..at], &[n], &order[at..]].concat())).collect();
    }
    orders
}
