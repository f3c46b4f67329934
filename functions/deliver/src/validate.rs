//! Step 3: do the bytes keep what the manifest says, is the file one the standard allows, and may it go where it is to go?
//!
//! The bytes are read once, hashed and checked in the same pass; memory doesn't grow with the file.

use exchange::{
    Manifest, Office, RejectionCode, ReportReason, ReportedFinding, Sha256Digest, addressed_by, attachment, japanese_day, set_digest,
};
use futures::TryStreamExt;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use standard::{Checker, FileName, Finding, Findings, Kind, NameVersion, OfficeNumber, RuleId, RuleOutcome, Severity, Unit};
use store::{Object, StoreError};

use crate::Deliver;
use crate::arrive::Arrival;
use crate::verify::Letter;

/// No file may be larger (the largest kind is a standard CSV file): what is, isn't even read.
const READ_AT_MOST: u64 = attachment::MAX_STANDARD_BYTES;

/// What reading a file showed.
pub struct Contents {
    /// Its kind; none for an attachment.
    pub kind: Option<Kind>,
    /// All findings of its name and its bytes.
    pub findings: Findings,
    /// Why it can't be delivered, as far as the file itself is the reason.
    pub reasons: Vec<ReportReason>,
}

/// Reads the object to its end.
///
/// The refusal is `digest-mismatch`: the bytes aren't those that were signed.
///
/// # Errors
/// Storage that broke off.
pub async fn read(manifest: &Manifest, object: Object) -> Result<Result<Contents, RejectionCode>, StoreError> {
    if object.size_bytes != manifest.size {
        return Ok(Err(RejectionCode::DigestMismatch));
    }
    let mut inspection = Inspection::new(manifest);
    if object.size_bytes > READ_AT_MOST {
        // its digest stays unknown; but the size it is refused for is what the sender signed
        return Ok(Ok(inspection.too_large()));
    }
    let mut hasher = Sha256::new();
    let mut body = object.body;
    while let Some(chunk) = body.try_next().await? {
        hasher.update(&chunk);
        inspection.push(&chunk);
    }
    if Sha256Digest::from_bytes(hasher.finalize().into()) != manifest.sha256 {
        return Ok(Err(RejectionCode::DigestMismatch));
    }
    Ok(Ok(inspection.finish()))
}

impl Deliver {
    /// All that speaks against the delivery: the transmission, the offices, the file.
    pub(crate) async fn judge(&self, arrival: &Arrival, letter: &Letter, contents: &Contents) -> Result<Judgement, StoreError> {
        let mut codes = Vec::new();
        // with the offices from memory nobody has looked whether there is a row
        let mut claimed = letter.cached || letter.row.is_some();
        // sets of files and several addresses are not taken yet: see the README
        if letter.manifest.parts > 1 || letter.manifest.aud.len() > 1 || !is_whole_set(&letter.manifest) {
            codes.push(RejectionCode::TransmissionInconsistent);
        }
        let mut of_offices = judge_offices(letter.stored_at, letter, &letter.offices);
        if letter.cached && !of_offices.is_empty() {
            let numbers: Vec<_> = letter.offices.iter().map(|office| office.number.clone()).collect();
            let found = self.look_up(&numbers, Some(&letter.manifest.transmission())).await?;
            claimed = found.transmission.is_some();
            of_offices = judge_offices(arrival.first_stored_at(found.transmission.as_ref()), letter, &found.offices);
        }
        codes.append(&mut of_offices);
        let mut reasons: Vec<ReportReason> = codes.into_iter().map(|code| ReportReason::new(code, None)).collect();
        reasons.extend(contents.reasons.iter().cloned());
        Ok(Judgement { reasons, claimed })
    }
}

/// What was found against a delivery.
pub(crate) struct Judgement {
    /// Why it may not be; empty where it may.
    pub(crate) reasons: Vec<ReportReason>,
    /// Whether there was a row already: an earlier run that found nothing wrong may have copied.
    pub(crate) claimed: bool,
}

/// A set that is given must be that of the one file there is.
fn is_whole_set(manifest: &Manifest) -> bool {
    let only = set_digest(std::iter::once((manifest.sha256, manifest.size, manifest.name.as_str())));
    manifest.set.is_none_or(|set| set == only)
}

