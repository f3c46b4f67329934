//! Defects of records: items that don't fit each other, and records that don't.

use standard::{Kind, RuleId};

use super::Pick::{First, Nth};
use super::{Base, Change, Defect, Pick, Place, To, defect, each, item};
use crate::draft::Draft;
use crate::record::Record;

const SECOND: Pick = Nth(1);
const TIMED: Pick = First(|record| record.text("start_time") != "9999");
const TOTAL: Pick = First(is_total);

macro_rules! told {
    ($rule:ident) => {
        &[(RuleId::$rule, Place::Changed)]
    };
}
macro_rules! in_record {
    ($rule:ident, $kind:ident, $pick:expr) => {
        &[(RuleId::$rule, Place::Record(Kind::$kind, $pick))]
    };
}

#[rustfmt::skip] // a table: one row a defect
pub(super) const DEFECTS: [Defect; 16] = [
    item("R-TIME-PAIR", Base::Actual, Kind::Actuals, TIMED, "end_time", To::Text("9999"), told!(TimePair)),
    item("R-PERIOD", Base::Plan, Kind::PlanTable1, SECOND, "certification_end_date", To::Text("20200101"), told!(Period)),
    item("R-HOSOKU-DATE", Base::Plan, Kind::UserSupplement, SECOND, "plan_date", To::Text("00000000"), told!(HosokuDate)),
    item("R-HOSOKU-ZERO", Base::Slip, Kind::UserSupplement, SECOND, "plan_date", To::Text("20260401"), told!(HosokuZero)),
    item("R-ROW-NO", Base::Plan, Kind::PlanTable2, SECOND, "support_no", To::Text(""), told!(RowNo)).noted("empty", "空"),
    item("R-ROW-NO-b", Base::Support, Kind::SupportPlanAnnex, SECOND, "issue_no", To::Text("0"), told!(RowNo)).noted("0", "0"),
    defect("R-ROW-DUP", Base::Plan, Change::Draft(|draft| repeat(draft, Kind::PlanTable2)), in_record!(RowDup, PlanTable2, SECOND)),
    defect("R-DUP", Base::SlipDeletion, Change::Draft(|draft| repeat(draft, Kind::UsageSlipDeletion)), in_record!(Dup, UsageSlipDeletion, SECOND)),
    defect("R-DUP-b", Base::Actual, Change::Draft(|draft| repeat(draft, Kind::Actuals)), in_record!(Dup, Actuals, SECOND)).noted("the same visit twice", "同じサービスが2回"),
    item("R-3HYO-KIND", Base::Plan, Kind::PlanTable3, Nth(0), "non_weekly_service", To::Text("通院"), in_record!(Hyo3Kind, PlanTable3, Nth(0))),
    defect("R-SIKYU-TOTAL", Base::Slip, Change::Draft(|draft| remove_first(draft, is_total)), in_record!(SikyuTotal, UsageSlipAnnex, Nth(0))).noted("no total row", "全合計の行がない"),
    item("R-SIKYU-NINES", Base::Slip, Kind::UsageSlipAnnex, TOTAL, "service_office_number", To::Of(|draft| draft.recipient.number.to_string()), told!(SikyuNines)),
    defect("R-SIKYU-SUB", Base::Slip, Change::Draft(|draft| remove_first(draft, is_subtotal)), in_record!(SikyuSub, UsageSlipAnnex, Nth(0))),
    item("R-SIKYU-NULL", Base::Slip, Kind::UsageSlipAnnex, TOTAL, "units", To::Text("100"), told!(SikyuNull)),
    item("R-SIKYU-FIXED", Base::Slip, Kind::UsageSlipAnnex, SECOND, "fixed_office_number", To::Of(|draft| draft.sender.number.to_string()), told!(SikyuFixed)),
    defect("R-NOT-RECIPIENT", Base::Slip, Change::Draft(move_first_user_away), in_record!(NotRecipient, UsageSlip, Nth(0))),
];

/// The first record twice.
fn repeat(draft: &mut Draft, kind: Kind) {
    if let Some(records) = draft.records_mut(kind)
        && let Some(first) = records.first().cloned()
    {
        records.insert(1, first);
    }
}

fn remove_first(draft: &mut Draft, fits: fn(&Record) -> bool) {
    if let Some(records) = draft.records_mut(Kind::UsageSlipAnnex)
        && let Some(place) = records.iter().position(fits)
    {
        records.remove(place);
    }
}

/// What the recipient would have done for the first user another office does.
fn move_first_user_away(draft: &mut Draft) {
    let (recipient, other) = (draft.recipient.number.to_string(), draft.sender.number.to_string());
    let user = draft.records(Kind::UsageSlip).first().map(|record| record.text("insured_number").to_owned());
    each(draft, Kind::UsageSlip, |record| {
        if user.as_deref() == Some(record.text("insured_number")) && record.text("service_office_number") == recipient {
            record.set("service_office_number", other.as_str());
        }
    });
}

fn is_total(record: &Record) -> bool {
    record.text("service_code") == "999999"
}

fn is_subtotal(record: &Record) -> bool {
    record.text("service_code").ends_with("AAAA")
}
