//! What a request carries, read strictly. What serde says of it stays here: its words quote values.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::Api;
use crate::problem::{JSON, MEDIA, NOT_FOUND, Problem, QUERY, SHAPE, TOO_LARGE};

/// The body, JSON of this shape.
#[derive(Debug)]
pub struct Body<T>(pub T);

/// The parameters of the query.
#[derive(Debug)]
pub struct Params<T>(pub T);

/// What stands in the path in place of its parameters. Whatever can't be read names nothing: 404.
#[derive(Debug)]
pub struct Place<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Api> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, api: &Api) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::from(&MEDIA));
        }
        let bytes = Bytes::from_request(request, api).await.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::from(&TOO_LARGE),
            _ => Problem::from(&JSON),
        })?;
        serde_json::from_slice(&bytes).map(Body).map_err(|error| {
            let kind = if error.classify() == Category::Data { &SHAPE } else { &JSON };
            let (line, column) = (error.line(), error.column());
            kind.because(
                format!("{} Look at line {line}, column {column}.", kind.detail),
                format!("{}{line} 行目の {column} 文字目付近を確認してください。", kind.detail_ja),
            )
        })
    }
}

impl<T: DeserializeOwned> FromRequestParts<Api> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Api) -> Result<Self, Problem> {
        Query::try_from_uri(&parts.uri).map(|Query(params)| Params(params)).map_err(|_| Problem::from(&QUERY))
    }
}

impl<T: DeserializeOwned + Send> FromRequestParts<Api> for Place<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        Path::from_request_parts(parts, api).await.map(|Path(place)| Place(place)).map_err(|_| Problem::from(&NOT_FOUND))
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let named = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = named.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}
