//! Codes whose calls may fail.

use async_trait::async_trait;
use exchange::Office;
use jiff::Timestamp;
use standard::OfficeNumber;

use super::FaultyLedger;
use crate::{CodeRecord, Codes, Enrolled, Revision, StoreError};

#[async_trait]
impl<L: Codes> Codes for FaultyLedger<L> {
    async fn keep_code(&self, code: &CodeRecord, now: Timestamp) -> Result<bool, StoreError> {
        self.1.through("codes.keep_code", self.0.keep_code(code, now)).await
    }
    async fn try_code(&self, office: &OfficeNumber, first_four: &str, now: Timestamp) -> Result<Option<CodeRecord>, StoreError> {
        self.1.through("codes.try_code", self.0.try_code(office, first_four, now)).await
    }
    async fn enrol(&self, code: &CodeRecord, office: &Office, read: Revision) -> Result<Enrolled, StoreError> {
        self.1.through("codes.enrol", self.0.enrol(code, office, read)).await
    }
    async fn spend_token(&self, office: &OfficeNumber, jti: &str, void_after: Timestamp) -> Result<bool, StoreError> {
        self.1.through("codes.spend_token", self.0.spend_token(office, jti, void_after)).await
    }
}
