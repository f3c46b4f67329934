//! What holds for every call.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use store::testing::{Fault, How, When};

use crate::desk::{Desk, OFFICE, ORIGIN};

#[tokio::test]
async fn anybody_is_told_time_and_version() {
    let answer = Desk::open().await.call_with("GET", "/healthz", None, None).await;
    assert_eq!(answer.json, serde_json::json!({"now": "2026-04-10T09:00:00+09:00", "version": env!("CARGO_PKG_VERSION")}));
}

#[tokio::test]
async fn what_is_not_there_is_told_in_one_form() {
    let desk = Desk::open().await;
    for (method, path, status, code) in [
        ("GET", "/", 404, "not-found"),
        ("GET", "/v1", 404, "not-found"),
        ("GET", "/v2/keys", 404, "not-found"),
        ("GET", "/v1/credentials/", 404, "not-found"),
        ("GET", "//v1/credentials", 404, "not-found"),
        ("GET", "/v1/credentials", 405, "method-not-allowed"),
        ("PATCH", "/healthz", 405, "method-not-allowed"),
        ("DELETE", "/openapi.json", 405, "method-not-allowed"),
    ] {
        let answer = desk.call_with(method, path, None, None).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, Some(code)), "{method} {path}");
        assert_eq!(answer.headers.contains_key(header::ALLOW), status == 405, "{method} {path}");
    }
}

#[tokio::test]
async fn every_answer_tells_browsers_to_keep_out() {
    let desk = Desk::open().await;
    for path in ["/healthz", "/openapi.json", "/nowhere", "/v1/credentials"] {
        let headers = desk.call_with("GET", path, None, None).await.headers;
        for (name, value) in [
            ("cache-control", "no-store"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("strict-transport-security", "max-age=63072000; includeSubDomains"),
        ] {
            assert_eq!(headers.get(name).and_then(|value| value.to_str().ok()), Some(value), "{path} {name}");
        }
    }
}

#[tokio::test]
async fn only_the_apis_own_origin_is_let_in_by_browsers() {
    let desk = Desk::open().await;
    for (origin, allowed) in [(ORIGIN, true), ("https://evil.example", false), ("http://api.example", false), ("null", false)] {
        for method in [Method::OPTIONS, Method::GET] {
            let request = Request::builder().method(method.clone()).uri("/healthz").header(header::ORIGIN, origin);
            let request = request.header(header::ACCESS_CONTROL_REQUEST_METHOD, "GET").body(Body::empty()).unwrap();
            let headers = desk.send(request).await.headers;
            let granted = headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN).map(|origin| origin.to_str().unwrap());
            assert_eq!(granted, allowed.then_some(ORIGIN), "{method} {origin}");
            assert!(!headers.contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS));
        }
    }
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_before_it_is_read() {
    let desk = Desk::open().await;
    let call = |length: usize| {
        let token = desk.token("POST", "/v1/credentials");
        let request = Request::post("/v1/credentials").header(header::AUTHORIZATION, format!("Bearer {token}"));
        request.header(header::CONTENT_LENGTH, length).body(Body::empty()).unwrap()
    };
    assert_eq!(desk.send(call(api::MAX_BODY_BYTES)).await.code(), None);
    let answer = desk.send(call(api::MAX_BODY_BYTES + 1)).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::PAYLOAD_TOO_LARGE, Some("body-too-large")));
}

#[tokio::test]
async fn storage_that_fails_is_worth_another_try_where_it_passes() {
    let desk = Desk::open().await;
    for (call, how, status, code, retry) in [
        (1, How::Throttled, 503, "unavailable", Some("5")),
        (1, How::Refused, 500, "internal-error", None),
        (2, How::Throttled, 503, "unavailable", Some("5")),
        (2, How::Refused, 500, "internal-error", None),
    ] {
        desk.faults.plan_all(&[Fault { call, when: When::Before, how }]);
        let answer = desk.call("POST", "/v1/credentials", None).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, Some(code)), "{call} {how:?}");
        assert_eq!(answer.headers.get(header::RETRY_AFTER).map(|value| value.to_str().unwrap()), retry);
        assert!(!answer.json.to_string().contains("planned"), "what storage said stays inside");
    }
}

#[tokio::test]
async fn a_body_is_json_in_full() {
    let desk = Desk::open().await;
    for (media, body, status, code) in [
        ("application/json", "{\"office\":", 400, "json-malformed"),
        ("application/json", "", 400, "json-malformed"),
        ("application/json", "office=1", 400, "json-malformed"),
        ("application/json", "\u{feff}{}", 400, "json-malformed"),
        ("application/json; charset=utf-8", "{}", 422, "json-unfit"),
        ("APPLICATION/JSON", "{}", 422, "json-unfit"),
        ("application/json", "{\"office\":\"0370100018\",\"office\":\"0370100018\"}", 422, "json-unfit"),
        ("application/x-www-form-urlencoded", "office=1", 415, "media-type-unsupported"),
        ("text/plain", "{}", 415, "media-type-unsupported"),
        ("", "{}", 415, "media-type-unsupported"),
    ] {
        let request = Request::post("/v1/enrolments").header(header::CONTENT_TYPE, media).body(Body::from(body)).unwrap();
        let answer = desk.send(request).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, Some(code)), "{media} {body}");
        assert!(!answer.json.to_string().contains("0370100018"), "what was sent is not repeated");
    }
    // an array of what the members hold is no object
    let enrolment = format!(r#"["{OFFICE}","ABCD-EFGH-IJKL-2345",{{}},"端末","a"]"#);
    for (method, path, body) in [
        ("PUT", "/v1/settings", "[null,[],null]"),
        ("POST", "/v1/transmissions", r#"[["a"]]"#),
        ("POST", "/v1/transmissions", "[]"),
        ("POST", "/v1/inbox/9770000106-5ca1ab1e-0000-4000-8000-000000000001/acknowledgement", r#"["imported","x"]"#),
        ("POST", "/v1/enrolments", &enrolment),
        ("PUT", "/v1/settings", "null"),
        ("PUT", "/v1/settings", "\"a\""),
    ] {
        let request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
        let request = request.header(header::AUTHORIZATION, format!("Bearer {}", desk.token(method, path)));
        let answer = desk.send(request.body(Body::from(body.to_owned())).unwrap()).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (422, Some("json-unfit")), "{method} {path} {body}");
    }
    // longer than the limit, and not announced
    let chunks = futures::stream::iter((0..5).map(|_| Ok::<_, std::io::Error>(vec![b' '; 64 * 1024])));
    let request = Request::post("/v1/enrolments").header(header::CONTENT_TYPE, "application/json");
    assert_eq!(desk.send(request.body(Body::from_stream(chunks)).unwrap()).await.code(), Some("body-too-large"));
}
