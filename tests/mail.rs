//! Sending and receiving over HTTP: a set by links, delivered, listed, viewed, fetched in part, answered.

use std::time::Duration;

use embedded::{Exchange, Options};
use exchange::keys;
use exchange::sign::TokenDraft;
use exchange::token::Call;
use jiff::Timestamp;
use reqwest::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, LOCATION, RANGE};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use store::{Clock, Ledger as _, Saved};
use tempfile::TempDir;

use crate::world::at;
use crate::world::corpus::{Fixture, demo};
use crate::world::office::Party;
use crate::world::set::text;

const SENDER: &str = "9871578812";
const RECIPIENT: &str = "9779668095-15";

/// An exchange that runs, and what offices call it with.
struct Street {
    exchange: Exchange,
    clock: Clock,
    client: reqwest::Client,
    _folder: TempDir,
}

impl Street {
    async fn open() -> Street {
        let folder = TempDir::new().unwrap();
        let clock = Clock::starting_at(at("2026-05-01T00:00:00Z"));
        let exchange = Exchange::start(Options { data: folder.path().to_owned(), port: 0, clock: clock.clone() }).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Street { exchange, clock, client, _folder: folder }
    }

    async fn register(&self, number: &str) -> Party {
        let party = Party::new(number);
        assert_eq!(self.exchange.stores.ledger.save_office(&party.office, None).await.unwrap(), Saved::Written);
        party
    }

    async fn call(&self, party: &Party, method: Method, path: &str, body: Option<Value>) -> reqwest::Response {
        let origin = &self.exchange.operator.api;
        let call = Call { origin, method: method.as_str(), path: path.split('?').next().unwrap() };
        let token = TokenDraft::new(party.office.number, &call, self.clock.now()).sign(&party.key).unwrap();
        let request = self.client.request(method, format!("{origin}{path}")).bearer_auth(token);
        let request = match &body {
            Some(body) => request.json(body),
            None => request,
        };
        request.send().await.unwrap()
    }

    async fn get(&self, party: &Party, path: &str) -> Value {
        let answer = self.call(party, Method::GET, path, None).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.json().await.unwrap()
    }

    /// Announces these files; gives the id and the uploads.
    async fn announce(&self, sender: &Party, to: &[&str], files: &[Fixture]) -> (String, Vec<Value>) {
        let drafts = drafts(sender, to, files, self.clock.now());
        let manifests: Vec<String> = drafts.iter().map(|draft| draft.sign(&sender.key).unwrap()).collect();
        let answer = self.call(sender, Method::POST, "/v1/transmissions", Some(json!({"manifests": manifests}))).await;
        let (status, answer): (_, Value) = (answer.status(), answer.json().await.unwrap());
        assert_eq!(status, StatusCode::CREATED, "{answer}");
        (answer["id"].as_str().unwrap().to_owned(), answer["uploads"].as_array().unwrap().clone())
    }

    /// Sends what an upload says.
    async fn upload(&self, upload: &Value, bytes: &[u8]) -> StatusCode {
        let mut request = self.client.put(upload["url"].as_str().unwrap());
        for (name, value) in upload["headers"].as_object().unwrap() {
            // the client counts the bytes itself
            if name != CONTENT_LENGTH.as_str() {
                request = request.header(name, value.as_str().unwrap());
            }
        }
        request.body(bytes.to_vec()).send().await.unwrap().status()
    }

