//! A record under way, and how it is written.

use standard::{Field, Format, Kind, Layout, NotWritten, encode_ms932};

/// How a file may be written; all ways are the standard's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Free text is quoted where there is some.
    Plain,
    /// Free text is quoted, an empty one too.
    EmptyQuoted,
    /// Every item is quoted.
    AllQuoted,
}

/// The content of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    /// Bytes as they go into the file, quotes included: what no writer would write.
    Raw(&'static [u8]),
}

/// One record: items with their values.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    kind: Kind,
    cells: Vec<(&'static Field, Value)>,
}

impl Record {
    /// A record of a layout, each value made by `value`.
    pub(crate) fn new(layout: &'static Layout, mut value: impl FnMut(&'static Field) -> String) -> Record {
        Record { kind: layout.kind, cells: layout.fields.iter().map(|field| (field, Value::Text(value(field)))).collect() }
    }

    /// An item's text.
    pub(crate) fn text(&self, item: &str) -> &str {
        match self.cells.iter().find(|(field, _)| field.name == item) {
            Some((_, Value::Text(text))) => text,
            _ => "",
        }
    }

    /// True when the item is filled in.
    pub(crate) fn has(&self, item: &str) -> bool {
        !self.text(item).is_empty()
    }

    /// True when the item holds bytes that no writer writes.
    pub(crate) fn is_raw(&self, item: &str) -> bool {
        self.cells.iter().any(|(field, value)| field.name == item && matches!(value, Value::Raw(_)))
    }

    pub(crate) fn set(&mut self, item: &str, value: impl Into<String>) {
        self.put(item, Value::Text(value.into()));
    }

    /// Another value where there is one: what was left empty stays so.
    pub(crate) fn replace(&mut self, item: &str, value: impl Into<String>) {
        if self.has(item) {
            self.set(item, value);
        }
    }

    pub(crate) fn set_all(&mut self, items: &[&str], value: &str) {
        items.iter().for_each(|item| self.set(item, value));
    }

    pub(crate) fn put(&mut self, item: &str, value: Value) {
        match self.cells.iter_mut().find(|(field, _)| field.name == item) {
            Some((_, cell)) => *cell = value,
            None => debug_assert!(false, "{} has no item {item}", self.kind),
        }
    }

    /// Takes items away, as records of an earlier edition or of wrong software lack them.
    pub(crate) fn drop_items(&mut self, items: &[&str]) {
        self.cells.retain(|(field, _)| !items.contains(&field.name));
    }

    /// The record's bytes, its line end included.
    pub(crate) fn write(&self, style: Style) -> Result<Vec<u8>, NotWritten> {
        let mut bytes = Vec::new();
        for (index, (field, value)) in self.cells.iter().enumerate() {
            if index > 0 {
                bytes.push(b',');
            }
            match value {
                Value::Raw(raw) => bytes.extend_from_slice(raw),
                Value::Text(text) if is_quoted(field, text, style) => {
                    bytes.extend(encode_ms932(&format!("\"{}\"", text.replace('"', "\"\"")))?)
                }
                Value::Text(text) => bytes.extend(encode_ms932(text)?),
            }
        }
        bytes.extend_from_slice(b"\r\n");
        Ok(bytes)
    }
}

fn is_quoted(field: &Field, text: &str, style: Style) -> bool {
    let free_text = field.format == Format::FreeText;
    match style {
        Style::Plain => free_text && !text.is_empty(),
        Style::EmptyQuoted => free_text,
        Style::AllQuoted => true,
    }
}
