//! Devices: let in by a one-time code, seen, locked out.

use exchange::sign::{self, SigningKey};
use exchange::{CODE_HOLDS, MAX_TRIES, OfficeKey, OneTimeCode};
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::testing::{Fault, How, When};
use store::{Codes as _, Ledger as _, steps};

use crate::desk::{Answer, Desk, OFFICE, ORIGIN, OTHER, number};

const PATH: &str = "/v1/enrolments";

fn key() -> SigningKey {
    SigningKey::generate_es256().unwrap()
}

impl Desk {
    /// A code that an operator handed out.
    async fn code(&self) -> OneTimeCode {
        steps::hand_out_code(&*self.ledger, &self.api.secret, &number(OFFICE), None, self.now()).await.unwrap().0
    }

    async fn enrol(&self, office: &str, code: &str, key: &SigningKey) -> Answer {
        self.call_with("POST", PATH, None, Some(enrolment(office, code, key))).await
    }

    /// The kids of the office's keys.
    async fn kids(&self, office: &str) -> Vec<String> {
        let entry = self.ledger.office(&number(office)).await.unwrap();
        entry.map(|(office, _)| office.keys.into_iter().map(|key| key.kid).collect()).unwrap_or_default()
    }
}

/// What a device sends.
fn enrolment(office: &str, code: &str, key: &SigningKey) -> Value {
    let first_four: String = code.chars().take(4).collect();
    let proof = office.parse().map(|office| sign::proof(key, &office, ORIGIN, &first_four).unwrap()).unwrap_or_default();
    json!({"office": office, "code": code, "public_key": key.public_key().unwrap().to_jwk(), "name": "事務室", "proof": proof})
}

#[tokio::test]
async fn a_device_is_let_in_by_a_code_once() {
    let desk = Desk::open().await;
    let (code, device) = (desk.code().await, key());
    let answer = desk.enrol(OFFICE, &code.to_string().to_lowercase(), &device).await;
    assert_eq!((answer.status.as_u16(), &answer.json), (201, &json!({"office": OFFICE, "kid": device.kid().unwrap()})));
    let listed = desk.call("GET", "/v1/keys", None).await.json;
    let own = json!({"kid": desk.key.kid().unwrap(), "name": null, "added_at": null, "not_before": null, "not_after": null, "revoked_at": null, "current": true});
    let new = json!({"kid": device.kid().unwrap(), "name": "事務室", "added_at": "2026-04-10T09:00:00+09:00", "not_before": null, "not_after": null,
        "revoked_at": null, "current": false});
    assert_eq!(listed, json!({"items": [own, new], "next_cursor": null}));
    let token = desk.draft("GET", "/v1/keys").sign(&device).unwrap();
    assert_eq!(desk.call_with("GET", "/v1/keys", Some(&token), None).await.json["items"][1]["current"], true);

    let first = desk.call("GET", "/v1/keys?limit=1", None).await.json;
    assert_eq!(first["items"], json!([listed["items"][0]]));
    let rest = desk.call("GET", &format!("/v1/keys?limit=1&cursor={}", first["next_cursor"].as_str().unwrap()), None).await.json;
    assert_eq!(rest, json!({"items": [listed["items"][1]], "next_cursor": null}));

    for (again, told) in [(&device, "key-registered"), (&key(), "code-refused")] {
        assert_eq!(desk.enrol(OFFICE, &code.to_string(), again).await.code(), Some(told));
    }
    assert_eq!(desk.kids(OFFICE).await.len(), 2);
}

