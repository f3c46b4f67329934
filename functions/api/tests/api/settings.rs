//! What an office decides for itself.

use exchange::OfficeSettings;
use serde_json::{Value, json};
use store::Ledger as _;

use crate::desk::{Desk, OFFICE, OTHER, number};

const PATH: &str = "/v1/settings";
const HOOK: &str = "https://hooks.care.example.jp/renkei";

#[tokio::test]
async fn settings_are_shown_and_replaced_whole() {
    let desk = Desk::open().await;
    assert_eq!(desk.call("GET", PATH, None).await.json, json!({"webhook": null, "blocked_senders": [], "profile": null}));
    desk.ledger.save_profile(&"sample-care-5".parse().unwrap(), "…").await.unwrap();
    let wanted = json!({"webhook": HOOK, "blocked_senders": [OTHER], "profile": "sample-care-5"});
    for _ in 0..2 {
        let answer = desk.call("PUT", PATH, Some(wanted.clone())).await;
        assert_eq!((answer.status.as_u16(), &answer.json), (200, &wanted));
    }
    assert_eq!(desk.call("GET", PATH, None).await.json, wanted);
    let office = desk.ledger.office(&number(OFFICE)).await.unwrap().unwrap().0;
    assert!(office.blocks(&number(OTHER)) && office.keys.len() == 1);
    // what is left out is unset
    let answer = desk.call("PUT", PATH, Some(json!({"webhook": HOOK}))).await;
    assert_eq!(answer.json, json!({"webhook": HOOK, "blocked_senders": [], "profile": null}));
    assert_eq!(desk.call_with("GET", PATH, None, None).await.code(), Some("token-missing"));
}

#[tokio::test]
async fn settings_that_cant_be_taken_change_nothing() {
    let desk = Desk::open().await;
    let kept = json!({"webhook": HOOK, "blocked_senders": [OTHER], "profile": null});
    desk.call("PUT", PATH, Some(kept.clone())).await;
    let many: Vec<String> = (0..=OfficeSettings::MOST_BLOCKED).map(|n| format!("98{n:08}")).collect();
    let check = async |change: Value, code: &str| {
        let mut body = kept.clone();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(desk.call("PUT", PATH, Some(body)).await.code(), Some(code), "{change:.60}");
    };
    for url in ["http://hooks.care.example.jp/", "https://10.0.0.1/", "https://localhost/", "https://a:b@hooks.care.example.jp/", "hooks"] {
        check(json!({"webhook": url}), "webhook-refused").await;
    }
    check(json!({"blocked_senders": [OFFICE]}), "blocked-senders-refused").await;
    check(json!({"blocked_senders": ["12"]}), "blocked-senders-refused").await;
    check(json!({"blocked_senders": many}), "blocked-senders-refused").await;
    check(json!({"profile": "sample-care-5"}), "profile-unknown").await;
    check(json!({"profile": "Not A Name"}), "json-unfit").await;
    check(json!({"blocked": []}), "json-unfit").await;
    check(json!({"webhook": 1}), "json-unfit").await;
    assert_eq!(desk.call("GET", PATH, None).await.json, kept);
}
