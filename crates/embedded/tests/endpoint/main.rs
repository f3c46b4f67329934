//! The S3 endpoint and the event queue, spoken to by the real AWS SDK and by raw HTTP.

mod access;
mod browser;
mod copying;
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
