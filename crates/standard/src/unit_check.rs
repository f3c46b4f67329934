//! The rules between the files of a unit (送信単位).

use std::collections::{BTreeMap, BTreeSet};

use crate::across::{Links, Place, image_fingerprint};
use crate::checker::FileCheck;
use crate::file_name::{FileName, MonthInName};
use crate::finding::{Detail, Finding};
use crate::findings::Findings;
use crate::kind::Kind;
use crate::layout::{INSURED_ITEM, LINKS, Link};
use crate::rule::RuleId;
use crate::unit::{Kinds, Unit};

/// What the files of a set say together.
#[derive(Debug, Clone)]
pub struct UnitCheck {
    /// The unit the standard allows, `None` with an error where it allows none.
    pub unit: Option<&'static Unit>,
    /// Findings about the set as a whole.
    pub findings: Findings,
    /// More findings about each file, in the order of the files.
    pub of_files: Vec<Findings>,
}

/// A file of a set, as far as it is known.
#[derive(Debug, Clone, Copy)]
pub struct UnitFile<'a> {
    /// What its name begins with.
    pub kind: Kind,
    /// Its name; none where it fits no pattern.
    pub name: Option<&'a FileName>,
    /// What its content showed; none where it was not read.
    pub check: Option<&'a FileCheck>,
}

impl<'a> From<&(&'a FileName, &'a FileCheck)> for UnitFile<'a> {
    fn from(&(name, check): &(&'a FileName, &'a FileCheck)) -> Self {
        UnitFile { kind: name.kind, name: Some(name), check: Some(check) }
    }
}

/// Judges files that were checked one by one as a set: [`check_unit_files`], all of them known.
pub fn check_unit(files: &[(&FileName, &FileCheck)]) -> UnitCheck {
    check_unit_files(&files.iter().map(UnitFile::from).collect::<Vec<_>>())
}

/// Judges files as a set: R-UNIT-…, R-PARENT, R-NO-HOSOKU, R-IMAGE, and R-NOT-RECIPIENT for a plan's persons that its table 2 doesn't name.
///
/// A person or record is told once a file, at its first place. Where a file could not be read, or not whole, nothing is said to be missing from it;
/// it counts as a file of its kind.
pub fn check_unit_files(files: &[UnitFile<'_>]) -> UnitCheck {
    let mut set = Set { files, findings: Findings::new(), of_files: files.iter().map(|_| Findings::new()).collect() };
    let unit = set.check();
    UnitCheck { unit, findings: set.findings, of_files: set.of_files }
}

impl UnitCheck {
    /// What is wrong with the set as a whole, where some file may be of one of these kinds and nobody can tell: what it may be is not missing.
    pub fn findings_beside(&self, unknown: Kinds) -> Findings {
        let may_be_there = |finding: &&Finding| match finding.detail {
            Detail::Set { missing, surplus } => surplus.is_empty() && !missing.is_disjoint(unknown),
            _ => finding.rule == RuleId::UnitNosub && unknown.iter().any(|kind| kind == Kind::SupportPlanAnnex),
        };
        self.findings.listed().iter().filter(|finding| !may_be_there(finding)).copied().collect()
    }
}

struct Set<'a> {
    files: &'a [UnitFile<'a>],
    findings: Findings,
    of_files: Vec<Findings>,
}

