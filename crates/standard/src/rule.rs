//! The rules: id, severity, scope and texts (`data/rules.csv`), what to do about each (`data/remedies.csv`), and what each means
//! (`data/explanations.csv`).

use std::fmt;

use serde::{Serialize, Serializer};

use crate::example::{Example, ExampleForm};

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// `R-LENGTH`.
    pub id: &'static str,
    /// Whether it rejects.
    pub severity: Severity,
    /// What it is judged from.
    pub scope: Scope,
    /// What is wrong.
    pub text_en: &'static str,
    /// What is wrong, for offices.
    pub text_ja: &'static str,
    /// What to do.
    pub remedy_en: &'static str,
    /// What to do, for offices.
    pub remedy_ja: &'static str,
    /// What exactly is accepted and what isn't, in two to four sentences for programmers.
    pub explanation_en: &'static str,
    /// What it means for an office, and what the recipient's software would do with such a file.
    pub explanation_ja: &'static str,
    /// What breaks the rule, and what doesn't.
    pub example: Example,
    /// The section of the standard, or whose rule it is, in words.
    pub section_en: &'static str,
    /// The section of the standard, for offices.
    pub section_ja: &'static str,
    /// Where the rule comes from, in the table's short form.
    pub source: &'static str,
}

/// Errors reject, warnings don't.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The file is rejected.
    Error,
    /// The file is accepted.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// What a rule is judged from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// The file's name.
    FileName,
    /// The file's bytes as a whole.
    File,
    /// The records of one file.
    Record,
    /// The files of a transmission unit together.
    Unit,
}

impl Scope {
    /// Every scope, from the name to the set.
    pub const ALL: [Scope; 4] = [Scope::FileName, Scope::File, Scope::Record, Scope::Unit];

    /// `file_name`, `file`, `record` or `unit`.
    pub fn as_str(self) -> &'static str {
        match self {
            Scope::FileName => "file_name",
            Scope::File => "file",
            Scope::Record => "record",
            Scope::Unit => "unit",
        }
    }
}

/// How the exchange answers an error of a rule (contract: rejection codes).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleOutcome {
    /// `file-name`
    FileName,
    /// `unit-invalid`
    UnitInvalid,
    /// `file-invalid`
    FileInvalid,
}

impl RuleId {
    /// How many rules there are.
    pub const COUNT: usize = RuleId::ALL.len();

    /// `R-LENGTH`.
    pub fn as_str(self) -> &'static str {
        self.rule().id
    }

    /// The rule's row.
    #[expect(clippy::indexing_slicing, reason = "the table is generated with the enum, one row per variant")]
    pub fn rule(self) -> &'static Rule {
        &RULES[self as usize]
    }

    /// Whether it rejects.
    pub fn severity(self) -> Severity {
        self.rule().severity
    }

    /// How the exchange answers an error of this rule.
    pub fn outcome(self) -> RuleOutcome {
        match self {
            RuleId::Name | RuleId::NameMonth | RuleId::Sender | RuleId::Recipient => RuleOutcome::FileName,
            RuleId::Parent => RuleOutcome::UnitInvalid,
            other if other.as_str().starts_with("R-UNIT-") => RuleOutcome::UnitInvalid,
            _ => RuleOutcome::FileInvalid,
        }
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for RuleId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_in_order() {
        for (index, id) in RuleId::ALL.into_iter().enumerate() {
            assert_eq!(id as usize, index);
            assert_eq!(RuleId::ALL.into_iter().filter(|other| other.as_str() == id.as_str()).count(), 1);
        }
        assert_eq!(RuleId::Hyo3Kind.as_str(), "R-3HYO-KIND");
        assert_eq!(RuleId::COUNT, 91);
    }

    #[test]
    fn rules_lead_to_the_rejection_the_contract_names() {
        let check = |id: RuleId, outcome| assert_eq!(id.outcome(), outcome, "{id}");
        check(RuleId::NameMonth, RuleOutcome::FileName);
        check(RuleId::NameCase, RuleOutcome::FileInvalid);
        check(RuleId::UnitSet, RuleOutcome::UnitInvalid);
        check(RuleId::Parent, RuleOutcome::UnitInvalid);
        check(RuleId::NotRecipient, RuleOutcome::FileInvalid);
        check(RuleId::Length, RuleOutcome::FileInvalid);
    }
}
