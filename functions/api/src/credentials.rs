//! S3 credentials for software that speaks S3 itself.

use axum::Json;
use axum::extract::State;
use exchange::serde_time;
use jiff::Timestamp;
use serde::Serialize;
use store::SessionKeys;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Api, CallerOnce, Problem};

/// What an S3 client is set up with.
#[derive(Serialize, ToSchema)]
struct CredentialsView {
    /// URL of the S3 endpoint.
    endpoint: String,
    /// The region requests are signed for.
    region: String,
    /// The bucket.
    bucket: String,
    /// Access key.
    access_key_id: String,
    /// Secret.
    secret_access_key: String,
    /// Session token.
    session_token: String,
    /// Until when they hold: an hour.
    #[serde(with = "serde_time")]
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(hand_out_credentials))
}

/// S3 credentials for an hour
///
/// They reach the office's own prefixes and nothing else: write below `outbox/{office}/`, read and list below `inbox/{office}/` and
/// `returns/{office}/`. Once per token.
#[utoipa::path(post, path = "/v1/credentials", tag = "credentials", responses((status = OK, body = CredentialsView)))]
async fn hand_out_credentials(State(api): State<Api>, CallerOnce(caller): CallerOnce) -> Result<Json<CredentialsView>, Problem> {
    let SessionKeys { endpoint, region, bucket, access_key_id, secret_access_key, session_token, expires_at } =
        api.credentials.issue(&caller.office.number).await?;
    Ok(Json(CredentialsView { endpoint, region, bucket, access_key_id, secret_access_key, session_token, expires_at }))
}
