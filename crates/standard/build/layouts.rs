//! The layouts, and which items each has for which rule over one record.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::rules::rule_variant;
use crate::tables::{Outcome, Row, Tables, cell, require};

pub(crate) fn layouts(tables: &Tables) -> Outcome<String> {
    let known: BTreeSet<&str> = tables.codes.iter().map(|row| cell(row, "table")).collect::<Outcome<_>>()?;
    let (mut statics, mut index) = (String::new(), String::new());
    let mut count = 0;
    for file in &tables.files {
        let code = cell(file, "file")?;
        let kind = tables.kind(code)?;
        let items = tables.items(code)?;
        if items.is_empty() {
            writeln!(index, "{kind} => None,")?;
            continue;
        }
        let mut fields = String::new();
        for item in &items {
            writeln!(fields, "{},", field(item, &known).map_err(|why| format!("{code}: {why}"))?)?;
        }
        let rules = record_rules(tables, code, &items)?;
        let old = old_layout(tables, code)?;
        writeln!(statics, "static {code}: Layout = Layout {{ kind: {kind}, fields: &[\n{fields}], old: {old}, rules: &[\n{rules}] }};")?;
        writeln!(index, "{kind} => Some(&{code}),")?;
        count += 1;
    }
    let names: Vec<String> = tables
        .files
        .iter()
        .map(|row| cell(row, "file"))
        .filter(|code| !matches!(code, Ok("UPKIHON_IMAGE")))
        .map(|code| Ok(format!("&{}", code?)))
        .collect::<Outcome<_>>()?;
    writeln!(statics, "static LAYOUTS: [&Layout; {count}] = [{}];", names.join(", "))?;
    writeln!(statics, "const fn layout_of(kind: Kind) -> Option<&'static Layout> {{\nmatch kind {{\n{index}}}\n}}")?;
    Ok(statics)
}

fn field(item: &Row, code_tables: &BTreeSet<&str>) -> Outcome<String> {
    let (no, length, codes, format) = (cell(item, "no")?, cell(item, "length")?, cell(item, "codes")?, cell(item, "format")?);
    require(codes.is_empty() || code_tables.contains(codes), || format!("item {no}: no code table {codes}"))?;
    require((format == "free_text") == length.is_empty(), || format!("item {no}: free text, and only free text, has no length"))?;
    let required = match cell(item, "required")? {
        "yes" => "Yes",
        "no" => "No",
        "unsure" => "Unsure",
        other => return Err(format!("item {no}: required {other}").into()),
    };
    Ok(format!(
        "Field {{ no: {no}, name: {:?}, name_ja: {:?}, length: {}, required: Required::{required}, format: Format::{}, codes: {}, verified: {} }}",
        cell(item, "name_en")?,
        cell(item, "name_ja")?,
        if length.is_empty() { "None".to_owned() } else { format!("Some({})", length.parse::<u32>()?) },
        format_variant(format),
        if codes.is_empty() { "None".to_owned() } else { format!("Some(&{})", codes.to_uppercase()) },
        cell(item, "certainty")? == "verified",
    ))
}

/// `time_hhmm_or_9999` → `TimeHhmmOr9999`: an unknown format is an unknown variant and does not compile.
fn format_variant(format: &str) -> String {
    format
        .split('_')
        .map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_uppercase() + rest
        })
        .collect()
}

fn record_rules(tables: &Tables, file: &str, items: &[&Row]) -> Outcome<String> {
    let mut text = String::new();
    for row in &tables.record_rules {
        if !cell(row, "files")?.split(' ').any(|name| name == file) {
            continue;
        }
        let mut groups = Vec::new();
        for group in cell(row, "items")?.split('|') {
            let mut numbers = Vec::new();
            for name in group.split_whitespace() {
                let at = items.iter().position(|item| item.get("name_en").is_some_and(|it| it == name));
                numbers.push((at.ok_or_else(|| format!("record_rules.csv: {file} has no item {name}"))? + 1).to_string());
            }
            groups.push(format!("&[{}]", numbers.join(", ")));
        }
        writeln!(text, "RecordRule {{ rule: RuleId::{}, items: &[{}] }},", rule_variant(cell(row, "rule")?)?, groups.join(", "))?;
    }
    Ok(text)
}

fn old_layout(tables: &Tables, file: &str) -> Outcome<String> {
    for row in &tables.old_layouts {
        if cell(row, "file")? == file {
            let (items, first, last) = (cell(row, "items")?, cell(row, "first_missing")?, cell(row, "last_missing")?);
            return Ok(format!("Some(OldLayout {{ items: {items}, first_missing: {first}, last_missing: {last} }})"));
        }
    }
    Ok("None".into())
}
