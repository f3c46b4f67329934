//! Handing out one-time codes.

use exchange::{OneTimeCode, Secret};
use jiff::Timestamp;
use standard::OfficeNumber;

use crate::{CodeRecord, Codes, StoreError};

/// How many codes are made before giving up: an office with 1,000 open codes has one in a thousand places taken.
const ATTEMPTS: usize = 8;

/// A fresh code for one more device of the office, handed out by the device with this key or by an operator. It is nowhere but in the answer.
///
/// # Errors
/// Storage that failed; no random numbers.
pub async fn hand_out_code(
    codes: &dyn Codes,
    secret: &Secret,
    office: &OfficeNumber,
    handed_out_by: Option<&str>,
    now: Timestamp,
) -> Result<(OneTimeCode, CodeRecord), StoreError> {
    const OPERATION: &str = "codes.hand_out";
    for _ in 0..ATTEMPTS {
        let mut random = [0; 10];
        getrandom::fill(&mut random).map_err(|error| StoreError::retry(OPERATION, error.to_string()))?;
        let code = OneTimeCode::from_random(random);
        let record = CodeRecord::new(&code, secret, office, handed_out_by, now);
        if codes.keep_code(&record, now).await? {
            return Ok((code, record));
        }
    }
    Err(StoreError::retry(OPERATION, "every place that was tried is taken"))
}