impl<'a> Set<'a> {
    fn check(&mut self) -> Option<&'static Unit> {
        let once = self.check_kinds_come_once();
        let kinds: Vec<Kind> = self.files.iter().map(|file| file.kind).collect();
        let v3 = self.files.iter().filter_map(|file| file.name).all(FileName::is_v3);
        let unit = Unit::of(&kinds, v3);
        if unit.is_none() {
            let (missing, surplus) = Unit::nearest(kinds.iter().collect::<Kinds>(), v3);
            self.findings.push(Finding::of_file(RuleId::UnitSet).with(Detail::Set { missing, surplus }));
        }
        self.check_agreement(RuleId::UnitTail, |file| file.name.map(FileName::tail));
        self.check_agreement(RuleId::UnitVersion, |file| file.check?.csv_version);
        self.check_months(unit);
        if kinds.contains(&Kind::SupportPlan) && !kinds.contains(&Kind::SupportPlanAnnex) {
            self.findings.push(Finding::of_file(RuleId::UnitNosub));
        }
        for link in &LINKS {
            self.check_link(link);
        }
        self.check_supplements();
        self.check_served();
        self.check_images();
        unit.filter(|_| once)
    }

    /// R-UNIT-TWICE, in the second file of a kind; of images there may be many. What else is wrong is told of the first.
    fn check_kinds_come_once(&mut self) -> bool {
        let mut met = BTreeSet::new();
        for (UnitFile { kind, .. }, findings) in self.files.iter().zip(&mut self.of_files) {
            if kind.layout().is_some() && !met.insert(*kind) {
                findings.push(Finding::of_file(RuleId::UnitTwice));
            }
        }
        self.of_files.iter().all(Findings::is_empty)
    }

    /// A finding for each file whose value is not the most frequent one.
    fn check_agreement<T: Ord>(&mut self, rule: RuleId, value: impl Fn(&'a UnitFile<'a>) -> Option<T>) {
        let values: Vec<Option<T>> = self.files.iter().map(value).collect();
        let mut counts: BTreeMap<&T, (usize, usize)> = BTreeMap::new();
        for (place, value) in values.iter().enumerate() {
            if let Some(value) = value {
                counts.entry(value).or_insert((0, place)).0 += 1;
            }
        }
        // of equally frequent ones the one met first
        let common = counts.into_iter().max_by_key(|(_, (count, first))| (*count, std::cmp::Reverse(*first))).map(|(value, _)| value);
        for (value, findings) in values.iter().zip(&mut self.of_files) {
            if value.is_some() && value.as_ref() != common {
                findings.push(Finding::of_file(rule));
            }
        }
    }

    /// A slip set is of one month; the supplement of a plan set has none.
    fn check_months(&mut self, unit: Option<&Unit>) {
        let plan = unit.is_some_and(|unit| unit.required.contains(&Kind::PlanTable1));
        let wanted = if plan { Some(MonthInName::Zeros) } else { self.file(Kind::UsageSlip).and_then(|(_, file)| file.name?.month) };
        let Some(wanted) = wanted else { return };
        for (file, findings) in self.files.iter().zip(&mut self.of_files) {
            if file.name.and_then(|name| name.month).is_some_and(|month| month != wanted) {
                findings.push(Finding::of_file(RuleId::UnitMonth));
            }
        }
    }

    /// R-PARENT.
    fn check_link(&mut self, link: &Link) {
        // a supplement hangs on the plan where there is one, else on the slip
        let superseded = link.child == Kind::UserSupplement && !link.by_day && self.file(Kind::PlanTable1).is_some();
        let (Some((place, child)), Some((_, parent))) = (self.links(link.child), self.links(link.parent)) else { return };
        if superseded || !parent.complete {
            return;
        }
        let mut orphans = Vec::new();
        if link.by_day {
            for (person, day, at) in child.people.keys() {
                let known = parent.people.has_person(person);
                // a supplement without a day was told by R-HOSOKU-DATE
                let told_already = link.child == Kind::UserSupplement && day == 0 && known;
                if !parent.people.has(person, day) && !told_already {
                    let field = if known { child.people.day_item() } else { Some(INSURED_ITEM) };
                    orphans.push((at, field));
                }
            }
        } else {
            let loose = child.people.persons().filter(|(person, _, _)| !parent.people.has_person(*person));
            orphans.extend(loose.map(|(_, at, _)| (at, Some(INSURED_ITEM))));
        }
        self.tell_places(place, RuleId::Parent, orphans);
    }

    /// R-NO-HOSOKU.
    fn check_supplements(&mut self) {
        let Some((_, supplement)) = self.links(Kind::UserSupplement) else { return };
        let kind = if self.file(Kind::PlanTable1).is_some() { Kind::PlanTable1 } else { Kind::UsageSlip };
        let Some((place, parent)) = self.links(kind) else { return };
        if supplement.complete {
            self.tell_missing(place, parent, supplement, RuleId::NoHosoku);
        }
    }

    /// R-NOT-RECIPIENT: with several offices a person of the plan without a row in table 2 has no service anywhere.
    fn check_served(&mut self) {
        let (Some((place, plan)), Some((_, services))) = (self.links(Kind::PlanTable1), self.links(Kind::PlanTable2)) else { return };
        if services.for_several && services.complete {
            self.tell_missing(place, plan, services, RuleId::NotRecipient);
        }
    }

    /// R-IMAGE: images that are named and not there, images that are there and not named.
    fn check_images(&mut self) {
        let Some((place, links)) = self.links(Kind::BasicInformation) else { return };
        let sent = (0..).zip(self.files).filter(|(_, file)| file.kind == Kind::BasicInformationImage);
        // an image under a wrong name may be any that is named
        let all_known = sent.clone().all(|(_, file)| file.name.is_some());
        let fingerprint = |(place, file): (usize, &UnitFile<'_>)| Some((place, image_fingerprint(file.name?.standard_name().as_bytes())));
        let images: Vec<(usize, u64)> = sent.filter_map(fingerprint).collect();
        let field = Kind::BasicInformation.layout().and_then(|layout| layout.field_named("family_image_file")).map(|field| field.no);
        let sent = |fingerprint: u64| !all_known || images.iter().any(|(_, image)| *image == fingerprint);
        let absent = links.images.iter().filter(|(fingerprint, _)| !sent(*fingerprint)).map(|(_, at)| (at, field)).collect();
        let unnamed: Vec<usize> =
            images.iter().filter(|(_, image)| links.complete && !links.images.has(*image)).map(|(place, _)| *place).collect();
        self.tell_places(place, RuleId::Image, absent);
        for place in unnamed {
            self.tell(place, [Finding::of_file(RuleId::Image)]);
        }
    }

    /// A finding for each person of the file that the other has no record of.
    fn tell_missing(&mut self, place: usize, file: &Links, other: &Links, rule: RuleId) {
        let missing = file.people.persons().filter(|(person, _, _)| !other.people.has_person(*person));
        self.tell_places(place, rule, missing.map(|(_, at, _)| (at, None)).collect());
    }

    /// Findings of one rule in one file, in the order of its records.
    fn tell_places(&mut self, place: usize, rule: RuleId, mut places: Vec<(Place, Option<u16>)>) {
        places.sort_unstable();
        self.tell(place, places.into_iter().map(|(at, field)| at.finding(rule, field, Detail::None)));
    }

    fn tell(&mut self, place: usize, findings: impl IntoIterator<Item = Finding>) {
        if let Some(of_file) = self.of_files.get_mut(place) {
            of_file.extend(findings);
        }
    }

    fn file(&self, kind: Kind) -> Option<(usize, &'a UnitFile<'a>)> {
        self.files.iter().enumerate().find(|(_, file)| file.kind == kind)
    }

    fn links(&self, kind: Kind) -> Option<(usize, &'a Links)> {
        let (place, file) = self.file(kind)?;
        Some((place, file.check?.links.as_ref()?))
    }
}

#[cfg(test)]
mod tests;
