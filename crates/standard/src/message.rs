//! What a finding says: where, what is wrong, what to do; in English for developers and in Japanese for offices.

use crate::finding::{Demand, Detail, Finding};
use crate::kind::Kind;
use crate::layout::{Code, Field};
use crate::rule::RuleId;

impl Finding {
    /// What is wrong and what to do, for developers: `item 8 (units): 7 characters, at most 6 allowed; shorten the value …`.
    pub fn message(&self, kind: Option<Kind>) -> String {
        let place = match (self.field, self.layout_field(kind)) {
            (Some(no), Some(field)) => format!("item {no} ({}): ", field.name),
            (Some(no), None) => format!("item {no}: "),
            (None, _) => String::new(),
        };
        let what = self.what(kind);
        let what = if place.is_empty() { what } else { in_mid_sentence(what) };
        format!("{place}{what}; {}", self.rule.rule().remedy_en)
    }

    /// What is wrong and what to do, for offices: `No.8 単位数: 7文字です（6文字以内）。…`.
    pub fn message_ja(&self, kind: Option<Kind>) -> String {
        let place = match (self.field, self.layout_field(kind)) {
            (Some(no), Some(field)) => format!("No.{no} {}: ", field.name_ja),
            (Some(no), None) => format!("No.{no}: "),
            (None, _) => String::new(),
        };
        format!("{place}{}。{}。", self.what_ja(kind), self.rule.rule().remedy_ja)
    }

    /// What is wrong, for developers; neither where nor what to do.
    pub fn what(&self, kind: Option<Kind>) -> String {
        let text = self.rule.rule().text_en;
        match self.detail {
            Detail::None => match self.codes(self.layout_field(kind), |code| code.label_en) {
                Some(codes) => format!("{text} ({codes})"),
                None => text.to_owned(),
            },
            Detail::Length { found, allowed } => format!("{found} characters, at most {allowed} allowed"),
            Detail::Size { found, allowed } => format!("{found} bytes, at most {allowed} allowed"),
            Detail::Items { found, expected } => format!("{found} items where the layout has {expected}"),
            Detail::Byte { offset, byte } => format!("{text} (byte {byte:02X} at offset {offset})"),
            Detail::FirstLine(line) => format!("{text} (first in line {line})"),
            Detail::NoEnd { limit } => format!("{text}: the record doesn't end within {limit} bytes"),
            Detail::SeemsToBe(seeming) => match self.rule {
                RuleId::Name => format!("{text}; it seems to be {}", seeming.label_en()),
                _ => format!("Not a file of this kind of the standard: it seems to be {}", seeming.label_en()),
            },
            Detail::NotServedBy(office) => format!("{text} {office}"),
            Detail::Set { missing, surplus } => {
                let parts = [("missing", missing), ("too much", surplus)].into_iter().filter(|(_, kinds)| !kinds.is_empty());
                let parts = parts.map(|(word, kinds)| format!("{word}: {}", kinds.iter().map(Kind::code).collect::<Vec<_>>().join(", ")));
                format!("{text} ({})", parts.collect::<Vec<_>>().join("; "))
            }
            Detail::Demand(demand) => format!("{text}: {}", wants(demand)),
            Detail::Sender => format!("sender: {text}"),
            Detail::Recipient => format!("recipient: {text}"),
        }
    }

    /// What is wrong, for offices; neither where nor what to do.
    pub fn what_ja(&self, kind: Option<Kind>) -> String {
        let text = self.rule.rule().text_ja;
        match self.detail {
            Detail::None => match self.codes(self.layout_field(kind), |code| code.label_ja) {
                Some(codes) => format!("{text}（{codes}）"),
                None => text.to_owned(),
            },
            Detail::Length { found, allowed } => format!("{found}文字です（{allowed}文字以内）"),
            Detail::Size { found, allowed } => format!("{found}バイトです（{allowed}バイト以内）"),
            Detail::Items { found, expected } => format!("項目数が{found}です（正しくは{expected}項目）"),
            Detail::Byte { offset, byte } => format!("{text}（先頭から{offset}バイトの位置の{byte:02X}）"),
            Detail::FirstLine(line) => format!("{text}（最初は{line}行目）"),
            Detail::NoEnd { limit } => format!("{text}（{limit}バイト以内にレコードの終わりがありません）"),
            Detail::SeemsToBe(seeming) => match self.rule {
                RuleId::Name => format!("{text}（内容は{}のようです）", seeming.label_ja()),
                _ => format!("標準仕様のこの種類のファイルではありません（{}のようです）", seeming.label_ja()),
            },
            Detail::NotServedBy(office) => format!("{text}（{office}）"),
            Detail::Set { missing, surplus } => {
                let names = |kinds: crate::unit::Kinds| {
                    kinds.iter().map(|kind| format!("{}（{}）", kind.code(), kind.name_ja())).collect::<Vec<_>>().join("、")
                };
                let parts = [("不足", missing), ("余分", surplus)].into_iter().filter(|(_, kinds)| !kinds.is_empty());
                format!("{text}。{}", parts.map(|(word, kinds)| format!("{word}: {}", names(kinds))).collect::<Vec<_>>().join("。"))
            }
            Detail::Demand(demand) => format!("{text}（{}）", wants_ja(demand)),
            Detail::Sender => format!("送信元: {text}"),
            Detail::Recipient => format!("送信先: {text}"),
        }
    }

