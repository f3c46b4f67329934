//! The example of a rule: what breaks it, and what doesn't (`data/explanations.csv`).
//!
//! Every example but one of words is judged by a test: the wrong one breaks its rule and no other, the right one none.

use serde::{Serialize, Serializer};

use crate::kind::Kind;
use crate::layout::Field;

/// What breaks a rule, and what doesn't. Offices, numbers and texts are invented; `[F0 40]` stands for bytes in hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Example {
    /// How the example is to be read.
    pub form: ExampleForm,
    /// The kind of file (`UPJSK`) for a value, a file's name for records, content and parties, else empty.
    pub file: &'static str,
    /// The item's English name for a value, else empty.
    pub item: &'static str,
    /// What breaks the rule; empty where something is missing.
    pub wrong: &'static str,
    /// What doesn't.
    pub right: &'static str,
}

/// How an example is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExampleForm {
    /// A file's name.
    Name,
    /// The office that sends, beside a file's name.
    Sender,
    /// The office that was chosen, beside a file's name.
    Recipient,
    /// A file's content, one record a line; lines end in CRLF.
    File,
    /// One value, as it stands in the file.
    Value,
    /// Records, one a line, of which only what counts is shown: `item=value` with spaces between. All other items are as they must be.
    Records,
    /// The files of a set: a name on each line, and behind it a record's items that count. A name that comes again adds a record.
    Set,
    /// Described in words.
    Words,
}

impl Example {
    /// The item of a value.
    pub fn field(&self) -> Option<&'static Field> {
        self.kind()?.layout()?.field_named(self.item)
    }

    /// The kind of file that a value is of.
    pub fn kind(&self) -> Option<Kind> {
        self.file.parse().ok()
    }

    /// True where bytes are written in hexadecimal.
    pub fn shows_bytes(&self) -> bool {
        [self.wrong, self.right].iter().any(|text| text.contains('['))
    }
}

impl ExampleForm {
    /// `name`, `value` …
    pub fn as_str(self) -> &'static str {
        match self {
            ExampleForm::Name => "name",
            ExampleForm::Sender => "sender",
            ExampleForm::Recipient => "recipient",
            ExampleForm::File => "file",
            ExampleForm::Value => "value",
            ExampleForm::Records => "records",
            ExampleForm::Set => "set",
            ExampleForm::Words => "words",
        }
    }
}

impl Serialize for ExampleForm {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests;
