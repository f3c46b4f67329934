//! Files of the standard as JSON and back.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "the helpers of tests may stop at the first surprise, as tests do")]

mod any_record;
mod fixtures;
mod problems;
mod schemas;
mod way;
