//! What an office was sent: listed, fetched, answered.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use exchange::{DeliveryStatus, DeliveryView, Outcome, TransmissionId, steers};
use serde::{Deserialize, Deserializer, de};
use standard::{Kind as FileKind, OfficeNumber, ServiceMonth};
use store::{Answer, Delivered, Marked, Received, StoreError, steps};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::frame::get_only;
use crate::paging::{self, Paged};
use crate::problem::{Kind, NOT_FOUND, Problem, ProblemBody};
use crate::transmissions::{DOWNLOAD_HOLDS, see_other};
use crate::{Api, Body, Caller, Params, Place};

/// The longest note, in characters.
const MAX_NOTE: usize = 500;

const LISTING: &str = "GET /v1/inbox";

/// Which deliveries.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Standing there.
    status: Option<DeliveryStatus>,
    /// From this office.
    #[param(value_type = Option<String>)]
    sender: Option<OfficeNumber>,
    /// With a file of this kind: `UPJSK`.
    #[serde(default, deserialize_with = "parsed")]
    #[param(value_type = Option<String>)]
    kind: Option<FileKind>,
    /// With a file of this month, `YYYYMM`: as its name says, or where that says none, as it was delivered.
    #[serde(default, deserialize_with = "parsed")]
    #[param(value_type = Option<String>, pattern = "^[0-9]{6}$")]
    month: Option<ServiceMonth>,
    /// How many at most, 50 unless given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    /// `next_cursor` of the page before, for the same filters.
    cursor: Option<String>,
}

/// What became of a delivery.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Acknowledgement {
    /// Whether the office's software took it in.
    outcome: Outcome,
    /// For the sender: up to 500 characters, no control characters but line feeds, no marks of direction.
    #[serde(default)]
    #[schema(max_length = 500)]
    note: String,
}

pub(crate) static GONE: Kind = Kind {
    status: StatusCode::GONE,
    code: "delivery-ended",
    title: "Not there any more",
    detail: "The delivery was cancelled by its sender, or it has expired: its files are deleted, and nothing is to be acknowledged. Ask the sender to \
             send them again.",
    detail_ja: "この受信データは、送信元による取り消し、または保存期間の終了により削除されました。受領の報告は不要です。必要な場合は送信元に再送を依頼してください。",
};
static ACKNOWLEDGED: Kind = Kind {
    status: StatusCode::CONFLICT,
    code: "already-acknowledged",
    title: "Acknowledged already",
    detail: "The delivery is acknowledged, with another outcome or another note, and that stays. Only an import that failed can be corrected, to imported. \
             Tell the sender by another way.",
    detail_ja: "この受信データは、別の結果またはメモで報告済みのため、変更できません。変更できるのは「取り込み失敗」から「取り込み済み」への訂正だけです。必要な場合は送信元に直接ご連絡ください。",
};
static NOTE: Kind = Kind {
    status: StatusCode::UNPROCESSABLE_ENTITY,
    code: "note-too-long",
    title: "Note doesn't fit",
    detail: "A note has at most 500 characters, and none that controls how it is shown: line feeds are the only control characters, and there are no marks \
             of direction. Shorten or mend it.",
    detail_ja: "メモは 500 文字までです。改行以外の制御文字や、文字の向きを変える文字は使えません。短くするか、直して送り直してください。",
};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    let file = get_only(routes!(file));
    OpenApiRouter::new().routes(routes!(list_received)).routes(routes!(received)).routes(file).routes(routes!(acknowledge))
}

/// What the office was sent
///
/// Newest first. Where only some of it is wanted a page may be short, or empty, and still have a `next_cursor`.
#[utoipa::path(get, path = "/v1/inbox", tag = "inbox", params(Wanted), responses((status = OK, body = Paged<DeliveryView>)))]
async fn list_received(
    State(api): State<Api>,
    caller: Caller,
    Params(wanted): Params<Wanted>,
) -> Result<Json<Paged<DeliveryView>>, Problem> {
    let Wanted { status, sender, kind, month, limit, cursor } = wanted;
    let wanted = [
        ("status", status.map(|status| status.as_str().to_owned())),
        ("sender", sender.map(|sender| sender.to_string())),
        ("kind", kind.map(|kind| kind.code().to_owned())),
        ("month", month.map(|month| month.to_string())),
    ];
    let listing = paging::listing(LISTING, &wanted);
    let page = paging::page(&api, &caller, &listing, limit, cursor.as_deref())?;
    let found = api.mail.inbox(&caller.office.number, &Received { status, sender, kind, month }, page).await?;
    let views = steps::delivery_views(&*api.ledger, &found.items).await?;
    Ok(Json(paging::paged(&api, &caller, &listing, views, found.next_cursor)))
}

