//! Which cells a file has in quotes.

use serde::Serialize;

use crate::layout::{Field, Format};

/// Which cells are in quotes. The standard wants free text quoted and leaves the rest open; software differs, and a file keeps its way.
/// A cell that holds a comma, a quote or a line end is always quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quoting {
    /// Free text that isn't empty.
    #[default]
    Text,
    /// Free text, empty or not.
    EveryText,
    /// Every item.
    EveryItem,
}

impl Quoting {
    /// Every way, the usual one first.
    pub const ALL: [Quoting; 3] = [Quoting::Text, Quoting::EveryText, Quoting::EveryItem];

    /// The word for it in JSON: `every-text`.
    pub fn as_str(self) -> &'static str {
        match self {
            Quoting::Text => "text",
            Quoting::EveryText => "every-text",
            Quoting::EveryItem => "every-item",
        }
    }

    /// The way of that word.
    pub fn named(word: &str) -> Option<Quoting> {
        Quoting::ALL.into_iter().find(|quoting| quoting.as_str() == word)
    }

    /// True when a cell of that value is quoted.
    pub(crate) fn quotes(self, field: &Field, value: &str) -> bool {
        match self {
            Quoting::EveryItem => true,
            _ if must_be_quoted(value) => true,
            Quoting::EveryText => field.format == Format::FreeText,
            Quoting::Text => field.format == Format::FreeText && !value.is_empty(),
        }
    }
}

fn must_be_quoted(value: &str) -> bool {
    value.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\r' | b'\n'))
}

/// The ways that fit the cells seen so far.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    fits: [bool; 3],
}

impl Seen {
    pub(crate) fn new() -> Seen {
        Seen { fits: [true; 3] }
    }

    pub(crate) fn cell(&mut self, field: &Field, value: &str, quoted: bool) {
        for (fits, quoting) in self.fits.iter_mut().zip(Quoting::ALL) {
            *fits &= quoting.quotes(field, value) == quoted;
        }
    }

    /// The first that fits; the usual one where none does, and the file's way is not kept.
    pub(crate) fn quoting(self) -> Quoting {
        Quoting::ALL.into_iter().zip(self.fits).find_map(|(quoting, fits)| fits.then_some(quoting)).unwrap_or_default()
    }
}
