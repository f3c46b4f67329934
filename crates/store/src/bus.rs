//! The port for the bus on which operators' own programs hear what offices are told; and its adapter, EventBridge.

use async_trait::async_trait;
use aws_config::BehaviorVersion;
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use jiff::Timestamp;

use crate::StoreError;
use crate::connect::{MissingSetting, timeouts};
use crate::sdk::classify;

/// How many events go in one call.
pub const EVENTS_AT_ONCE: usize = 10;

/// What rules know the exchange's events by.
const SOURCE: &str = "renkei";

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusEvent {
    /// Its type, which rules go by.
    pub kind: String,
    /// When it came about.
    pub time: Timestamp,
    /// What it says: JSON.
    pub detail: String,
}

/// A bus.
#[async_trait]
pub trait EventBus: Send + Sync {
    /// Puts up to [`EVENTS_AT_ONCE`] events on the bus; for each, in their order, nothing, or the code by which it was not taken.
    async fn put(&self, events: &[BusEvent]) -> Result<Vec<Option<String>>, StoreError>;
}

/// A bus of EventBridge.
#[derive(Debug, Clone)]
pub struct EventBridge {
    client: Client,
    bus: String,
}

impl EventBridge {
    /// The variable that names the bus, or is empty where there is none.
    pub const VARIABLE: &'static str = "RENKEI_EVENT_BUS";

    /// Connects, as the AWS SDK's own variables say, to the bus that the variable names; none where it names none.
    ///
    /// # Errors
    /// The variable is not set, or no region is.
    pub async fn connect() -> Result<Option<Self>, MissingSetting> {
        let bus = std::env::var(Self::VARIABLE).map_err(|_| MissingSetting(Self::VARIABLE))?;
        if bus.trim().is_empty() {
            return Ok(None);
        }
        let sdk = aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts()).load().await;
        if sdk.region().is_none() {
            return Err(MissingSetting("AWS_REGION"));
        }
        Ok(Some(Self { client: Client::new(&sdk), bus }))
    }

    /// Connects to an endpoint by address, with the credentials of others; the environment is not asked.
    #[cfg(feature = "testing")]
    pub fn at(url: &str, endpoints: &crate::Endpoints, bus: impl Into<String>) -> Self {
        Self { client: Client::from_conf(endpoints.eventbridge(url)), bus: bus.into() }
    }
}

#[async_trait]
impl EventBus for EventBridge {
    async fn put(&self, events: &[BusEvent]) -> Result<Vec<Option<String>>, StoreError> {
        const OPERATION: &str = "bus.put";
        let entry = |event: &BusEvent| {
            PutEventsRequestEntry::builder()
                .event_bus_name(&self.bus)
                .source(SOURCE)
                .detail_type(&event.kind)
                .time(DateTime::from_secs(event.time.as_second()))
                .detail(&event.detail)
                .build()
        };
        let answer = self.client.put_events().set_entries(Some(events.iter().map(entry).collect())).send().await;
        let entries = answer.map_err(|error| classify(OPERATION, error))?.entries.unwrap_or_default();
        if entries.len() != events.len() {
            return Err(StoreError::unreadable(OPERATION, "an answer for another number of events"));
        }
        // a call that succeeds may hold events that weren't taken: those without an id
        let code = |code: Option<String>| code.unwrap_or_else(|| "no event id".to_owned());
        Ok(entries.into_iter().map(|entry| if entry.event_id.is_some() { None } else { Some(code(entry.error_code)) }).collect())
    }
}
