//! What a record is, seen from its layout: a blank line, a heading, values, or none of these.

use crate::layout::Layout;
use crate::record::{Cell, Record};
use crate::version::{CsvVersion, VersionAge};

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Blank,
    Heading,
    /// One value an item.
    Current,
    /// The third edition's layout: the items it lacks count as empty.
    Old,
    /// Another number of items.
    Misfit,
}

/// Tells what a record is, and lays its cells out in `row`, one an item, when it holds values.
pub(crate) fn lay_out(record: &Record<'_>, layout: &Layout, row: &mut Vec<Cell>) -> Shape {
    row.clear();
    let Some(first) = record.cells.first() else { return Shape::Blank };
    if record.items == 1 && first.start == first.end {
        return Shape::Blank;
    }
    if record.number == 1 && is_heading(record) {
        return Shape::Heading;
    }
    if record.items == layout.fields.len() as u64 {
        row.extend_from_slice(record.cells);
        return Shape::Current;
    }
    let version = first.of(record.bytes).trim_ascii_spaces();
    let Some(old) = layout.old.filter(|old| record.items == u64::from(old.items) && is_old(version)) else { return Shape::Misfit };
    let (before, after) = record.cells.split_at_checked(usize::from(old.first_missing) - 1).unwrap_or((record.cells, &[]));
    row.extend_from_slice(before);
    row.extend((old.first_missing..=old.last_missing).map(|_| Cell::default()));
    row.extend_from_slice(after);
    Shape::Old
}

/// A first record without a version and without a number in the next three items is a heading row.
fn is_heading(record: &Record<'_>) -> bool {
    let six_digits = |text: &[u8]| text.len() == 6 && text.iter().all(u8::is_ascii_digit);
    let Some((first, rest)) = record.cells.split_first() else { return false };
    if record.items == 1 || six_digits(first.of(record.bytes).trim_ascii_spaces()) {
        return false;
    }
    let mut run = 0;
    !rest.iter().take(3).flat_map(|cell| cell.of(record.bytes)).any(|byte| {
        run = if byte.is_ascii_digit() { run + 1 } else { 0 };
        run == 6
    })
}

/// True for the versions whose files may have the third edition's layout.
pub(crate) fn is_old(version: &[u8]) -> bool {
    CsvVersion::find(version).is_some_and(|version| version.age() == VersionAge::Old)
}

pub(crate) trait TrimSpaces {
    /// Without the spaces (20, nothing else) around it.
    fn trim_ascii_spaces(&self) -> &[u8];
}

impl TrimSpaces for [u8] {
    fn trim_ascii_spaces(&self) -> &[u8] {
        let mut text = self;
        while let [b' ', rest @ ..] | [rest @ .., b' '] = text {
            text = rest;
        }
        text
    }
}
