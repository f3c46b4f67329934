//! The bootstrap of the function `deliver`: settings, stores, runtime.

use std::sync::Arc;

use aws_lambda_events::sqs::SqsEvent;
use deliver::{Deliver, handler};
use lambda_runtime::{LambdaEvent, service_fn};
use store::{Clock, Settings, Stores, quota_from_env, secret_from_env};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    logging::start("deliver")?;
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
