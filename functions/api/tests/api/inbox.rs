//! What an office is sent: seen by that office only, fetched, answered.

use exchange::sign::{SigningKey, TokenDraft};
use exchange::token::Call;
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::Ledger as _;

use crate::desk::{Answer, Desk, NOW, OFFICE, ORIGIN, OTHER, at, number};
use crate::post::{ACTUALS, AOBA, CSV, MIDORI};

impl Desk {
    /// A call of another office, with its key.
    pub(crate) async fn call_as(&self, office: &str, key: &SigningKey, method: &str, path: &str, body: Option<Value>) -> Answer {
        let call = Call { origin: ORIGIN, method, path: path.split('?').next().unwrap() };
        let token = TokenDraft::new(number(office), &call, self.now()).sign(key).unwrap();
        self.call_with(method, path, Some(&token), body).await
    }
}

async fn ids(desk: &Desk, query: &str) -> Vec<String> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let answer = desk.call("GET", &format!("/v1/inbox?limit=2{query}{cursor}"), None).await;
        assert_eq!(answer.code(), None, "{query}");
        let items = answer.json["items"].as_array().unwrap();
        assert!(items.len() <= 2);
        found.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        match answer.json["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

#[tokio::test]
async fn the_inbox_is_listed_newest_first_and_by_what_is_wanted() {
    let desk = Desk::open().await;
    let mut sent = Vec::new();
    for (n, (sender, name)) in [(MIDORI, ACTUALS), (AOBA, "計画.pdf"), (MIDORI, "b.txt"), (MIDORI, ACTUALS)].into_iter().enumerate() {
        desk.set_now(at(NOW) + SignedDuration::from_mins(n.try_into().unwrap()));
        sent.push(desk.deliver(sender, n as u64, &[OFFICE, OTHER], name, CSV).await);
    }
    desk.ledger.collect(&sent[2], &number(OFFICE), desk.now()).await.unwrap();
    let to_others = desk.deliver(MIDORI, 9, &[OTHER], "a.txt", "a").await;
    for (query, expected) in [
        ("", vec![3, 2, 1, 0]),
        ("&status=delivered", vec![3, 1, 0]),
        ("&status=collected", vec![2]),
        (&format!("&sender={AOBA}"), vec![1]),
        ("&kind=UPJSK", vec![3, 0]),
        ("&month=202604", vec![3, 2, 1, 0]),
        ("&month=202603", vec![]),
        (&format!("&status=delivered&sender={MIDORI}&kind=UPJSK&month=202604"), vec![3, 0]),
    ] {
        let expected: Vec<String> = expected.into_iter().map(|n: usize| sent[n].to_string()).collect();
        assert_eq!(ids(&desk, query).await, expected, "{query}");
    }
    assert!(!ids(&desk, "").await.contains(&to_others.to_string()));
    for query in ["status=new", "sender=1", "kind=XX", "month=2026-04", "limit=0", "from=9870000105", "status=delivered&status=delivered"] {
        assert_eq!(desk.call("GET", &format!("/v1/inbox?{query}"), None).await.code(), Some("query-malformed"), "{query}");
    }
}

#[tokio::test]
async fn another_offices_things_are_as_if_they_were_not_there() {
    let desk = Desk::open().await;
    let key = SigningKey::generate_es256().unwrap();
    desk.register(OTHER, &[&key]).await;
    let id = desk.deliver(MIDORI, 1, &[OFFICE], "a.txt", "a").await;
    let nothing = id.to_string().replace("000000000001", "000000000002");
    let acknowledgement = json!({"outcome": "imported", "note": ""});
    for (method, path, body) in [
        ("GET", "/v1/inbox/{id}", None),
        ("GET", "/v1/inbox/{id}/files/a01.txt", None),
        ("GET", "/v1/inbox/{id}/view", None),
        ("POST", "/v1/inbox/{id}/acknowledgement", Some(acknowledgement)),
        ("GET", "/v1/transmissions/{id}", None),
        ("GET", "/v1/transmissions/{id}/report", None),
        ("POST", "/v1/transmissions/{id}/cancellation", None),
    ] {
        let theirs = desk.call_as(OTHER, &key, method, &path.replace("{id}", &id.to_string()), body.clone()).await;
        let nobodys = desk.call_as(OTHER, &key, method, &path.replace("{id}", &nothing), body.clone()).await;
        let ill_formed = desk.call_as(OTHER, &key, method, &path.replace("{id}", "1"), body).await;
        assert_eq!((theirs.status.as_u16(), theirs.code()), (404, Some("not-found")), "{path}");
        assert_eq!((&theirs.json, &theirs.json), (&nobodys.json, &ill_formed.json), "{path}");
    }
    let delivery = &desk.ledger.transmission(&id).await.unwrap().unwrap().deliveries[0];
    assert_eq!((delivery.status.as_str(), delivery.collected_at, delivery.outcome), ("delivered", None, None), "nobody touched it");
}

#[tokio::test]
async fn an_id_is_found_in_capitals_too() {
    let desk = Desk::open().await;
    let id = desk.deliver(MIDORI, 1, &[OFFICE], "a.txt", "a").await;
    let shown = desk.call("GET", &format!("/v1/inbox/{}", id.to_string().to_uppercase()), None).await;
    assert_eq!((shown.status.as_u16(), &shown.json["id"]), (200, &json!(id.to_string())));
}

#[tokio::test]
async fn a_file_is_fetched_by_a_link_and_counts_as_collected() {
    let desk = Desk::open().await;
    let id = desk.deliver(MIDORI, 1, &[OFFICE], "山田花子様.txt", "a").await;
    for wrong in ["a02.txt", "delivery.json", "%E5%B1%B1.txt", "..%2Fdelivery.json"] {
        let answer = desk.call("GET", &format!("/v1/inbox/{id}/files/{wrong}"), None).await;
        assert_eq!(answer.code(), Some("not-found"), "{wrong}");
    }
    assert_eq!(desk.call("GET", &format!("/v1/inbox/{id}"), None).await.json["status"], "delivered");
    for _ in 0..2 {
        let answer = desk.call("GET", &format!("/v1/inbox/{id}/files/a01.txt"), None).await;
        assert_eq!(answer.status, 303);
        assert_eq!(answer.headers["location"], format!("https://s3.example/inbox/{OFFICE}/{id}/a01.txt?expires=300"));
    }
    let delivery = desk.call("GET", &format!("/v1/inbox/{id}"), None).await.json;
    assert_eq!((&delivery["status"], &delivery["files"][0]["name"]), (&json!("collected"), &json!("山田花子様.txt")));
}

#[tokio::test]
async fn head_takes_nothing_from_an_inbox() {
    let desk = Desk::open().await;
    let id = desk.deliver(MIDORI, 1, &[OFFICE], ACTUALS, CSV).await;
    let file = desk.call("GET", &format!("/v1/inbox/{id}"), None).await.json["files"][0]["key"].as_str().unwrap().to_owned();
    let name = file.rsplit('/').next().unwrap();
    for path in [format!("files/{name}"), "view".to_owned()] {
        let path = format!("/v1/inbox/{id}/{path}");
        let answer = desk.call("HEAD", &path, None).await;
        assert_eq!((answer.status.as_u16(), answer.headers["allow"].to_str().unwrap()), (405, "GET"), "{path}");
        assert!(!answer.headers.contains_key("location"));
    }
    assert_eq!(desk.call("GET", &format!("/v1/inbox/{id}"), None).await.json["status"], "delivered");
    assert_eq!(desk.call("GET", &format!("/v1/inbox/{id}/view"), None).await.status, 200);
}

#[tokio::test]
async fn an_answer_stands_but_that_a_failed_import_may_be_mended() {
    let desk = Desk::open().await;
    let id = desk.deliver(MIDORI, 1, &[OFFICE], "a.txt", "a").await;
    let say = async |outcome: &str, note: &str| {
        let said = json!({"outcome": outcome, "note": note});
        let answer = desk.call("POST", &format!("/v1/inbox/{id}/acknowledgement"), Some(said)).await;
        (answer.status.as_u16(), answer.code().map(str::to_owned), answer.json)
    };
    let told = |answer: (u16, Option<String>, Value)| (answer.0, answer.1);
    assert_eq!(told(say("lost", "").await), (422, Some("json-unfit".into())));
    assert_eq!(told(say("imported", &"長".repeat(501)).await), (422, Some("note-too-long".into())));
    for unseen in ["a\0", "a\u{1b}[2J", "a\rb", "a\u{202e}fdp", "a\u{2066}b", "\u{feff}a"] {
        assert_eq!(told(say("imported", unseen).await), (422, Some("note-too-long".into())), "{unseen:?}");
    }
    assert_eq!(desk.call("GET", &format!("/v1/inbox/{id}"), None).await.json["outcome"], Value::Null);
    let long = format!("長\n{}", "長".repeat(498));
    for (outcome, note, shown) in [
        ("import-failed", long.clone(), "import-failed"),
        ("import-failed", long, "import-failed"),
        ("imported", String::new(), "imported"),
        ("imported", String::new(), "imported"),
    ] {
        let (status, _, delivery) = say(outcome, &note).await;
        assert_eq!(
            (status, &delivery["status"], &delivery["outcome"], &delivery["note"]),
            (200, &json!("acknowledged"), &json!(shown), &json!(note))
        );
    }
    for (outcome, note) in [("import-failed", ""), ("imported", "もう一つのメモ")] {
        assert_eq!(told(say(outcome, note).await), (409, Some("already-acknowledged".into())), "{outcome} {note}");
    }
    assert_eq!(desk.call("GET", &format!("/v1/inbox/{id}"), None).await.json["note"], "", "the first one stays");
    let cancelled = desk.deliver(MIDORI, 2, &[OFFICE], "a.txt", "a").await;
    let row = desk.ledger.transmission(&cancelled).await.unwrap().unwrap().transmission;
    assert!(desk.ledger.cancel(&row, desk.now()).await.unwrap());
    let answer = desk.call("POST", &format!("/v1/inbox/{cancelled}/acknowledgement"), Some(json!({"outcome": "imported"}))).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (410, Some("delivery-ended")));
    for path in ["files/a01.txt", "view"] {
        let answer = desk.call("GET", &format!("/v1/inbox/{cancelled}/{path}"), None).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (410, Some("delivery-ended")), "{path}");
    }
}
