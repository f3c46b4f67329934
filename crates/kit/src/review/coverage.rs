//! What a sample shows of a kind: items that were filled in, codes that were used. Counts only.

use standard::convert::DecodedRecord;
use standard::{Field, Format, Kind, Layout, Required, ServiceType};

use super::report::{CodeReport, ItemReport, MissingCode};
use crate::pattern::Care;

/// The items that name a service: the service type, or a code that begins with it.
const SERVICE_ITEMS: [&str; 2] = ["service_code", "service_type"];

/// Counts over the records of one kind.
#[derive(Debug, Clone)]
pub(super) struct Coverage {
    layout: Option<&'static Layout>,
    pub(super) records: u64,
    /// In how many records each item was filled in.
    filled: Vec<u64>,
    /// For each item, how often each code of its table was used.
    codes: Vec<Vec<u64>>,
    preventive: u64,
    other_care: u64,
}

impl Coverage {
    pub(super) fn of(kind: Kind) -> Coverage {
        let layout = kind.layout();
        let fields = layout.map_or(&[][..], |layout| layout.fields);
        Coverage {
            layout,
            records: 0,
            filled: vec![0; fields.len()],
            codes: fields.iter().map(|field| vec![0; table(field).map_or(0, |table| table.codes.len())]).collect(),
            preventive: 0,
            other_care: 0,
        }
    }

    pub(super) fn count(&mut self, record: &DecodedRecord) {
        self.records += 1;
        for (field, value) in record.items() {
            let (Some(value), Some(index)) = (value, usize::from(field.no).checked_sub(1)) else { continue };
            if let Some(filled) = self.filled.get_mut(index) {
                *filled += 1;
            }
            let place = table(field).and_then(|table| table.codes.iter().position(|code| code.code == value));
            if let Some(count) = place.and_then(|place| self.codes.get_mut(index)?.get_mut(place)) {
                *count += 1;
            }
            if SERVICE_ITEMS.contains(&field.name) {
                let service_type = value.get(..2).and_then(|text| text.parse::<ServiceType>().ok());
                match service_type.map_or(Care::Unknown, Care::of_type) {
                    Care::Preventive => self.preventive += 1,
                    Care::Other => self.other_care += 1,
                    Care::Unknown => {}
                }
            }
        }
    }

    /// The same with another file's counts.
    pub(super) fn add(&mut self, other: &Coverage) {
        let add = |sums: &mut [u64], more: &[u64]| sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        self.records += other.records;
        self.preventive += other.preventive;
        self.other_care += other.other_care;
        add(&mut self.filled, &other.filled);
        for (sums, more) in self.codes.iter_mut().zip(&other.codes) {
            add(sums, more);
        }
    }

    /// What the service codes say of the care.
    pub(super) fn care(&self) -> Care {
        match (self.preventive, self.other_care) {
            (0, 0) => Care::Unknown,
            (_, 0) => Care::Preventive,
            _ => Care::Other,
        }
    }

    /// How many items there are to fill in, and how many were in at least one record.
    pub(super) fn items(&self) -> (usize, usize) {
        let fields = self.fields().filter(|(field, _)| is_to_fill(field));
        fields.fold((0, 0), |(all, filled), (_, count)| (all + 1, filled + usize::from(count > 0)))
    }

    /// The items that were empty in all records.
    pub(super) fn never_filled(&self) -> Vec<ItemReport> {
        let empty = self.fields().filter(|(field, count)| *count == 0 && is_to_fill(field) && self.records > 0);
        empty
            .map(|(field, _)| ItemReport {
                no: field.no,
                name: field.name,
                name_ja: field.name_ja,
                required: field.required == Required::Yes,
            })
            .collect()
    }

    /// The tables of codes, and what was seen of each.
    pub(super) fn codes(&self) -> Vec<CodeReport> {
        let coded = self.fields().zip(&self.codes).filter_map(|((field, _), counts)| Some((field, table(field)?, counts)));
        coded
            .map(|(field, table, counts)| {
                let missing = table.codes.iter().zip(counts).filter(|(_, count)| **count == 0).map(|(code, _)| MissingCode {
                    code: code.code,
                    label_ja: code.label_ja,
                    label_en: code.label_en,
                });
                let missing: Vec<MissingCode> = missing.collect();
                let of = table.codes.len();
                CodeReport {
                    no: field.no,
                    name: field.name,
                    name_ja: field.name_ja,
                    table: table.name,
                    seen: of - missing.len(),
                    of,
                    missing,
                }
            })
            .collect()
    }

    fn fields(&self) -> impl Iterator<Item = (&'static Field, u64)> + '_ {
        self.layout.map_or(&[][..], |layout| layout.fields).iter().zip(self.filled.iter().copied())
    }
}

/// The table a coded item is chosen from.
fn table(field: &Field) -> Option<&'static standard::CodeTable> {
    field.codes.filter(|_| field.format == Format::Code)
}

fn is_to_fill(field: &Field) -> bool {
    field.format != Format::Unused
}
