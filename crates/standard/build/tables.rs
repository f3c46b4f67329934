//! The tables as they are read, and the questions every generator asks them.

use std::collections::BTreeMap;
use std::error::Error;

pub(crate) type Outcome<T> = Result<T, Box<dyn Error>>;
pub(crate) type Row = BTreeMap<String, String>;

pub(crate) struct Tables {
    pub(crate) kinds: Vec<Row>,
    pub(crate) files: Vec<Row>,
    pub(crate) layouts: Vec<Row>,
    pub(crate) old_layouts: Vec<Row>,
    pub(crate) record_rules: Vec<Row>,
    pub(crate) file_rules: Vec<Row>,
    pub(crate) links: Vec<Row>,
    pub(crate) codes: Vec<Row>,
    pub(crate) rules: Vec<Row>,
    pub(crate) remedies: BTreeMap<String, Row>,
    pub(crate) explanations: BTreeMap<String, Row>,
    pub(crate) units: Vec<Row>,
    pub(crate) substitutions: Vec<Row>,
}

impl Tables {
    pub(crate) fn read() -> Outcome<Tables> {
        Ok(Tables {
            kinds: read("kinds")?,
            files: read("files")?,
            layouts: read("layouts")?,
            old_layouts: read("old_layouts")?,
            record_rules: read("record_rules")?,
            file_rules: read("file_rules")?,
            links: read("links")?,
            codes: read("codes")?,
            rules: read("rules")?,
            remedies: by_id(read("remedies")?)?,
            explanations: by_id(read("explanations")?)?,
            units: read("units")?,
            substitutions: read("substitutions")?,
        })
    }

    /// The items of one file in their order.
    pub(crate) fn items<'a>(&'a self, file: &str) -> Outcome<Vec<&'a Row>> {
        let items: Vec<&Row> = self.layouts.iter().filter(|row| row.get("file").is_some_and(|name| name == file)).collect();
        for (index, item) in items.iter().enumerate() {
            require(cell(item, "no")?.parse() == Ok(index + 1), || format!("{file}: items are not numbered 1, 2, 3 …"))?;
        }
        Ok(items)
    }

    /// `Kind::…` of a file code such as `UPPLAN`.
    pub(crate) fn kind(&self, file: &str) -> Outcome<String> {
        for row in &self.kinds {
            if cell(row, "file")? == file {
                return Ok(format!("Kind::{}", cell(row, "variant")?));
            }
        }
        Err(format!("{file}: not in kinds.csv").into())
    }

    pub(crate) fn kind_list(&self, files: &str) -> Outcome<String> {
        let kinds: Vec<String> = files.split(';').filter(|file| !file.is_empty()).map(|file| self.kind(file)).collect::<Outcome<_>>()?;
        Ok(format!("&[{}]", kinds.join(", ")))
    }
}

fn read(name: &str) -> Outcome<Vec<Row>> {
    let mut reader = csv::Reader::from_path(format!("data/{name}.csv"))?;
    Ok(reader.deserialize().collect::<Result<_, _>>()?)
}

fn by_id(rows: Vec<Row>) -> Outcome<BTreeMap<String, Row>> {
    rows.into_iter().map(|row| Ok((cell(&row, "id")?.to_owned(), row))).collect()
}

pub(crate) fn cell<'a>(row: &'a Row, column: &str) -> Outcome<&'a str> {
    row.get(column).map(String::as_str).ok_or_else(|| format!("no column {column} in {row:?}").into())
}

pub(crate) fn require(holds: bool, complaint: impl FnOnce() -> String) -> Outcome<()> {
    if holds { Ok(()) } else { Err(complaint().into()) }
}
