//! The layouts, which items each has for which rule over one record or all records of a file, and how kinds hang together.

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
        let rules = item_rules("record_rules.csv", &tables.record_rules, code, &items)?;
        let file_rules = item_rules("file_rules.csv", &tables.file_rules, code, &items)?;
        let (old, link) = (old_layout(tables, code)?, link(tables, code, &items)?);
        writeln!(
            statics,
            "static {code}: Layout = Layout {{ kind: {kind}, fields: &[\n{fields}], old: {old}, rules: &[\n{rules}], file_rules: &[\n{file_rules}], link: {link} }};"
        )?;
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
    writeln!(statics, "{}", links(tables)?)?;
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

/// The rows of a table of rules that name the file, with its item numbers for their item names.
fn item_rules(table: &str, rows: &[Row], file: &str, items: &[&Row]) -> Outcome<String> {
    let mut text = String::new();
    for row in rows {
        if !cell(row, "files")?.split(' ').any(|name| name == file) {
            continue;
        }
        let mut groups = Vec::new();
        for group in cell(row, "items")?.split('|') {
            let mut numbers = Vec::new();
            for name in group.split_whitespace() {
                numbers.push(item_number(table, file, items, name)?.to_string());
            }
            groups.push(format!("&[{}]", numbers.join(", ")));
        }
        writeln!(text, "ItemRule {{ rule: RuleId::{}, items: &[{}] }},", rule_variant(cell(row, "rule")?)?, groups.join(", "))?;
    }
    Ok(text)
}

fn item_number(table: &str, file: &str, items: &[&Row], name: &str) -> Outcome<usize> {
    let at = items.iter().position(|item| item.get("name_en").is_some_and(|it| it == name));
    Ok(at.ok_or_else(|| format!("{table}: {file} has no item {name}"))? + 1)
}

/// What a file of this kind is linked by: `None` where no other kind hangs on it nor it on any.
fn link(tables: &Tables, file: &str, items: &[&Row]) -> Outcome<String> {
    let mut link = None;
    for row in &tables.links {
        if cell(row, "child")? == file || cell(row, "parent")? == file {
            let by = cell(row, "by")?;
            let no = if by.is_empty() { None } else { Some(item_number("links.csv", file, items, by)?) };
            link = Some(link.flatten().or(no));
        }
    }
    Ok(match link {
        None => "None".into(),
        Some(day) => format!("Some(ByPerson {{ day: {day:?} }})"),
    })
}

fn links(tables: &Tables) -> Outcome<String> {
    let mut text = format!("pub(crate) static LINKS: [Link; {}] = [\n", tables.links.len());
    for row in &tables.links {
        let (child, parent) = (tables.kind(cell(row, "child")?)?, tables.kind(cell(row, "parent")?)?);
        writeln!(text, "Link {{ child: {child}, parent: {parent}, by_day: {} }},", !cell(row, "by")?.is_empty())?;
    }
    text.push_str("];\n");
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
