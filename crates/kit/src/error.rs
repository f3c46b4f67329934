//! Why a kit could not be made.

use standard::{IdentifierError, NotWritten};

/// The kit's own material is at fault: nothing the caller could mend.
#[derive(Debug, thiserror::Error)]
pub enum KitError {
    /// A text of the kit can't be written.
    #[error("a text of the kit can't be written: {0}")]
    Text(#[from] NotWritten),
    /// A number of the kit isn't one.
    #[error("a number of the kit is none: {0}")]
    Identifier(#[from] IdentifierError),
    /// A day of the kit is none.
    #[error("a day of the kit is none: {0}")]
    Day(#[from] jiff::Error),
    /// A template does not fit its data.
    #[error("a page can't be written: {0}")]
    Page(#[from] askama::Error),
    /// A part does not serialize.
    #[error("a part can't be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A defect's table names what its unit does not hold.
    #[error("the defect {name} finds nothing to change in its unit")]
    NothingToChange {
        /// The defect.
        name: &'static str,
    },
    /// Nobody told how to make a unit.
    #[error("the kit has no way to make the unit {0}")]
    UnknownUnit(&'static str),
}
