//! The vendor kit. Pure.

mod advice;
mod defects;
mod draft;
mod error;
mod expected;
mod filler;
mod guide;
mod image;
mod kit;
mod pattern;
mod record;
pub mod review;
mod texts;
mod units;
mod valid;
mod world;

pub use error::KitError;
pub use expected::{ExpectedFinding, ExpectedUnit};
pub use kit::{Kit, KitFile, KitUnit};
pub use pattern::Pattern;
