//! The public directory: imported, searched, counted; and by which calls.

use exchange::{
    DirectoryEntry, DirectoryRow, LicencePeriod, Office, OfficeQuery, OfficeView, Place, Prefecture, Searchable, sign::SigningKey,
};
use jiff::civil::{Date, date};
use store::steps::{Import, Imported, adoption, office_view, search_offices};
use store::testing::{Calls, Fault, Faults, How, When};
use store::{Directory, Stores};

use crate::world::World;
use crate::world::ground::Ground;
use crate::world::office::licence;

const TODAY: Date = date(2026, 4, 10);

async fn both() -> [World; 2] {
    [World::in_memory(), World::embedded().await]
}

fn row(number: &str, name: &str, municipality: &str, service: &str) -> DirectoryRow {
    DirectoryRow {
        number: number.parse().unwrap(),
        name: name.to_owned(),
        municipality: Some(municipality.parse().unwrap()),
        entry: DirectoryEntry {
            kana: Some(format!("ミホン{service}")),
            municipality_name: Some(format!("見本市{municipality}")),
            address: None,
            service: service.parse().unwrap(),
        },
    }
}

/// As many offices as fill three batches, some of them with a second row far from the first.
fn rows() -> Vec<DirectoryRow> {
    let number = |n: usize| format!("98000{n:05}");
    let mut rows: Vec<DirectoryRow> =
        (0..250).map(|n| row(&number(n), &format!("訪問 {n}"), if n % 2 == 0 { "98101" } else { "98102" }, "11")).collect();
    rows.extend((0..250).step_by(10).map(|n| row(&number(n), &format!("通所 {n}"), "98103", "15")));
    rows
}

async fn import(directory: &dyn Directory, rows: &[DirectoryRow]) -> Result<Imported, store::StoreError> {
    let mut import = Import::new(directory);
    for row in rows {
        import.push(row.clone()).await?;
    }
    import.finish().await
}

/// All offices of prefecture 98, as they are stored.
async fn stored(world: &World) -> Vec<Office> {
    let mut offices = Vec::new();
    for rows in rows()[..250].chunks(100) {
        let numbers: Vec<_> = rows.iter().map(|row| row.number).collect();
        offices.extend(world.ledger.offices(&numbers).await.unwrap().into_iter().map(|(office, _)| office));
    }
    offices.sort_by_key(|office| office.number);
    offices.iter_mut().for_each(|office| office.services.sort());
    offices
}

#[tokio::test]
async fn an_import_registers_offices_and_a_second_one_writes_only_what_changed() {
    for world in both().await {
        let faults = Faults::none();
        let (_, counted) = world.ground.faulty(&faults);
        assert_eq!(import(&*counted, &rows()).await.unwrap(), Imported { added: 250, changed: 0 });
        let offices = stored(&world).await;
        assert_eq!(offices.len(), 250);
        let services: Vec<&str> = offices[10].services.iter().map(|service| service.as_str()).collect();
        assert_eq!(
            (offices[10].name.as_str(), offices[10].municipality.as_deref(), services),
            ("訪問 10", Some("981010"), vec!["11", "15"])
        );

        faults.clear();
        assert_eq!(import(&*counted, &rows()).await.unwrap(), Imported::default());
        assert!(faults.calls().iter().all(|call| *call == "directory.offices"), "{:?}", faults.calls());

        // what an operator and the office did meanwhile stays
        let mut office = offices[7].clone();
        office.keys = vec![exchange::OfficeKey::new(SigningKey::generate_es256().unwrap().public_key().unwrap())];
        office.licences = vec![licence("2026-04-01", "2027-03-31")];
        office.blocked_senders = vec![offices[8].number];
        world.register(&office).await;
        let mut renamed = rows();
        renamed[7].name = "新しい名".to_owned();
        renamed.push(row("9800099999", "新設", "98101", "11"));
        assert_eq!(import(&*counted, &renamed).await.unwrap(), Imported { added: 1, changed: 1 });
        let now = world.ledger.office(&office.number).await.unwrap().unwrap().0;
        assert_eq!(now, Office { name: "新しい名".to_owned(), ..office });
    }
}

#[tokio::test]
async fn an_import_that_broke_off_anywhere_is_ended_by_the_next() {
    let clean = World::in_memory();
    import(&*clean.ledger, &rows()).await.unwrap();
    let expected = stored(&clean).await;
    let faults = Faults::none();
    let (_, counted) = World::in_memory().ground.faulty(&faults);
    import(&*counted, &rows()).await.unwrap();
    for call in 1..=faults.calls().len() {
        for (when, how) in [(When::Before, How::Refused), (When::After, How::Refused), (When::After, How::Throttled)] {
            let world = World::in_memory();
            let faults = Faults::none();
            let (_, faulty) = world.ground.faulty(&faults);
            faults.plan_all(&[Fault { call, when, how }]);
            let first = import(&*faulty, &rows()).await;
            assert_eq!(first.is_err(), how == How::Refused, "call {call}: what passes is tried again");
            import(&*world.ledger, &rows()).await.unwrap();
            assert!(stored(&world).await == expected, "call {call} {when:?} {how:?}");
            assert_eq!(import(&*world.ledger, &rows()).await.unwrap(), Imported::default());
        }
    }
}

