//! What answers on the API's port: `/healthz`, with the exchange's clock. The offices' HTTP API is a function of its own.

use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use store::Clock;
use tokio::net::TcpListener;

#[derive(Serialize)]
struct Health {
    now: String,
    version: &'static str,
}

pub(crate) async fn serve(listener: TcpListener, clock: Clock, stopped: impl Future<Output = ()> + Send + 'static) {
    let health = move || async move { Json(Health { now: exchange::json_time(clock.now()), version: env!("CARGO_PKG_VERSION") }) };
    let router = Router::new().route("/healthz", get(health));
    if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stopped).await {
        tracing::error!(%error, "the API's endpoint ended");
    }
}
