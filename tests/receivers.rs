//! What the recipients' software will refuse though the standard allows it: the sender is told, and the delivery goes on.

use exchange::{ReceiverWarnings, TransmissionStatus, keys};
use jiff::SignedDuration;
use standard::OfficeNumber;
use store::steps::{Cancellation, cancel};
use store::testing::When;

use crate::world::World;
use crate::world::corpus::demo;
use crate::world::set::Set;

const MANAGER: &str = "9871578812";
const OFFICES: [&str; 3] = ["9779668095-15", "9961751154-13", "9776125172-21"];
const SLIP: [&str; 3] = ["UPPLAN", "UPSIKYU", "UPHOSOKU_202604"];

const STRICT: &str = "id = \"strict\"\nsoftware = \"見本ケア\"\n[[items]]\nfiles = [\"UPPLAN\"]\nnames = [\"units\"]\nmax_characters = 2\n";
const EASY: &str = "id = \"easy\"\nsoftware = \"やさしいケア\"\n[file]\ncsv_versions = [\"202407\"]\n";

/// A slip set to three offices that name these profiles, published as these texts.
async fn sent_to(world: &World, named: [Option<&str>; 3], published: &[(&str, &str)]) -> Set {
    let set = Set::of(world, MANAGER, &OFFICES, &demo(&SLIP)).await;
    for (id, text) in published {
        world.ledger.save_profile(&id.parse().unwrap(), text).await.unwrap();
    }
    for (party, profile) in set.recipients.iter().zip(named) {
        let (mut office, revision) = world.ledger.office(&party.office.number).await.unwrap().unwrap();
        office.profile = profile.map(|id| id.parse().unwrap());
        world.ledger.save_office(&office, Some(revision)).await.unwrap();
    }
    set
}

async fn warnings(world: &World, set: &Set) -> Option<ReceiverWarnings> {
    let key = keys::return_warnings(set.id.sender(), &set.id);
    if world.keys(&key).await.is_empty() { None } else { Some(serde_json::from_slice(&world.body(&key).await).unwrap()) }
}

async fn was_delivered(world: &World, set: &Set) {
    for place in 0..set.recipients.len() {
        assert_eq!(set.inbox(world, place).await.len(), set.files.len() + 1);
    }
}

#[tokio::test]
async fn the_sender_is_told_what_a_receivers_software_will_refuse_and_the_delivery_goes_on() {
    for world in [World::in_memory(), World::embedded().await] {
        let set = sent_to(&world, [Some("strict"), Some("easy"), Some("strict")], &[("strict", STRICT), ("easy", EASY)]).await;
        for parcel in set.parcels() {
            assert_eq!(warnings(&world, &set).await, None, "not before the set is whole");
            world.send(&parcel).await;
        }
        was_delivered(&world, &set).await;
        let told = warnings(&world, &set).await.unwrap();
        let [refusing] = &told.receivers[..] else { panic!("{told:?}") };
        let offices: Vec<OfficeNumber> = [0, 2].map(|place| set.recipients[place].office.number).to_vec();
        let mut named = refusing.recipients.clone();
        named.sort();
        assert_eq!((named, refusing.profile.as_str(), refusing.software.as_str()), (sorted(offices), "strict", "見本ケア"));
        let [file] = &refusing.files[..] else { panic!("{refusing:?}") };
        assert!(file.file.starts_with("UPPLAN_") && file.findings_total > 0);
        let finding = &file.findings[0];
        assert_eq!(
            (finding.rule.as_str(), finding.severity.as_str(), finding.field_name.as_deref()),
            ("R-PROFILE", "warning", Some("units"))
        );
        assert!(finding.message_ja.contains("2文字まで"), "{}", finding.message_ja);
    }
}

fn sorted(mut offices: Vec<OfficeNumber>) -> Vec<OfficeNumber> {
    offices.sort();
    offices
}

