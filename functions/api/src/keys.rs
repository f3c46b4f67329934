//! An office's devices: seen, locked out, and joined by one more.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use exchange::{OfficeKey, serde_optional_time, serde_time};
use jiff::Timestamp;
use serde::Serialize;
use standard::OfficeNumber;
use store::steps;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::paging::{self, Paged, Turn};
use crate::problem::{NOT_FOUND, Problem, ProblemBody};
use crate::{Api, Caller, CallerOnce, Params, Place};

const LISTING: &str = "GET /v1/keys";

/// When a key counts.
#[derive(Serialize, ToSchema)]
#[schema(as = KeyCounts)]
pub(crate) struct Counts {
    /// The first second it counts; null: from ever.
    #[serde(with = "serde_optional_time")]
    #[schema(value_type = Option<String>, format = DateTime)]
    not_before: Option<Timestamp>,
    /// The last second it counts; null: for ever.
    #[serde(with = "serde_optional_time")]
    #[schema(value_type = Option<String>, format = DateTime)]
    not_after: Option<Timestamp>,
    /// When it was revoked; null where it wasn't. What it signed before stands.
    #[serde(with = "serde_optional_time")]
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Timestamp>,
}

/// A key of the office.
#[derive(Serialize, ToSchema)]
struct KeyView {
    /// What tokens and manifests name.
    kid: String,
    /// What the office calls the device; null where an operator registered the key.
    name: Option<String>,
    /// When the device was enrolled; null where an operator registered the key.
    #[serde(with = "serde_optional_time")]
    #[schema(value_type = Option<String>, format = DateTime)]
    added_at: Option<Timestamp>,
    #[serde(flatten)]
    counts: Counts,
    /// Whether it is the key that signed this call.
    current: bool,
}

/// A one-time code.
#[derive(Serialize, ToSchema)]
struct CodeView {
    /// Whose device it lets in.
    #[schema(value_type = String)]
    office: OfficeNumber,
    /// The code. It is shown this once.
    #[schema(example = "ABCD-EFGH-IJKL-2345")]
    code: String,
    /// The first second it can't be used any more.
    #[serde(with = "serde_time")]
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_keys)).routes(routes!(revoke)).routes(routes!(hand_out_code))
}

/// The office's keys
///
/// Revoked ones too, as they were registered.
#[utoipa::path(get, path = "/v1/keys", tag = "devices", params(Turn), responses((status = OK, body = Paged<KeyView>)))]
async fn list_keys(State(api): State<Api>, caller: Caller, Params(turn): Params<Turn>) -> Result<Json<Paged<KeyView>>, Problem> {
    let page = paging::page(&api, &caller, LISTING, turn.limit, turn.cursor.as_deref())?;
    let keys = &caller.office.keys;
    // a key stays where it is in the entry
    let begun = page.cursor.and_then(|last| keys.iter().position(|key| key.kid == last)).map_or(0, |last| last + 1);
    let views: Vec<KeyView> = keys.iter().skip(begun).take(page.limit).map(|key| view(key, &caller.kid)).collect();
    let is_last = begun + views.len() >= keys.len();
    let next = views.last().filter(|_| !is_last).map(|key| key.kid.clone());
    Ok(Json(paging::paged(&api, &caller, LISTING, views, next)))
}

/// Revoke a key
///
/// Tokens that it signs open nothing from now on, and codes that its device handed out let nobody in; manifests count no more for what is stored 60
/// seconds from now or later. A key that is revoked keeps its first date. A device may revoke itself.
#[utoipa::path(
    delete, path = "/v1/keys/{kid}", tag = "devices", params(("kid" = String, Path, description = "The key")),
    responses(
        (status = NO_CONTENT, description = "It is revoked"),
        (status = NOT_FOUND, description = "`not-found`: the office has no such key", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn revoke(State(api): State<Api>, caller: Caller, Place(kid): Place<String>) -> Result<StatusCode, Problem> {
    let (number, now) = (caller.office.number, api.clock.now());
    steps::write_office(&*api.ledger, &number, |entry| {
        let mut office = entry.ok_or(&NOT_FOUND)?;
        office.revoke_key(&kid, now).ok_or(&NOT_FOUND)?;
        Ok::<_, Problem>((office, ()))
    })
    .await?;
    tracing::info!(office = %number, kid, by = caller.kid, "a key was revoked");
    Ok(StatusCode::NO_CONTENT)
}

/// A code for one more device
///
/// It holds 14 days, for one device and five tries, and is void once the key that signs this call is revoked. Once per token.
#[utoipa::path(post, path = "/v1/keys/codes", tag = "devices", responses((status = CREATED, body = CodeView)))]
async fn hand_out_code(State(api): State<Api>, CallerOnce(caller): CallerOnce) -> Result<(StatusCode, Json<CodeView>), Problem> {
    let office = caller.office.number;
    let (code, record) = steps::hand_out_code(&*api.codes, &api.secret, &office, Some(&caller.kid), api.clock.now()).await?;
    tracing::info!(%office, by = caller.kid, "a one-time code was handed out");
    Ok((StatusCode::CREATED, Json(CodeView { office, code: code.to_string(), expires_at: record.expires_at })))
}

impl Counts {
    pub(crate) fn of(key: &OfficeKey) -> Counts {
        Counts { not_before: key.not_before, not_after: key.not_after, revoked_at: key.revoked_at }
    }
}

fn view(key: &OfficeKey, caller: &str) -> KeyView {
    let (kid, name) = (key.kid.clone(), key.name.clone());
    KeyView { current: kid == caller, kid, name, added_at: key.added_at, counts: Counts::of(key) }
}
