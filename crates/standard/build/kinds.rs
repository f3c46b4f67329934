//! `Kind`, what the standard says of each, and the units they make up.

use std::fmt::Write as _;

use crate::tables::{Outcome, Tables, cell, require};

pub(crate) fn kinds(tables: &Tables) -> Outcome<String> {
    require(tables.kinds.len() == tables.files.len(), || "kinds.csv and files.csv differ".into())?;
    let (mut variants, mut all, mut facts) = (String::new(), String::new(), String::new());
    for (kind, file) in tables.kinds.iter().zip(&tables.files) {
        let (code, variant, name_en) = (cell(file, "file")?, cell(kind, "variant")?, cell(file, "name_en")?);
        require(cell(kind, "file")? == code, || format!("{code}: kinds.csv and files.csv are in different order"))?;
        let items = tables.items(code)?.len();
        require(cell(file, "fields")?.parse() == Ok(items), || format!("{code}: {items} items in layouts.csv"))?;
        writeln!(variants, "/// {code}: {name_en} ({}).\n{variant},", cell(file, "name_ja")?)?;
        write!(all, "Kind::{variant}, ")?;
        writeln!(
            facts,
            "KindFacts {{ code: {code:?}, name_ja: {:?}, name_en: {name_en:?}, has_v3_name: {}, from_service: {}, has_month: {}, zero_month: {}, leading: {}, deletes: {}, key_fields: &{:?} }},",
            cell(file, "name_ja")?,
            !cell(file, "pattern_v3")?.is_empty(),
            cell(file, "direction")?.contains("service_to_manager"),
            cell(file, "has_target_month")? == "yes",
            cell(kind, "zero_month")? == "yes",
            cell(kind, "leading")? == "yes",
            tables.kind_list(cell(file, "deletes")?)?,
            cell(file, "key_fields")?.split(';').filter(|name| !name.is_empty()).collect::<Vec<_>>(),
        )?;
    }
    let count = tables.kinds.len();
    Ok(format!(
        "/// The kinds of file the standard knows: 17 CSV layouts and one image (`data/files.csv`).\n\
         #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]\npub enum Kind {{\n{variants}}}\n\
         impl Kind {{\n/// Every kind, in the standard's order.\npub const ALL: [Kind; {count}] = [{all}];\n}}\n\
         static KINDS: [KindFacts; {count}] = [\n{facts}];\n"
    ))
}

pub(crate) fn units(tables: &Tables) -> Outcome<String> {
    let mut text = format!("static UNITS: [Unit; {}] = [\n", tables.units.len());
    for row in &tables.units {
        writeln!(
            text,
            "Unit {{ id: {:?}, name_ja: {:?}, required: {}, optional: {} }},",
            cell(row, "unit")?,
            cell(row, "name_ja")?,
            tables.kind_list(cell(row, "required_files")?)?,
            tables.kind_list(cell(row, "optional_files")?)?,
        )?;
    }
    text.push_str("];\n");
    Ok(text)
}