#[tokio::test]
async fn whatever_is_wrong_with_a_code_the_answer_is_the_same() {
    let desk = Desk::open().await;
    desk.register(OTHER, &[]).await;
    let (used, dead, open) = (desk.code().await, desk.code().await, desk.code().await);
    desk.enrol(OFFICE, &used.to_string(), &key()).await;
    let wrong = |code: &OneTimeCode| format!("{}-AAAA-AAAA-AAAA", code.first_four());
    for _ in 0..MAX_TRIES {
        assert_eq!(desk.enrol(OFFICE, &wrong(&dead), &key()).await.code(), Some("code-refused"));
    }
    let before = desk.kids(OFFICE).await;
    let mut told = Vec::new();
    for (office, code) in [
        (OFFICE, wrong(&open)),
        (OFFICE, used.to_string()),
        (OFFICE, dead.to_string()),
        (OFFICE, "AAAA-BBBB-CCCC-DDDD".to_owned()),
        (OFFICE, "no code".to_owned()),
        (OFFICE, String::new()),
        (OTHER, open.to_string()),
        ("9770000122", open.to_string()),
        ("977000", open.to_string()),
    ] {
        let answer = desk.enrol(office, &code, &key()).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (403, Some("code-refused")), "{office} {code}");
        told.push(answer.json);
    }
    told.dedup();
    assert_eq!(told.len(), 1, "nobody learns what is wrong");
    assert_eq!((desk.kids(OFFICE).await, desk.kids(OTHER).await), (before, vec![]));
    assert_eq!(desk.enrol(OFFICE, &open.to_string(), &key()).await.code(), None, "tries at other codes killed only those");
}

#[tokio::test]
async fn the_fifth_try_still_opens_and_the_fourteenth_day_too() {
    let desk = Desk::open().await;
    let code = desk.code().await;
    for _ in 1..MAX_TRIES {
        desk.enrol(OFFICE, &format!("{}-AAAA-AAAA-AAAA", code.first_four()), &key()).await;
    }
    assert_eq!(desk.enrol(OFFICE, &code.to_string(), &key()).await.code(), None);
    let (code, begun) = (desk.code().await, desk.now());
    desk.set_now(begun + CODE_HOLDS);
    assert_eq!(desk.enrol(OFFICE, &code.to_string(), &key()).await.code(), Some("code-refused"));
    desk.set_now(begun + CODE_HOLDS - SignedDuration::from_secs(1));
    assert_eq!(desk.enrol(OFFICE, &code.to_string(), &key()).await.code(), None);
}

#[tokio::test]
async fn what_is_wrong_with_the_request_costs_no_try() {
    let desk = Desk::open().await;
    let (code, device) = (desk.code().await, key());
    let good = enrolment(OFFICE, &code.to_string(), &device);
    let with = |member: &str, value: Value| {
        let mut changed = good.clone();
        changed[member] = value;
        changed
    };
    let proof = |office: &str, origin: &str, four: &str, by: &SigningKey| json!(sign::proof(by, &number(office), origin, four).unwrap());
    let four = code.first_four();
    let mut private = device.public_key().unwrap().to_jwk();
    private["d"] = json!("AAAA");
    for (what, body, status, told) in [
        ("no name", with("name", json!("")), 422, "name-unfit"),
        ("a blank name", with("name", json!("　")), 422, "name-unfit"),
        ("a long name", with("name", json!("端".repeat(101))), 422, "name-unfit"),
        ("a name that steers", with("name", json!("a\u{1b}[2J")), 422, "name-unfit"),
        ("a name that turns", with("name", json!("a\u{202e}b")), 422, "name-unfit"),
        ("no key", with("public_key", json!({})), 422, "key-refused"),
        ("a key for HMAC", with("public_key", json!({"kty": "oct", "k": "AAAA"})), 422, "key-refused"),
        ("a private key", with("public_key", private), 422, "key-refused"),
        ("a proof by another key", with("proof", proof(OFFICE, ORIGIN, four, &key())), 422, "proof-invalid"),
        ("a proof for another office", with("proof", proof(OTHER, ORIGIN, four, &device)), 422, "proof-invalid"),
        ("a proof for another API", with("proof", proof(OFFICE, "https://evil.example", four, &device)), 422, "proof-invalid"),
        ("a proof for another code", with("proof", proof(OFFICE, ORIGIN, "AAAA", &device)), 422, "proof-invalid"),
        ("a token", with("proof", json!(desk.draft("POST", PATH).sign(&device).unwrap())), 422, "proof-invalid"),
        ("a member that isn't known", with("admin", json!(true)), 422, "json-unfit"),
        ("a member of another type", with("office", json!(9770000106_u64)), 422, "json-unfit"),
        ("no object", json!([]), 422, "json-unfit"),
    ] {
        let answer = desk.call_with("POST", PATH, None, Some(body)).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, Some(told)), "{what}");
    }
    assert_eq!(desk.kids(OFFICE).await.len(), 1);
    let record = desk.ledger.try_code(&number(OFFICE), four, desk.now()).await.unwrap().unwrap();
    assert_eq!(record.tries, 1, "this look is the first");
    assert_eq!(desk.call_with("POST", PATH, None, Some(good)).await.code(), None);
}

