use super::*;
use crate::checker::Checker;

/// A rule, the file's place (none for the set), record and item.
type Told = (&'static str, Option<usize>, Option<u64>, Option<u16>);

/// What the rules between files say of these files.
fn check(files: &[(&str, String)], expected: &[Told]) {
    let names: Vec<FileName> = files.iter().map(|(name, _)| FileName::parse(name).0.unwrap()).collect();
    let checks: Vec<FileCheck> = files
        .iter()
        .zip(&names)
        .map(|((_, text), name)| {
            let mut checker = Checker::new(name);
            checker.push(text.as_bytes());
            checker.finish()
        })
        .collect();
    let judged = check_unit(&names.iter().zip(&checks).collect::<Vec<_>>());
    let told = |file: Option<usize>, findings: &Findings| {
        findings.listed().iter().map(|it| (it.rule.as_str(), file, it.record, it.field)).collect::<Vec<_>>()
    };
    let mut found = told(None, &judged.findings);
    found.extend(judged.of_files.iter().enumerate().flat_map(|(place, findings)| told(Some(place), findings)));
    assert_eq!(found, expected, "{files:?}");
}

/// A record of a person in which only the named items are filled in.
fn record(kind: Kind, person: u32, items: &[(&str, &str)]) -> String {
    let layout = kind.layout().unwrap();
    let value = |name: &str| match name {
        "csv_version" => "202407".to_owned(),
        "insurer_number" => "435073".to_owned(),
        "insured_number" => format!("{person:010}"),
        _ => items.iter().find(|(item, _)| *item == name).map(|(_, value)| (*value).to_owned()).unwrap_or_default(),
    };
    layout.fields.iter().map(|field| value(field.name)).collect::<Vec<_>>().join(",") + "\r\n"
}

const TAIL: &str = "99A0100016_43_0170101950_11_20260410090000.CSV";

fn named(head: &str) -> String {
    format!("{head}_{TAIL}")
}

fn plan(person: u32, day: &str) -> String {
    record(Kind::PlanTable1, person, &[("plan_date", day)])
}

/// Tables 1 to 3 and the supplement of a plan, of these texts.
fn plan_set(tables: [String; 4], expected: &[Told]) {
    let names = ["UP1KYO", "UP2KYO", "UP3KYO", "UPHOSOKU_000000"].map(named);
    let files: Vec<(&str, String)> = names.iter().map(String::as_str).zip(tables).collect();
    check(&files, expected);
}

#[test]
fn every_record_needs_its_parent() {
    let second = |person, day| record(Kind::PlanTable2, person, &[("plan_date", day)]);
    let supplement = |person, day| record(Kind::UserSupplement, person, &[("plan_date", day)]);
    let both = plan(1, "20260401") + &plan(2, "20260401");
    let supplements = supplement(1, "20260401") + &supplement(2, "20260401");
    plan_set([both.clone(), second(1, "20260401"), String::new(), supplements.clone()], &[]);
    // the item at fault is the day where the person is there, else the person; each is told once
    plan_set(
        [both.clone(), second(1, "20260402").repeat(3) + &second(3, "20260401"), String::new(), supplements.clone()],
        &[("R-PARENT", Some(1), Some(1), Some(5)), ("R-PARENT", Some(1), Some(4), Some(3))],
    );
    plan_set([both.clone(), String::new(), String::new(), supplement(1, "20260401")], &[("R-NO-HOSOKU", Some(0), Some(2), None)]);
    plan_set(
        [both.clone(), String::new(), String::new(), supplements.clone() + &supplement(9, "20260401")],
        &[("R-PARENT", Some(3), Some(3), Some(3))],
    );
    // where records of the parent could not be told apart, nothing is said to be missing from it
    plan_set([plan(1, "20260401") + "202407,435073\r\n", second(2, "20260401"), String::new(), supplements], &[]);
    plan_set([both.clone(), second(1, "20260401"), String::new(), "202407,435073\r\n".into()], &[]);
    // nor where it can't be told whose record it is, or of which day
    for unknown in [both.replace("0000000002", "\u{1}000000002"), both.replace("20260401\r\n", "2026\r\n").replacen("20260401", "2026", 2)]
    {
        plan_set([unknown, second(2, "20260401"), String::new(), supplement(1, "20260401")], &[]);
    }
}

#[test]
fn a_set_is_told_what_it_lacks() {
    let text = || record(Kind::UsageSlipDeletion, 1, &[("target_month", "202604")]);
    check(&[(&named("DLTPLAN_202604"), text())], &[]);
    check(&[(&named("UPPLAN_202604"), String::new())], &[("R-UNIT-SET", None, None, None)]);
    check(&[(&named("DLTPLAN_202604"), text()), (&named("DLTPLAN_202605"), text())], &[("R-UNIT-TWICE", Some(1), None, None)]);
    // a second file doesn't hide what else is wrong
    let (first, second) = (named("UPPLAN_202604"), named("UPPLAN_202605"));
    check(
        &[(&first, String::new()), (&second, String::new())],
        &[("R-UNIT-SET", None, None, None), ("R-UNIT-TWICE", Some(1), None, None), ("R-UNIT-MONTH", Some(1), None, None)],
    );
    check(&[(&named("UPYOBO"), String::new())], &[("R-UNIT-NOSUB", None, None, None)]);
    check(&[], &[("R-UNIT-SET", None, None, None)]);
}

#[test]
fn the_odd_one_out_is_told() {
    let slip = named("UPPLAN_202604");
    let annex = named("UPSIKYU_202604");
    let supplement = |text: &str| named("UPHOSOKU_202604").replacen("202604", text, 1);
    let files = |other: &str| [(slip.clone(), String::new()), (annex.clone(), String::new()), (other.to_owned(), String::new())];
    let check = |other: &str, rules: &[&'static str]| {
        let files = files(other);
        let files: Vec<(&str, String)> = files.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
        check(&files, &rules.iter().map(|rule| (*rule, Some(2), None, None)).collect::<Vec<_>>());
    };
    check(&supplement("202604"), &[]);
    check(&supplement("202605"), &["R-UNIT-MONTH"]);
    check(&supplement("000000"), &["R-UNIT-MONTH"]);
    check(&supplement("202604").replace("090000", "090001"), &["R-UNIT-TAIL"]);
    check(&supplement("202604").replace("_11_", "_15_"), &["R-UNIT-TAIL"]);
}

#[test]
fn images_are_those_that_are_named() {
    let name = named("UPKIHON");
    let image = |no: u32| format!("UPKIHON_IMAGE_{}_{no:04}.jpg", TAIL.trim_end_matches(".CSV"));
    let basic = |file: &str| record(Kind::BasicInformation, 1, &[("consultation_date", "20260401"), ("family_image_file", file)]);
    let photo = || "photo".to_owned();
    check(&[(&name, basic(&image(1))), (&image(1), photo())], &[]);
    check(&[(&name, basic(&image(1).to_uppercase().replace(".JPG", ".JPEG"))), (&image(1), photo())], &[]);
    check(&[(&name, basic("")), (&image(1), photo())], &[("R-IMAGE", Some(1), None, None)]);
    check(&[(&name, basic(&image(1)).repeat(2))], &[("R-IMAGE", Some(0), Some(1), Some(62))]);
    check(&[(&name, basic(&image(1))), (&image(2), photo())], &[("R-IMAGE", Some(0), Some(1), Some(62)), ("R-IMAGE", Some(1), None, None)]);
}

/// What is said of a set in which this file is known by its kind alone, or by its name.
fn beside(unread: &str, named: bool, files: &[(&str, String)], expected: &[Told]) {
    let all: Vec<(&str, Option<&String>)> = files.iter().map(|(name, text)| (*name, Some(text))).chain([(unread, None)]).collect();
    let names: Vec<Option<FileName>> = all.iter().map(|(name, _)| FileName::parse(name).0).collect();
    assert_eq!(names.iter().flatten().count(), all.len() - usize::from(!named), "{unread}");
    let checks: Vec<Option<FileCheck>> = all
        .iter()
        .zip(&names)
        .map(|((_, text), name)| {
            let mut checker = Checker::new(name.as_ref()?);
            checker.push((*text)?.as_bytes());
            Some(checker.finish())
        })
        .collect();
    let mut known = Vec::new();
    for (((name, _), parsed), check) in all.iter().zip(&names).zip(&checks) {
        known.push(UnitFile { kind: FileName::claimed_kind(name).unwrap(), name: parsed.as_ref(), check: check.as_ref() });
    }
    let judged = check_unit_files(&known);
    let told = |file: Option<usize>, findings: &Findings| {
        findings.listed().iter().map(|it| (it.rule.as_str(), file, it.record, it.field)).collect::<Vec<_>>()
    };
    let mut found = told(None, &judged.findings);
    found.extend(judged.of_files.iter().enumerate().flat_map(|(place, findings)| told(Some(place), findings)));
    assert_eq!(found, expected, "{unread} {files:?}");
}

#[test]
fn a_file_that_is_not_read_silences_only_what_it_alone_could_show() {
    let second = |person| record(Kind::PlanTable2, person, &[("plan_date", "20260401")]);
    let supplement = |person| record(Kind::UserSupplement, person, &[("plan_date", "20260401")]);
    let [table1, table2, table3, supplements] = ["UP1KYO", "UP2KYO", "UP3KYO", "UPHOSOKU_000000"].map(named);
    let plan = plan(1, "20260401");
    for (unread, is_named) in [(table3.as_str(), true), ("UP3KYO_20260410.CSV", false)] {
        let set = [(table1.as_str(), plan.clone()), (&table2, second(2)), (&supplements, supplement(1))];
        beside(unread, is_named, &set, &[("R-PARENT", Some(1), Some(1), Some(3))]);
        // what is missing beside it is missing
        beside(unread, is_named, &set[..2], &[("R-UNIT-SET", None, None, None), ("R-PARENT", Some(1), Some(1), Some(3))]);
    }
    // without the plan nobody knows whose records have no parent; without the supplement, whose it would hold
    let children = [(table2.as_str(), second(2)), (&table3, String::new()), (&supplements, supplement(3))];
    beside(&table1, true, &children, &[]);
    beside("UP1KYO_.CSV", false, &children, &[]);
    beside(&supplements, true, &[(&table1, plan.clone()), (&table2, second(1)), (&table3, String::new())], &[]);
    // one of a kind too many is one too many
    let slip = named("UPPLAN_202604");
    let set = [(slip.as_str(), String::new()), (&named("UPSIKYU_202604"), String::new()), (&named("UPHOSOKU_202604"), String::new())];
    beside("UPPLAN_x.CSV", false, &set, &[("R-UNIT-TWICE", Some(3), None, None)]);
    // an image under a wrong name may be the one that is named
    let image = format!("UPKIHON_IMAGE_{}_0001.jpg", TAIL.trim_end_matches(".CSV"));
    let basic = record(Kind::BasicInformation, 1, &[("consultation_date", "20260401"), ("family_image_file", &image)]);
    beside("UPKIHON_IMAGE_x.jpg", false, &[(&named("UPKIHON"), basic.clone())], &[]);
    beside(&image, true, &[(&named("UPKIHON"), basic)], &[]);
}

#[test]
fn what_a_file_may_be_is_not_missing() {
    let names = ["UPPLAN_202604", "UPHOSOKU_202604"].map(named).map(|name| FileName::parse(&name).0.unwrap());
    let files = names.each_ref().map(|name| UnitFile { kind: name.kind, name: Some(name), check: None });
    let judged = check_unit_files(&files);
    let rules = |unknown: &[Kind]| judged.findings_beside(unknown.iter().collect()).listed().iter().map(|it| it.rule).collect::<Vec<_>>();
    assert_eq!(rules(&[]), [RuleId::UnitSet]);
    assert_eq!(rules(&[Kind::Actuals]), [RuleId::UnitSet]);
    assert_eq!(rules(&[Kind::UsageSlipAnnex]), []);
}
