//! The command as its callers see it: exit codes, stdout, stderr.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "test code throughout; the lints' own exemption covers test functions, not their helpers"
)]

mod admin;
mod code;
mod convert;
mod demo;
mod device;
mod directory;
mod explain;
mod import;
mod keys;
mod kit;
mod ledger;
mod local;
mod notices;
mod partners;
mod place;
mod post;
mod resume;
mod signed;
mod stand_in;
mod usage;
mod validate;
mod validate_sets;
mod watch;
