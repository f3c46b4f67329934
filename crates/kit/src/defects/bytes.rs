//! Defects of bytes: encoding, line ends, quoting, versions.

use standard::{Kind, RuleId, decode_ms932, encode_ms932};

use super::Pick::Nth;
use super::{Base, Change, Defect, Place, To, defect, each, item};
use crate::draft::Draft;

const ACTUAL: Kind = Kind::Actuals;
const SECOND: super::Pick = Nth(1);

/// A free-text cell of raw bytes in the second record.
const fn raw(name: &'static str, bytes: &'static [u8], expects: &'static [(RuleId, Place)]) -> Defect {
    item(name, Base::Actual, ACTUAL, SECOND, "manager_name", To::Raw(bytes), expects)
}

const fn bytes(name: &'static str, change: fn(Vec<u8>) -> Vec<u8>, expects: &'static [(RuleId, Place)]) -> Defect {
    defect(name, Base::Actual, Change::Bytes(ACTUAL, change), expects)
}

macro_rules! in_item {
    ($($rule:ident),+) => {
        &[$((RuleId::$rule, Place::Changed)),+]
    };
}
macro_rules! in_file {
    ($rule:ident) => {
        &[(RuleId::$rule, Place::File(ACTUAL))]
    };
}
macro_rules! in_record {
    ($rule:ident, $pick:expr) => {
        &[(RuleId::$rule, Place::Record(ACTUAL, $pick))]
    };
}
macro_rules! in_version {
    ($rule:ident) => {
        &[(RuleId::$rule, Place::Item(ACTUAL, Nth(0), "csv_version"))]
    };
}

/// All three files of a slip set as the third edition wrote them.
const OLD_SLIP: &[(RuleId, Place)] = &[
    (RuleId::OldLayout, Place::Record(Kind::UsageSlip, Nth(0))),
    (RuleId::OldLayout, Place::Record(Kind::UsageSlipAnnex, Nth(0))),
    (RuleId::NameV3, Place::File(Kind::UsageSlip)),
    (RuleId::NameV3, Place::File(Kind::UsageSlipAnnex)),
    (RuleId::NameV3, Place::File(Kind::UserSupplement)),
    (RuleId::VersionOld, Place::Item(Kind::UsageSlip, Nth(0), "csv_version")),
    (RuleId::VersionOld, Place::Item(Kind::UsageSlipAnnex, Nth(0), "csv_version")),
    (RuleId::VersionOld, Place::Item(Kind::UserSupplement, Nth(0), "csv_version")),
];

