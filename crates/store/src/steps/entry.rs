//! Changing an office's entry while others may be changing it too.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable as _};
use exchange::Office;
use standard::OfficeNumber;

use crate::{CodeRecord, Codes, Enrolled, Ledger, Saved, StoreError};

/// How an entry is tried again that somebody else wrote meanwhile: soon at first, for ten seconds in all, and not in step with others.
const PATIENCE: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(10))
    .with_max_delay(Duration::from_millis(500))
    .with_jitter()
    .without_max_times()
    .with_total_delay(Some(Duration::from_secs(10)));

/// Why one attempt didn't do it.
enum Missed<E> {
    /// Somebody else wrote the entry between our reading and our writing.
    Overtaken,
    Failed(E),
}

impl<E: From<StoreError>> From<StoreError> for Missed<E> {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// Writes the entry that `next` makes of the one there is, if there is one; an entry that stays as it is is not written. `next` may be called several times.
///
/// # Errors
/// `next` refuses, others write all the time, or storage fails.
pub async fn write_office<T, E: From<StoreError>>(
    ledger: &dyn Ledger,
    number: &OfficeNumber,
    next: impl Fn(Option<Office>) -> Result<(Office, T), E>,
) -> Result<T, E> {
    let write = || async {
        let (known, revision) = ledger.office(number).await?.unzip();
        let (office, result) = next(known.clone()).map_err(Missed::Failed)?;
        if known.as_ref() == Some(&office) || ledger.save_office(&office, revision).await? == Saved::Written {
            return Ok(result);
        }
        Err(Missed::Overtaken)
    };
    patiently(write).await
}

/// Spends the code and changes the entry of its office, both or neither; none where the code was spent meanwhile, or there is no such office.
///
/// # Errors
/// As [`write_office`].
pub async fn enrol<T, E: From<StoreError>>(
    ledger: &dyn Ledger,
    codes: &dyn Codes,
    code: &CodeRecord,
    change: impl Fn(&mut Office) -> Result<T, E>,
) -> Result<Option<T>, E> {
    let write = || async {
        let Some((mut office, revision)) = ledger.office(&code.office).await? else { return Ok(None) };
        let result = change(&mut office).map_err(Missed::Failed)?;
        match codes.enrol(code, &office, revision).await? {
            Enrolled::Written => Ok(Some(result)),
            Enrolled::CodeGone => Ok(None),
            Enrolled::OfficeChanged => Err(Missed::Overtaken),
        }
    };
    patiently(write).await
}

async fn patiently<T, E: From<StoreError>, F: Future<Output = Result<T, Missed<E>>>>(write: impl FnMut() -> F) -> Result<T, E> {
    write.retry(PATIENCE).when(|missed| matches!(missed, Missed::Overtaken)).await.map_err(|missed| match missed {
        Missed::Overtaken => StoreError::retry("ledger.save_office", "the entry is being changed by others all the time").into(),
        Missed::Failed(error) => error,
    })
}
