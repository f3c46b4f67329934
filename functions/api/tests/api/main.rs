//! The function as its callers see it, on the stores in memory.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "the helpers of tests may stop at the first surprise, as tests do")]

mod desk;
mod devices;
mod frame;
mod notices;
mod openapi;
mod paging;
mod settings;
mod tokens;
