//! What could not be converted, where, and what to do.

use serde::Serialize;

use crate::encode::Unwritable;
use crate::kind::Kind;
use crate::layout::Field;

/// Why a record, or a document's head, can't be converted. It never holds a value: one character of it where MS932 lacks that, and the name
/// of a member where it looks like one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which record, from 1; `None` for the document around them.
    pub record: Option<u64>,
    /// The item.
    pub field: Option<u16>,
    /// The kind of file, where it is known.
    pub kind: Option<Kind>,
    /// What is wrong.
    pub wrong: Wrong,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// The whole is neither a document nor an array of records, or has no `records`.
    NoRecords,
    /// The document's member of that name holds something else than it must.
    Head(&'static str),
    /// The kind is not known from anywhere, or is none of the standard's.
    NoKind,
    /// The line is of another kind than the ones before, or than the caller said.
    OtherKind,
    /// The record is no object.
    NoObject,
    /// A member that the layout has no item for; its name when it looks like a name.
    UnknownMember(Option<String>),
    /// The member stands there twice.
    TwiceMember,
    /// A number, a truth value, an array or an object where text or null must be.
    NoText,
    /// Neither text, null nor `{"code":…,"label":…}`.
    NoCode,
    /// The label is not the code's: which of them is meant?
    OtherLabel,
    /// The version is missing or not six digits.
    NoVersion,
    /// A character that is not written.
    Character {
        /// Which one of the value, from 1.
        position: u64,
        /// The character.
        character: char,
        /// Why.
        why: Unwritable,
        /// What may be written for it.
        substitute: Option<char>,
    },
    /// The record is longer than any that is read.
    TooLong {
        /// The longest record that is read, in bytes.
        limit: u64,
    },
}

/// A character that was written for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Substitution {
    /// Which record, from 1.
    pub record: u64,
    /// The item.
    pub field: u16,
    /// The kind of file.
    pub kind: Kind,
    /// Which character of the value, from 1.
    pub position: u64,
    /// The character that is not in MS932.
    pub character: char,
    /// What was written.
    pub substitute: char,
}

/// The JSON shape of a problem or a substitution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the problem and the substitution")]
pub struct ProblemView {
    pub record: Option<u64>,
    pub field: Option<u16>,
    pub field_name: Option<&'static str>,
    pub position: Option<u64>,
    /// `U+9DD7`.
    pub character: Option<String>,
    /// `U+9D0E`.
    pub substitute: Option<String>,
    /// For developers.
    pub message: String,
    /// For offices.
    pub message_ja: String,
}

impl Problem {
    fn layout_field(&self) -> Option<&'static Field> {
        self.kind?.layout()?.field(self.field?)
    }

    /// What is wrong and what to do, for developers.
    pub fn message(&self) -> String {
        place(self.record, self.layout_field()) + &self.wrong.told()
    }

    /// What is wrong and what to do, for offices.
    pub fn message_ja(&self) -> String {
        place_ja(self.record, self.layout_field()) + &self.wrong.told_ja()
    }

    /// The JSON shape.
    pub fn view(&self) -> ProblemView {
        let (position, character, substitute) = match self.wrong {
            Wrong::Character { position, character, substitute, .. } => (Some(position), Some(character), substitute),
            _ => (None, None, None),
        };
        ProblemView {
            record: self.record,
            field: self.field,
            field_name: self.layout_field().map(|field| field.name),
            position,
            character: character.map(code_point),
            substitute: substitute.map(code_point),
            message: self.message(),
            message_ja: self.message_ja(),
        }
    }
}

impl Wrong {
    fn told(&self) -> String {
        match self {
            Wrong::NoRecords => "no records: a document {\"kind\":…,\"records\":[…]} or an array of records is wanted".into(),
            Wrong::Head(name) => format!("the document's \"{name}\" is not what it must be; see its schema, or leave it out"),
            Wrong::NoKind => "the kind is not known: name it (\"kind\":\"UPJSK\"), as the standard's file names begin".into(),
            Wrong::OtherKind => "another kind than the other records, or than the one asked for: one file holds one kind".into(),
            Wrong::NoObject => "the record is no object: write one with the items' English names as members".into(),
            Wrong::UnknownMember(Some(name)) => format!("the layout has no item \"{name}\"; use the names of the schema"),
            Wrong::UnknownMember(None) => "the layout has no item of a member's name; use the names of the schema".into(),
            Wrong::TwiceMember => "the member stands there twice; keep one".into(),
            Wrong::NoText => "not text: write the value as a string, in quotes, or null when it is empty".into(),
            Wrong::NoCode => "not a code: write {\"code\":\"…\",\"label\":\"…\"}, the code as a string, or null when it is empty".into(),
            Wrong::OtherLabel => "the label is not the code's: mend the one that is wrong, or leave the label out".into(),
            Wrong::NoVersion => "no version of six digits: every record begins with it; write 202407".into(),
            Wrong::Character { position, character, why, substitute } => {
                let code = code_point(*character);
                let remedy = match (why, substitute) {
                    (_, Some(substitute)) => {
                        format!("{} {} may stand for it: with --substitute it is written", code_point(*substitute), shown(*substitute))
                    }
                    (Unwritable::NotInMs932, None) => "nothing may stand for it: write the word otherwise".into(),
                    (Unwritable::Gaiji, None) => "use a standard character, or kana".into(),
                    (Unwritable::Control, None) => "delete it".into(),
                };
                let what = match why {
                    Unwritable::NotInMs932 => "is not in MS932",
                    Unwritable::Gaiji => "is a private-use character (gaiji)",
                    Unwritable::Control => "is a control character",
                };
                format!("character {position}: {code} {what}; {remedy}")
            }
            Wrong::TooLong { limit } => format!("the record is longer than {limit} bytes; shorten its texts"),
        }
    }

