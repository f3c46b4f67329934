//! With whom an office exchanged: what subsidies ask for.

use exchange::{Office, TransmissionId};
use jiff::civil::Date;
use store::steps::{Cancellation, cancel, partners};

use crate::world::corpus::Fixture;
use crate::world::office::Party;
use crate::world::set::{Set, text};
use crate::world::{World, at};

const OFFICE: &str = "9778773797";
const OTHERS: [&str; 3] = ["9800000015", "9800000023", "9800000031"];

fn letter() -> [Fixture; 1] {
    [text("ご連絡.txt", "text")]
}

/// Sends a letter at that time, as parties that are registered.
async fn send(world: &World, sender: &str, to: &[&str], time: &str) -> TransmissionId {
    world.set_now(at(time));
    let set = Set::of(world, sender, to, &letter()).await;
    world.restart();
    for parcel in set.parcels() {
        world.send(&parcel).await;
    }
    set.id
}

#[tokio::test]
async fn every_office_that_was_sent_to_or_received_from_counts_once() {
    for world in [World::in_memory(), World::embedded().await] {
        // the last second of March and the first of April, in Japan
        send(&world, OFFICE, &OTHERS[2..], "2026-03-31T14:59:59Z").await;
        send(&world, OFFICE, &OTHERS[..2], "2026-03-31T15:00:00Z").await;
        send(&world, OTHERS[0], &[OFFICE], "2026-04-10T00:00:00Z").await;
        send(&world, OFFICE, &OTHERS[..1], "2026-04-30T14:59:59Z").await;
        send(&world, OTHERS[2], &[OFFICE], "2026-04-30T15:00:00Z").await;
        let cancelled = send(&world, OFFICE, &OTHERS[2..], "2026-04-20T00:00:00Z").await;
        let done = cancel(&*world.ground.files(), &*world.ground.notices(), &cancelled, world.now()).await.unwrap();
        assert!(matches!(done, Cancellation::Done(_)));
        // what was refused reached nobody
        world.set_now(at("2026-04-21T00:00:00Z"));
        let refused = Set::of(&world, OFFICE, &OTHERS[2..], &letter()).await;
        world.register(&Office { licences: vec![], ..refused.recipients[0].office.clone() }).await;
        world.restart();
        world.send(&refused.parcels()[0]).await;

        let told = async |since: &str, until: &str| {
            let (since, until): (Date, Date) = (since.parse().unwrap(), until.parse().unwrap());
            partners(&*world.ledger, &OFFICE.parse().unwrap(), since, until).await.unwrap()
        };
        let april = told("2026-04-01", "2026-04-30").await;
        let seen: Vec<_> = april.items.iter().map(|it| (it.office.as_str(), it.sent, it.received, it.last.to_string())).collect();
        let (first, second) = ((OTHERS[0], 2, 1, "2026-04-30".to_owned()), (OTHERS[1], 1, 0, "2026-04-01".to_owned()));
        assert_eq!((april.count, seen), (2, vec![first, second]));
        assert_eq!(april.items[0].name.as_deref(), Some(Party::new(OTHERS[0]).office.name.as_str()));
        let table = april.csv().unwrap();
        assert!(table.lines().nth(1).unwrap().starts_with(OTHERS[0]), "{table}");
        for (since, until, count) in [
            ("2026-03-31", "2026-03-31", 1),
            ("2026-03-31", "2026-05-01", 3),
            ("2026-05-01", "2026-05-01", 1),
            ("2026-05-02", "2026-12-31", 0),
            ("2026-04-30", "2026-04-01", 0),
        ] {
            assert_eq!(told(since, until).await.count, count, "{since} to {until}");
        }
        let other = OTHERS[1].parse().unwrap();
        let other = partners(&*world.ledger, &other, april.since, april.until).await.unwrap();
        assert_eq!(other.items.iter().map(|it| (it.office.as_str(), it.sent, it.received)).collect::<Vec<_>>(), [(OFFICE, 0, 1)]);
    }
}
