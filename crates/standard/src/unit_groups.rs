//! Which files of a folder make up a unit, told by their names.

use std::collections::BTreeMap;

use crate::file_name::{FileName, MonthInName};
use crate::kind::Kind;
use crate::unit::{Kinds, Unit};

/// The files that belong together, as places in `names`: each set in the order of the names, the sets in the order of their first file.
///
/// Files of one unit share all that follows the kind and month in their names. Where software wrote a plan set and a slip set in the same second they
/// are told apart by the month; and files that make no unit alone, but one together with others of the same sender and recipient or the same second, are
/// held to be one whose names disagree (R-UNIT-TAIL): that is what must be told.
pub fn group_units(names: &[FileName]) -> Vec<Vec<usize>> {
    let mut by_tail: Vec<Vec<usize>> = Vec::new();
    let mut places = BTreeMap::new();
    for (place, name) in names.iter().enumerate() {
        let group = *places.entry(name.tail()).or_insert_with(|| {
            by_tail.push(Vec::new());
            by_tail.len() - 1
        });
        if let Some(group) = by_tail.get_mut(group) {
            group.push(place);
        }
    }
    let groups: Vec<Vec<usize>> = by_tail.into_iter().flat_map(|group| split_by_month(names, group)).collect();
    let (mut whole, mut parts): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| unit_of(names, group).is_some());
    while !parts.is_empty() {
        let mut group = parts.remove(0);
        if let Some(others) = completing(names, &group, &parts) {
            for place in others.into_iter().rev() {
                group.append(&mut parts.remove(place));
            }
            group.sort_unstable();
        }
        whole.push(group);
    }
    whole.sort_unstable();
    whole
}

/// A plan set and a slip set of one second: split only where both parts are units, and different ones.
fn split_by_month(names: &[FileName], group: Vec<usize>) -> Vec<Vec<usize>> {
    if unit_of(names, &group).is_some() {
        return vec![group];
    }
    let month = |place: &usize| names.get(*place).and_then(|name| name.month).filter(|month| *month != MonthInName::Zeros);
    let mut parts: BTreeMap<Option<MonthInName>, Vec<usize>> = BTreeMap::new();
    group.iter().for_each(|place| parts.entry(month(place)).or_default().push(*place));
    let mut units: Vec<&str> = parts.values().filter_map(|part| unit_of(names, part)).map(|unit| unit.id).collect();
    units.sort_unstable();
    units.dedup();
    if units.len() == parts.len() { parts.into_values().collect() } else { vec![group] }
}

/// The parts (as places) that make a unit of this one: those nearest by name are tried first.
fn completing(names: &[FileName], group: &[usize], parts: &[Vec<usize>]) -> Option<Vec<usize>> {
    let first = |group: &[usize]| group.first().and_then(|place| names.get(*place));
    let own = first(group)?;
    let near: [fn(&FileName, &FileName) -> bool; 3] = [
        |one, other| (&one.sender, &one.recipient, one.month) == (&other.sender, &other.recipient, other.month),
        |one, other| (&one.sender, &one.recipient) == (&other.sender, &other.recipient),
        |one, other| one.stamp == other.stamp && (one.sender == other.sender || one.recipient == other.recipient),
    ];
    // a kind comes once: of a thousand slips without their annex none completes another, and that is seen at once
    let kinds = |group: &[usize]| group.iter().filter_map(|place| names.get(*place)).map(|name| name.kind).collect::<Kinds>();
    let own_kinds = kinds(group);
    near.iter().find_map(|near| {
        let fits = |part: &Vec<usize>| kinds(part).is_disjoint(own_kinds) && first(part).is_some_and(|it| near(own, it));
        let candidates: Vec<usize> = (0..).zip(parts).filter(|(_, part)| fits(part)).map(|(at, _)| at).collect();
        let singles = candidates.iter().map(|at| vec![*at]);
        singles.chain(std::iter::once(candidates.clone())).filter(|chosen| !chosen.is_empty()).find(|chosen| {
            let all: Vec<usize> = group.iter().chain(chosen.iter().filter_map(|at| parts.get(*at)).flatten()).copied().collect();
            unit_of(names, &all).is_some()
        })
    })
}