    /// The codes to choose from, when the value was none of them.
    fn codes(&self, field: Option<&'static Field>, label: impl Fn(&Code) -> &'static str) -> Option<String> {
        let table = field?.codes.filter(|_| self.rule == RuleId::Code)?;
        Some(table.codes.iter().map(|code| format!("{} {}", code.code, label(code))).collect::<Vec<_>>().join(", "))
    }
}

/// What the receiver's software wants, for developers.
fn wants(demand: Demand) -> String {
    match demand {
        Demand::Filled => "it must be filled in".to_owned(),
        Demand::Characters { found, allowed } => format!("{found} characters, at most {allowed} taken"),
        Demand::Bytes { found, allowed } => format!("{found} bytes in MS932, at most {allowed} taken"),
        Demand::Without { characters, offset } => format!("no {} (first at offset {offset})", characters.label_en()),
        Demand::Records { found, allowed } => format!("{found} records, at most {allowed} taken"),
        Demand::CsvVersion => "the CSV version is not read".to_owned(),
        Demand::NameVersion => "file names of this edition are not read".to_owned(),
        Demand::Rule(rule) => format!("{} is refused: {}", rule.as_str(), rule.rule().text_en),
    }
}

/// What the receiver's software wants, for offices.
fn wants_ja(demand: Demand) -> String {
    match demand {
        Demand::Filled => "入力が必要です".to_owned(),
        Demand::Characters { found, allowed } => format!("{found}文字です。{allowed}文字まで"),
        Demand::Bytes { found, allowed } => format!("{found}バイトです。{allowed}バイトまで"),
        Demand::Without { characters, offset } => format!("{}は使えません。先頭から{offset}バイトの位置", characters.label_ja()),
        Demand::Records { found, allowed } => format!("{found}件です。{allowed}件まで"),
        Demand::CsvVersion => "このCSVバージョンは読み込めません".to_owned(),
        Demand::NameVersion => "この版のファイル名は読み込めません".to_owned(),
        Demand::Rule(rule) => format!("{}。{}", rule.as_str(), rule.rule().text_ja),
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
    use crate::seeming::Seeming;

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
    fn details_stand_in_both_languages() {
        let check = |rule: RuleId, detail: Detail, en: &str, ja: &str| {
            let finding = Finding::of_file(rule).with(detail);
            assert!(
                finding.what(None).ends_with(en) && finding.what_ja(None).ends_with(ja),
                "{} {}",
                finding.what(None),
                finding.what_ja(None)
            );
        };
        check(RuleId::CellSize, Detail::Size { found: 70000, allowed: 65536 }, "70000 bytes, at most 65536 allowed", "（65536バイト以内）");
        check(
            RuleId::Fields,
            Detail::SeemsToBe(Seeming::Items(37)),
            "it seems to be UPSIKYU (37 items)",
            "（UPSIKYU（37項目）のようです）",
        );
        check(RuleId::NotRecipient, Detail::NotServedBy("0370100018".parse().unwrap()), " 0370100018", "（0370100018）");
        let set = Detail::Set { missing: [Kind::UsageSlipAnnex].iter().collect(), surplus: [Kind::UsageSlipDeletion].iter().collect() };
        check(RuleId::UnitSet, set, "(missing: UPSIKYU; too much: DLTPLAN)", "余分: DLTPLAN（第6表（サービス利用票）予定_削除）");
    }

    #[test]
    fn every_rule_has_a_message_in_both_languages() {
        for rule in RuleId::ALL {
            let finding = Finding::of_file(rule);
            assert!(finding.message(None).contains("; "), "{rule}");
            assert!(finding.message_ja(None).ends_with('。') && !finding.message_ja(None).contains("。。"), "{rule}");
        }
    }
}
