//! The report's shape. It is written as JSON as it stands.

use serde::Serialize;
use standard::{RuleId, Severity};

use super::verdict::Verdict;
use crate::pattern::Pattern;

/// What a vendor's sample showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The edition of the standard it was judged by.
    pub standard: &'static str,
    /// The worst verdict of all patterns; failed too when a file is misnamed.
    pub verdict: Verdict,
    /// How many of the patterns were shown.
    pub patterns_shown: usize,
    /// Files of the standard.
    pub files: usize,
    /// Their records.
    pub records: u64,
    /// Errors in them, misnamed files included.
    pub errors: u64,
    /// Warnings in them.
    pub warnings: u64,
    /// Files that are none of the standard's and were not looked at.
    pub other_files: u64,
    /// D1 to D7.
    pub patterns: Vec<PatternReport>,
    /// Files whose names fit no pattern: what they hold can't be judged.
    pub misnamed: Vec<MisnamedReport>,
}

/// A file whose name says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MisnamedReport {
    /// Its name; characters that the standard's names don't have are replaced.
    pub file: String,
    /// The rule it breaks.
    pub rule: RuleId,
    /// What is wrong and what to do.
    pub message: String,
    /// What is wrong and what to do, for offices.
    pub message_ja: String,
}

/// What was shown of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PatternReport {
    /// `D1`.
    pub pattern: Pattern,
    /// What is tested.
    pub name: &'static str,
    /// What is tested, for offices.
    pub name_ja: &'static str,
    /// The worst verdict of its units.
    pub verdict: Verdict,
    /// Files in it.
    pub files: usize,
    /// Their records.
    pub records: u64,
    /// Errors in it.
    pub errors: u64,
    /// Warnings in it.
    pub warnings: u64,
    /// The transmission units.
    pub units: Vec<UnitReport>,
    /// The same files kind by kind, in the standard's order.
    pub kinds: Vec<KindReport>,
}

/// A transmission unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnitReport {
    /// `SLIP`; none when the standard allows no such set.
    pub unit: Option<&'static str>,
    /// Its name in the standard.
    pub name_ja: Option<&'static str>,
    /// The verdict on its files and on the set.
    pub verdict: Verdict,
    /// The files' names.
    pub files: Vec<String>,
    /// Rules the set as a whole breaks; those of its files stand with their kinds.
    pub rules: Vec<RuleReport>,
}

/// All files of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KindReport {
    /// `UPJSK`.
    pub kind: &'static str,
    /// An English name.
    pub name: &'static str,
    /// The standard's name.
    pub name_ja: &'static str,
    /// The verdict on its files.
    pub verdict: Verdict,
    /// How many there are.
    pub files: usize,
    /// Their records.
    pub records: u64,
    /// Records that could be read item by item: what follows counts these.
    pub records_read: u64,
    /// Errors in them.
    pub errors: u64,
    /// Warnings in them.
    pub warnings: u64,
    /// The rules they break.
    pub rules: Vec<RuleReport>,
    /// Items there are to fill in.
    pub items: usize,
    /// Items filled in in at least one record.
    pub items_filled: usize,
    /// The others.
    pub never_filled: Vec<ItemReport>,
    /// Coded items, and the codes seen.
    pub codes: Vec<CodeReport>,
}

/// A rule that is broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleReport {
    /// `R-LENGTH`.
    pub rule: RuleId,
    /// Whether it rejects.
    pub severity: Severity,
    /// A warning that only leniency makes one: what is written must not have it.
    pub mend_in_writing: bool,
    /// How often.
    pub count: u64,
    /// What is wrong and what to do.
    pub message: String,
    /// What is wrong and what to do, for offices.
    pub message_ja: String,
    /// Where first, if it is known.
    pub first: Option<FindingPlace>,
}

/// Where a finding stands. Lines, records and fields count from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingPlace {
    /// The file's name.
    pub file: Option<String>,
    /// The line its record begins in.
    pub line: Option<u64>,
    /// The record.
    pub record: Option<u64>,
    /// The item's number.
    pub field: Option<u16>,
    /// The item's English name.
    pub field_name: Option<&'static str>,
    /// The item's name in the standard.
    pub field_name_ja: Option<&'static str>,
}

/// An item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemReport {
    /// Its number.
    pub no: u16,
    /// Its English name.
    pub name: &'static str,
    /// Its name in the standard.
    pub name_ja: &'static str,
    /// The standard requires it.
    pub required: bool,
}

/// A coded item, and how much of its table the sample shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CodeReport {
    /// The item's number.
    pub no: u16,
    /// Its English name.
    pub name: &'static str,
    /// Its name in the standard.
    pub name_ja: &'static str,
    /// The table.
    pub table: &'static str,
    /// Codes seen.
    pub seen: usize,
    /// Codes there are.
    pub of: usize,
    /// Codes not seen.
    pub missing: Vec<MissingCode>,
}

/// A code the sample does not show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissingCode {
    /// The code.
    pub code: &'static str,
    /// The standard's label.
    pub label_ja: &'static str,
    /// An English label.
    pub label_en: &'static str,
}
