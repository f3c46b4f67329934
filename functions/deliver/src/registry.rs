//! The offices as this process has seen them in the last minute.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use exchange::Office;
use jiff::{SignedDuration, Timestamp};
use standard::OfficeNumber;

/// How long an entry counts. A revocation holds for what is stored a minute after it or later, so a longer time would let a revoked key pass; the rest of
/// the minute is for the operator's own write and for clocks that differ.
const FRESH: SignedDuration = SignedDuration::from_secs(45);

/// Entries are swept when there are so many.
const SWEEP_AT: usize = 4_096;

#[derive(Default)]
pub(crate) struct Registry(Mutex<HashMap<OfficeNumber, (Timestamp, Office)>>);

impl Registry {
    /// All of these offices, if every one is known and fresh.
    pub(crate) fn fresh(&self, numbers: &[OfficeNumber], now: Timestamp) -> Option<Vec<Office>> {
        let entries = self.entries();
        numbers
            .iter()
            .map(|number| entries.get(number).filter(|(read, _)| is_fresh(*read, now)).map(|(_, office)| office.clone()))
            .collect()
    }

    /// Keeps offices that were read just now.
    pub(crate) fn keep(&self, offices: &[Office], now: Timestamp) {
        let mut entries = self.entries();
        if entries.len() >= SWEEP_AT {
            entries.retain(|_, (read, _)| is_fresh(*read, now));
        }
        entries.extend(offices.iter().map(|office| (office.number, (now, office.clone()))));
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<OfficeNumber, (Timestamp, Office)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A clock that was set back makes an entry's age negative: not fresh.
fn is_fresh(read: Timestamp, now: Timestamp) -> bool {
    let age = now.duration_since(read);
    !age.is_negative() && age < FRESH
}
