//! `renkei convert`: files of the standard as JSON or JSON Lines and back, offline. A file is read twice, record by record: once to see that all of
//! it can be converted, once to convert it. So nothing is half-written, and memory holds one record.

mod args;
mod input;
mod plan;
mod report;
mod schemas;
mod target;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use serde::Serialize;
use standard::convert::{CsvWriter, DecodedRecord, Problem, Quoting, Wrong};
use standard::{Checker, FileName, Layout};

pub(crate) use self::args::ConvertArgs;
use self::input::Input;
use self::plan::{Form, claimed_kind, file_name, standard_name};
use self::report::Report;
use self::target::Target;
use crate::output::Output;

/// Converts the file, or prints schemas.
pub(crate) fn run(args: &ConvertArgs, output: &Output) -> anyhow::Result<ExitCode> {
    if let Some(of) = args.schema {
        return schemas::print(of, args.out.as_deref(), output);
    }
    let Some(path) = &args.file else { return Ok(misused(output, "name the file / ファイルを指定してください")) };
    let Some(from) = Form::of(path) else {
        let text = "the file's name must end in .csv, .json or .jsonl / 拡張子は .csv、.json、.jsonl のいずれかにしてください";
        return Ok(misused(output, &format!("{}: {text}", path.display())));
    };
    let to = args.to.unwrap_or_else(|| from.other_way());
    if to == from {
        return Ok(misused(
            output,
            "that is the form it has; choose another with --to / 変換前と同じ形式です。--to で別の形式を指定してください",
        ));
    }
    if to != Form::Csv && (args.substitute || args.quoting.is_some()) {
        return Ok(misused(output, "--substitute and --quoting are for CSV / --substitute と --quoting はCSVへの変換で使います"));
    }
    convert(args, path, from, to, output)
}

/// What is written, decided before the first byte of it.
struct Job {
    layout: &'static Layout,
    to: Form,
    /// The file's name by the standard.
    name: Option<String>,
    quoting: Quoting,
    substitutes: bool,
}

fn convert(args: &ConvertArgs, path: &Path, from: Form, to: Form, output: &Output) -> anyhow::Result<ExitCode> {
    let told = |error: anyhow::Error| error.context(path.display().to_string());
    let mut input = Input::open(path, from)?;
    let mut report = Report { file: file_name(path), ..Report::default() };
    let head = input.head().map_err(told)?;
    let refused = |report: Report| -> anyhow::Result<ExitCode> {
        report.print(output, args.out.is_some())?;
        Ok(ExitCode::FAILURE)
    };
    let Some(kind) = args.kind.or(head.kind).or_else(|| claimed_kind(path)) else {
        if from == Form::Csv {
            let text = "the name doesn't say which kind of file it is: say it with --kind / ファイル名から種類がわかりません。--kind で指定してください";
            return Ok(misused(output, &format!("{}: {text}", path.display())));
        }
        let mut problems = head.problems;
        if problems.is_empty() {
            problems.push(Problem { record: None, field: None, kind: None, wrong: Wrong::NoKind });
        }
        return refused(Report { problems, ..report });
    };
    let Some(layout) = kind.layout() else {
        return Ok(misused(output, "images are not converted / 画像は変換できません"));
    };
    report.kind = Some(kind);
    report.problems = head.problems;
    if head.kind.is_some_and(|said| said != kind) && from == Form::Json {
        report.problems.push(Problem { record: None, field: None, kind: Some(kind), wrong: Wrong::OtherKind });
    }
    if !report.problems.is_empty() {
        return refused(report);
    }
    let name = head.file.or_else(|| standard_name(path)).filter(|name| FileName::parse(name).0.is_some_and(|name| name.kind == kind));
    let quoting = args.quoting.map(Quoting::from).or(head.quoting).unwrap_or_default();
    let mut job = Job { layout, to, name, quoting, substitutes: args.substitute };

    job.examine(&mut input, &mut report).map_err(told)?;
    if !report.is_fine() {
        return refused(report);
    }
    let target = match &args.out {
        Some(out) => {
            let out = target::path_of(out, &job.default_name(path), path)?;
            report.out = Some(out.display().to_string());
            Target::file(out)?
        }
        None => Target::stdout(),
    };
    job.write(&mut input, target)?;
    report.print(output, args.out.is_some())?;
    Ok(ExitCode::SUCCESS)
}

