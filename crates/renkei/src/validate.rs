//! `renkei validate`: files against the standard, offline and each by itself. A file is streamed, never held whole.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use comfy_table::{ContentArrangement, Table, presets};
use exchange::RejectionCode;
use exchange::attachment::{AttachmentCheck, MAX_STANDARD_BYTES};
use serde::Serialize;
use standard::{Checker, FileName, Finding, FindingView, Findings, Kind, RuleId, Severity};

use crate::args::ValidateArgs;
use crate::explain;
use crate::output::{self, BAD, DOUBT, FAINT, GOOD, HEADING, Output};

/// How much is read at once.
const CHUNK_BYTES: usize = 64 * 1024;

const MEND_THE_NAME: &str =
    "The name must be mended first: it says how the content is to be read. / ファイル名を直してから、もう一度確認してください。";

/// What one file showed.
struct Checked {
    /// The last segment of its path.
    file: String,
    /// Its kind; none for an attachment, or where the name doesn't say it.
    kind: Option<Kind>,
    /// Findings by the standard.
    findings: Findings,
    /// What the exchange would refuse it for beside the standard.
    refusals: Vec<RejectionCode>,
    /// What should be known beside that.
    note: Option<&'static str>,
}

/// One line of JSON (contract §7).
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    findings: Vec<FindingView>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<Reason>,
}

/// What the exchange would refuse the file for beside the standard.
#[derive(Serialize)]
struct Reason {
    code: RejectionCode,
    message: &'static str,
    message_ja: &'static str,
}

