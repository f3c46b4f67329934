//! What the records of one file say together (`data/file_rules.csv`), and what the rules between files need of them (`data/links.csv`).
//!
//! State grows with the distinct keys, never with the records; [`FileCheck`](crate::FileCheck) states how much each key takes.

mod groups;
mod images;
mod people;
mod repeats;
mod replaced;
mod served;

use std::collections::BTreeSet;

use crate::finding::Detail;
use crate::findings::Findings;
use crate::layout::{ItemRule, Layout};
use crate::record_rules::Values;
use crate::report::Report;
use crate::rule::RuleId;

use self::groups::Groups;
pub(crate) use self::images::{ImageNames, image_fingerprint};
pub(crate) use self::people::{People, Person, Place};
use self::repeats::Repeats;
pub use self::replaced::RecordKey;
use self::replaced::Replaced;
pub(crate) use self::served::Recipients;
use self::served::Served;

/// The rules over all records of a file, while they come.
#[derive(Debug)]
pub(crate) struct Across {
    people: Option<People>,
    repeats: Option<Repeats>,
    groups: Option<Groups>,
    served: Option<Served>,
    images: Option<(u16, ImageNames)>,
    replaced: Option<Replaced>,
    complete: bool,
}

/// What the rules between files need of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Links {
    /// Whose records there are.
    pub(crate) people: People,
    /// The images that records name.
    pub(crate) images: ImageNames,
    /// Of every record it could be told whose it is; else nobody can say that a record is missing.
    pub(crate) complete: bool,
    /// The file goes to several offices, and persons without a service at one of them were looked for.
    pub(crate) for_several: bool,
    /// What a newer file would replace.
    pub(crate) replaced: BTreeSet<RecordKey>,
}

impl Across {
    pub(crate) fn new(layout: &Layout, recipients: Recipients) -> Across {
        let items =
            |rule: RuleId| layout.file_rules.iter().filter(move |it| it.rule == rule).flat_map(|it| it.items.iter().copied()).next();
        let repeats = layout.file_rules.iter().find_map(|ItemRule { rule, items }| match (rule, *items) {
            (RuleId::Dup | RuleId::RowDup, &[key]) => Some(Repeats::new(*rule, key)),
            _ => None,
        });
        let served = items(RuleId::NotRecipient).and_then(|items| Served::new(*items.first()?, layout.kind, recipients));
        let groups = items(RuleId::SikyuSub).and_then(|items| match items {
            &[office, code] => Some(Groups::new(office, code)),
            _ => None,
        });
        let images = items(RuleId::Image).and_then(|items| Some((*items.first()?, ImageNames::default())));
        let replaced = Replaced::of(layout);
        Across { people: layout.link.map(People::by), repeats, groups, served, images, replaced, complete: true }
    }

    /// Takes the next record.
    pub(crate) fn take(&mut self, values: &Values<'_>, report: &mut Report<'_>) {
        let place = Place::new(report.line, report.record);
        if let Some((no, images)) = &mut self.images {
            images.take(values.item(*no), place);
        }
        let Some(person) = Person::of(values) else { return self.miss() };
        if let Some(people) = &mut self.people {
            let mark = self.served.as_ref().map_or(0, |served| served.mark(values));
            self.complete &= people.take(person, values, place, mark);
        }
        if let Some(replaced) = &mut self.replaced {
            replaced.take(person, values);
        }
        if let Some(repeats) = &mut self.repeats
            && repeats.take(person, values)
        {
            report.record(repeats.rule, Detail::None);
        }
        if let Some(groups) = &mut self.groups {
            groups.take(person, values, place);
        }
    }

    /// Notes a record that can't be told apart, or of whom it is: from now on nothing can be said to be missing.
    pub(crate) fn miss(&mut self) {
        self.complete = false;
    }

    /// Tells what only the whole file shows, in the order of the records.
    pub(crate) fn finish(self, findings: &mut Findings) -> Links {
        let people = self.people.unwrap_or_default().finish();
        if let Some(groups) = self.groups {
            groups.finish(self.complete, findings);
        }
        if let Some(served) = self.served.as_ref().filter(|_| self.complete) {
            served.finish(&people, findings);
        }
        let for_several = self.served.is_some_and(|served| served.is_for_several());
        let images = self.images.map(|(_, images)| images).unwrap_or_default();
        let replaced = self.replaced.map(Replaced::finish).unwrap_or_default();
        Links { people, images, complete: self.complete, for_several, replaced }
    }
}

#[cfg(test)]
mod tests;
