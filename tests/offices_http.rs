//! Offices over HTTP: they apply for their licence, find each other, and are counted.

use std::sync::{Arc, Mutex};

use embedded::{Exchange, Options};
use exchange::Office;
use exchange::sign::TokenDraft;
use exchange::token::Call;
use futures::future::join_all;
use jiff::Timestamp;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use store::{Clock, Ledger as _, Saved};
use tempfile::TempDir;

use crate::world::at;
use crate::world::office::Party;

const OFFICE: &str = "9770000106";
const OTHER: &str = "9770000114";
const APPLY: &str = "/v1/licence/free-pass";

/// An exchange that runs by a clock that the test sets.
struct Town {
    exchange: Exchange,
    now: Arc<Mutex<Timestamp>>,
    client: reqwest::Client,
    _folder: TempDir,
}

impl Town {
    async fn open() -> Town {
        let folder = TempDir::new().unwrap();
        let now = Arc::new(Mutex::new(at("2025-05-31T14:59:59.999Z")));
        let clock = Clock::from_fn({
            let now = Arc::clone(&now);
            move || *now.lock().unwrap()
        });
        let exchange = Exchange::start_endpoints(Options { data: folder.path().to_owned(), port: 0, clock }).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Town { exchange, now, client, _folder: folder }
    }

    /// An office with a device, without a licence.
    async fn register(&self, number: &str, name: &str) -> Party {
        let mut party = Party::new(number);
        party.office = Office {
            name: name.to_owned(),
            licences: vec![],
            municipality: Some("977012".to_owned()),
            services: vec!["15".parse().unwrap()],
            ..party.office
        };
        assert_eq!(self.exchange.stores.ledger.save_office(&party.office, None).await.unwrap(), Saved::Written);
        party
    }

    async fn call(&self, party: &Party, method: Method, path: &str) -> (StatusCode, Value) {
        let origin = &self.exchange.operator.api;
        let call = Call { origin, method: method.as_str(), path: path.split('?').next().unwrap() };
        let now = *self.now.lock().unwrap();
        let token = TokenDraft::new(party.office.number, &call, now).sign(&party.key).unwrap();
        let answer = self.client.request(method, format!("{origin}{path}")).bearer_auth(token).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }
}

#[tokio::test]
async fn offices_apply_for_a_licence_find_each_other_and_are_counted() {
    let town = Town::open().await;
    let us = town.register(OFFICE, "みどりケアプランセンター").await;
    let other = town.register(OTHER, "デイサービス陽だまり").await;
    let refused = town.call(&us, Method::POST, APPLY).await;
    assert_eq!((refused.0, &refused.1["code"]), (StatusCode::FORBIDDEN, &json!("campaign-closed")));
    *town.now.lock().unwrap() = at("2026-05-31T14:59:59.999Z");
    let answers = join_all((0..8).map(|_| town.call(&us, Method::POST, APPLY))).await;
    let (given, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|(status, _)| *status == StatusCode::CREATED);
    assert_eq!(given.iter().map(|(_, period)| period["last"].as_str()).collect::<Vec<_>>(), [Some("2027-05-30")]);
    assert!(refused.iter().all(|(status, body)| *status == StatusCode::CONFLICT && body["code"] == "already-applied"));
    *town.now.lock().unwrap() = at("2026-05-31T15:00:00Z");
    assert_eq!(town.call(&other, Method::POST, APPLY).await.1["code"], "campaign-closed");

    for (party, licensed) in [(&us, true), (&other, false)] {
        let licence = town.call(party, Method::GET, "/v1/licence").await.1;
        assert_eq!((&licence["office"], &licence["licensed"]), (&json!(party.number()), &json!(licensed)));
        assert_eq!(licence["periods"].as_array().unwrap().len(), usize::from(licensed), "nobody sees another's licence");
    }
    // りケア and, in kana, デイ
    for (query, found) in [
        ("", vec![OFFICE, OTHER]),
        ("name=%E3%82%8A%E3%82%B1%E3%82%A2", vec![OFFICE]),
        ("name=%E3%81%A7%E3%81%84", vec![OTHER]),
        ("licensed=true", vec![OFFICE]),
        ("licensed=false&municipality=977012", vec![OTHER]),
        ("service=43", vec![]),
    ] {
        let answer = town.call(&other, Method::GET, &format!("/v1/offices?{query}")).await.1;
        assert_eq!(
            answer["items"].as_array().unwrap().iter().map(|office| office["office"].as_str().unwrap()).collect::<Vec<_>>(),
            found,
            "{query}"
        );
    }
    let first = town.call(&us, Method::GET, "/v1/offices?limit=1").await.1;
    let next = format!("/v1/offices?limit=1&cursor={}", first["next_cursor"].as_str().unwrap());
    let second = town.call(&us, Method::GET, &next).await.1;
    assert_eq!((&first["items"][0]["office"], &second["items"][0]["office"]), (&json!(OFFICE), &json!(OTHER)));
    assert_eq!(
        (second["next_cursor"].clone(), town.call(&other, Method::GET, &next).await.1["code"].clone()),
        (Value::Null, json!("cursor-unknown"))
    );

    for path in ["/v1/adoption", "/v1/adoption?prefecture=97"] {
        let row = &town.call(&us, Method::GET, path).await.1["items"][0];
        assert_eq!((&row["offices"], &row["licensed"], &row["rate"]), (&json!(2), &json!(1), &json!(0.5)), "{path}");
    }
    assert_eq!(town.call(&us, Method::GET, "/v1/partners").await.1["count"], 0);
}
