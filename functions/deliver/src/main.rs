//! The bootstrap of the function `deliver`: settings, stores, runtime.

use std::sync::Arc;

use aws_lambda_events::sqs::SqsEvent;
use deliver::{Deliver, handler};
use lambda_runtime::{LambdaEvent, service_fn};
use store::{Clock, Settings, Stores};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::prelude::*;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    log();
    // a missing setting ends the cold start here, with the variable's name
    let stores = Stores::connect(&Settings::from_env()?).await;
    let deliver = Arc::new(Deliver::new(stores.files, stores.ledger, Clock::system()));
    let run = service_fn(move |event: LambdaEvent<SqsEvent>| {
        let deliver = Arc::clone(&deliver);
        async move {
            let deadline = handler::deadline(&event.context);
            handler::handle(&deliver, event.payload, Some(deadline)).await.map_err(lambda_runtime::Error::from)
        }
    });
    lambda_runtime::run(run).await.map_err(|error| anyhow::anyhow!(error))
}

/// JSON lines at the level that the function's logging settings say, from our own code; libraries stay at warnings, for below that they quote requests.
fn log() {
    let level = std::env::var("AWS_LAMBDA_LOG_LEVEL").ok().and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::INFO);
    let filter = Targets::new().with_default(LevelFilter::WARN).with_targets([("deliver", level), ("store", level)]);
    tracing_subscriber::registry().with(tracing_subscriber::fmt::layer().json().with_target(false).with_filter(filter)).init();
}
