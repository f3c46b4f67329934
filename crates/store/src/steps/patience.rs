//! Writing what others may be writing too: read, changed, and written if nobody else wrote in between.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable as _};

use crate::{Saved, StoreError};

/// How an entry is tried again that somebody else wrote meanwhile: soon at first, for ten seconds in all, and not in step with others.
const PATIENCE: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(10))
    .with_max_delay(Duration::from_millis(500))
    .with_jitter()
    .without_max_times()
    .with_total_delay(Some(Duration::from_secs(10)));

/// Why one attempt didn't do it.
pub(super) enum Missed<E> {
    /// Somebody else wrote the entry between our reading and our writing.
    Overtaken,
    Failed(E),
}

impl<E: From<StoreError>> From<StoreError> for Missed<E> {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl<E> Missed<E> {
    /// What a write says.
    pub(super) fn unless_written<T>(saved: Saved, result: T) -> Result<T, Missed<E>> {
        match saved {
            Saved::Written => Ok(result),
            Saved::Conflict => Err(Missed::Overtaken),
        }
    }
}

/// Tries again as long as somebody else wrote first.
pub(super) async fn patiently<T, E: From<StoreError>, F: Future<Output = Result<T, Missed<E>>>>(write: impl FnMut() -> F) -> Result<T, E> {
    write.retry(PATIENCE).when(|missed| matches!(missed, Missed::Overtaken)).await.map_err(|missed| match missed {
        Missed::Overtaken => StoreError::retry("ledger.save_office", "the entry is being changed by others all the time").into(),
        Missed::Failed(error) => error,
    })
}
