//! The fixtures' defects, sent: every error is told with rule and place, every warning travels with the delivery.

use exchange::{DeliveryDocument, RejectionCode, ReportedFinding, TransmissionStatus, keys};
use standard::{OfficeNumber, RuleId, Severity};

use crate::world::World;
use crate::world::corpus::{Defect, SEEDS, defects};
use crate::world::office::Party;
use crate::world::parcel::{Parcel, draft};

#[tokio::test]
async fn every_defect_of_an_actuals_file_is_told_with_rule_and_place() {
    let mut met = 0;
    for defect in SEEDS.iter().flat_map(|seed| defects(seed)) {
        // a number of nine digits is a warning offline; here it can't equal anybody's
        if defect.file.sender.parse::<OfficeNumber>().is_ok() && defect.file.recipient.parse::<OfficeNumber>().is_ok() {
            met += 1;
            check(&defect).await;
        }
    }
    assert!(met > 60, "the fixtures have many: {met}");
}

async fn check(Defect { label, file, expected }: &Defect) {
    let world = World::in_memory();
    let draft = draft(file, world.now());
    let (sender, recipient) = (Party::new(&file.sender), Party::new(&file.recipient));
    world.register(&sender.office).await;
    world.register(&recipient.office).await;
    let stored = world.send(&Parcel::signed(&sender, &draft, &file.bytes)).await;

    let id = exchange::TransmissionId::new(draft.iss, draft.jti);
    let rules: Vec<RuleId> =
        RuleId::ALL.into_iter().filter(|rule| expected["rules"].as_array().unwrap().iter().any(|it| it == rule.as_str())).collect();
    let errors: Vec<RuleId> = rules.iter().copied().filter(|rule| rule.severity() == Severity::Error).collect();
    let entry = world.entry(&id).await.unwrap_or_else(|| panic!("{label}: the ledger knows it: {}", stored.key));
    let found: Vec<ReportedFinding> = if errors.is_empty() {
        assert_eq!(entry.transmission.status, TransmissionStatus::Delivered, "{label}");
        let document = world.body(&keys::inbox_delivery(&recipient.office.number, &id)).await;
        let document: DeliveryDocument = serde_json::from_slice(&document).unwrap();
        document.delivery.files.into_iter().flat_map(|file| file.findings.unwrap()).collect()
    } else {
        assert_eq!(entry.transmission.status, TransmissionStatus::Rejected, "{label}");
        let report = world.report(&keys::return_report(&sender.office.number, &id)).await;
        for rule in &errors {
            let reason = report.reasons.iter().find(|reason| reason.code == RejectionCode::from(rule.outcome()));
            let listed = reason.is_some_and(|reason| reason.findings.iter().any(|finding| finding.rule == rule.as_str()));
            assert!(listed, "{label}: {} is listed under its code", rule.as_str());
        }
        assert!(world.keys("inbox/").await.is_empty(), "{label}: nothing is delivered");
        report.reasons.into_iter().flat_map(|reason| reason.findings).collect()
    };
    let at = |name: &str, place: Option<u64>| expected[name].is_null() || expected[name].as_u64() == place;
    let fits = |finding: &ReportedFinding| {
        rules.iter().any(|rule| rule.as_str() == finding.rule)
            && at("line", finding.line)
            && at("record", finding.record)
            && at("field", finding.field.map(u64::from))
            && !finding.message.is_empty()
            && !finding.message_ja.is_empty()
    };
    assert!(found.iter().any(fits), "{label}: {found:?} instead of {expected}");
    // the ledger's own counts are those of the findings, all of which are below the limit of the list here
    let counted: u64 = entry.transmission.files.values().map(|file| file.entry.errors + file.entry.warnings).sum();
    assert!(counted >= found.len() as u64, "{label}");
}
