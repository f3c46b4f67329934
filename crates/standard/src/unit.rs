//! The sets of files that travel together (`data/units.csv`).

use crate::kind::Kind;

include!(concat!(env!("OUT_DIR"), "/units.rs"));

/// A transmission unit (送信単位): the files an office sends at once.
#[derive(Debug)]
pub struct Unit {
    /// `SLIP`.
    pub id: &'static str,
    /// The standard's name.
    pub name_ja: &'static str,
    /// The kinds that must be there, one file each.
    pub required: &'static [Kind],
    /// The kinds that may be there.
    pub optional: &'static [Kind],
}

/// A set of kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Kinds(u32);

impl Kinds {
    /// The kinds in the set, in the standard's order.
    pub fn iter(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(move |kind| self.0 & bit(*kind) != 0)
    }

    /// True when the set is empty.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// True when no kind is in both.
    pub fn is_disjoint(self, other: Kinds) -> bool {
        self.0 & other.0 == 0
    }

    fn without(self, other: Kinds) -> Kinds {
        Kinds(self.0 & !other.0)
    }

    fn len(self) -> u32 {
        self.0.count_ones()
    }
}

impl FromIterator<Kind> for Kinds {
    fn from_iter<I: IntoIterator<Item = Kind>>(kinds: I) -> Kinds {
        Kinds(kinds.into_iter().fold(0, |set, kind| set | bit(kind)))
    }
}

impl<'a> FromIterator<&'a Kind> for Kinds {
    fn from_iter<I: IntoIterator<Item = &'a Kind>>(kinds: I) -> Kinds {
        kinds.into_iter().copied().collect()
    }
}

fn bit(kind: Kind) -> u32 {
    1 << kind as u32
}

impl Unit {
    /// Every unit the standard allows. `PLAN_V3` counts only under names of the third edition.
    pub fn all() -> &'static [Unit] {
        &UNITS
    }

    /// The unit that files of these kinds make up, if the standard allows one. `v3`: all names are of the third edition, whose plan set
    /// lacks table 3.
    pub fn of(kinds: &[Kind], v3: bool) -> Option<&'static Unit> {
        let kinds: Kinds = kinds.iter().collect();
        Unit::of_edition(v3).find(|unit| unit.missing(kinds).is_empty() && unit.surplus(kinds).is_empty())
    }

    /// The kinds that are missing and too many for the unit that needs the fewest changes.
    pub(crate) fn nearest(kinds: Kinds, v3: bool) -> (Kinds, Kinds) {
        let changes = Unit::of_edition(v3).map(|unit| (unit.missing(kinds), unit.surplus(kinds)));
        changes.min_by_key(|(missing, surplus)| missing.len() + surplus.len()).unwrap_or_default()
    }

    fn of_edition(v3: bool) -> impl Iterator<Item = &'static Unit> {
        UNITS.iter().filter(move |unit| v3 || unit.id != "PLAN_V3")
    }

    fn missing(&self, kinds: Kinds) -> Kinds {
        self.required.iter().collect::<Kinds>().without(kinds)
    }

    fn surplus(&self, kinds: Kinds) -> Kinds {
        kinds.without(self.required.iter().chain(self.optional).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_make_up_a_unit_only_when_the_standard_lists_them() {
        let check = |codes: &str, v3, expected: Option<&str>| {
            let kinds: Vec<Kind> = codes.split(' ').map(|code| code.parse().unwrap()).collect();
            assert_eq!(Unit::of(&kinds, v3).map(|unit| unit.id), expected, "{codes}");
        };
        check("UPJSK", false, Some("ACTUAL"));
        check("DLTJSK", false, Some("ACTUAL_DELETE"));
        check("UPPLAN", false, None);
        check("UPHOSOKU UPPLAN UPSIKYU", false, Some("SLIP"));
        check("UPHOSOKU UPPLAN UPSIKYU DLTPLAN", false, None);
        check("UP1KYO UP2KYO UPHOSOKU", false, None);
        check("UP1KYO UP2KYO UPHOSOKU", true, Some("PLAN_V3"));
        check("UPKIHON UPKIHON_IMAGE UPKIHON_IMAGE", false, Some("BASIC"));
        check("UPYOBO UPKIHON UPYOBO_SUB", false, Some("SUPPORT_BASIC"));
        check("UPKIHON_IMAGE", false, None);
    }

    #[test]
    fn the_nearest_unit_says_what_is_missing_and_what_is_too_much() {
        let check = |codes: &str, missing: &str, surplus: &str| {
            let kinds: Vec<Kind> = codes.split(' ').map(|code| code.parse().unwrap()).collect();
            let text = |kinds: Kinds| kinds.iter().map(Kind::code).collect::<Vec<_>>().join(" ");
            let (found_missing, found_surplus) = Unit::nearest(kinds.iter().collect(), false);
            assert_eq!((text(found_missing).as_str(), text(found_surplus).as_str()), (missing, surplus), "{codes}");
        };
        check("UPPLAN UPHOSOKU", "UPSIKYU", "");
        check("UP1KYO UP2KYO UPHOSOKU", "UP3KYO", "");
        check("UPPLAN UPSIKYU UPHOSOKU DLTPLAN", "", "DLTPLAN");
        check("UPKIHON_IMAGE", "UPKIHON", "");
    }
}
