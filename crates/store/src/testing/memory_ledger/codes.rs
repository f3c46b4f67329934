//! One-time codes and spent tokens in memory.

use async_trait::async_trait;
use exchange::{MAX_TRIES, Office};
use jiff::Timestamp;
use standard::OfficeNumber;

use super::MemoryLedger;
use crate::{CodeRecord, Codes, Enrolled, Revision, StoreError};

#[async_trait]
impl Codes for MemoryLedger {
    async fn keep_code(&self, code: &CodeRecord, now: Timestamp) -> Result<bool, StoreError> {
        let mut tables = self.tables();
        let place = (code.office, code.first_four.clone());
        let taken = tables.codes.get(&place).is_some_and(|held| is_open(held, now));
        if !taken {
            tables.codes.insert(place, code.clone());
        }
        Ok(!taken)
    }

    async fn try_code(&self, office: &OfficeNumber, first_four: &str, now: Timestamp) -> Result<Option<CodeRecord>, StoreError> {
        let mut tables = self.tables();
        let Some(code) = tables.codes.get_mut(&(*office, first_four.to_owned())).filter(|code| is_open(code, now)) else { return Ok(None) };
        code.tries += 1;
        Ok(Some(code.clone()))
    }

    async fn enrol(&self, code: &CodeRecord, office: &Office, read: Revision) -> Result<Enrolled, StoreError> {
        let mut tables = self.tables();
        let place = (code.office, code.first_four.clone());
        if !tables.codes.get(&place).is_some_and(|held| !held.used && held.digest == code.digest) {
            return Ok(Enrolled::CodeGone);
        }
        match tables.offices.get_mut(&office.number) {
            Some((entry, revision)) if *revision == read.0 => {
                entry.clone_from(office);
                *revision += 1;
            }
            _ => return Ok(Enrolled::OfficeChanged),
        }
        if let Some(held) = tables.codes.get_mut(&place) {
            held.used = true;
        }
        Ok(Enrolled::Written)
    }

    async fn spend_token(&self, office: &OfficeNumber, jti: &str, _void_after: Timestamp) -> Result<bool, StoreError> {
        Ok(self.tables().spent.insert((*office, jti.to_owned())))
    }
}

fn is_open(code: &CodeRecord, now: Timestamp) -> bool {
    !code.used && code.tries < MAX_TRIES && code.expires_at.as_second() > now.as_second()
}
