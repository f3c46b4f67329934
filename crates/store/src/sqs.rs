//! The queue of events in SQS, or in whatever speaks its protocol; and the dead letters that are driven back into it.

use std::time::Duration;

use async_trait::async_trait;
use aws_config::BehaviorVersion;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;
use backon::{ConstantBuilder, Retryable};

use crate::StoreError;
use crate::connect::{Endpoints, MissingSetting, read, timeouts};
use crate::queue::Queue;
use crate::sdk::classify;

/// How long is waited for dead letters to be moved, looked at every second: SQS moves 500 a second at most.
const PATIENCE: ConstantBuilder = ConstantBuilder::new().with_delay(Duration::from_secs(1)).with_max_times(900);

/// What SQS says while a task runs.
const RUNNING: &str = "RUNNING";

/// One queue of a deployment.
#[derive(Debug, Clone)]
pub struct SqsQueue {
    client: Client,
    url: String,
}

impl SqsQueue {
    /// The variable that names the queue where the bucket tells of uploads.
    pub const VARIABLE: &'static str = "RENKEI_QUEUE_URL";

    /// The variable that names the queue where events end that failed too often.
    pub const DEAD_LETTERS: &'static str = "RENKEI_DEAD_LETTER_QUEUE_URL";

    /// Connects, as the AWS SDK's own variables say, to the queue that a variable names.
    ///
    /// # Errors
    /// The variable is not set, or no region is.
    pub async fn connect(variable: &'static str) -> Result<Self, MissingSetting> {
        let url = read(&|name| std::env::var(name).ok(), variable)?;
        let sdk = aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts()).load().await;
        if sdk.region().is_none() {
            return Err(MissingSetting("AWS_REGION"));
        }
        Ok(Self { client: Client::new(&sdk), url })
    }

    /// Connects to endpoints by address; the environment is not asked.
    pub fn at(endpoints: &Endpoints, url: impl Into<String>) -> Self {
        Self { client: Client::from_conf(endpoints.sqs()), url: url.into() }
    }

    /// Moves what this queue, one of dead letters, holds back to where it came from, and waits until that is done. Gives how many were moved.
    ///
    /// # Errors
    /// SQS's: no permission, no queue, or another such task is under way.
    pub async fn redrive(&self) -> Result<u64, StoreError> {
        const OPERATION: &str = "queue.redrive";
        let request = self.client.get_queue_attributes().queue_url(&self.url).attribute_names(QueueAttributeName::QueueArn);
        let output = request.send().await.map_err(|error| classify(OPERATION, error))?;
        let arn = output.attributes.unwrap_or_default().remove(&QueueAttributeName::QueueArn);
        let arn = arn.ok_or_else(|| StoreError::unreadable(OPERATION, "an answer without the queue's ARN"))?;
        self.client.start_message_move_task().source_arn(&arn).send().await.map_err(|error| classify(OPERATION, error))?;
        let moved = || async {
            let request = self.client.list_message_move_tasks().source_arn(&arn).max_results(1);
            let output = request.send().await.map_err(|error| classify(OPERATION, error))?;
            let task = output.results.unwrap_or_default().into_iter().next();
            let task = task.ok_or_else(|| StoreError::unreadable(OPERATION, "an answer without the task"))?;
            match task.status.as_deref() {
                Some("COMPLETED") => Ok(u64::try_from(task.approximate_number_of_messages_moved).unwrap_or_default()),
                Some(RUNNING) => Err(StoreError::retry(OPERATION, RUNNING)),
                _ => Err(StoreError::Refused {
                    operation: OPERATION,
                    detail: task.failure_reason.unwrap_or_else(|| "the task was cancelled".to_owned()),
                    source: None,
                }),
            }
        };
        moved.retry(PATIENCE).when(|error| matches!(error, StoreError::Retry { detail, .. } if detail == RUNNING)).await
    }
}

#[async_trait]
impl Queue for SqsQueue {
    async fn send(&self, event: String) -> Result<(), StoreError> {
        let answer = self.client.send_message().queue_url(&self.url).message_body(event).send().await;
        answer.map(drop).map_err(|error| classify("queue.send", error))
    }
}
