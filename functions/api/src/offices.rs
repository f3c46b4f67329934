//! Who there is: offices, found by where they are, and the keys that they sign with.

use axum::Json;
use axum::extract::State;
use exchange::{Municipality, OfficeKey, OfficeQuery, OfficeView, Place as Where, Prefecture, PublicKey, Searchable, japanese_day};
use serde::{Deserialize, Serialize};
use standard::{OfficeNumber, ServiceType};
use store::steps;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::keys::Counts;
use crate::paging::{self, Paged};
use crate::problem::{NOT_FOUND, Problem, ProblemBody, QUERY};
use crate::{Api, Caller, Params, Place};

/// Which offices; all conditions hold.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// In this municipality: its code, five or six digits.
    #[param(value_type = Option<String>, pattern = "^[0-9]{5,6}$")]
    municipality: Option<Municipality>,
    /// In this prefecture: its code, two digits. Without it and `municipality`, everywhere.
    #[param(value_type = Option<String>, pattern = "^[0-9]{2}$")]
    prefecture: Option<Prefecture>,
    /// Offering this service: two characters.
    #[param(value_type = Option<String>, pattern = "^[0-9A-Z]{2}$")]
    service: Option<ServiceType>,
    /// With this in their name or its kana, in whatever script and width.
    name: Option<String>,
    /// Licensed today in Japan, or not.
    licensed: Option<bool>,
    /// How many at most, 50 unless given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    /// `next_cursor` of the page before, for the same conditions.
    cursor: Option<String>,
}

/// What an office signs with.
#[derive(Serialize, ToSchema)]
struct OfficeKeysView {
    /// All its keys, revoked and expired ones too.
    keys: Vec<PublicKeyView>,
}

/// A public key, and when it counts.
#[derive(Serialize, ToSchema)]
struct PublicKeyView {
    /// What manifests call it: the RFC 7638 thumbprint, or a certificate's `x5t#S256`.
    kid: String,
    /// The key as a JWK (RFC 7517): EC P-256, OKP Ed25519 or RSA, its required members only.
    #[schema(value_type = Object)]
    jwk: PublicKey,
    #[serde(flatten)]
    counts: Counts,
}

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(search)).routes(routes!(show_office)).routes(routes!(office_keys))
}

/// Offices
///
/// By municipality, then number. Without a place, everywhere: the caller's own prefecture first, then the others in the order of their codes. A page may be
/// short, or empty, and still not the last: a search looks at 10,000 offices a page. Only a page whose `next_cursor` is null is the last.
#[utoipa::path(get, path = "/v1/offices", tag = "offices", params(Wanted), responses((status = OK, body = Paged<OfficeView>)))]
async fn search(State(api): State<Api>, caller: Caller, Params(wanted): Params<Wanted>) -> Result<Json<Paged<OfficeView>>, Problem> {
    let Wanted { municipality, prefecture, service, name, licensed, limit, cursor } = wanted;
    let place = match (municipality, prefecture) {
        (Some(municipality), Some(prefecture)) if municipality.prefecture() != prefecture => {
            return Err(QUERY.because(
                "`municipality` doesn't lie in `prefecture`. Give one of the two.",
                "municipality が prefecture の市区町村ではありません。どちらか一方だけを指定してください。",
            ));
        }
        (Some(municipality), _) => Some(Where::Municipality(municipality)),
        (None, prefecture) => prefecture.map(Where::Prefecture),
    };
    let own = Prefecture::of(&caller.office);
    let places = place.map_or_else(|| own.all_from().map(Where::Prefecture).collect(), |place| vec![place]);
    let searched = match place {
        Some(Where::Municipality(code)) => code.to_string(),
        Some(Where::Prefecture(code)) => code.to_string(),
        // in another order once the caller has moved
        None => format!("all from {own}"),
    };
    let wanted = [
        ("in", Some(searched)),
        ("service", service.map(|service| service.to_string())),
        ("name", name.clone()),
        ("licensed", licensed.map(|licensed| licensed.to_string())),
    ];
    let listing = paging::listing("GET /v1/offices", &wanted);
    let page = paging::page(&api, &caller, &listing, limit, cursor.as_deref())?;
    let query = OfficeQuery { service, name: name.as_deref().map(Searchable::new), licensed };
    let day = japanese_day(page.now);
    let found = steps::search_offices(&*api.ledger, &places, &query, day, page.limit, page.cursor.as_deref()).await?;
    Ok(Json(paging::paged(&api, &caller, &listing, found.items, found.next_cursor)))
}

/// An office
#[utoipa::path(
    get, path = "/v1/offices/{number}", tag = "offices", params(("number" = String, Path, description = "The office's number, 10 characters")),
    responses(
        (status = OK, body = OfficeView),
        (status = NOT_FOUND, description = "`not-found`: there is no such office", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn show_office(State(api): State<Api>, _: Caller, Place(number): Place<OfficeNumber>) -> Result<Json<OfficeView>, Problem> {
    let view = steps::office_view(&*api.ledger, &number, japanese_day(api.clock.now())).await?;
    Ok(Json(view.ok_or(&NOT_FOUND)?))
}

/// An office's public keys
///
/// Whoever received something from the office verifies its manifests with them: the signature, by the key that `kid` names, and that this key counted when the
/// manifest was signed (`iat`), or at least at some time between five minutes before and a day after, within which the exchange takes a manifest.
#[utoipa::path(
    get, path = "/v1/offices/{number}/keys", tag = "offices", params(("number" = String, Path, description = "The office's number, 10 characters")),
    responses(
        (status = OK, body = OfficeKeysView),
        (status = NOT_FOUND, description = "`not-found`: there is no such office", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn office_keys(State(api): State<Api>, _: Caller, Place(number): Place<OfficeNumber>) -> Result<Json<OfficeKeysView>, Problem> {
    let (office, _) = api.ledger.office(&number).await?.ok_or(&NOT_FOUND)?;
    Ok(Json(OfficeKeysView { keys: office.keys.into_iter().map(public).collect() }))
}

/// Without what the office calls its device.
fn public(key: OfficeKey) -> PublicKeyView {
    PublicKeyView { counts: Counts::of(&key), kid: key.kid, jwk: key.jwk }
}
