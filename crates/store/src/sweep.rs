//! The search through the outboxes for uploads that no event told of.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::files::{ListedVersion, VersionPlace};

/// So long an event may be under way before its upload is looked for.
pub const UNDER_WAY: SignedDuration = SignedDuration::from_hours(1);

/// How often the outboxes are gone through: an upload is found, and its set completed, well within the day that a set waits.
pub const SWEEP_EVERY: SignedDuration = SignedDuration::from_hours(6);

/// So long an upload in parts, which is listed with the time it was begun, may take: the bucket ends it after a day.
const IN_PARTS: SignedDuration = SignedDuration::from_hours(25);

/// One way through the outboxes, and how far it has come. What was stored from `since` on and before `until` is held against the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sweep {
    /// The first moment that is looked at.
    pub since: Timestamp,
    /// The first moment that is not.
    pub until: Timestamp,
    /// Where the listing goes on; none at its start, and when it is over.
    pub place: Option<VersionPlace>,
    /// It went through all of it.
    pub over: bool,
    /// Something could not be looked at: the next looks at all of it again.
    pub left: bool,
}

impl Sweep {
    /// The first one: of all that there is.
    pub fn first(now: Timestamp) -> Self {
        Self { since: Timestamp::UNIX_EPOCH, until: before(now, UNDER_WAY), place: None, over: false, left: false }
    }

    /// What is to be done now: this one, where it isn't over, or the next, where it is time for it.
    pub fn due(self, now: Timestamp) -> Option<Self> {
        if !self.over {
            return Some(self);
        }
        let until = before(now, UNDER_WAY);
        let is_time = until.duration_since(self.until) >= SWEEP_EVERY;
        let since = if self.left { self.since } else { self.until };
        is_time.then_some(Self { since, until, place: None, over: false, left: false })
    }

    /// Whether it looks at this upload: every one is looked at once, but one in parts as long as it may have been finished since the search before.
    pub fn looks_at(&self, upload: &ListedVersion) -> bool {
        let since = if upload.in_parts { before(self.since, IN_PARTS) } else { self.since };
        since <= upload.stored_at && upload.stored_at < self.until
    }

    /// The same, so far on; `left`: something on the way could not be looked at.
    pub fn at(self, place: Option<VersionPlace>, left: bool) -> Self {
        Self { over: place.is_none(), place, left: self.left || left, ..self }
    }
}

fn before(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_sub(by).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_between_one_and_the_next() {
        let hours = |hours: i64| "2026-04-10T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hours);
        let upload = |stored_at, in_parts| ListedVersion { key: String::new(), version: String::new(), size_bytes: 0, stored_at, in_parts };
        let first = Sweep::first(hours(0));
        assert!(first.looks_at(&upload(Timestamp::UNIX_EPOCH, false)) && first.looks_at(&upload(hours(-2), false)));
        assert!(!first.looks_at(&upload(hours(-1), false)), "what is under way is left to its event");
        let place = VersionPlace { key: "outbox/0370100018/a".to_owned(), version: Some("v1".to_owned()) };
        let half_way = first.clone().at(Some(place), false);
        assert_eq!(half_way.clone().due(hours(48)), Some(half_way), "it goes on where it was");
        let over = first.clone().at(None, false);
        assert_eq!(over.clone().due(hours(6) - SignedDuration::from_secs(1)), None);
        let next = over.due(hours(6)).unwrap();
        assert_eq!((next.since, next.until), (hours(-1), hours(5)));
        assert!(next.looks_at(&upload(hours(-1), false)) && !next.looks_at(&upload(hours(-2), false)));
        assert!(next.looks_at(&upload(hours(-26), true)) && !next.looks_at(&upload(hours(-27), true)));
        let left = first.at(None, true).due(hours(6)).unwrap();
        assert_eq!((left.since, left.left), (Timestamp::UNIX_EPOCH, false), "what was left is looked at again");
    }
}
