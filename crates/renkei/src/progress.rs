//! The bar that is shown when something takes longer than a moment. It goes to stderr, and only to a terminal.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Shorter work shows no bar.
const MOMENT: Duration = Duration::from_millis(700);

/// How far some work is. Clones are of the same work.
#[derive(Clone)]
pub(crate) struct Progress {
    bar: ProgressBar,
    started: Instant,
    shown: Arc<AtomicBool>,
}

impl Progress {
    /// Work on so many bytes.
    pub(crate) fn of_bytes(total: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {bytes} / {total_bytes}  {bytes_per_sec}  {eta}") {
            bar.set_style(style);
        }
        Self { bar, started: Instant::now(), shown: Arc::default() }
    }

    /// So many more bytes are done.
    pub(crate) fn add(&self, bytes: u64) {
        self.bar.inc(bytes);
        if self.started.elapsed() > MOMENT && !self.shown.swap(true, Ordering::Relaxed) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    /// How many are done.
    pub(crate) fn position(&self) -> u64 {
        self.bar.position()
    }

    /// What was done since is done again.
    pub(crate) fn back_to(&self, position: u64) {
        self.bar.set_position(position);
    }

    /// Takes the bar away while something else is printed.
    pub(crate) fn pause<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }

    /// Takes the bar away for good.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
