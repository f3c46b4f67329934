//! The kinds of file, and what the standard says of each (`data/files.csv`).

use std::fmt;
use std::str::FromStr;

use crate::layout::Layout;

include!(concat!(env!("OUT_DIR"), "/kinds.rs"));

/// One row of `data/files.csv`, with what this reading of the standard adds in `data/kinds.csv`.
pub(crate) struct KindFacts {
    pub(crate) code: &'static str,
    name_ja: &'static str,
    name_en: &'static str,
    /// Names of the third edition exist for this kind.
    pub(crate) has_v3_name: bool,
    /// Sent by a service office to a care manager; else the other way round.
    pub(crate) from_service: bool,
    pub(crate) has_month: bool,
    /// The month in the name may be 000000.
    pub(crate) zero_month: bool,
    /// An empty file of this kind is an error: nothing else in the unit could stand for it.
    pub(crate) leading: bool,
    deletes: &'static [Kind],
    key_fields: &'static [&'static str],
}

impl Kind {
    /// The code that begins file names: `UPJSK`.
    pub fn code(self) -> &'static str {
        self.facts().code
    }

    /// The standard's Japanese name of the file.
    pub fn name_ja(self) -> &'static str {
        self.facts().name_ja
    }

    /// An English name of the file.
    pub fn name_en(self) -> &'static str {
        self.facts().name_en
    }

    /// The items of one record; `None` for the image.
    pub fn layout(self) -> Option<&'static Layout> {
        Layout::of(self)
    }

    /// The kinds whose records a file of this kind withdraws.
    pub fn deletes(self) -> &'static [Kind] {
        self.facts().deletes
    }

    /// The items (by English name) that a newer file replaces by. `service_type` of actual services is the first two characters of
    /// the service code.
    pub fn key_fields(self) -> &'static [&'static str] {
        self.facts().key_fields
    }

    /// True when file names of this kind carry a month.
    pub fn has_month(self) -> bool {
        self.facts().has_month
    }

    #[expect(clippy::indexing_slicing, reason = "the table is generated with the enum, one row per variant")]
    pub(crate) fn facts(self) -> &'static KindFacts {
        &KINDS[self as usize]
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The text is not the code of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a kind of file of the standard")]
pub struct UnknownKind;

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(code: &str) -> Result<Kind, UnknownKind> {
        Kind::ALL.into_iter().find(|kind| kind.code() == code).ok_or(UnknownKind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_code() {
        for kind in Kind::ALL {
            assert_eq!(kind.code().parse(), Ok(kind));
        }
        assert_eq!("upjsk".parse::<Kind>(), Err(UnknownKind));
    }

    #[test]
    fn the_facts_belong_to_their_kind() {
        assert_eq!(Kind::Actuals.code(), "UPJSK");
        assert_eq!(Kind::SupportPlanDeletion.deletes(), [Kind::SupportPlan, Kind::SupportPlanAnnex]);
        assert_eq!(Kind::ALL.iter().filter(|kind| kind.layout().is_none()).count(), 1);
    }
}
