//! One record with its values as text.

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use crate::convert::coded;
use crate::kind::Kind;
use crate::layout::{Field, Layout};

/// One record with its values as text; serialised, the object that [`convert`](crate::convert) describes.
#[derive(Debug, Clone)]
pub struct DecodedRecord {
    layout: &'static Layout,
    pub(crate) number: u64,
    /// One an item; what the old layout lacks is empty.
    values: Vec<String>,
    pub(crate) is_old: bool,
}

impl DecodedRecord {
    pub(crate) fn new(layout: &'static Layout) -> DecodedRecord {
        DecodedRecord { layout, number: 0, values: vec![String::new(); layout.fields.len()], is_old: false }
    }

    pub(crate) fn clear(&mut self, number: u64) {
        self.number = number;
        self.is_old = false;
        self.values.iter_mut().for_each(String::clear);
    }

    /// The place of an item's value.
    pub(crate) fn slot(&mut self, field: &Field) -> Option<&mut String> {
        self.values.get_mut(usize::from(field.no).checked_sub(1)?)
    }

    /// The kind of the record's file.
    pub fn kind(&self) -> Kind {
        self.layout.kind
    }

    /// Which record of the file it is, from 1; in CSV, blank lines and a heading row count, in JSON Lines blank lines.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The items with their values, `None` where empty. A record of the third edition's layout has fewer items.
    pub fn items(&self) -> impl Iterator<Item = (&'static Field, Option<&str>)> {
        let missing = self.layout.old.filter(|_| self.is_old).map(|old| old.first_missing..=old.last_missing);
        self.layout
            .fields
            .iter()
            .zip(&self.values)
            .filter(move |(field, _)| missing.as_ref().is_none_or(|missing| !missing.contains(&field.no)))
            .map(|(field, value)| (field, Some(value.as_str()).filter(|value| !value.is_empty())))
    }

    /// The value of the item of that English name, when it isn't empty.
    pub fn value(&self, name: &str) -> Option<&str> {
        let index = self.layout.fields.iter().position(|field| field.name == name)?;
        self.values.get(index).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The record as a line of JSON Lines: `kind` before its items.
    pub fn line(&self) -> Line<'_> {
        Line(self)
    }

    fn serialize_items<M: serde::ser::SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        self.items().try_for_each(|(field, value)| match value {
            Some(code) if coded::is_coded(field) => map.serialize_entry(field.name, &Coded { code, label: coded::label(field, code) }),
            value => map.serialize_entry(field.name, &value),
        })
    }
}

impl Serialize for DecodedRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.serialize_items(&mut map)?;
        map.end()
    }
}

/// A record as a line of JSON Lines.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a>(&'a DecodedRecord);

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", self.0.kind().code())?;
        self.0.serialize_items(&mut map)?;
        map.end()
    }
}

#[derive(Serialize)]
struct Coded<'a> {
    code: &'a str,
    label: Option<&'static str>,
}
