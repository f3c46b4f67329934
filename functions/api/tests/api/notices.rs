//! What an office is told, and what it misses.

use exchange::{About, Notice, NoticeKind};
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::Notices as _;

use crate::desk::{Desk, NOW, OFFICE, OTHER, at, number};

const T: &str = "9770000114-5ca1ab1e-0000-4000-8000-000000000001";

#[tokio::test]
async fn notices_are_listed_newest_first_page_by_page_and_each_office_sees_its_own() {
    let desk = Desk::open().await;
    let notice = |office: &str, hours: i64| Notice {
        office: number(office),
        kind: NoticeKind::NotCollected,
        at: at(NOW) + SignedDuration::from_hours(hours),
        about: About::Delivery { transmission: T.parse().unwrap(), recipient: number(OFFICE) },
    };
    desk.ledger.notify(&[notice(OFFICE, 0), notice(OFFICE, 1), notice(OFFICE, 2), notice(OTHER, 3)]).await.unwrap();
    let (mut found, mut path) = (Vec::new(), "/v1/notices?limit=2".to_owned());
    loop {
        let answer = desk.call("GET", &path, None).await;
        assert_eq!(answer.status, 200);
        found.extend(answer.json["items"].as_array().unwrap().clone());
        match &answer.json["next_cursor"] {
            Value::String(cursor) => path = format!("/v1/notices?limit=2&cursor={cursor}"),
            _ => break,
        }
    }
    let times: Vec<&str> = found.iter().map(|notice| notice["at"].as_str().unwrap()).collect();
    assert_eq!(times, ["2026-04-10T11:00:00+09:00", "2026-04-10T10:00:00+09:00", "2026-04-10T09:00:00+09:00"]);
    let first = notice(OFFICE, 2);
    let wanted = json!({"id": first.id(), "kind": "not-collected", "at": "2026-04-10T11:00:00+09:00", "transmission": T, "recipient": OFFICE,
        "until": null, "message": first.kind.message(), "message_ja": first.kind.message_ja()});
    assert_eq!(found[0], wanted);
    assert_eq!(desk.call("GET", "/v1/notices?sender=1", None).await.code(), Some("query-malformed"));
    assert_eq!(desk.call_with("GET", "/v1/notices", None, None).await.code(), Some("token-missing"));
}

/// What is missing is the ledger's to say (`tests/missing.rs`); here, how it is asked for.
#[tokio::test]
async fn missing_actuals_are_asked_for_by_month() {
    let desk = Desk::open().await;
    let check = async |query: &str, code: Option<&str>| {
        let answer = desk.call("GET", &format!("/v1/partners/missing-actuals{query}"), None).await;
        assert_eq!(answer.code(), code, "{query}");
        answer
    };
    assert_eq!(check("?month=202604", None).await.json, json!({"items": [], "next_cursor": null}));
    for query in ["", "?month=202613", "?month=2026-04", "?month=202604&limit=0", "?month=202604&partner=1"] {
        check(query, Some("query-malformed")).await;
    }
}

#[tokio::test]
async fn the_key_that_notices_are_signed_with_is_told_to_anybody() {
    let desk = Desk::open().await;
    let answer = desk.call_with("GET", "/v1/jwks.json", None, None).await;
    let key = exchange::sign::NoticeKey::of(&desk.api.secret).unwrap();
    assert_eq!((answer.code(), &answer.json), (None, &json!({"keys": [key.jwk()]})));
    assert!(!key.jwk().as_object().unwrap().contains_key("d"));
}
