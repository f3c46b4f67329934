//! How the demo is told: numbered steps for people, one JSON object a step for programs; and what differed from what must be.

use std::fmt::Display;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anstyle::Style;
use comfy_table::Table;
use serde_json::{Value, json};

use crate::output::{self, BAD, DOUBT, FAINT, GOOD, HEADING, Output};

/// How wide a line is, where something stands at its end.
const WIDTH: usize = 92;
/// Where what follows a step's words begins.
const INDENT: usize = 14;

pub(crate) struct Story {
    output: Output,
    begun: Instant,
    number: usize,
    step: &'static str,
    took: Duration,
    /// What differed, in the step that is being told and before it.
    differences: Vec<String>,
    before: usize,
}

impl Story {
    pub(crate) fn begin(output: Output) -> anyhow::Result<Self> {
        output.line(format_args!("{HEADING}Renkei – an exchange at work{HEADING:#}  ケアプランデータ連携の実演"))?;
        output.line(format_args!(
            "{FAINT}Offices, persons and files are invented. Everything runs on this machine only and is gone at the end.{FAINT:#}"
        ))?;
        Ok(Self { output, begun: Instant::now(), number: 0, step: "", took: Duration::ZERO, differences: Vec::new(), before: 0 })
    }

    /// The heading of a step that began at `since` and is done.
    pub(crate) fn step(&mut self, name: &'static str, heading: &str, since: Instant) -> anyhow::Result<()> {
        (self.step, self.took, self.before) = (name, since.elapsed(), self.differences.len());
        self.number += 1;
        let took = format!("{} ms", self.took.as_millis());
        let gap = WIDTH.saturating_sub(3 + heading.chars().count() + took.len()).max(2);
        self.output.line("")?;
        Ok(self.output.line(format_args!("{HEADING}{:<2} {heading}{HEADING:#}{:gap$}{FAINT}{took}{FAINT:#}", self.number, ""))?)
    }

    /// A line of the step.
    pub(crate) fn say(&self, text: impl Display) -> anyhow::Result<()> {
        Ok(self.output.line(format_args!("   {text}"))?)
    }

    /// A line with a word before it.
    pub(crate) fn point(&self, word: &str, text: impl Display) -> anyhow::Result<()> {
        let style = match word {
            "delivered" | "fetched" | "imported" | "the same" => GOOD,
            "rejected" => BAD,
            "refused" => DOUBT,
            _ => FAINT,
        };
        self.say(format_args!("{style}{word:<10}{style:#} {text}"))
    }

    /// A text that may be longer than a line, under a word.
    pub(crate) fn text(&self, style: Style, text: &str) -> anyhow::Result<()> {
        let lines = textwrap::wrap(text, usize::from(output::width()).clamp(60, 110).saturating_sub(INDENT));
        lines.iter().try_for_each(|line| self.point("", format_args!("{style}{line}{style:#}")))
    }

    /// A table in the step.
    pub(crate) fn table(&self, table: &Table) -> anyhow::Result<()> {
        // without a border, the padding of its first column would stand out
        table.trim_fmt().lines().try_for_each(|line| self.say(line.strip_prefix(' ').unwrap_or(line)))
    }

    /// Notes what isn't as it must be.
    pub(crate) fn check(&mut self, holds: bool, otherwise: impl FnOnce() -> String) {
        if !holds {
            self.differences.push(otherwise());
        }
    }

    /// Ends the step: says what differed; to programs all that is known of it.
    pub(crate) fn done(&self, mut more: Value) -> anyhow::Result<()> {
        let differences = self.differences.get(self.before..).unwrap_or_default();
        for difference in differences {
            self.say(format_args!("{BAD}not as it must be:{BAD:#} {difference}"))?;
        }
        if let Some(members) = more.as_object_mut() {
            members.insert("step".to_owned(), json!(self.step));
            members.insert("ok".to_owned(), json!(differences.is_empty()));
            members.insert("ms".to_owned(), json!(self.took.as_millis().try_into().unwrap_or(u64::MAX)));
            members.insert("differences".to_owned(), json!(differences));
        }
        Ok(self.output.object(&more)?)
    }

    /// The end of it all.
    pub(crate) fn end(self) -> anyhow::Result<ExitCode> {
        let seconds = self.begun.elapsed().as_secs_f32();
        self.output.line("")?;
        if self.differences.is_empty() {
            self.output
                .line(format_args!("{GOOD}Everything ended as it must{GOOD:#}, in {seconds:.1} s. すべて期待どおりに終わりました。"))?;
            self.output.line(format_args!(
                "{FAINT}renkei local keeps an exchange running; renkei validate FILE checks a file of yours.{FAINT:#}"
            ))?;
            return Ok(ExitCode::SUCCESS);
        }
        self.output.complain(&format!("what did not end as it must ({}):", self.differences.len()));
        self.differences.iter().for_each(|difference| self.output.remark(&format!("  {difference}")));
        Ok(ExitCode::FAILURE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_difference_is_enough_to_fail() {
        let told = |holds: [bool; 3]| {
            let mut story = Story::begin(Output::new(true)).unwrap();
            for holds in holds {
                story.step("step", "A step", Instant::now()).unwrap();
                story.check(holds, || "differs".to_owned());
            }
            story.end().unwrap()
        };
        assert_eq!(told([true, true, true]), ExitCode::SUCCESS);
        assert_eq!(told([true, false, true]), ExitCode::FAILURE);
    }
}
