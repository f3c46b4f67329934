//! The key by which notices are known to be from here.

use axum::Json;
use axum::extract::State;
use exchange::sign::NoticeKey;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Api;
use crate::problem::{INTERNAL, Problem};

/// A JWK Set (RFC 7517 §5).
#[derive(Serialize, ToSchema)]
struct KeySet {
    /// Public keys, each with `kid`, `alg` and `use`.
    #[schema(value_type = Vec<Object>)]
    keys: Vec<Value>,
}

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(key_set))
}

/// The keys that notices are signed with
///
/// Open to anybody. Keep them by `kid`, and ask again when a notice names another.
#[utoipa::path(get, path = "/v1/jwks.json", tag = "notices", responses((status = OK, body = KeySet)), security(()))]
async fn key_set(State(api): State<Api>) -> Result<Json<KeySet>, Problem> {
    let key = NoticeKey::of(&api.secret).map_err(|error| {
        tracing::error!(%error, "the key that notices are signed with can't be made");
        &INTERNAL
    })?;
    Ok(Json(KeySet { keys: vec![key.jwk().clone()] }))
}
