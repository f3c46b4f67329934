//! Steps that more than one function takes with the ports.

mod cancel;
mod codes;
mod entry;
mod folders;
mod import;
mod licences;
mod missing;
mod partners;
mod patience;
mod read;
mod report;
mod search;
mod tell;
mod views;

pub use cancel::{Cancellation, cancel};
pub use codes::hand_out_code;
pub use entry::{enrol, write_office};
pub use folders::clear;
pub use import::{Import, Imported};
pub use licences::{Application, apply_free_pass, grant_licence, known_campaigns, licence, put_campaign};
pub use missing::missing_actuals;
pub use partners::partners;
pub use read::{LARGE_BYTES, Sheet, is_large, read, read_again};
pub use report::{JSON, as_recorded, document, report};
pub use search::{adoption, count_adoption, count_together, office_view, search_offices};
pub use tell::{acknowledge, tell, tell_sender};
pub use views::{delivery_among, delivery_view, delivery_views, transmission_view, transmission_views};
