//! Which of the schedules' ticks it is.

use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use crate::{Herald, Upkeep};

/// So long before the invocation's end everything stops: a call that hangs is given up by the store after 45 s.
const RESERVE: Duration = Duration::from_secs(50);

/// The function as its schedules call it.
pub struct Function {
    /// What is done every quarter of an hour.
    pub upkeep: Upkeep,
    /// What is done every minute.
    pub herald: Herald,
}

/// A tick that names a task that there isn't.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the schedule's input names a task that there isn't: \"notices\" is the only one")]
pub struct UnknownTask;

impl Function {
    /// Does what a tick asks for, in the time that is left; gives what was done.
    ///
    /// # Errors
    /// Something failed or is stuck, the rest is done; or there is no such task.
    pub async fn handle(&self, tick: &Value, left: Duration) -> Result<Value, lambda_runtime::Error> {
        match task(tick)? {
            Some(Notices) => Ok(serde_json::to_value(self.herald.run().await?.or_ring()?)?),
            None => {
                let deadline = Instant::now() + left.saturating_sub(RESERVE);
                Ok(serde_json::to_value(self.upkeep.run(Some(deadline)).await?.or_ring()?)?)
            }
        }
    }
}

struct Notices;

fn task(tick: &Value) -> Result<Option<Notices>, UnknownTask> {
    match tick.get("task") {
        None => Ok(None),
        Some(Value::String(task)) if task == "notices" => Ok(Some(Notices)),
        Some(_) => Err(UnknownTask),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_tick_is_the_notices_or_the_rests() {
        let check = |tick: Value, wanted| assert_eq!(task(&tick).map(|task| task.is_some()), wanted, "{tick}");
        check(json!({"task": "notices"}), Ok(true));
        check(json!({"version": "0", "detail-type": "Scheduled Event", "source": "aws.events", "detail": {}}), Ok(false));
        check(json!({}), Ok(false));
        check(Value::Null, Ok(false));
        check(json!({"task": "notice"}), Err(UnknownTask));
        check(json!({"task": null}), Err(UnknownTask));
    }
}
