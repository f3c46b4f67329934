//! The defective units of the kit: for every rule one that breaks it, and nothing else. What each unit is, what is changed in it and where the
//! finding must stand are tables.

mod bytes;
mod items;
mod names;
mod records;
mod sets;

use standard::{Kind, RuleId};

use crate::draft::{Content, Draft, Written};
use crate::error::KitError;
use crate::filler::Fullness;
use crate::record::{Record, Style, Value};
use crate::units::{Order, make};
use crate::world::World;

/// A defective unit of the kit.
pub(crate) struct Defect {
    /// The folder: the rule, and a letter where a rule has several.
    pub(crate) name: &'static str,
    base: Base,
    change: Change,
    /// The findings, the rule the folder is named after first.
    expects: &'static [(RuleId, Place)],
    /// What is wrong, where the rule's own words don't say it.
    pub(crate) note: Option<[&'static str; 2]>,
    /// An office (by service type) that the caller names as sender or recipient, where it is not the one in the name.
    pub(crate) parties: [Option<&'static str>; 2],
    /// The receiver profile it is judged by too.
    pub(crate) profile: Option<&'static str>,
}

/// The valid unit a defect is put into.
#[derive(Debug, Clone, Copy)]
enum Base {
    Plan,
    Slip,
    Actual,
    /// Actual services of tool rental.
    Tools,
    /// Actual services paid by the month.
    Monthly,
    PlanDeletion,
    SlipDeletion,
    ActualDeletion,
    Basic,
    Support,
}

/// What is done to the unit.
enum Change {
    /// One item of one record.
    Item(Kind, Pick, &'static str, To),
    /// The unit before it is written.
    Draft(fn(&mut Draft)),
    /// A file's name.
    Name(Kind, fn(&str) -> String),
    /// A file's bytes.
    Bytes(Kind, fn(Vec<u8>) -> Vec<u8>),
}

/// What an item is changed to.
enum To {
    Text(&'static str),
    /// Made from what was there.
    From(fn(&str) -> String),
    /// Taken from elsewhere in the unit.
    Of(fn(&Draft) -> String),
    /// Bytes that no writer writes, with their quotes.
    Raw(&'static [u8]),
}

/// A record of a file.
#[derive(Clone, Copy)]
enum Pick {
    /// Counted from 0.
    Nth(usize),
    First(fn(&Record) -> bool),
}

/// Where a finding stands.
#[derive(Clone, Copy)]
enum Place {
    Set,
    File(Kind),
    /// The last file of a kind, where there are two.
    LastFile(Kind),
    Record(Kind, Pick),
    /// Behind the last record.
    End(Kind),
    Item(Kind, Pick, &'static str),
    /// The item that was changed.
    Changed,
}

/// A defect put into its unit.
pub(crate) struct Made {
    pub(crate) unit: &'static str,
    pub(crate) files: Vec<Written>,
    /// Sender and recipient as the draft has them.
    pub(crate) parties: [String; 2],
    pub(crate) findings: Vec<Expected>,
}

/// A finding and its place; file by index.
pub(crate) struct Expected {
    pub(crate) rule: RuleId,
    pub(crate) file: Option<usize>,
    pub(crate) record: Option<usize>,
    pub(crate) item: Option<&'static str>,
}

/// Every defect, in the order of the rules.
pub(crate) fn all() -> Vec<&'static Defect> {
    let tables: [&[Defect]; 5] = [&names::DEFECTS, &bytes::DEFECTS, &items::DEFECTS, &records::DEFECTS, &sets::DEFECTS];
    let mut all: Vec<&Defect> = tables.into_iter().flatten().collect();
    all.sort_by_key(|defect| (defect.rule(), defect.name));
    all
}

impl Base {
    fn order(self) -> Order {
        let (unit, from, to) = match self {
            Base::Plan => ("PLAN", "43", "11"),
            Base::Slip => ("SLIP", "43", "11"),
            Base::Actual => ("ACTUAL", "11", "43"),
            Base::Tools => ("ACTUAL", "17", "43"),
            Base::Monthly => ("ACTUAL", "76", "43"),
            Base::PlanDeletion => ("PLAN_DELETE", "43", "11"),
            Base::SlipDeletion => ("SLIP_DELETE", "43", "11"),
            Base::ActualDeletion => ("ACTUAL_DELETE", "11", "43"),
            Base::Basic => ("BASIC", "46", "A6"),
            Base::Support => ("SUPPORT", "46", "A6"),
        };
        Order { unit, from, to, persons: 3, fullness: Fullness::Full, style: Style::Plain }
    }
}

impl Defect {
    /// The rule the defect is about.
    pub(crate) fn rule(&self) -> RuleId {
        self.expects.first().map_or(RuleId::Name, |(rule, _)| *rule)
    }

    /// Puts the defect into a unit of the world.
    pub(crate) fn make(&self, world: &mut World) -> Result<Made, KitError> {
        let nothing = || KitError::NothingToChange { name: self.name };
        let mut draft = make(world, self.base.order(), 0)?;
        let mut changed = None;
        match &self.change {
            Change::Item(kind, pick, item, to) => {
                let index = pick.find(draft.records(*kind)).ok_or_else(nothing)?;
                let value = to.value(&draft, draft.records(*kind).get(index).map_or("", |record| record.text(item)));
                let record = draft.records_mut(*kind).and_then(|records| records.get_mut(index)).ok_or_else(nothing)?;
                record.put(item, value);
                changed = Some((*kind, index, *item));
            }
            Change::Draft(change) => change(&mut draft),
            Change::Name(..) | Change::Bytes(..) => {}
        }
        let mut files = draft.write()?;
        match &self.change {
            Change::Name(kind, rename) => {
                let file = files.iter_mut().find(|file| file.kind == *kind).ok_or_else(nothing)?;
                file.name = rename(&file.name);
            }
            Change::Bytes(kind, rewrite) => {
                let file = files.iter_mut().find(|file| file.kind == *kind).ok_or_else(nothing)?;
                file.bytes = rewrite(std::mem::take(&mut file.bytes));
            }
            Change::Item(..) | Change::Draft(_) => {}
        }
        let expect = |(rule, place): &(RuleId, Place)| place.find(&draft, changed).map(|place| Expected { rule: *rule, ..place });
        let findings = self.expects.iter().map(expect).collect::<Option<_>>().ok_or_else(nothing)?;
        Ok(Made { unit: draft.unit, files, parties: draft.parties(), findings })
    }
}

impl Made {
    /// A unit as it should be. One of the third edition is told to be that, file by file.
    pub(crate) fn untouched(draft: &Draft) -> Result<Made, KitError> {
        let files = draft.write()?;
        let findings = (0..files.len()).filter(|_| draft.v3).flat_map(|file| {
            let version = Expected { rule: RuleId::VersionOld, file: Some(file), record: Some(0), item: Some("csv_version") };
            [Expected { rule: RuleId::NameV3, file: Some(file), record: None, item: None }, version]
        });
        Ok(Made { unit: draft.unit, findings: findings.collect(), files, parties: draft.parties() })
    }
}

impl To {
    fn value(&self, draft: &Draft, before: &str) -> Value {
        match self {
            To::Text(text) => Value::Text((*text).to_owned()),
            To::From(change) => Value::Text(change(before)),
            To::Of(take) => Value::Text(take(draft)),
            To::Raw(raw) => Value::Raw(raw),
        }
    }
}

impl Pick {
    fn find(self, records: &[Record]) -> Option<usize> {
        match self {
            Pick::Nth(index) => Some(index),
            Pick::First(fits) => records.iter().position(fits),
        }
    }
}

impl Place {
    fn find(self, draft: &Draft, changed: Option<(Kind, usize, &'static str)>) -> Option<Expected> {
        let file = |kind| draft.files.iter().position(|file| file.kind == kind);
        let place = |file, record, item| Expected { rule: RuleId::Name, file, record, item };
        Some(match self {
            Place::Set => place(None, None, None),
            Place::File(kind) => place(Some(file(kind)?), None, None),
            Place::LastFile(kind) => place(Some(draft.files.iter().rposition(|file| file.kind == kind)?), None, None),
            Place::Record(kind, pick) => place(Some(file(kind)?), Some(pick.find(draft.records(kind))?), None),
            Place::End(kind) => place(Some(file(kind)?), Some(draft.records(kind).len()), None),
            Place::Item(kind, pick, item) => place(Some(file(kind)?), Some(pick.find(draft.records(kind))?), Some(item)),
            Place::Changed => changed.map(|(kind, record, item)| place(file(kind), Some(record), Some(item)))?,
        })
    }
}

/// A defect that one changed item is, and one finding in that item.
const fn item(
    name: &'static str,
    base: Base,
    kind: Kind,
    pick: Pick,
    item: &'static str,
    to: To,
    expects: &'static [(RuleId, Place)],
) -> Defect {
    Defect { name, base, change: Change::Item(kind, pick, item, to), expects, note: None, parties: [None, None], profile: None }
}

const fn defect(name: &'static str, base: Base, change: Change, expects: &'static [(RuleId, Place)]) -> Defect {
    Defect { name, base, change, expects, note: None, parties: [None, None], profile: None }
}

impl Defect {
    const fn noted(self, en: &'static str, ja: &'static str) -> Defect {
        Defect { note: Some([en, ja]), ..self }
    }
}

/// The records of a kind, for a change of several.
fn each(draft: &mut Draft, kind: Kind, change: impl FnMut(&mut Record)) {
    if let Some(Content::Records(records)) = draft.file_mut(kind).map(|file| &mut file.content) {
        records.iter_mut().for_each(change);
    }
}
