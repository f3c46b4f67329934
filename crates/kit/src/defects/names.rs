//! Defects of file names.

use standard::{Kind, RuleId};

use super::{Base, Change, Defect, Place, defect};

const ACTUAL: Kind = Kind::Actuals;

/// A name that is wrong in one way, and the finding about it.
const fn named(name: &'static str, rename: fn(&str) -> String, expects: &'static [(RuleId, Place)]) -> Defect {
    defect(name, Base::Actual, Change::Name(ACTUAL, rename), expects)
}

macro_rules! of_name {
    ($rule:ident) => {
        &[(RuleId::$rule, Place::File(ACTUAL))]
    };
}

#[rustfmt::skip] // a table: one row a defect
pub(super) const DEFECTS: [Defect; 17] = [
    named("R-NAME", |name| name.replacen('_', "-", 2), of_name!(Name)).noted("hyphens for underscores", "区切りがハイフン"),
    named("R-NAME-b", |name| name.replace(".CSV", " (1).CSV"), of_name!(Name)).noted("what a browser adds to a second download", "ブラウザが付けた「(1)」"),
    named("R-NAME-c", |name| name.replace("UPJSK_", "UPJSK_実績_"), of_name!(Name)).noted("a word of the office's own", "独自の文字が入っている"),
    defect("R-NAME-V3", Base::Actual, Change::Draft(|draft| draft.v3 = true), of_name!(NameV3)),
    named("R-NAME-CASE", |name| name.replace(".CSV", ".csv"), of_name!(NameCase)).noted("extension in lower case", "拡張子が小文字"),
    named("R-NAME-CASE-b", |name| name.replace("UPJSK", "upjsk"), of_name!(NameCase)).noted("kind in lower case", "種類が小文字"),
    named("R-NAME-MONTH", |name| replace_part(name, 1, "202613"), of_name!(NameMonth)),
    named("R-NAME-MONTH-b", |name| replace_part(name, 1, "000000"), of_name!(NameMonth)).noted("000000, which only UPHOSOKU may have", "UPHOSOKU以外の000000"),
    named("R-NAME-STAMP", |name| replace_part(name, 6, "20261332256199.CSV"), of_name!(NameStamp)),
    named("R-NAME-STAMP-b", |name| name.replace(".CSV", "0.CSV"), of_name!(NameStamp)).noted("15 digits, as in the specification's samples", "仕様書の記載例と同じ15桁"),
    named("R-NAME-OFFICE", |name| change_part(name, 4, |number| number.chars().take(9).collect()), of_name!(NameOffice)).noted("9 characters, without check digit", "チェックデジットのない9桁"),
    named("R-NAME-CD", |name| change_part(name, 4, other_check_digit), of_name!(NameCd)),
    named("R-NAME-TYPE", |name| replace_part(name, 5, "430"), of_name!(NameType)).noted("3 characters, the form of edition 4.0", "4.0版の3桁"),
    defect("R-NAME-EXTRA", Base::Basic, Change::Name(Kind::BasicInformation, |name| name.replace("UPKIHON_", "UPKIHON_000000_")),
        &[(RuleId::NameExtra, Place::File(Kind::BasicInformation))]),
    Defect { parties: [Some("13"), None], ..defect("R-SENDER", Base::Actual, Change::Draft(|_| {}), of_name!(Sender)) },
    Defect { parties: [None, Some("46")], ..defect("R-RECIPIENT", Base::Actual, Change::Draft(|_| {}), of_name!(Recipient)) },
    defect("R-SAME-OFFICE", Base::PlanDeletion, Change::Draft(|draft| draft.recipient.number = draft.sender.number),
        &[(RuleId::SameOffice, Place::File(Kind::PlanTable1Deletion))]),
];

/// The number with a check digit that does not fit.
pub(super) fn other_check_digit(number: &str) -> String {
    let mut characters: Vec<char> = number.chars().collect();
    if let Some(last) = characters.last_mut() {
        *last = if *last == '9' { '0' } else { char::from_u32(*last as u32 + 1).unwrap_or('0') };
    }
    characters.into_iter().collect()
}

fn replace_part(name: &str, place: usize, part: &str) -> String {
    change_part(name, place, |_| part.to_owned())
}

fn change_part(name: &str, place: usize, change: impl Fn(&str) -> String) -> String {
    let parts = name.split('_').enumerate().map(|(index, part)| if index == place { change(part) } else { part.to_owned() });
    parts.collect::<Vec<_>>().join("_")
}
