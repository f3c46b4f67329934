//! What an office is told.

use axum::Json;
use axum::extract::State;
use exchange::NoticeView;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::paging::{Paged, page, paged};
use crate::problem::Problem;
use crate::{Api, Caller, Params};

const CALL: &str = "GET /v1/notices";

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// How many at most, 50 unless given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_notices))
}

/// What the office was told
///
/// Of the last 93 days, newest first.
#[utoipa::path(get, path = "/v1/notices", tag = "notices", params(Wanted), responses((status = OK, body = Paged<NoticeView>)))]
async fn list_notices(State(api): State<Api>, caller: Caller, Params(wanted): Params<Wanted>) -> Result<Json<Paged<NoticeView>>, Problem> {
    let page = page(&api, &caller, CALL, wanted.limit, wanted.cursor.as_deref())?;
    let found = api.ledger.notices(&caller.office.number, page).await?;
    let items = found.items.iter().map(NoticeView::of).collect();
    Ok(Json(paged(&api, &caller, CALL, items, found.next_cursor)))
}
