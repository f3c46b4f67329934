//! The bootstrap of the function `upkeep`: settings, stores, runtime.

use std::sync::Arc;
use std::time::SystemTime;

use exchange::sign::NoticeKey;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;
use store::{Clock, EventBridge, EventBus, Settings, SqsQueue, Stores, origin_from_env, secret_from_env};
use upkeep::{Function, Herald, Upkeep, Webhooks};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    logging::start("upkeep")?;
    // a missing setting ends the cold start here, with the variable's name
    let stores = Stores::connect(&Settings::from_env()?).await?;
    let queue = SqsQueue::connect(SqsQueue::VARIABLE).await?;
    let herald = Herald {
        ledger: Arc::new(stores.ledger.clone()),
        clock: Clock::system(),
        key: NoticeKey::of(&secret_from_env()?)?,
        source: origin_from_env()?,
        webhooks: Webhooks::new()?,
        bus: EventBridge::connect().await?.map(|bus| Arc::new(bus) as Arc<dyn EventBus>),
    };
    let upkeep = Upkeep::new(stores.files, stores.ledger, queue, Clock::system());
    let function = Arc::new(Function { upkeep, herald });
    let run = service_fn(move |event: LambdaEvent<Value>| {
        let function = Arc::clone(&function);
        async move {
            let left = event.context.deadline().duration_since(SystemTime::now()).unwrap_or_default();
            function.handle(&event.payload, left).await
        }
    });
    lambda_runtime::run(run).await.map_err(anyhow::Error::from_boxed)
}
