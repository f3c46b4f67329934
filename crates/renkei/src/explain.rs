//! `renkei validate --explain`: what a rule means, with an example, what to do and its section of the standard.

mod card;
mod page;

use std::io;
use std::process::ExitCode;

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;
use standard::{Example, ExampleForm, Rule, RuleId, Scope, Severity};

use crate::output::{self, Output};

/// How many rules are named in place of one that doesn't exist.
const NEAREST: usize = 3;

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Every rule.
    All,
    /// One.
    Rule(RuleId),
}

/// One line of JSON.
#[derive(Serialize)]
struct Line {
    rule: RuleId,
    severity: Severity,
    scope: &'static str,
    text: &'static str,
    text_ja: &'static str,
    explanation: &'static str,
    explanation_ja: &'static str,
    example: Example,
    remedy: &'static str,
    remedy_ja: &'static str,
    section: &'static str,
    section_ja: &'static str,
}

/// Reads an argument of `--explain`: `all`, or a rule in any case, with or without `R-`.
pub(crate) fn asked(text: &str) -> Result<Asked, String> {
    let wanted = text.trim().to_uppercase();
    if wanted == "ALL" {
        return Ok(Asked::All);
    }
    let wanted = bare(&wanted);
    RuleId::ALL.into_iter().find(|rule| bare(rule.as_str()) == wanted).map(Asked::Rule).ok_or_else(|| {
        let mut nearest = RuleId::ALL;
        let likeness = |rule: &RuleId| strsim::jaro_winkler(bare(rule.as_str()), wanted);
        nearest.sort_by(|one, other| likeness(other).total_cmp(&likeness(one)));
        let nearest: Vec<&str> = nearest.iter().take(NEAREST).map(|rule| rule.as_str()).collect();
        format!("there is no such rule; nearest are {}; `--explain all` lists every rule (この規則はありません)", nearest.join(", "))
    })
}

fn bare(id: &str) -> &str {
    id.strip_prefix("R-").unwrap_or(id)
}

/// Prints what was asked for, each rule once and in the order asked.
pub(crate) fn run(asked: &[Asked], markdown: bool, output: &Output) -> io::Result<ExitCode> {
    let mut rules: Vec<RuleId> = Vec::new();
    for asked in asked {
        match asked {
            Asked::All => rules.extend(RuleId::ALL),
            Asked::Rule(rule) => rules.push(*rule),
        }
    }
    let mut seen = Vec::new();
    rules.retain(|rule| {
        !seen.contains(rule) && {
            seen.push(*rule);
            true
        }
    });
    if markdown {
        // the page brings its own last line end
        output.line(page::page(&rules).trim_end())?;
        return Ok(ExitCode::SUCCESS);
    }
    for rule in &rules {
        output.object(&Line::of(*rule))?;
    }
    if asked.contains(&Asked::All) {
        output.line(list(&rules))?;
    } else {
        for rule in &rules {
            output.line(card::card(rule.rule(), output::width().into()))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl Line {
    fn of(id: RuleId) -> Self {
        let rule = id.rule();
        Self {
            rule: id,
            severity: rule.severity,
            scope: rule.scope.as_str(),
            text: rule.text_en,
            text_ja: rule.text_ja,
            explanation: rule.explanation_en,
            explanation_ja: rule.explanation_ja,
            example: rule.example,
            remedy: rule.remedy_en,
            remedy_ja: rule.remedy_ja,
            section: rule.section_en,
            section_ja: rule.section_ja,
        }
    }
}

/// A row for each rule.
fn list(rules: &[RuleId]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["規則 rule", "", "内容", "what is wrong"]);
    table.set_width(output::width());
    for rule in rules.iter().map(|id| id.rule()) {
        table.add_row([rule.id, severity(rule), rule.text_ja, rule.text_en]);
    }
    table
}

fn severity(rule: &Rule) -> &'static str {
    match rule.severity {
        Severity::Error => "エラー error",
        Severity::Warning => "警告 warning",
    }
}

/// What a scope's rules are about, for offices and for developers.
fn heading(scope: Scope) -> (&'static str, &'static str) {
    match scope {
        Scope::FileName => ("ファイル名", "The file's name"),
        Scope::File => ("ファイル全体", "The file as a whole"),
        Scope::Record => ("レコードと項目", "Records and items"),
        Scope::Unit => ("一緒に送るファイルの組（送信単位）", "The files of a set"),
    }
}

/// What an example is of, for offices and for developers.
fn place(example: &Example) -> (String, String) {
    let file = example.file;
    match example.form {
        ExampleForm::Name => ("ファイル名".to_owned(), "a file's name".to_owned()),
        ExampleForm::Sender => (format!("{file} を送る事業所"), format!("the office that sends {file}")),
        ExampleForm::Recipient => (format!("{file} の送信先に選んだ事業所"), format!("the office chosen as recipient of {file}")),
        ExampleForm::File => (format!("{file} の内容"), format!("the content of {file}")),
        ExampleForm::Records => (format!("{file} の行（関係する項目だけ）"), format!("records of {file}, the items that count")),
        ExampleForm::Set => ("一緒に送るファイル".to_owned(), "files sent together".to_owned()),
        ExampleForm::Value | ExampleForm::Words => {
            let (kind_ja, kind_en) = example.kind().map(|kind| (kind.name_ja(), kind.name_en())).unwrap_or_default();
            let (no, name_ja, name) = example.field().map(|field| (field.no, field.name_ja, field.name)).unwrap_or_default();
            (format!("{kind_ja}（{file}）の No.{no} {name_ja}"), format!("item {no} ({name}) of {file}, {kind_en}"))
        }
    }
}

/// A remedy as a sentence.
fn sentence(remedy: &str) -> String {
    let mut letters = remedy.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).chain(['.']).collect()).unwrap_or_default()
}

/// The lines of half an example; something to see where it is empty.
fn lines(half: &str) -> impl Iterator<Item = &str> {
    if half.is_empty() { "（空） (empty)".lines() } else { half.lines() }
}

/// What stands beside an example that shows bytes.
const BYTES: [&str; 2] = ["［F0 40］のような角かっこは、16進数で表したバイトです。", "[F0 40] stands for bytes in hexadecimal."];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_known_in_any_case_and_without_its_letter() {
        let check = |text: &str, expected| assert_eq!(asked(text), Ok(expected), "{text}");
        check("R-LENGTH", Asked::Rule(RuleId::Length));
        check("r-length", Asked::Rule(RuleId::Length));
        check("Length", Asked::Rule(RuleId::Length));
        check(" r-3hyo-kind ", Asked::Rule(RuleId::Hyo3Kind));
        check("All", Asked::All);
    }

    #[test]
    fn a_rule_that_does_not_exist_is_answered_with_the_nearest() {
        let check = |text: &str, nearest: &str| {
            let told = asked(text).unwrap_err();
            assert!(told.contains(nearest) && told.contains("--explain all"), "{text}: {told}");
        };
        check("R-LENGHT", "nearest are R-LENGTH, ");
        check("r-name-mont", "nearest are R-NAME-MONTH, ");
        check("sikyu-totl", "nearest are R-SIKYU-TOTAL, ");
        check("", "nearest are ");
    }

    #[test]
    fn every_example_says_what_it_is_of() {
        for rule in RuleId::ALL {
            let (ja, en) = place(&rule.rule().example);
            assert!(!ja.is_empty() && !en.is_empty() && !ja.contains("No.0") && !en.contains("item 0"), "{rule}: {ja} / {en}");
        }
    }
}
