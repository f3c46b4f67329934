//! Offices and a transmission's row, all in one call.

use std::collections::BTreeSet;

use exchange::TransmissionId;
use standard::OfficeNumber;

use super::DynamoLedger;
use super::items;
use super::offices::{OfficeItem, office_key};
use crate::StoreError;
use crate::ledger::LookUp;

impl DynamoLedger {
    pub(super) async fn find(&self, offices: &[OfficeNumber], transmission: Option<&TransmissionId>) -> Result<LookUp, StoreError> {
        // the service refuses a request that names a key twice
        let offices: BTreeSet<_> = offices.iter().collect();
        let offices = offices.into_iter().map(office_key).collect();
        let row = transmission.into_iter().map(items::transmission_key).collect();
        let mut found = self.batch_get("ledger.look_up", [(&self.tables.offices, offices), (&self.tables.ledger, row)]).await?;
        let rows = found.remove(&self.tables.ledger).unwrap_or_default();
        let offices = found.remove(&self.tables.offices).unwrap_or_default();
        Ok(LookUp {
            offices: offices.into_iter().map(|item| items::record::<OfficeItem>(item).map(|read| read.record)).collect::<Result<_, _>>()?,
            transmission: rows.into_iter().next().map(items::row).transpose()?,
        })
    }
}
