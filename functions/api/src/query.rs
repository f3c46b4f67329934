//! Calls without parameters: what else stands in their query is refused, as calls that have some refuse what they don't know.

use std::sync::Arc;

use axum::extract::{MatchedPath, Query, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{OpenApi, RefOr};

use crate::problem::{Problem, QUERY};

/// The calls below `/v1` that are described without a parameter in their query: method and path.
#[derive(Clone)]
pub(crate) struct Bare(Arc<[(&'static str, String)]>);

/// No parameter at all.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

impl Bare {
    /// Those of this description.
    pub(crate) fn of(description: &OpenApi) -> Self {
        let below = description.paths.paths.iter().filter(|(path, _)| path.starts_with("/v1/"));
        let calls = below.flat_map(|(path, item)| {
            let operations = [("GET", &item.get), ("PUT", &item.put), ("POST", &item.post), ("DELETE", &item.delete)];
            let bare = operations.into_iter().filter(|(_, operation)| operation.as_ref().is_some_and(is_bare));
            bare.map(|(method, _)| (method, path.clone()))
        });
        Self(calls.collect())
    }
}

fn is_bare(operation: &Operation) -> bool {
    operation.parameters.iter().flatten().all(|parameter| matches!(parameter, RefOr::T(given) if given.parameter_in != ParameterIn::Query))
}

/// Before anything else is looked at: nothing is done, and no token spent, for a call that is refused.
pub(crate) async fn refuse_unknown(State(Bare(calls)): State<Bare>, request: Request, next: Next) -> Response {
    let method = if request.method() == Method::HEAD { "GET" } else { request.method().as_str() };
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let is_bare = path.is_some_and(|path| calls.iter().any(|(of, bare)| *of == method && bare == path));
    if is_bare && Query::<Nothing>::try_from_uri(request.uri()).is_err() {
        return Problem::from(&QUERY).into_response();
    }
    next.run(request).await
}