impl Job {
    fn writer(&self) -> CsvWriter {
        let writer = CsvWriter::new(self.quoting);
        if self.substitutes { writer.substituting() } else { writer }
    }

    /// Reads all, writes nothing, and notes what there is to say.
    fn examine(&mut self, input: &mut Input, report: &mut Report) -> anyhow::Result<()> {
        let name = self.name.as_deref().and_then(|name| FileName::parse(name).0);
        let mut csv = (self.to == Form::Csv).then(|| (self.writer(), name.as_ref().map(Checker::new)));
        let (mut records, mut bytes) = (0, Vec::new());
        let reading = input.read(self.layout, &mut |record| {
            records += 1;
            if let Some((writer, checker)) = &mut csv {
                bytes.clear();
                writer.write(record, &mut bytes);
                if let Some(checker) = checker {
                    checker.push(&bytes);
                }
            }
        })?;
        self.quoting = reading.quoting.unwrap_or(self.quoting);
        (report.records, report.stopped, report.doubts) = (records, reading.stopped, reading.doubts);
        report.problems = reading.problems;
        if let Some((writer, checker)) = csv {
            report.problems.append(writer.problems());
            report.substitutions = writer.substitutions().clone();
            report.checked = checker.filter(|_| report.is_fine()).map(|checker| checker.finish().findings);
        }
        Ok(())
    }

    fn write(&self, input: &mut Input, mut target: Target) -> anyhow::Result<()> {
        let mut written = Ok(());
        let (mut first, mut writer, mut bytes) = (true, self.writer(), Vec::new());
        if self.to == Form::Json {
            self.open_document(&mut target)?;
        }
        // what was examined is read again: a file that changed meanwhile is not taken for it
        let reading = input.read(self.layout, &mut |record| {
            if written.is_ok() {
                written = match self.to {
                    Form::Csv => {
                        bytes.clear();
                        writer.write(record, &mut bytes);
                        target.write_all(&bytes)
                    }
                    Form::Json => one_of_many(record, &mut first, &mut target),
                    Form::Jsonl => line(&record.line(), &mut target),
                };
            }
        })?;
        written?;
        let same = reading.stopped.is_none() && reading.problems.is_empty() && writer.problems().is_empty();
        anyhow::ensure!(same, "the file changed while it was read / 変換中にファイルが変更されました");
        if self.to == Form::Json {
            target.write_all(b"\n]}\n")?;
        }
        target.done()
    }

    /// The document up to its records: they follow one by one, each in a line of its own.
    fn open_document(&self, target: &mut Target) -> io::Result<()> {
        #[derive(Serialize)]
        struct Head<'a> {
            kind: &'static str,
            file: Option<&'a str>,
            quoting: Quoting,
        }
        let head = Head { kind: self.layout.kind.code(), file: self.name.as_deref(), quoting: self.quoting };
        let head = serde_json::to_string(&head)?;
        write!(target, "{},\"records\":[", head.trim_end_matches('}'))
    }

    /// Its name by the standard, or its own, with the extension of what it becomes.
    fn default_name(&self, input: &Path) -> String {
        let own = file_name(input);
        let name = Path::new(self.name.as_deref().unwrap_or(&own));
        match (self.to, &self.name) {
            (Form::Csv, Some(name)) => name.clone(),
            _ => file_name(&name.with_extension(self.to.extension())),
        }
    }
}

fn one_of_many(record: &DecodedRecord, first: &mut bool, target: &mut Target) -> io::Result<()> {
    target.write_all(if std::mem::take(first) { b"\n" } else { b",\n" })?;
    Ok(serde_json::to_writer(target, record)?)
}

fn line(value: &impl Serialize, target: &mut Target) -> io::Result<()> {
    serde_json::to_writer(&mut *target, value)?;
    target.write_all(b"\n")
}

/// Says what is wrong with the call; the exit code is that of wrong usage.
fn misused(output: &Output, text: &str) -> ExitCode {
    output.complain(text);
    ExitCode::from(2)
}
