//! Offices are told of what becomes of transmissions: whom it concerns and nobody else, once, whatever broke off between the ledger and the notice.

use std::collections::BTreeSet;

use ::upkeep::Done;
use exchange::{DeliveryStatus, Notice, NoticeKind, Outcome, TransmissionId, TransmissionStatus};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use standard::OfficeNumber;
use store::steps::{acknowledge, cancel};
use store::testing::When;
use store::{Answer, Marked};

use crate::world::set::{Set, text};
use crate::world::{NOW, World, at};

const SENDER: &str = "9871578812";
const TO: [&str; 2] = ["9779668095", "9961751154"];
const STRANGER: &str = "9776125172";
const SIDES: [When; 2] = [When::Before, When::After];

fn later(minutes: i64) -> Timestamp {
    at(NOW) + SignedDuration::from_mins(minutes)
}

fn number(text: &str) -> OfficeNumber {
    text.parse().unwrap()
}

/// A text under a name that names a person.
async fn letter(world: &World) -> Set {
    Set::of(world, SENDER, &TO, &[text("山田花子様.txt", "山田花子様の件")]).await
}

async fn send(world: &World) -> TransmissionId {
    let set = letter(world).await;
    world.send(&set.parcels()[0]).await;
    set.id
}

async fn answer(world: &World, id: &TransmissionId, outcome: Outcome) -> Marked {
    let answer = Answer { outcome, note: "山田花子様の分が読めません".to_owned(), at: world.now() };
    acknowledge(&*world.ground.notices(), id, &number(TO[0]), &answer).await.unwrap()
}

/// What an office was told, oldest first: kind, minutes since the beginning, and whose delivery.
async fn told(world: &World, office: &str) -> Vec<(NoticeKind, i64, Option<OfficeNumber>)> {
    let minutes = |notice: &Notice| notice.at.duration_since(at(NOW)).as_mins();
    let told = world.told(&number(office)).await;
    told.iter().map(|notice| (notice.kind, minutes(notice), notice.about.recipient())).collect()
}

#[tokio::test]
async fn whom_it_concerns_is_told_once_and_nobody_else() {
    use NoticeKind::{Acknowledged, Cancelled, Delivered, Rejected};
    for world in [World::in_memory(), World::embedded().await] {
        let [first, second] = TO.map(number);
        // delivered; the one answers that it failed, and then that it didn't
        let id = send(&world).await;
        for (minutes, outcome) in [(1, Outcome::ImportFailed), (2, Outcome::ImportFailed), (3, Outcome::Imported), (4, Outcome::Imported)] {
            world.set_now(later(minutes));
            answer(&world, &id, outcome).await;
        }
        assert_eq!(told(&world, TO[0]).await, [(Delivered, 0, Some(first))]);
        assert_eq!(told(&world, TO[1]).await, [(Delivered, 0, Some(second))]);
        assert_eq!(told(&world, SENDER).await, [(Acknowledged, 1, Some(first)), (Acknowledged, 3, Some(first))]);
        // delivered and taken back, twice
        world.set_now(later(5));
        let cancelled = send(&world).await;
        for minutes in [6, 7] {
            world.set_now(later(minutes));
            cancel(&*world.ground.files(), &*world.ground.notices(), &cancelled, world.now()).await.unwrap();
        }
        assert_eq!(told(&world, TO[1]).await[1..], [(Delivered, 5, Some(second)), (Cancelled, 6, Some(second))]);
        // rejected, told of again; and another whose second part never comes
        world.set_now(later(8));
        let incomplete = Set::of(&world, SENDER, &TO, &[text("a.txt", "a"), text("b.txt", "b")]).await;
        world.send(&incomplete.parcels()[0]).await;
        let mut rejected = letter(&world).await;
        rejected.sender.office.licences.clear();
        world.register(&rejected.sender.office).await;
        world.restart();
        let message = world.send(&rejected.parcels()[0]).await.message;
        world.settle(&message).await;
        world.set_now(later(60 * 25));
        assert_eq!(world.upkeep().await, Done { incomplete: 1, looked_through: 2, ..Done::default() });
        world.settle(&message).await;
        assert_eq!(told(&world, SENDER).await[2..], [(Rejected, 8, None), (Rejected, 60 * 25, None)]);
        // nor did any of it reach anybody else, and there is nothing more to tell
        world.set_now(later(60 * 30));
        assert_eq!(world.upkeep().await, Done::default());
        let told = [told(&world, TO[0]).await.len(), told(&world, TO[1]).await.len(), told(&world, SENDER).await.len()];
        assert_eq!((told, world.told(&number(STRANGER)).await.len()), ([3, 3, 4], 0));

        for office in [SENDER, TO[0], TO[1]] {
            for notice in world.told(&number(office)).await {
                holds_ids_only(&notice);
            }
        }
    }
}

fn holds_ids_only(notice: &Notice) {
    let value = serde_json::to_value(notice).unwrap();
    let members: BTreeSet<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    let allowed = BTreeSet::from(["office", "kind", "at", "transmission", "recipient"]);
    assert!(members.is_subset(&allowed), "{value}");
    assert!(value["transmission"].as_str().unwrap().parse::<TransmissionId>().is_ok() && value["office"] != Value::Null);
    assert!(value.get("recipient").is_none_or(|recipient| TO.contains(&recipient.as_str().unwrap())), "{value}");
    assert!(!value.to_string().contains("山田") && value["kind"] == json!(notice.kind.as_str()));
}

