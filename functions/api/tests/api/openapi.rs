//! The description is what the code says, and kept in the repository.

use std::fs;
use std::path::Path;

use exchange::{DeliveryStatus, Outcome, RejectionCode, TransmissionStatus};
use serde_json::{Value, json};

use crate::desk::Desk;

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

#[test]
fn every_call_is_described_with_its_answers_and_who_may_make_it() {
    let description = serde_json::to_value(api::description()).unwrap();
    let mut operations = 0;
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|(_, operation)| operation.is_object()) {
            let named = format!("{method} {path}");
            operations += 1;
            assert!(operation["summary"].is_string() && operation["operationId"].is_string(), "{named}");
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.keys().any(|status| status.starts_with('2') || status == "303"), "{named}");
            assert!(responses["default"]["content"]["application/problem+json"].is_object(), "{named}");
            let open = operation["security"].as_array().is_some_and(|schemes| schemes.contains(&json!({})));
            assert_eq!(open, ["/healthz", "/v1/enrolments"].contains(&path.as_str()), "{named} is open to anybody or not");
        }
    }
    assert!(operations >= 2);
    assert_eq!(description["security"], json!([{"token": []}]));
}

#[test]
fn states_and_codes_are_described_by_the_names_they_are_answered_with() {
    let description = serde_json::to_value(api::description()).unwrap();
    for (schema, names) in [
        ("TransmissionStatus", json!(TransmissionStatus::ALL)),
        ("DeliveryStatus", json!(DeliveryStatus::ALL)),
        ("Outcome", json!(Outcome::ALL)),
        ("RejectionCode", json!(RejectionCode::ALL)),
    ] {
        assert_eq!(description["components"]["schemas"][schema]["enum"], names, "{schema}");
    }
}
