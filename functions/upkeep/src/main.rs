//! The bootstrap of the function `upkeep`: settings, stores, runtime.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;
use store::{Clock, Settings, SqsQueue, Stores};
use tokio::time::Instant;
use upkeep::Upkeep;

/// So long before the invocation's end everything stops: a call that hangs is given up by the store after 45 s.
const RESERVE: Duration = Duration::from_secs(50);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    logging::start("upkeep")?;
    // a missing setting ends the cold start here, with the variable's name
    let stores = Stores::connect(&Settings::from_env()?).await?;
    let queue = SqsQueue::connect(SqsQueue::VARIABLE).await?;
    let upkeep = Arc::new(Upkeep::new(stores.files, stores.ledger, queue, Clock::system()));
    let run = service_fn(move |event: LambdaEvent<Value>| {
        let upkeep = Arc::clone(&upkeep);
        async move {
            let left = event.context.deadline().duration_since(SystemTime::now()).unwrap_or_default();
            let done = upkeep.run(Some(Instant::now() + left.saturating_sub(RESERVE))).await?;
            Ok::<_, lambda_runtime::Error>(done.or_ring()?)
        }
    });
    lambda_runtime::run(run).await.map_err(anyhow::Error::from_boxed)
}
