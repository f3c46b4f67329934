//! One file under check: its name, then its bytes in one pass, however they are cut. Memory doesn't grow with an attachment, and with a standard file
//! only as [`standard::FileCheck`] says.

use std::sync::Arc;

use standard::{
    Address, Checker, FileCheck, FileName, Finding, Findings, Kind, OfficeNumber, ProfileChecker, RecordKey, RuleId, RuleOutcome, Severity,
    UnitFile,
};

use crate::attachment::{self, AttachmentCheck};
use crate::{ManifestName, Receiver, RejectionCode, ReportReason, ReportedFinding, addressed_by};

/// A file being read.
pub struct Inspection {
    contents: Contents,
    body: Body,
}

enum Body {
    /// With the checks of the receivers' profiles, and the findings of the name that they want to know.
    Standard(Box<(Checker, Vec<ProfileChecker>, Vec<Finding>)>),
    Attachment(AttachmentCheck),
    /// Its name is wrong, so nobody knows what to hold it against.
    Unknown,
}

/// What reading a file showed.
#[derive(Debug, Clone)]
pub struct Contents {
    /// What the manifest calls it.
    pub file: String,
    /// The name taken apart, where it is one of the standard's.
    pub name: Option<FileName>,
    /// All findings of its name and its bytes, and what the set's check added.
    pub findings: Findings,
    /// What each receiver's software will refuse, in the order of the receivers the file was read for.
    pub(crate) of_receivers: Vec<Findings>,
    /// What rules between files need; none where the bytes were not held against the standard.
    pub(crate) check: Option<FileCheck>,
    /// The kinds it may be of, where it seems to be a file of the standard under another name.
    pub(crate) may_be: Vec<Kind>,
    reasons: Vec<ReportReason>,
}

impl Inspection {
    /// No file may be larger (the largest kind is a standard CSV file): what is, isn't even read.
    pub const READ_AT_MOST: u64 = attachment::MAX_STANDARD_BYTES;

    /// The check of a file of this name, from this sender to these addresses, and by what their software is stricter about.
    pub fn new(name: &ManifestName, sender: &OfficeNumber, recipients: &[Address], receivers: &[Receiver]) -> Inspection {
        let file = name.as_str().to_owned();
        let contents = Contents {
            file,
            name: None,
            findings: Findings::new(),
            of_receivers: Vec::new(),
            check: None,
            may_be: Vec::new(),
            reasons: Vec::new(),
        };
        let mut inspection = Inspection { contents, body: Body::Unknown };
        match name.check() {
            Err(problem) => inspection.contents.refuse(RejectionCode::FileName, Some(&problem)),
            Ok(claim) if claim.standard => {
                let (parsed, findings) = FileName::parse(name.as_str());
                inspection.contents.findings.extend(findings.iter().copied());
                if let Some(parsed) = &parsed {
                    inspection.contents.findings.extend(addressed_by(parsed, sender, recipients));
                    let profiles = receivers.iter().map(|receiver| ProfileChecker::new(Arc::clone(&receiver.profile), parsed)).collect();
                    inspection.body = Body::Standard(Box::new((Checker::for_recipients(parsed, recipients), profiles, findings)));
                }
                inspection.contents.name = parsed;
            }
            Ok(claim) => match AttachmentCheck::new(claim.extension) {
                Some(check) => inspection.body = Body::Attachment(check),
                None => inspection.contents.refuse(RejectionCode::FileType, None),
            },
        }
        inspection
    }

    /// Takes the next bytes.
    pub fn push(&mut self, chunk: &[u8]) {
        match &mut self.body {
            Body::Standard(checks) => {
                let (checker, profiles, _) = &mut **checks;
                checker.push(chunk);
                profiles.iter_mut().for_each(|profile| profile.push(chunk));
            }
            Body::Attachment(check) => check.push(chunk),
            Body::Unknown => {}
        }
    }

    /// What was found in a file of more than [`Inspection::READ_AT_MOST`], none of which was pushed.
    pub fn too_large(mut self) -> Contents {
        self.contents.refuse(RejectionCode::FileSize, None);
        self.contents
    }

