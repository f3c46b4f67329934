//! All that speaks against a delivery, told at once: the transmission, the offices, every file, and what the files are together (contract §4,
//! steps 2 and 3).

use std::collections::BTreeMap;

use jiff::civil::Date;
use standard::{Address, FileName, Finding, OfficeNumber, RuleOutcome, Severity, check_unit};

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
    pub fn of_offices(&self) -> Vec<ReportReason> {
        let find = |number: &OfficeNumber| self.offices.iter().find(|office| office.number == *number);
        let mut reasons = Vec::new();
        if !find(self.sender).is_some_and(|sender| sender.is_licensed_on(self.day)) {
            reasons.push(ReportReason::new(RejectionCode::SenderUnlicensed, None));
        }
        let mut add = |code, fails: &dyn Fn(Option<&Office>) -> bool| {
            let failing = self.recipients.iter().map(|address| &address.office).filter(|number| fails(find(number)));
            let failing: Vec<&str> = failing.map(OfficeNumber::as_str).collect();
            if failing.is_empty() {
                return;
            }
            let reason = ReportReason::new(code, None);
            // of several it must be said which
            reasons.push(if self.recipients.len() > 1 { reason.about(&failing) } else { reason });
        };
        add(RejectionCode::RecipientUnknown, &|office| office.is_none());
        add(RejectionCode::RecipientUnlicensed, &|office| office.is_some_and(|office| !office.is_licensed_on(self.day)));
        add(RejectionCode::SenderBlocked, &|office| office.is_some_and(|office| office.blocks(self.sender)));
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

/// Holds the standard files against each other, adds what is found in one of them to its findings, and gives what is wrong with the set. Whoever has a
/// name that can't be read, or bytes that weren't, could be any file: then nothing is said.
fn check_set(files: &mut [Contents]) -> Option<ReportReason> {
    let standard = |file: &&Contents| FileName::claims_standard(&file.file);
    let checked: Option<Vec<_>> = files.iter().filter(standard).map(|file| Some((file.name.as_ref()?, file.check.as_ref()?))).collect();
    let checked = checked.filter(|checked| !checked.is_empty())?;
    let check = check_unit(&checked);
    let (alone, kind) = (files.len() == 1, checked.first().map(|(name, _)| name.kind));
    let mut of_files = check.of_files.into_iter();
    for file in files.iter_mut().filter(|file| FileName::claims_standard(&file.file)) {
        file.findings.append(of_files.next().unwrap_or_default());
    }
    let is_error = |finding: &&Finding| finding.severity() == Severity::Error;
    match files.iter_mut().find(|file| FileName::claims_standard(&file.file)) {
        // a single file is the set
        Some(file) if alone => {
            file.findings.append(check.findings);
            None
        }
        Some(first) => {
            first.findings.extend(check.findings.listed().iter().filter(|finding| !is_error(finding)).copied());
            reason_of_errors(&check.findings, RuleOutcome::UnitInvalid, kind, None)
        }
        None => None,
    }
}
