//! The exchange's clock.

use std::sync::Arc;

use jiff::Timestamp;

/// Tells the exchange's time: storing, freshness, licences. It can be set to another day (`renkei local --now`); signatures and deadlines go by the
/// machine's own clock.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self(Arc::new(Timestamp::now))
    }

    /// A clock that shows `start` now and runs on from there.
    pub fn starting_at(start: Timestamp) -> Self {
        let since = std::time::Instant::now();
        Self(Arc::new(move || start.checked_add(since.elapsed()).unwrap_or(Timestamp::MAX)))
    }

    /// A clock that is read from a function: tests set it.
    pub fn from_fn(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}
