//! What is sent again replaces what was sent before, by the keys of the standard.

use exchange::{PersonKey, TransmissionId, keys};
use jiff::SignedDuration;
use store::steps::{Cancellation, cancel, delivery_view, transmission_view, transmission_views};

use crate::world::corpus::{Fixture, demo, valid};
use crate::world::ground::Ground;
use crate::world::office::Party;
use crate::world::parcel::Parcel;
use crate::world::set::Set;
use crate::world::{World, secret};

/// Two offices, and a world in which a second passes with every transmission.
struct Pair {
    world: World,
    sender: Party,
}

impl Pair {
    async fn of(world: World, fixture: &Fixture) -> Self {
        let sender = Party::new(&fixture.sender);
        world.register(&sender.office).await;
        world.register(&Party::new(fixture.recipient.split('-').next().unwrap()).office).await;
        Self { world, sender }
    }

    async fn send(&self, fixture: &Fixture) -> TransmissionId {
        self.world.set_now(self.world.now() + SignedDuration::from_secs(1));
        let (parcel, id) = Parcel::of(&self.sender, fixture, self.world.now());
        self.world.send(&parcel).await;
        id
    }

    /// What it supersedes and what supersedes it, as sender and recipient see it.
    async fn check(&self, id: &TransmissionId, supersedes: Option<&TransmissionId>, superseded_by: Option<&TransmissionId>) {
        let entry = self.world.entry(id).await.unwrap();
        let sent = transmission_view(&*self.world.ledger, &entry).await.unwrap();
        assert_eq!((sent.supersedes.as_ref(), sent.superseded_by.as_ref()), (supersedes, superseded_by), "{id}");
        let got = delivery_view(&*self.world.ledger, &entry.deliveries[0], &entry.transmission).await.unwrap();
        assert_eq!((got.supersedes.as_ref(), got.superseded_by.as_ref()), (supersedes, superseded_by), "{id}");
    }
}

/// The person of the first record: insurer and insured number.
fn first_person(fixture: &Fixture) -> (String, String) {
    let line: Vec<u8> = fixture.bytes.iter().copied().take_while(|byte| *byte != b'\r').filter(u8::is_ascii).collect();
    let mut cells = std::str::from_utf8(&line).unwrap().split(',').skip(1).map(str::to_owned);
    (cells.next().unwrap(), cells.next().unwrap())
}

/// The withdrawal of a person's actual services that another file holds.
fn withdrawal(actuals: &Fixture) -> Fixture {
    let (insurer, insured) = first_person(actuals);
    let office = &actuals.sender;
    let service = actuals.name.split('_').nth(3).unwrap();
    let bytes = format!("202407,{insurer},{insured},202604,{office},{service}\r\n").into_bytes();
    Fixture { name: actuals.name.replace("UPJSK", "DLTJSK"), bytes, ..actuals.clone() }
}

#[tokio::test]
async fn what_is_sent_again_replaces_what_was_sent_before() {
    for world in [World::in_memory(), World::embedded().await] {
        let actuals = valid("seed-1", "UPJSK");
        let pair = Pair::of(world, &actuals).await;
        let first = pair.send(&actuals).await;
        pair.check(&first, None, None).await;
        let second = pair.send(&actuals).await;
        for (id, replaced) in [(&first, None), (&second, Some(&first))] {
            let document = pair.world.json(&keys::inbox_delivery(&actuals.recipient[..10].parse().unwrap(), id)).await;
            assert_eq!(document["supersedes"].as_str().map(str::to_owned), replaced.map(ToString::to_string), "{id}");
            assert!(document["superseded_by"].is_null(), "{id}");
        }
        pair.check(&first, None, Some(&second)).await;
        pair.check(&second, Some(&first), None).await;
        // withdrawn, and sent once more: the newest counts
        let withdrawn = pair.send(&withdrawal(&actuals)).await;
        pair.check(&first, None, Some(&withdrawn)).await;
        pair.check(&withdrawn, Some(&second), None).await;
        let last = pair.send(&actuals).await;
        pair.check(&first, None, Some(&last)).await;
        pair.check(&last, Some(&withdrawn), None).await;
        // an attachment between the same offices is nobody's version
        let text = Fixture { name: "ご連絡.txt".to_owned(), bytes: b"text".to_vec(), ..actuals.clone() };
        let text = pair.send(&text).await;
        pair.check(&text, None, None).await;
        // what is taken back replaces nothing
        let (files, ledger) = (pair.world.ground.files(), pair.world.ground.notices());
        let cancelled = cancel(&*files, &*ledger, &last, pair.world.now()).await.unwrap();
        assert!(matches!(cancelled, Cancellation::Done(_)));
        pair.check(&first, None, Some(&withdrawn)).await;
        pair.check(&withdrawn, Some(&second), None).await;
    }
}

