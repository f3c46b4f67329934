//! The items of each kind of file and the codes they may hold (`data/layouts.csv`, `data/codes.csv`).

use crate::kind::Kind;
use crate::rule::RuleId;

include!(concat!(env!("OUT_DIR"), "/layouts.rs"));
include!(concat!(env!("OUT_DIR"), "/codes.rs"));

/// The items of one record of a kind.
#[derive(Debug)]
pub struct Layout {
    /// The kind of file.
    pub kind: Kind,
    /// The items in their order; item 1 is the CSV version.
    pub fields: &'static [Field],
    pub(crate) old: Option<OldLayout>,
    pub(crate) rules: &'static [ItemRule],
    pub(crate) file_rules: &'static [ItemRule],
    pub(crate) link: Option<ByPerson>,
}

impl Layout {
    pub(crate) const fn of(kind: Kind) -> Option<&'static Layout> {
        layout_of(kind)
    }

    /// All 17 layouts.
    pub fn all() -> impl Iterator<Item = &'static Layout> {
        LAYOUTS.into_iter()
    }

    /// Item `no` (from 1).
    pub fn field(&self, no: u16) -> Option<&'static Field> {
        self.fields.get(usize::from(no).checked_sub(1)?)
    }

    /// The item of that English name.
    pub fn field_named(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// True when a record of the current or of the third edition has that many items.
    pub fn may_have(&self, items: u64) -> bool {
        items == self.fields.len() as u64 || self.old.is_some_and(|old| items == u64::from(old.items))
    }

    /// True for the items the third edition's layout lacks.
    pub(crate) fn is_missing_in_old(&self, no: u16) -> bool {
        self.old.is_some_and(|old| (old.first_missing..=old.last_missing).contains(&no))
    }
}

/// One item of a layout.
#[derive(Debug)]
pub struct Field {
    /// Item number, from 1.
    pub no: u16,
    /// English name, as in the JSON form: `service_code`.
    pub name: &'static str,
    /// The standard's name.
    pub name_ja: &'static str,
    /// Characters; `None` for free text.
    pub length: Option<u32>,
    /// Whether the item must be filled in.
    pub required: Required,
    /// The form of the value.
    pub format: Format,
    /// The codes the value is chosen from.
    pub codes: Option<&'static CodeTable>,
    /// Length and format were verified in the standard; findings against others are warnings.
    pub verified: bool,
}

/// Whether an item must be filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Required {
    /// It must.
    Yes,
    /// It may be empty.
    No,
    /// Probably it must: empty is a warning.
    Unsure,
}

/// The form of an item's value (`format` in `data/layouts.csv`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is the table's own word")]
pub enum Format {
    CsvVersion,
    InsurerNumber,
    InsuredNumber,
    OfficeNumber,
    Date,
    DateOrZeros,
    Month,
    MonthOrZeros,
    TimeHhmm,
    TimeHhmmOr9999,
    Digits,
    Decimal,
    Code,
    PostalCode,
    Phone,
    FreeText,
    DayFlags31,
    ServiceType,
    ServiceCode,
    TaisCode,
    ToolNotificationCode,
    Unused,
}

impl Format {
    /// True where spaces around the value belong to it; elsewhere they are taken off.
    pub(crate) fn keeps_spaces(self) -> bool {
        matches!(self, Format::FreeText | Format::DayFlags31)
    }
}

/// A table of codes.
#[derive(Debug)]
pub struct CodeTable {
    /// The table's name: `care_level`.
    pub name: &'static str,
    /// Its codes.
    pub codes: &'static [Code],
}

impl CodeTable {
    /// The table of that name.
    pub fn named(name: &str) -> Option<&'static CodeTable> {
        CODE_TABLES.into_iter().find(|table| table.name == name)
    }

    /// The row of a code.
    pub fn find(&self, code: &[u8]) -> Option<&'static Code> {
        self.codes.iter().find(|row| row.code.as_bytes() == code)
    }

    /// True when the table has the code.
    pub fn contains(&self, code: &[u8]) -> bool {
        self.find(code).is_some()
    }
}

/// One code.
#[derive(Debug)]
pub struct Code {
    /// The code itself.
    pub code: &'static str,
    /// The standard's label.
    pub label_ja: &'static str,
    /// An English label.
    pub label_en: &'static str,
}

/// The third edition's layout of a kind: fewer items.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OldLayout {
    pub(crate) items: u16,
    /// Items of the current layout it lacks.
    pub(crate) first_missing: u16,
    pub(crate) last_missing: u16,
}

/// How the records of a kind are found from another file of the unit: by person, and by a day where an item holds one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ByPerson {
    pub(crate) day: Option<u16>,
}

/// Records of `child` need one of `parent` for the same person, and the same day where `by_day` (`data/links.csv`).
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) child: Kind,
    pub(crate) parent: Kind,
    pub(crate) by_day: bool,
}

/// The items that say whose record it is, in every layout.
pub(crate) const INSURER_ITEM: u16 = 2;
pub(crate) const INSURED_ITEM: u16 = 3;

/// A rule over several items, of one record or of all records of a file; `items` are item numbers, in groups whose meaning the rule knows.
#[derive(Debug)]
pub(crate) struct ItemRule {
    pub(crate) rule: RuleId,
    pub(crate) items: &'static [&'static [u16]],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_item_counts_are_the_standards() {
        // written down from the standard, not from the table
        let counts = [63, 28, 4, 22, 13, 25, 4, 25, 6, 37, 71, 7, 11, 4, 57, 17, 4];
        assert_eq!(Layout::all().map(|layout| layout.fields.len()).collect::<Vec<_>>(), counts);
    }

    #[test]
    fn item_numbers_and_names_find_their_item() {
        for layout in Layout::all() {
            for field in layout.fields {
                assert_eq!(layout.field(field.no).map(|it| it.name), Some(field.name));
                assert_eq!(layout.field_named(field.name).map(|it| it.no), Some(field.no), "{} {}", layout.kind, field.name);
            }
        }
    }

    #[test]
    fn every_record_says_whose_it_is_in_the_same_items() {
        for layout in Layout::all() {
            assert_eq!(layout.field(INSURER_ITEM).map(|it| it.format), Some(Format::InsurerNumber), "{}", layout.kind);
            assert_eq!(layout.field(INSURED_ITEM).map(|it| it.format), Some(Format::InsuredNumber), "{}", layout.kind);
        }
    }

    #[test]
    fn codes_are_as_long_as_their_items() {
        for field in Layout::all().flat_map(|layout| layout.fields).filter(|field| field.format == Format::Code) {
            for code in field.codes.map_or(&[][..], |table| table.codes) {
                assert_eq!(Some(code.code.len() as u32), field.length, "{}", field.name);
            }
        }
    }
}
