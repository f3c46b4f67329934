//! What an office sent: listed, reported, taken back.

use exchange::{Reason, RejectionCode};
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::{Files as _, Ledger as _};

use crate::desk::{Desk, NOW, OFFICE, at, number};
use crate::post::{ACTUALS, AOBA, CSV, MIDORI, part};

#[tokio::test]
async fn what_was_sent_is_listed_newest_first() {
    let desk = Desk::open().await;
    let mut sent = Vec::new();
    for n in 0..3 {
        desk.set_now(at(NOW) + SignedDuration::from_mins(n.try_into().unwrap()));
        sent.push(desk.deliver(OFFICE, n, &[MIDORI], "a.txt", "a").await.to_string());
    }
    desk.deliver(MIDORI, 9, &[OFFICE], "a.txt", "a").await;
    let list = async |query: &str| {
        let answer = desk.call("GET", &format!("/v1/transmissions?{query}"), None).await;
        assert_eq!(answer.code(), None, "{query}");
        let ids: Vec<String> =
            answer.json["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect();
        (ids, answer.json["next_cursor"].as_str().map(str::to_owned))
    };
    let (newest, next) = list("limit=2").await;
    assert_eq!(newest, [sent[2].clone(), sent[1].clone()]);
    assert_eq!(list(&format!("limit=2&cursor={}", next.unwrap())).await, (vec![sent[0].clone()], None));
    assert_eq!(list("since=2026-04-10T09:01:00%2B09:00").await.0, [sent[2].clone(), sent[1].clone()]);
    assert_eq!(list("status=waiting").await.0, [""; 0]);
    assert_eq!(list("status=delivered").await.0.len(), 3);
    for query in ["status=new", "since=yesterday", "cursor=x", "kind=UPJSK"] {
        assert!(desk.call("GET", &format!("/v1/transmissions?{query}"), None).await.code().is_some(), "{query}");
    }
}

#[tokio::test]
async fn the_sender_sees_what_became_of_it() {
    let desk = Desk::open().await;
    let id = desk.deliver(OFFICE, 1, &[MIDORI, AOBA], "a.txt", "a").await;
    let answer = store::Answer { outcome: exchange::Outcome::ImportFailed, note: "読めません".into(), at: desk.now() };
    desk.ledger.acknowledge(&id, &number(AOBA), &answer).await.unwrap();
    let seen = desk.call("GET", &format!("/v1/transmissions/{id}"), None).await.json;
    let told = |n: usize| [&seen["deliveries"][n]["recipient"], &seen["deliveries"][n]["status"], &seen["deliveries"][n]["note"]];
    assert_eq!(told(0), [MIDORI, "delivered", ""]);
    assert_eq!(told(1), [AOBA, "acknowledged", "読めません"]);
}

#[tokio::test]
async fn a_report_is_there_for_what_was_rejected() {
    let desk = Desk::open().await;
    let delivered = desk.deliver(OFFICE, 1, &[MIDORI], "a.txt", "a").await;
    assert_eq!(desk.call("GET", &format!("/v1/transmissions/{delivered}/report"), None).await.code(), Some("not-found"));
    let id = delivered.to_string().replace("000000000001", "000000000002").parse().unwrap();
    let part = part(&id, desk.now(), &[MIDORI], "a.txt", "a");
    desk.ledger.join(&part).await.unwrap();
    let path = format!("/v1/transmissions/{id}/report");
    assert_eq!(desk.call("GET", &path, None).await.code(), Some("not-found"), "it waits");
    let reasons = vec![Reason { code: RejectionCode::SenderUnlicensed, file: None }];
    desk.ledger.reject(&part.opening().ended(desk.now(), reasons), 1).await.unwrap();
    let early = desk.call("GET", &path, None).await;
    assert_eq!((early.status.as_u16(), early.code(), early.headers["retry-after"].to_str().unwrap()), (503, Some("report-not-yet"), "5"));
    let key = exchange::keys::return_report(&number(OFFICE), &id);
    desk.files.create(&key, "application/json", b"{}".to_vec()).await.unwrap();
    let answer = desk.call("GET", &path, None).await;
    assert_eq!(
        (answer.status.as_u16(), answer.headers["location"].to_str().unwrap()),
        (303, format!("https://s3.example/{key}?expires=300").as_str())
    );
    // the bucket deletes it after 93 days: then nobody is told to come again
    desk.files.remove(&key).await.unwrap();
    desk.set_now(at(NOW) + SignedDuration::from_hours(93 * 24));
    assert_eq!(desk.call("GET", &path, None).await.code(), Some("not-found"));
}

#[tokio::test]
async fn a_listing_tells_what_replaces_what_as_each_transmission_does() {
    let desk = Desk::open().await;
    let mut sent = Vec::new();
    for (n, to) in [(0, &[MIDORI, AOBA][..]), (1, &[MIDORI]), (2, &[MIDORI, AOBA])] {
        desk.set_now(at(NOW) + SignedDuration::from_mins(n.try_into().unwrap()));
        sent.push(desk.deliver(OFFICE, n, to, ACTUALS, CSV).await.to_string());
    }
    desk.set_now(at(NOW) + SignedDuration::from_mins(3));
    sent.push(desk.deliver(OFFICE, 3, &[MIDORI], "a.txt", "a").await.to_string());
    desk.faults.clear();
    let listed = desk.call("GET", "/v1/transmissions", None).await.json["items"].take();
    assert_eq!(desk.faults.calls().iter().filter(|call| **call == "ledger.kin").count(), 1);
    let told: Vec<_> = listed.as_array().unwrap().iter().map(|item| [&item["supersedes"], &item["superseded_by"]]).collect();
    let [first, second, last] = [0, 1, 2].map(|n| json!(sent[n]));
    assert_eq!(told, [[&Value::Null; 2], [&second, &Value::Null], [&first, &last], [&Value::Null, &last]]);
    for item in listed.as_array().unwrap() {
        let path = format!("/v1/transmissions/{}", item["id"].as_str().unwrap());
        assert_eq!(desk.call("GET", &path, None).await.json, *item);
    }
}

#[tokio::test]
async fn a_transmission_is_taken_back_whole_while_nobody_has_it() {
    let desk = Desk::open().await;
    let id = desk.deliver(OFFICE, 1, &[MIDORI, AOBA], "a.txt", "a").await;
    let path = format!("/v1/transmissions/{id}/cancellation");
    let first = desk.call("POST", &path, None).await;
    assert_eq!((first.status.as_u16(), &first.json["status"]), (200, &json!("cancelled")));
    assert!(first.json["deliveries"].as_array().unwrap().iter().all(|delivery| delivery["status"] == "cancelled"));
    assert_eq!(desk.files.keys(), [""; 0], "nothing lies in the inboxes");
    assert_eq!(desk.call("POST", &path, None).await.json, first.json, "said twice, the same answer");

    let taken = desk.deliver(OFFICE, 2, &[MIDORI, AOBA], "a.txt", "a").await;
    desk.ledger.collect(&taken, &number(AOBA), desk.now()).await.unwrap();
    let answer = desk.call("POST", &format!("/v1/transmissions/{taken}/cancellation"), None).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (409, Some("not-cancellable")));
    assert_eq!(desk.call("GET", &format!("/v1/transmissions/{taken}"), None).await.json["deliveries"][0]["status"], "delivered");
    assert_eq!(desk.files.keys().len(), 2);
}
