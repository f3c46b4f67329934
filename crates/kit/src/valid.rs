//! The valid units of the kit: every unit and every kind of the standard, in every direction it is sent in.

use crate::filler::Fullness::{Full, Mixed, Required};
use crate::record::Style::{AllQuoted, EmptyQuoted, Plain};
use crate::units::Order;

/// A valid unit of the kit.
pub(crate) struct ValidUnit {
    pub(crate) name: &'static str,
    pub(crate) order: Order,
    pub(crate) shows_en: &'static str,
    pub(crate) shows_ja: &'static str,
}

const fn unit(
    name: &'static str,
    unit: &'static str,
    way: [&'static str; 2],
    persons: u32,
    fullness: crate::filler::Fullness,
    style: crate::record::Style,
    shows: [&'static str; 2],
) -> ValidUnit {
    let [from, to] = way;
    let [shows_en, shows_ja] = shows;
    ValidUnit { name, order: Order { unit, from, to, persons, fullness, style }, shows_en, shows_ja }
}

/// All of them, in the order of the folders.
#[rustfmt::skip] // a table: one row a unit
pub(crate) const VALID: [ValidUnit; 29] = [
    unit("PLAN",            "PLAN",            ["43", "11"], 2, Full, Plain, ["every item filled in", "全項目に値あり"]),
    unit("PLAN-2",          "PLAN",            ["43", "15"], 3, Required, EmptyQuoted, ["required items only", "必須項目のみ"]),
    unit("PLAN-3",          "PLAN",            ["43", "13"], 6, Mixed, AllQuoted, ["six users, every item quoted", "利用者6名・全項目引用符付き"]),
    unit("PLAN-4",          "PLAN",            ["73", "17"], 2, Mixed, Plain, ["from an office with its own care manager", "小規模多機能型居宅介護から"]),
    unit("PLAN_V3",         "PLAN_V3",         ["43", "16"], 2, Mixed, Plain, ["third edition: to be read, not to be written", "第3版。受信のみ（出力は不可）"]),
    unit("SLIP",            "SLIP",            ["43", "11"], 2, Full, Plain, ["visits, tools, subtotals; every item filled in", "訪問・福祉用具・小計あり、全項目に値あり"]),
    unit("SLIP-2",          "SLIP",            ["43", "17"], 3, Required, EmptyQuoted, ["tool rental (TAIS and notification codes); required items only", "福祉用具貸与（TAISコード・届出コード）、必須項目のみ"]),
    unit("SLIP-3",          "SLIP",            ["43", "21"], 5, Mixed, AllQuoted, ["short stays without times (9999)", "短期入所（時刻表示なし9999）"]),
    unit("SLIP-4",          "SLIP",            ["43", "76"], 2, Mixed, Plain, ["a monthly price with day flags", "月額包括（日割対象日あり）"]),
    unit("SLIP-5",          "SLIP",            ["46", "A6"], 4, Mixed, Plain, ["preventive care", "予防"]),
    unit("SLIP-6",          "SLIP",            ["AF", "A2"], 2, Full, EmptyQuoted, ["preventive care management", "介護予防ケアマネジメント"]),
    unit("SLIP-7",          "SLIP",            ["43", "46"], 2, Mixed, Plain, ["preventive care, delegated: to the support centre", "予防・委託先から地域包括支援センターへ"]),
    unit("ACTUAL",          "ACTUAL",          ["11", "43"], 3, Full, Plain, ["visits; every item filled in", "訪問、全項目に値あり"]),
    unit("ACTUAL-2",        "ACTUAL",          ["17", "43"], 2, Required, EmptyQuoted, ["tool rental; required items only", "福祉用具貸与、必須項目のみ"]),
    unit("ACTUAL-3",        "ACTUAL",          ["76", "43"], 2, Mixed, AllQuoted, ["a monthly price with day flags", "月額包括（日割対象日あり）"]),
    unit("ACTUAL-4",        "ACTUAL",          ["66", "46"], 4, Mixed, Plain, ["preventive care", "予防"]),
    unit("ACTUAL-5",        "ACTUAL",          ["A2", "AF"], 2, Full, Plain, ["preventive care management", "介護予防ケアマネジメント"]),
    unit("ACTUAL-6",        "ACTUAL",          ["43", "46"], 2, Mixed, Plain, ["preventive care, delegated: handed on to the support centre", "予防・委託先から地域包括支援センターへ転送"]),
    unit("BASIC",           "BASIC",           ["46", "A6"], 4, Full, Plain, ["with annexes and pictures; every item filled in", "別表・家族構成画像付き、全項目に値あり"]),
    unit("BASIC-2",         "BASIC",           ["46", "63"], 2, Required, EmptyQuoted, ["without annexes; required items only", "別表なし、必須項目のみ"]),
    unit("BASIC-3",         "BASIC",           ["46", "43"], 12, Mixed, AllQuoted, ["twelve users, to the office the care is delegated to", "利用者12名・委託先へ"]),
    unit("SUPPORT_BASIC",   "SUPPORT_BASIC",   ["46", "66"], 2, Full, Plain, ["the plan with the basic information", "計画書と基本情報を同時に送付"]),
    unit("SUPPORT",         "SUPPORT",         ["AF", "A2"], 3, Mixed, EmptyQuoted, ["the plan alone", "計画書のみ"]),
    unit("SUPPORT-2",       "SUPPORT",         ["43", "46"], 6, Full, Plain, ["delegated: to the support centre", "委託先から地域包括支援センターへ"]),
    unit("PLAN_DELETE",     "PLAN_DELETE",     ["43", "11"], 2, Full, Plain, ["withdrawal", "削除"]),
    unit("SLIP_DELETE",     "SLIP_DELETE",     ["43", "11"], 2, Full, Plain, ["withdrawal", "削除"]),
    unit("ACTUAL_DELETE",   "ACTUAL_DELETE",   ["11", "43"], 2, Full, Plain, ["withdrawal", "削除"]),
    unit("BASIC_DELETE",    "BASIC_DELETE",    ["46", "A6"], 2, Full, Plain, ["withdrawal", "削除"]),
    unit("SUPPORT_DELETE",  "SUPPORT_DELETE",  ["46", "A6"], 2, Full, Plain, ["withdrawal", "削除"]),
];
