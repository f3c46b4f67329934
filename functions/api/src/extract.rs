//! What a request carries, read strictly. What serde says of it stays here: its words quote values.

use std::fmt;
use std::marker::PhantomData;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::error::Category;

use crate::Api;
use crate::problem::{JSON, MEDIA, NOT_FOUND, Problem, QUERY, SHAPE, TOO_LARGE};

/// The body, a JSON object of this shape.
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
        serde_json::from_slice(&bytes).map(|Object(body)| Body(body)).map_err(|error| {
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

/// A type that is read from an object: serde would take an array of its members too.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members)).map(Object)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let named = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = named.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}
