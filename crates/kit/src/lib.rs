//! The vendor kit: sample units of the national care-plan data standard for software that imports them, and the judging of what software exports.
//! Pure: no I/O, no clock, no async.
//!
//! ```
//! use kit::Kit;
//! use kit::review::{Review, Verdict};
//!
//! let kit = Kit::generate(1).unwrap();
//! let slip = kit.units.iter().find(|unit| unit.folder == "valid/SLIP").unwrap();
//! let mut review = Review::new();
//! for (file, name) in slip.files.iter().zip(slip.names()) {
//!     let mut reading = review.open("exported", name).unwrap();
//!     reading.push(&file.bytes);
//!     review.close(reading);
//! }
//! assert_eq!(review.finish().verdict, Verdict::Passed);
//! ```
//!
//! # How it hangs together
//! ```text
//! layouts ─ filler ─┐
//! world, texts ─────┴ units ─ Draft ┬──────────► valid/
//!                                   └ defects ─► bad/, and the findings each must give
//! files ─ FileReview (Checker, Coverage) ─ assemble ─► Report ─► JSON, page
//! ```
//!
//! | module | holds |
//! |---|---|
//! | `world` `texts` `image` | invented offices, persons and texts, with every trap of MS932 and CSV |
//! | `filler` | a record of any layout, from forms, codes, lengths and what is required |
//! | `units` | what makes files a unit: same persons, dates, months; totals; pictures |
//! | `record` `draft` | a record and a unit before they are written, and how they are |
//! | `valid` `defects` | the tables of valid and of defective units |
//! | `expected` `advice` | the findings a unit must give, and what a receiver should do about them |
//! | `kit` `guide` | the folder put together, with index and README |
//! | `pattern` | the vendor-test patterns D1 to D7 |
//! | [`review`] | verdicts on a vendor's exports |
//!
//! # What holds
//! - **The same seed gives the same bytes.**
//! - **The kit and the validator agree**: a valid unit has no finding, a defective one exactly those written beside it (`tests/units.rs`). The
//!   expected findings follow from what was changed; the validator has no part in making them.
//! - **Nobody is real**: prefectures, postal codes and telephone numbers don't exist.
//! - **A report holds no cell's content**: counts, places, names of files, and codes of the standard's tables.

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
