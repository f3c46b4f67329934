//! What an office is told.

use axum::Json;
use axum::extract::State;
use exchange::NoticeView;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::paging::{Paged, Turn, page, paged};
use crate::problem::Problem;
use crate::{Api, Caller, Params};

const CALL: &str = "GET /v1/notices";

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_notices))
}

/// What the office was told
///
/// Of the last 93 days, newest first.
#[utoipa::path(get, path = "/v1/notices", tag = "notices", params(Turn), responses((status = OK, body = Paged<NoticeView>)))]
async fn list_notices(State(api): State<Api>, caller: Caller, Params(turn): Params<Turn>) -> Result<Json<Paged<NoticeView>>, Problem> {
    let page = page(&api, &caller, CALL, turn.limit, turn.cursor.as_deref())?;
    let found = api.ledger.notices(&caller.office.number, page).await?;
    let items = found.items.iter().map(NoticeView::of).collect();
    Ok(Json(paged(&api, &caller, CALL, items, found.next_cursor)))
}
