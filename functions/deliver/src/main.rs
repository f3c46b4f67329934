//! The bootstrap of the function `deliver`: settings, stores, runtime.

use std::sync::Arc;

use anyhow::Context as _;
use aws_lambda_events::sqs::SqsEvent;
use deliver::{Deliver, handler};
use lambda_runtime::{LambdaEvent, service_fn};
use store::{Clock, Settings, Stores, quota_from_env, secret_from_env};
use tracing_subscriber::{filter::LevelFilter, filter::Targets, fmt::layer, prelude::*};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    log()?;
    // a missing setting ends the cold start here, with the variable's name
    let stores = Stores::connect(&Settings::from_env()?).await?;
    let deliver = Arc::new(Deliver::new(stores.files, stores.ledger, Clock::system(), secret_from_env()?, quota_from_env()?));
    let run = service_fn(move |event: LambdaEvent<SqsEvent>| {
        let deliver = Arc::clone(&deliver);
        async move {
            let deadline = Some(handler::deadline(&event.context));
            handler::handle(&deliver, event.payload, deadline).await.map_err(lambda_runtime::Error::from)
        }
    });
    lambda_runtime::run(run).await.map_err(anyhow::Error::from_boxed)
}

/// JSON lines at the level that the function's logging settings say, from our own code; libraries stay at warnings, for below that they quote requests.
/// Of a panic its place is told, for its words may quote what was worked on.
fn log() -> anyhow::Result<()> {
    let level = match std::env::var("AWS_LAMBDA_LOG_LEVEL").as_deref() {
        Err(_) => LevelFilter::INFO,
        Ok("FATAL" | "fatal") => LevelFilter::ERROR,
        Ok(level) => level.parse().context("AWS_LAMBDA_LOG_LEVEL is no level: set TRACE, DEBUG, INFO, WARN, ERROR or FATAL")?,
    };
    let own = Targets::new().with_default(LevelFilter::WARN).with_targets([("deliver", level), ("store", level)]);
    tracing_subscriber::registry().with(layer().json().with_target(false).with_filter(own)).init();
    std::panic::set_hook(Box::new(|panic| tracing::error!(place = panic.location().map(ToString::to_string), "panicked")));
    Ok(())
}
