//! What the files of one place show, set by set.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use anyhow::Context as _;
use exchange::RejectionCode;
use exchange::attachment::{AttachmentCheck, MAX_STANDARD_BYTES};
use standard::{
    Checker, Detail, Excerpts, FileCheck, FileName, Finding, Findings, Kind, Layout, Profile, ProfileChecker, RuleId, Seeming, Unit,
    UnitFile, check_unit_files, group_units,
};

use crate::args::ValidateArgs;
use crate::progress::Progress;
use crate::validate::gather::{Place, Source};

const MEND_THE_NAME: &str =
    "The name must be mended first: it says how the content is to be read. / ファイル名を直してから、もう一度確認してください。";
const AN_ATTACHMENT: &str =
    "Not a file of the standard: it would travel as an attachment. / 標準仕様のファイルではないため、添付として送られます。";

/// Files that would travel together as one unit; or one file that belongs to none.
pub(crate) struct SetReport {
    /// The unit they make up.
    pub(crate) unit: Option<&'static Unit>,
    /// Findings about the set as a whole.
    pub(crate) findings: Findings,
    pub(crate) files: Vec<FileReport>,
}

/// What one file showed.
pub(crate) struct FileReport {
    /// The last segment of its path.
    pub(crate) file: String,
    /// Its path, as it was named or found.
    pub(crate) path: String,
    /// It was found in a folder or an archive.
    pub(crate) found: bool,
    /// Its kind; none for an attachment, or where the name doesn't say it.
    pub(crate) kind: Option<Kind>,
    /// Findings by the standard.
    pub(crate) findings: Findings,
    /// What the exchange would refuse it for beside the standard.
    pub(crate) refusals: Vec<RejectionCode>,
    /// What should be known beside that.
    pub(crate) note: Option<&'static str>,
    /// What cells at fault hold, by record and item, where it may be shown.
    values: BTreeMap<(u64, u16), String>,
}

/// What files are judged by.
pub(crate) struct Judge<'a> {
    pub(crate) args: &'a ValidateArgs,
    pub(crate) profile: Option<Arc<Profile>>,
    pub(crate) progress: &'a Progress,
}

impl Judge<'_> {
    /// Judges the files of a place and hands out each set as it is done, and an error for each file that can't be read.
    pub(crate) fn judge(&self, place: &Place, tell: &mut dyn FnMut(anyhow::Result<SetReport>) -> io::Result<()>) -> io::Result<()> {
        let (mut names, mut sources, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for source in &place.files {
            match FileName::parse(&source.name).0 {
                Some(name) => {
                    names.push(name);
                    sources.push(source);
                }
                None => others.push(source),
            }
        }
        // the kinds that files with a wrong name, or that can't be read, may be of
        let mut unknown = Vec::new();
        for source in others {
            let report = check_other(source, self.progress).with_context(|| unreadable(source));
            unknown.extend(report.as_ref().map(may_be).unwrap_or_default());
            tell(report.map(|file| SetReport { unit: None, findings: Findings::new(), files: vec![file] }))?;
        }
        for group in group_units(&names) {
            let files: Vec<(&FileName, &Source)> =
                group.iter().filter_map(|place| Some((names.get(*place)?, *sources.get(*place)?))).collect();
            let (set, errors) = self.check_set(&files, &unknown);
            tell(Ok(set))?;
            errors.into_iter().try_for_each(|error| tell(Err(error)))?;
        }
        Ok(())
    }

    /// Judges files together, while others may be of the kinds `unknown`: what is missing may be one of those, whose name was told to be wrong.
    fn check_set(&self, files: &[(&FileName, &Source)], unknown: &[Kind]) -> (SetReport, Vec<anyhow::Error>) {
        let (mut checks, mut reports, mut errors) = (Vec::new(), Vec::new(), Vec::new());
        for (name, source) in files {
            let (check, report) = match self.check_standard(name, source).with_context(|| unreadable(source)) {
                Ok(checked) => Some(checked).unzip(),
                Err(error) => {
                    errors.push(error);
                    (None, None)
                }
            };
            checks.push(check);
            reports.push(report);
        }
        let mut known = Vec::with_capacity(files.len());
        for ((name, _), check) in files.iter().zip(&checks) {
            known.push(UnitFile { kind: name.kind, name: Some(name), check: check.as_ref() });
        }
        let judged = check_unit_files(&known);
        let findings = judged.findings_beside(unknown.iter().collect());
        for (report, findings) in reports.iter_mut().zip(judged.of_files) {
            report.iter_mut().for_each(|report| report.findings.append(findings.clone()));
        }
        for ((name, source), report) in files.iter().zip(&mut reports).filter(|_| self.args.show_values) {
            let Some(report) = report else { continue };
            match excerpts(name, source, &report.findings).with_context(|| unreadable(source)) {
                Ok(values) => report.values = values,
                Err(error) => errors.push(error),
            }
        }
        (SetReport { unit: judged.unit, findings, files: reports.into_iter().flatten().collect() }, errors)
    }

    fn check_standard(&self, name: &FileName, source: &Source) -> io::Result<(FileCheck, FileReport)> {
        let mut of_name = FileName::parse(&source.name).1;
        of_name.extend(name.check_parties(self.args.sender.as_deref(), self.args.recipient.as_deref()));
        let mut checker = Checker::new(name);
        let mut receiver = self.profile.as_ref().map(|profile| ProfileChecker::new(Arc::clone(profile), name));
        let mut size_bytes = 0_u64;
        source.stream(|chunk| {
            size_bytes = size_bytes.saturating_add(chunk.len() as u64);
            self.progress.add(chunk.len() as u64);
            checker.push(chunk);
            if let Some(receiver) = &mut receiver {
                receiver.push(chunk);
            }
        })?;
        let mut check = checker.finish();
        let of_receiver = receiver.map(|receiver| receiver.finish(&of_name, &check)).unwrap_or_default();
        let mut findings: Findings = of_name.into_iter().collect();
        findings.append(std::mem::take(&mut check.findings));
        findings.append(of_receiver);
        let refusals = if size_bytes > MAX_STANDARD_BYTES { vec![RejectionCode::FileSize] } else { Vec::new() };
        Ok((check, FileReport { kind: Some(name.kind), findings, refusals, ..FileReport::of(source) }))
    }
}

