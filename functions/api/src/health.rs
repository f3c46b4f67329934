//! Whether the API answers, and its time.

use axum::Json;
use axum::extract::State;
use exchange::serde_time;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Api;

/// The API's time and version.
#[derive(Debug, Serialize, ToSchema)]
struct Health {
    /// What the exchange's clock shows.
    #[serde(with = "serde_time")]
    #[schema(value_type = String, format = DateTime)]
    now: Timestamp,
    /// The program's version.
    version: &'static str,
}

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(health))
}

/// Time and version
///
/// Open to anybody. Tokens go by this clock.
#[utoipa::path(get, path = "/healthz", tag = "health", responses((status = OK, body = Health)), security(()))]
async fn health(State(api): State<Api>) -> Json<Health> {
    Json(Health { now: api.clock.now(), version: env!("CARGO_PKG_VERSION") })
}
