//! What answers on the API's port: the function `api`, by the same router that the Lambda runs.

use std::sync::Arc;

use api::{Api, Parts};
use exchange::DailyQuota;
use store::{Clock, Stores};
use tokio::net::TcpListener;

use crate::operator::{FILE, Operator, OperatorError};

/// The function on the embedded exchange's own stores.
///
/// # Errors
/// `operator.json` was changed by hand.
pub(crate) fn function(operator: &Operator, stores: &Stores, clock: Clock) -> Result<Api, OperatorError> {
    Ok(Api::new(Parts {
        files: Arc::new(stores.files.clone()),
        links: Arc::new(stores.files.clone()),
        ledger: Arc::new(stores.ledger.clone()),
        mail: Arc::new(stores.ledger.clone()),
        codes: Arc::new(stores.ledger.clone()),
        credentials: Arc::new(operator.clone()),
        clock,
        quota: DailyQuota::default(),
        secret: operator.secret()?,
        origin: operator.api.parse().map_err(|_| OperatorError::Damaged(FILE.into()))?,
    }))
}

pub(crate) async fn serve(listener: TcpListener, api: Api, stopped: impl Future<Output = ()> + Send + 'static) {
    if let Err(error) = axum::serve(listener, api::router(api)).with_graceful_shutdown(stopped).await {
        tracing::error!(%error, "the API's endpoint ended");
    }
}
