//! JSON to records.

mod document;

use serde::de::{Deserialize as _, Deserializer};

use crate::convert::coded;
use crate::convert::json_value::Json;
use crate::convert::listed::Listed;
use crate::convert::problem::{Problem, Wrong};
use crate::convert::record::DecodedRecord;
use crate::layout::{Field, Layout};
use crate::shape::is_old;

pub use document::Head;

/// The member of a line that names its kind.
pub(crate) const KIND: &str = "kind";

/// Reads the records of a document ([`document`](JsonReader::document)), or of JSON Lines one by one ([`line`](JsonReader::line)), from any
/// serde deserializer, and keeps what is wrong with them. A record with a problem is not handed on.
///
/// One record is in memory at a time; how long a text may grow is for the deserializer's input to bound.
#[derive(Debug)]
pub struct JsonReader {
    layout: &'static Layout,
    record: DecodedRecord,
    /// Which items the record at hand has.
    given: Vec<bool>,
    number: u64,
    problems: Listed<Problem>,
}

impl JsonReader {
    /// A reader of records of that layout.
    pub fn new(layout: &'static Layout) -> JsonReader {
        JsonReader {
            layout,
            record: DecodedRecord::new(layout),
            given: vec![false; layout.fields.len()],
            number: 0,
            problems: Listed::default(),
        }
    }

    /// Reads one line of JSON Lines: a record, with or without `kind`.
    ///
    /// # Errors
    /// When it is not JSON.
    pub fn line<'de, D: Deserializer<'de>>(&mut self, line: D, sink: &mut impl FnMut(&DecodedRecord)) -> Result<(), D::Error> {
        let mut json = Json::deserialize(line)?;
        if let Json::Members(members) = &mut json {
            let ours = Json::Text(self.layout.kind.code().to_owned());
            if members.iter().any(|(name, value)| name == KIND && *value != ours) {
                self.number += 1;
                self.problem(None, Wrong::OtherKind);
                return Ok(());
            }
            members.retain(|(name, _)| name != KIND);
        }
        self.take(json, sink);
        Ok(())
    }

    /// Counts a blank line of JSON Lines, so that the numbers of records are those of lines.
    pub fn blank_line(&mut self) {
        self.number += 1;
    }

    /// What was wrong.
    pub fn problems(&self) -> &Listed<Problem> {
        &self.problems
    }

    pub(crate) fn take(&mut self, json: Json, sink: &mut impl FnMut(&DecodedRecord)) {
        self.number += 1;
        let before = self.problems.total();
        self.record.clear(self.number);
        self.given.fill(false);
        match json {
            Json::Members(members) => members.into_iter().enumerate().for_each(|(index, (name, value))| self.member(index, name, value)),
            _ => self.problem(None, Wrong::NoObject),
        }
        let lacks = |no: u16| !self.given.get(usize::from(no) - 1).copied().unwrap_or_default();
        self.record.is_old = self.layout.old.is_some_and(|old| (old.first_missing..=old.last_missing).all(lacks))
            && self.record.value("csv_version").is_some_and(|version| is_old(version.as_bytes()));
        if self.problems.total() == before {
            sink(&self.record);
        }
    }

    /// `index` is where the member stands: mostly that of its item.
    fn member(&mut self, index: usize, name: String, value: Json) {
        let here = self.layout.fields.get(index).filter(|field| field.name == name);
        let Some(field) = here.or_else(|| self.layout.field_named(&name)) else {
            return self.problem(None, Wrong::UnknownMember(Some(name).filter(|name| is_name(name))));
        };
        match self.given.get_mut(usize::from(field.no) - 1) {
            Some(given) if !*given => *given = true,
            _ => return self.problem(Some(field), Wrong::TwiceMember),
        }
        match value_of(field, value) {
            Ok(value) => {
                if let Some(slot) = self.record.slot(field) {
                    // as from CSV: else the file would read as another record
                    slot.push_str(if field.format.keeps_spaces() { &value } else { value.trim_matches(' ') });
                }
            }
            Err(wrong) => self.problem(Some(field), wrong),
        }
    }

    fn problem(&mut self, field: Option<&Field>, wrong: Wrong) {
        let problem = Problem { record: Some(self.number), field: field.map(|field| field.no), kind: Some(self.layout.kind), wrong };
        self.problems.push(problem);
    }
}

fn value_of(field: &Field, value: Json) -> Result<String, Wrong> {
    match value {
        Json::Null => Ok(String::new()),
        Json::Text(text) => Ok(text),
        Json::Members(members) if coded::is_coded(field) => code_of(field, members),
        _ if coded::is_coded(field) => Err(Wrong::NoCode),
        _ => Err(Wrong::NoText),
    }
}

fn code_of(field: &Field, members: Vec<(String, Json)>) -> Result<String, Wrong> {
    let (mut code, mut label) = (None, None);
    for (name, value) in members {
        let place = match name.as_str() {
            "code" => &mut code,
            "label" => &mut label,
            _ => return Err(Wrong::NoCode),
        };
        if place.replace(value).is_some() {
            return Err(Wrong::NoCode);
        }
    }
    match (code, label) {
        (Some(Json::Text(code)), None | Some(Json::Null)) => Ok(code),
        (Some(Json::Text(code)), Some(Json::Text(label))) if coded::label(field, &code) == Some(&label) => Ok(code),
        (Some(Json::Text(_)), Some(Json::Text(_))) => Err(Wrong::OtherLabel),
        _ => Err(Wrong::NoCode),
    }
}

/// True for what looks like the name of an item: what doesn't may be anything, and is not repeated in messages.
fn is_name(text: &str) -> bool {
    text.len() <= 60 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