#[tokio::test]
async fn a_device_that_asks_again_is_told_that_its_key_is_known_and_nobody_else_is() {
    let desk = Desk::open().await;
    desk.register(OTHER, &[]).await;
    let (code, device) = (desk.code().await, key());
    let used = code.to_string();
    assert_eq!(desk.enrol(OFFICE, &used, &device).await.code(), None);
    // the used code, one that counts tries, and one that never was
    let open = desk.code().await;
    for code in [used.clone(), format!("{}-AAAA-AAAA-AAAA", open.first_four()), "AAAA-BBBB-CCCC-DDDD".to_owned()] {
        for _ in 0..=MAX_TRIES {
            let answer = desk.enrol(OFFICE, &code, &device).await;
            assert_eq!((answer.status.as_u16(), answer.code()), (409, Some("key-registered")), "{code}");
        }
    }
    let record = desk.ledger.try_code(&number(OFFICE), open.first_four(), desk.now()).await.unwrap().unwrap();
    assert_eq!(record.tries, 1, "this look is the first");
    // at another office it is a key like any other; and without the key nobody learns that it is known
    assert_eq!(desk.enrol(OTHER, &used, &device).await.code(), Some("code-refused"));
    let mut stolen = enrolment(OFFICE, &used, &device);
    stolen["proof"] = enrolment(OFFICE, &used, &key())["proof"].clone();
    assert_eq!(desk.call_with("POST", PATH, None, Some(stolen)).await.code(), Some("proof-invalid"));
    assert_eq!(desk.kids(OFFICE).await.len(), 2);
}

#[tokio::test]
async fn a_known_key_is_refused_and_the_code_kept() {
    let desk = Desk::open().await;
    let code = desk.code().await;
    assert_eq!(desk.enrol(OFFICE, &code.to_string(), &desk.key).await.code(), Some("key-registered"));
    desk.change(OFFICE, |office| {
        while office.keys.len() < 20 {
            office.keys.push(OfficeKey::new(key().public_key().unwrap()));
        }
    })
    .await;
    assert_eq!(desk.enrol(OFFICE, &code.to_string(), &key()).await.code(), Some("keys-full"));
    assert_eq!(desk.kids(OFFICE).await.len(), 20);
    let now = desk.now();
    desk.change(OFFICE, |office| office.keys[19].revoked_at = Some(now)).await;
    assert_eq!(desk.enrol(OFFICE, &code.to_string(), &key()).await.code(), None, "a revoked one makes room");
}

#[tokio::test]
async fn a_key_that_a_certificate_brought_is_known_by_itself_too_and_stays_revoked() {
    let desk = Desk::open().await;
    let (code, device, now) = (desk.code().await, key(), desk.now());
    let certified = OfficeKey { kid: "x5t".to_owned(), ..OfficeKey::new(device.public_key().unwrap()) };
    desk.change(OFFICE, |office| office.keys.push(certified.clone())).await;
    let before = desk.kids(OFFICE).await;
    let enrol = || async { desk.enrol(OFFICE, &code.to_string(), &device).await };
    assert_eq!(enrol().await.code(), Some("key-registered"));
    desk.change(OFFICE, |office| office.keys.last_mut().unwrap().revoke(now)).await;
    let answer = enrol().await;
    assert_eq!((answer.status.as_u16(), answer.code()), (409, Some("key-registered")));
    assert_eq!(desk.kids(OFFICE).await, before);
    let token = desk.draft("GET", "/v1/keys").sign(&device).unwrap();
    assert_eq!(desk.call_with("GET", "/v1/keys", Some(&token), None).await.status, 401);
    assert_eq!(desk.enrol(OFFICE, &code.to_string(), &key()).await.code(), None, "the code was kept");
}

