//! Where the checks of one record write their findings.

use crate::finding::{Detail, Finding};
use crate::findings::Findings;
use crate::rule::RuleId;

/// The findings of a file, with the place of the record under check.
pub(crate) struct Report<'a> {
    pub(crate) findings: &'a mut Findings,
    pub(crate) line: u64,
    pub(crate) record: u64,
    /// Where the record starts in the file.
    pub(crate) offset: u64,
}

impl Report<'_> {
    /// A finding about the record.
    #[cold]
    pub(crate) fn record(&mut self, rule: RuleId, detail: Detail) {
        self.findings.push(Finding { rule, line: Some(self.line), record: Some(self.record), field: None, detail });
    }

    /// A finding about one item of it.
    #[cold]
    pub(crate) fn item(&mut self, rule: RuleId, no: u16, detail: Detail) {
        self.findings.push(Finding { rule, line: Some(self.line), record: Some(self.record), field: Some(no), detail });
    }

    /// A finding about a byte of an item, `at` from the record's start.
    #[cold]
    pub(crate) fn byte(&mut self, rule: RuleId, no: u16, at: usize, byte: u8) {
        self.item(rule, no, Detail::Byte { offset: self.offset + at as u64, byte });
    }
}
