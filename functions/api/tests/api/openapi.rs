//! The description is what the code says, and kept in the repository.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use axum::body::Body;
use axum::http::Request;
use exchange::{DeliveryStatus, Outcome, RejectionCode, TransmissionStatus};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::desk::{Desk, OFFICE};

#[test]
fn the_description_in_the_repository_is_the_codes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let kept: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let made = serde_json::to_value(api::description()).unwrap();
    assert_eq!(kept, made, "make it anew: cargo run -p api --example openapi > docs/openapi.json");
}

#[tokio::test]
async fn the_description_is_served_as_openapi_3_1() {
    let answer = Desk::open().await.call_with("GET", "/openapi.json", None, None).await;
    assert_eq!(answer.json, serde_json::to_value(api::description()).unwrap());
    assert!(answer.json["openapi"].as_str().unwrap().starts_with("3.1."));
}

/// Every call there is.
const CALLS: &[&str] = &[
    "DELETE /v1/keys/{kid}",
    "GET /healthz",
    "GET /v1/adoption",
    "GET /v1/inbox",
    "GET /v1/inbox/{id}",
    "GET /v1/inbox/{id}/files/{file}",
    "GET /v1/inbox/{id}/view",
    "GET /v1/jwks.json",
    "GET /v1/keys",
    "GET /v1/licence",
    "GET /v1/notices",
    "GET /v1/offices",
    "GET /v1/offices/{number}",
    "GET /v1/offices/{number}/keys",
    "GET /v1/partners",
    "GET /v1/partners/missing-actuals",
    "GET /v1/settings",
    "GET /v1/transmissions",
    "GET /v1/transmissions/{id}",
    "GET /v1/transmissions/{id}/report",
    "POST /v1/credentials",
    "POST /v1/enrolments",
    "POST /v1/inbox/{id}/acknowledgement",
    "POST /v1/keys/codes",
    "POST /v1/licence/free-pass",
    "POST /v1/transmissions",
    "POST /v1/transmissions/{id}/cancellation",
    "PUT /v1/settings",
];

/// Where a call of these lies for the office, or would.
fn path_of(call: &str) -> (&str, String) {
    let (method, path) = call.split_once(' ').unwrap();
    let id = format!("{OFFICE}-5ca1ab1e-0000-4000-8000-000000000001");
    (method, path.replace("{id}", &id).replace("{number}", OFFICE).replace("{kid}", "kid").replace("{file}", "a01.txt"))
}

/// Those that are open to anybody.
const OPEN: [&str; 3] = ["GET /healthz", "GET /v1/jwks.json", "POST /v1/enrolments"];

/// The calls as they are described, with method and path.
fn described() -> Vec<(String, Value)> {
    let description = serde_json::to_value(api::description()).unwrap();
    let mut calls = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|(_, operation)| operation.is_object()) {
            calls.push((format!("{} {path}", method.to_uppercase()), operation.clone()));
        }
    }
    calls.sort_by(|(one, _), (other, _)| one.cmp(other));
    calls
}

#[test]
fn every_call_is_described_with_its_answers_and_who_may_make_it() {
    let calls = described();
    assert_eq!(calls.iter().map(|(call, _)| call.as_str()).collect::<Vec<_>>(), CALLS);
    for (call, operation) in calls {
        assert!(operation["summary"].is_string() && operation["operationId"].is_string(), "{call}");
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2') || status == "303"), "{call}");
        assert!(responses["default"]["content"]["application/problem+json"].is_object(), "{call}");
        let open = operation["security"].as_array().is_some_and(|schemes| schemes.contains(&json!({})));
        assert_eq!(open, OPEN.contains(&call.as_str()), "{call} is open to anybody or not");
    }
    let description = serde_json::to_value(api::description()).unwrap();
    assert_eq!(description["security"], json!([{"token": []}]));
}

#[tokio::test]
async fn every_call_that_is_not_open_wants_a_token() {
    let desk = Desk::open().await;
    for call in CALLS {
        let (method, path) = path_of(call);
        let body = matches!(method, "POST" | "PUT").then(|| json!({}));
        let answer = desk.call_with(method, &path, None, body).await;
        assert_eq!(answer.code() == Some("token-missing"), !OPEN.contains(call), "{call}: {}", answer.json);
        assert_eq!(answer.status == 401, !OPEN.contains(call), "{call}");
    }
}

#[tokio::test]
async fn a_parameter_that_a_call_does_not_have_is_refused_by_every_one() {
    let desk = Desk::open().await;
    for call in CALLS.iter().filter(|call| call.contains(" /v1/")) {
        let (method, path) = path_of(call);
        let body = matches!(method, "POST" | "PUT").then(|| json!({}));
        for query in ["unknown=1", "unknown"] {
            let answer = desk.call(method, &format!("{path}?{query}"), body.clone()).await;
            assert_eq!((answer.status.as_u16(), answer.code()), (400, Some("query-malformed")), "{call}?{query}");
        }
        for path in [path.clone(), format!("{path}?")] {
            let answer = desk.call(method, &path, body.clone()).await;
            // but for one that can't do without
            assert_eq!(answer.code() == Some("query-malformed"), *call == "GET /v1/partners/missing-actuals", "{call}");
        }
    }
    // what is refused took nothing: the token still opens what it was made for
    let token = desk.token("POST", "/v1/credentials");
    for (path, code) in [("/v1/credentials?x=1", Some("query-malformed")), ("/v1/credentials", None)] {
        assert_eq!(desk.call_with("POST", path, Some(&token), None).await.code(), code, "{path}");
    }
    for (method, path, status) in
        [("HEAD", "/v1/licence?x=1", 400), ("PATCH", "/v1/licence?x=1", 405), ("GET", "/v1/none?x=1", 404), ("GET", "/healthz?x=1", 200)]
    {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        assert_eq!(desk.router.clone().oneshot(request).await.unwrap().status(), status, "{method} {path}");
    }
}

#[test]
fn tags_are_told_once_and_pages_have_bounds() {
    let description = serde_json::to_value(api::description()).unwrap();
    let tags: Vec<&str> = description["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    assert_eq!(tags.iter().collect::<BTreeSet<_>>().len(), tags.len(), "{tags:?}");
    let mut used = BTreeSet::new();
    for (call, operation) in described() {
        used.extend(operation["tags"].as_array().unwrap().iter().map(|tag| tag.as_str().unwrap().to_owned()));
        let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        let pages = ["limit", "cursor"].map(|name| parameters.iter().find(|parameter| parameter["name"] == name));
        assert_eq!(pages[0].is_some(), pages[1].is_some(), "{call}");
        if let Some(limit) = pages[0] {
            assert_eq!((&limit["schema"]["minimum"], &limit["schema"]["maximum"]), (&1.into(), &100.into()), "{call}");
        }
    }
    assert_eq!(used.iter().map(String::as_str).collect::<BTreeSet<_>>(), tags.into_iter().collect(), "every tag is used, and told");
}

#[test]
fn names_are_described_as_they_are_written() {
    let description = serde_json::to_value(api::description()).unwrap();
    let check = |schema: &str, names: Vec<&str>| assert_eq!(description["components"]["schemas"][schema]["enum"], json!(names), "{schema}");
    check("TransmissionStatus", TransmissionStatus::ALL.iter().map(|name| name.as_str()).collect());
    check("DeliveryStatus", DeliveryStatus::ALL.iter().map(|name| name.as_str()).collect());
    check("Outcome", Outcome::ALL.iter().map(|name| name.as_str()).collect());
    check("RejectionCode", RejectionCode::ALL.iter().map(|name| name.as_str()).collect());
}
