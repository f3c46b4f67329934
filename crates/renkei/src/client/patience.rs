//! What may pass is tried again, at growing intervals, or after as long as the exchange asks for.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable as _};

use super::ClientError;

/// Longer nobody in front of a screen waits.
const LONGEST: Duration = Duration::from_secs(60);

/// Makes the call up to five times.
pub(super) async fn patient<T, Made: Future<Output = Result<T, ClientError>>>(call: impl FnMut() -> Made) -> Result<T, ClientError> {
    let intervals = ExponentialBuilder::default().with_min_delay(Duration::from_millis(500)).with_max_times(4).with_jitter();
    let asked = |error: &ClientError, next: Option<Duration>| next.map(|next| error.retry_after().map_or(next, |asked| asked.min(LONGEST)));
    call.retry(intervals).when(ClientError::is_passing).adjust(asked).await
}
