//! The annex's sums: R-SIKYU-TOTAL and R-SIKYU-SUB.

use std::collections::{BTreeMap, BTreeSet};

use crate::across::people::{Person, Place, fingerprint};
use crate::finding::Detail;
use crate::findings::Findings;
use crate::item_rules::{TOTAL, type_of_code};
use crate::record_rules::{Values, is_sum};
use crate::rule::RuleId;

/// The subtotal that R-SIKYU-SUB asks for: `AAAA` behind the service type.
const SUBTOTAL: &[u8] = b"AAAA";

/// Persons, and their rows by office and service type.
#[derive(Debug)]
pub(crate) struct Groups {
    office: u16,
    code: u16,
    /// First place, and total rows (two stand for more).
    persons: BTreeMap<Person, (Place, u8)>,
    /// By a fingerprint of person, office and type: first place, the fingerprint of the subtotal it needs, whether there are several rows.
    groups: BTreeMap<u64, (Place, u64, bool)>,
    /// Fingerprints of person and type.
    subtotals: BTreeSet<u64>,
}

impl Groups {
    pub(crate) fn new(office: u16, code: u16) -> Groups {
        Groups { office, code, persons: BTreeMap::new(), groups: BTreeMap::new(), subtotals: BTreeSet::new() }
    }

    pub(crate) fn take(&mut self, person: Person, values: &Values<'_>, place: Place) {
        let code = values.item(self.code);
        let totals = &mut self.persons.entry(person).or_insert((place, 0)).1;
        let number = person.number().to_le_bytes();
        if code == TOTAL {
            *totals = (*totals + 1).min(2);
        } else if is_sum(code) {
            if let Some((service_type, SUBTOTAL)) = code.split_at_checked(2) {
                self.subtotals.insert(fingerprint(&[&number, service_type]));
            }
        } else if let (Some(_), Some(service_type)) = (type_of_code(code), code.get(..2)) {
            let needed = fingerprint(&[&number, service_type]);
            let group = fingerprint(&[&number, values.item(self.office), service_type]);
            self.groups.entry(group).and_modify(|(_, _, several)| *several = true).or_insert((place, needed, false));
        }
    }

    /// What is there too often is always told, what is missing only where every record could be read.
    pub(crate) fn finish(self, complete: bool, findings: &mut Findings) {
        let wrong = |totals: u8| totals > 1 || (totals == 0 && complete);
        let persons = self.persons.into_values().filter(|(_, totals)| wrong(*totals));
        let mut found: Vec<(Place, RuleId)> = persons.map(|(place, _)| (place, RuleId::SikyuTotal)).collect();
        let lacking = self.groups.into_values().filter(|(_, needed, several)| complete && *several && !self.subtotals.contains(needed));
        found.extend(lacking.map(|(place, _, _)| (place, RuleId::SikyuSub)));
        found.sort_unstable();
        findings.extend(found.into_iter().map(|(place, rule)| place.finding(rule, None, Detail::None)));
    }
}
