//! Plans that an office sent and got no actual services back for.

use axum::Json;
use axum::extract::State;
use exchange::MissingActuals;
use serde::Deserialize;
use standard::ServiceMonth;
use store::steps;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::paging::{Paged, page, paged};
use crate::problem::{Problem, ProblemBody, QUERY};
use crate::{Api, Caller, Params};

const CALL: &str = "GET /v1/partners/missing-actuals";

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// The month of service, `YYYYMM`.
    #[param(pattern = "^[0-9]{6}$")]
    month: String,
    /// Transmissions that are looked through for the page, 1 to 100; 50 unless given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    /// Where the page begins: the last one's `next_cursor`.
    cursor: Option<String>,
}

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_missing_actuals))
}

/// Plans without actual services, by partner
///
/// A page looks through so many of the transmissions that the office sent since three months before the month, newest first, and names every partner on
/// them of whom something is missing; it may be short, or empty, and still not the last. A partner's figures are of the whole month: one that comes on
/// several pages is the same on each.
#[utoipa::path(
    get, path = "/v1/partners/missing-actuals", tag = "partners", params(Wanted),
    responses(
        (status = OK, body = Paged<MissingActuals>),
        (status = BAD_REQUEST, description = "`query-malformed`, `cursor-unknown`", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn list_missing_actuals(
    State(api): State<Api>,
    caller: Caller,
    Params(wanted): Params<Wanted>,
) -> Result<Json<Paged<MissingActuals>>, Problem> {
    let month: ServiceMonth = wanted.month.parse().map_err(|_| {
        QUERY.because(
            "`month` is a month of service as YYYYMM: 202604.",
            "month にはサービス提供年月を YYYYMM の形式で指定してください（例：202604）。",
        )
    })?;
    // a cursor goes on through one month's transmissions
    let call = format!("{CALL} {month}");
    let page = page(&api, &caller, &call, wanted.limit, wanted.cursor.as_deref())?;
    let found = steps::missing_actuals(&*api.ledger, &caller.office.number, month, page).await?;
    Ok(Json(paged(&api, &caller, &call, found.items, found.next_cursor)))
}
