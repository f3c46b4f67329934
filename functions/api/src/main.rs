//! The bootstrap of the function `api`: settings, stores, runtime.

use std::sync::Arc;

use api::{Api, Origin, Parts};
use store::{Clock, OfficeRole, Settings, Stores, quota_from_env, secret_from_env};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    logging::start("api")?;
    // a missing setting ends the cold start here, with the variable's name
    let settings = Settings::from_env()?;
    let stores = Stores::connect(&settings).await?;
    let api = Api::new(Parts {
        links: Arc::new(stores.files.clone()),
        files: Arc::new(stores.files),
        mail: Arc::new(stores.ledger.clone()),
        codes: Arc::new(stores.ledger.clone()),
        ledger: Arc::new(stores.ledger),
        credentials: Arc::new(OfficeRole::connect(&settings.bucket).await?),
        clock: Clock::system(),
        quota: quota_from_env()?,
        secret: secret_from_env()?,
        origin: Origin::from_env()?,
    });
    lambda_http::run(api::router(api)).await.map_err(anyhow::Error::from_boxed)
}
