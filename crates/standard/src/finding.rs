//! One broken rule at one place, and how it is told.

use serde::Serialize;

use crate::kind::Kind;
use crate::layout::{Code, Field};
use crate::rule::{RuleId, Severity};

/// One broken rule in a file. Lines, records and items count from 1; a place the rule has none of is `None`.
/// It never holds a cell's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Finding {
    /// The rule.
    pub rule: RuleId,
    /// The line the record starts in, counted in line feeds.
    pub line: Option<u64>,
    /// The record; blank lines and a heading row count.
    pub record: Option<u64>,
    /// The item.
    pub field: Option<u16>,
    /// What more is known.
    pub detail: Detail,
}

/// What more is known of a finding: numbers only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Detail {
    /// Nothing more.
    None,
    /// The value's length, and the item's, in characters.
    Length {
        /// Characters found.
        found: u64,
        /// Characters allowed.
        allowed: u32,
    },
    /// The items of the record, and of the layout.
    Items {
        /// Items found.
        found: u64,
        /// Items of the layout.
        expected: u16,
    },
    /// The first byte at fault.
    Byte {
        /// Its offset in the file, from 0.
        offset: u64,
        /// The byte.
        byte: u8,
    },
    /// The first line at fault, of a finding about the whole file.
    FirstLine(u64),
    /// A record that doesn't end within so many bytes.
    NoEnd {
        /// The longest record that is read, in bytes.
        limit: u64,
    },
    /// The sender in the name.
    Sender,
    /// The recipient in the name.
    Recipient,
}

/// The JSON shape of a finding (contract: outcome).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingView {
    /// `R-LENGTH`.
    pub rule: &'static str,
    /// `error` or `warning`.
    pub severity: Severity,
    /// See [`Finding::line`].
    pub line: Option<u64>,
    /// See [`Finding::record`].
    pub record: Option<u64>,
    /// See [`Finding::field`].
    pub field: Option<u16>,
    /// The item's English name.
    pub field_name: Option<&'static str>,
    /// For developers.
    pub message: String,
    /// For offices.
    pub message_ja: String,
}

impl Finding {
    /// A finding about the whole file or its name.
    pub fn of_file(rule: RuleId) -> Finding {
        Finding { rule, line: None, record: None, field: None, detail: Detail::None }
    }

    /// The same finding with more known.
    pub fn with(self, detail: Detail) -> Finding {
        Finding { detail, ..self }
    }

    /// Whether it rejects.
    pub fn severity(&self) -> Severity {
        self.rule.severity()
    }

    /// The item's English name.
    pub fn field_name(&self, kind: Kind) -> Option<&'static str> {
        self.layout_field(Some(kind)).map(|field| field.name)
    }

    /// What is wrong and what to do, for developers: `item 8 (units): 7 characters, at most 6 allowed; shorten the value …`.
    pub fn message(&self, kind: Option<Kind>) -> String {
        let rule = self.rule.rule();
        let field = self.layout_field(kind);
        let place = match (self.field, field) {
            (Some(no), Some(field)) => format!("item {no} ({}): ", field.name),
            (Some(no), None) => format!("item {no}: "),
            (None, _) => String::new(),
        };
        let what = match self.detail {
            Detail::None => match self.codes(field, |code| code.label_en) {
                Some(codes) => format!("{} ({codes})", rule.text_en),
                None => rule.text_en.to_owned(),
            },
            Detail::Length { found, allowed } => format!("{found} characters, at most {allowed} allowed"),
            Detail::Items { found, expected } => format!("{found} items where the layout has {expected}"),
            Detail::Byte { offset, byte } => format!("{} (byte {byte:02X} at offset {offset})", rule.text_en),
            Detail::FirstLine(line) => format!("{} (first in line {line})", rule.text_en),
            Detail::NoEnd { limit } => format!("{}: the record doesn't end within {limit} bytes", rule.text_en),
            Detail::Sender => format!("sender: {}", rule.text_en),
            Detail::Recipient => format!("recipient: {}", rule.text_en),
        };
        let what = if place.is_empty() { what } else { in_mid_sentence(what) };
        format!("{place}{what}; {}", rule.remedy_en)
    }

    /// What is wrong and what to do, for offices: `No.8 単位数: 7文字です（6文字以内）。…`.
    pub fn message_ja(&self, kind: Option<Kind>) -> String {
        let rule = self.rule.rule();
        let field = self.layout_field(kind);
        let place = match (self.field, field) {
            (Some(no), Some(field)) => format!("No.{no} {}: ", field.name_ja),
            (Some(no), None) => format!("No.{no}: "),
            (None, _) => String::new(),
        };
        let what = match self.detail {
            Detail::None => match self.codes(field, |code| code.label_ja) {
                Some(codes) => format!("{}（{codes}）", rule.text_ja),
                None => rule.text_ja.to_owned(),
            },
            Detail::Length { found, allowed } => format!("{found}文字です（{allowed}文字以内）"),
            Detail::Items { found, expected } => format!("項目数が{found}です（正しくは{expected}項目）"),
            Detail::Byte { offset, byte } => format!("{}（先頭から{offset}バイトの位置の{byte:02X}）", rule.text_ja),
            Detail::FirstLine(line) => format!("{}（最初は{line}行目）", rule.text_ja),
            Detail::NoEnd { limit } => format!("{}（{limit}バイト以内にレコードの終わりがありません）", rule.text_ja),
            Detail::Sender => format!("送信元: {}", rule.text_ja),
            Detail::Recipient => format!("送信先: {}", rule.text_ja),
        };
        format!("{place}{what}。{}。", rule.remedy_ja)
    }

    /// The JSON shape; `kind` names the item.
    pub fn view(&self, kind: Option<Kind>) -> FindingView {
        FindingView {
            rule: self.rule.as_str(),
            severity: self.severity(),
            line: self.line,
            record: self.record,
            field: self.field,
            field_name: self.layout_field(kind).map(|field| field.name),
            message: self.message(kind),
            message_ja: self.message_ja(kind),
        }
    }

    fn layout_field(&self, kind: Option<Kind>) -> Option<&'static Field> {
        kind?.layout()?.field(self.field?)
    }

    /// The codes to choose from, when the value was none of them.
    fn codes(&self, field: Option<&'static Field>, label: impl Fn(&Code) -> &'static str) -> Option<String> {
        let table = field?.codes.filter(|_| self.rule == RuleId::Code)?;
        Some(table.codes.iter().map(|code| format!("{} {}", code.code, label(code))).collect::<Vec<_>>().join(", "))
    }
}

