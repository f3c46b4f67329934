//! Changing an office's entry while others may be changing it too.

use exchange::Office;
use standard::OfficeNumber;

use super::patience::{Missed, patiently};
use crate::{CodeRecord, Codes, Enrolled, Ledger, Saved, StoreError};

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
