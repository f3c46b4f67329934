//! What an office sends: announced, looked up, taken back.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use backon::{ConstantBuilder, Retryable as _};
use exchange::{TransmissionId, TransmissionStatus, TransmissionView, keys, serde_time};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use store::steps::{self, Cancellation};
use store::{Entry, Link, Sent};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::announcement::{self, Announced};
use crate::paging::{self, Paged};
use crate::problem::{Kind, NOT_FOUND, Problem, ProblemBody};
use crate::{Api, Body, Caller, Params, Place};

/// How long a link to a report holds.
pub(crate) const DOWNLOAD_HOLDS: std::time::Duration = std::time::Duration::from_secs(5 * 60);

const LISTING: &str = "GET /v1/transmissions";

/// A transmission before its files are uploaded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Announcement {
    /// The manifests of all its files, signed: 1 to 20.
    #[schema(min_items = 1, max_items = 20)]
    manifests: Vec<String>,
}

/// A transmission that may be uploaded.
#[derive(Serialize, ToSchema)]
struct AnnouncedView {
    /// The transmission id.
    #[schema(value_type = String)]
    id: TransmissionId,
    /// One for each manifest, in their order.
    uploads: Vec<UploadView>,
}

/// A request that uploads one file. It is to be sent as it is: whoever changes a header or a byte is refused.
#[derive(Serialize, ToSchema)]
struct UploadView {
    /// The file, as its manifest calls it.
    name: String,
    /// The HTTP method.
    method: String,
    /// The URL; it opens this upload to whoever holds it.
    url: String,
    /// Headers that belong to it.
    headers: BTreeMap<String, String>,
    /// Until when it can be sent; the same call gives a new one.
    #[serde(with = "serde_time")]
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// Which transmissions.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Standing there.
    status: Option<TransmissionStatus>,
    /// Stored then or later (RFC 3339).
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// How many at most, 50 unless given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    /// `next_cursor` of the page before, for the same filters.
    cursor: Option<String>,
}

static NOT_CANCELLABLE: Kind = Kind {
    status: StatusCode::CONFLICT,
    code: "not-cancellable",
    title: "Can't be taken back",
    detail: "Only what is delivered and taken by nobody can be cancelled. It still waits for parts, was rejected, or a recipient has it: call that office.",
    detail_ja: "取り消せるのは、配達済みで、まだどの送信先も受け取っていない送信だけです。受け取り済みの場合は送信先に直接ご連絡ください。",
};

/// How long a report is kept: as long as the bucket's lifecycle lets it.
const REPORT_KEPT: SignedDuration = SignedDuration::from_hours(93 * 24);

/// How long a report that is about to be written is waited for: mostly it takes some milliseconds.
const MOMENT: ConstantBuilder = ConstantBuilder::new().with_delay(std::time::Duration::from_millis(100)).with_max_times(10);

static REPORT_NOT_YET: Kind = Kind {
    status: StatusCode::SERVICE_UNAVAILABLE,
    code: "report-not-yet",
    title: "The report is being written",
    detail: "The transmission is rejected, and its report is about to be written. Make the same call again after the seconds that Retry-After says.",
    detail_ja: "この送信は受け付けられませんでした。報告書は作成中です。Retry-After の秒数だけ待ってから、同じ呼び出しをやり直してください。",
};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_sent, announce)).routes(routes!(sent)).routes(routes!(report)).routes(routes!(cancel))
}

