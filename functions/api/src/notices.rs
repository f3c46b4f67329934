//! What an office is told.

use axum::Json;
use axum::extract::State;
use exchange::{Notice, serde_time};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::paging::{Paged, page, paged};
use crate::problem::Problem;
use crate::{Api, Caller, Params};

const CALL: &str = "GET /v1/notices";

/// A notice: ids only, nothing of what was sent.
#[derive(Serialize, ToSchema)]
struct NoticeView {
    /// The same wherever this notice is seen.
    id: String,
    /// What came about: `not-collected`, `expired`, `licence-ending`.
    #[schema(example = "not-collected")]
    kind: String,
    /// When.
    #[serde(with = "serde_time")]
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The transmission it is about; null where it is about none.
    transmission: Option<String>,
    /// Whose delivery of it; null where it is about none.
    recipient: Option<String>,
    /// The last day of the licence it is about, Japanese calendar; null where it is about none.
    #[schema(format = Date)]
    until: Option<String>,
    /// What happened and what to do.
    message: &'static str,
    /// The same in Japanese.
    message_ja: &'static str,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Entries on the page, 1 to 100; 50 unless given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    /// Where the page begins: the last one's `next_cursor`.
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
    let items = found.items.into_iter().map(view).collect();
    Ok(Json(paged(&api, &caller, CALL, items, found.next_cursor)))
}

fn view(notice: Notice) -> NoticeView {
    NoticeView {
        id: notice.id(),
        kind: notice.kind.to_string(),
        at: notice.at,
        transmission: notice.about.transmission().map(ToString::to_string),
        recipient: notice.about.recipient().map(|recipient| recipient.to_string()),
        until: notice.about.until().map(|until| until.to_string()),
        message: notice.kind.message(),
        message_ja: notice.kind.message_ja(),
    }
}
