//! All findings of a file: the first hundred listed, every one counted.

use crate::finding::Finding;
use crate::rule::{RuleId, Severity};

/// All findings of a file. The first [`Findings::LISTED`] are kept, all are counted; the size is bounded.
/// Errors come before warnings where there is no room for all: a file must not be refused without saying why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    listed: Vec<Finding>,
    /// Spares looking for one when a file has errors by the million.
    has_listed_warnings: bool,
    by_rule: [u64; RuleId::COUNT],
    errors: u64,
    warnings: u64,
}

impl Findings {
    /// How many findings are listed (contract: outcome).
    pub const LISTED: usize = 100;

    /// No findings.
    pub fn new() -> Findings {
        Findings { listed: Vec::new(), has_listed_warnings: false, by_rule: [0; RuleId::COUNT], errors: 0, warnings: 0 }
    }

    /// Counts a finding, and lists it while there is room.
    pub fn push(&mut self, finding: Finding) {
        match finding.severity() {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
        }
        if let Some(count) = self.by_rule.get_mut(finding.rule as usize) {
            *count += 1;
        }
        self.list(finding);
    }

    fn list(&mut self, finding: Finding) {
        let is_warning = |finding: &Finding| finding.severity() == Severity::Warning;
        if self.listed.len() >= Findings::LISTED {
            let Some(last) = self.listed.iter().rposition(is_warning).filter(|_| self.has_listed_warnings && !is_warning(&finding)) else {
                return;
            };
            self.listed.remove(last);
            self.has_listed_warnings = self.listed.iter().any(is_warning);
        }
        self.has_listed_warnings |= is_warning(&finding);
        self.listed.push(finding);
    }

    /// Adds the findings of another check behind these, those it only counted too.
    pub fn append(&mut self, other: Findings) {
        other.listed.into_iter().for_each(|finding| self.list(finding));
        for (count, more) in self.by_rule.iter_mut().zip(other.by_rule) {
            *count += more;
        }
        self.errors += other.errors;
        self.warnings += other.warnings;
    }

    /// The first findings, in the order in which they were found.
    pub fn listed(&self) -> &[Finding] {
        &self.listed
    }

    /// How many errors.
    pub fn errors(&self) -> u64 {
        self.errors
    }

    /// How many warnings.
    pub fn warnings(&self) -> u64 {
        self.warnings
    }

    /// How many findings.
    pub fn total(&self) -> u64 {
        self.errors + self.warnings
    }

    /// True when nothing was found.
    pub fn is_empty(&self) -> bool {
        self.total() == 0
    }

    /// True when there is an error.
    pub fn rejects(&self) -> bool {
        self.errors > 0
    }

    /// The rules broken, in the table's order, each with its number of findings: those not listed too.
    pub fn rules(&self) -> impl Iterator<Item = (RuleId, u64)> + '_ {
        RuleId::ALL.into_iter().zip(self.by_rule.iter().copied()).filter(|(_, count)| *count > 0)
    }

    /// How often a rule was broken.
    pub fn count(&self, rule: RuleId) -> u64 {
        self.by_rule.get(rule as usize).copied().unwrap_or_default()
    }
}

impl Default for Findings {
    fn default() -> Findings {
        Findings::new()
    }
}

impl Extend<Finding> for Findings {
    fn extend<I: IntoIterator<Item = Finding>>(&mut self, findings: I) {
        findings.into_iter().for_each(|finding| self.push(finding));
    }
}

impl FromIterator<Finding> for Findings {
    fn from_iter<I: IntoIterator<Item = Finding>>(findings: I) -> Findings {
        let mut all = Findings::new();
        all.extend(findings);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_are_listed_and_all_are_counted() {
        let mut findings: Findings = std::iter::repeat_n(Finding::of_file(RuleId::Blank), 150).collect();
        findings.push(Finding::of_file(RuleId::Quote));
        assert_eq!(findings.listed().len(), 100);
        assert_eq!((findings.errors(), findings.warnings(), findings.total()), (1, 150, 151));
        assert!(findings.rejects());
        assert_eq!(findings.rules().collect::<Vec<_>>(), [(RuleId::Blank, 150), (RuleId::Quote, 1)]);
    }

    #[test]
    fn an_error_is_listed_however_many_warnings_came_before() {
        let mut findings: Findings = std::iter::repeat_n(Finding::of_file(RuleId::Blank), 150).collect();
        findings.extend(std::iter::repeat_n(Finding::of_file(RuleId::Length), 99));
        assert_eq!(findings.listed().iter().filter(|finding| finding.rule == RuleId::Length).count(), 99);
        findings.extend(std::iter::repeat_n(Finding::of_file(RuleId::Date), 3));
        assert_eq!(findings.listed().len(), 100);
        assert_eq!(findings.listed()[99].rule, RuleId::Date);
        assert!(findings.listed().iter().all(|finding| finding.rule != RuleId::Blank));
    }

    #[test]
    fn appended_findings_stand_behind_and_count_in_full() {
        let mut head: Findings = [Finding::of_file(RuleId::Version)].into_iter().collect();
        head.append(std::iter::repeat_n(Finding::of_file(RuleId::Blank), 150).collect());
        assert_eq!(head.listed().len(), 100);
        assert_eq!(head.listed()[0].rule, RuleId::Version);
        assert_eq!(head.total(), 151);
    }
}
