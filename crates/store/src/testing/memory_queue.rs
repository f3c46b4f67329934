//! The queue's twin in memory.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use crate::{Queue, StoreError};

/// A queue in memory.
#[derive(Debug, Default)]
pub struct MemoryQueue(Mutex<Vec<String>>);

impl MemoryQueue {
    /// Takes what was sent out of it, oldest first.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Queue for MemoryQueue {
    async fn send(&self, event: String) -> Result<(), StoreError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(event);
        Ok(())
    }
}