/// A run of `deliver` breaks off at any of its calls and its event is lost: `upkeep` sees to it that whom it concerns is told.
#[tokio::test]
async fn what_a_run_that_broke_off_did_not_tell_is_told_later() {
    for rejected in [false, true] {
        for (call, when) in (3..=11).flat_map(|call| SIDES.map(|when| (call, when))) {
            let (world, what) = (World::in_memory(), format!("{rejected} {call} {when:?}"));
            let mut set = letter(&world).await;
            if rejected {
                set.sender.office.licences.clear();
                world.register(&set.sender.office).await;
            }
            let stored = world.upload(&set.parcels()[0]).await;
            world.faults.plan(call, when);
            world.handle(&[&stored.message]).await;
            world.faults.clear();
            world.restart();
            let Some(entry) = world.entry(&set.id).await else { continue };
            assert!(entry.transmission.due_at.is_some() || !rejected, "{what}: it is due until it is told");
            for hour in 1..=3 {
                world.set_now(later(60 * hour));
                world.upkeep().await;
                for message in world.ground.told_again().await {
                    world.settle(&message).await;
                }
            }
            let row = world.entry(&set.id).await.unwrap().transmission;
            let wanted = if rejected { TransmissionStatus::Rejected } else { TransmissionStatus::Delivered };
            assert_eq!((row.status, row.due_at), (wanted, None), "{what}");
            for office in TO {
                assert_eq!(world.told_of(&number(office), &set.id).await, [NoticeKind::Delivered][..usize::from(!rejected)], "{what}");
            }
            assert_eq!(world.told_of(&number(SENDER), &set.id).await, [NoticeKind::Rejected][..usize::from(rejected)], "{what}");
        }
    }
}

/// Of an acknowledgement: it is noted, told of, and due no more.
#[tokio::test]
async fn an_acknowledgement_that_broke_off_is_told_of_when_it_is_repeated_or_by_upkeep() {
    for world in [World::in_memory(), World::embedded().await] {
        let (_, ledger) = world.ground.faulty(&world.faults);
        for (call, when, repeated) in (1..=3).flat_map(|call| SIDES.map(|when| [(call, when, true), (call, when, false)])).flatten() {
            let what = format!("{call} {when:?} {repeated}");
            world.set_now(at(NOW));
            let id = send(&world).await;
            let said = Answer { outcome: Outcome::Imported, note: String::new(), at: later(1) };
            world.faults.plan(call, when);
            acknowledge(&*ledger, &id, &number(TO[0]), &said).await.unwrap_err();
            world.faults.clear();
            let delivery = world.ground.notices().delivery(&id, &number(TO[0])).await.unwrap().unwrap();
            let acknowledged = delivery.status == DeliveryStatus::Acknowledged;
            assert_eq!(acknowledged, (call, when) != (1, When::Before), "{what}");
            let open = acknowledged && (call, when) != (3, When::After);
            assert_eq!(delivery.due_at == Some(later(1)), open, "{what}: it is due until it is told");
            world.set_now(later(15));
            if repeated || !acknowledged {
                let marked = acknowledge(&*ledger, &id, &number(TO[0]), &Answer { at: world.now(), ..said }).await.unwrap();
                assert_eq!(matches!(marked, Marked::AsItWas(_)), acknowledged, "{what}");
            } else {
                assert_eq!(world.upkeep().await, Done { told: usize::from(open), ..Done::default() }, "{what}");
            }
            assert_eq!(world.upkeep().await, Done::default(), "{what}: nothing is due");
            let told: Vec<Notice> =
                world.told(&number(SENDER)).await.into_iter().filter(|notice| notice.about.transmission() == Some(&id)).collect();
            let [notice] = &told[..] else { panic!("{what}: once: {told:?}") };
            assert_eq!((notice.kind, notice.about.recipient()), (NoticeKind::Acknowledged, Some(number(TO[0]))), "{what}");
            assert_eq!(notice.at, if acknowledged { later(1) } else { later(15) }, "{what}");
            let delivery = world.ground.notices().delivery(&id, &number(TO[0])).await.unwrap().unwrap();
            assert_eq!((delivery.due_at, delivery.acknowledged_at), (None, Some(notice.at)), "{what}");
        }
    }
}

/// A later word overtakes one that was not told of yet: its sender is told of what stands.
#[tokio::test]
async fn a_failure_that_was_mended_before_anybody_was_told_is_told_of_as_it_stands() {
    for world in [World::in_memory(), World::embedded().await] {
        let id = send(&world).await;
        let (_, ledger) = world.ground.faulty(&world.faults);
        let failed = Answer { outcome: Outcome::ImportFailed, note: String::new(), at: later(1) };
        world.faults.plan(2, When::Before);
        acknowledge(&*ledger, &id, &number(TO[0]), &failed).await.unwrap_err();
        world.faults.clear();
        let seen = ledger.delivery(&id, &number(TO[0])).await.unwrap().unwrap();
        world.set_now(later(2));
        answer(&world, &id, Outcome::Imported).await;
        // who saw it as it was before settles nothing
        ledger.set_delivery_due(&seen, None).await.unwrap();
        assert_eq!(told(&world, SENDER).await, [(NoticeKind::Acknowledged, 2, Some(number(TO[0])))]);
        world.set_now(later(60));
        assert_eq!(world.upkeep().await, Done::default());
    }
}

/// Fifty offices, the most there can be: all of them together, by one write.
#[tokio::test]
async fn fifty_recipients_are_told_of_a_delivery_and_of_its_end() {
    for world in [World::in_memory(), World::embedded().await] {
        let set = Set::attachments(&world, 50, 1).await;
        world.send(&set.parcels()[0]).await;
        world.set_now(later(1));
        cancel(&*world.ground.files(), &*world.ground.notices(), &set.id, world.now()).await.unwrap();
        for recipient in &set.recipients {
            let told = world.told_of(&recipient.office.number, &set.id).await;
            assert_eq!(told, [NoticeKind::Delivered, NoticeKind::Cancelled], "{}", recipient.office.number);
        }
    }
}
