//! The frame that all calls stand in: limits, headers, what happens when nothing else does.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::time::Instant;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::CorsLayer;
use utoipa_axum::router::UtoipaMethodRouter;

use crate::problem::{BUSY, INTERNAL, METHOD, NOT_FOUND, Problem, TOO_LARGE};
use crate::query::{Bare, refuse_unknown};
use crate::{Api, calls, openapi};

/// The largest body of a request.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

/// How long a call may take: less than the gateway in front waits.
const MAX_TIME: Duration = Duration::from_secs(20);

/// How long a browser may remember what it may ask for.
const CORS_AGE: Duration = Duration::from_secs(60 * 60);

/// What every answer says to browsers. It holds no page, is nobody's to keep, and nothing may be guessed about it.
const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// The whole API: what the Lambda runs, and the embedded exchange.
pub fn router(api: Api) -> Router {
    let description = openapi::description();
    let bare = Bare::of(&description);
    let described = move || async move { axum::Json(description) };
    let cors = CorsLayer::new()
        .allow_origin([api.origin.header()])
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .expose_headers([header::LOCATION, header::RETRY_AFTER])
        .max_age(CORS_AGE);
    Router::from(calls())
        .route("/openapi.json", get(described))
        .fallback(|| async { Problem::from(&NOT_FOUND) })
        .method_not_allowed_fallback(|| async { Problem::from(&METHOD) })
        .layer(middleware::from_fn_with_state(bare, refuse_unknown))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(middleware::from_fn(within_limits))
        .layer(CatchPanicLayer::custom(|_| Problem::from(&INTERNAL).into_response()))
        .layer(cors)
        .layer(middleware::from_fn_with_state(api.clone(), with_headers))
        .layer(middleware::from_fn(logged))
        .with_state(api)
}

/// A call whose GET marks what it gives as collected: HEAD, which must change nothing (RFC 9110 §9.2.1), is not one of its methods.
pub(crate) fn get_only((schemas, paths, methods): UtoipaMethodRouter<Api>) -> UtoipaMethodRouter<Api> {
    let refused = || async { ([(header::ALLOW, HeaderValue::from_static("GET"))], Problem::from(&METHOD)) };
    (schemas, paths, methods.head(refused))
}

/// A body that is announced as too large is not waited for, and a call that takes too long is ended.
async fn within_limits(request: Request, next: Next) -> Response {
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > MAX_BODY_BYTES) {
        return Problem::from(&TOO_LARGE).into_response();
    }
    match tokio::time::timeout(MAX_TIME, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::warn!("a call took too long");
            Problem::from(&BUSY).into_response()
        }
    }
}

async fn with_headers(State(api): State<Api>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(value);
    }
    if api.origin.is_encrypted() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000; includeSubDomains"));
    }
    response
}

/// One line a call, by its pattern: what a path or query holds is not logged.
async fn logged(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned()).unwrap_or_default();
    let begun = Instant::now();
    let response = next.run(request).await;
    let (status, millis) = (response.status().as_u16(), u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX));
    tracing::info!(%method, route, status, millis, "answered");
    response
}
