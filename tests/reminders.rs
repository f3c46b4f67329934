//! Deliveries that wait: their recipients are reminded, and what nobody acknowledges expires.

use ::upkeep::Done;
use exchange::{DeliveryStatus, NoticeKind, Outcome, TransmissionId};
use jiff::{SignedDuration, Timestamp};
use store::Answer;
use store::steps::acknowledge;
use store::testing::When;

use crate::world::set::{Set, text};
use crate::world::{NOW, World, at};

const SENDER: &str = "9871578812";
const TO: [&str; 3] = ["9779668095", "9961751154", "9776125172"];

fn days(days: i64) -> Timestamp {
    at(NOW) + SignedDuration::from_hours(24 * days)
}

async fn send(world: &World) -> TransmissionId {
    let set = Set::of(world, SENDER, &TO, &[text("a.txt", "a")]).await;
    world.send(&set.parcels()[0]).await;
    set.id
}

/// What an office was told after the delivery, oldest first: kind, and days since.
async fn told(world: &World, office: &str) -> Vec<(NoticeKind, i64)> {
    let told = world.told(&office.parse().unwrap()).await.into_iter().filter(|notice| notice.kind != NoticeKind::Delivered);
    told.map(|notice| (notice.kind, notice.at.duration_since(at(NOW)).as_hours() / 24)).collect()
}

async fn statuses(world: &World, id: &TransmissionId) -> Vec<DeliveryStatus> {
    let deliveries = world.entry(id).await.unwrap().deliveries;
    TO.iter().map(|office| deliveries.iter().find(|delivery| delivery.address.office.as_str() == *office).unwrap().status).collect()
}

#[tokio::test]
async fn who_fetches_nothing_is_reminded_twice_and_then_it_expires() {
    use DeliveryStatus::{Acknowledged, Delivered, Expired};
    for world in [World::in_memory(), World::embedded().await] {
        let id = send(&world).await;
        world.set_now(days(3) - SignedDuration::from_secs(1));
        assert_eq!(world.upkeep().await, Done::default(), "not yet");
        // the second fetches it and never answers, the third answers
        world.ledger.collect(&id, &TO[1].parse().unwrap(), days(1)).await.unwrap();
        let answer = Answer { outcome: Outcome::Imported, note: String::new(), at: days(2) };
        acknowledge(&*world.ground.notices(), &id, &TO[2].parse().unwrap(), &answer).await.unwrap();
        for (day, done) in
            [(3, Done { reminded: 1, ..Done::default() }), (10, Done { reminded: 1, ..Done::default() }), (92, Done::default())]
        {
            world.set_now(days(day));
            assert_eq!(world.upkeep().await, done, "day {day}");
            assert_eq!(world.upkeep().await, Done::default(), "once, day {day}");
        }
        assert_eq!(statuses(&world, &id).await, [Delivered, DeliveryStatus::Collected, Acknowledged]);
        world.set_now(days(93));
        assert_eq!(world.upkeep().await, Done { expired: 2, ..Done::default() });
        assert_eq!(statuses(&world, &id).await, [Expired, Expired, Acknowledged]);
        let not_collected = NoticeKind::NotCollected;
        assert_eq!(told(&world, TO[0]).await, [(not_collected, 3), (not_collected, 10), (NoticeKind::Expired, 93)]);
        assert_eq!(told(&world, TO[1]).await, [(NoticeKind::Expired, 93)]);
        assert_eq!(told(&world, TO[2]).await, []);
        assert_eq!(told(&world, SENDER).await, [(NoticeKind::Acknowledged, 2), (NoticeKind::Expired, 93), (NoticeKind::Expired, 93)]);
        world.set_now(days(200));
        assert_eq!(world.upkeep().await, Done::default(), "nothing is due for good");
    }
}

/// A schedule that stood still for weeks reminds once, not of every day it missed.
#[tokio::test]
async fn after_a_standstill_nobody_is_reminded_twice_at_once() {
    let world = World::in_memory();
    let id = send(&world).await;
    world.set_now(days(30));
    assert_eq!(world.upkeep().await, Done { reminded: 3, ..Done::default() });
    world.set_now(days(60));
    assert_eq!(world.upkeep().await, Done::default());
    assert_eq!(told(&world, TO[0]).await, [(NoticeKind::NotCollected, 10)], "of the last step that was missed");
    world.set_now(days(120));
    assert_eq!(world.upkeep().await, Done { expired: 3, ..Done::default() });
    assert_eq!(statuses(&world, &id).await, [DeliveryStatus::Expired; 3]);
}

#[tokio::test]
async fn what_a_standstill_outlasted_expires_and_nobody_is_reminded_of_it() {
    let world = World::in_memory();
    let id = send(&world).await;
    world.set_now(days(94));
    assert_eq!(world.upkeep().await, Done { expired: 3, ..Done::default() });
    assert_eq!(statuses(&world, &id).await, [DeliveryStatus::Expired; 3]);
    assert_eq!(told(&world, TO[0]).await, [(NoticeKind::Expired, 93)]);
    assert_eq!(world.upkeep().await, Done::default());
}

/// Every call of a tick fails once, on either side; the next ones complete it, and every notice is there once.
#[tokio::test]
async fn a_tick_that_breaks_off_anywhere_is_completed_by_the_next() {
    for (day, wanted) in [(3, vec![(NoticeKind::NotCollected, 3)]), (93, vec![(NoticeKind::NotCollected, 3), (NoticeKind::Expired, 93)])] {
        for n in 1..=14 {
            for when in [When::Before, When::After] {
                let world = World::in_memory();
                send(&world).await;
                if day > 3 {
                    world.set_now(days(3));
                    world.upkeep().await;
                }
                world.set_now(days(day));
                world.faults.plan(n, when);
                drop(world.try_upkeep().await);
                world.faults.clear();
                for _ in 0..2 {
                    assert_eq!(world.try_upkeep().await.unwrap().failed, 0, "{day} {n} {when:?}");
                }
                for office in TO {
                    let told = told(&world, office).await;
                    // nobody looked on the tenth day: that reminder comes late, or not at all
                    let told: Vec<_> = told.into_iter().filter(|notice| *notice != (NoticeKind::NotCollected, 10)).collect();
                    assert_eq!(told, wanted, "{day} {n} {when:?}");
                }
            }
        }
    }
}
