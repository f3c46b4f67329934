//! Plans that were sent, and actual services that never came back.

use exchange::{MissingActuals, TransmissionId};
use jiff::SignedDuration;
use store::Page;
use store::steps::missing_actuals;

use crate::world::World;
use crate::world::corpus::{Fixture, demo};
use crate::world::set::Set;

const MANAGER: &str = "9871578812";
const PARTNERS: [&str; 3] = ["9779668095-15", "9961751154-13", "9776125172-21"];

async fn missing(world: &World, month: &str) -> Vec<MissingActuals> {
    let page = Page { limit: 100, cursor: None, now: world.now() };
    missing_actuals(&*world.ledger, &MANAGER.parse().unwrap(), month.parse().unwrap(), page).await.unwrap().items
}

async fn send(world: &World, sender: &str, to: &[&str], files: &[Fixture]) -> TransmissionId {
    world.set_now(world.now() + SignedDuration::from_secs(1));
    let set = Set::of(world, sender, to, files).await;
    for parcel in set.parcels() {
        world.send(&parcel).await;
    }
    set.id
}

/// Insurer and insured number.
type Numbers = (String, String);

/// The persons of a file of the standard: insurer and insured number, each once.
fn persons(file: &Fixture) -> Vec<Numbers> {
    let lines = file.bytes.split(|byte| *byte == b'\n');
    let number = |cell: Option<&[u8]>| String::from_utf8(cell.unwrap_or_default().to_vec()).unwrap();
    let mut found: Vec<_> = lines
        .filter(|line| line.starts_with(b"20"))
        .map(|line| {
            let mut cells = line.split(|byte| *byte == b',').skip(1);
            (number(cells.next()), number(cells.next()))
        })
        .collect();
    found.sort();
    found.dedup();
    found
}

/// The file with some persons in place of others.
fn of_persons(file: &Fixture, others: &[(&Numbers, &Numbers)]) -> Fixture {
    let mut bytes = file.bytes.clone();
    for ((insurer, insured), (other_insurer, other)) in others {
        let (from, to) = (format!(",{insurer},{insured},"), format!(",{other_insurer},{other},"));
        for place in 0..bytes.len().saturating_sub(from.len()) {
            if bytes[place..].starts_with(from.as_bytes()) {
                bytes[place..place + to.len()].copy_from_slice(to.as_bytes());
            }
        }
    }
    Fixture { bytes, ..file.clone() }
}

#[tokio::test]
async fn what_was_planned_and_not_answered_is_told_by_partner() {
    for world in [World::in_memory(), World::embedded().await] {
        let slip = demo(&["UPPLAN", "UPSIKYU", "UPHOSOKU_202604"]);
        let planned = persons(&slip[0]);
        let sent = send(&world, MANAGER, &PARTNERS, &slip).await;
        let count = u32::try_from(planned.len()).unwrap();
        let of = |partner: &str, answered: u32| (partner[..10].to_owned(), count, answered, vec![sent.clone()]);
        let seen = async || {
            let found = missing(&world, "202604").await.into_iter();
            let mut found: Vec<_> = found.map(|it| (it.partner.to_string(), it.planned, it.answered, it.transmissions)).collect();
            found.sort();
            found
        };
        let mut wanted: Vec<_> = PARTNERS.iter().map(|partner| of(partner, 0)).collect();
        wanted.sort();
        assert_eq!(seen().await, wanted);
        assert_eq!(missing(&world, "202605").await, [], "another month");

        // one partner answers for two of the persons, and for others who were never planned
        let actuals = demo(&["UPJSK"]).remove(0);
        let theirs = persons(&actuals);
        let answer = of_persons(&actuals, &[(&theirs[0], &planned[0]), (&theirs[1], &planned[1])]);
        send(&world, &PARTNERS[0][..10], &["9871578812-43"], &[answer]).await;
        wanted.retain(|(partner, ..)| partner != &PARTNERS[0][..10]);
        wanted.push(of(PARTNERS[0], 2));
        wanted.sort();
        assert_eq!(seen().await, wanted);

        // what is withdrawn is missing no more
        let rows: Vec<String> = planned.iter().map(|(insurer, insured)| format!("202407,{insurer},{insured},202604\r\n")).collect();
        let name = slip[0].name.replace("UPPLAN", "DLTPLAN");
        let withdrawal = Fixture { name, bytes: rows.concat().into_bytes(), ..slip[0].clone() };
        send(&world, MANAGER, &[slip[0].recipient.as_str()], &[withdrawal]).await;
        wanted.retain(|(other, ..)| other != &slip[0].recipient[..10]);
        assert_eq!(seen().await, wanted);
    }
}
