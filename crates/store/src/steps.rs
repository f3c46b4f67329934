//! Steps that more than one function takes with the ports.

mod cancel;
mod folders;
mod read;
mod report;
mod views;

pub use cancel::{Cancellation, cancel};
pub use folders::clear;
pub use read::{Sheet, read, read_again};
pub use report::{document, report};
pub use views::{delivery_view, transmission_view, transmission_views};
