//! The findings as a table, in the offices' language.

use std::io;

use comfy_table::{ContentArrangement, Table, presets};
use standard::{Finding, Findings, Kind, Severity};

use crate::output::{self, BAD, DOUBT, FAINT, GOOD, HEADING, Output};
use crate::validate::judge::{FileReport, SetReport};

/// Prints a set: its heading where it has more than one file or something of its own to tell, then its files.
pub(crate) fn print(set: &SetReport, output: &Output) -> io::Result<()> {
    let has_heading = set.files.len() > 1 || !set.findings.is_empty();
    if has_heading {
        let name =
            set.unit.map_or_else(|| "送信単位ではありません / not a unit".to_owned(), |unit| format!("{} / {}", unit.name_ja, unit.id));
        let files = set.files.len();
        let verdict = verdict(&set.findings, set.is_fine(), set.files.iter().any(|file| !file.findings.is_empty()));
        output.line(format_args!("{HEADING}■ {name}{HEADING:#}  {FAINT}{}{files} files{FAINT:#}  {verdict}", folder(set)))?;
        if !set.findings.is_empty() {
            output.line(table(&set.findings, None, |_| None))?;
        }
    }
    set.files.iter().try_for_each(|file| print_file(file, if has_heading { &file.file } else { file.title() }, output))
}

/// Where the files lie, when that wasn't said.
fn folder(set: &SetReport) -> String {
    let found = set.files.iter().find(|file| file.found).and_then(|file| file.path.strip_suffix(&file.file));
    found.map(|folder| format!("{folder}  ")).unwrap_or_default()
}

fn print_file(report: &FileReport, name: &str, output: &Output) -> io::Result<()> {
    let FileReport { kind, findings, note, .. } = report;
    let kind_ja = kind.map(|kind| format!("  {FAINT}{}{FAINT:#}", kind.name_ja())).unwrap_or_default();
    output.line(format_args!("{HEADING}{name}{HEADING:#}{kind_ja}  {}", verdict(findings, report.is_fine(), false)))?;
    if !findings.is_empty() {
        output.line(table(findings, *kind, |finding| report.value(finding)))?;
    }
    for remark in remarks(report) {
        output.line(format_args!("  {remark}"))?;
    }
    if let Some(note) = note {
        output.line(format_args!("  {FAINT}{note}{FAINT:#}"))?;
    }
    output.line("")
}

/// What is to be said of a file beside its listed findings.
pub(crate) fn remarks(report: &FileReport) -> impl Iterator<Item = String> + '_ {
    let FileReport { file, findings, refusals, .. } = report;
    let more = findings.total() - findings.listed().len() as u64;
    let unlisted = (more > 0).then(|| format!("{file}: {more} more findings are not listed / ほかに{more}件あります"));
    unlisted.into_iter().chain(refusals.iter().map(move |code| format!("{file}: {code}: {}\n  {}", code.message_ja(), code.message())))
}

/// `inside`: a set without findings of its own has files that have some.
fn verdict(findings: &Findings, fine: bool, inside: bool) -> String {
    let (errors, warnings) = (findings.errors(), findings.warnings());
    let counts = format!("errors {errors}, warnings {warnings} / エラー{errors}件・警告{warnings}件");
    match (fine, warnings) {
        (false, _) if errors == 0 => format!("{BAD}would be refused / 送信できません{BAD:#}"),
        (false, _) => format!("{BAD}{counts}{BAD:#}"),
        (true, 1..) => format!("{DOUBT}{counts}{DOUBT:#}"),
        (true, 0) if inside => format!("{DOUBT}see below / 下記参照{DOUBT:#}"),
        (true, 0) => format!("{GOOD}OK{GOOD:#}"),
    }
}

/// A row for each finding: where, what is wrong, what to do.
fn table(findings: &Findings, kind: Option<Kind>, value: impl Fn(&Finding) -> Option<String>) -> Table {
    let values: Vec<Option<String>> = findings.listed().iter().map(value).collect();
    let with_values = values.iter().any(Option::is_some);
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    let heading = ["", "規則", "行", "項目", "内容", "対応"].into_iter();
    table.set_header(heading.chain(with_values.then_some("値")));
    table.set_width(output::width());
    for (finding, value) in findings.listed().iter().zip(values) {
        let field = finding.field.map(|no| {
            let name = kind.and_then(Kind::layout).and_then(|layout| layout.field(no)).map(|field| field.name_ja);
            format!("{no} {}", name.unwrap_or_default())
        });
        let cells = [
            if finding.severity() == Severity::Error { "エラー" } else { "警告" }.to_owned(),
            finding.rule.as_str().to_owned(),
            finding.line.map(|line| line.to_string()).unwrap_or_default(),
            field.unwrap_or_default(),
            finding.what_ja(kind),
            finding.rule.rule().remedy_ja.to_owned(),
        ];
        table.add_row(cells.into_iter().chain(with_values.then(|| value.unwrap_or_default())));
    }
    table
}