/// Another type of service of the same office is another key: its file replaces nothing.
#[tokio::test]
async fn a_file_replaces_only_what_has_its_key() {
    let world = World::in_memory();
    let actuals = valid("seed-1", "UPJSK");
    let other = valid("seed-2", "UPJSK");
    let pair = Pair::of(world, &actuals).await;
    let first = pair.send(&actuals).await;
    let service = actuals.name.split('_').nth(3).unwrap();
    let other_type = if service == "11" { "13" } else { "11" };
    let withdrawn = withdrawal(&actuals);
    let bytes = String::from_utf8(withdrawn.bytes.clone()).unwrap().replace(&format!(",{service}\r"), &format!(",{other_type}\r"));
    let of_other_type = Fixture {
        name: withdrawn.name.replace(&format!("_{service}_"), &format!("_{other_type}_")),
        bytes: bytes.into_bytes(),
        ..withdrawn
    };
    let second = pair.send(&of_other_type).await;
    pair.check(&first, None, None).await;
    pair.check(&second, None, None).await;
    let elsewhere = Pair::of(World::in_memory(), &other).await;
    let alone = elsewhere.send(&other).await;
    elsewhere.check(&alone, None, None).await;
}

/// Sent to three, and again to one of them: the sender sees the newest over all, each recipient its own.
#[tokio::test]
async fn of_several_recipients_each_sees_its_own_versions() {
    let to = ["9779668095-15", "9961751154-13", "9776125172-21"];
    let world = World::in_memory();
    let plan = demo(&["UP1KYO", "UP2KYO", "UP3KYO", "UPHOSOKU_000000"]);
    let all = Set::of(&world, "9871578812", &to, &plan).await;
    for parcel in all.parcels() {
        world.send(&parcel).await;
    }
    world.set_now(world.now() + SignedDuration::from_hours(1));
    let again = Set::of(&world, "9871578812", &to[..1], &plan).await;
    for parcel in again.parcels() {
        world.send(&parcel).await;
    }
    let entry = world.entry(&all.id).await.unwrap();
    let ledger = &*world.ledger;
    assert_eq!(transmission_view(ledger, &entry).await.unwrap().superseded_by.as_ref(), Some(&again.id));
    for delivery in &entry.deliveries {
        let view = delivery_view(ledger, delivery, &entry.transmission).await.unwrap();
        let wanted = (view.recipient.as_str() == &to[0][..10]).then_some(&again.id);
        assert_eq!((view.supersedes.as_ref(), view.superseded_by.as_ref()), (None, wanted), "{}", view.recipient);
    }
    // and finds its own in its document, and no other's
    let replaced = async |recipient: &str, id: &TransmissionId| {
        world.json(&keys::inbox_delivery(&recipient[..10].parse().unwrap(), id)).await["supersedes"].clone()
    };
    for recipient in to {
        assert!(replaced(recipient, &all.id).await.is_null(), "{recipient}");
    }
    assert_eq!(replaced(to[0], &again.id).await, all.id.to_string());
    // on one page too each has its own
    let entries = [world.entry(&again.id).await.unwrap(), entry, world.entry(&again.id).await.unwrap()];
    let views = transmission_views(ledger, &entries).await.unwrap();
    let told: Vec<_> = views.into_iter().map(|view| (view.supersedes, view.superseded_by)).collect();
    let newer = (Some(all.id.clone()), None);
    assert_eq!(told, [newer.clone(), (None, Some(again.id.clone())), newer]);
    // the next one to all replaces for each what that office had
    world.set_now(world.now() + SignedDuration::from_hours(1));
    let third = Set::of(&world, "9871578812", &to, &plan).await;
    for parcel in third.parcels() {
        world.send(&parcel).await;
    }
    for (recipient, earlier) in to.into_iter().zip([&again.id, &all.id, &all.id]) {
        assert_eq!(replaced(recipient, &third.id).await, earlier.to_string(), "{recipient}");
    }
}

/// The database file of an exchange that has delivered actual services holds the key of every person, and no number of any.
#[tokio::test]
async fn no_person_is_in_the_ledger_but_by_a_keyed_digest() {
    let actuals = valid("seed-1", "UPJSK");
    let pair = Pair::of(World::embedded().await, &actuals).await;
    let id = pair.send(&actuals).await;
    let (insurer, insured) = first_person(&actuals);
    let entry = pair.world.entry(&id).await.unwrap();
    let lineage = entry.deliveries[0].lineage.clone().unwrap();
    assert!(lineage.keys.persons().contains(&PersonKey::of(&secret(), insurer.as_bytes(), insured.as_bytes())));
    let Ground::Embedded { _folder: folder, .. } = &pair.world.ground else { panic!("embedded") };
    let mut read = 0;
    for file in std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path()) {
        if file.file_name().unwrap().to_str().unwrap().starts_with("ledger.sqlite") {
            let bytes = std::fs::read(&file).unwrap();
            read += usize::from(bytes.windows(id.to_string().len()).any(|window| window == id.to_string().as_bytes()));
            assert!(!bytes.windows(insured.len()).any(|window| window == insured.as_bytes()), "{}", file.display());
        }
    }
    assert!(read > 0, "the transmission is in what was searched");
}