/// The kinds that a file of the standard with a wrong name may be of.
fn may_be(file: &FileReport) -> Vec<Kind> {
    let Some(misnamed) = file.findings.listed().iter().find(|finding| finding.rule == RuleId::Name) else { return Vec::new() };
    match (FileName::claimed_kind(&file.file), misnamed.detail) {
        (Some(kind), _) => vec![kind],
        (None, Detail::SeemsToBe(Seeming::Items(items))) => {
            Layout::all().filter(|layout| layout.may_have(items)).map(|layout| layout.kind).collect()
        }
        (None, _) => Kind::ALL.to_vec(),
    }
}

/// A file whose name is none of the standard's.
fn check_other(source: &Source, progress: &Progress) -> io::Result<FileReport> {
    let report = FileReport::of(source);
    let misnamed =
        |finding: Finding| FileReport { findings: [finding].into_iter().collect(), note: Some(MEND_THE_NAME), ..FileReport::of(source) };
    if FileName::claims_standard(&source.name) {
        return Ok(misnamed(Finding::of_file(RuleId::Name)));
    }
    let extension = source.name.rsplit_once('.').map(|(_, extension)| extension).unwrap_or_default();
    let refusals = match AttachmentCheck::new(extension) {
        Some(mut check) => {
            source.stream(|chunk| {
                progress.add(chunk.len() as u64);
                check.push(chunk);
            })?;
            // the standard's software writes .csv: only its name was lost
            if check.looks_like_standard() && extension.eq_ignore_ascii_case("csv") {
                let seeming = check.seeming().map_or(Detail::None, Detail::SeemsToBe);
                return Ok(misnamed(Finding::of_file(RuleId::Name).with(seeming)));
            }
            check.failures()
        }
        None => vec![RejectionCode::FileType],
    };
    Ok(FileReport { refusals, note: Some(AN_ATTACHMENT), ..report })
}

fn excerpts(name: &FileName, source: &Source, findings: &Findings) -> io::Result<BTreeMap<(u64, u16), String>> {
    let mut excerpts = Excerpts::new(name, findings.listed());
    if !excerpts.is_empty() {
        source.stream(|chunk| excerpts.push(chunk))?;
    }
    Ok(excerpts.finish())
}

fn unreadable(source: &Source) -> String {
    format!("{} can't be read", source.path)
}

impl SetReport {
    pub(crate) fn is_fine(&self) -> bool {
        !self.findings.rejects() && self.files.iter().all(FileReport::is_fine)
    }
}

impl FileReport {
    fn of(source: &Source) -> Self {
        Self {
            file: source.name.clone(),
            path: source.path.clone(),
            found: source.found,
            kind: None,
            findings: Findings::new(),
            refusals: Vec::new(),
            note: None,
            values: BTreeMap::new(),
        }
    }

    pub(crate) fn is_fine(&self) -> bool {
        !self.findings.rejects() && self.refusals.is_empty()
    }

    /// Its name, and where it lies when that wasn't said.
    pub(crate) fn title(&self) -> &str {
        if self.found { &self.path } else { &self.file }
    }

    /// What the cell at fault holds, where it may be shown.
    pub(crate) fn value(&self, finding: &Finding) -> Option<String> {
        self.values.get(&(finding.record?, finding.field?)).cloned()
    }
}
