//! Turns the tables in `data/` into static Rust: a wrong table fails the build, and reading them costs nothing at start-up.
//! Each output is included by the module of the same name in `src/`.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

type Outcome<T> = Result<T, Box<dyn Error>>;
type Row = BTreeMap<String, String>;

fn main() -> Outcome<()> {
    let out = env::var("OUT_DIR")?;
    let tables = Tables::read()?;
    let outputs = [
        ("kinds.rs", kinds(&tables)?),
        ("rules.rs", rules(&tables)?),
        ("codes.rs", codes(&tables)?),
        ("layouts.rs", layouts(&tables)?),
        ("units.rs", units(&tables)?),
        ("two_byte.rs", two_byte_characters()?),
    ];
    for (name, text) in outputs {
        fs::write(Path::new(&out).join(name), text)?;
    }
    #[expect(clippy::print_stdout, reason = "cargo reads the script's directives from its output")]
    {
        println!("cargo::rerun-if-changed=data");
        println!("cargo::rerun-if-changed=build.rs");
    }
    Ok(())
}

struct Tables {
    kinds: Vec<Row>,
    files: Vec<Row>,
    layouts: Vec<Row>,
    old_layouts: Vec<Row>,
    record_rules: Vec<Row>,
    codes: Vec<Row>,
    rules: Vec<Row>,
    remedies: BTreeMap<String, Row>,
    units: Vec<Row>,
}

impl Tables {
    fn read() -> Outcome<Tables> {
        let remedies = read("remedies")?.into_iter().map(|row| Ok((cell(&row, "id")?.to_owned(), row))).collect::<Outcome<_>>()?;
        Ok(Tables {
            kinds: read("kinds")?,
            files: read("files")?,
            layouts: read("layouts")?,
            old_layouts: read("old_layouts")?,
            record_rules: read("record_rules")?,
            codes: read("codes")?,
            rules: read("rules")?,
            remedies,
            units: read("units")?,
        })
    }

    /// The items of one file in their order.
    fn items<'a>(&'a self, file: &str) -> Outcome<Vec<&'a Row>> {
        let items: Vec<&Row> = self.layouts.iter().filter(|row| row.get("file").is_some_and(|name| name == file)).collect();
        for (index, item) in items.iter().enumerate() {
            require(cell(item, "no")?.parse() == Ok(index + 1), || format!("{file}: items are not numbered 1, 2, 3 …"))?;
        }
        Ok(items)
    }

    /// `Kind::…` of a file code such as `UPPLAN`.
    fn kind(&self, file: &str) -> Outcome<String> {
        for row in &self.kinds {
            if cell(row, "file")? == file {
                return Ok(format!("Kind::{}", cell(row, "variant")?));
            }
        }
        Err(format!("{file}: not in kinds.csv").into())
    }

    fn kind_list(&self, files: &str) -> Outcome<String> {
        let kinds: Vec<String> = files.split(';').filter(|file| !file.is_empty()).map(|file| self.kind(file)).collect::<Outcome<_>>()?;
        Ok(format!("&[{}]", kinds.join(", ")))
    }
}

fn read(name: &str) -> Outcome<Vec<Row>> {
    let mut reader = csv::Reader::from_path(format!("data/{name}.csv"))?;
    Ok(reader.deserialize().collect::<Result<_, _>>()?)
}

fn cell<'a>(row: &'a Row, column: &str) -> Outcome<&'a str> {
    row.get(column).map(String::as_str).ok_or_else(|| format!("no column {column} in {row:?}").into())
}

fn require(holds: bool, complaint: impl FnOnce() -> String) -> Outcome<()> {
    if holds { Ok(()) } else { Err(complaint().into()) }
}

fn kinds(tables: &Tables) -> Outcome<String> {
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

/// `R-NAME-V3` → `NameV3`, `R-3HYO-KIND` → `Hyo3Kind`.
fn rule_variant(id: &str) -> Outcome<String> {
    let mut variant = String::new();
    for part in id.strip_prefix("R-").ok_or_else(|| format!("{id}: not R-…"))?.split('-') {
        let letters = part.trim_start_matches(|c: char| c.is_ascii_digit());
        let (first, rest) = letters.split_at_checked(1).ok_or_else(|| format!("{id}: a part without letters"))?;
        variant += &format!("{first}{}{}", rest.to_lowercase(), part.trim_end_matches(letters));
    }
    Ok(variant)
}

fn rules(tables: &Tables) -> Outcome<String> {
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

fn codes(tables: &Tables) -> Outcome<String> {
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

fn layouts(tables: &Tables) -> Outcome<String> {
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
    let names: Vec<String> =
        tables.files.iter().map(|row| cell(row, "file")).filter(|code| !matches!(code, Ok("UPKIHON_IMAGE"))).map(|code| Ok(format!("&{}", code?))).collect::<Outcome<_>>()?;
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
    format.split('_').map(|word| { let (first, rest) = word.split_at(1); first.to_uppercase() + rest }).collect()
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

fn units(tables: &Tables) -> Outcome<String> {
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

/// Which lead and trail bytes encoding_rs reads as a character: one bit per pair, rows by the lead's low seven bits.
fn two_byte_characters() -> Outcome<String> {
    let mut text = String::from("pub(super) static TWO_BYTE: [[u64; 4]; 128] = [\n");
    for low in 0..128u8 {
        let lead = low | 0x80;
        let mut bits = [0u64; 4];
        for trail in 0..=255u8 {
            let is_lead = matches!(lead, 0x81..=0x9f | 0xe0..=0xfc);
            if is_lead && encoding_rs::SHIFT_JIS.decode_without_bom_handling_and_without_replacement(&[lead, trail]).is_some() {
                let word = bits.get_mut(usize::from(trail >> 6)).ok_or("a byte has four quarters")?;
                *word |= 1 << (trail & 63);
            }
        }
        writeln!(text, "{bits:?},")?;
    }
    text.push_str("];\n");
    Ok(text)
}
