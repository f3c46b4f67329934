//! Offices and a transmission's row, all in one call.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use backon::{ExponentialBuilder, Retryable};
use exchange::TransmissionId;
use standard::OfficeNumber;

use super::items;
use super::{DynamoLedger, OfficeItem, office_key};
use crate::StoreError;
use crate::ledger::LookUp;
use crate::sdk::classify;

impl DynamoLedger {
    pub(super) async fn find(&self, offices: &[OfficeNumber], transmission: Option<&TransmissionId>) -> Result<LookUp, StoreError> {
        if offices.is_empty() && transmission.is_none() {
            return Ok(LookUp::default());
        }
        // the SDK retries what fails; keys that a successful answer left out are for the caller to ask again
        let ask = || self.batch_get(offices, transmission);
        ask.retry(ExponentialBuilder::default().with_max_times(3))
            .when(|error| matches!(error, StoreError::Retry { detail, .. } if detail == "UnprocessedKeys"))
            .await
    }

    async fn batch_get(&self, offices: &[OfficeNumber], transmission: Option<&TransmissionId>) -> Result<LookUp, StoreError> {
        const OPERATION: &str = "ledger.look_up";
        let built = |error| StoreError::unreadable(OPERATION, error);
        let mut request = self.client.batch_get_item();
        if !offices.is_empty() {
            // the service refuses a request that names a key twice
            let offices: BTreeSet<_> = offices.iter().collect();
            let keys = offices.into_iter().map(office_key).collect();
            request = request.request_items(
                &self.tables.offices,
                KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build().map_err(built)?,
            );
        }
        if let Some(id) = transmission {
            let keys = KeysAndAttributes::builder().keys(items::transmission_key(id)).consistent_read(true).build().map_err(built)?;
            request = request.request_items(&self.tables.ledger, keys);
        }
        let output = request.send().await.map_err(|error| classify(OPERATION, error))?;
        if output.unprocessed_keys().is_some_and(|keys| !keys.is_empty()) {
            return Err(StoreError::retry(OPERATION, "UnprocessedKeys"));
        }
        let mut found = output.responses.unwrap_or_default();
        let rows = found.remove(&self.tables.ledger).unwrap_or_default();
        let offices = found.remove(&self.tables.offices).unwrap_or_default();
        Ok(LookUp {
            offices: offices.into_iter().map(|item| items::record::<OfficeItem>(item).map(|read| read.record)).collect::<Result<_, _>>()?,
            transmission: rows.into_iter().next().map(items::row).transpose()?,
        })
    }
}
