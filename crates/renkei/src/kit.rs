//! `renkei kit`: writes the vendor kit, or judges what a vendor's software exported.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{ArgGroup, Args as Arguments};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use kit::Kit;
use kit::review::{FileReview, Report, Review, Verdict};
use serde::Serialize;
use walkdir::WalkDir;

use crate::output::{self, BAD, DOUBT, FAINT, GOOD, HEADING, Output};
use crate::progress::Progress;

#[derive(Debug, Arguments)]
#[command(group = ArgGroup::new("task").required(true))]
pub(crate) struct KitArgs {
    /// Write the kit into this folder, which must be new or empty
    #[arg(long, value_name = "DIR", group = "task")]
    out: Option<PathBuf>,
    /// Judge the files in this folder, and in the folders below it
    #[arg(long, value_name = "DIR", group = "task")]
    check: Option<PathBuf>,
    /// The same seed writes the same files; another one other persons, offices and values
    #[arg(long, value_name = "N", default_value_t = 1, conflicts_with = "check")]
    seed: u64,
    /// Write the report as a page, to read or to print
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    html: Option<PathBuf>,
    /// Write the report as JSON
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    report: Option<PathBuf>,
}

/// What was written.
#[derive(Serialize)]
struct Written<'a> {
    out: &'a Path,
    seed: u64,
    valid: usize,
    bad: usize,
    files: usize,
}

pub(crate) fn run(args: &KitArgs, output: &Output) -> anyhow::Result<ExitCode> {
    match (&args.out, &args.check) {
        (Some(folder), _) => write(folder, args.seed, output),
        (None, Some(folder)) => check(folder, args, output),
        (None, None) => bail!("either --out or --check says what to do"),
    }
}

fn write(folder: &Path, seed: u64, output: &Output) -> anyhow::Result<ExitCode> {
    let shown = folder.display();
    fs::create_dir_all(folder).with_context(|| format!("{shown} can't be made"))?;
    let mut there = fs::read_dir(folder).with_context(|| format!("{shown} can't be read"))?;
    if there.next().is_some() {
        bail!("{shown} is not empty: name a new folder / {shown} は空ではありません。新しいフォルダを指定してください");
    }
    let kit = Kit::generate(seed)?;
    let files = kit.files()?;
    for file in &files {
        let path = folder.join(&file.path);
        let wrote = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, &file.bytes));
        wrote.with_context(|| format!("{} can't be written", path.display()))?;
    }
    let bad = kit.units.iter().filter(|unit| unit.expected.rule.is_some()).count();
    let written = Written { out: folder, seed, valid: kit.units.len() - bad, bad, files: files.len() };
    output.either(
        &written,
        format_args!(
            "{GOOD}{shown}{GOOD:#}: {} valid units, {bad} defective ones / 正しい送信単位{}・誤りのある送信単位{bad}\n{FAINT}README.md says how to use them / 使い方は README.md{FAINT:#}",
            written.valid, written.valid
        ),
    )?;
    Ok(ExitCode::SUCCESS)
}

