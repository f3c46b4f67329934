//! Verdicts, and what goes into them.

use serde::Serialize;
use standard::RuleId;

/// How something was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing was there to judge.
    NotShown,
    /// Nothing was found.
    Passed,
    /// Nothing that rejects was found.
    PassedWithWarnings,
    /// There is an error: a receiver refuses it.
    Failed,
}

/// What a reader accepts with a warning, and a writer must not write all the same: other editions, and what only leniency lets pass.
const NOT_TO_BE_WRITTEN: [RuleId; 11] = [
    RuleId::NameV3,
    RuleId::NameCase,
    RuleId::NameStamp,
    RuleId::NameExtra,
    RuleId::VersionOld,
    RuleId::VersionOdd,
    RuleId::OldLayout,
    RuleId::Header,
    RuleId::Blank,
    RuleId::Unquoted,
    RuleId::RowDup,
];

impl Verdict {
    pub(super) fn of(errors: u64, warnings: u64) -> Verdict {
        match (errors, warnings) {
            (0, 0) => Verdict::Passed,
            (0, _) => Verdict::PassedWithWarnings,
            _ => Verdict::Failed,
        }
    }

    /// For offices.
    pub fn text_ja(self) -> &'static str {
        match self {
            Verdict::NotShown => "未提示",
            Verdict::Passed => "合格",
            Verdict::PassedWithWarnings => "合格（警告あり）",
            Verdict::Failed => "不合格",
        }
    }

    /// In English.
    pub fn text_en(self) -> &'static str {
        match self {
            Verdict::NotShown => "not shown",
            Verdict::Passed => "passed",
            Verdict::PassedWithWarnings => "passed with warnings",
            Verdict::Failed => "failed",
        }
    }

    /// A sign that needs no colour.
    pub fn sign(self) -> &'static str {
        match self {
            Verdict::NotShown => "–",
            Verdict::Passed => "✔",
            Verdict::PassedWithWarnings => "▲",
            Verdict::Failed => "✖",
        }
    }

    /// Its name in JSON and in the page's style.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::NotShown => "not-shown",
            Verdict::Passed => "passed",
            Verdict::PassedWithWarnings => "passed-with-warnings",
            Verdict::Failed => "failed",
        }
    }
}

pub(super) fn is_to_be_mended(rule: RuleId) -> bool {
    NOT_TO_BE_WRITTEN.contains(&rule)
}
