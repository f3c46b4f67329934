//! The function as its callers see it, on the stores in memory.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "the helpers of tests may stop at the first surprise, as tests do")]

mod announcing;
mod desk;
mod devices;
mod frame;
mod inbox;
mod openapi;
mod paging;
mod post;
mod sent;
mod tokens;
mod view;
