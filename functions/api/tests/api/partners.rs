//! With whom the office exchanged: which period, and in which form. What counts is the journeys' to show.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::json;
use tower::ServiceExt as _;

use crate::desk::{Desk, OFFICE};

const PATH: &str = "/v1/partners";

#[tokio::test]
async fn a_period_is_of_japanese_days_and_a_year_at_most() {
    let desk = Desk::open().await;
    let view =
        |since: &str, until: &str| json!({"office": OFFICE, "since": since, "until": until, "count": 0, "items": [], "next_cursor": null});
    for (query, told) in [
        ("", Some(view("2025-04-11", "2026-04-10"))),
        ("?until=2026-03-31", Some(view("2025-04-01", "2026-03-31"))),
        ("?until=2028-02-29", Some(view("2027-03-01", "2028-02-29"))),
        ("?since=2026-04-01", Some(view("2026-04-01", "2026-04-10"))),
        ("?since=2026-04-01&until=2026-04-01", Some(view("2026-04-01", "2026-04-01"))),
        ("?since=2027-06-01&until=2028-05-31", Some(view("2027-06-01", "2028-05-31"))),
        ("?since=2027-06-01&until=2028-06-01", None),
        ("?since=2026-04-02&until=2026-04-01", None),
        ("?since=2026-04-11", None),
        ("?since=2026-02-30", None),
        ("?since=2026-04-01T00:00:00Z", None),
        ("?since=-009999-01-01", None),
        ("?until=", None),
        ("?from=2026-04-01", None),
    ] {
        let answer = desk.call("GET", &format!("{PATH}{query}"), None).await;
        match told {
            Some(told) => assert_eq!(answer.json, told, "{query}"),
            None => assert_eq!(answer.code(), Some("query-malformed"), "{query}"),
        }
    }
}

#[tokio::test]
async fn a_table_is_given_to_whom_asks_for_it() {
    let desk = Desk::open().await;
    let request = Request::get(format!("{PATH}?since=2026-04-01&until=2026-04-30")).header(header::ACCEPT, "text/csv");
    let request = request.header(header::AUTHORIZATION, format!("Bearer {}", desk.token("GET", PATH)));
    let response = desk.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/csv; charset=utf-8; header=present");
    let named = format!("attachment; filename=\"partners-{OFFICE}-2026-04-01-2026-04-30.csv\"");
    assert_eq!(response.headers()[header::CONTENT_DISPOSITION], named.as_str());
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    assert_eq!(body, "\u{feff}事業所番号,事業所名,送信件数,受信件数,最初の日,最後の日\r\n");
}