/// What the offices' licences and wishes say, on the Japanese day on which the file was stored.
fn judge_offices(stored_at: Timestamp, letter: &Letter, offices: &[Office]) -> Vec<RejectionCode> {
    let day = japanese_day(stored_at);
    let find = |number: &OfficeNumber| offices.iter().find(|office| office.number == *number);
    let mut codes = Vec::new();
    if !find(&letter.manifest.iss).is_some_and(|sender| sender.is_licensed_on(day)) {
        codes.push(RejectionCode::SenderUnlicensed);
    }
    let recipients: Vec<_> = letter.manifest.aud.iter().map(|address| find(&address.office)).collect();
    let mut add = |code, holds: bool| {
        if holds {
            codes.push(code);
        }
    };
    add(RejectionCode::RecipientUnknown, recipients.iter().any(Option::is_none));
    add(RejectionCode::RecipientUnlicensed, recipients.iter().flatten().any(|office| !office.is_licensed_on(day)));
    add(RejectionCode::SenderBlocked, recipients.iter().flatten().any(|office| office.blocks(&letter.manifest.iss)));
    codes
}

/// A file being read.
struct Inspection<'a> {
    manifest: &'a Manifest,
    name: Option<FileName>,
    findings: Findings,
    reasons: Vec<ReportReason>,
    body: Body,
}

enum Body {
    Standard(Checker),
    Attachment(attachment::AttachmentCheck),
    /// Its name is wrong, so nobody knows what to hold it against.
    Unknown,
}

impl<'a> Inspection<'a> {
    fn new(manifest: &'a Manifest) -> Self {
        let text = manifest.name.as_str();
        let mut inspection = Self { manifest, name: None, findings: Findings::new(), reasons: Vec::new(), body: Body::Unknown };
        match manifest.name.check() {
            Err(problem) => inspection.reasons.push(inspection.reason(RejectionCode::FileName).because(problem)),
            Ok(claim) if claim.standard => {
                let (name, findings) = FileName::parse(text);
                inspection.findings.extend(findings);
                if let Some(name) = &name {
                    inspection.findings.extend(addressed_by(name, &manifest.iss, &manifest.aud));
                    inspection.body = Body::Standard(Checker::new(name));
                }
                inspection.name = name;
            }
            Ok(claim) => match attachment::AttachmentCheck::new(claim.extension) {
                Some(check) => inspection.body = Body::Attachment(check),
                None => inspection.reasons.push(inspection.reason(RejectionCode::FileType)),
            },
        }
        inspection
    }

    fn push(&mut self, chunk: &[u8]) {
        match &mut self.body {
            Body::Standard(checker) => checker.push(chunk),
            Body::Attachment(check) => check.push(chunk),
            Body::Unknown => {}
        }
    }

    fn too_large(mut self) -> Contents {
        self.body = Body::Unknown;
        self.reasons.push(self.reason(RejectionCode::FileSize));
        self.finish()
    }

    fn finish(mut self) -> Contents {
        match std::mem::replace(&mut self.body, Body::Unknown) {
            Body::Standard(checker) => self.findings.append(checker.finish().findings),
            Body::Attachment(check) => {
                let failures: Vec<_> = check.failures().into_iter().map(|code| self.reason(code)).collect();
                self.reasons.extend(failures);
            }
            Body::Unknown => {}
        }
        let kind = self.name.as_ref().map(|name| name.kind);
        // sets come later: a file that is no transmission unit by itself is refused
        if let Some(name) = &self.name
            && Unit::of(&[name.kind], name.version == NameVersion::V3).is_none()
        {
            self.findings.push(Finding::of_file(RuleId::UnitSet));
        }
        let mut reasons = std::mem::take(&mut self.reasons);
        for outcome in [RuleOutcome::FileName, RuleOutcome::FileInvalid, RuleOutcome::UnitInvalid] {
            reasons.extend(self.reason_of_errors(outcome, kind));
        }
        Contents { kind, findings: self.findings, reasons }
    }

    fn reason(&self, code: RejectionCode) -> ReportReason {
        ReportReason::new(code, Some(self.manifest.name.as_str().to_owned()))
    }

    /// The reason that the errors of one outcome make, if there are any.
    fn reason_of_errors(&self, outcome: RuleOutcome, kind: Option<Kind>) -> Option<ReportReason> {
        let counts = |rule: RuleId| rule.severity() == Severity::Error && rule.outcome() == outcome;
        let findings_total: u64 = self.findings.rules().filter(|(rule, _)| counts(*rule)).map(|(_, count)| count).sum();
        let listed = self.findings.listed().iter().filter(|finding| counts(finding.rule));
        let findings = listed.map(|finding| ReportedFinding::new(finding, kind)).collect();
        (findings_total > 0).then(|| ReportReason { findings_total, findings, ..self.reason(outcome.into()) })
    }
}
