//! Notices on their way out, pure: sent at once, then tried again for a day.

use exchange::Notice;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How often a notice is tried to be sent: at once, and again after 1, 2, 4, … 256 minutes, 8 hours, and 8 hours more. That is a day.
pub const MOST_TRIES: u8 = 12;

/// The longest pause before it is tried again.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(8);

/// How long a notice waits for a webhook that takes none, without being tried itself.
pub const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A notice that is due to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// What is told.
    pub notice: Notice,
    /// When it was due, to the millisecond.
    pub due_at: Timestamp,
    /// How far it came.
    pub progress: Progress,
}

/// How far the sending of a notice came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Tries that left something open.
    pub tries: u8,
    /// It is on the operators' bus.
    pub published: bool,
    /// The office's webhook took it.
    pub posted: bool,
}

impl Progress {
    /// After one more try that left something open: when it is tried again. None: that was the last one.
    #[must_use]
    pub fn tried(self, now: Timestamp) -> Option<(Timestamp, Progress)> {
        let tries = self.tries.saturating_add(1);
        let pause = SignedDuration::from_mins(1 << u32::from(tries - 1).min(16)).min(LONGEST_PAUSE);
        let next = now.checked_add(pause).ok()?;
        (tries < MOST_TRIES).then_some((next, Progress { tries, ..self }))
    }
}

impl Outgoing {
    /// Not tried, for its office's webhook takes no notice before `until`: due then, with as many tries left. None: it has waited too long for that.
    #[must_use]
    pub fn waits(&self, until: Timestamp, progress: Progress) -> Option<(Timestamp, Progress)> {
        (until.duration_since(self.notice.at) <= LONGEST_WAIT).then_some((until, progress))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_tried_for_a_day_with_pauses_that_double() {
        let first: Timestamp = "2026-04-10T00:00:00Z".parse().unwrap();
        let mut tries = vec![0];
        let (mut now, mut progress) = (first, Progress { published: true, ..Progress::default() });
        while let Some((next, after)) = progress.tried(now) {
            assert_eq!((after.tries, after.published, after.posted), (progress.tries + 1, true, false));
            (now, progress) = (next, after);
            tries.push(now.duration_since(first).as_mins());
        }
        assert_eq!(tries, [0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 991, 1_471], "minutes after the first");
        assert_eq!(tries.len(), usize::from(MOST_TRIES));
    }
}
