//! A batch of messages: every one counts as failed until it is proven done.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use futures::stream::{self, StreamExt};
use lambda_runtime::Context;
use store::StoreError;
use tokio::time::Instant;
use tracing::{error, info, warn};

use crate::arrive::{Arrival, MalformedEvent, arrivals};
use crate::{Deliver, Ended};

/// How many messages are worked on at a time: each holds one chunk of its file.
const AT_A_TIME: usize = 4;

/// So long before the invocation's end the rest of a batch is handed back, to be answered in time.
const RESERVE: Duration = Duration::from_secs(3);

/// When work must stop so that the answer still gets out.
pub fn deadline(context: &Context) -> Instant {
    let left = context.deadline().duration_since(SystemTime::now()).unwrap_or_default();
    Instant::now() + left.saturating_sub(RESERVE)
}

/// Takes a batch and gives the messages that must come again.
///
/// # Errors
/// A message without an id can't be named as failed: then the whole batch must come again.
pub async fn handle(deliver: &Arc<Deliver>, event: SqsEvent, deadline: Option<Instant>) -> Result<SqsBatchResponse, UnnamedMessage> {
    let mut open: BTreeSet<String> = BTreeSet::new();
    for message in &event.records {
        open.insert(message.message_id.clone().ok_or(UnnamedMessage)?);
    }
    let mut done = stream::iter(event.records)
        .map(|message| {
            let deliver = Arc::clone(deliver);
            async move {
                let id = message.message_id.clone().unwrap_or_default();
                take_message(deliver, message, deadline).await.then_some(id)
            }
        })
        .buffer_unordered(AT_A_TIME);
    while let Some(id) = done.next().await {
        if let Some(id) = id {
            open.remove(&id);
        }
    }
    let mut response = SqsBatchResponse::default();
    for id in open {
        response.add_failure(id);
    }
    Ok(response)
}

/// A message of a batch that has no id.
#[derive(Debug, thiserror::Error)]
#[error("a message of the batch has no id")]
pub struct UnnamedMessage;

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Malformed(#[from] MalformedEvent),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Works on one message in a task of its own: what panics there fails alone. True when all its records are done.
async fn take_message(deliver: Arc<Deliver>, message: SqsMessage, deadline: Option<Instant>) -> bool {
    let id = message.message_id.clone().unwrap_or_default();
    if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
        info!(message_id = id, "handed back: no time left");
        return false;
    }
    let mut task = tokio::spawn(async move { take_records(&deliver, message.body.as_deref().unwrap_or_default()).await });
    let ended = match deadline {
        Some(deadline) => tokio::time::timeout_at(deadline, &mut task).await,
        None => Ok((&mut task).await),
    };
    match ended {
        Ok(Ok(Ok(()))) => true,
        Ok(Ok(Err(Failure::Malformed(cause)))) => {
            error!(message_id = id, %cause, "not an event: will be tried again, then set aside");
            false
        }
        Ok(Ok(Err(Failure::Store(cause)))) if cause.is_passing() => {
            warn!(message_id = id, %cause, "will be tried again");
            false
        }
        Ok(Ok(Err(Failure::Store(cause)))) => {
            error!(message_id = id, %cause, "needs an operator");
            false
        }
        Ok(Err(_)) => {
            error!(message_id = id, "panicked");
            false
        }
        Err(_) => {
            task.abort();
            warn!(message_id = id, "handed back: no time left");
            false
        }
    }
}

/// Takes every record, whatever becomes of the others; the first failure counts for the message.
async fn take_records(deliver: &Deliver, body: &str) -> Result<(), Failure> {
    let mut failed = None;
    for arrival in arrivals(body)? {
        if let Err(failure) = take_record(deliver, arrival).await {
            failed.get_or_insert(failure);
        }
    }
    failed.map_or(Ok(()), Err)
}

async fn take_record(deliver: &Deliver, arrival: Result<Arrival, MalformedEvent>) -> Result<(), Failure> {
    let arrival = arrival?;
    let object = arrival.digest();
    match deliver.take(&arrival).await? {
        Ended::Waiting(id) => info!(%id, object, "waits for other parts"),
        Ended::Delivered(id) => info!(%id, object, "delivered"),
        Ended::Rejected(id, codes) => {
            info!(%id, object, codes = codes.iter().map(|code| code.as_str()).collect::<Vec<_>>().join(" "), "rejected");
        }
        Ended::RejectedAlone(code) => info!(object, code = code.as_str(), office = %arrival.office, "rejected alone"),
        Ended::Duplicate(id) => info!(%id, object, "duplicate: nothing to do"),
    }
    Ok(())
}
