use crate::checker::Checker;
use crate::file_name::FileName;
use crate::kind::Kind;

/// The rules over a file's records, with the records they are told at.
fn check(kind: Kind, records: &[&[(&str, &str)]], expected: &[(&str, u64)]) {
    let month = if kind.has_month() { "_202604" } else { "" };
    let name = FileName::parse(&format!("{kind}{month}_99A0100016_43_0170101950_11_20260410090000.CSV")).0.unwrap();
    let layout = kind.layout().unwrap();
    let mut checker = Checker::new(&name);
    for items in records {
        let default = |name: &str| match name {
            "csv_version" => "202407",
            "insurer_number" => "435073",
            "insured_number" => "0000000009",
            _ => "",
        };
        let value = |name: &str| items.iter().find(|(item, _)| *item == name).map_or_else(|| default(name), |(_, value)| *value);
        let record = layout.fields.iter().map(|field| value(field.name)).collect::<Vec<_>>().join(",") + "\r\n";
        // a record that is told apart from all others
        checker.push(if *items == BROKEN { b"202407,435073\r\n" } else { record.as_bytes() });
    }
    let done = checker.finish();
    let rules = ["R-DUP", "R-ROW-DUP", "R-SIKYU-TOTAL", "R-SIKYU-SUB", "R-NOT-RECIPIENT"];
    let found: Vec<(&str, u64)> = done
        .findings
        .listed()
        .iter()
        .filter(|it| rules.contains(&it.rule.as_str()))
        .map(|it| (it.rule.as_str(), it.record.unwrap()))
        .collect();
    assert_eq!(found, expected, "{kind} {records:?}");
}

const BROKEN: &[(&str, &str)] = &[("broken", "")];

/// Items that are filled in, of a person where no other is named.
macro_rules! rows {
    ($($item:ident: $value:literal),*) => { &[$((stringify!($item), $value)),*] };
}

#[test]
fn a_key_that_comes_twice_is_told_at_the_second() {
    let first: &[(&str, &str)] = rows!(insured_number: "0000000001", plan_date: "20260401");
    check(
        Kind::PlanTable1,
        &[first, rows!(insured_number: "0000000001", plan_date: "20260402"), first, first],
        &[("R-DUP", 3), ("R-DUP", 4)],
    );
    // the texts of two items don't run together
    check(Kind::PlanTable2, &[rows!(issue_no: "1", goal_no: "12"), rows!(issue_no: "11", goal_no: "2")], &[]);
    check(Kind::PlanTable2, &[rows!(issue_no: "1"), rows!(issue_no: "1")], &[("R-ROW-DUP", 2)]);
    // of whom a record is must be known
    check(Kind::PlanTable1, &[rows!(insured_number: "x"), rows!(insured_number: "x")], &[]);
}

#[test]
fn an_annex_has_one_total_a_person_and_a_subtotal_for_several_rows() {
    let row: &[(&str, &str)] = rows!(service_office_number: "0170101950", service_code: "111111");
    let other: &[(&str, &str)] = rows!(service_office_number: "0170101950", service_code: "111211");
    let elsewhere: &[(&str, &str)] = rows!(service_office_number: "0170101968", service_code: "111211");
    let subtotal: &[(&str, &str)] = rows!(service_office_number: "0170101950", service_code: "11AAAA");
    let total: &[(&str, &str)] = rows!(service_office_number: "9999999999", service_code: "999999");
    let check = |records: &[&[(&str, &str)]], expected: &[(&str, u64)]| check(Kind::UsageSlipAnnex, records, expected);
    check(&[row, total], &[]);
    check(&[row, other, subtotal, total], &[]);
    check(&[row, elsewhere, total], &[]);
    check(&[row, other, total], &[("R-SIKYU-SUB", 1)]);
    check(&[row], &[("R-SIKYU-TOTAL", 1)]);
    check(&[total, row, total, total], &[("R-SIKYU-TOTAL", 1)]);
    // a record that can't be told apart may be the one that is missing, but takes none away
    check(&[row, other, BROKEN], &[]);
    check(&[row, BROKEN, total, total], &[("R-SIKYU-TOTAL", 1)]);
}

#[test]
fn a_person_without_a_service_at_the_recipient_is_told_once() {
    let here: &[(&str, &str)] = rows!(insured_number: "0000000001", service_office_number: "0170101950", start_time: "0900");
    let there: &[(&str, &str)] = rows!(insured_number: "0000000001", service_office_number: "0170101968", start_time: "1000");
    let other: &[(&str, &str)] = rows!(insured_number: "0000000002", service_office_number: "0170101968", start_time: "1000");
    let check = |records: &[&[(&str, &str)]], expected: &[(&str, u64)]| check(Kind::UsageSlip, records, expected);
    check(&[there, here], &[]);
    // not one after another
    check(&[there, other, here], &[("R-NOT-RECIPIENT", 2)]);
    check(&[other, BROKEN], &[]);
}