/// Checks all files, also behind one that can't be read.
pub(crate) fn run(args: &ValidateArgs, output: &Output) -> anyhow::Result<ExitCode> {
    if !args.explain.is_empty() {
        return Ok(explain::run(&args.explain, args.markdown, output)?);
    }
    let mut fine = true;
    for path in &args.files {
        match check(path, args).with_context(|| format!("{} can't be read", path.display())) {
            Ok(checked) => {
                fine &= checked.is_fine();
                checked.print(output)?;
            }
            Err(error) => {
                fine = false;
                output.complain(&output::told(&error));
            }
        }
    }
    Ok(if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn check(path: &Path, args: &ValidateArgs) -> io::Result<Checked> {
    let content = File::open(path)?;
    if content.metadata()?.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if FileName::claims_standard(&file) { check_standard(file, content, args) } else { check_attachment(file, content) }
}

fn check_standard(file: String, content: File, args: &ValidateArgs) -> io::Result<Checked> {
    let (name, findings) = FileName::parse(&file);
    let mut findings: Findings = findings.into_iter().collect();
    let Some(name) = name else {
        return Ok(Checked { file, kind: None, findings, refusals: Vec::new(), note: Some(MEND_THE_NAME) });
    };
    findings.extend(name.check_parties(args.sender.as_deref(), args.recipient.as_deref()));
    let mut checker = Checker::new(&name);
    let mut size_bytes = 0_u64;
    stream(content, |chunk| {
        size_bytes = size_bytes.saturating_add(chunk.len() as u64);
        checker.push(chunk);
    })?;
    findings.append(checker.finish().findings);
    let refusals = if size_bytes > MAX_STANDARD_BYTES { vec![RejectionCode::FileSize] } else { Vec::new() };
    Ok(Checked { file, kind: Some(name.kind), findings, refusals, note: None })
}

fn check_attachment(file: String, content: File) -> io::Result<Checked> {
    let extension = Path::new(&file).extension().map(|extension| extension.to_string_lossy().into_owned());
    let refusals = match extension.as_deref().and_then(AttachmentCheck::new) {
        Some(mut check) => {
            stream(content, |chunk| check.push(chunk))?;
            // the standard's software writes .csv: only its name was lost
            if check.looks_like_standard() && extension.is_some_and(|extension| extension.eq_ignore_ascii_case("csv")) {
                let findings = [Finding::of_file(RuleId::Name)].into_iter().collect();
                return Ok(Checked { file, kind: None, findings, refusals: Vec::new(), note: Some(MEND_THE_NAME) });
            }
            check.failures()
        }
        None => vec![RejectionCode::FileType],
    };
    let note =
        Some("Not a file of the standard: it would travel as an attachment. / 標準仕様のファイルではないため、添付として送られます。");
    Ok(Checked { file, kind: None, findings: Findings::new(), refusals, note })
}

fn stream(mut content: File, mut take: impl FnMut(&[u8])) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        match content.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => take(buffer.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

impl Checked {
    fn is_fine(&self) -> bool {
        !self.findings.rejects() && self.refusals.is_empty()
    }

    fn print(&self, output: &Output) -> io::Result<()> {
        let Self { file, kind, findings, refusals, note } = self;
        output.object(&Line {
            file,
            findings: findings.listed().iter().map(|finding| finding.view(*kind)).collect(),
            reasons: refusals.iter().map(|code| Reason { code: *code, message: code.message(), message_ja: code.message_ja() }).collect(),
        })?;
        let kind_ja = kind.map(|kind| format!("  {FAINT}{}{FAINT:#}", kind.name_ja())).unwrap_or_default();
        output.line(format_args!("{HEADING}{file}{HEADING:#}{kind_ja}  {}", self.verdict()))?;
        if !findings.is_empty() {
            output.line(table(findings.listed(), *kind))?;
        }
        let more = findings.total() - findings.listed().len() as u64;
        let unlisted = (more > 0).then(|| format!("{file}: {more} more findings are not listed / ほかに{more}件あります"));
        let refused = refusals.iter().map(|code| format!("{file}: {code}: {}\n  {}", code.message_ja(), code.message()));
        for remark in unlisted.into_iter().chain(refused) {
            if output.json { output.remark(&remark) } else { output.line(format_args!("  {remark}"))? }
        }
        if let Some(note) = note {
            output.line(format_args!("  {FAINT}{note}{FAINT:#}"))?;
        }
        output.line("")
    }

    fn verdict(&self) -> String {
        let (errors, warnings) = (self.findings.errors(), self.findings.warnings());
        let counts = format!("errors {errors}, warnings {warnings} / エラー{errors}件・警告{warnings}件");
        match (self.is_fine(), warnings) {
            (false, _) if errors == 0 => format!("{BAD}would be refused / 送信できません{BAD:#}"),
            (false, _) => format!("{BAD}{counts}{BAD:#}"),
            (true, 1..) => format!("{DOUBT}{counts}{DOUBT:#}"),
            (true, 0) => format!("{GOOD}OK{GOOD:#}"),
        }
    }
}

/// A row for each finding: where, what is wrong, what to do, in the offices' language.
fn table(findings: &[Finding], kind: Option<Kind>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["", "規則", "行", "項目", "内容", "対応"]);
    table.set_width(output::width());
    for finding in findings {
        let field = finding.field.map(|no| {
            let name = kind.and_then(Kind::layout).and_then(|layout| layout.field(no)).map(|field| field.name_ja);
            format!("{no} {}", name.unwrap_or_default())
        });
        let (what, remedy) = texts(finding, kind);
        table.add_row([
            if finding.severity() == Severity::Error { "エラー" } else { "警告" }.to_owned(),
            finding.rule.as_str().to_owned(),
            finding.line.map(|line| line.to_string()).unwrap_or_default(),
            field.unwrap_or_default(),
            what,
            remedy.to_owned(),
        ]);
    }
    table
}

/// What is wrong and what to do: the two halves of the message, without the item, which has its own column.
fn texts(finding: &Finding, kind: Option<Kind>) -> (String, &'static str) {
    let remedy = finding.rule.rule().remedy_ja;
    let message = finding.message_ja(kind);
    let what = message.strip_suffix(&format!("。{remedy}。")).unwrap_or(&message);
    let what = if finding.field.is_some() { what.split_once(": ").map_or(what, |(_, what)| what) } else { what };
    (what.to_owned(), remedy)
}
