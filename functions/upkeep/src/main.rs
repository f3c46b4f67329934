//! The bootstrap of the function `upkeep`: settings, stores, runtime.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::{Value, json};
use store::{Clock, Settings, Stores};
use tokio::time::Instant;
use tracing_subscriber::{filter::LevelFilter, filter::Targets, fmt::layer, prelude::*};
use upkeep::Upkeep;

/// So long before the invocation's end nothing more is begun: longer than one transmission takes.
const RESERVE: Duration = Duration::from_secs(60);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    log()?;
    // a missing setting ends the cold start here, with the variable's name
    let stores = Stores::connect(&Settings::from_env()?).await?;
    let upkeep = Arc::new(Upkeep::new(stores.files, stores.ledger, Clock::system()));
    let run = service_fn(move |event: LambdaEvent<Value>| {
        let upkeep = Arc::clone(&upkeep);
        async move {
            let left = event.context.deadline().duration_since(SystemTime::now()).unwrap_or_default();
            let done = upkeep.run(Some(Instant::now() + left.saturating_sub(RESERVE))).await?;
            if done.failed + done.stuck > 0 {
                // the rest is done; what isn't must ring: the alarm counts invocations that end with an error
                return Err(format!("{} failed and {} stuck: see the log", done.failed, done.stuck).into());
            }
            Ok::<_, lambda_runtime::Error>(
                json!({"incomplete": done.incomplete, "looked_through": done.looked_through, "removed": done.removed, "reminded": done.reminded, "expired": done.expired,
                "stuck": done.stuck, "failed": done.failed}),
            )
        }
    });
    lambda_runtime::run(run).await.map_err(anyhow::Error::from_boxed)
}

/// JSON lines at the level that the function's logging settings say, from our own code; libraries stay at warnings, for below that they quote requests.
fn log() -> anyhow::Result<()> {
    let level = match std::env::var("AWS_LAMBDA_LOG_LEVEL").as_deref() {
        Err(_) => LevelFilter::INFO,
        Ok("FATAL" | "fatal") => LevelFilter::ERROR,
        Ok(level) => level.parse().context("AWS_LAMBDA_LOG_LEVEL is no level: set TRACE, DEBUG, INFO, WARN, ERROR or FATAL")?,
    };
    let own = Targets::new().with_default(LevelFilter::WARN).with_targets([("upkeep", level), ("store", level)]);
    tracing_subscriber::registry().with(layer().json().with_target(false).with_filter(own)).init();
    std::panic::set_hook(Box::new(|panic| tracing::error!(place = panic.location().map(ToString::to_string), "panicked")));
    Ok(())
}
