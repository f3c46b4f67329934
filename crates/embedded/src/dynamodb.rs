//! The DynamoDB endpoint in front of the engine, and the queue's beside it: only requests that the operator signed reach them.
//!
//! The engine's own server checks no signatures and invites every web origin, so a page in a browser on this machine could rewrite the ledger. Here a
//! request must be signed. Source: AWS, "DynamoDB low-level API".

use std::time::SystemTime;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::TcpListener;

use crate::signed::{Gate, text};
use crate::sqs::{self, Sqs};

/// DynamoDB takes no larger request.
const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

const CONTENT_TYPE: &str = "application/x-amz-json-1.0";
const SERVICE: &str = "dynamodb";

#[derive(Clone)]
struct Shared {
    database: Database,
    queue: Sqs,
    gate: Gate,
}

/// Serves until `stopped` is ready.
pub(crate) async fn serve(
    listener: TcpListener,
    database: Database,
    queue: Sqs,
    gate: Gate,
    stopped: impl Future<Output = ()> + Send + 'static,
) {
    let shared = Shared { database, queue, gate };
    let router = Router::new().route("/", post(answer)).layer(DefaultBodyLimit::max(MAX_BODY_BYTES)).with_state(shared);
    if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stopped).await {
        tracing::error!(%error, "the DynamoDB endpoint ended");
    }
}

async fn answer(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let target = text(&headers, "x-amz-target").unwrap_or_default();
    let of_queue = target.strip_prefix(sqs::TARGET);
    let service = if of_queue.is_some() { sqs::SERVICE } else { SERVICE };
    if let Err(denied) = shared.gate.verify(service, &headers, &body, SystemTime::now()) {
        return problem(StatusCode::BAD_REQUEST, denied.kind(), &denied.to_string());
    }
    if let Some(operation) = of_queue {
        return match shared.queue.run(operation, &body).await {
            Ok(json) => (StatusCode::OK, [(header::CONTENT_TYPE, CONTENT_TYPE)], json.to_string()).into_response(),
            Err(error) => problem(error.status(), error.kind(), &error.to_string()),
        };
    }
    let target = target.strip_prefix("DynamoDB_20120810.").unwrap_or_default().to_owned();
    // the engine works on the thread that calls it
    let answered = tokio::task::spawn_blocking(move || run(&shared.database, &target, &body)).await;
    match answered {
        Ok(Ok(json)) => (StatusCode::OK, [(header::CONTENT_TYPE, CONTENT_TYPE)], json).into_response(),
        Ok(Err(error)) => {
            let status = StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::BAD_REQUEST);
            (status, [(header::CONTENT_TYPE, CONTENT_TYPE)], error.to_json()).into_response()
        }
        Err(_) => problem(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", "the engine panicked"),
    }
}

/// Calls the engine: the operations that the exchange makes, and those an operator looks around with.
fn run(database: &Database, operation: &str, body: &[u8]) -> Result<String, DynoxideError> {
    match operation {
        "BatchGetItem" => call(body, |request| database.batch_get_item(request)),
        "BatchWriteItem" => call(body, |request| database.batch_write_item(request)),
        "CreateTable" => call(body, |request| database.create_table(request)),
        "DeleteItem" => call(body, |request| database.delete_item(request)),
        "DescribeTable" => call(body, |request| database.describe_table(request)),
        "DescribeTimeToLive" => call(body, |request| database.describe_time_to_live(request)),
        "GetItem" => call(body, |request| database.get_item(request)),
        "ListTables" => call(body, |request| database.list_tables(request)),
        "PutItem" => call(body, |request| database.put_item(request)),
        "Query" => call(body, |request| database.query(request)),
        "Scan" => call(body, |request| database.scan(request)),
        "TransactGetItems" => call(body, |request| database.transact_get_items(request)),
        "TransactWriteItems" => call(body, |request| database.transact_write_items(request)),
        "UpdateItem" => call(body, |request| database.update_item(request)),
        _ => Err(DynoxideError::ValidationException(format!("{operation} is not offered by the embedded exchange"))),
    }
}

fn call<Request: DeserializeOwned, Answer: Serialize>(
    body: &[u8],
    operation: impl FnOnce(Request) -> dynoxide::Result<Answer>,
) -> Result<String, DynoxideError> {
    let request = serde_json::from_slice(body).map_err(|error| DynoxideError::SerializationException(error.to_string()))?;
    let answer = operation(request)?;
    serde_json::to_string(&answer).map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

fn problem(status: StatusCode, kind: &str, message: &str) -> Response {
    let body = serde_json::json!({ "__type": format!("com.amazon.coral.service#{kind}"), "message": message });
    (status, [(header::CONTENT_TYPE, CONTENT_TYPE)], body.to_string()).into_response()
}