fn check(folder: &Path, args: &KitArgs, output: &Output) -> anyhow::Result<ExitCode> {
    let report = judge(folder)?;
    if report.files == 0 && report.misnamed.is_empty() {
        bail!(
            "{} holds no file of the standard: name the folder your software exported to / 標準仕様のファイルがありません",
            folder.display()
        );
    }
    let mut pages = Vec::new();
    if let Some(path) = &args.html {
        pages.push((path, report.html()?.into_bytes()));
    }
    if let Some(path) = &args.report {
        pages.push((path, [serde_json::to_vec_pretty(&report)?, b"\n".to_vec()].concat()));
    }
    for (path, page) in pages {
        fs::write(path, page).with_context(|| format!("{} can't be written", path.display()))?;
    }
    if output.json {
        output.object(&report)?
    } else {
        print(&report, args.html.as_deref(), output)?
    }
    Ok(if report.verdict == Verdict::Failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Reads the folder's files one by one; none is held whole.
fn judge(folder: &Path) -> anyhow::Result<Report> {
    let unreadable = |path: &Path| format!("{} can't be read", path.display());
    let (mut files, mut size_bytes) = (Vec::new(), 0);
    let is_hidden = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with('.');
    let walk = WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter();
    for entry in walk.filter_entry(|it| it.depth() == 0 || !is_hidden(it.file_name())) {
        let entry = entry.with_context(|| unreadable(folder))?;
        if entry.file_type().is_file() {
            size_bytes += entry.metadata().with_context(|| unreadable(entry.path()))?.len();
            files.push(entry.into_path());
        }
    }
    let (mut review, progress) = (Review::new(), Progress::of_bytes(size_bytes));
    for path in files {
        let text = |part: Option<&OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
        let Some(file) = review.open(&text(path.parent().map(Path::as_os_str)), &text(path.file_name())) else { continue };
        let mut reading = Reading { file, progress: &progress };
        let content = File::open(&path).and_then(|mut content| io::copy(&mut content, &mut reading));
        content.with_context(|| unreadable(&path))?;
        review.close(reading.file);
    }
    Ok(review.finish())
}

/// A file under review, as something to copy into.
struct Reading<'a> {
    file: FileReview,
    progress: &'a Progress,
}

impl Write for Reading<'_> {
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        self.file.push(chunk);
        self.progress.add(chunk.len() as u64);
        Ok(chunk.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn print(report: &Report, html: Option<&Path>, output: &Output) -> io::Result<()> {
    let mut patterns = table(["", "パターン / pattern", "判定 / verdict", "ファイル / files", "エラー / errors", "警告 / warnings"]);
    for pattern in &report.patterns {
        let name = format!("{} / {}", pattern.name_ja, pattern.name);
        let counts = [pattern.files as u64, pattern.errors, pattern.warnings].map(|count| count.to_string());
        let [files, errors, warnings] = counts;
        patterns.add_row([pattern.pattern.as_str().to_owned(), name, told(pattern.verdict), files, errors, warnings]);
    }
    for column in patterns.column_iter_mut().skip(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    output.line(patterns)?;
    let mut rules = table(["", "規則 / rule", "件数 / count", "最初の箇所 / first", "内容・対応"]);
    for pattern in &report.patterns {
        let of_units = pattern.units.iter().flat_map(|unit| unit.rules.iter().map(move |rule| (unit.unit.unwrap_or("–"), rule)));
        let of_kinds = pattern.kinds.iter().flat_map(|kind| kind.rules.iter().map(move |rule| (kind.kind, rule)));
        for (whose, rule) in of_units.chain(of_kinds) {
            let line = rule.first.as_ref().and_then(|first| first.line).map(|line| format!("{line}行目")).unwrap_or_default();
            let row = [format!("{} {whose}", pattern.pattern.as_str()), rule.rule.to_string(), rule.count.to_string(), line];
            rules.add_row(row.into_iter().chain([rule.message_ja.clone()]));
        }
    }
    for file in &report.misnamed {
        rules.add_row([file.file.clone(), file.rule.to_string(), "1".to_owned(), String::new(), file.message_ja.clone()]);
    }
    if !rules.is_empty() {
        output.line(rules)?;
    }
    let style = match report.verdict {
        Verdict::Failed => BAD,
        Verdict::PassedWithWarnings => DOUBT,
        Verdict::Passed | Verdict::NotShown => GOOD,
    };
    let shown = format!(
        "{} of {} patterns / {}パターン中{}",
        report.patterns_shown,
        report.patterns.len(),
        report.patterns.len(),
        report.patterns_shown
    );
    output.line(format_args!("{HEADING}総合判定 / overall{HEADING:#}: {style}{}{style:#} ({shown})", told(report.verdict)))?;
    match html {
        Some(path) => output.line(format_args!("{FAINT}{}{FAINT:#}", path.display())),
        None => output.line(format_args!("{FAINT}--html FILE writes it as a page, with items and codes / 詳細は --html FILE{FAINT:#}")),
    }
}

fn told(verdict: Verdict) -> String {
    format!("{} {} / {}", verdict.sign(), verdict.text_ja(), verdict.text_en())
}

fn table<const N: usize>(heading: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(heading).set_width(output::width());
    table
}
