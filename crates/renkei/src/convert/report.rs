//! What a conversion came to, told to people or as JSON.

use std::io;

use serde::Serialize;
use standard::convert::{Listed, Problem, ProblemView, Substitution};
use standard::{Finding, FindingView, Findings, Kind};

use crate::output::{FAINT, GOOD, HEADING, Output};

/// What a conversion came to.
#[derive(Default)]
pub(super) struct Report {
    pub(super) file: String,
    pub(super) kind: Option<Kind>,
    /// Where it was written to; none for stdout, or when it was not written.
    pub(super) out: Option<String>,
    pub(super) records: u64,
    pub(super) stopped: Option<Finding>,
    pub(super) doubts: Findings,
    pub(super) problems: Listed<Problem>,
    pub(super) substitutions: Listed<Substitution>,
    /// What the standard says of the CSV that was written.
    pub(super) checked: Option<Findings>,
}

#[derive(Serialize)]
struct View<'a> {
    file: &'a str,
    kind: Option<&'static str>,
    converted: bool,
    out: Option<&'a str>,
    records: u64,
    findings: Vec<FindingView>,
    problems: Vec<ProblemView>,
    problems_total: u64,
    substitutions: Vec<ProblemView>,
    substitutions_total: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warnings: Option<u64>,
}

impl Report {
    pub(super) fn is_fine(&self) -> bool {
        self.stopped.is_none() && self.problems.is_empty()
    }

    /// With `--json` one object: on stdout when the file itself went elsewhere, else on stderr. For people, on stderr.
    pub(super) fn print(&self, output: &Output, stdout_is_free: bool) -> io::Result<()> {
        if output.json {
            let view = self.view();
            if stdout_is_free {
                return output.object(&view);
            }
            output.remark(&serde_json::to_string(&view)?);
            return Ok(());
        }
        self.tell(output);
        match &self.out {
            Some(out) if self.is_fine() => output.line(format_args!(
                "{HEADING}{}{HEADING:#} → {HEADING}{out}{HEADING:#}  {GOOD}OK{GOOD:#}  {FAINT}{} records / {}件{FAINT:#}",
                self.file, self.records, self.records
            )),
            _ => Ok(()),
        }
    }

    fn view(&self) -> View<'_> {
        let findings = self.stopped.iter().chain(self.doubts.listed()).map(|finding| finding.view(self.kind)).collect();
        View {
            file: &self.file,
            kind: self.kind.map(Kind::code),
            converted: self.is_fine(),
            out: self.out.as_deref(),
            records: self.records,
            findings,
            problems: self.problems.listed().iter().map(Problem::view).collect(),
            problems_total: self.problems.total(),
            substitutions: self.substitutions.listed().iter().map(Substitution::view).collect(),
            substitutions_total: self.substitutions.total(),
            errors: self.checked.as_ref().map(Findings::errors),
            warnings: self.checked.as_ref().map(Findings::warnings),
        }
    }

    fn tell(&self, output: &Output) {
        let file = &self.file;
        if let Some(finding) = &self.stopped {
            output.complain(&format!("{file} can't be read whole, so nothing was converted / 最後まで読めないため、変換しませんでした"));
            tell_finding(output, finding, self.kind);
            output.remark("  renkei validate tells all findings / renkei validate ですべて確認できます");
        }
        if !self.problems.is_empty() {
            let total = self.problems.total();
            output.complain(&format!("{file} was not converted: {total} problems / 変換しませんでした（{total}件）"));
            self.problems.listed().iter().for_each(|it| told(output, &it.message(), &it.message_ja()));
            more(output, total, self.problems.listed().len());
        }
        if !self.doubts.is_empty() {
            output.remark(&format!(
                "{file}: these characters were read, but can't be written back / 次の文字は読み取りましたが、CSVには戻せません"
            ));
            self.doubts.listed().iter().for_each(|finding| tell_finding(output, finding, self.kind));
            more(output, self.doubts.total(), self.doubts.listed().len());
        }
        if !self.substitutions.is_empty() {
            let total = self.substitutions.total();
            output.remark(&format!("{file}: {total} characters were substituted / {total}文字を置き換えました"));
            self.substitutions.listed().iter().for_each(|it| told(output, &it.message(), &it.message_ja()));
            more(output, total, self.substitutions.listed().len());
        }
        if let Some(findings) = self.checked.as_ref().filter(|findings| !findings.is_empty()) {
            let (errors, warnings) = (findings.errors(), findings.warnings());
            output.remark(&format!(
                "{file}: by the standard there are {errors} errors and {warnings} warnings in it; renkei validate tells them / \
                 標準仕様の確認でエラーが{errors}件、警告が{warnings}件あります（renkei validate で確認できます）"
            ));
        }
    }
}

fn tell_finding(output: &Output, finding: &Finding, kind: Option<Kind>) {
    let line = finding.line.map(|line| format!("line {line}, ")).unwrap_or_default();
    let line_ja = finding.line.map(|line| format!("{line}行目 ")).unwrap_or_default();
    let rule = finding.rule.as_str();
    told(output, &format!("{rule}: {line}{}", finding.message(kind)), &format!("{line_ja}{}", finding.message_ja(kind)));
}

fn told(output: &Output, message: &str, message_ja: &str) {
    output.remark(&format!("  {message}\n    {message_ja}"));
}

fn more(output: &Output, total: u64, listed: usize) {
    let more = total - listed as u64;
    if more > 0 {
        output.remark(&format!("  … {more} more are not listed / ほかに{more}件あります"));
    }
}
