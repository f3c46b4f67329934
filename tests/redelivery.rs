//! The same event again, the same file again, another file under a name that is taken: one delivery, whatever comes how often.

use std::sync::Arc;

use exchange::{RejectionCode, TransmissionId, TransmissionStatus, keys};
use futures::future::join_all;
use jiff::SignedDuration;
use store::testing::{Fault, How, When};

use crate::world::World;
use crate::world::corpus::{Fixture, valid};
use crate::world::ground::{message, record};
use crate::world::office::Party;
use crate::world::parcel::{Parcel, attachment, draft};
use crate::world::set::Set;

struct Scene {
    world: Arc<World>,
    sender: Party,
    fixture: Fixture,
    parcel: Parcel,
    id: TransmissionId,
}

impl Scene {
    async fn on(world: World) -> Self {
        let fixture = valid("seed-1", "UPJSK");
        let sender = Party::new(&fixture.sender);
        world.register(&sender.office).await;
        world.register(&Party::new(fixture.recipient.split('-').next().unwrap()).office).await;
        let (parcel, id) = Parcel::of(&sender, &fixture, world.now());
        Self { world: Arc::new(world), sender, fixture, parcel, id }
    }

    async fn both() -> [Self; 2] {
        [Self::on(World::in_memory()).await, Self::on(World::embedded().await).await]
    }

    /// The file lies in the inbox once, with its document, and nobody is told of anything else than `returns`.
    async fn was_delivered_once(&self, returns: usize) {
        let entry = self.world.entry(&self.id).await.unwrap();
        assert_eq!((entry.transmission.status, entry.deliveries.len()), (TransmissionStatus::Delivered, 1));
        let recipient = &entry.deliveries[0].address.office;
        let file = keys::inbox_file(recipient, &self.id, &self.fixture.name);
        assert_eq!(self.world.keys("inbox/").await, [file.clone(), keys::inbox_delivery(recipient, &self.id)]);
        assert!(self.world.body(&file).await == self.fixture.bytes);
        assert_eq!(self.world.keys("returns/").await.len(), returns);
    }
}

#[tokio::test]
async fn an_event_that_comes_twice_in_a_batch_is_one_delivery() {
    for scene in Scene::both().await {
        let stored = scene.world.upload(&scene.parcel).await;
        let message = stored.message.as_str();
        // the two run side by side: one of them may be told to come again
        for _ in 0..20 {
            if scene.world.handle(&[message, message]).await.is_empty() {
                break;
            }
        }
        assert!(scene.world.handle(&[message, message]).await.is_empty());
        scene.was_delivered_once(0).await;
    }
}

