//! What is to be converted to what: told by the options, and where they say nothing by the file's name.

use std::path::Path;

use clap::ValueEnum;
use standard::convert::Quoting;
use standard::{FileName, Kind};

/// The forms files come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// One document: kind, file name and all records
    Json,
    /// One record a line, each with its kind
    Jsonl,
    /// As the standard wants it: MS932, CRLF
    Csv,
}

/// Which cells of a CSV file are in quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum QuotingArg {
    /// Free text that isn't empty
    Text,
    /// Free text, empty or not
    EveryText,
    /// Every item
    EveryItem,
}

impl From<QuotingArg> for Quoting {
    fn from(quoting: QuotingArg) -> Quoting {
        match quoting {
            QuotingArg::Text => Quoting::Text,
            QuotingArg::EveryText => Quoting::EveryText,
            QuotingArg::EveryItem => Quoting::EveryItem,
        }
    }
}

impl Form {
    /// The form that the extension says; a name that begins as the standard's do is CSV under any other.
    pub(super) fn of(path: &Path) -> Option<Form> {
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
        match extension.as_deref() {
            Some("csv") => Some(Form::Csv),
            Some("json") => Some(Form::Json),
            Some("jsonl" | "ndjson") => Some(Form::Jsonl),
            _ => claimed_kind(path).map(|_| Form::Csv),
        }
    }

    /// What becomes of it unless something else is asked for.
    pub(super) fn other_way(self) -> Form {
        match self {
            Form::Csv => Form::Json,
            Form::Json | Form::Jsonl => Form::Csv,
        }
    }

    pub(super) fn extension(self) -> &'static str {
        match self {
            Form::Csv => "CSV",
            Form::Json => "json",
            Form::Jsonl => "jsonl",
        }
    }
}

/// The last segment of the path.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The kind the name begins with.
pub(super) fn claimed_kind(path: &Path) -> Option<Kind> {
    FileName::claimed_kind(&file_name(path)).filter(|kind| kind.layout().is_some())
}

/// The name by the standard: the file's own, or what it would be as CSV.
pub(super) fn standard_name(path: &Path) -> Option<String> {
    let name = file_name(&path.with_extension(path.extension().filter(|it| it.eq_ignore_ascii_case("csv")).unwrap_or("CSV".as_ref())));
    FileName::parse(&name).0.map(|_| name)
}
