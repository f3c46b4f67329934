//! The port for what counts once: one-time codes and the tokens that were used for a call that gives something away.

use async_trait::async_trait;
use exchange::{CODE_HOLDS, Office, OneTimeCode, Secret};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use standard::OfficeNumber;

use crate::StoreError;
use crate::ledger::Revision;

/// Where codes and spent tokens are kept. Every method is one call to the database, and every write is conditional.
#[async_trait]
pub trait Codes: Send + Sync + 'static {
    /// Keeps a code; false, and nothing is written, where the office has a code that can still be used and begins with the same four characters.
    async fn keep_code(&self, code: &CodeRecord, now: Timestamp) -> Result<bool, StoreError>;

    /// Counts one more try at the office's code that begins so and gives the code, to be compared; none where there is none that can be used. Counted
    /// before it is compared: tries at once are counted all.
    async fn try_code(&self, office: &OfficeNumber, first_four: &str, now: Timestamp) -> Result<Option<CodeRecord>, StoreError>;

    /// Spends the code and writes the office's entry in place of the one that was read, both or neither.
    async fn enrol(&self, code: &CodeRecord, office: &Office, read: Revision) -> Result<Enrolled, StoreError>;

    /// Marks a token of the office as used, for as long as it holds; false where it was. A call whose answer was lost on the way may have marked it.
    async fn spend_token(&self, office: &OfficeNumber, jti: &str, void_after: Timestamp) -> Result<bool, StoreError>;
}

/// A one-time code as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeRecord {
    /// Whose devices it lets in.
    pub office: OfficeNumber,
    /// What it begins with.
    pub first_four: String,
    /// Its keyed digest ([`OneTimeCode::digest`]) in hex.
    pub digest: String,
    /// How often it was tried.
    pub tries: u8,
    /// Whether a device was let in with it.
    pub used: bool,
    /// The key of the device that handed it out; none for an operator's. It is void once that key is revoked.
    #[serde(default)]
    pub handed_out_by: Option<String>,
    /// The first second it can't be used any more.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub expires_at: Timestamp,
}

/// What enrolling did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enrolled {
    /// The code is spent, the entry is written.
    Written,
    /// The code was spent, or replaced, meanwhile.
    CodeGone,
    /// Somebody else wrote the entry: read it again.
    OfficeChanged,
}

impl CodeRecord {
    /// The record of a fresh code.
    pub fn new(code: &OneTimeCode, secret: &Secret, office: &OfficeNumber, handed_out_by: Option<&str>, now: Timestamp) -> CodeRecord {
        // in whole seconds, as it is kept
        let until = now.as_second().saturating_add(CODE_HOLDS.as_secs());
        CodeRecord {
            office: *office,
            first_four: code.first_four().to_owned(),
            digest: hex::encode(code.digest(secret, office)),
            tries: 0,
            used: false,
            handed_out_by: handed_out_by.map(str::to_owned),
            expires_at: Timestamp::from_second(until).unwrap_or(Timestamp::MAX),
        }
    }
}