    fn told_ja(&self) -> String {
        match self {
            Wrong::NoRecords => "レコードがありません。{\"kind\":…,\"records\":[…]}の形、またはレコードの配列にしてください。".into(),
            Wrong::Head(name) => format!("文書の\"{name}\"が正しくありません。スキーマに合わせるか、省略してください。"),
            Wrong::NoKind => "ファイルの種類がわかりません。\"kind\"に標準仕様の種類（UPJSKなど）を指定してください。".into(),
            Wrong::OtherKind => "ほかのレコードまたは指定と種類が違います。1つのファイルには1つの種類だけを入れてください。".into(),
            Wrong::NoObject => "レコードがオブジェクトではありません。項目の英語名をメンバーとするオブジェクトにしてください。".into(),
            Wrong::UnknownMember(Some(name)) => {
                format!("\"{name}\"という項目はレイアウトにありません。スキーマの名前を使ってください。")
            }
            Wrong::UnknownMember(None) => "レイアウトにない名前の項目があります。スキーマの名前を使ってください。".into(),
            Wrong::TwiceMember => "同じ項目が2回あります。1つにしてください。".into(),
            Wrong::NoText => "文字列ではありません。値を引用符で囲んだ文字列にするか、空の場合はnullにしてください。".into(),
            Wrong::NoCode => "コードではありません。{\"code\":\"…\",\"label\":\"…\"}、コードの文字列、またはnullにしてください。".into(),
            Wrong::OtherLabel => "名称がコードと合っていません。誤っている方を直すか、名称を省略してください。".into(),
            Wrong::NoVersion => "CSVバージョン（6桁）がありません。202407を入れてください。".into(),
            Wrong::Character { position, character, why, substitute } => {
                let code = code_point(*character);
                let remedy = match (why, substitute) {
                    (_, Some(substitute)) => {
                        format!(
                            "代わりに「{}」（{}）を使えます（--substituteで置き換えます）。",
                            shown(*substitute),
                            code_point(*substitute)
                        )
                    }
                    (Unwritable::NotInMs932, None) => "代わりに使える文字はありません。別の書き方にしてください。".into(),
                    (Unwritable::Gaiji, None) => "標準の漢字またはかなに置き換えてください。".into(),
                    (Unwritable::Control, None) => "削除してください。".into(),
                };
                let what = match why {
                    Unwritable::NotInMs932 => "Shift-JIS（MS932）にありません",
                    Unwritable::Gaiji => "外字です",
                    Unwritable::Control => "制御文字です",
                };
                format!("{position}文字目の{code}は{what}。{remedy}")
            }
            Wrong::TooLong { limit } => format!("レコードが{limit}バイトを超えています。文章を短くしてください。"),
        }
    }
}

impl Substitution {
    /// What was done.
    pub fn message(&self) -> String {
        let (from, to) = (code_point(self.character), code_point(self.substitute));
        place(Some(self.record), self.layout_field()) + &format!("character {}: {to} written for {from}", self.position)
    }

    /// What was done, for offices.
    pub fn message_ja(&self) -> String {
        let (from, to) = (code_point(self.character), code_point(self.substitute));
        place_ja(Some(self.record), self.layout_field()) + &format!("{}文字目の{from}を{to}に置き換えました。", self.position)
    }

    /// The JSON shape.
    pub fn view(&self) -> ProblemView {
        ProblemView {
            record: Some(self.record),
            field: Some(self.field),
            field_name: self.layout_field().map(|field| field.name),
            position: Some(self.position),
            character: Some(code_point(self.character)),
            substitute: Some(code_point(self.substitute)),
            message: self.message(),
            message_ja: self.message_ja(),
        }
    }

    fn layout_field(&self) -> Option<&'static Field> {
        self.kind.layout()?.field(self.field)
    }
}

fn place(record: Option<u64>, field: Option<&Field>) -> String {
    match (record, field) {
        (Some(record), Some(field)) => format!("record {record}, item {} ({}): ", field.no, field.name),
        (Some(record), None) => format!("record {record}: "),
        (None, _) => String::new(),
    }
}

fn place_ja(record: Option<u64>, field: Option<&Field>) -> String {
    match (record, field) {
        (Some(record), Some(field)) => format!("{record}件目 No.{} {}: ", field.no, field.name_ja),
        (Some(record), None) => format!("{record}件目: "),
        (None, _) => String::new(),
    }
}

fn code_point(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}

/// A substitute as one reads it.
fn shown(character: char) -> String {
    if character == ' ' { "(space)".into() } else { character.to_string() }
}
