//! The bootstrap of the function `api`: settings, stores, runtime.

use std::sync::Arc;

use anyhow::Context as _;
use api::{Api, Origin, Parts};
use store::{Clock, OfficeRole, Settings, Stores, secret_from_env};
use tracing_subscriber::{filter::LevelFilter, filter::Targets, fmt::layer, prelude::*};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    log()?;
    // a missing setting ends the cold start here, with the variable's name
    let settings = Settings::from_env()?;
    let stores = Stores::connect(&settings).await?;
    let api = Api::new(Parts {
        files: Arc::new(stores.files),
        codes: Arc::new(stores.ledger.clone()),
        ledger: Arc::new(stores.ledger),
        credentials: Arc::new(OfficeRole::connect(&settings.bucket).await?),
        clock: Clock::system(),
        secret: secret_from_env()?,
        origin: Origin::from_env()?,
    });
    lambda_http::run(api::router(api)).await.map_err(anyhow::Error::from_boxed)
}

/// JSON lines at the level that the function's logging settings say, from our own code; libraries stay at warnings, for below that they quote requests.
/// Of a panic its place is told, for its words may quote what was worked on.
fn log() -> anyhow::Result<()> {
    let level = match std::env::var("AWS_LAMBDA_LOG_LEVEL").as_deref() {
        Err(_) => LevelFilter::INFO,
        Ok("FATAL" | "fatal") => LevelFilter::ERROR,
        Ok(level) => level.parse().context("AWS_LAMBDA_LOG_LEVEL is no level: set TRACE, DEBUG, INFO, WARN, ERROR or FATAL")?,
    };
    let own = Targets::new().with_default(LevelFilter::WARN).with_targets([("api", level), ("store", level)]);
    tracing_subscriber::registry().with(layer().json().with_target(false).with_filter(own)).init();
    std::panic::set_hook(Box::new(|panic| tracing::error!(place = panic.location().map(ToString::to_string), "panicked")));
    Ok(())
}
