use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use standard::{Finding, RuleId};

use super::*;

const T: &str = "0370100018-0197f3a2-4b5c-7d6e-8f90-a1b2c3d4e5f6";
const U: &str = "0370100018-0197f3a2-4b5c-7d6e-8f90-000000000000";
const SHA: &str = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
const NAME: &str = "UPJSK_202604_0370100018_15_0370100026_43_20260501090000.CSV";
const AT: &str = "2026-05-01T09:00:00+09:00";

/// The literal JSON reads, and is written again as it was, in the contract's order of members.
fn check<T: Serialize + DeserializeOwned>(literal: &str) -> T {
    let read: T = serde_json::from_str(literal).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), serde_json::from_str::<Value>(literal).unwrap());
    assert_eq!(serde_json::to_string(&read).unwrap(), literal);
    read
}

#[test]
fn a_transmission_is_written_as_the_contract_draws_it() {
    let delivered: TransmissionView = check(&format!(
        r#"{{"id":"{T}","sender":"0370100018","status":"delivered","stored_at":"{AT}","ended_at":"{AT}","parts":1,"files":[{{"name":"{NAME}","kind":"UPJSK","size":1234,"sha256":"{SHA}","errors":0,"warnings":2}}],"deliveries":[{{"recipient":"0370100026","address":"0370100026-43","status":"acknowledged","delivered_at":"{AT}","collected_at":"{AT}","acknowledged_at":"{AT}","outcome":"imported","note":""}}],"reasons":[],"supersedes":null,"superseded_by":"{U}"}}"#
    ));
    assert_eq!(delivered.files[0].kind, Some(Kind::Actuals));
    let rejected: TransmissionView = check(&format!(
        r#"{{"id":"{T}","sender":"0370100018","status":"rejected","stored_at":"{AT}","ended_at":null,"parts":1,"files":[{{"name":"計画.pdf","kind":null,"size":1234,"sha256":"{SHA}","errors":0,"warnings":0}}],"deliveries":[],"reasons":[{{"code":"file-type","file":"計画.pdf"}},{{"code":"sender-unlicensed","file":null}}],"supersedes":null,"superseded_by":null}}"#
    ));
    assert_eq!(rejected.reasons[1], Reason { code: RejectionCode::SenderUnlicensed, file: None });
}

fn delivery(finding: &str, end: &str) -> String {
    format!(
        r#"{{"id":"{T}","sender":"0370100018","sender_name":"見本事業所","recipient":"0370100026","address":"0370100026","status":"delivered","delivered_at":"{AT}","files":[{{"name":"計画.PDF","key":"inbox/0370100026/{T}/a01.pdf","kind":null,"size":1234,"sha256":"{SHA}","errors":0,"warnings":0{finding}}}],"outcome":null,"note":"","supersedes":null,"superseded_by":null{end}}}"#
    )
}

#[test]
fn a_delivery_is_written_as_the_contract_draws_it() {
    let view: DeliveryView = check(&delivery("", ""));
    assert_eq!(view.files[0].findings, None);
    let document: DeliveryDocument = check(&delivery(
        r#","findings":[{"rule":"R-EOL","severity":"warning","line":null,"record":null,"field":null,"field_name":null,"message":"m","message_ja":"n"}]"#,
        r#","manifests":["e.y.J"]"#,
    ));
    assert_eq!((document.manifests.len(), document.delivery.files[0].findings.as_ref().map(Vec::len)), (1, Some(1)));
}

#[test]
fn a_report_is_written_as_the_contract_draws_it() {
    let report: Report = check(&format!(
        r#"{{"transmission":"{T}","key":"outbox/0370100018/a","sender":"0370100018","outcome":"rejected","at":"{AT}","reasons":[{{"code":"file-invalid","file":"{NAME}","message":"m","message_ja":"n","findings_total":3,"findings":[{{"rule":"R-LENGTH","severity":"error","line":12,"record":11,"field":8,"field_name":"units","message":"m","message_ja":"n"}}]}}]}}"#
    ));
    assert_eq!(report.reasons[0].in_ledger(), Reason { code: RejectionCode::FileInvalid, file: Some(NAME.to_owned()) });
    check::<Report>(&format!(
        r#"{{"transmission":null,"key":"outbox/0370100018/a","sender":"0370100018","outcome":"rejected","at":"{AT}","reasons":[]}}"#
    ));
}

#[test]
fn a_reason_carries_its_codes_texts() {
    let reason = ReportReason::new(RejectionCode::FileSize, None);
    let json = json!({"code": "file-size", "file": null, "message": RejectionCode::FileSize.message(),
        "message_ja": RejectionCode::FileSize.message_ja(), "findings_total": 0, "findings": []});
    assert_eq!(serde_json::to_value(reason).unwrap(), json);
}

#[test]
fn a_finding_is_reported_as_the_standard_writes_it() {
    let finding = Finding { line: Some(12), record: Some(11), field: Some(8), ..Finding::of_file(RuleId::Length) };
    let reported = ReportedFinding::new(&finding, Some(Kind::Actuals));
    assert_eq!(serde_json::to_value(&reported).unwrap(), serde_json::to_value(finding.view(Some(Kind::Actuals))).unwrap());
    assert_eq!((reported.rule.as_str(), reported.severity.as_str()), ("R-LENGTH", "error"));
}
