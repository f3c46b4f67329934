//! The function as its callers see it, on the stores in memory.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "the helpers of tests may stop at the first surprise, as tests do")]

mod announcing;
mod codes;
mod desk;
mod devices;
mod frame;
mod inbox;
mod licence;
mod notices;
mod offices;
mod openapi;
mod paging;
mod partners;
mod post;
mod sent;
mod settings;
mod tokens;
mod view;
mod words;