    /// What is known before any byte has come: of its name, and of the size that it is said to have.
    pub fn announced(mut self, size_bytes: u64) -> Contents {
        let fits = match &self.body {
            Body::Standard(_) => size_bytes <= attachment::MAX_STANDARD_BYTES,
            Body::Attachment(_) => (1..=attachment::MAX_ATTACHMENT_BYTES).contains(&size_bytes),
            Body::Unknown => true,
        };
        if !fits {
            self.contents.refuse(RejectionCode::FileSize, None);
        }
        self.contents
    }

    /// What was found in a version that can't be read any more.
    pub fn unreadable(mut self) -> Contents {
        self.contents.refuse(RejectionCode::ObjectUnreadable, None);
        self.contents
    }

    /// What was found.
    pub fn finish(mut self) -> Contents {
        match self.body {
            Body::Standard(checks) => {
                let (checker, profiles, of_name) = *checks;
                let mut check = checker.finish();
                self.contents.of_receivers = profiles.into_iter().map(|profile| profile.finish(&of_name, &check)).collect();
                self.contents.findings.append(std::mem::take(&mut check.findings));
                self.contents.check = Some(check);
            }
            Body::Attachment(check) => {
                self.contents.may_be = check.may_be();
                check.failures().into_iter().for_each(|code| self.contents.refuse(code, None));
            }
            Body::Unknown => {}
        }
        self.contents
    }
}

impl Contents {
    /// Its kind; none for an attachment.
    pub fn kind(&self) -> Option<Kind> {
        self.name.as_ref().map(|name| name.kind)
    }

    /// What a newer file would replace.
    pub fn record_keys(&self) -> impl Iterator<Item = &RecordKey> {
        self.check.iter().flat_map(FileCheck::record_keys)
    }

    /// What is known of it to a set's check; none for an attachment.
    pub(crate) fn of_unit(&self) -> Option<UnitFile<'_>> {
        let kind = FileName::claimed_kind(&self.file)?;
        Some(UnitFile { kind, name: self.name.as_ref(), check: self.check.as_ref() })
    }

    /// Drops what rules between files need, once they are judged or never will be: it grows with the persons of the file.
    pub fn forget_persons(&mut self) {
        if let Some(check) = &mut self.check {
            check.forget_persons();
        }
    }

    /// Notes what is wrong beside the findings.
    pub(crate) fn refuse(&mut self, code: RejectionCode, problem: Option<&dyn std::fmt::Display>) {
        let reason = self.reason(code);
        self.reasons.push(match problem {
            Some(problem) => reason.because(problem),
            None => reason,
        });
    }

    /// Why it can't be delivered, as far as the file itself is the reason, in the order of the codes.
    pub fn reasons(&self) -> Vec<ReportReason> {
        let mut reasons = self.reasons.clone();
        for outcome in [RuleOutcome::FileName, RuleOutcome::FileInvalid, RuleOutcome::UnitInvalid] {
            reasons.extend(reason_of_errors(&self.findings, outcome, self.kind(), Some(&self.file)));
        }
        reasons.sort_by_key(|reason| reason.code);
        reasons
    }

    fn reason(&self, code: RejectionCode) -> ReportReason {
        ReportReason::new(code, Some(self.file.clone()))
    }
}

/// The reason that the errors of one outcome make, if there are any.
pub(crate) fn reason_of_errors(findings: &Findings, outcome: RuleOutcome, kind: Option<Kind>, file: Option<&str>) -> Option<ReportReason> {
    let counts = |rule: RuleId| rule.severity() == Severity::Error && rule.outcome() == outcome;
    let findings_total: u64 = findings.rules().filter(|(rule, _)| counts(*rule)).map(|(_, count)| count).sum();
    let listed = findings.listed().iter().filter(|finding| counts(finding.rule));
    let listed = listed.map(|finding| ReportedFinding::new(finding, kind)).collect();
    let reason = ReportReason::new(outcome.into(), file.map(str::to_owned));
    (findings_total > 0).then_some(ReportReason { findings_total, findings: listed, ..reason })
}
