//! The bootstrap of the function `api`: settings, stores, runtime.

use std::sync::Arc;

use api::{Api, Origin, Parts};
use store::{Clock, OfficeRole, Settings, Stores, secret_from_env};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    logging::start("api")?;
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