#[rustfmt::skip] // a table: one row a defect
pub(super) const DEFECTS: [Defect; 28] = [
    bytes("R-UTF8", |bytes| [b"\xef\xbb\xbf".to_vec(), to_utf8(&bytes)].concat(), in_file!(Utf8)).noted("with a byte order mark", "BOM付き"),
    bytes("R-UTF8-b", |bytes| to_utf8(&bytes), in_file!(Utf8)).noted("without a byte order mark", "BOMなし"),
    raw("R-MS932", b"\"\x8cv\x89\xe6\xff\"", in_item!(Ms932)).noted("byte FF", "バイトFF"),
    raw("R-MS932-b", b"\"\x85\x40\"", in_item!(Ms932)).noted("an unassigned pair", "未割当の2バイト"),
    raw("R-MS932-c", b"\"\x8cv\x95\"", in_item!(Ms932)).noted("half a character before the closing quote", "閉じ引用符の前で切れた文字"),
    raw("R-GAIJI", b"\"\x8cv\xf0\x40\"", in_item!(Gaiji)),
    raw("R-CTRL", b"\"\x8cv\x0b\"", in_item!(Ctrl)).noted("a vertical tab", "垂直タブ"),
    raw("R-CTRL-b", b"\"\x8cv\x80\"", in_item!(Ctrl)).noted("byte 80", "バイト80"),
    bytes("R-EOL", |bytes| without(&bytes, b'\r'), in_file!(Eol)).noted("LF alone", "LFのみ"),
    bytes("R-EOL-b", |mut bytes| { bytes.truncate(bytes.len().saturating_sub(2)); bytes }, in_file!(Eol)).noted("none behind the last record", "最終レコードの改行なし"),
    bytes("R-EOL-c", |bytes| without(&bytes, b'\n'), in_file!(Eol)).noted("CR alone", "CRのみ"),
    bytes("R-BLANK", |bytes| [bytes, b"\r\n".to_vec()].concat(), &[(RuleId::Blank, Place::End(ACTUAL))]).noted("behind the last record", "最終レコードの後"),
    bytes("R-HEADER", |bytes| [heading(), bytes].concat(), in_record!(Header, Nth(0))),
    raw("R-QUOTE", b"\"\x8cv\"\x89\xe6", in_record!(Quote, SECOND)).noted("text behind the closing quote", "閉じ引用符の後に文字がある"),
    defect("R-QUOTE-b", Base::Actual, Change::Draft(unclose_last), in_record!(Quote, LAST)).noted("no closing quote", "閉じ引用符がない"),
    raw("R-QUOTE-BARE", b"\x8cv\"\x89\xe6\"", in_item!(QuoteBare, Unquoted)),
    raw("R-UNQUOTED", b"\x8cv\x89\xe6", in_item!(Unquoted)),
    bytes("R-EMPTY", |_| Vec::new(), in_file!(Empty)).noted("0 bytes", "0バイト"),
    defect("R-EMPTY-SUB", Base::Plan, Change::Draft(|draft| if let Some(rows) = draft.records_mut(Kind::PlanTable3) { rows.clear() }),
        &[(RuleId::EmptySub, Place::File(Kind::PlanTable3))]),
    defect("R-VERSION", Base::Actual, Change::Draft(|draft| draft.set_version("209901")), in_version!(Version)),
    defect("R-VERSION-OLD", Base::Actual, Change::Draft(|draft| draft.set_version("202208")), in_version!(VersionOld)).noted("with the current items", "項目は4.1版のまま"),
    defect("R-VERSION-ODD", Base::Actual, Change::Draft(|draft| draft.set_version("202410")), in_version!(VersionOdd)).noted("the month the edition was issued", "仕様の発行年月"),
    defect("R-VERSION-ODD-b", Base::Actual, Change::Draft(|draft| draft.set_version("202404")), in_version!(VersionOdd)).noted("printed in the specification's samples", "仕様書の記載例の値"),
    item("R-VERSION-MIX", Base::Actual, ACTUAL, SECOND, "csv_version", To::Text("202208"), in_item!(VersionMix)),
    defect("R-OLD-LAYOUT", Base::Slip, Change::Draft(as_third_edition), OLD_SLIP).noted("a slip set of the third edition", "第3版の利用票一式"),
    defect("R-FIELDS", Base::Actual, Change::Draft(|draft| each_second(draft, &["identifier"])), in_record!(Fields, SECOND)).noted("one item less", "1項目不足"),
    defect("R-FIELDS-b", Base::Actual, Change::Draft(|draft| each_second(draft, &["tais_code", "tool_notification_code", "tool_name"])), in_record!(Fields, SECOND)).noted("22 items, but the current version", "現行版なのに22項目"),
    item("R-CELL-SIZE", Base::Plan, Kind::PlanTable1, SECOND, "assessment_result", To::From(|_| "長".repeat(40_000)), in_item!(CellSize)).noted("80,000 bytes", "80,000バイト"),
];

/// The last record, which holds the cell that was left open.
const LAST: super::Pick = super::Pick::First(|record| record.is_raw("manager_name"));

fn to_utf8(bytes: &[u8]) -> Vec<u8> {
    decode_ms932(bytes).unwrap_or_default().as_bytes().to_vec()
}

fn without(bytes: &[u8], byte: u8) -> Vec<u8> {
    bytes.iter().copied().filter(|other| *other != byte).collect()
}

fn heading() -> Vec<u8> {
    let names = ACTUAL.layout().map_or(&[][..], |layout| layout.fields).iter().map(|field| field.name_ja);
    encode_ms932(&(names.collect::<Vec<_>>().join(",") + "\r\n")).unwrap_or_default()
}

fn unclose_last(draft: &mut Draft) {
    if let Some(last) = draft.records_mut(ACTUAL).and_then(|records| records.last_mut()) {
        last.put("manager_name", crate::record::Value::Raw(b"\"\x8cv"));
        // no quote may follow that would close it
        last.set("service_office_name", "");
        last.set("tool_name", "");
    }
}

fn each_second(draft: &mut Draft, items: &[&str]) {
    if let Some(record) = draft.records_mut(ACTUAL).and_then(|records| records.get_mut(1)) {
        record.drop_items(items);
    }
}

fn as_third_edition(draft: &mut Draft) {
    draft.v3 = true;
    draft.set_version("202208");
    for kind in [Kind::UsageSlip, Kind::UsageSlipAnnex] {
        each(draft, kind, |record| record.drop_items(&["tais_code", "tool_notification_code", "tool_name"]));
    }
}
