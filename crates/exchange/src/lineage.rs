//! What replaces what: a re-sending replaces by key (the standard, "Re-sending replaces by key; withdrawals cascade").
//!
//! Between one sender and one recipient the transmissions of a family and month stand in a line, by the time of delivery. One supersedes another where
//! both hold a record of the same key. Keys are keyed digests: the ledger knows that two are the same, and not whose they are.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use standard::{FileName, Kind, MonthInName, OfficeNumber, RecordKey, ServiceMonth};

use crate::person::cut;
use crate::state::named;
use crate::{Contents, PersonKey, Purpose, Secret, TransmissionId};

named! {
    /// Files that replace each other, and those that withdraw them.
    Family ("family of files") {
        /// Care plans (tables 1 to 3): by person and day of the plan.
        Plan = "plan",
        /// Usage slips with their annexes: by person and month.
        Slip = "slip",
        /// Actual services: by person, month, service office and service type.
        Actuals = "actuals",
        /// Basic information and support plans of preventive care: by person, kind and day.
        Preventive = "preventive",
    }
}

/// What a transmission's files hold, as far as later ones may replace it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lineage {
    /// The family.
    pub family: Family,
    /// The month its files are of; none in families without.
    pub month: Option<MonthText>,
    /// Whether it withdraws what it names.
    pub withdraws: bool,
    /// How many persons its files are of.
    pub persons: u32,
    /// The keys.
    pub keys: KeySet,
}

/// A month of service as text, `202604`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MonthText(pub ServiceMonth);

/// Digests of keys, 12 bytes each: a person's [`PersonKey`], and 4 bytes of what else is in the key. Sorted, each once, at most [`KeySet::MOST`].
///
/// Of a larger set the smallest digests stand for all. A re-sending of the same persons is always found by them; one that shares only a few with a set of
/// more than a thousand may not be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeySet(Vec<[u8; KeySet::BYTES]>);

/// A partner whose actual services of a month have not all come: counts of persons, and no person. JSON:
/// `{"partner","month","planned","answered","transmissions"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MissingActuals {
    /// The partner's office number.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub partner: OfficeNumber,
    /// The month of service, `YYYYMM`.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "202604"))]
    pub month: MonthText,
    /// Persons for whom a plan was sent to it.
    pub planned: u32,
    /// Of these, persons whose actual services came back.
    pub answered: u32,
    /// The newest transmissions that hold a plan without actual services.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub transmissions: Vec<TransmissionId>,
}

impl KeySet {
    /// The most that are kept: 12 KB, so that the commit of a transmission to 50 offices stays far below the 4 MB of a transaction.
    pub const MOST: usize = 1_000;

    /// Bytes a digest.
    const BYTES: usize = 12;

    /// Whether a key is in both.
    pub fn meets(&self, other: &KeySet) -> bool {
        let (mut ours, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(one), Some(another)) = (ours.peek(), theirs.peek()) {
            match one.cmp(another) {
                std::cmp::Ordering::Equal => return true,
                std::cmp::Ordering::Less => drop(ours.next()),
                std::cmp::Ordering::Greater => drop(theirs.next()),
            }
        }
        false
    }

    /// The persons, each once.
    pub fn persons(&self) -> BTreeSet<PersonKey> {
        self.0.iter().filter_map(|key| key.first_chunk().copied().map(PersonKey::from_bytes)).collect()
    }

    /// All digests, one after the other.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.concat()
    }

    /// The set from its bytes; what is left over at the end is dropped.
    pub fn from_bytes(bytes: &[u8]) -> KeySet {
        KeySet(bytes.as_chunks().0.to_vec())
    }

    fn of(keys: BTreeSet<[u8; KeySet::BYTES]>) -> KeySet {
        KeySet(keys.into_iter().take(KeySet::MOST).collect())
    }
}

impl Lineage {
    /// What these files together hold; none where nothing of it is ever replaced: attachments. Asked before the files' persons are forgotten.
    pub fn of(secret: &Secret, files: &[Contents]) -> Option<Lineage> {
        let heads = || files.iter().filter_map(|file| Some((file, file.name.as_ref()?, place(file.name.as_ref()?.kind)?)));
        let (_, name, (family, withdraws)) = heads().next()?;
        let mut keys = BTreeSet::new();
        for (file, name, _) in heads() {
            let kind = group(name);
            keys.extend(file.record_keys().map(|key| digest(secret, kind, key)));
        }
        let persons = keys.iter().filter_map(|key| key.first_chunk::<8>()).collect::<BTreeSet<_>>().len();
        let month = match name.month {
            Some(MonthInName::Month(month)) => Some(MonthText(month)),
            Some(MonthInName::Zeros) | None => None,
        };
        Some(Lineage { family, month, withdraws, persons: u32::try_from(persons).unwrap_or(u32::MAX), keys: KeySet::of(keys) })
    }

    /// The line it stands in, between one sender and one recipient: `slip#202604`, `plan#-`.
    pub fn line(&self) -> String {
        self.family.line(self.month.map(|month| month.0))
    }
}

impl Family {
    /// The line of a month, or of all there is where the family has none.
    pub fn line(self, month: Option<ServiceMonth>) -> String {
        format!("{self}#{}", month.map_or_else(|| "-".to_owned(), |month| month.to_string()))
    }
}

/// Of which family a kind is, and whether it withdraws; none for kinds that go with another file of their unit.
fn place(kind: Kind) -> Option<(Family, bool)> {
    Some(match kind {
        Kind::PlanTable1 => (Family::Plan, false),
        Kind::PlanTable1Deletion => (Family::Plan, true),
        Kind::UsageSlip => (Family::Slip, false),
        Kind::UsageSlipDeletion => (Family::Slip, true),
        Kind::Actuals => (Family::Actuals, false),
        Kind::ActualsDeletion => (Family::Actuals, true),
        Kind::BasicInformation | Kind::SupportPlan => (Family::Preventive, false),
        Kind::BasicInformationDeletion | Kind::SupportPlanDeletion => (Family::Preventive, true),
        _ => return None,
    })
}

/// The kind whose records a file holds or withdraws: one family has keys of two kinds.
fn group(name: &FileName) -> &'static str {
    name.kind.deletes().first().copied().unwrap_or(name.kind).code()
}

fn digest(secret: &Secret, kind: &str, key: &RecordKey) -> [u8; KeySet::BYTES] {
    let (insurer, insured) = key.person();
    let person = PersonKey::of(secret, &insurer, &insured).bytes();
    let rest: [u8; 4] = cut(&secret.digest(Purpose::Person, &[&insurer, &insured, kind.as_bytes(), key.rest()]));
    let mut digest = [0; KeySet::BYTES];
    digest.iter_mut().zip(person.iter().chain(&rest)).for_each(|(place, byte)| *place = *byte);
    digest
}

impl TryFrom<String> for MonthText {
    type Error = standard::NotAMonth;

    fn try_from(text: String) -> Result<MonthText, standard::NotAMonth> {
        text.parse().map(MonthText)
    }
}

impl From<MonthText> for String {
    fn from(month: MonthText) -> String {
        month.0.to_string()
    }
}

/// As bytes, in formats that have them.
impl Serialize for KeySet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.bytes())
    }
}

impl<'de> Deserialize<'de> for KeySet {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<KeySet, D::Error> {
        struct Bytes;
        impl serde::de::Visitor<'_> for Bytes {
            type Value = KeySet;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<KeySet, E> {
                Ok(KeySet::from_bytes(bytes))
            }
        }
        deserializer.deserialize_byte_buf(Bytes)
    }
}

#[cfg(test)]
mod tests;
