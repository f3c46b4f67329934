//! How many offices of each municipality are licensed.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::Json;
use axum::extract::State;
use exchange::{AdoptionCount, AdoptionView, Prefecture, japanese_day};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use store::steps;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::problem::Problem;
use crate::{Api, Caller, Params};

/// For how long a count is kept.
const KEPT_FOR: SignedDuration = SignedDuration::from_mins(15);

/// The prefectures as they were counted last, for calls that ask for all. A call that runs out of time leaves what it counted, and the next one
/// goes on from there.
#[derive(Default)]
pub(crate) struct Counted(Mutex<HashMap<Prefecture, (Timestamp, AdoptionCount)>>);

impl Counted {
    fn recall(&self, prefecture: Prefecture, now: Timestamp) -> Option<AdoptionCount> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, count) = kept.get(&prefecture)?;
        // another day has other licences
        let holds = *at <= now && now.duration_since(*at) < KEPT_FOR && japanese_day(*at) == japanese_day(now);
        holds.then(|| count.clone())
    }

    fn keep(&self, prefecture: Prefecture, now: Timestamp, count: &AdoptionCount) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(prefecture, (now, count.clone()));
    }
}

/// Where.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// One prefecture: its code, two digits. Unless given, all.
    #[param(value_type = Option<String>, pattern = "^[0-9]{2}$")]
    prefecture: Option<Prefecture>,
}

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(show_adoption))
}

/// Adoption by municipality
///
/// Offices, licensed offices and the rate, the highest first, with the two indicators over all municipalities that have an office; on today's licences in
/// Japan, all on one page. One prefecture is counted for the call. Where all are asked for, a count may be up to 15
/// minutes old, and the call may have to be made again (`unavailable`): it goes on from what it has counted.
#[utoipa::path(get, path = "/v1/adoption", tag = "offices", params(Wanted), responses((status = OK, body = AdoptionView)))]
async fn show_adoption(State(api): State<Api>, _: Caller, Params(wanted): Params<Wanted>) -> Result<Json<AdoptionView>, Problem> {
    let now = api.clock.now();
    let day = japanese_day(now);
    if let Some(prefecture) = wanted.prefecture {
        return Ok(Json(steps::count_adoption(&*api.ledger, prefecture, day).await?.view()));
    }
    let count = async |prefecture| {
        if let Some(count) = api.counted.recall(prefecture, now) {
            return Ok(count);
        }
        let count = steps::count_adoption(&*api.ledger, prefecture, day).await?;
        api.counted.keep(prefecture, now, &count);
        Ok(count)
    };
    Ok(Json(steps::count_together(Prefecture::all().map(count)).await?.view()))
}