/// Announce a transmission
///
/// All that can be known before the bytes is checked at once, and whatever the exchange would reject it for is refused here, all of it together. What is
/// accepted is uploaded by the requests that come back, each good for a quarter of an hour and never longer than its manifest. The call may be repeated:
/// it gives fresh ones. An announced transmission counts for the sender's quota of the day, once; it is in the listing when its first file came.
#[utoipa::path(
    post, path = "/v1/transmissions", tag = "transmissions", request_body = Announcement,
    responses(
        (status = CREATED, body = AnnouncedView),
        (status = UNPROCESSABLE_ENTITY, description = "It would be rejected: `code` is the first reason's, `reasons` has all", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn announce(
    State(api): State<Api>,
    caller: Caller,
    Body(announcement): Body<Announcement>,
) -> Result<(StatusCode, Json<AnnouncedView>), Problem> {
    let Announced { id, letters } = announcement::check(&api, &caller, &announcement.manifests).await?;
    let mut uploads = Vec::with_capacity(letters.len());
    for letter in letters {
        let Link { method, url, headers, expires_at } = api.links.upload(&letter.upload, letter.holds).await?;
        uploads.push(UploadView { name: letter.name, method, url, headers: headers.into_iter().collect(), expires_at });
    }
    tracing::info!(%id, files = uploads.len(), "announced");
    Ok((StatusCode::CREATED, Json(AnnouncedView { id, uploads })))
}

/// What the office sent
///
/// Newest first. Where a status is wanted a page may be short, or empty, and still have a `next_cursor`.
#[utoipa::path(get, path = "/v1/transmissions", tag = "transmissions", params(Wanted), responses((status = OK, body = Paged<TransmissionView>)))]
async fn list_sent(
    State(api): State<Api>,
    caller: Caller,
    Params(wanted): Params<Wanted>,
) -> Result<Json<Paged<TransmissionView>>, Problem> {
    let Wanted { status, since, limit, cursor } = wanted;
    let wanted = [("status", status.map(|status| status.as_str().to_owned())), ("since", since.map(|since| since.to_string()))];
    let listing = paging::listing(LISTING, &wanted);
    let page = paging::page(&api, &caller, &listing, limit, cursor.as_deref())?;
    let found = api.mail.sent(&caller.office.number, &Sent { status, since }, page).await?;
    let views = steps::transmission_views(&*api.ledger, &found.items).await?;
    Ok(Json(paging::paged(&api, &caller, &listing, views, found.next_cursor)))
}

/// A transmission
#[utoipa::path(get, path = "/v1/transmissions/{id}", tag = "transmissions", params(("id" = String, Path, description = "The transmission")), responses((status = OK, body = TransmissionView)))]
async fn sent(State(api): State<Api>, caller: Caller, Place(id): Place<TransmissionId>) -> Result<Json<TransmissionView>, Problem> {
    let entry = own(&api, &caller, &id).await?;
    Ok(Json(steps::transmission_view(&*api.ledger, &entry).await?))
}

/// Why a transmission was rejected
///
/// Leads to the whole report, with every finding.
#[utoipa::path(
    get, path = "/v1/transmissions/{id}/report", tag = "transmissions", params(("id" = String, Path, description = "The transmission")),
    responses(
        (status = SEE_OTHER, description = "The report lies at `Location`, for five minutes"),
        (status = NOT_FOUND, description = "`not-found`: it wasn't rejected, or 93 days ago", body = ProblemBody, content_type = "application/problem+json"),
        (status = SERVICE_UNAVAILABLE, description = "`report-not-yet`: it is rejected, and its report about to be written; come again", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn report(State(api): State<Api>, caller: Caller, Place(id): Place<TransmissionId>) -> Result<Response, Problem> {
    let Entry { transmission, .. } = own(&api, &caller, &id).await?;
    let key = keys::return_report(id.sender(), &id);
    let kept = |rejected_at| api.clock.now().duration_since(rejected_at) < REPORT_KEPT;
    if transmission.status != TransmissionStatus::Rejected || !transmission.ended_at.is_some_and(kept) {
        return Err(Problem::from(&NOT_FOUND));
    }
    // the ledger says so first; a run that breaks off in between is completed by the next, or by upkeep
    let looked = || async { if api.files.list(&key).await?.contains(&key) { Ok(()) } else { Err(Problem::from(&REPORT_NOT_YET)) } };
    looked.retry(MOMENT).when(|problem: &Problem| problem.kind().code == REPORT_NOT_YET.code).await?;
    see_other(&api.links.download(&key, DOWNLOAD_HOLDS).await?)
}

/// Take a transmission back
///
/// Whole, and only while no recipient has taken any of it. The recipients are told by a notice. May be repeated.
#[utoipa::path(
    post, path = "/v1/transmissions/{id}/cancellation", tag = "transmissions", params(("id" = String, Path, description = "The transmission")),
    responses(
        (status = OK, description = "It is cancelled, now or since an earlier time", body = TransmissionView),
        (status = CONFLICT, description = "`not-cancellable`: it stays as it is", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn cancel(State(api): State<Api>, caller: Caller, Place(id): Place<TransmissionId>) -> Result<Json<TransmissionView>, Problem> {
    if *id.sender() != caller.office.number {
        return Err(Problem::from(&NOT_FOUND));
    }
    match steps::cancel(&*api.files, &*api.ledger, &id, api.clock.now()).await? {
        Cancellation::Done(_) => tracing::info!(%id, "cancelled"),
        Cancellation::TooLate(_) => return Err(Problem::from(&NOT_CANCELLABLE)),
        Cancellation::Unknown => return Err(Problem::from(&NOT_FOUND)),
    }
    let entry = own(&api, &caller, &id).await?;
    Ok(Json(steps::transmission_view(&*api.ledger, &entry).await?))
}

/// The transmission, if the caller sent it.
async fn own(api: &Api, caller: &Caller, id: &TransmissionId) -> Result<Entry, Problem> {
    if *id.sender() != caller.office.number {
        return Err(Problem::from(&NOT_FOUND));
    }
    api.ledger.transmission(id).await?.ok_or_else(|| Problem::from(&NOT_FOUND))
}

/// Sends the caller there, without the token that it came with: the URL is enough.
pub(crate) fn see_other(link: &Link) -> Result<Response, Problem> {
    let location = HeaderValue::from_str(&link.url).map_err(|_| Problem::from(&crate::problem::INTERNAL))?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response())
}
