//! The one place that prints: results to stdout, complaints to stderr. Colours go where a terminal shows them and `NO_COLOR` is not set.

use std::fmt::Display;
use std::io::{self, Write as _};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

/// A heading.
pub(crate) const HEADING: Style = Style::new().bold();
/// What went as it must.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What didn't.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// What is worth a look.
pub(crate) const DOUBT: Style = AnsiColor::Yellow.on_default();
/// What may be read over.
pub(crate) const FAINT: Style = Style::new().dimmed();

/// The exit code of a command that was called wrongly, as clap has it.
pub(crate) const MISUSE: u8 = 2;

/// How results are printed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    /// As JSON, one object a line.
    pub(crate) json: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// A line for people; with `--json` nothing.
    pub(crate) fn line(&self, text: impl Display) -> io::Result<()> {
        if self.json { Ok(()) } else { writeln!(anstream::stdout(), "{text}") }
    }

    /// A whole text for another program, as it is; with `--json` nothing.
    pub(crate) fn document(&self, text: impl Display) -> io::Result<()> {
        if self.json { Ok(()) } else { write!(io::stdout(), "{text}") }
    }

    /// A line of JSON; without `--json` nothing.
    pub(crate) fn object(&self, value: &impl Serialize) -> io::Result<()> {
        if !self.json {
            return Ok(());
        }
        // one write, at once: whoever waits for the first line gets it whole
        let mut stdout = io::stdout().lock();
        let mut text = serde_json::to_vec(value)?;
        text.push(b'\n');
        stdout.write_all(&text)?;
        stdout.flush()
    }

    /// The value as JSON, or as the line for people.
    pub(crate) fn either(&self, value: &impl Serialize, text: impl Display) -> io::Result<()> {
        if self.json { self.object(value) } else { self.line(text) }
    }

    /// Says on stderr what went wrong.
    pub(crate) fn complain(&self, text: &str) {
        // nothing more can be done where stderr is closed too
        drop(writeln!(anstream::stderr(), "{BAD}renkei:{BAD:#} {}", harmless(text)));
    }

    /// Says on stderr what should be known beside the result.
    pub(crate) fn remark(&self, text: &str) {
        drop(writeln!(anstream::stderr(), "{}", harmless(text)));
    }
}

/// What is complained of may hold names that somebody else chose: what would steer a terminal, or turn the writing round, is replaced.
pub(crate) fn harmless(text: &str) -> String {
    let turns = |letter: char| matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.replace(|letter: char| (letter.is_control() && !matches!(letter, '\n' | '\t')) || turns(letter), "\u{fffd}")
}

/// True when the error is only that nobody reads stdout any more (`renkei … | head`).
pub(crate) fn reader_left(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// The error with its causes, each said once: some errors name their cause themselves.
pub(crate) fn told(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |told, cause| match told {
        told if told.is_empty() => cause,
        told if told.contains(&cause) => told,
        told => format!("{told}: {cause}"),
    })
}

/// The terminal's width in columns; where the output goes elsewhere, one at which a table reads well.
pub(crate) fn width() -> u16 {
    terminal_size::terminal_size().map_or(140, |(terminal_size::Width(columns), _)| columns)
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn a_cause_is_told_once() {
        assert_eq!(
            told(&anyhow!("taken").context("port 9470 can't be used: taken").context("no start")),
            "no start: port 9470 can't be used: taken"
        );
        assert_eq!(told(&anyhow!("a cause").context("a failure")), "a failure: a cause");
    }

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(harmless("a\u{1b}]0;x\u{7}\n\u{202e}計画"), "a\u{fffd}]0;x\u{fffd}\n\u{fffd}計画");
    }

    #[test]
    fn only_a_closed_pipe_means_that_the_reader_left() {
        assert!(reader_left(&io::Error::from(io::ErrorKind::BrokenPipe).into()));
        assert!(!reader_left(&io::Error::from(io::ErrorKind::NotFound).into()));
        assert!(!reader_left(&anyhow!("broken pipe")));
    }
}
