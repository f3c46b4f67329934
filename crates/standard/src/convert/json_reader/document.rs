//! Documents: a head and an array of records, or the array alone.

use std::fmt;

use serde::de::{Deserialize as _, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{JsonReader, KIND};
use crate::convert::json_value::{Json, scalars_are};
use crate::convert::listed::Listed;
use crate::convert::problem::{Problem, Wrong};
use crate::convert::quoting::Quoting;
use crate::convert::record::DecodedRecord;
use crate::file_name::FileName;
use crate::kind::Kind;

const RECORDS: &str = "records";
const FILE: &str = "file";
const QUOTING: &str = "quoting";

/// What stands around the records of a document. An array of records has none of it.
#[derive(Debug, Clone, Default)]
pub struct Head {
    /// The kind of file.
    pub kind: Option<Kind>,
    /// The file's name, as the standard wants it.
    pub file: Option<String>,
    /// Which cells its file had in quotes.
    pub quoting: Option<Quoting>,
    /// What is wrong with the head.
    pub problems: Listed<Problem>,
}

impl Head {
    /// Reads a document's head or a line's kind, and skips the records, wherever they stand.
    ///
    /// # Errors
    /// When it is not JSON.
    pub fn read<'de, D: Deserializer<'de>>(document: D) -> Result<Head, D::Error> {
        let mut head = Head::default();
        let has_records = document.deserialize_any(Whole { head: Some(&mut head), records: Skipped })?;
        if !has_records {
            head.problem(Wrong::NoRecords);
        }
        let kind_of_file = head.file.as_deref().and_then(|file| FileName::parse(file).0).map(|name| name.kind);
        if head.kind.zip(kind_of_file).is_some_and(|(kind, of_file)| kind != of_file) {
            head.problem(Wrong::Head(FILE));
        }
        Ok(head)
    }

    /// Reads the kind a line of JSON Lines names.
    ///
    /// # Errors
    /// When it is not JSON.
    pub fn kind_of_line<'de, D: Deserializer<'de>>(line: D) -> Result<Option<Kind>, D::Error> {
        Ok(match Json::deserialize(line)? {
            Json::Members(members) => members.into_iter().find(|(name, _)| name == KIND).and_then(|(_, value)| kind_of(value)),
            _ => None,
        })
    }

    fn member(&mut self, name: &'static str, value: Json) {
        let fits = match (name, value) {
            (KIND, value) => {
                self.kind = kind_of(value);
                self.kind.is_some()
            }
            (_, Json::Null) => true,
            (FILE, Json::Text(file)) => {
                self.file = Some(file).filter(|file| FileName::parse(file).0.is_some());
                self.file.is_some()
            }
            (_, Json::Text(word)) => {
                self.quoting = Quoting::named(&word);
                self.quoting.is_some()
            }
            _ => false,
        };
        if !fits {
            self.problem(if name == KIND { Wrong::NoKind } else { Wrong::Head(name) });
        }
    }

    fn problem(&mut self, wrong: Wrong) {
        self.problems.push(Problem { record: None, field: None, kind: self.kind, wrong });
    }
}

fn kind_of(value: Json) -> Option<Kind> {
    match value {
        Json::Text(code) => code.parse().ok().filter(|kind: &Kind| kind.layout().is_some()),
        _ => None,
    }
}

impl JsonReader {
    /// Reads the records of a document or of an array; the head is [`Head::read`]'s.
    ///
    /// # Errors
    /// When it is not JSON.
    pub fn document<'de, D: Deserializer<'de>>(&mut self, document: D, sink: &mut impl FnMut(&DecodedRecord)) -> Result<(), D::Error> {
        document.deserialize_any(Whole { head: None, records: Taken { reader: self, sink } }).map(drop)
    }
}

/// What is done with the elements of `records`.
trait Records {
    type Element: for<'de> serde::Deserialize<'de>;

    fn take(&mut self, element: Self::Element);
}

struct Skipped;

impl Records for Skipped {
    type Element = IgnoredAny;

    fn take(&mut self, _: IgnoredAny) {}
}

struct Taken<'a, F> {
    reader: &'a mut JsonReader,
    sink: &'a mut F,
}

impl<F: FnMut(&DecodedRecord)> Records for Taken<'_, F> {
    type Element = Json;

    fn take(&mut self, element: Json) {
        self.reader.take(element, self.sink);
    }
}

/// The whole text; tells whether there were records.
struct Whole<'a, R> {
    head: Option<&'a mut Head>,
    records: R,
}

impl<'de, R: Records> Visitor<'de> for Whole<'_, R> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a document or an array of records")
    }

    scalars_are!(|_| false);

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_str<E>(self, _: &str) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, elements: A) -> Result<bool, A::Error> {
        Array(&mut self.records).visit_seq(elements)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<bool, A::Error> {
        let (mut has_records, mut met) = (false, Vec::new());
        while let Some(name) = map.next_key::<String>()? {
            let known = [KIND, FILE, QUOTING, RECORDS].into_iter().find(|known| *known == name);
            let twice = known.is_some_and(|known| met.contains(&known));
            met.extend(known);
            match (known, &mut self.head) {
                (Some(RECORDS), _) if !twice => has_records = map.next_value_seed(Array(&mut self.records))?,
                (Some(known), Some(head)) if !twice => head.member(known, map.next_value()?),
                (_, head) => {
                    map.next_value::<IgnoredAny>()?;
                    if let Some(head) = head {
                        head.problem(if twice {
                            Wrong::TwiceMember
                        } else {
                            Wrong::UnknownMember(Some(name).filter(|name| super::is_name(name)))
                        });
                    }
                }
            }
        }
        Ok(has_records)
    }
}

/// The array of records; tells whether it is one.
struct Array<'a, R>(&'a mut R);

impl<'de, R: Records> DeserializeSeed<'de> for Array<'_, R> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, R: Records> Visitor<'de> for Array<'_, R> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of records")
    }

    scalars_are!(|_| false);

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_str<E>(self, _: &str) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(false)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<bool, A::Error> {
        while let Some(element) = elements.next_element()? {
            self.0.take(element);
        }
        Ok(true)
    }
}