/// The unit that the files make up, each kind once.
fn unit_of(names: &[FileName], group: &[usize]) -> Option<&'static Unit> {
    let files: Vec<&FileName> = group.iter().filter_map(|place| names.get(*place)).collect();
    let kinds: Vec<Kind> = files.iter().map(|name| name.kind).collect();
    let twice = |kind: &Kind| kind.layout().is_some() && kinds.iter().filter(|other| *other == kind).count() > 1;
    if kinds.iter().any(twice) { None } else { Unit::of(&kinds, files.iter().all(|name| name.is_v3())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `SLIP 202604 a`: names of kinds with a tail each; `expected` are the sets of places.
    fn check(files: &[(&str, &str)], expected: &[&[usize]]) {
        let names: Vec<FileName> = files
            .iter()
            .map(|(head, tail)| FileName::parse(&format!("{head}_{tail}.CSV")).0.unwrap_or_else(|| panic!("{head} {tail}")))
            .collect();
        assert_eq!(group_units(&names), expected, "{files:?}");
    }

    const A: &str = "99A0100016_43_0170101950_11_20260410090000";
    const LATER: &str = "99A0100016_43_0170101950_11_20260410090001";
    const STRANGERS: &str = "9870100022_43_9770100015_11_20260410090000";
    const ELSEWHERE: &str = "99A0100016_43_0170101968_15_20260410090000";

    #[test]
    fn files_with_one_tail_are_a_unit() {
        check(&[("UPPLAN_202604", A), ("UPSIKYU_202604", A), ("UPHOSOKU_202604", A)], &[&[0, 1, 2]]);
        check(&[("DLTPLAN_202604", A), ("DLTPLAN_202604", LATER)], &[&[0], &[1]]);
        check(
            &[
                ("UPPLAN_202604", A),
                ("UPPLAN_202604", ELSEWHERE),
                ("UPSIKYU_202604", A),
                ("UPSIKYU_202604", ELSEWHERE),
                ("UPHOSOKU_202604", A),
            ],
            &[&[0, 2, 4], &[1, 3]],
        );
    }

    #[test]
    fn a_plan_set_and_a_slip_set_of_one_second_are_two() {
        let plan = [("UP1KYO", A), ("UP2KYO", A), ("UP3KYO", A), ("UPHOSOKU_000000", A)];
        let slip = [("UPPLAN_202604", A), ("UPSIKYU_202604", A), ("UPHOSOKU_202604", A)];
        check(&[&plan[..], &slip].concat(), &[&[0, 1, 2, 3], &[4, 5, 6]]);
        // but two months of one kind are one set too much
        check(&[("UPJSK_202604", A), ("UPJSK_202605", A)], &[&[0, 1]]);
        check(&[("UPPLAN_202604", A), ("UPSIKYU_202604", A), ("UPHOSOKU_202604", A), ("DLTPLAN_202604", A)], &[&[0, 1, 2, 3]]);
    }

    #[test]
    fn parts_that_make_a_unit_together_are_one_whose_names_disagree() {
        check(&[("UPPLAN_202604", A), ("UPSIKYU_202604", A), ("UPHOSOKU_202604", LATER)], &[&[0, 1, 2]]);
        check(&[("UPPLAN_202604", A), ("UPSIKYU_202604", LATER), ("UPHOSOKU_202604", ELSEWHERE)], &[&[0], &[1], &[2]]);
        check(&[("UPPLAN_202604", A), ("UPHOSOKU_202604", LATER)], &[&[0], &[1]]);
        // other offices' files of the same second are no part of it
        check(&[("UPPLAN_202604", A), ("UPSIKYU_202604", A), ("UPHOSOKU_202605", STRANGERS)], &[&[0, 1], &[2]]);
        check(&[("UPJSK_202604", A), ("UPHOSOKU_202604", A), ("UPPLAN_202604", A), ("UPSIKYU_202604", ELSEWHERE)], &[&[0, 1, 2], &[3]]);
    }
}
