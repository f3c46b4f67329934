//! Steps that more than one function takes with the ports.

mod cancel;
mod codes;
mod entry;
mod folders;
mod missing;
mod read;
mod report;
mod views;

pub use cancel::{Cancellation, cancel};
pub use codes::hand_out_code;
pub use entry::{enrol, write_office};
pub use folders::clear;
pub use missing::missing_actuals;
pub use read::{LARGE_BYTES, Sheet, is_large, read, read_again};
pub use report::{JSON, as_recorded, document, report};
pub use views::{delivery_view, delivery_views, transmission_view, transmission_views};