#[tokio::test]
async fn an_event_that_comes_again_later_is_one_delivery() {
    for scene in Scene::both().await {
        let stored = scene.world.send(&scene.parcel).await;
        assert!(scene.world.handle(&[&stored.message]).await.is_empty());
        scene.world.restart();
        assert!(scene.world.handle(&[&stored.message]).await.is_empty());
        // long after the manifest has become too old: the event's time counts, not the clock
        scene.world.set_now(scene.world.now() + SignedDuration::from_hours(72));
        assert!(scene.world.handle(&[&stored.message]).await.is_empty());
        scene.was_delivered_once(0).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_runs_at_the_same_time_are_one_delivery() {
    for scene in Scene::both().await {
        let stored = scene.world.upload(&scene.parcel).await;
        let runs = (0..16).map(|_| {
            let (world, message) = (Arc::clone(&scene.world), stored.message.clone());
            tokio::spawn(async move { world.settle(&message).await })
        });
        for run in join_all(runs).await {
            run.unwrap();
        }
        scene.was_delivered_once(0).await;
    }
}

#[tokio::test]
async fn a_rejection_that_comes_again_is_told_once() {
    for mut scene in Scene::both().await {
        scene.sender.office.licences.clear();
        scene.world.register(&scene.sender.office).await;
        let stored = scene.world.send(&scene.parcel).await;
        let first = scene.world.entry(&scene.id).await;
        let report = keys::return_report(&scene.sender.office.number, &scene.id);
        let told = scene.world.body(&report).await;
        // what was mended after the rejection doesn't undo it: it is final
        scene.sender.office.licences = Party::new(&scene.fixture.sender).office.licences;
        scene.world.register(&scene.sender.office).await;
        scene.world.set_now(scene.world.now() + SignedDuration::from_hours(1));
        for _ in 0..2 {
            scene.world.restart();
            assert!(scene.world.handle(&[&stored.message]).await.is_empty());
        }
        assert_eq!(scene.world.entry(&scene.id).await, first);
        assert!(scene.world.body(&report).await == told);
        assert_eq!((scene.world.keys("inbox/").await.len(), scene.world.keys("returns/").await.len()), (0, 1));
    }
}

#[tokio::test]
async fn the_same_file_again_is_a_duplicate() {
    for scene in Scene::both().await {
        scene.world.send(&scene.parcel).await;
        // over the first upload, and under another key
        scene.world.send(&scene.parcel).await;
        scene.world.send(&Parcel { key: format!("{}.again", scene.parcel.key), ..scene.parcel.clone() }).await;
        scene.was_delivered_once(0).await;
        assert!(scene.world.lone_rejections(&scene.sender.office.number).await.is_empty());
    }
}

#[tokio::test]
async fn another_file_in_an_ended_transmission_is_rejected_alone() {
    for scene in Scene::both().await {
        let first = draft(&scene.fixture, scene.world.now());
        let id = TransmissionId::new(first.iss, first.jti);
        let scene = Scene { parcel: Parcel::signed(&scene.sender, &first, &scene.fixture.bytes), id, ..scene };
        scene.world.send(&scene.parcel).await;
        let row = scene.world.entry(&scene.id).await;

        let other_bytes = [scene.fixture.bytes.as_slice(), b"\x1a"].concat();
        let others = [
            // another content under its name, its name in another case, another name, other addresses
            Fixture { bytes: other_bytes, ..scene.fixture.clone() },
            Fixture { name: scene.fixture.name.replace(".CSV", ".csv"), ..scene.fixture.clone() },
            attachment("scan.png", b"\x89PNG\r\n\x1a\n"),
            Fixture { recipient: scene.fixture.recipient[..10].to_owned(), ..scene.fixture.clone() },
        ];
        for (n, other) in (1..).zip(&others) {
            let draft = exchange::sign::ManifestDraft { jti: first.jti, ..draft(other, scene.world.now()) };
            let stored = scene.world.send(&Parcel::signed(&scene.sender, &draft, &other.bytes)).await;
            let told = scene.world.lone_rejections(&scene.sender.office.number).await;
            assert_eq!(told.len(), n);
            assert!(
                told.iter().any(|told| told.object == stored.digest() && told.code == RejectionCode::TransmissionReused),
                "{}",
                other.name
            );
            assert_eq!(scene.world.entry(&scene.id).await, row, "the first is as it was");
            scene.was_delivered_once(n).await;
        }
    }
}

#[tokio::test]
async fn a_transmission_that_was_rejected_takes_no_other_file() {
    for mut scene in Scene::both().await {
        let licences = std::mem::take(&mut scene.sender.office.licences);
        scene.world.register(&scene.sender.office).await;
        scene.world.send(&scene.parcel).await;
        scene.sender.office.licences = licences;
        scene.world.register(&scene.sender.office).await;
        let mut draft = draft(&attachment("scan.png", b"\x89PNG\r\n\x1a\n"), scene.world.now());
        draft.jti = scene.id.jti();
        scene.world.send(&Parcel::signed(&scene.sender, &draft, b"\x89PNG\r\n\x1a\n")).await;
        let told = scene.world.lone_rejections(&scene.sender.office.number).await;
        assert_eq!(told.iter().map(|told| told.code).collect::<Vec<_>>(), [RejectionCode::TransmissionReused]);
        assert_eq!(scene.world.entry(&scene.id).await.unwrap().transmission.status, TransmissionStatus::Rejected);
        assert!(scene.world.keys("inbox/").await.is_empty());
    }
}

#[tokio::test]
async fn the_version_that_is_told_of_is_the_one_that_travels() {
    for scene in Scene::both().await {
        let stored = scene.world.upload(&scene.parcel).await;
        // before its event is taken, something else is stored over it
        let later = scene.world.upload(&Parcel { manifest: None, bytes: b"other".to_vec(), ..scene.parcel.clone() }).await;
        assert!(scene.world.handle(&[&stored.message]).await.is_empty());
        assert!(scene.world.handle(&[&later.message]).await.is_empty());
        scene.was_delivered_once(1).await;
        let told = scene.world.lone_rejections(&scene.sender.office.number).await;
        assert_eq!(
            told.iter().map(|told| (told.object.clone(), told.code)).collect::<Vec<_>>(),
            [(later.digest(), RejectionCode::ManifestMissing)]
        );
    }
}

#[tokio::test]
async fn an_event_that_names_no_version_means_the_newest() {
    for scene in Scene::both().await {
        let stored = scene.world.upload(&scene.parcel).await;
        let unversioned = message(&[record(&stored.key, None, scene.world.now())]);
        for message in [&unversioned, &unversioned, &stored.message] {
            assert!(scene.world.handle(&[message]).await.is_empty());
        }
        scene.was_delivered_once(0).await;
    }
}

#[tokio::test]
async fn a_key_that_no_office_may_use_is_refused_alone() {
    let scene = Scene::on(World::in_memory()).await;
    let key = format!("outbox/{}/a/../b", scene.sender.number());
    let stored = scene.world.send(&Parcel { key, ..scene.parcel.clone() }).await;
    let told = scene.world.lone_rejections(&scene.sender.office.number).await;
    assert_eq!(
        told.iter().map(|told| (told.object.clone(), told.code)).collect::<Vec<_>>(),
        [(stored.digest(), RejectionCode::ObjectUnreadable)]
    );
    assert_eq!(scene.world.keys("returns/").await, [keys::return_object(&scene.sender.office.number, &stored.digest())]);
    assert_eq!((scene.world.entry(&scene.id).await, scene.world.keys("inbox/").await.len()), (None, 0));
}

#[tokio::test]
async fn a_transmission_was_stored_when_the_first_event_says() {
    for scene in Scene::both().await {
        let (first, stored) = (scene.world.now(), scene.world.upload(&scene.parcel).await);
        // a run claims the name, and ends there
        scene.world.faults.plan(3, When::After);
        assert_eq!(scene.world.handle(&[&stored.message]).await, [0]);
        scene.world.faults.clear();
        // the version is told of once more, by another event that comes when the manifest would be too old
        scene.world.restart();
        let later = message(&[record(&stored.key, Some(&stored.version), first + SignedDuration::from_hours(30))]);
        assert!(scene.world.handle(&[&later]).await.is_empty());
        assert!(scene.world.handle(&[&stored.message]).await.is_empty());
        assert_eq!(scene.world.entry(&scene.id).await.unwrap().transmission.stored_at, first);
        scene.was_delivered_once(0).await;
    }
}

#[tokio::test]
async fn what_lies_under_the_recipients_key_already_is_never_taken_for_the_file() {
    for scene in Scene::both().await {
        let recipient = scene.fixture.recipient.split('-').next().unwrap().parse().unwrap();
        let key = keys::inbox_file(&recipient, &scene.id, &scene.fixture.name);
        scene.world.ground.files().create(&key, "text/csv", b"something else".to_vec()).await.unwrap();
        let stored = scene.world.upload(&scene.parcel).await;
        for _ in 0..2 {
            assert_eq!(scene.world.handle(&[&stored.message]).await, [0], "an operator must look at it");
        }
        assert_eq!(scene.world.entry(&scene.id).await.unwrap().transmission.status, TransmissionStatus::Waiting);
        assert_eq!(scene.world.keys("inbox/").await, std::slice::from_ref(&key), "it is no delivery");
        // once it is gone, the same event goes through
        scene.world.ground.files().remove(&key).await.unwrap();
        assert!(scene.world.handle(&[&stored.message]).await.is_empty());
        scene.was_delivered_once(0).await;
    }
}

/// The largest transmissions take longer to be copied than an invocation may last: the next one goes on where the last was ended.
#[tokio::test(start_paused = true)]
async fn a_run_that_is_out_of_time_leaves_its_copies_to_the_next() {
    let world = World::in_memory();
    let set = Set::attachments(&world, 10, 5).await;
    let parcels = set.parcels();
    for parcel in &parcels[..4] {
        world.send(parcel).await;
    }
    let last = world.upload(&parcels[4]).await;
    let copies = |world: &World| world.faults.calls().iter().filter(|call| **call == "files.copy").count();
    let mut before = 0;
    for (run, first) in [(1, 25), (2, 70)] {
        // as many hang as there may be at a time: nothing goes on behind them
        let hang: Vec<Fault> = (first..first + 16).map(|call| Fault { call, when: When::Before, how: How::Hangs }).collect();
        world.faults.plan_all(&hang);
        assert!(!world.invoke(&last.message).await, "{run}: out of time");
        let made = world.keys("inbox/").await.len();
        assert!(made > before && made < 50, "{run}: {before} to {made}");
        let looked_at = world.faults.calls().iter().filter(|call| **call == "files.digest").count();
        assert!(looked_at <= before, "{run}: what was there is compared");
        before = made;
        assert_eq!(world.entry(&set.id).await.unwrap().transmission.status, TransmissionStatus::Waiting);
    }
    world.faults.clear();
    assert!(world.invoke(&last.message).await);
    assert_eq!(copies(&world), 50);
    assert_eq!(world.entry(&set.id).await.unwrap().transmission.status, TransmissionStatus::Delivered);
    for place in 0..10 {
        assert_eq!(set.inbox(&world, place).await.len(), 6);
    }
}
