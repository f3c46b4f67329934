use super::*;

fn rules(name: &str) -> Vec<&'static str> {
    FileName::parse(name).1.iter().map(|finding| finding.rule.as_str()).collect()
}

#[test]
fn good_names_of_every_kind_parse_without_a_finding() {
    for kind in Kind::ALL {
        let month = if kind.has_month() { "_202604" } else { "" };
        let ends = if kind.facts().from_service { ("0370100018_11", "0370100026_43") } else { ("0370100026_43", "0370100018_11") };
        let end = if kind.layout().is_some() { ".CSV" } else { "_0001.jpg" };
        let name = format!("{kind}{month}_{}_{}_20260410090000{end}", ends.0, ends.1);
        let (parsed, findings) = FileName::parse(&name);
        let findings: Vec<_> = findings.iter().filter(|finding| finding.rule != RuleId::NameCd).collect();
        assert_eq!(findings, Vec::<&Finding>::new(), "{name}");
        assert_eq!(parsed.map(|it| it.kind), Some(kind), "{name}");
        assert!(FileName::claims_standard(&name.to_lowercase()));
    }
}

#[test]
fn each_flaw_of_a_name_is_its_own_finding() {
    let check = |name: &str, expected: &[&str]| assert_eq!(rules(name), expected, "{name}");
    check("UPJSK_202604_0170101950_11_99A0100016_43_20260410090000.CSV", &[]);
    check("UPJSK_0170101950_11_99A0100016_43_20260410090000.CSV", &["R-NAME"]);
    check("UPJSK_202604_0170101950_11_99A0100016_43_20260410090000.CSV.CSV", &["R-NAME"]);
    check("UPJSK_202604_0170101950_11_99A0100016_43_20260410090000 (1).CSV", &["R-NAME"]);
    check("UPJSK-202604_0170101950_11_99A0100016_43_20260410090000.CSV", &["R-NAME"]);
    check("UPJSK_202604_0170101950_11_99A0100016_43_2026041009000.CSV", &["R-NAME"]);
    check("UPJSK_202604_0170101950_11_99A0100016_43_20260410090000.csv", &["R-NAME-CASE"]);
    check("upjsk_202604_0170101950_11_99a0100016_43_20260410090000.CSV", &["R-NAME-CASE"]);
    check("UPJSK_202604_0170101950_99A0100016_20260410090000.CSV", &["R-NAME-V3"]);
    check("UPKIHON_0170101950_99A0100016_20260410090000.CSV", &["R-NAME"]);
    check("UPJSK_202613_0170101950_11_99A0100016_43_20260410090000.CSV", &["R-NAME-MONTH"]);
    check("UPJSK_000000_0170101950_11_99A0100016_43_20260410090000.CSV", &["R-NAME-MONTH"]);
    check("UPHOSOKU_000000_99A0100016_43_0170101950_11_20260410090000.CSV", &[]);
    check("UPJSK_202604_0170101950_11_99A0100016_43_20260431090000.CSV", &["R-NAME-STAMP"]);
    check("UPJSK_202604_0170101950_11_99A0100016_43_202604100900001.CSV", &["R-NAME-STAMP"]);
    check("UPJSK_202604_017010195_11_99A0100016_43_20260410090000.CSV", &["R-NAME-OFFICE"]);
    check("UPJSK_202604_0170101951_11_99A0100017_43_20260410090000.CSV", &["R-NAME-CD", "R-NAME-CD"]);
    check("UPJSK_202604_0170101950_11_99A0100016_430_20260410090000.CSV", &["R-NAME-TYPE"]);
    check("UPJSK_202604_0170101950_00_99A0100016_43_20260410090000.CSV", &["R-NAME-TYPE"]);
    check("UPJSK_202604_0170101950_43_99A0100016_11_20260410090000.CSV", &["R-DIRECTION"]);
    check("UPPLAN_202604_0170101950_43_99A0100016_11_20260410090000.CSV", &[]);
    check("UPPLAN_202604_0170101950_11_99A0100016_43_20260410090000.CSV", &["R-DIRECTION"]);
    check("UPKIHON_000000_0170101950_43_99A0100016_11_20260410090000.CSV", &["R-NAME-EXTRA"]);
    check("UPKIHON_0170101950_43_0170101950_11_20260410090000.CSV", &["R-SAME-OFFICE"]);
    check("UPKIHON_IMAGE_0170101950_43_99A0100016_11_20260410090000_0001.JPG", &[]);
    check("UPKIHON_IMAGE_0170101950_43_99A0100016_11_20260410090000_0001.JPEG", &[]);
    check("UPKIHON_IMAGE_0170101950_43_99A0100016_11_20260410090000_0001.Jpg", &["R-NAME-CASE"]);
    check("UPKIHON_IMAGE_0170101950_43_99A0100016_11_20260410090000_0001.jpeg", &["R-NAME-CASE"]);
    check("UPKIHON_IMAGE_0170101950_43_99A0100016_11_20260410090000.JPG", &["R-NAME"]);
    check("UPKIHON_SUB1_0170101950_43_99A0100016_11_20260410090000.CSV", &[]);
    check("利用者.CSV", &["R-NAME"]);
    check("", &["R-NAME"]);
}

#[test]
fn attachments_do_not_claim_the_standard() {
    let check = |name: &str, claims| assert_eq!(FileName::claims_standard(name), claims, "{name}");
    check("up1kyo_.pdf", true);
    check("UPKIHON_IMAGE", true); // it begins with UPKIHON_
    check("UP1KYO.CSV", false);
    check("アセスメント.pdf", false);
    check("a_UPJSK_.CSV", false);
}

#[test]
fn the_kind_a_name_begins_with_is_known_whatever_follows() {
    let check = |name: &str, kind: Option<Kind>| assert_eq!(FileName::claimed_kind(name), kind, "{name}");
    check("upjsk_april (1).csv", Some(Kind::Actuals));
    check("UPKIHON_SUB1_x.json", Some(Kind::BasicInformationTimetable));
    check("UPKIHON_x.json", Some(Kind::BasicInformation));
    check("april.csv", None);
}

#[test]
fn the_parties_are_compared_as_text() {
    let (name, _) = FileName::parse("UPJSK_202604_0170101950_11_99A0100016_43_20260410090000.CSV");
    let name = name.unwrap();
    let check = |sender, recipient, expected: &[RuleId]| {
        let found: Vec<RuleId> = name.check_parties(sender, recipient).iter().map(|finding| finding.rule).collect();
        assert_eq!(found, expected);
    };
    check(None, None, &[]);
    check(Some("0170101950"), Some("99A0100016"), &[]);
    check(Some("99A0100016"), Some("0170101950"), &[RuleId::Sender, RuleId::Recipient]);
}