#[tokio::test]
async fn a_revoked_key_opens_nothing_and_what_it_handed_out_is_void() {
    let desk = Desk::open().await;
    let stays = key();
    assert_eq!(desk.enrol(OFFICE, &desk.code().await.to_string(), &stays).await.code(), None);
    let handed_out = desk.call("POST", "/v1/keys/codes", None).await;
    assert_eq!(
        (handed_out.status.as_u16(), &handed_out.json["office"], &handed_out.json["expires_at"]),
        (201, &json!(OFFICE), &json!("2026-04-24T09:00:00+09:00"))
    );
    let code = handed_out.json["code"].as_str().unwrap().to_owned();
    let path = format!("/v1/keys/{}", desk.key.kid().unwrap());
    let by = |method: &str, path: &str| desk.draft(method, path).sign(&stays).unwrap();
    for _ in 0..2 {
        assert_eq!(desk.call_with("DELETE", &path, Some(&by("DELETE", &path)), None).await.status, 204, "twice is once");
    }
    assert_eq!(desk.call("GET", "/v1/keys", None).await.code(), Some("key-revoked"));
    assert_eq!(desk.enrol(OFFICE, &code, &key()).await.code(), Some("code-refused"));
    let listed = desk.call_with("GET", "/v1/keys", Some(&by("GET", "/v1/keys")), None).await.json;
    assert_eq!((&listed["items"][0]["revoked_at"], &listed["items"][1]["revoked_at"]), (&json!("2026-04-10T09:00:00+09:00"), &Value::Null));
    for kid in ["nobody", "%FF", desk.key.kid().unwrap().to_lowercase().as_str()] {
        let path = format!("/v1/keys/{kid}");
        assert_eq!(desk.call_with("DELETE", &path, Some(&by("DELETE", &path)), None).await.code(), Some("not-found"), "{kid}");
    }
}

#[tokio::test]
async fn another_offices_key_is_not_there() {
    let desk = Desk::open().await;
    let other = key();
    desk.register(OTHER, &[&other]).await;
    let path = format!("/v1/keys/{}", other.kid().unwrap());
    assert_eq!(desk.call("DELETE", &path, None).await.code(), Some("not-found"));
    assert_eq!(desk.ledger.office(&number(OTHER)).await.unwrap().unwrap().0.keys[0].revoked_at, None);
}

#[tokio::test]
async fn a_device_hands_out_one_code_a_token() {
    let desk = Desk::open().await;
    let token = desk.token("POST", "/v1/keys/codes");
    let code = desk.call_with("POST", "/v1/keys/codes", Some(&token), None).await.json["code"].as_str().unwrap().to_owned();
    let replayed = desk.call_with("POST", "/v1/keys/codes", Some(&token), None).await;
    assert_eq!((replayed.code(), replayed.json["code"] == json!(code)), (Some("token-used"), false));
    assert_eq!(desk.enrol(OFFICE, &code, &key()).await.code(), None);
}

#[tokio::test]
async fn a_code_is_not_lost_to_storage_that_fails() {
    // office, try_code, office, enrol
    for call in 1..=4 {
        let desk = Desk::open().await;
        let (code, device) = (desk.code().await, key());
        desk.faults.plan_all(&[Fault { call, when: When::Before, how: How::Throttled }]);
        assert_eq!(desk.enrol(OFFICE, &code.to_string(), &device).await.code(), Some("unavailable"), "{call}");
        assert_eq!(desk.kids(OFFICE).await.len(), 1, "{call}");
        desk.faults.clear();
        assert_eq!(desk.enrol(OFFICE, &code.to_string(), &device).await.code(), None, "{call}");
        assert_eq!(desk.kids(OFFICE).await.len(), 2, "{call}");
    }
}

#[tokio::test]
async fn devices_that_enrol_at_once_are_all_let_in_or_none_twice() {
    let desk = Desk::open().await;
    let codes = futures::future::join_all((0..6).map(|_| desk.code())).await;
    let devices: Vec<SigningKey> = (0..6).map(|_| key()).collect();
    let texts: Vec<String> = codes.iter().map(ToString::to_string).collect();
    let answers = futures::future::join_all(texts.iter().zip(&devices).map(|(code, device)| desk.enrol(OFFICE, code, device))).await;
    assert!(answers.iter().all(|answer| answer.status == 201));
    assert_eq!(desk.kids(OFFICE).await.len(), 7);
    let (code, rivals) = (desk.code().await.to_string(), [key(), key(), key()]);
    let answers = futures::future::join_all(rivals.iter().map(|device| desk.enrol(OFFICE, &code, device))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(desk.kids(OFFICE).await.len(), 8);
}
