//! What SQS answers about the event queue, as far as the exchange asks it: an event is told again, dead letters are moved back. Source: AWS, "Amazon SQS
//! API Reference", AWS JSON protocol.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::queue::{Queue, StorageError};

/// What operations begin with.
pub(crate) const TARGET: &str = "AmazonSQS.";
/// What requests are signed for.
pub(crate) const SERVICE: &str = "sqs";

/// What the paths of the queues' URLs end with.
pub(crate) const EVENTS: &str = "renkei-events";
pub(crate) const DEAD_LETTERS: &str = "renkei-dead-letters";

/// The event queue in front.
#[derive(Clone)]
pub(crate) struct Sqs {
    queue: Queue,
    /// How many dead letters the last task moved.
    moved: Arc<AtomicUsize>,
}

/// Why SQS refuses.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SqsError {
    #[error("the request is not of this operation's shape")]
    Shape,
    #[error("the queue isn't one that takes this operation")]
    NoSuchQueue,
    #[error("the operation is not offered by the embedded exchange")]
    Unsupported,
    #[error("the queue failed: {0}")]
    Storage(#[from] StorageError),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    queue_url: Option<String>,
    message_body: Option<String>,
    source_arn: Option<String>,
}

impl Sqs {
    pub(crate) fn new(queue: Queue) -> Self {
        Self { queue, moved: Arc::default() }
    }

    /// Does one operation.
    pub(crate) async fn run(&self, operation: &str, body: &[u8]) -> Result<Value, SqsError> {
        let Request { queue_url, message_body, source_arn } = serde_json::from_slice(body).map_err(|_| SqsError::Shape)?;
        let named = |name: Option<String>, wanted: &str| {
            let last = name.as_deref().and_then(|name| name.rsplit(['/', ':']).next()).map(|last| last == wanted);
            if last == Some(true) { Ok(()) } else { Err(SqsError::NoSuchQueue) }
        };
        match operation {
            "SendMessage" => {
                named(queue_url, EVENTS)?;
                let id = self.queue.send(message_body.ok_or(SqsError::Shape)?, Duration::ZERO).await?;
                Ok(json!({"MessageId": id.to_string()}))
            }
            "GetQueueAttributes" => {
                named(queue_url, DEAD_LETTERS)?;
                Ok(json!({"Attributes": {"QueueArn": format!("arn:aws:sqs:local:000000000000:{DEAD_LETTERS}")}}))
            }
            "StartMessageMoveTask" => {
                named(source_arn, DEAD_LETTERS)?;
                self.moved.store(self.queue.redrive().await?, Ordering::SeqCst);
                Ok(json!({"TaskHandle": "moved"}))
            }
            "ListMessageMoveTasks" => {
                named(source_arn, DEAD_LETTERS)?;
                let moved = self.moved.load(Ordering::SeqCst);
                Ok(json!({"Results": [{"Status": "COMPLETED", "ApproximateNumberOfMessagesMoved": moved, "StartedTimestamp": 0}]}))
            }
            _ => Err(SqsError::Unsupported),
        }
    }
}

impl SqsError {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Storage(_) => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Shape => "InvalidParameterValue",
            Self::NoSuchQueue => "QueueDoesNotExist",
            Self::Unsupported => "UnsupportedOperation",
            Self::Storage(_) => "InternalFailure",
        }
    }
}
