//! The patterns D1 to D7 in which vendors' software is tested.

use serde::Serialize;
use standard::{CodeTable, FileName, Kind, ServiceType};

/// A vendor-test pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Pattern {
    /// Plans (居宅サービス計画書).
    D1,
    /// Usage slips (サービス利用票).
    D2,
    /// Actual services (実績情報).
    D3,
    /// Basic information (利用者基本情報).
    D4,
    /// Support plans (介護予防サービス・支援計画書), also where basic information travels with them.
    D5,
    /// Usage slips of preventive care (予防).
    D6,
    /// Actual services of preventive care (予防).
    D7,
}

/// What a unit is about, before it is known whether its care is preventive: the kinds that decide, the first that fits.
const SUBJECTS: [(Subject, &[Kind]); 5] = [
    (Subject::One(Pattern::D1), &[Kind::PlanTable1, Kind::PlanTable2, Kind::PlanTable3, Kind::PlanTable1Deletion]),
    (Subject::Either(Pattern::D2, Pattern::D6), &[Kind::UsageSlip, Kind::UsageSlipAnnex, Kind::UsageSlipDeletion]),
    (Subject::Either(Pattern::D3, Pattern::D7), &[Kind::Actuals, Kind::ActualsDeletion]),
    (Subject::One(Pattern::D5), &[Kind::SupportPlan, Kind::SupportPlanAnnex, Kind::SupportPlanDeletion]),
    (
        Subject::One(Pattern::D4),
        &[
            Kind::BasicInformation,
            Kind::BasicInformationTimetable,
            Kind::BasicInformationHistory,
            Kind::BasicInformationImage,
            Kind::BasicInformationDeletion,
        ],
    ),
];

#[derive(Debug, Clone, Copy)]
enum Subject {
    One(Pattern),
    /// Of care, of preventive care.
    Either(Pattern, Pattern),
}

/// The one manager's type that says nothing of preventive care: offices of long-term care manage both.
const CARE_MANAGEMENT: &str = "43";

/// Whether care is preventive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Care {
    Preventive,
    Other,
    Unknown,
}

impl Pattern {
    /// All of them.
    pub const ALL: [Pattern; 7] = [Pattern::D1, Pattern::D2, Pattern::D3, Pattern::D4, Pattern::D5, Pattern::D6, Pattern::D7];

    /// `D1`.
    pub fn as_str(self) -> &'static str {
        self.texts().0
    }

    /// What is tested, for offices.
    pub fn name_ja(self) -> &'static str {
        self.texts().1
    }

    /// What is tested.
    pub fn name_en(self) -> &'static str {
        self.texts().2
    }

    fn texts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Pattern::D1 => ("D1", "居宅サービス計画書", "care plans"),
            Pattern::D2 => ("D2", "サービス利用票", "usage slips"),
            Pattern::D3 => ("D3", "実績情報", "actual services"),
            Pattern::D4 => ("D4", "利用者基本情報", "basic information"),
            Pattern::D5 => ("D5", "介護予防サービス・支援計画書", "preventive support plans"),
            Pattern::D6 => ("D6", "サービス利用票（予防）", "usage slips, preventive"),
            Pattern::D7 => ("D7", "実績情報（予防）", "actual services, preventive"),
        }
    }

    /// The pattern of files that travel together. Slips and actual services are preventive when the service types in the names say so; where
    /// they don't, when the service codes in the records do.
    pub(crate) fn of(names: &[&FileName], codes: Care) -> Option<Pattern> {
        let first = names.first()?;
        let subject = SUBJECTS.into_iter().find(|(_, kinds)| names.iter().any(|name| kinds.contains(&name.kind)));
        let Some((subject, _)) = subject else {
            // a user supplement alone: only a slip's has a month
            return Some(if matches!(first.month, Some(standard::MonthInName::Month(_))) { Pattern::D2 } else { Pattern::D1 });
        };
        Some(match (subject, Care::of_names(first)) {
            (Subject::One(pattern), _) => pattern,
            (Subject::Either(_, preventive), Care::Preventive) => preventive,
            (Subject::Either(other, _), Care::Other) => other,
            (Subject::Either(other, preventive), Care::Unknown) => {
                if codes == Care::Preventive {
                    preventive
                } else {
                    other
                }
            }
        })
    }
}

impl Care {
    /// As the service types in a name say: the service's own before that of the office that manages.
    pub(crate) fn of_names(name: &FileName) -> Care {
        Care::of_types([name.sender_service_type(), name.recipient_service_type()])
    }

    pub(crate) fn of_types(types: [Option<ServiceType>; 2]) -> Care {
        let managed = types.into_iter().flatten().filter(|it| !it.only_manages()).map(Care::of_type).find(|care| *care != Care::Unknown);
        let preventive_manager = types.into_iter().flatten().any(|it| it.only_manages() && it.as_str() != CARE_MANAGEMENT);
        managed.unwrap_or(if preventive_manager { Care::Preventive } else { Care::Unknown })
    }

    pub(crate) fn of_type(service_type: ServiceType) -> Care {
        match service_type {
            it if is_in("service_type_yobo", it) || is_in("service_type_sogo", it) => Care::Preventive,
            it if is_in("service_type_kaigo", it) => Care::Other,
            _ => Care::Unknown,
        }
    }
}

fn is_in(table: &str, service_type: ServiceType) -> bool {
    CodeTable::named(table).is_some_and(|table| table.contains(service_type.as_str().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_of_the_pattern_their_kinds_and_service_types_say() {
        let check = |kinds: &str, tail: &str, codes, pattern| {
            let names: Vec<FileName> =
                kinds.split(' ').map(|kind| FileName::parse(&format!("{kind}_{tail}_20260325090000.CSV")).0.unwrap()).collect();
            assert_eq!(Pattern::of(&names.iter().collect::<Vec<_>>(), codes), Some(pattern), "{kinds} {tail}");
        };
        let from_43 = |to: &str| format!("9770100013_43_9870100020_{to}");
        check("UP1KYO UP2KYO", &from_43("11"), Care::Unknown, Pattern::D1);
        check("DLT1KYO", &from_43("11"), Care::Unknown, Pattern::D1);
        check("UPPLAN_202604 UPHOSOKU_202604", &from_43("11"), Care::Preventive, Pattern::D2);
        check("UPPLAN_202604", &from_43("73"), Care::Unknown, Pattern::D2);
        check("UPPLAN_202604", &from_43("A6"), Care::Other, Pattern::D6);
        check("UPPLAN_202604", &from_43("75"), Care::Unknown, Pattern::D6);
        check("UPPLAN_202604", &from_43("46"), Care::Unknown, Pattern::D6);
        check("DLTPLAN_202604", &from_43("AF"), Care::Unknown, Pattern::D6);
        check("UPJSK_202604", "9770100013_11_9870100020_43", Care::Unknown, Pattern::D3);
        check("UPJSK_202604", "9770100013_63_9870100020_46", Care::Unknown, Pattern::D7);
        check("UPJSK_202604", "9770100013_9870100020", Care::Preventive, Pattern::D7);
        check("UPJSK_202604", "9770100013_9870100020", Care::Other, Pattern::D3);
        check("UPKIHON UPKIHON_SUB1", "9770100013_46_9870100020_A6", Care::Unknown, Pattern::D4);
        check("UPKIHON UPYOBO UPYOBO_SUB", "9770100013_46_9870100020_A6", Care::Unknown, Pattern::D5);
        check("UPHOSOKU_000000", &from_43("11"), Care::Unknown, Pattern::D1);
        check("UPHOSOKU_202604", &from_43("11"), Care::Unknown, Pattern::D2);
    }
}
