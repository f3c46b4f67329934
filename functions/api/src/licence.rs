//! The office's licence, and its free pass.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use exchange::{LicencePeriod, LicenceView, PassRefused, japanese_day};
use store::steps::{self, Application};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::problem::{Kind, NOT_FOUND, Problem, ProblemBody};
use crate::{Api, Caller};

static ALREADY_APPLIED: Kind = Kind {
    status: StatusCode::CONFLICT,
    code: "already-applied",
    title: "Applied already",
    detail: "The office has had its free pass under a campaign that is open: there is one for each office. GET /v1/licence shows it.",
    detail_ja: "この事業所は、受付中のキャンペーンのフリーパスをすでに申し込んでいます（1 事業所につき 1 回）。GET /v1/licence で確認してください。",
};
static CAMPAIGN_CLOSED: Kind = Kind {
    status: StatusCode::FORBIDDEN,
    code: "campaign-closed",
    title: "No campaign is open",
    detail: "No campaign takes applications today, in Japanese time. Ask the operator for a paid licence, or wait for the next campaign.",
    detail_ja: "本日（日本時間）申し込めるキャンペーンはありません。有償ライセンスを申し込むか、次のキャンペーンをお待ちください。",
};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(show_licence)).routes(routes!(apply))
}

/// The office's licence
///
/// All periods it was ever given, until when it is licensed without a break, and the campaigns that are open. Days are Japanese calendar days,
/// first and last included.
#[utoipa::path(get, path = "/v1/licence", tag = "licence", responses((status = OK, body = LicenceView)))]
async fn show_licence(State(api): State<Api>, caller: Caller) -> Result<Json<LicenceView>, Problem> {
    let campaigns = steps::known_campaigns(&*api.ledger).await?;
    Ok(Json(LicenceView::on(japanese_day(api.clock.now()), caller.office.number, &caller.office.licences, &campaigns)))
}

/// Apply for a free pass
///
/// It begins today in Japan, whatever licence the office has. Under the open campaign that closes first, and once: whoever has had a pass
/// under any campaign that is open, or repeats an application whose answer got lost, is told `already-applied`.
#[utoipa::path(
    post, path = "/v1/licence/free-pass", tag = "licence",
    responses(
        (status = CREATED, body = LicencePeriod),
        (status = FORBIDDEN, description = "`campaign-closed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = CONFLICT, description = "`already-applied`", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn apply(State(api): State<Api>, caller: Caller) -> Result<(StatusCode, Json<LicencePeriod>), Problem> {
    let office = caller.office.number;
    match steps::apply_free_pass(&*api.ledger, &office, japanese_day(api.clock.now())).await? {
        Application::Granted(period) => {
            tracing::info!(%office, campaign = period.campaign, "a free pass was given");
            Ok((StatusCode::CREATED, Json(period)))
        }
        Application::Refused(PassRefused::AlreadyApplied) => Err(Problem::from(&ALREADY_APPLIED)),
        Application::Refused(PassRefused::CampaignClosed) => Err(Problem::from(&CAMPAIGN_CLOSED)),
        Application::Unknown => Err(Problem::from(&NOT_FOUND)),
    }
}
