//! Notices that are due to be sent: in the index `by_due` from the write that makes them.

use aws_sdk_dynamodb::types::AttributeValue;
use exchange::Notice;
use jiff::Timestamp;

use super::conditions::update_refused;
use super::items::{self, DUE_SHARDS, Item};
use super::notices::NoticeItem;
use super::{DynamoLedger, text};
use crate::StoreError;
use crate::ledger::{Listing, Page};
use crate::outgoing::{Outgoing, Progress};
use crate::sdk::classify;

impl DynamoLedger {
    /// A page of the index, and in a second call what it leads to.
    pub(super) async fn list_due_notices(&self, page: Page) -> Result<Listing<Outgoing>, StoreError> {
        let now = page.now;
        let Listing { items, next_cursor } = self.page_of_due(page, shard).await?;
        let key = |due: &super::due::Due| Item::from([("pk".to_owned(), text(&due.pk)), ("sk".to_owned(), text(&due.sk))]);
        let mut found = Vec::with_capacity(items.len());
        for item in self.read_items(items.iter().map(key).collect()).await? {
            let item: NoticeItem = items::record(item)?;
            // the index may lag behind
            let due_at = item.due.as_deref().map(due_at).transpose()?.filter(|due_at| due_at.as_millisecond() <= now.as_millisecond());
            if let Some(due_at) = due_at {
                found.push(Outgoing { due_at, progress: item.progress.unwrap_or_default(), notice: item.notice() });
            }
        }
        found.sort_by_key(|outgoing| outgoing.due_at);
        Ok(Listing { items: found, next_cursor })
    }

    pub(super) async fn change_notice_due(&self, seen: &Outgoing, next: Option<(Timestamp, Progress)>) -> Result<(), StoreError> {
        const OPERATION: &str = "ledger.set_notice_due";
        let (_, due) = notice_due(&seen.notice, seen.due_at);
        let request =
            self.update(NoticeItem::key(&seen.notice)).condition_expression("due = :seen").expression_attribute_values(":seen", text(due));
        let request = match next {
            Some((due_at, progress)) => {
                let (_, due) = notice_due(&seen.notice, due_at);
                let progress = AttributeValue::M(items::item(&progress)?);
                request
                    .update_expression("SET due = :due, progress = :progress")
                    .expression_attribute_values(":due", text(due))
                    .expression_attribute_values(":progress", progress)
            }
            None => request.update_expression("REMOVE due_shard, due, progress"),
        };
        match request.send().await {
            Ok(_) => Ok(()),
            // another run was faster
            Err(error) if update_refused(&error).is_some() => Ok(()),
            Err(error) => Err(classify(OPERATION, error)),
        }
    }
}

/// Where a notice that is due then stands in the index `by_due`: partition and sort key. An office's stand in one partition, in their order.
pub(super) fn notice_due(notice: &Notice, due_at: Timestamp) -> (String, String) {
    (shard(items::spread_office(&notice.office) % DUE_SHARDS), items::moment(due_at, &format!("{}#{}", notice.office, notice.id())))
}

/// Partition of the index `by_due` that holds notices.
fn shard(shard: u8) -> String {
    format!("notice#{shard}")
}

fn due_at(due: &str) -> Result<Timestamp, StoreError> {
    let moment = due.split('#').next().and_then(|moment| moment.parse().ok());
    moment.ok_or_else(|| StoreError::unreadable("ledger.due_notices", "a due key without a moment"))
}
