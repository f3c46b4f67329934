//! Plays the event source mapping of Lambda: takes messages from the queue, calls the function with them as SQS would, and deletes what it took.

use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use deliver::{Deliver, handler};
use tokio::sync::watch;
use upkeep::{Herald, Upkeep};

use crate::queue::{MAX_RECEIVES, Message, Queue, StorageError};

/// Messages a batch, as in the template.
pub const BATCH_SIZE: usize = 10;

/// How long a batch may take before its messages come again: six times the function's timeout, as in the template.
pub const VISIBILITY: Duration = Duration::from_secs(360);

/// How long a failed message waits before it comes again, times the receives it has had.
const BACK_OFF: Duration = Duration::from_secs(1);

/// How often the queue is looked at when nothing wakes it.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// How often `upkeep` runs here, and notices are sent. On AWS it is every quarter of an hour, and every minute; a look at an index that holds nothing costs little.
const TICK: Duration = Duration::from_secs(15);

/// Runs until `stop` changes.
pub(crate) async fn run(queue: Queue, deliver: Arc<Deliver>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let worked = match queue.receive(BATCH_SIZE, VISIBILITY).await {
            // only waiting is broken off: a batch that was received is worked off
            Ok(messages) if messages.is_empty() => tokio::select! {
                waited = queue.wait(LOOK_AGAIN) => waited,
                _ = stop.changed() => break,
            },
            Ok(messages) => batch(&queue, &deliver, messages).await,
            Err(error) => Err(error),
        };
        if let Err(error) = worked {
            tracing::error!(%error, "the event queue failed");
            tokio::time::sleep(BACK_OFF).await;
        }
    }
}

/// Plays the schedule: calls `upkeep` at the start and then again and again, until `stop` changes.
pub(crate) async fn tick(upkeep: Upkeep, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = upkeep.run(None).await {
            tracing::error!(%error, "upkeep failed");
        }
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Plays the notices' schedule: sends what is due, again and again, until `stop` changes.
pub(crate) async fn send_notices(herald: Herald, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let sent = tokio::select! {
            sent = herald.run() => sent,
            // what is under way is sent again at the next start
            _ = stop.changed() => break,
        };
        if let Err(error) = sent {
            tracing::error!(%error, "notices weren't sent");
        }
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Takes one batch through the function.
async fn batch(queue: &Queue, deliver: &Arc<Deliver>, messages: Vec<Message>) -> Result<(), StorageError> {
    let mut event = SqsEvent::default();
    event.records = messages.iter().map(sqs_message).collect();
    let failed = match handler::handle(deliver, event, None).await {
        Ok(response) => response.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect(),
        Err(error) => {
            tracing::error!(%error, "a batch failed whole");
            messages.iter().map(|message| message.id.to_string()).collect::<Vec<_>>()
        }
    };
    for message in messages {
        if failed.contains(&message.id.to_string()) {
            if message.receive_count >= MAX_RECEIVES {
                tracing::error!(message_id = message.id, "set aside as a dead letter: it failed {MAX_RECEIVES} times");
            }
            queue.release(&message.receipt, BACK_OFF * message.receive_count).await?;
        } else {
            queue.delete(&message.receipt).await?;
        }
    }
    Ok(())
}

/// The message as SQS hands it to Lambda.
fn sqs_message(message: &Message) -> SqsMessage {
    let mut sqs = SqsMessage::default();
    sqs.message_id = Some(message.id.to_string());
    sqs.receipt_handle = Some(message.receipt.clone());
    sqs.body = Some(message.body.clone());
    sqs.attributes.insert("ApproximateReceiveCount".to_owned(), message.receive_count.to_string());
    sqs.event_source = Some("aws:sqs".to_owned());
    sqs
}
