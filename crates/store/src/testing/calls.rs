//! Counts the requests that really go out, retries included.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_s3::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;

/// The requests that two clients sent, by their HTTP method and target.
#[derive(Debug, Clone, Default)]
pub struct Calls {
    made: Arc<Mutex<Vec<String>>>,
    database: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Calls {
    /// What was sent since the last call of this.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.made.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The bodies of those to the database, as they went over the wire (JSON), since the last call of this.
    pub fn take_bodies(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut *self.database.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Intercept for Calls {
    fn name(&self) -> &'static str {
        "count the calls"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        let target = request.headers().get("x-amz-target");
        if target.is_some() {
            let body = request.body().bytes().unwrap_or_default().to_vec();
            self.database.lock().unwrap_or_else(PoisonError::into_inner).push(body);
        }
        let what = target.unwrap_or_else(|| request.uri().split('?').next().unwrap_or_default());
        self.made.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{} {what}", request.method()));
        Ok(())
    }
}
