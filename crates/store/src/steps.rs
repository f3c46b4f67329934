//! Steps that more than one function takes with the ports.

mod cancel;
mod folders;
mod read;
mod report;

pub use cancel::{Cancellation, cancel};
pub use folders::clear;
pub use read::{LARGE_BYTES, Sheet, is_large, read, read_again};
pub use report::{JSON, as_recorded, document, report};