/// `The value …` → `the value …`; words in capitals stay.
fn in_mid_sentence(text: String) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second == ' ' || second.is_lowercase() => {
            let mut lowered: String = first.to_lowercase().collect();
            lowered.push(second);
            lowered.push_str(letters.as_str());
            lowered
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_say_what_is_wrong_and_what_to_do() {
        let finding = Finding { line: Some(12), record: Some(11), field: Some(8), ..Finding::of_file(RuleId::Length) }
            .with(Detail::Length { found: 7, allowed: 6 });
        assert_eq!(
            finding.message(Some(Kind::Actuals)),
            "item 8 (units): 7 characters, at most 6 allowed; shorten the value in the sending software and export again"
        );
        assert_eq!(
            finding.message_ja(Some(Kind::Actuals)),
            "No.8 単位数: 7文字です（6文字以内）。送信側のソフトで値を直して再出力してください。"
        );
        assert!(finding.message(None).starts_with("item 8: 7 characters"));
        assert_eq!(finding.field_name(Kind::Actuals), Some("units"));
    }

    #[test]
    fn a_wrong_code_is_answered_with_the_right_ones() {
        let finding = Finding { field: Some(23), ..Finding::of_file(RuleId::Code) };
        assert_eq!(
            finding.message(Some(Kind::Actuals)),
            "item 23 (over_30_days): the code is not in its table (1 applies, 0 does not apply); \
             choose one of the listed codes in the sending software and export again"
        );
        assert!(finding.message_ja(Some(Kind::Actuals)).contains("（1 該当, 0 非該当）"));
        assert!(finding.message(None).starts_with("item 23: the code is not in its table; "));
    }

    #[test]
    fn every_rule_has_a_message_in_both_languages() {
        for rule in RuleId::ALL {
            let finding = Finding::of_file(rule);
            assert!(finding.message(None).contains("; "), "{rule}");
            assert!(finding.message_ja(None).ends_with('。') && !finding.message_ja(None).contains("。。"), "{rule}");
        }
    }

    #[test]
    fn the_json_shape_is_the_contracts() {
        let view = Finding::of_file(RuleId::Eol).with(Detail::FirstLine(3)).view(Some(Kind::Actuals));
        let json = serde_json::to_value(&view).unwrap();
        assert_eq!(json["rule"], "R-EOL");
        assert_eq!(json["severity"], "warning");
        let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
        for key in ["rule", "severity", "line", "record", "field", "field_name", "message", "message_ja"] {
            assert!(keys.iter().any(|it| *it == key), "{key}");
        }
        assert!(json["line"].is_null() && json["field_name"].is_null());
    }
}
