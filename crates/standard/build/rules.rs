//! `RuleId` and the texts of each rule.

use std::fmt::Write as _;

use crate::tables::{Outcome, Tables, cell, require};

pub(crate) fn rules(tables: &Tables) -> Outcome<String> {
    let (mut variants, mut all, mut facts) = (String::new(), String::new(), String::new());
    for rule in &tables.rules {
        let id = cell(rule, "id")?;
        let remedy = tables.remedies.get(id).ok_or_else(|| format!("{id}: no remedy in remedies.csv"))?;
        let severity = match cell(rule, "severity")? {
            "error" => "Error",
            "warning" => "Warning",
            other => return Err(format!("{id}: severity {other}").into()),
        };
        let scope = match cell(rule, "scope")? {
            "file_name" => "FileName",
            "file" => "File",
            "record" => "Record",
            "unit" => "Unit",
            other => return Err(format!("{id}: scope {other}").into()),
        };
        let variant = rule_variant(id)?;
        writeln!(variants, "/// {id}: {}.\n{variant},", cell(rule, "rule_en")?)?;
        write!(all, "RuleId::{variant}, ")?;
        writeln!(
            facts,
            "Rule {{ id: {id:?}, severity: Severity::{severity}, scope: Scope::{scope}, text_en: {:?}, text_ja: {:?}, remedy_en: {:?}, remedy_ja: {:?}, source: {:?} }},",
            cell(rule, "rule_en")?,
            cell(rule, "rule_ja")?,
            cell(remedy, "remedy_en")?,
            cell(remedy, "remedy_ja")?,
            cell(rule, "source")?,
        )?;
    }
    let count = tables.rules.len();
    require(tables.remedies.len() == count, || "remedies.csv has rules that rules.csv has not".into())?;
    Ok(format!(
        "/// The rules of the standard and of this reading of it (`data/rules.csv`).\n\
         #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]\npub enum RuleId {{\n{variants}}}\n\
         impl RuleId {{\n/// Every rule, in the table's order.\npub const ALL: [RuleId; {count}] = [{all}];\n}}\n\
         static RULES: [Rule; {count}] = [\n{facts}];\n"
    ))
}

/// `R-NAME-V3` → `NameV3`, `R-3HYO-KIND` → `Hyo3Kind`.
pub(crate) fn rule_variant(id: &str) -> Outcome<String> {
    let mut variant = String::new();
    for part in id.strip_prefix("R-").ok_or_else(|| format!("{id}: not R-…"))?.split('-') {
        let letters = part.trim_start_matches(|c: char| c.is_ascii_digit());
        let (first, rest) = letters.split_at_checked(1).ok_or_else(|| format!("{id}: a part without letters"))?;
        variant += &format!("{first}{}{}", rest.to_lowercase(), part.trim_end_matches(letters));
    }
    Ok(variant)
}
