//! With whom the office exchanged: what subsidies ask for.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use exchange::{PartnersView, japanese_day};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, de};
use store::steps;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::problem::{INTERNAL, Problem, QUERY};
use crate::{Api, Caller, Params};

/// The longest period, in days: what was exchanged in it is read.
const MAX_DAYS: i32 = 366;

/// Which period.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Period {
    /// Its first day, a Japanese calendar day `YYYY-MM-DD`; unless given, of the year that ends with `until`.
    #[serde(default, deserialize_with = "day")]
    #[param(value_type = Option<String>, format = Date)]
    since: Option<Date>,
    /// Its last day, included; unless given, today in Japan. A period has 366 days at most.
    #[serde(default, deserialize_with = "day")]
    #[param(value_type = Option<String>, format = Date)]
    until: Option<Date>,
}

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_partners))
}

/// Partners
///
/// The distinct offices to which the office's transmissions were delivered in the period, or whose were delivered to it; what was cancelled doesn't
/// count. All on one page. With `Accept: text/csv` a table with Japanese headings, UTF-8 with BOM.
#[utoipa::path(
    get, path = "/v1/partners", tag = "partners", params(Period),
    responses((status = OK, content((PartnersView = "application/json"), (String = "text/csv")))),
)]
async fn list_partners(
    State(api): State<Api>,
    caller: Caller,
    Params(period): Params<Period>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let until = period.until.unwrap_or_else(|| japanese_day(api.clock.now()));
    let since = period.since.unwrap_or_else(|| until.saturating_sub(1.year()).saturating_add(1.day()));
    if until < since || since.until(until).map_or(MAX_DAYS, |span| span.get_days()) >= MAX_DAYS {
        return Err(QUERY.because(
            "`until` is not before `since`, and the period has 366 days at most. Ask year by year.",
            "until は since と同じ日かそれより後の日とし、期間は 366 日以内にしてください。長い期間は 1 年ずつ取得してください。",
        ));
    }
    let office = caller.office.number;
    let view = steps::partners(&*api.ledger, &office, since, until).await?;
    if !wants_csv(&headers) {
        return Ok(Json(view).into_response());
    }
    let named = format!("attachment; filename=\"partners-{office}-{since}-{until}.csv\"");
    let described = [(header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"), (header::CONTENT_DISPOSITION, &named)];
    let table = view.csv().map_err(|error| {
        tracing::error!(%error, "a table can't be written");
        Problem::from(&INTERNAL)
    })?;
    Ok((described, table).into_response())
}

/// Whether a table is asked for, and at least as much as JSON (RFC 9110 §12.5.1).
fn wants_csv(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let weights = accepted.map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let media = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        (media, weight.map_or(Some(1.0), |weight| weight.parse::<f32>().ok()).unwrap_or_default())
    });
    let weights: Vec<(String, f32)> = weights.collect();
    let of = |named: &str| weights.iter().filter(|(media, _)| media == named).map(|(_, weight)| *weight).fold(0.0, f32::max);
    let table = of("text/csv");
    table > 0.0 && table >= of("application/json")
}

/// A calendar day and nothing more: a moment would leave open whose day is meant.
fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let day = Some(&text).filter(|text| text.len() == 10).and_then(|text| text.parse().ok());
    day.map(Some).ok_or_else(|| de::Error::custom("a day: YYYY-MM-DD"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_given_to_whom_it_is_dearer_than_json() {
        for (accept, csv) in [
            ("", false),
            ("*/*", false),
            ("application/json", false),
            ("text/csv", true),
            ("TEXT/CSV; charset=utf-8", true),
            ("text/csv;q=0", false),
            ("text/csv;q=x", false),
            ("text/csv;q=0.5, application/json", false),
            ("application/json;q=0.5, text/csv;q=0.9", true),
            ("text/csv, */*;q=0.1", true),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())]);
            assert_eq!(wants_csv(&headers), csv, "{accept}");
        }
        assert!(!wants_csv(&HeaderMap::new()));
    }
}
