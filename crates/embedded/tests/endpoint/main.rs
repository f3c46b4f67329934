//! The S3 endpoint and the event queue, spoken to by the real AWS SDK and by raw HTTP.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod access;
mod browser;
mod copying;
mod database;
mod deleting;
mod durability;
mod events;
mod listing;
mod parts;
mod place;
mod queue;
mod reading;
mod signatures;
mod writing;