    /// Waits until the transmission has ended.
    async fn ended(&self, sender: &Party, id: &str) -> Value {
        for _ in 0..600 {
            let answer = self.call(sender, Method::GET, &format!("/v1/transmissions/{id}"), None).await;
            if answer.status() == StatusCode::OK {
                let seen: Value = answer.json().await.unwrap();
                if seen["status"] != "waiting" {
                    return seen;
                }
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the transmission never ends");
    }
}

fn drafts(sender: &Party, to: &[&str], files: &[Fixture], now: Timestamp) -> Vec<exchange::sign::ManifestDraft> {
    let aud: Vec<standard::Address> = to.iter().map(|address| address.parse().unwrap()).collect();
    let draft = |file: &Fixture| exchange::sign::ManifestDraft::new(sender.office.number, aud.clone(), &file.name, &file.bytes, now);
    let mut drafts: Vec<_> = files.iter().map(draft).collect();
    exchange::sign::ManifestDraft::seal(&mut drafts);
    drafts
}

#[tokio::test]
async fn a_set_is_sent_and_received_without_any_credentials_for_storage() {
    let street = Street::open().await;
    let (sender, recipient) = (street.register(SENDER).await, street.register(&RECIPIENT[..10]).await);
    let mut files = demo(&["UP1KYO", "UP2KYO", "UP3KYO", "UPHOSOKU_000000"]);
    files.push(text("ご連絡 (5月).txt", "五月もよろしくお願いいたします。"));
    let (id, uploads) = street.announce(&sender, &[RECIPIENT], &files).await;
    for (upload, file) in uploads.iter().zip(&files) {
        assert_eq!(street.upload(upload, &file.bytes).await, StatusCode::OK, "{}", upload["name"]);
    }
    assert_eq!(street.ended(&sender, &id).await["status"], "delivered");

    let listed = street.get(&recipient, "/v1/inbox?status=delivered&kind=UP1KYO").await;
    let delivery = &listed["items"][0];
    assert_eq!((&delivery["id"], listed["items"].as_array().unwrap().len()), (&json!(id), 1));
    let file = |of: &str| {
        let found = delivery["files"].as_array().unwrap().iter().find(|file| file["name"].as_str().unwrap().starts_with(of)).unwrap();
        found["key"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
    };

    let persons = street.get(&recipient, &format!("/v1/inbox/{id}/view")).await;
    let person = &persons["items"][0];
    let records = street.get(&recipient, &format!("/v1/inbox/{id}/view?person={}", person["person"].as_str().unwrap())).await;
    assert_eq!(records["items"].as_array().unwrap().len() as u64, person["records"].as_u64().unwrap().min(50));
    assert_eq!(records["items"][0]["items"]["insured_number"], person["insured_number"]);

    let answer = street.call(&recipient, Method::GET, &format!("/v1/inbox/{id}/files/{}", file("ご連絡")), None).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let link = answer.headers()[LOCATION].to_str().unwrap().to_owned();
    assert!(!link.contains("%E3"), "no name is in a URL");
    let part = street.client.get(&link).header(RANGE, "bytes=3-5").send().await.unwrap();
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    let saved_as = part.headers()[CONTENT_DISPOSITION].to_str().unwrap().to_owned();
    assert!(saved_as.starts_with("attachment; filename=\"a01.txt\"; filename*=UTF-8''%E3%81%94"), "{saved_as}");
    assert_eq!(part.bytes().await.unwrap(), &files[4].bytes[3..6]);
    let cancelled = street.call(&sender, Method::POST, &format!("/v1/transmissions/{id}/cancellation"), None).await;
    assert_eq!(cancelled.status(), StatusCode::CONFLICT);

    let said = json!({"outcome": "import-failed", "note": "第2表が読めません"});
    let answer = street.call(&recipient, Method::POST, &format!("/v1/inbox/{id}/acknowledgement"), Some(said)).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let seen = street.get(&sender, &format!("/v1/transmissions/{id}")).await;
    let told = &seen["deliveries"][0];
    assert_eq!([&told["status"], &told["outcome"], &told["note"]], ["acknowledged", "import-failed", "第2表が読めません"]);
}

#[tokio::test]
async fn what_is_rejected_after_all_leads_to_its_report() {
    let street = Street::open().await;
    let (sender, _recipient) = (street.register(SENDER).await, street.register(&RECIPIENT[..10]).await);
    // nobody can tell from outside that it is no PDF
    let (id, uploads) = street.announce(&sender, &[RECIPIENT], &[text("a.pdf", "no PDF")]).await;
    assert_eq!(street.upload(&uploads[0], b"no PDF").await, StatusCode::OK);
    assert_eq!(street.ended(&sender, &id).await["status"], "rejected");
    let mut report = StatusCode::NOT_FOUND;
    for _ in 0..100 {
        let answer = street.call(&sender, Method::GET, &format!("/v1/transmissions/{id}/report"), None).await;
        report = answer.status();
        if let Some(link) = answer.headers().get(LOCATION) {
            let report: Value = street.client.get(link.to_str().unwrap()).send().await.unwrap().json().await.unwrap();
            assert_eq!(report["reasons"][0]["code"], "file-type");
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(report, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_upload_that_is_not_as_it_was_announced_is_refused_by_storage() {
    let street = Street::open().await;
    let (sender, _recipient) = (street.register(SENDER).await, street.register(&RECIPIENT[..10]).await);
    let (id, uploads) = street.announce(&sender, &[RECIPIENT], &[text("a.txt", "hello")]).await;
    let (_, others) = street.announce(&sender, &[RECIPIENT], &[text("b.txt", "world")]).await;
    let (good, other) = (&uploads[0], &others[0]);
    let with = |change: &dyn Fn(&mut Value)| {
        let mut upload = good.clone();
        change(&mut upload);
        upload
    };
    let header = |name: &'static str, value: Value| with(&move |upload| upload["headers"][name] = value.clone());
    let without = |name: &'static str| with(&move |upload| drop(upload["headers"].as_object_mut().unwrap().remove(name)));
    let (manifest, checksum) = ("x-amz-meta-manifest", "x-amz-checksum-sha256");
    let url = |from: &str, to: &str| with(&|upload| upload["url"] = json!(upload["url"].as_str().unwrap().replace(from, to)));
    for (what, upload, body) in [
        ("other bytes", good.clone(), "hallo"),
        ("fewer bytes", good.clone(), "hell"),
        ("more bytes", good.clone(), "hello!"),
        ("another manifest", header(manifest, other["headers"][manifest].clone()), "hello"),
        ("no manifest", without(manifest), "hello"),
        ("another checksum", header(checksum, other["headers"][checksum].clone()), "world"),
        ("no checksum", without(checksum), "hello"),
        ("another kind of checksum beside it", header("x-amz-checksum-crc32", json!("AAAAAA==")), "hello"),
        ("more metadata", header("x-amz-meta-more", json!("x")), "hello"),
        ("a copy of another object", header("x-amz-copy-source", json!("renkei/outbox/x")), "hello"),
        ("another office's outbox", url(SENDER, &RECIPIENT[..10]), "hello"),
        ("another place", url("/01", "/02"), "hello"),
        ("a longer life", url("X-Amz-Expires=900", "X-Amz-Expires=9000"), "hello"),
        ("another's signature", with(&|upload| upload["url"] = other["url"].clone()), "hello"),
    ] {
        let status = street.upload(&upload, body.as_bytes()).await;
        assert!(status.is_client_error(), "{what}: {status}");
    }
    let outbox = format!("{}{SENDER}/", keys::OUTBOX);
    assert_eq!(store::Files::list(&street.exchange.stores.files, &outbox).await.unwrap(), [""; 0], "nothing was stored");
    assert_eq!(street.upload(good, b"hello").await, StatusCode::OK);
    assert_eq!(street.ended(&sender, &id).await["status"], "delivered");
}

#[tokio::test]
async fn a_link_opens_nothing_after_its_time() {
    let street = Street::open().await;
    let files = &street.exchange.stores.files;
    let upload = store::Upload {
        key: format!("outbox/{SENDER}/a"),
        manifest: "a.b.c".into(),
        sha256: exchange::Sha256Digest::of(b"hello"),
        size_bytes: 5,
    };
    let link = store::Links::upload(files, &upload, Duration::from_secs(1)).await.unwrap();
    while Timestamp::now() <= link.expires_at + jiff::SignedDuration::from_secs(1) {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let headers: serde_json::Map<String, Value> = link.headers.into_iter().map(|(name, value)| (name, json!(value))).collect();
    assert_eq!(street.upload(&json!({"url": link.url, "headers": headers}), b"hello").await, StatusCode::FORBIDDEN);
}
