//! Persons without a service at an office the file goes to: R-NOT-RECIPIENT.

use crate::across::people::{People, Place};
use crate::file_name::FileName;
use crate::finding::Detail;
use crate::findings::Findings;
use crate::identifiers::{Address, OfficeNumber, ServiceType};
use crate::kind::Kind;
use crate::record_rules::Values;
use crate::rule::RuleId;

/// The offices that may see only persons they serve.
#[derive(Debug, Default)]
pub(crate) struct Recipients {
    /// Number as records hold it, and what the finding tells of it.
    offices: Vec<(Vec<u8>, Detail)>,
    several: bool,
}

impl Recipients {
    /// The recipient in the name. Care managers see everybody: they plan for them.
    pub(crate) fn named(name: &FileName) -> Recipients {
        let manages = name.recipient_service_type().is_some_and(ServiceType::is_manager);
        let only = (name.recipient.clone().into_bytes(), Detail::None);
        Recipients { offices: if manages { Vec::new() } else { vec![only] }, several: false }
    }

    /// Several addresses. One without a service type is held to be no care manager's.
    pub(crate) fn addressed(addresses: &[Address]) -> Recipients {
        let serving = addresses.iter().filter(|it| !it.service_type.is_some_and(ServiceType::is_manager));
        let office = |number: OfficeNumber| (number.as_str().as_bytes().to_vec(), Detail::NotServedBy(number));
        Recipients { offices: serving.map(|address| office(address.office)).collect(), several: true }
    }
}

/// Looks for each person's services at each of the offices.
#[derive(Debug)]
pub(crate) struct Served {
    item: u16,
    recipients: Recipients,
}

impl Served {
    /// `None` where nothing need be looked for. Plan table 2 counts only with several addresses: to its one recipient an office may send a plan
    /// that doesn't name it yet.
    pub(crate) fn new(item: u16, kind: Kind, recipients: Recipients) -> Option<Served> {
        let counts = recipients.several || kind == Kind::UsageSlip;
        (counts && !recipients.offices.is_empty()).then_some(Served { item, recipients })
    }

    pub(crate) fn is_for_several(&self) -> bool {
        self.recipients.several
    }

    /// A bit for each office whose service the record is.
    pub(crate) fn mark(&self, values: &Values<'_>) -> u64 {
        let office = values.item(self.item);
        let served = self.recipients.offices.iter().enumerate().filter(|(_, (number, _))| number == office);
        served.fold(0, |bits, (place, _)| bits | bit(place))
    }

    pub(crate) fn finish(&self, people: &People, findings: &mut Findings) {
        let offices = || self.recipients.offices.iter().enumerate();
        let lacks_one = |marks: u64| offices().any(|(place, _)| marks & bit(place) == 0);
        let mut lacking: Vec<(Place, u64)> =
            people.persons().filter(|(_, _, marks)| lacks_one(*marks)).map(|(_, place, marks)| (place, marks)).collect();
        lacking.sort_unstable();
        for (at, marks) in lacking {
            let missing = offices().filter(|(place, _)| marks & bit(*place) == 0);
            findings.extend(missing.map(|(_, (_, detail))| at.finding(RuleId::NotRecipient, None, *detail)));
        }
    }
}

/// An office's bit among the marks. The exchange takes 50 addresses; what lies beyond 64 has none, so nobody counts as served there.
fn bit(place: usize) -> u64 {
    u32::try_from(place).ok().and_then(|place| 1_u64.checked_shl(place)).unwrap_or_default()
}
