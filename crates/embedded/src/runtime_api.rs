//! The Lambda Runtime API, so that a real bootstrap can be run here as Lambda runs it.
//!
//! Source: AWS, "Using the Lambda runtime API for custom runtimes". One invocation at a time, as in one execution environment.

use std::collections::HashMap;
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use uuid::Uuid;

/// A Runtime API for one bootstrap: give it [`RuntimeApi::address`] as `AWS_LAMBDA_RUNTIME_API`.
pub struct RuntimeApi {
    address: String,
    events: mpsc::Sender<Event>,
    ready: tokio::sync::watch::Receiver<bool>,
    server: JoinHandle<()>,
}

/// How an invocation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The function's response.
    Response(Vec<u8>),
    /// What the runtime said went wrong.
    Error(Vec<u8>),
    /// The bootstrap ended without an answer, or didn't give one in time.
    None,
}

struct Event {
    payload: Vec<u8>,
    timeout: Duration,
    answer: oneshot::Sender<Answer>,
}

struct Shared {
    events: tokio::sync::Mutex<mpsc::Receiver<Event>>,
    running: Mutex<HashMap<String, oneshot::Sender<Answer>>>,
    ready: tokio::sync::watch::Sender<bool>,
}

impl RuntimeApi {
    /// Starts on a free loopback port.
    ///
    /// # Errors
    /// No port is free.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?.to_string();
        let (events, queue) = mpsc::channel(16);
        let (told, ready) = tokio::sync::watch::channel(false);
        let shared = Arc::new(Shared { events: tokio::sync::Mutex::new(queue), running: Mutex::default(), ready: told });
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(|| async { StatusCode::ACCEPTED }))
            .with_state(shared);
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the runtime API ended");
            }
        });
        Ok(Self { address, events, ready, server })
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Waits until the bootstrap asks for its first event.
    pub async fn ready(&self) {
        let mut ready = self.ready.clone();
        drop(ready.wait_for(|ready| *ready).await);
    }

    /// Invokes the function, its deadline `timeout` from now.
    pub async fn invoke(&self, payload: impl Into<Vec<u8>>, timeout: Duration) -> Answer {
        let (answer, answered) = oneshot::channel();
        if self.events.send(Event { payload: payload.into(), timeout, answer }).await.is_err() {
            return Answer::None;
        }
        match tokio::time::timeout(timeout, answered).await {
            Ok(Ok(answer)) => answer,
            _ => Answer::None,
        }
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn next(State(shared): State<Arc<Shared>>) -> Response {
    shared.ready.send_replace(true);
    let Some(event) = shared.events.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let id = Uuid::new_v4().to_string();
    let deadline = SystemTime::now().checked_add(event.timeout).and_then(|at| at.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    shared.running.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), event.answer);
    let headers = [
        ("lambda-runtime-aws-request-id", id),
        ("lambda-runtime-deadline-ms", deadline.as_millis().to_string()),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:ap-northeast-1:000000000000:function:deliver".to_owned()),
        ("lambda-runtime-trace-id", "Root=1-00000000-000000000000000000000000".to_owned()),
    ];
    (headers, event.payload).into_response()
}

async fn response(state: State<Arc<Shared>>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    ended(&state, &id, Answer::Response(body.to_vec()))
}

async fn error(state: State<Arc<Shared>>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    ended(&state, &id, Answer::Error(body.to_vec()))
}

fn ended(shared: &Shared, id: &str, answer: Answer) -> StatusCode {
    let waiting = shared.running.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    // the caller may have stopped waiting: then nobody is to be told
    match waiting.map(|waiting| waiting.send(answer)) {
        Some(_) => StatusCode::ACCEPTED,
        None => StatusCode::BAD_REQUEST,
    }
}
