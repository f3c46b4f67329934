use super::*;
use crate::{Inspection, ManifestName};

const SENDER: &str = "9870100022";

fn secret() -> Secret {
    Secret::from_text("0123456789abcdef0123456789abcdef").unwrap()
}

fn read(name: &str, records: &[String]) -> Contents {
    let mut inspection = Inspection::new(&ManifestName::new(name), &SENDER.parse().unwrap(), &["9770100015-11".parse().unwrap()], &[]);
    inspection.push(records.iter().map(|record| format!("{record}\r\n")).collect::<String>().as_bytes());
    inspection.finish()
}

/// A withdrawal of plans: person and day of each.
fn plans(plans: &[(&str, &str)]) -> Lineage {
    let records: Vec<String> = plans.iter().map(|(person, day)| format!("202407,435073,{person},{day}")).collect();
    Lineage::of(&secret(), &[read(&format!("DLT1KYO_{SENDER}_43_9770100015_11_20260410090000.CSV"), &records)]).unwrap()
}

/// A withdrawal of actual services of April 2026: person, office and type of each.
fn actuals(services: &[(&str, &str, &str)]) -> Lineage {
    let records: Vec<String> =
        services.iter().map(|(person, office, service)| format!("202407,435073,{person},202604,{office},{service}")).collect();
    Lineage::of(&secret(), &[read(&format!("DLTJSK_202604_{SENDER}_11_9770100015_43_20260510090000.CSV"), &records)]).unwrap()
}

#[test]
fn files_meet_where_they_hold_the_same_key() {
    let check = |one: Lineage, other: Lineage, meet| {
        assert_eq!((one.keys.meets(&other.keys), other.keys.meets(&one.keys)), (meet, meet), "{one:?} {other:?}");
    };
    let (first, second) = ("0000000001", "H000000002");
    check(plans(&[(first, "20260401")]), plans(&[(first, "20260401")]), true);
    check(plans(&[(first, "20260401")]), plans(&[(second, "20260401"), (first, "20260401")]), true);
    check(plans(&[(first, "20260401")]), plans(&[(first, "20260402")]), false);
    check(plans(&[(first, "20260401")]), plans(&[(second, "20260401")]), false);
    check(actuals(&[(first, SENDER, "11")]), actuals(&[(first, SENDER, "11")]), true);
    check(actuals(&[(first, SENDER, "11")]), actuals(&[(first, SENDER, "13")]), false);
    check(actuals(&[(first, SENDER, "11")]), actuals(&[(first, "9870100014", "11")]), false);
}

#[test]
fn what_withdraws_has_the_keys_of_what_it_withdraws() {
    let slip = |code: &str| {
        let (name, _) = FileName::parse(&format!("{code}_202604_{SENDER}_43_9770100015_11_20260410090000.CSV"));
        let name = name.unwrap();
        (place(name.kind).unwrap(), group(&name))
    };
    assert_eq!((slip("UPPLAN"), slip("DLTPLAN")), (((Family::Slip, false), "UPPLAN"), ((Family::Slip, true), "UPPLAN")));
    for kind in Kind::ALL.into_iter().filter(|kind| !kind.deletes().is_empty()) {
        let of = kind.deletes().iter().find_map(|deleted| place(*deleted));
        assert_eq!(place(kind), of.map(|(family, _)| (family, true)), "{kind}");
    }
}

#[test]
fn persons_are_counted_once_and_named_by_their_keys() {
    let lineage = plans(&[("0000000001", "20260401"), ("0000000001", "20260501"), ("0000000002", "20260401")]);
    assert_eq!((lineage.persons, lineage.line().as_str(), lineage.withdraws), (2, "plan#-", true));
    let key = |insured: &str| PersonKey::of(&secret(), b"435073", insured.as_bytes());
    assert_eq!(lineage.keys.persons(), BTreeSet::from([key("0000000001"), key("0000000002")]));
    assert_eq!(actuals(&[("0000000001", SENDER, "11")]).line(), "actuals#202604");
}

#[test]
fn of_a_set_too_large_the_same_persons_still_meet() {
    let numbers: Vec<String> = (0..3_000).map(|n| format!("{n:010}")).collect();
    let all: Vec<(&str, &str)> = numbers.iter().map(|number| (number.as_str(), "20260401")).collect();
    let large = plans(&all);
    assert_eq!((large.persons, large.keys.bytes().len()), (3_000, KeySet::MOST * 12));
    assert!(large.keys.meets(&plans(&all).keys));
    assert!(large.keys.meets(&plans(&all[..2_000]).keys), "most of the persons");
}

#[test]
fn a_set_reads_as_it_is_written_and_an_attachment_has_none() {
    let keys = plans(&[("0000000001", "20260401"), ("0000000002", "20260401")]).keys;
    assert_eq!(KeySet::from_bytes(&keys.bytes()), keys);
    assert_eq!(Lineage::of(&secret(), &[read("計画.txt", &["text".to_owned()])]), None);
    assert!(
        !format!(
            "{:?}",
            read(&format!("DLT1KYO_{SENDER}_43_9770100015_11_20260410090000.CSV"), &["202407,435073,0000000077,20260401".to_owned()])
                .record_keys()
                .collect::<Vec<_>>()
        )
        .contains("77")
    );
}
