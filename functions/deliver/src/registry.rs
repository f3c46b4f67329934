//! The offices, and the receiver profiles they name, as this process has seen them in the last minute.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use exchange::Office;
use jiff::{SignedDuration, Timestamp};
use standard::{OfficeNumber, Profile, ProfileId};

/// How long an entry counts. A revocation holds for what is stored a minute after it or later, so a longer time would let a revoked key pass; the rest of
/// the minute is for the operator's own write and for clocks that differ.
const FRESH: SignedDuration = SignedDuration::from_secs(45);

/// Entries are swept when there are so many.
const SWEEP_AT: usize = 4_096;

/// Offices by number.
pub(crate) type Registry = Recent<OfficeNumber, Office>;

/// Receiver profiles by name; none where there is no readable one of that name.
pub(crate) type Profiles = Recent<ProfileId, Option<Arc<Profile>>>;

/// What was read in the last minute.
pub(crate) struct Recent<K, V>(Mutex<HashMap<K, (Timestamp, V)>>);

impl<K: Eq + Hash + Clone, V: Clone> Recent<K, V> {
    /// All of these, if every one is known and fresh.
    pub(crate) fn fresh(&self, keys: &[K], now: Timestamp) -> Option<Vec<V>> {
        let entries = self.entries();
        keys.iter().map(|key| entries.get(key).filter(|(read, _)| is_fresh(*read, now)).map(|(_, value)| value.clone())).collect()
    }

    /// Keeps what was read just now.
    pub(crate) fn keep(&self, read: impl IntoIterator<Item = (K, V)>, now: Timestamp) {
        let mut entries = self.entries();
        if entries.len() >= SWEEP_AT {
            entries.retain(|_, (read, _)| is_fresh(*read, now));
        }
        entries.extend(read.into_iter().map(|(key, value)| (key, (now, value))));
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<K, (Timestamp, V)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

/// A clock that was set back makes an entry's age negative: not fresh.
fn is_fresh(read: Timestamp, now: Timestamp) -> bool {
    let age = now.duration_since(read);
    !age.is_negative() && age < FRESH
}
