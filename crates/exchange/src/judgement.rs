//! All that speaks against a delivery, told at once: the transmission, the offices, every file, and what the files are together (contract §4,
//! steps 2 and 3).

use std::collections::BTreeMap;

use jiff::civil::Date;
use standard::{Address, FileName, Kinds, OfficeNumber, RuleOutcome, Severity, UnitFile, check_unit_files};

use crate::attachment::MAX_STANDARD_BYTES;
use crate::inspection::{Contents, reason_of_errors};
use crate::{ManifestName, NameProblem, Office, RejectionCode, ReportReason};

/// A transmission before its end.
pub struct Judgement<'a> {
    /// Who sends it.
    pub sender: &'a OfficeNumber,
    /// To whom.
    pub recipients: &'a [Address],
    /// Those of these offices that are registered.
    pub offices: &'a [Office],
    /// The Japanese day on which its last part was stored.
    pub day: Date,
    /// What is wrong with the transmission as such: its parts disagree, or did not come in time.
    pub broken: Vec<RejectionCode>,
    /// Whether the sender has sent as much as it may that day, without this.
    pub exceeds_quota: bool,
    /// Whether the files are those that the sender put together. Of others nobody can say what they lack.
    pub whole: bool,
}

impl Judgement<'_> {
    /// The bytes of files whose persons need be kept for it: those of the largest unit there is, five CSV files. A set that has more is none, and rejected
    /// whatever else is found.
    pub const KEPT_BYTES: u64 = 5 * MAX_STANDARD_BYTES;

    /// Why it can't be delivered: first what concerns the whole, then file by file. Empty where it can. What the files' check against each other finds
    /// is added to their findings.
    pub fn of(&self, files: &mut [Contents]) -> Vec<ReportReason> {
        check_names(files);
        let together = if self.whole { check_set(files) } else { None };
        let mut reasons: Vec<ReportReason> = self.broken.iter().map(|code| ReportReason::new(*code, None)).collect();
        reasons.extend(self.of_offices());
        if self.exceeds_quota {
            reasons.push(ReportReason::new(RejectionCode::QuotaExceeded, None));
        }
        reasons.extend(together);
        reasons.extend(files.iter().flat_map(Contents::reasons));
        reasons
    }

    /// What the offices' licences and wishes say.
    fn of_offices(&self) -> Vec<ReportReason> {
        let find = |number: &OfficeNumber| self.offices.iter().find(|office| office.number == *number);
        let mut reasons = Vec::new();
        if !find(self.sender).is_some_and(|sender| sender.is_licensed_on(self.day)) {
            reasons.push(ReportReason::new(RejectionCode::SenderUnlicensed, None));
        }
        let mut add = |code, fails: &dyn Fn(Option<&Office>, &Address) -> bool| {
            let failing = self.recipients.iter().filter(|address| fails(find(&address.office), address));
            let failing: Vec<&str> = failing.map(|address| address.office.as_str()).collect();
            if failing.is_empty() {
                return;
            }
            let reason = ReportReason::new(code, None);
            // of several it must be said which
            reasons.push(if self.recipients.len() > 1 { reason.about(&failing) } else { reason });
        };
        add(RejectionCode::RecipientUnknown, &|office, address| !office.is_some_and(|office| office.has_address(address)));
        add(RejectionCode::RecipientUnlicensed, &|office, _| office.is_some_and(|office| !office.is_licensed_on(self.day)));
        add(RejectionCode::SenderBlocked, &|office, _| office.is_some_and(|office| office.blocks(self.sender)));
        reasons
    }
}

/// No two names may differ in case only: some file system would take them for one.
fn check_names(files: &mut [Contents]) {
    let mut met: BTreeMap<String, u32> = BTreeMap::new();
    for file in files.iter() {
        *met.entry(ManifestName::new(&file.file).fold()).or_default() += 1;
    }
    for file in files {
        if met.get(&ManifestName::new(&file.file).fold()).is_some_and(|times| *times > 1) {
            file.refuse(RejectionCode::FileName, Some(&NameProblem::NotUnique));
        }
    }
}

/// Holds the standard files against each other, adds what is found in one of them to its findings, and gives what is wrong with the set. A file whose
/// name is wrong, or whose bytes weren't read, counts as one of the kind that its name begins with; nothing is said that only it could show.
fn check_set(files: &mut [Contents]) -> Option<ReportReason> {
    let alone = files.len() == 1;
    let unknown: Kinds = files.iter().flat_map(|file| file.may_be.iter().copied()).collect();
    let known: Vec<UnitFile<'_>> = files.iter().filter_map(Contents::of_unit).collect();
    let kind = known.first()?.kind;
    let check = check_unit_files(&known);
    let of_set = check.findings_beside(unknown);
    let mut standard: Vec<&mut Contents> = files.iter_mut().filter(|file| FileName::claims_standard(&file.file)).collect();
    for (file, findings) in standard.iter_mut().zip(check.of_files) {
        file.findings.append(findings);
    }
    let first = standard.first_mut()?;
    // a single file is the set
    if alone {
        first.findings.append(of_set);
        return None;
    }
    first.findings.extend(of_set.listed().iter().filter(|finding| finding.severity() != Severity::Error).copied());
    reason_of_errors(&of_set, RuleOutcome::UnitInvalid, Some(kind), None)
}

#[cfg(test)]
mod tests {
    use standard::{Kind, Unit};

    use super::*;

    #[test]
    fn what_the_largest_unit_needs_is_kept() {
        let csv_files = |unit: &Unit| unit.required.iter().chain(unit.optional).filter(|kind| Kind::layout(**kind).is_some()).count();
        let most = Unit::all().iter().map(csv_files).max();
        assert_eq!(most.map(|files| files as u64 * MAX_STANDARD_BYTES), Some(Judgement::KEPT_BYTES));
    }
}
