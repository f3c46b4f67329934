use super::*;
use crate::findings::Findings;
use crate::kind::Kind;

/// The findings of a record in which only the given items are filled in, in a file of that name.
fn check(name: &str, items: &[(&str, &str)], expected: &[(&str, &str)]) {
    let name = FileName::parse(name).0.unwrap();
    let layout = name.kind.layout().unwrap();
    let mut bytes = Vec::new();
    let mut cells = vec![Cell::default(); layout.fields.len()];
    for (item, value) in items {
        let start = bytes.len() as u32;
        bytes.extend_from_slice(value.as_bytes());
        cells[usize::from(layout.field_named(item).unwrap().no) - 1] = Cell { start, end: bytes.len() as u32, marks: 0 };
    }
    let mut findings = Findings::new();
    let mut report = Report { findings: &mut findings, line: 1, record: 1, offset: 0 };
    Context::of(&name).check(layout, &Values { bytes: &bytes, cells: &cells }, false, &mut report);
    let found: Vec<(&str, &str)> =
        findings.listed().iter().map(|it| (it.rule.as_str(), it.field_name(name.kind).unwrap_or_default())).collect();
    assert_eq!(found, expected, "{items:?}");
}

fn name(kind: Kind, month: &str, parties: &str) -> String {
    let month = if month.is_empty() { String::new() } else { format!("_{month}") };
    format!("{kind}{month}_{parties}_20260410090000.CSV")
}

const SLIP: &str = "99A0100016_43_0170101950_11";
const ACTUALS: &str = "0170101950_11_99A0100016_43";

#[test]
fn months_and_days_fit_the_name() {
    let check = |month, day, expected: &[(&str, &str)]| {
        check(&name(Kind::UsageSlip, "202604", SLIP), &[("target_month", month), ("service_date", day)], expected);
    };
    check("202604", "20260430", &[]);
    check("202605", "20260501", &[("R-MONTH", "target_month")]);
    check("000000", "", &[("R-MONTH", "target_month")]);
    check("2026", "", &[]);
    check("202604", "20260501", &[("R-DAY-MONTH", "service_date")]);
    check("202604", "20260431", &[]);
}

#[test]
fn supplements_fit_the_set_they_travel_in() {
    let check = |month, date, expected: &[(&str, &str)]| check(&name(Kind::UserSupplement, month, SLIP), &[("plan_date", date)], expected);
    check("000000", "20260401", &[]);
    check("000000", "00000000", &[("R-HOSOKU-DATE", "plan_date")]);
    check("202604", "00000000", &[]);
    check("202604", "20260401", &[("R-HOSOKU-ZERO", "plan_date")]);
    check("202613", "20260401", &[]);
}

#[test]
fn periods_and_times_go_forward_in_pairs() {
    let plan = name(Kind::PlanTable1, "", SLIP);
    check(&plan, &[("certification_start_date", "20260401"), ("certification_end_date", "20260401")], &[]);
    let backward = [("certification_start_date", "20260402"), ("certification_end_date", "20260401")];
    check(&plan, &backward, &[("R-PERIOD", "certification_end_date")]);
    let slip = name(Kind::UsageSlip, "202604", SLIP);
    check(&slip, &[("start_time", "9999"), ("end_time", "9999")], &[]);
    check(&slip, &[("start_time", "0900"), ("end_time", "9999")], &[("R-TIME-PAIR", "end_time")]);
    check(&slip, &[("start_time", "9999"), ("end_time", "")], &[]);
}

#[test]
fn rented_tools_have_a_code_and_nothing_else_has_details() {
    let slip = name(Kind::UsageSlip, "202604", SLIP);
    check(&slip, &[("service_code", "171001")], &[("R-TAIS-NONE", "tais_code")]);
    check(&slip, &[("service_code", "671001"), ("tool_notification_code", "x")], &[]);
    check(&slip, &[("service_code", "171001"), ("tais_code", "00001-000010"), ("detail_no", "1")], &[]);
    check(&slip, &[("service_code", "111111"), ("detail_no", "1")], &[("R-DETAIL", "detail_no")]);
    check(&name(Kind::UsageSlipAnnex, "202604", SLIP), &[("service_code", "17AAAA"), ("units", "0")], &[]);
}

#[test]
fn actuals_are_the_senders_own_unless_handed_on() {
    let own = name(Kind::Actuals, "202604", ACTUALS);
    check(&own, &[("service_office_number", "0170101950"), ("service_code", "111111")], &[]);
    check(&own, &[("service_office_number", "99A0100016")], &[("R-JSK-OFFICE", "service_office_number")]);
    check(&own, &[("service_office_number", "1")], &[]);
    check(&own, &[("service_code", "131111")], &[("R-JSK-TYPE", "service_code")]);
    check(&own, &[("service_code", "001111")], &[]);
    let withdrawal = name(Kind::ActualsDeletion, "202604", ACTUALS);
    check(&withdrawal, &[("service_type", "13")], &[("R-JSK-TYPE", "service_type")]);
    let handed_on = name(Kind::Actuals, "202604", "99A0100016_43_0170101950_46");
    check(&handed_on, &[("service_office_number", "0170101950"), ("service_code", "131111")], &[]);
    let third_edition = name(Kind::Actuals, "202604", "0170101950_99A0100016");
    check(&third_edition, &[("service_code", "131111")], &[]);
}

#[test]
fn plan_rows_are_numbered_and_of_one_kind() {
    let table_2 = name(Kind::PlanTable2, "", SLIP);
    check(&table_2, &[("issue_no", "1"), ("goal_no", "01"), ("support_no", "10")], &[]);
    check(&table_2, &[("issue_no", "0"), ("goal_no", "00"), ("support_no", "1")], &[("R-ROW-NO", "issue_no"), ("R-ROW-NO", "goal_no")]);
    let table_3 = name(Kind::PlanTable3, "", SLIP);
    check(&table_3, &[("weekday", "1"), ("care_service", "x")], &[]);
    check(&table_3, &[("weekday", "1"), ("activity_end_time", "0900")], &[("R-3HYO-KIND", "")]);
    check(&table_3, &[], &[("R-3HYO-KIND", "")]);
}

#[test]
fn totals_of_the_annex_hold_no_units() {
    let annex = name(Kind::UsageSlipAnnex, "202604", SLIP);
    check(&annex, &[("service_code", "999999"), ("service_office_number", "9999999999"), ("units", "0")], &[]);
    check(
        &annex,
        &[("service_code", "999999"), ("service_office_number", "0170101950"), ("units", "5"), ("discounted_units", "1")],
        &[("R-SIKYU-NINES", "service_office_number"), ("R-SIKYU-NULL", "units"), ("R-SIKYU-NULL", "discounted_units")],
    );
    check(&annex, &[("service_code", "11EEEE"), ("units", "0"), ("discount_rate", "90")], &[("R-SIKYU-NULL", "discount_rate")]);
    check(&annex, &[("service_code", "111111"), ("units", "5"), ("fixed_office_number", "1")], &[("R-SIKYU-FIXED", "fixed_office_number")]);
}
