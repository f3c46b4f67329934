//! What an office is told, and what it misses.

use exchange::{About, Notice, NoticeKind};
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::testing::{Fault, How, When};
use store::{Notices as _, Page};

use crate::desk::{Desk, NOW, OFFICE, OTHER, at, number};
use crate::post::{AOBA, MIDORI};

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
    for query in ["sender=1", "limit=0", "limit=101", "limit=ten"] {
        assert_eq!(desk.call("GET", &format!("/v1/notices?{query}"), None).await.code(), Some("query-malformed"), "{query}");
    }
    assert_eq!(desk.call_with("GET", "/v1/notices", None, None).await.code(), Some("token-missing"));
}

async fn told(desk: &Desk, office: &str) -> Vec<Notice> {
    desk.ledger.notices(&number(office), Page { limit: 100, cursor: None, now: desk.now() }).await.unwrap().items
}

/// Whichever call to storage fails on the way, on either side of its effect: the request is repeated, and the other office is told once.
#[tokio::test]
async fn an_answer_and_a_cancellation_are_told_of_once_whatever_broke_off() {
    for (call, when) in (1..=6).flat_map(|call| [When::Before, When::After].map(|when| (call, when))) {
        let desk = Desk::open().await;
        let got = desk.deliver(OTHER, 1, &[OFFICE, AOBA], "a.txt", "a").await;
        let sent = desk.deliver(OFFICE, 2, &[MIDORI, AOBA], "a.txt", "a").await;
        let said = Some(json!({"outcome": "import-failed", "note": "読めません"}));
        for (path, body) in [(format!("/v1/inbox/{got}/acknowledgement"), said), (format!("/v1/transmissions/{sent}/cancellation"), None)] {
            desk.faults.plan_all(&[Fault { call, when, how: How::Throttled }]);
            let first = desk.call("POST", &path, body.clone()).await.status;
            let calls = desk.faults.calls().len();
            desk.faults.clear();
            assert_eq!(first == 200, calls < call, "{path} {call} {when:?}: {first}");
            desk.set_now(desk.now() + SignedDuration::from_secs(1));
            assert_eq!(desk.call("POST", &path, body).await.status, 200);
        }
        let about = |transmission, recipient: &str| About::Delivery { transmission, recipient: number(recipient) };
        let acknowledged = told(&desk, OTHER).await;
        assert_eq!(acknowledged.iter().map(|told| told.kind).collect::<Vec<_>>(), [NoticeKind::Acknowledged], "{call} {when:?}");
        assert_eq!(acknowledged[0].about, about(got, OFFICE));
        for office in [MIDORI, AOBA] {
            let cancelled = told(&desk, office).await;
            assert_eq!(cancelled.iter().map(|told| told.kind).collect::<Vec<_>>(), [NoticeKind::Cancelled], "{office} {call} {when:?}");
            assert_eq!(cancelled[0].about, about(sent.clone(), office));
        }
        assert_eq!(told(&desk, OFFICE).await, [], "who did it is told nothing");
        let due = desk.ledger.due_deliveries(Page { limit: 100, cursor: None, now: desk.now() }).await.unwrap();
        assert!(due.items.is_empty(), "{call} {when:?}: it is told");
    }
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
