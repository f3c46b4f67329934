//! The report as one page: no script, nothing from elsewhere.

use askama::Template;

use super::report::{CodeReport, Report};
use crate::error::KitError;

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    report: &'a Report,
    version: &'static str,
}

impl Report {
    /// The report as an HTML page, Japanese with English beside it.
    ///
    /// # Errors
    /// When the page can't be written.
    pub fn html(&self) -> Result<String, KitError> {
        Ok(Page { report: self, version: env!("CARGO_PKG_VERSION") }.render()?)
    }
}

impl CodeReport {
    /// How much of the table was seen.
    fn percent(&self) -> usize {
        100 * self.seen / self.of.max(1)
    }
}
