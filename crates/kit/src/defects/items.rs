//! Defects of one value: presence, length, form, code.

use standard::{Kind, RuleId};

use super::Pick::{First, Nth};
use super::names::other_check_digit;
use super::{Base, Defect, Pick, Place, To, item};
use crate::record::Record;

const SECOND: Pick = Nth(1);
/// A visit, with times.
const TIMED: Pick = First(|record| record.text("start_time") != "9999");
const PRICED: Pick = First(|record| record.has("unit_price"));
/// A service that is neither the recipient's nor a tool.
const OTHER_SERVICE: Pick = First(|record| !["11", "17"].contains(&service_type(record)));
const TOOL_WITH_TAIS: Pick = First(|record| record.has("tais_code"));
const WITH_DAY_FLAGS: Pick = First(|record| record.has("daily_rate_days"));

/// A wrong value in the second record of an actuals file.
const fn actual(name: &'static str, field: &'static str, to: To, expects: &'static [(RuleId, Place)]) -> Defect {
    item(name, Base::Actual, Kind::Actuals, SECOND, field, to, expects)
}

macro_rules! told {
    ($rule:ident) => {
        &[(RuleId::$rule, Place::Changed)]
    };
}

#[rustfmt::skip] // a table: one row a defect
pub(super) const DEFECTS: [Defect; 48] = [
    actual("R-SPACE", "updating_office_number", To::From(|number| format!("{number} ")), told!(Space)),
    actual("R-REQUIRED", "service_count", To::Text(""), told!(Required)),
    item("R-REQUIRED-b", Base::Plan, Kind::PlanTable1, SECOND, "manager_name", To::Text(""), told!(Required)).noted("free text", "フリーテキスト"),
    actual("R-REQUIRED-DOUBT", "units", To::Text(""), told!(RequiredDoubt)),
    actual("R-LENGTH", "units", To::Text("1234567"), told!(Length)),
    item("R-LENGTH-b", Base::Plan, Kind::UserSupplement, SECOND, "user_phone", To::Text("0900000-0000-0000"), told!(Length)).noted("17 characters", "17文字"),
    item("R-LENGTH-DOUBT", Base::Tools, Kind::Actuals, SECOND, "detail_no", To::Text("100"), told!(LengthDoubt)),
    item("R-FORMAT-DOUBT", Base::Tools, Kind::Actuals, SECOND, "detail_no", To::Text("A"), told!(FormatDoubt)),
    actual("R-FORMAT-DOUBT-b", "updating_office_number", To::Text("12345"), told!(FormatDoubt)).noted("an optional office number", "任意項目の事業所番号"),
    actual("R-INSURER", "insurer_number", To::From(|number| number.chars().take(5).collect()), told!(Insurer)),
    actual("R-INSURER-CD", "insurer_number", To::From(other_check_digit), told!(InsurerCd)),
    actual("R-INSURED", "insured_number", To::Text("h123456789"), told!(Insured)).noted("h in lower case", "小文字のh"),
    actual("R-INSURED-b", "insured_number", To::Text("123456789"), told!(Insured)).noted("9 digits: a leading zero was lost", "9桁（先頭の0が欠けた）"),
    item("R-OFFICE", Base::Plan, Kind::PlanTable1, SECOND, "manager_office_number", To::From(|number| number.replacen(char::is_numeric, "I", 1)), told!(Office)),
    item("R-OFFICE-CD", Base::Plan, Kind::PlanTable1, SECOND, "manager_office_number", To::From(other_check_digit), told!(OfficeCd)),
    actual("R-DATE", "created_date", To::Text("20260231"), told!(Date)).noted("30 and 31 February don't exist", "存在しない日"),
    item("R-DATE-b", Base::PlanDeletion, Kind::PlanTable1Deletion, SECOND, "plan_date", To::Text("202401"), told!(Date)).noted("six digits", "6桁"),
    item("R-DATE-c", Base::PlanDeletion, Kind::PlanTable1Deletion, SECOND, "plan_date", To::Text("R080401"), told!(Date)).noted("a Japanese era", "和暦"),
    item("R-DATE-d", Base::PlanDeletion, Kind::PlanTable1Deletion, SECOND, "plan_date", To::Text("2026/4/1"), told!(Date)).noted("slashes, as spreadsheets write them", "表計算ソフトの「/」区切り"),
    item("R-DATE-ZERO", Base::Slip, Kind::UserSupplement, SECOND, "certification_date", To::Text("00000000"), told!(DateZero)),
    item("R-YM", Base::SlipDeletion, Kind::UsageSlipDeletion, SECOND, "target_month", To::Text("202613"), told!(Ym)),
    item("R-MONTH", Base::SlipDeletion, Kind::UsageSlipDeletion, SECOND, "target_month", To::Text("202611"), told!(Month)),
    item("R-TIME", Base::Actual, Kind::Actuals, TIMED, "start_time", To::Text("2560"), told!(Time)),
    item("R-TIME-b", Base::Plan, Kind::PlanTable3, Nth(0), "service_start_time", To::Text("9999"), told!(Time)).noted("9999, which only slips and actual services may have", "9999は第6表のみ"),
    item("R-TIME-c", Base::Actual, Kind::Actuals, TIMED, "start_time", To::Text("900"), told!(Time)).noted("three digits: a leading zero was lost", "3桁（先頭の0が欠けた）"),
    actual("R-DIGITS", "service_count", To::Text("１"), told!(Digits)).noted("full-width", "全角"),
    actual("R-DIGITS-b", "units", To::Text("387.0"), told!(Digits)).noted("a decimal point", "小数点"),
    actual("R-NEGATIVE", "units", To::Text("-10"), told!(Negative)),
    item("R-DECIMAL", Base::Slip, Kind::UsageSlipAnnex, PRICED, "unit_price", To::Text("10円"), told!(Decimal)),
    actual("R-CODE", "over_30_days", To::Text("2"), told!(Code)),
    item("R-CODE-b", Base::Plan, Kind::PlanTable3, Nth(0), "weekday", To::Text("月"), told!(Code)).noted("the label for the code", "コードではなく名称"),
    item("R-CODE-c", Base::Support, Kind::SupportPlan, Nth(0), "support_level", To::Text("12"), told!(Code)).noted("a code of another table", "別の表のコード"),
    item("R-POSTAL", Base::Plan, Kind::PlanTable1, SECOND, "user_postal_code", To::Text("0000001"), told!(Postal)),
    item("R-PHONE", Base::Slip, Kind::UserSupplement, SECOND, "user_phone", To::Text("０９０－００００"), told!(Phone)).noted("full-width", "全角"),
    item("R-DAYFLAGS", Base::Monthly, Kind::Actuals, WITH_DAY_FLAGS, "daily_rate_days", To::From(|flags| flags.chars().take(30).collect()), told!(Dayflags)).noted("30 flags", "30桁"),
    item("R-TYPE", Base::ActualDeletion, Kind::ActualsDeletion, SECOND, "service_type", To::Text("1"), told!(Type)),
    item("R-TYPE-SCOPE", Base::Slip, Kind::UsageSlip, OTHER_SERVICE, "service_code", To::Text("421111"), told!(TypeScope)).noted("home modification", "住宅改修"),
    item("R-SVC", Base::Slip, Kind::UsageSlip, OTHER_SERVICE, "service_code", To::Text("11111"), told!(Svc)).noted("five characters", "5桁"),
    item("R-TAIS", Base::Slip, Kind::UsageSlip, TOOL_WITH_TAIS, "tais_code", To::Text("0001-00010"), told!(Tais)),
    item("R-TAIS-NONE", Base::Slip, Kind::UsageSlip, TOOL_WITH_TAIS, "tais_code", To::Text(""), told!(TaisNone)),
    actual("R-UNUSED", "identifier", To::Text("1"), told!(Unused)),
    item("R-FORMULA", Base::Plan, Kind::PlanTable1, SECOND, "overall_policy", To::Text("=HYPERLINK(\"http://example.invalid/\",\"開く\")"), told!(Formula)),
    item("R-FORMULA-b", Base::Plan, Kind::PlanTable1, SECOND, "manager_name", To::Text("@SUM(1,1)"), told!(Formula)).noted("an at sign", "先頭が@"),
    item("R-JSK-OFFICE", Base::Actual, Kind::Actuals, SECOND, "service_office_number", To::Of(|draft| draft.recipient.number.to_string()), told!(JskOffice)),
    actual("R-JSK-TYPE", "service_code", To::Text("131111"), told!(JskType)),
    actual("R-DETAIL", "detail_no", To::Text("1"), told!(Detail)),
    actual("R-DAY-MONTH", "service_date", To::Text("20261101"), told!(DayMonth)),
    Defect { profile: Some(PROFILE), ..actual("R-PROFILE", "manager_name", To::Text("計画　表左衛門"), told!(Profile)) }.noted("seven characters where the receiver's software takes six", "7文字（受信側ソフトの上限は6文字）"),
];

/// A receiver whose software has room for six characters of the care manager's name.
const PROFILE: &str = r#"id = "kit-sample"
software = "見本ソフト"

[[items]]
files = ["UPJSK"]
names = ["manager_name"]
max_characters = 6
"#;

fn service_type(record: &Record) -> &str {
    record.text("service_code").get(..2).unwrap_or_default()
}
