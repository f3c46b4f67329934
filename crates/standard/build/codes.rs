//! The code tables, and the service types in a form that is looked up per record.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::tables::{Outcome, Row, Tables, cell};

pub(crate) fn codes(tables: &Tables) -> Outcome<String> {
    let mut grouped: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in &tables.codes {
        grouped.entry(cell(row, "table")?).or_default().push(row);
    }
    let mut text = String::new();
    for (name, rows) in &grouped {
        let mut list = String::new();
        for row in rows {
            let (code, ja, en) = (cell(row, "code")?, cell(row, "label_ja")?, cell(row, "label_en")?);
            writeln!(list, "Code {{ code: {code:?}, label_ja: {ja:?}, label_en: {en:?} }},")?;
        }
        writeln!(text, "pub(crate) static {}: CodeTable = CodeTable {{ name: {name:?}, codes: &[\n{list}] }};", name.to_uppercase())?;
    }
    let names: Vec<String> = grouped.keys().map(|name| format!("&{}", name.to_uppercase())).collect();
    writeln!(text, "static CODE_TABLES: [&CodeTable; {}] = [{}];", names.len(), names.join(", "))?;
    writeln!(text, "/// Sixteen rows a first character (0 to 9, A), by the second in hexadecimal.")?;
    writeln!(text, "pub(crate) static SERVICE_TYPE_MARKS: [u8; 176] = {:?};", service_type_marks(&tables.codes)?)?;
    Ok(text)
}

/// 1 in scope, 2 manager, 4 known but outside the exchange.
fn service_type_marks(codes: &[Row]) -> Outcome<Vec<u8>> {
    let mut marks = vec![0; 176];
    for row in codes {
        let mark = match cell(row, "table")? {
            "service_type_kaigo" | "service_type_yobo" | "service_type_sogo" => 1,
            "service_type_manager" => 2,
            "service_type_out" => 4,
            _ => continue,
        };
        let index = usize::from_str_radix(cell(row, "code")?, 16)?;
        *marks.get_mut(index).ok_or("a service type is [0-9A][0-9A-F]")? |= mark;
    }
    Ok(marks)
}
