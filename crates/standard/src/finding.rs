//! One broken rule at one place, and how it is told.

use serde::Serialize;

use crate::identifiers::OfficeNumber;
use crate::kind::Kind;
use crate::layout::Field;
use crate::profile::Characters;
use crate::rule::{RuleId, Severity};
use crate::seeming::Seeming;
use crate::unit::Kinds;

/// One broken rule in a file. Lines, records and items count from 1; a place the rule has none of is `None`.
/// It never holds a cell's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Finding {
    /// The rule.
    pub rule: RuleId,
    /// The line the record starts in, counted in line feeds.
    pub line: Option<u64>,
    /// The record; blank lines and a heading row count.
    pub record: Option<u64>,
    /// The item.
    pub field: Option<u16>,
    /// What more is known.
    pub detail: Detail,
}

/// What more is known of a finding: places, numbers, offices and kinds, never what a cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Detail {
    /// Nothing more.
    None,
    /// The value's length, and the item's, in characters.
    Length {
        /// Characters found.
        found: u64,
        /// Characters allowed.
        allowed: u32,
    },
    /// The items of the record, and of the layout.
    Items {
        /// Items found.
        found: u64,
        /// Items of the layout.
        expected: u16,
    },
    /// The first byte at fault.
    Byte {
        /// Its offset in the file, from 0.
        offset: u64,
        /// The byte.
        byte: u8,
    },
    /// The first line at fault, of a finding about the whole file.
    FirstLine(u64),
    /// A record that doesn't end within so many bytes.
    NoEnd {
        /// The longest record that is read, in bytes.
        limit: u64,
    },
    /// A cell's size, in bytes.
    Size {
        /// Bytes found.
        found: u64,
        /// Bytes allowed.
        allowed: u64,
    },
    /// What the file seems to be instead of one of the standard.
    SeemsToBe(Seeming),
    /// The office that gives the person no service, where a file goes to several.
    NotServedBy(OfficeNumber),
    /// What would make a unit of the files.
    Set {
        /// Kinds that must be added.
        missing: Kinds,
        /// Kinds that must go.
        surplus: Kinds,
    },
    /// What a receiver's software demands (R-PROFILE).
    Demand(Demand),
    /// The sender in the name.
    Sender,
    /// The recipient in the name.
    Recipient,
}

/// What a receiver's software demands and a file doesn't give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Demand {
    /// The item must be filled in.
    Filled,
    /// The value must be shorter, in characters.
    Characters {
        /// Characters found.
        found: u64,
        /// Characters allowed.
        allowed: u64,
    },
    /// The value must be shorter, in bytes of MS932.
    Bytes {
        /// Bytes found.
        found: u64,
        /// Bytes allowed.
        allowed: u64,
    },
    /// The value must be without such characters.
    Without {
        /// The characters.
        characters: Characters,
        /// Where the first of them stands in the file, from 0.
        offset: u64,
    },
    /// The file must have fewer records.
    Records {
        /// Records found.
        found: u64,
        /// Records allowed.
        allowed: u64,
    },
    /// The CSV version must be another.
    CsvVersion,
    /// The file name must be of the other edition.
    NameVersion,
    /// What is a warning by the standard is refused.
    Rule(
        /// The rule that the file breaks.
        RuleId,
    ),
}

/// The JSON shape of a finding (contract: outcome).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingView {
    /// `R-LENGTH`.
    pub rule: &'static str,
    /// `error` or `warning`.
    pub severity: Severity,
    /// See [`Finding::line`].
    pub line: Option<u64>,
    /// See [`Finding::record`].
    pub record: Option<u64>,
    /// See [`Finding::field`].
    pub field: Option<u16>,
    /// The item's English name.
    pub field_name: Option<&'static str>,
    /// For developers.
    pub message: String,
    /// For offices.
    pub message_ja: String,
}

impl Finding {
    /// A finding about the whole file or its name.
    pub fn of_file(rule: RuleId) -> Finding {
        Finding { rule, line: None, record: None, field: None, detail: Detail::None }
    }

    /// The same finding with more known.
    pub fn with(self, detail: Detail) -> Finding {
        Finding { detail, ..self }
    }

    /// Whether it rejects.
    pub fn severity(&self) -> Severity {
        self.rule.severity()
    }

    /// The item's English name.
    pub fn field_name(&self, kind: Kind) -> Option<&'static str> {
        self.layout_field(Some(kind)).map(|field| field.name)
    }

    /// The JSON shape; `kind` names the item.
    pub fn view(&self, kind: Option<Kind>) -> FindingView {
        FindingView {
            rule: self.rule.as_str(),
            severity: self.severity(),
            line: self.line,
            record: self.record,
            field: self.field,
            field_name: self.layout_field(kind).map(|field| field.name),
            message: self.message(kind),
            message_ja: self.message_ja(kind),
        }
    }

    pub(crate) fn layout_field(&self, kind: Option<Kind>) -> Option<&'static Field> {
        kind?.layout()?.field(self.field?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_json_shape_is_the_contracts() {
        let view = Finding::of_file(RuleId::Eol).with(Detail::FirstLine(3)).view(Some(Kind::Actuals));
        let json = serde_json::to_value(&view).unwrap();
        assert_eq!(json["rule"], "R-EOL");
        assert_eq!(json["severity"], "warning");
        let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
        for key in ["rule", "severity", "line", "record", "field", "field_name", "message", "message_ja"] {
            assert!(keys.iter().any(|it| *it == key), "{key}");
        }
        assert!(json["line"].is_null() && json["field_name"].is_null());
    }
}
