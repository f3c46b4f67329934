//! Defects between the files of a unit.

use standard::{Kind, RuleId};

use super::Pick::Nth;
use super::{Base, Change, Defect, Place, To, defect, each, item};
use crate::draft::{Content, Draft};

/// A month that none of the kit's units is of.
const OTHER_MONTH: &str = "202611";
/// A person that none of the kit's units tells of.
const STRANGER: &str = "9999999999";

#[rustfmt::skip] // a table: one row a defect
pub(super) const DEFECTS: [Defect; 17] = [
    defect("R-DIRECTION", Base::PlanDeletion, Change::Draft(|draft| draft.sender.service_type = draft.recipient.service_type),
        &[(RuleId::Direction, Place::File(Kind::PlanTable1Deletion))]).noted("a plan from a service office", "サービス事業所からの計画書"),
    defect("R-UNIT-SET", Base::Slip, Change::Draft(|draft| draft.remove(Kind::UsageSlipAnnex)), &[(RuleId::UnitSet, Place::Set)]).noted("a slip without its annex", "別表がない利用票"),
    defect("R-UNIT-SET-b", Base::Plan, Change::Draft(|draft| draft.remove(Kind::PlanTable3)), &[(RuleId::UnitSet, Place::Set)]).noted("a plan without table 3", "第3表がない計画書"),
    defect("R-UNIT-SET-c", Base::Slip, Change::Draft(add_withdrawal), &[(RuleId::UnitSet, Place::Set)]).noted("a withdrawal together with a slip", "利用票と削除が同時"),
    defect("R-UNIT-TAIL", Base::Slip, Change::Name(Kind::UserSupplement, |name| name.replace("_20260325", "_20260326")), &[(RuleId::UnitTail, Place::File(Kind::UserSupplement))]).noted("another serial", "ファイル連番が異なる"),
    defect("R-UNIT-TWICE", Base::Actual, Change::Draft(add_another_month), &[(RuleId::UnitTwice, Place::LastFile(Kind::Actuals))]).noted("two months", "2か月分"),
    defect("R-UNIT-MONTH", Base::Slip, Change::Draft(|draft| supplement_of(draft, OTHER_MONTH)), &[(RuleId::UnitMonth, Place::File(Kind::UserSupplement))]).noted("another month in UPHOSOKU", "UPHOSOKUの年月が異なる"),
    defect("R-UNIT-MONTH-b", Base::Plan, Change::Draft(|draft| { supplement_of(draft, OTHER_MONTH); each(draft, Kind::UserSupplement, |record| record.set("plan_date", "00000000")); }),
        &[(RuleId::UnitMonth, Place::File(Kind::UserSupplement))]).noted("a month in a plan's UPHOSOKU", "計画書のUPHOSOKUに年月がある"),
    defect("R-UNIT-VERSION", Base::Slip, Change::Draft(|draft| each(draft, Kind::UserSupplement, |record| record.set("csv_version", "202504"))),
        &[(RuleId::UnitVersion, Place::File(Kind::UserSupplement)), (RuleId::VersionOdd, Place::Item(Kind::UserSupplement, Nth(0), "csv_version"))]),
    defect("R-UNIT-NOSUB", Base::Support, Change::Draft(|draft| draft.remove(Kind::SupportPlanAnnex)), &[(RuleId::UnitNosub, Place::Set)]),
    item("R-PARENT", Base::Plan, Kind::PlanTable3, Nth(0), "insured_number", To::Text(STRANGER), &[(RuleId::Parent, Place::Changed)]).noted("a person without table 1", "第1表にない利用者"),
    item("R-PARENT-b", Base::Basic, Kind::BasicInformationHistory, Nth(0), "consultation_date", To::Text("20200101"), &[(RuleId::Parent, Place::Changed)]).noted("another consultation date", "相談日が異なる"),
    item("R-PARENT-c", Base::Support, Kind::SupportPlanAnnex, Nth(0), "plan_date", To::Text("20200101"), &[(RuleId::Parent, Place::Changed)]).noted("another plan date", "計画作成日が異なる"),
    defect("R-NO-HOSOKU", Base::Slip, Change::Draft(|draft| if let Some(records) = draft.records_mut(Kind::UserSupplement) { records.remove(0); }),
        &[(RuleId::NoHosoku, Place::Record(Kind::UsageSlip, Nth(0)))]),
    defect("R-IMAGE", Base::Basic, Change::Draft(|draft| draft.remove(Kind::BasicInformationImage)),
        &[(RuleId::Image, Place::Item(Kind::BasicInformation, Nth(0), "family_image_file"))]).noted("named, but not there", "画像ファイルがない"),
    defect("R-IMAGE-b", Base::Basic, Change::Draft(|draft| each(draft, Kind::BasicInformation, |record| record.set("family_image_file", ""))),
        &[(RuleId::Image, Place::File(Kind::BasicInformationImage))]).noted("there, but not named", "項目62に画像名がない"),
    defect("R-IMAGE-TYPE", Base::Basic, Change::Bytes(Kind::BasicInformationImage, |_| [&b"\x89PNG\r\n\x1a\n"[..], &[0; 16]].concat()),
        &[(RuleId::ImageType, Place::File(Kind::BasicInformationImage))]).noted("a PNG", "PNG画像"),
];

fn add_withdrawal(draft: &mut Draft) {
    let Some(layout) = Kind::UsageSlipDeletion.layout() else { return };
    let slip = draft.files.iter().find(|file| file.kind == Kind::UsageSlip).and_then(|file| file.month.clone());
    let first = draft.records(Kind::UsageSlip).first().cloned();
    let record = first.map(|slip| crate::record::Record::new(layout, |field| slip.text(field.name).to_owned()));
    draft.add(Kind::UsageSlipDeletion, slip.as_deref(), record.into_iter().collect());
}

/// The same file again, for another month.
fn add_another_month(draft: &mut Draft) {
    let mut records = draft.records(Kind::Actuals).to_vec();
    for record in &mut records {
        let day = record.text("service_date").get(6..).unwrap_or_default().to_owned();
        record.set("service_date", format!("{OTHER_MONTH}{day}"));
        record.set("target_month", OTHER_MONTH);
    }
    draft.add(Kind::Actuals, Some(OTHER_MONTH), records);
}

fn supplement_of(draft: &mut Draft, month: &str) {
    if let Some(file) = draft.file_mut(Kind::UserSupplement) {
        file.month = Some(month.to_owned());
        if let Content::Records(records) = &mut file.content {
            records.iter_mut().for_each(|record| record.set("target_month", month));
        }
    }
}
