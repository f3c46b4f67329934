//! What a check must find in a unit, as it is written beside it (`….expected.json`).

use serde::Serialize;
use standard::{FileName, RuleId, Severity};

use crate::advice::Advice;
use crate::defects::Made;

/// The findings a unit must give, and what a receiver's software should do about them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExpectedUnit {
    /// The unit the files are, or would be without the defect: `SLIP`.
    pub unit: &'static str,
    /// The rule the unit is about; none for a valid one.
    pub rule: Option<RuleId>,
    /// True when there is no error: warnings alone don't reject.
    pub accepted: bool,
    /// The office number to name as sender (`renkei validate --sender`).
    pub sender: String,
    /// The office number to name as recipient (`renkei validate --recipient`).
    pub recipient: String,
    /// The receiver profile to name (`renkei validate --profile`), from the kit's folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// All findings there are.
    pub findings: Vec<ExpectedFinding>,
    /// What is wrong.
    pub what: String,
    /// What is wrong, for offices.
    pub what_ja: String,
    /// What a receiver's software should do.
    pub note: &'static str,
    /// What a receiver's software should do, in Japanese.
    pub note_ja: &'static str,
}

/// A finding and its place. Lines, records and fields count from 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ExpectedFinding {
    /// The rule that is broken.
    pub rule: RuleId,
    /// Whether it rejects.
    pub severity: Severity,
    /// The file; none where the set as a whole is at fault.
    pub file: Option<String>,
    /// The line the record begins in.
    pub line: Option<u64>,
    /// The record.
    pub record: Option<u64>,
    /// The item's number.
    pub field: Option<u16>,
    /// The item's English name.
    pub field_name: Option<&'static str>,
}

impl ExpectedUnit {
    /// Of a valid unit; `findings` are warnings of an edition that is only read.
    pub(crate) fn valid(made: &Made) -> ExpectedUnit {
        ExpectedUnit::new(made, None, [String::new(), String::new()], [None, None])
    }

    /// Of a unit made to break a rule. `parties`: who sends and receives in the caller's eyes, where that is not what the names say.
    pub(crate) fn defective(made: &Made, rule: RuleId, note: Option<[&'static str; 2]>, parties: [Option<String>; 2]) -> ExpectedUnit {
        let texts = [(rule.rule().text_en, " (", ")"), (rule.rule().text_ja, "（", "）")];
        let [en, ja] = note.map_or([None, None], |notes| notes.map(Some));
        let what = |(text, open, close): (&str, &str, &str), note: Option<&str>| match note {
            Some(note) => format!("{text}{open}{note}{close}"),
            None => text.to_owned(),
        };
        let [text_en, text_ja] = texts;
        ExpectedUnit::new(made, Some(rule), [what(text_en, en), what(text_ja, ja)], parties)
    }

    fn new(made: &Made, rule: Option<RuleId>, what: [String; 2], parties: [Option<String>; 2]) -> ExpectedUnit {
        // as the names say, which may be other than what the unit was made from
        let named = made.files.first().and_then(|file| FileName::parse(&file.name).0).map(|name| [name.sender, name.recipient]);
        let [named_sender, named_recipient] = named.unwrap_or_else(|| made.parties.clone());
        let ([sender, recipient], [what, what_ja]) = (parties, what);
        let findings: Vec<ExpectedFinding> = made.findings.iter().map(|finding| ExpectedFinding::of(made, finding)).collect();
        let advice = rule.map_or(Advice::Import, Advice::about);
        let [note, note_ja] = advice.texts();
        ExpectedUnit {
            unit: made.unit,
            rule,
            accepted: findings.iter().all(|finding| finding.severity == Severity::Warning),
            sender: sender.unwrap_or(named_sender),
            recipient: recipient.unwrap_or(named_recipient),
            profile: None,
            findings,
            what,
            what_ja,
            note,
            note_ja,
        }
    }
}

impl ExpectedFinding {
    fn of(made: &Made, finding: &crate::defects::Expected) -> ExpectedFinding {
        let file = finding.file.and_then(|file| made.files.get(file));
        let field = file.zip(finding.item).and_then(|(file, item)| file.kind.layout()?.field_named(item));
        ExpectedFinding {
            rule: finding.rule,
            severity: finding.rule.severity(),
            file: file.map(|file| file.name.clone()),
            line: file.zip(finding.record).and_then(|(file, record)| file.lines.get(record).copied()),
            record: finding.record.map(|record| record as u64 + 1),
            field: field.map(|field| field.no),
            field_name: field.map(|field| field.name),
        }
    }
}