/// A delivery
#[utoipa::path(get, path = "/v1/inbox/{id}", tag = "inbox", params(("id" = String, Path, description = "The transmission")), responses((status = OK, body = DeliveryView)))]
async fn received(State(api): State<Api>, caller: Caller, Place(id): Place<TransmissionId>) -> Result<Json<DeliveryView>, Problem> {
    let Delivered { delivery, transmission } = own(&api, &caller, &id).await?;
    Ok(Json(steps::delivery_view(&*api.ledger, &delivery, &transmission).await?))
}

/// A file of a delivery
///
/// Marks the delivery as collected: its sender can't take it back any more. The bytes are those that were sent; ranges of them can be asked for.
#[utoipa::path(
    get, path = "/v1/inbox/{id}/files/{file}", tag = "inbox",
    params(("id" = String, Path, description = "The transmission"), ("file" = String, Path, description = "The last segment of the file's `key`")),
    responses(
        (status = SEE_OTHER, description = "The file lies at `Location`, for five minutes"),
        (status = GONE, description = "`delivery-ended`: it was cancelled or has expired", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn file(State(api): State<Api>, caller: Caller, Place((id, file)): Place<(TransmissionId, String)>) -> Result<Response, Problem> {
    let Delivered { delivery, transmission } = own(&api, &caller, &id).await?;
    let files = transmission.delivered_to(&delivery.address);
    let found = files.into_iter().find(|delivered| last_segment(&delivered.key) == file).ok_or(&NOT_FOUND)?;
    collect(&api, &caller, &id).await?;
    see_other(&api.links.download(&found.key, DOWNLOAD_HOLDS).await?)
}

/// Say what became of a delivery
///
/// The sender sees it, and is told by a notice. May be repeated as it was; an import that failed may later be acknowledged as imported, never the other
/// way, and a note stays as it is.
#[utoipa::path(
    post, path = "/v1/inbox/{id}/acknowledgement", tag = "inbox", params(("id" = String, Path, description = "The transmission")),
    request_body = Acknowledgement,
    responses(
        (status = OK, body = DeliveryView),
        (status = CONFLICT, description = "`already-acknowledged`", body = ProblemBody, content_type = "application/problem+json"),
        (status = GONE, description = "`delivery-ended`: it was cancelled or has expired", body = ProblemBody, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "`note-too-long`", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn acknowledge(
    State(api): State<Api>,
    caller: Caller,
    Place(id): Place<TransmissionId>,
    Body(said): Body<Acknowledgement>,
) -> Result<Json<DeliveryView>, Problem> {
    let Acknowledgement { outcome, note } = said;
    if note.chars().count() > MAX_NOTE || note.chars().any(|letter| letter != '\n' && steers(letter)) {
        return Err(Problem::from(&NOTE));
    }
    let answer = Answer { outcome, note, at: api.clock.now() };
    let delivery = match steps::acknowledge(&*api.ledger, &id, &caller.office.number, &answer).await? {
        Marked::Written(delivery) => {
            tracing::info!(%id, recipient = %caller.office.number, outcome = outcome.as_str(), "acknowledged");
            delivery
        }
        // a note that would be lost is refused, not dropped
        Marked::AsItWas(delivery) if delivery.note == answer.note => delivery,
        Marked::AsItWas(_) => return Err(Problem::from(&ACKNOWLEDGED)),
        Marked::Refused(held) if held.status == DeliveryStatus::Acknowledged => return Err(Problem::from(&ACKNOWLEDGED)),
        Marked::Refused(_) => return Err(Problem::from(&GONE)),
        Marked::Unknown => return Err(Problem::from(&NOT_FOUND)),
    };
    let row = api.ledger.look_up(&[], Some(&id)).await?.transmission;
    let row = row.ok_or_else(|| StoreError::unreadable("ledger.look_up", "a delivery without its transmission"))?;
    Ok(Json(steps::delivery_view(&*api.ledger, &delivery, &row).await?))
}

/// The delivery, if it is to the caller.
pub(crate) async fn own(api: &Api, caller: &Caller, id: &TransmissionId) -> Result<Delivered, Problem> {
    Ok(api.mail.received(&caller.office.number, id).await?.ok_or(&NOT_FOUND)?)
}

/// Marks it as fetched: from here on its sender can't take it back.
pub(crate) async fn collect(api: &Api, caller: &Caller, id: &TransmissionId) -> Result<(), Problem> {
    match api.ledger.collect(id, &caller.office.number, api.clock.now()).await? {
        Marked::Written(_) | Marked::AsItWas(_) => Ok(()),
        Marked::Refused(_) => Err(Problem::from(&GONE)),
        Marked::Unknown => Err(Problem::from(&NOT_FOUND)),
    }
}

/// What an inbox calls the file of this key.
pub(crate) fn last_segment(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or_default()
}

fn parsed<'de, D: Deserializer<'de>, T: std::str::FromStr>(deserializer: D) -> Result<Option<T>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(|_| de::Error::custom("not one of its values"))).transpose()
}
