//! The office's licence, and its free pass.

use exchange::Campaign;
use futures::future::join_all;
use jiff::civil::date;
use serde_json::json;
use store::steps::put_campaign;
use store::{Directory as _, Ledger as _};

use crate::desk::{Desk, OFFICE, OTHER, at, number};

const APPLY: &str = "/v1/licence/free-pass";

impl Desk {
    async fn periods(&self, office: &str) -> usize {
        self.ledger.office(&number(office)).await.unwrap().unwrap().0.licences.len()
    }
}

#[tokio::test]
async fn a_free_pass_is_given_once_and_shows_in_the_offices_licence() {
    let desk = Desk::open().await;
    desk.register(OTHER, &[]).await;
    let campaign = json!({"id": "free-pass-2025", "opens": "2025-06-01", "closes": "2026-05-31", "months": 12, "fee": 0});
    let none = json!({"office": OFFICE, "licensed": false, "until": null, "periods": [], "campaigns": [campaign]});
    assert_eq!(desk.call("GET", "/v1/licence", None).await.json, none);

    let answers = join_all((0..8).map(|_| desk.call("POST", APPLY, None))).await;
    let (given, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
    let period = json!({"kind": "free-pass", "campaign": "free-pass-2025", "first": "2026-04-10", "last": "2027-04-09"});
    assert_eq!(given.iter().map(|answer| &answer.json).collect::<Vec<_>>(), [&period]);
    assert!(refused.iter().all(|answer| (answer.status.as_u16(), answer.code()) == (409, Some("already-applied"))));
    let licence = json!({"office": OFFICE, "licensed": true, "until": "2027-04-09", "periods": [period], "campaigns": [campaign]});
    assert_eq!(desk.call("GET", "/v1/licence", None).await.json, licence);
    assert_eq!((desk.periods(OFFICE).await, desk.periods(OTHER).await), (1, 0));
}

#[tokio::test]
async fn of_two_open_campaigns_an_office_has_one_pass_at_once_or_again() {
    let desk = Desk::open().await;
    let other = Campaign { id: "second".to_owned(), opens: date(2026, 4, 1), closes: date(2026, 4, 30), months: 1, fee: 500 };
    put_campaign(&*desk.ledger, &other).await.unwrap();
    let mut answers = join_all((0..10).map(|_| desk.call("POST", APPLY, None))).await;
    answers.push(desk.call("POST", APPLY, None).await);
    let (given, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
    assert_eq!(given.iter().map(|answer| answer.json["campaign"].as_str()).collect::<Vec<_>>(), [Some("second")]);
    assert!(refused.iter().all(|answer| (answer.status.as_u16(), answer.code()) == (409, Some("already-applied"))));
    let bills = desk.ledger.bills(date(2026, 4, 1), 100, None).await.unwrap().items;
    assert_eq!((desk.periods(OFFICE).await, bills.len(), bills[0].yen), (1, 1, 500));
}

#[tokio::test]
async fn an_application_is_taken_from_the_first_to_the_last_second_in_japan() {
    for (instant, ends) in [
        ("2025-05-31T14:59:59.999Z", Err((403, "campaign-closed"))),
        ("2025-05-31T15:00:00Z", Ok("2026-05-31")),
        ("2026-05-31T14:59:59.999Z", Ok("2027-05-30")),
        ("2026-05-31T15:00:00Z", Err((403, "campaign-closed"))),
    ] {
        let desk = Desk::open().await;
        desk.set_now(at(instant));
        let answer = desk.call("POST", APPLY, None).await;
        match ends {
            Ok(last) => assert_eq!((answer.status.as_u16(), &answer.json["last"]), (201, &json!(last)), "{instant}"),
            Err((status, code)) => assert_eq!((answer.status.as_u16(), answer.code()), (status, Some(code)), "{instant}"),
        }
        assert_eq!(desk.periods(OFFICE).await, usize::from(ends.is_ok()), "{instant}");
    }
}
