//! Notices, and the deliveries that something is due for.

use async_trait::async_trait;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use exchange::{DeliveryStatus, Notice, TransmissionId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use standard::OfficeNumber;

use super::changes::mark;
use super::conditions::{all_conditions, sort_cancellation};
use super::due::make_due;
use super::items::{self, Item};
use super::listing::just_under;
use super::outgoing::notice_due;
use super::{DynamoLedger, text};
use crate::StoreError;
use crate::ledger::{Listing, Marked, Page, Revision, Saved};
use crate::licence_end::LicenceEnd;
use crate::notices::{Notices, TOLD_FOR};
use crate::outgoing::{Outgoing, Progress};
use crate::records::DeliveryRecord;
use crate::sdk::classify;
use crate::sweep::Sweep;

#[derive(Serialize, Deserialize)]
pub(super) struct NoticeItem {
    pk: String,
    sk: String,
    expires_at: i64,
    notice: Notice,
    /// To the millisecond: what is shown is cut to seconds.
    moment: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due_shard: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) due: Option<String>,
    /// Where it was tried to be sent, and something is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) progress: Option<Progress>,
}

impl NoticeItem {
    /// The notice as it is written first: due to be sent since it came about.
    fn of(notice: &Notice) -> Self {
        let at = &notice.at;
        let (due_shard, due) = notice_due(notice, *at);
        Self {
            pk: partition(&notice.office),
            sk: sort(notice),
            due_shard: Some(due_shard),
            due: Some(due),
            progress: None,
            expires_at: at.as_second().saturating_add(TOLD_FOR.as_secs()),
            notice: notice.clone(),
            moment: *at,
        }
    }

    pub(super) fn key(notice: &Notice) -> Item {
        Item::from([("pk".to_owned(), text(partition(&notice.office))), ("sk".to_owned(), text(sort(notice)))])
    }

    pub(super) fn notice(self) -> Notice {
        Notice { at: self.moment, ..self.notice }
    }
}

fn sort(notice: &Notice) -> String {
    items::moment(notice.at, &format!("{}#{}", notice.about, notice.kind))
}

fn partition(office: &OfficeNumber) -> String {
    format!("N#{office}")
}

#[async_trait]
impl Notices for DynamoLedger {
    async fn notify(&self, notices: &[Notice]) -> Result<(), StoreError> {
        const OPERATION: &str = "ledger.notify";
        let mut writes = Vec::with_capacity(notices.len());
        for notice in notices {
            let put = Put::builder().table_name(&self.tables.ledger).set_item(Some(items::item(&NoticeItem::of(notice))?));
            let put = put.condition_expression("attribute_not_exists(pk)").build();
            writes.push(TransactWriteItem::builder().put(put.map_err(|error| StoreError::unreadable(OPERATION, error))?).build());
        }
        if writes.is_empty() {
            return Ok(());
        }
        match self.client.transact_write_items().set_transact_items(Some(writes)).send().await {
            Ok(_) => Ok(()),
            // they were written together before
            Err(error) if all_conditions(&error) => Ok(()),
            Err(error) => Err(sort_cancellation(OPERATION, error)),
        }
    }

    async fn notices(&self, office: &OfficeNumber, page: Page) -> Result<Listing<Notice>, StoreError> {
        // what has expired is deleted within days, not at once; `~` sorts after every character of a moment
        let since = items::sortable(page.now.checked_sub(TOLD_FOR).unwrap_or(Timestamp::MIN));
        let before = page.cursor.as_deref().map_or_else(|| "~".to_owned(), just_under);
        if before < since {
            return Ok(Listing { items: Vec::new(), next_cursor: None });
        }
        let request = self.client.query().table_name(&self.tables.ledger).scan_index_forward(false);
        let request = request
            .key_condition_expression("pk = :pk AND sk BETWEEN :since AND :before")
            .expression_attribute_values(":pk", text(partition(office)))
            .expression_attribute_values(":since", text(since))
            .expression_attribute_values(":before", text(before));
        let answer = request.limit(i32::try_from(page.limit).unwrap_or(i32::MAX)).send().await;
        let output = answer.map_err(|error| classify("ledger.notices", error))?;
        let found: Vec<NoticeItem> = output.items.unwrap_or_default().into_iter().map(items::record).collect::<Result<_, _>>()?;
        let next_cursor = if found.len() < page.limit { None } else { found.last().map(|last| last.sk.clone()) };
        Ok(Listing { items: found.into_iter().map(NoticeItem::notice).collect(), next_cursor })
    }

    async fn due_deliveries(&self, page: Page) -> Result<Listing<(TransmissionId, OfficeNumber)>, StoreError> {
        self.list_due_deliveries(page).await
    }

    async fn delivery(&self, id: &TransmissionId, recipient: &OfficeNumber) -> Result<Option<DeliveryRecord>, StoreError> {
        let request = self.client.get_item().table_name(&self.tables.ledger).set_key(Some(items::delivery_key(id, recipient)));
        let output = request.consistent_read(true).send().await.map_err(|error| classify("ledger.delivery", error))?;
        output.item.map(items::record).transpose()
    }

    async fn set_delivery_due(&self, delivery: &DeliveryRecord, due_at: Option<Timestamp>) -> Result<(), StoreError> {
        let request = self
            .update(items::delivery_key(&delivery.id, &delivery.address.office))
            .condition_expression("#status = :status AND due_at = :seen")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":status", text(delivery.status.as_str()))
            .expression_attribute_values(":seen", delivery.due_at.map_or(AttributeValue::Null(true), |seen| text(seen.to_string())));
        let due = due_at.map(|due_at| (items::delivery_due(delivery, due_at), due_at));
        make_due("ledger.set_delivery_due", request, due).await.map(drop)
    }

    async fn expire(&self, id: &TransmissionId, recipient: &OfficeNumber) -> Result<Marked, StoreError> {
        let request = self
            .update(items::delivery_key(id, recipient))
            .update_expression("SET #status = :expired")
            .condition_expression("#status = :delivered OR #status = :collected")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":delivered", text(DeliveryStatus::Delivered.as_str()))
            .expression_attribute_values(":collected", text(DeliveryStatus::Collected.as_str()))
            .expression_attribute_values(":expired", text(DeliveryStatus::Expired.as_str()));
        mark("ledger.expire", request, DeliveryRecord::expired).await
    }

    async fn due_licences(&self, page: Page) -> Result<Listing<LicenceEnd>, StoreError> {
        self.list_due_licences(page).await
    }

    async fn set_licence_due(&self, end: &LicenceEnd, due_at: Option<Timestamp>) -> Result<(), StoreError> {
        self.change_licence_due(end, due_at).await
    }

    async fn due_notices(&self, page: Page) -> Result<Listing<Outgoing>, StoreError> {
        self.list_due_notices(page).await
    }

    async fn set_notice_due(&self, seen: &Outgoing, next: Option<(Timestamp, Progress)>) -> Result<(), StoreError> {
        self.change_notice_due(seen, next).await
    }

    async fn sweep(&self) -> Result<Option<(Sweep, Revision)>, StoreError> {
        self.read_sweep().await
    }

    async fn save_sweep(&self, sweep: &Sweep, read: Option<Revision>) -> Result<Saved, StoreError> {
        self.write_sweep(sweep, read).await
    }
}
