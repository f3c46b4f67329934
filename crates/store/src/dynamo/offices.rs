//! Writing an office's entry, alone or in a transaction.

use aws_sdk_dynamodb::types::{AttributeValue, Put};
use exchange::Office;

use super::{DynamoLedger, OfficeItem, items};
use crate::StoreError;
use crate::ledger::Revision;

impl DynamoLedger {
    /// The entry in place of the one that was read.
    pub(super) fn put_office(&self, operation: &'static str, office: &Office, read: Option<Revision>) -> Result<Put, StoreError> {
        let next = read.map_or(1, |revision| revision.0.saturating_add(1));
        let item = items::item(&OfficeItem { office: office.number.to_string(), revision: next, record: office.clone() })?;
        let put = Put::builder().table_name(&self.tables.offices).set_item(Some(item));
        let put = match read {
            None => put.condition_expression("attribute_not_exists(office)"),
            Some(revision) => {
                put.condition_expression("revision = :read").expression_attribute_values(":read", AttributeValue::N(revision.0.to_string()))
            }
        };
        put.build().map_err(|error| StoreError::unreadable(operation, error))
    }
}
