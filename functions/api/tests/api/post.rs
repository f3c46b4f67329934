//! What offices send each other in these tests, in the ledger and in the bucket as `deliver` leaves it.

use exchange::sign::ManifestDraft;
use exchange::{DeliveryStatus, Family, KeySet, LicenceKind, LicencePeriod, Lineage, MonthText, TransmissionId};
use jiff::Timestamp;
use standard::Kind;
use store::{DeliveryRecord, FileRecord, Ledger as _, Part, TransmissionRecord};

use crate::desk::{Desk, OFFICE, number};

/// Offices that [`OFFICE`] exchanges with.
pub(crate) const MIDORI: &str = "9870000105";
pub(crate) const AOBA: &str = "9870000204";

pub(crate) const ACTUALS: &str = "UPJSK_202604_9770000106_15_9870000105_43_20260501090000.CSV";
/// Three records of two persons.
pub(crate) const CSV: &str = "202407,435073,0000000001,20260401,202604,9870808848,\"Keikaku\",387,,20260402,,0900,1000,1,111411,,,,,9870808848,,,0,,\r\n\
    202407,435073,0000000002,20260401,202604,9870808848,\"Keikaku\",387,,20260402,,0900,1000,1,111411,,,,,9870808848,,,0,,\r\n\
    202407,435073,0000000001,20260401,202604,9870808848,\"Keikaku\",412,,20260403,,0900,1000,1,111411,,,,,9870808848,,,0,,\r\n";

impl Desk {
    /// Gives an office a licence for the year.
    pub(crate) async fn license(&self, office: &str) {
        let (first, last) = ("2026-01-01".parse().unwrap(), "2026-12-31".parse().unwrap());
        self.change(office, |office| office.licences.push(LicencePeriod { kind: LicenceKind::Paid, campaign: None, first, last })).await;
    }

    /// [`OFFICE`] and two others, all of them licensed.
    pub(crate) async fn neighbourhood() -> Desk {
        let desk = Desk::open().await;
        desk.license(OFFICE).await;
        for office in [MIDORI, AOBA] {
            desk.register(office, &[]).await;
            desk.license(office).await;
        }
        desk
    }

    /// The manifests of these files to these addresses, as one transmission.
    pub(crate) fn drafts(&self, to: &[&str], files: &[(&str, &[u8])]) -> Vec<ManifestDraft> {
        let aud: Vec<_> = to.iter().map(|address| address.parse().unwrap()).collect();
        let mut drafts: Vec<ManifestDraft> =
            files.iter().map(|(name, bytes)| ManifestDraft::new(number(OFFICE), aud.clone(), name, bytes, self.now())).collect();
        ManifestDraft::seal(&mut drafts);
        drafts
    }

    pub(crate) fn signed(&self, drafts: &[ManifestDraft]) -> serde_json::Value {
        serde_json::json!({"manifests": drafts.iter().map(|draft| draft.sign(&self.key).unwrap()).collect::<Vec<_>>()})
    }

    /// Delivers one file from one office to others, now.
    pub(crate) async fn deliver(&self, sender: &str, n: u64, to: &[&str], name: &str, body: impl AsRef<[u8]>) -> TransmissionId {
        let body = body.as_ref();
        let id: TransmissionId = format!("{sender}-5ca1ab1e-0000-4000-8000-{n:012x}").parse().unwrap();
        let part = part(&id, self.now(), to, name, body);
        self.ledger.join(&part).await.unwrap();
        let ended = part.opening().ended(self.now(), Vec::new());
        let deliveries: Vec<DeliveryRecord> = ended.addresses.iter().map(|address| delivery(&ended, address, self.now())).collect();
        self.ledger.commit(&ended, &deliveries).await.unwrap();
        for address in &ended.addresses {
            for file in ended.delivered_to(address) {
                self.files.upload(&file.key, Some("manifest"), body.to_vec());
            }
        }
        id
    }
}

pub(crate) fn part(id: &TransmissionId, stored_at: Timestamp, to: &[&str], name: &str, body: impl AsRef<[u8]>) -> Part {
    let body = body.as_ref();
    let kind = name.starts_with("UPJSK_").then_some(Kind::Actuals);
    let entry = exchange::FileEntry {
        name: name.to_owned(),
        kind,
        size: body.len() as u64,
        sha256: exchange::Sha256Digest::of(body),
        errors: 0,
        warnings: 0,
    };
    let file = FileRecord { entry, key: format!("outbox/{}/a", id.sender()), version: "v".to_owned(), stored_at };
    Part {
        id: id.clone(),
        addresses: to.iter().map(|address| address.parse().unwrap()).collect(),
        parts: 1,
        set: None,
        file,
        told_at: stored_at,
    }
}

fn delivery(row: &TransmissionRecord, address: &standard::Address, delivered_at: Timestamp) -> DeliveryRecord {
    DeliveryRecord {
        id: row.id.clone(),
        sender_name: "ひなた".to_owned(),
        address: address.clone(),
        status: DeliveryStatus::Delivered,
        delivered_at,
        collected_at: None,
        acknowledged_at: None,
        outcome: None,
        note: String::new(),
        lineage: row.files.values().any(|file| file.entry.kind.is_some()).then(lineage),
        due_at: None,
    }
}

/// Of the same record in every file of the standard: each replaces the one before.
fn lineage() -> Lineage {
    let keys = KeySet::from_bytes(&[7; 12]);
    Lineage { family: Family::Actuals, month: Some(MonthText("202604".parse().unwrap())), withdraws: false, persons: 1, keys }
}
