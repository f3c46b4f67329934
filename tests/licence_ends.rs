//! Licences that end, and the offices that are told in time.

use exchange::{About, NoticeKind, Office};
use jiff::civil::Date;
use store::Page;
use store::steps::grant_licence;
use store::testing::When;
use upkeep::Done;

use crate::world::office::licence;
use crate::world::{World, at};

const OFFICES: [&str; 3] = ["9778773797", "9871578812", "9779668095"];

/// A world with these offices, each with a licence of these days.
async fn licensed(world: &World, offices: &[&str], (first, last): (&str, &str)) {
    for office in offices {
        world.register(&Office::new(office.parse().unwrap(), "つばめ")).await;
        grant(world, office, (first, last)).await;
    }
}

async fn grant(world: &World, office: &str, (first, last): (&str, &str)) {
    grant_licence(&*world.ledger, &office.parse().unwrap(), &licence(first, last)).await.unwrap().unwrap();
}

/// What the office was told of its licence, oldest first: the Japanese day, and the licence's last.
async fn told(world: &World, office: &str) -> Vec<(Date, Date)> {
    let page = Page { limit: 100, cursor: None, now: world.now() };
    let notices = world.ground.notices().notices(&office.parse().unwrap(), page).await.unwrap().items;
    let mut told: Vec<_> = notices
        .into_iter()
        .map(|notice| match (notice.kind, notice.about) {
            (NoticeKind::LicenceEnding, About::Licence { until }) => (exchange::japanese_day(notice.at), until),
            other => panic!("{other:?}"),
        })
        .collect();
    told.reverse();
    told
}

fn days(of: &[(&str, &str)]) -> Vec<(Date, Date)> {
    of.iter().map(|(day, until)| (day.parse().unwrap(), until.parse().unwrap())).collect()
}

#[tokio::test]
async fn an_office_is_told_90_30_and_7_days_before_its_licence_ends_unless_another_follows() {
    for world in [World::in_memory(), World::embedded().await] {
        licensed(&world, &OFFICES, ("2026-04-01", "2027-03-31")).await;
        // one renews at once, one after it was told
        grant(&world, OFFICES[1], ("2027-04-01", "2028-03-31")).await;
        let mut done = Vec::new();
        for (day, time) in [
            ("2026-12-30", "23:59:59"),
            ("2026-12-31", "00:00:00"),
            ("2027-01-15", "00:00:00"),
            ("2027-03-01", "09:00:00"),
            ("2027-03-24", "00:10:00"),
            ("2027-04-01", "00:00:00"),
        ] {
            world.set_now(at(&format!("{day}T{time}+09:00")));
            done.push(world.upkeep().await.licences_ending);
            assert_eq!(world.upkeep().await, Done::default(), "{day}");
            if day == "2027-01-15" {
                grant(&world, OFFICES[2], ("2027-04-01", "2028-03-31")).await;
            }
        }
        assert_eq!(done, [0, 2, 0, 1, 1, 0]);
        let all = days(&[("2026-12-31", "2027-03-31"), ("2027-03-01", "2027-03-31"), ("2027-03-24", "2027-03-31")]);
        assert_eq!(told(&world, OFFICES[0]).await, all);
        assert_eq!(told(&world, OFFICES[1]).await, []);
        assert_eq!(told(&world, OFFICES[2]).await, all[..1]);
        // and the later one is told of in its time
        world.set_now(at("2028-01-05T00:00:00+09:00"));
        assert_eq!(world.upkeep().await, Done { licences_ending: 2, ..Done::default() });
        assert_eq!(told(&world, OFFICES[1]).await, days(&[("2028-01-01", "2028-03-31")]));
    }
}

/// A schedule that stood still tells of the last day that it missed, once; of a licence that is over, nothing.
#[tokio::test]
async fn after_a_standstill_an_office_is_told_once_or_not_at_all() {
    for (now, wanted) in [
        ("2027-03-10T00:00:00+09:00", days(&[("2027-03-01", "2027-03-31")])),
        ("2027-03-31T23:59:59+09:00", days(&[("2027-03-24", "2027-03-31")])),
        ("2027-04-01T00:00:00+09:00", vec![]),
    ] {
        let world = World::in_memory();
        licensed(&world, &OFFICES[..1], ("2026-04-01", "2027-03-31")).await;
        world.set_now(at(now));
        world.upkeep().await;
        assert_eq!(world.upkeep().await, Done::default(), "{now}");
        assert_eq!(told(&world, OFFICES[0]).await, wanted, "{now}");
    }
}

/// Every call of a tick fails once, on either side; the next one completes it, and every notice is there once.
#[tokio::test]
async fn a_tick_that_breaks_off_is_completed_by_the_next() {
    for n in 1..=9 {
        for when in [When::Before, When::After] {
            let world = World::in_memory();
            licensed(&world, &OFFICES[..2], ("2026-04-01", "2027-03-31")).await;
            world.set_now(at("2027-01-01T00:00:00+09:00"));
            world.faults.plan(n, when);
            let first = world.try_upkeep().await;
            assert!(first.is_err() || first.unwrap().failed == 1, "{n} {when:?}: a call failed");
            world.faults.clear();
            assert_eq!(world.try_upkeep().await.unwrap().failed, 0, "{n} {when:?}");
            assert_eq!(world.upkeep().await, Done::default(), "{n} {when:?}");
            for office in &OFFICES[..2] {
                assert_eq!(told(&world, office).await, days(&[("2026-12-31", "2027-03-31")]), "{n} {when:?}");
            }
        }
    }
}