#[tokio::test]
async fn nothing_is_told_where_no_profile_minds_or_none_can_be_read() {
    for (named, published) in [
        ([None, None, None], &[][..]),
        ([Some("easy"), None, None], &[("easy", EASY)]),
        ([Some("unpublished"), None, None], &[]),
        ([Some("broken"), None, None], &[("broken", "id = ")]),
    ] {
        let world = World::in_memory();
        let set = sent_to(&world, named, published).await;
        for parcel in set.parcels() {
            world.send(&parcel).await;
        }
        was_delivered(&world, &set).await;
        assert_eq!(warnings(&world, &set).await, None, "{named:?}");
    }
}

#[tokio::test]
async fn the_warning_stands_before_the_first_copy_and_outlives_every_fault() {
    for when in [When::Before, When::After] {
        for call in 1..30 {
            let world = World::in_memory();
            let set = sent_to(&world, [Some("strict"), None, None], &[("strict", STRICT)]).await;
            let parcels = set.parcels();
            for parcel in &parcels[..2] {
                world.send(parcel).await;
            }
            let last = world.upload(&parcels[2]).await;
            world.faults.plan(call, when);
            let _ = world.handle(&[&last.message]).await;
            let copied = !set.inbox(&world, 0).await.is_empty();
            assert!(!copied || warnings(&world, &set).await.is_some(), "call {call} {when:?}: copied without a warning");
            world.settle(&last.message).await;
            was_delivered(&world, &set).await;
            assert!(warnings(&world, &set).await.is_some(), "call {call} {when:?}");
        }
    }
}

#[tokio::test]
async fn profiles_are_read_once_a_minute() {
    let world = World::in_memory();
    let set = sent_to(&world, [Some("strict"), Some("easy"), None], &[("strict", STRICT), ("easy", EASY)]).await;
    world.faults.clear();
    for parcel in set.parcels() {
        world.send(&parcel).await;
    }
    let calls = world.faults.calls();
    assert_eq!(calls.iter().filter(|name| **name == "ledger.profiles").count(), 1, "{calls:?}");
}

#[tokio::test]
async fn what_is_cancelled_is_warned_of_no_more() {
    for world in [World::in_memory(), World::embedded().await] {
        let set = sent_to(&world, [Some("strict"), None, None], &[("strict", STRICT)]).await;
        for parcel in set.parcels() {
            world.send(&parcel).await;
        }
        assert!(warnings(&world, &set).await.is_some());
        let done = cancel(&*world.ground.files(), &*world.ground.notices(), &set.id, world.now()).await.unwrap();
        assert!(matches!(done, Cancellation::Done(_)));
        assert!(world.keys("returns/").await.is_empty());
    }
}

/// A run finds nothing wrong, warns, and breaks off wherever it may; then a recipient closes its door. What the next run doesn't take away, `upkeep` does.
#[tokio::test]
async fn what_is_rejected_after_all_is_warned_of_no_more() {
    let mut rejected = 0;
    for call in 3..12 {
        let world = World::in_memory();
        let set = sent_to(&world, [Some("strict"), None, None], &[("strict", STRICT)]).await;
        let parcels = set.parcels();
        for parcel in &parcels[..2] {
            world.send(parcel).await;
        }
        let last = world.upload(&parcels[2]).await;
        world.faults.plan(call, When::After);
        let _ = world.handle(&[&last.message]).await;
        world.faults.clear();
        let mut closed = set.recipients[1].office.clone();
        closed.blocked_senders = vec![*set.id.sender()];
        world.register(&closed).await;
        world.restart();
        world.settle(&last.message).await;
        world.set_now(world.now() + SignedDuration::from_hours(1));
        world.upkeep().await;
        if world.entry(&set.id).await.unwrap().transmission.status == TransmissionStatus::Rejected {
            rejected += 1;
            assert_eq!(world.keys("returns/").await, [keys::return_report(set.id.sender(), &set.id)], "call {call}");
        } else {
            assert!(warnings(&world, &set).await.is_some(), "call {call}");
        }
    }
    assert!(rejected > 3, "the warning was there in some");
}
