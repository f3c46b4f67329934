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

impl Unit {
    /// Every unit the standard allows. `PLAN_V3` counts only under names of the third edition.
    pub fn all() -> &'static [Unit] {
        &UNITS
    }

    /// The unit that files of these kinds make up, if the standard allows one. `v3`: all names are of the third edition, whose plan set
    /// lacks table 3.
    pub fn of(kinds: &[Kind], v3: bool) -> Option<&'static Unit> {
        UNITS.iter().find(|unit| {
            let complete = unit.required.iter().all(|kind| kinds.contains(kind));
            let nothing_else = kinds.iter().all(|kind| unit.required.contains(kind) || unit.optional.contains(kind));
            complete && nothing_else && (v3 || unit.id != "PLAN_V3")
        })
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
}
