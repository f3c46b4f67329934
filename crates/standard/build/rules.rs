//! `RuleId` and the texts of each rule.

use std::fmt::Write as _;

use crate::tables::{Outcome, Row, Tables, cell, require};

pub(crate) fn rules(tables: &Tables) -> Outcome<String> {
    let (mut variants, mut all, mut facts) = (String::new(), String::new(), String::new());
    for rule in &tables.rules {
        let id = cell(rule, "id")?;
        let remedy = tables.remedies.get(id).ok_or_else(|| format!("{id}: no remedy in remedies.csv"))?;
        let explanation = tables.explanations.get(id).ok_or_else(|| format!("{id}: no explanation in explanations.csv"))?;
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
            "Rule {{ id: {id:?}, severity: Severity::{severity}, scope: Scope::{scope}, text_en: {:?}, text_ja: {:?}, remedy_en: {:?}, remedy_ja: {:?}, {}, source: {:?} }},",
            cell(rule, "rule_en")?,
            cell(rule, "rule_ja")?,
            cell(remedy, "remedy_en")?,
            cell(remedy, "remedy_ja")?,
            explained(explanation, tables).map_err(|why| format!("{id}: {why}"))?,
            cell(rule, "source")?,
        )?;
    }
    let count = tables.rules.len();
    require(tables.remedies.len() == count, || "remedies.csv has rules that rules.csv has not".into())?;
    require(tables.explanations.len() == count, || "explanations.csv has rules that rules.csv has not".into())?;
    Ok(format!(
        "/// The rules of the standard and of this reading of it (`data/rules.csv`).\n\
         #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]\npub enum RuleId {{\n{variants}}}\n\
         impl RuleId {{\n/// Every rule, in the table's order.\npub const ALL: [RuleId; {count}] = [{all}];\n}}\n\
         static RULES: [Rule; {count}] = [\n{facts}];\n"
    ))
}

/// What `explanations.csv` adds to a rule.
fn explained(row: &Row, tables: &Tables) -> Outcome<String> {
    let filled = |column: &str| {
        let text = cell(row, column)?;
        require(!text.is_empty(), || format!("no {column} in explanations.csv"))?;
        Ok::<&str, Box<dyn std::error::Error>>(text)
    };
    let (form, file, item) = (filled("form")?, cell(row, "file")?, cell(row, "item")?);
    let form = match form {
        "name" | "set" => example_form(form, file.is_empty() && item.is_empty())?,
        "file" | "records" | "sender" | "recipient" => example_form(form, !file.is_empty() && item.is_empty())?,
        "value" | "words" => {
            let known = tables.items(file)?.into_iter().any(|row| row.get("name_en").is_some_and(|name| name == item));
            require(known, || format!("{file} has no item {item}"))?;
            example_form(form, true)?
        }
        other => return Err(format!("an example of a {other}").into()),
    };
    let (wrong, right) = (cell(row, "wrong")?, cell(row, "right")?);
    require(wrong != right, || "the right example is the wrong one".into())?;
    Ok(format!(
        "explanation_en: {:?}, explanation_ja: {:?}, example: Example {{ form: {form}, file: {file:?}, item: {item:?}, wrong: {wrong:?}, right: {right:?} }}, section_en: {:?}, section_ja: {:?}",
        filled("explanation_en")?,
        filled("explanation_ja")?,
        filled("section_en")?,
        filled("section_ja")?,
    ))
}

/// `name` → `ExampleForm::Name`, where file and item are given as the form needs them.
fn example_form(form: &str, fits: bool) -> Outcome<String> {
    require(fits, || format!("file or item don't fit an example of the form {form}"))?;
    let (first, rest) = form.split_at_checked(1).ok_or("a form has letters")?;
    Ok(format!("ExampleForm::{}{rest}", first.to_uppercase()))
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