/// All pages of a search.
async fn search(directory: &dyn Directory, places: &[Place], query: &OfficeQuery, limit: usize) -> Vec<OfficeView> {
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let page = search_offices(directory, places, query, TODAY, limit, cursor.as_deref()).await.unwrap();
        assert!(page.items.len() <= limit);
        found.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            return found;
        }
    }
}

#[tokio::test]
async fn offices_are_found_by_place_service_name_and_licence() {
    for world in both().await {
        import(&*world.ledger, &rows()).await.unwrap();
        // one that an operator added by itself, from another prefecture's numbers
        let mut single = Office::new("9770000007".parse().unwrap(), "ひだまりケア");
        single.municipality = Some("981010".to_owned());
        single.services = vec!["43".parse().unwrap()];
        single.licences = vec![licence("2026-04-10", "2026-04-10")];
        world.register(&single).await;
        let place = |text: &str| match text.len() {
            2 => Place::Prefecture(text.parse().unwrap()),
            _ => Place::Municipality(text.parse().unwrap()),
        };
        let check = async |at: &str, service: Option<&str>, name: Option<&str>, licensed: Option<bool>, count: usize| {
            let query = OfficeQuery { service: service.map(|code| code.parse().unwrap()), name: name.map(Searchable::new), licensed };
            for limit in [7, 1_000] {
                let found = search(&*world.ledger, &[place(at)], &query, limit).await;
                assert_eq!(found.len(), count, "{at} {query:?} in pages of {limit}");
                assert!(found.windows(2).all(|pair| (pair[0].municipality, pair[0].office) < (pair[1].municipality, pair[1].office)));
            }
        };
        check("98", None, None, None, 251).await;
        check("981010", None, None, None, 126).await;
        check("98103", None, None, None, 0).await;
        check("77", None, None, None, 0).await;
        check("98", Some("15"), None, None, 25).await;
        check("98", Some("43"), None, None, 1).await;
        check("98", None, Some("訪問 24"), None, 11).await;
        check("98", None, Some("みほん１１"), None, 250).await;
        check("98", None, Some("ヒダマリ"), None, 1).await;
        check("981010", None, None, Some(true), 1).await;
        check("981010", None, None, Some(false), 125).await;
        let view = office_view(&*world.ledger, &single.number, TODAY).await.unwrap().unwrap();
        assert_eq!((view.name.as_str(), view.licensed), ("ひだまりケア", true));
        assert!(!office_view(&*world.ledger, &single.number, TODAY.tomorrow().unwrap()).await.unwrap().unwrap().licensed);
        assert_eq!(office_view(&*world.ledger, &"9770000106".parse().unwrap(), TODAY).await.unwrap(), None);
    }
}

/// All prefectures, this one first.
fn everywhere(first: &str) -> Vec<Place> {
    first.parse::<Prefecture>().unwrap().all_from().map(Place::Prefecture).collect()
}

#[tokio::test]
async fn a_search_everywhere_gives_each_office_once_the_own_prefecture_first() {
    for world in both().await {
        // a place that is no prefecture's, one without a municipality, one whose number is from elsewhere
        for (number, municipality) in [
            ("0100000014", Some("011011")),
            ("0000000019", None),
            ("9900000022", None),
            ("9900000014", Some("991015")),
            ("9700000016", Some("131130")),
            ("9800000015", Some("981010")),
            ("9800000023", Some("981028")),
            ("9800000031", None),
        ] {
            let municipality = municipality.map(str::to_owned);
            world.register(&Office { municipality, ..Office::new(number.parse().unwrap(), "みどり") }).await;
        }
        let expected = ["9800000031", "9800000015", "9800000023", "0000000019", "0100000014", "9700000016", "9900000022", "9900000014"];
        for query in [OfficeQuery::default(), OfficeQuery { name: Some(Searchable::new("みどり")), ..OfficeQuery::default() }] {
            for limit in [1, 2, 3, 8, 100] {
                let found = search(&*world.ledger, &everywhere("98"), &query, limit).await;
                let numbers: Vec<String> = found.iter().map(|office| office.office.to_string()).collect();
                assert_eq!(numbers, expected, "{query:?} in pages of {limit}");
            }
        }
        let other = search_offices(&*world.ledger, &everywhere("98"), &OfficeQuery::default(), TODAY, 1, None).await.unwrap();
        let elsewhere = [Place::Prefecture("13".parse().unwrap())];
        assert!(search_offices(&*world.ledger, &elsewhere, &OfficeQuery::default(), TODAY, 1, other.next_cursor.as_deref()).await.is_err());
    }
}

#[tokio::test]
async fn a_page_of_a_search_everywhere_ends_after_ten_thousand_and_goes_on_in_the_next_prefecture() {
    let world = World::in_memory();
    let office = |prefecture: u32, n: u32, name: &str| (Office::new(format!("{prefecture}{n:08}").parse().unwrap(), name), None);
    for prefecture in [11, 12, 13] {
        let offices: Vec<_> = (0..5_000).map(|n| office(prefecture, n, if n == 4_999 { "みどり" } else { "見本" })).collect();
        for some in offices.chunks(100) {
            world.ledger.save_offices(some).await.unwrap();
        }
    }
    let query = OfficeQuery { name: Some(Searchable::new("みどり")), ..OfficeQuery::default() };
    let (mut pages, mut cursor) = (Vec::new(), None);
    loop {
        let page = search_offices(&*world.ledger, &everywhere("12"), &query, TODAY, 50, cursor.as_deref()).await.unwrap();
        pages.push(page.items.iter().map(|office| office.office.to_string()).collect::<Vec<_>>());
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(pages, [vec!["1200004999", "1100004999"], vec!["1300004999"]]);
}

#[tokio::test]
async fn adoption_counts_offices_and_licensed_ones_by_municipality() {
    for world in both().await {
        let of = |number: &str, municipality: &str, licences: Vec<LicencePeriod>| Office {
            municipality: Some(municipality.to_owned()),
            licences,
            ..Office::new(number.parse().unwrap(), "見本")
        };
        let (now, later) = (licence("2026-04-10", "2026-04-10"), licence("2026-04-11", "2027-04-10"));
        for office in [
            of("9800000015", "98101", vec![now.clone()]),
            of("9800000023", "98101", vec![later.clone()]),
            of("9800000031", "98102", vec![now, later]),
            of("9900000014", "991015", vec![]),
        ] {
            world.register(&office).await;
        }
        let seen = async |prefecture: Option<&str>, day| {
            let view = adoption(&*world.ledger, prefecture.map(|code| code.parse::<Prefecture>().unwrap()), day).await.unwrap();
            let rows: Vec<_> = view.items.iter().map(|row| (row.municipality.five_digits(), row.offices, row.licensed, row.rate)).collect();
            (rows, view.indicators.municipalities, view.indicators.any, view.indicators.thirty_percent)
        };
        let row = |code: &str, offices, licensed, rate| (code.to_owned(), offices, licensed, rate);
        let (first, second, third) = (row("98102", 1, 1, 1.0), row("98101", 2, 1, 0.5), row("99101", 1, 0, 0.0));
        assert_eq!(seen(None, TODAY).await, (vec![first.clone(), second.clone(), third.clone()], 3, 0.6667, 0.6667));
        assert_eq!(seen(Some("98"), TODAY).await, (vec![first, second], 2, 1.0, 1.0));
        assert_eq!(seen(Some("99"), TODAY).await, (vec![third], 1, 0.0, 0.0));
        assert_eq!(seen(Some("01"), TODAY).await, (vec![], 0, 0.0, 0.0));
    }
}

#[tokio::test]
async fn a_search_costs_what_its_place_holds_and_nothing_is_scanned() {
    let world = World::embedded().await;
    let Ground::Embedded { exchange, .. } = &world.ground else { panic!("embedded") };
    let calls = Calls::default();
    let ledger = Stores::counted(&exchange.operator.settings(), &exchange.operator.endpoints(), &calls).ledger;
    let made = || calls.take().iter().map(|call| call.rsplit('.').next().unwrap().to_owned()).collect::<Vec<_>>();
    let place = Place::Municipality("98102".parse().unwrap());
    let open = OfficeQuery::default();
    let named = OfficeQuery { name: Some(Searchable::new("訪問")), ..OfficeQuery::default() };
    for others in [0, 250] {
        import(&ledger, &rows()[..others]).await.unwrap();
        made();
        for query in [&open, &named] {
            search_offices(&ledger, &[place], query, TODAY, 20, None).await.unwrap();
            assert_eq!(made(), ["Query"], "{others} offices");
        }
        adoption(&ledger, Some("98".parse().unwrap()), TODAY).await.unwrap();
        assert_eq!(made(), ["Query"], "{others} offices");
        let rare = OfficeQuery { name: Some(Searchable::new("どこにもない")), ..OfficeQuery::default() };
        search_offices(&ledger, &everywhere("98"), &rare, TODAY, 20, None).await.unwrap();
        assert_eq!(made(), ["Query"; 100], "one for each prefecture");
    }
}
