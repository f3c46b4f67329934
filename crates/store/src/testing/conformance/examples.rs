//! Records to write: invented, every field filled.

use exchange::sign::SigningKey;
use exchange::{
    DeliveryStatus, Family, FileEntry, KeySet, LicenceKind, LicencePeriod, Lineage, MonthText, Office, OfficeKey, Outcome, Reason,
    RejectionCode, Sha256Digest, TransmissionId,
};
use jiff::Timestamp;
use standard::{Address, Kind, OfficeNumber};

use crate::{DeliveryRecord, FileRecord, LoneRejection, Part, TransmissionRecord};

pub(super) fn number(text: &str) -> OfficeNumber {
    text.parse().unwrap()
}

/// The transmission number `n` of a sender.
pub(super) fn id(sender: &str, n: u64) -> TransmissionId {
    format!("{sender}-5ca1ab1e-0000-4000-8000-{n:012x}").parse().unwrap()
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A file as one part of a transmission.
pub(super) fn part(id: &TransmissionId, stored_at: Timestamp, recipients: &[&str], of: (u8, &str), body: &str) -> Part {
    let (parts, name) = of;
    let entry = FileEntry {
        name: name.to_owned(),
        kind: Some(Kind::Actuals),
        size: 1_234,
        sha256: Sha256Digest::of(body.as_bytes()),
        errors: 0,
        warnings: 2,
    };
    let (key, version) = (format!("outbox/{}/計画 1.CSV", id.sender()), format!("version of {body}"));
    Part {
        id: id.clone(),
        addresses: recipients.iter().map(|recipient| recipient.parse().unwrap()).collect(),
        parts,
        set: (parts > 1).then(|| Sha256Digest::of(b"the set")),
        file: FileRecord { entry, key, version, stored_at },
        told_at: stored_at,
    }
}

/// The one file of a transmission.
pub(super) fn single(id: &TransmissionId, stored_at: Timestamp, recipients: &[&str], body: &str) -> Part {
    part(id, stored_at, recipients, (1, "UPJSK_202604_9770000007_15_9870000006_43_20260501090000.CSV"), body)
}

/// A transmission of one file that waits.
pub(super) fn waiting(id: &TransmissionId, stored_at: Timestamp, recipients: &[&str], body: &str) -> TransmissionRecord {
    single(id, stored_at, recipients, body).opening()
}

/// The same, delivered.
pub(super) fn delivered(waiting: &TransmissionRecord, delivered_at: Timestamp) -> (TransmissionRecord, Vec<DeliveryRecord>) {
    let ended = waiting.ended(delivered_at, Vec::new());
    let deliveries = waiting.addresses.iter().map(|address| delivery(waiting, address, delivered_at)).collect();
    (ended, deliveries)
}

/// The same, rejected.
pub(super) fn rejected(waiting: &TransmissionRecord) -> TransmissionRecord {
    let about = |code, file: Option<&str>| Reason { code, file: file.map(str::to_owned) };
    let reasons = vec![about(RejectionCode::SenderUnlicensed, None), about(RejectionCode::FileInvalid, Some("計画.CSV"))];
    waiting.ended(waiting.stored_at, reasons)
}

fn delivery(record: &TransmissionRecord, address: &Address, delivered_at: Timestamp) -> DeliveryRecord {
    DeliveryRecord {
        id: record.id.clone(),
        sender_name: "あおぞら居宅介護支援事業所".to_owned(),
        address: address.clone(),
        status: DeliveryStatus::Delivered,
        delivered_at,
        collected_at: None,
        acknowledged_at: None,
        outcome: None,
        note: String::new(),
        lineage: Some(lineage("202604", false, &[1, 2])),
        due_at: DeliveryRecord::first_due(delivered_at),
    }
}

/// Usage slips of these persons: invented digests.
pub(super) fn lineage(month: &str, withdraws: bool, persons: &[u8]) -> Lineage {
    let keys: Vec<u8> = persons.iter().flat_map(|person| [*person; 12]).collect();
    Lineage {
        family: Family::Slip,
        month: Some(MonthText(month.parse().unwrap())),
        withdraws,
        persons: u32::try_from(persons.len()).unwrap(),
        keys: KeySet::from_bytes(&keys),
    }
}

/// A delivery that was read and answered.
pub(super) fn acknowledged(delivery: &DeliveryRecord, then: Timestamp) -> DeliveryRecord {
    DeliveryRecord {
        status: DeliveryStatus::Acknowledged,
        collected_at: Some(then),
        acknowledged_at: Some(then),
        outcome: Some(Outcome::ImportFailed),
        note: "取り込めませんでした".to_owned(),
        ..delivery.clone()
    }
}

pub(super) fn lone(office: &str, n: u64, stored_at: Timestamp, code: RejectionCode) -> LoneRejection {
    LoneRejection { office: number(office), object: format!("{n:064x}"), stored_at, code }
}

/// An office with all it can have.
pub(super) fn office(text: &str) -> Office {
    let key = |revoked_at| OfficeKey {
        not_before: Some(at("2026-04-01T00:00:00Z")),
        not_after: Some(at("2027-03-31T14:59:59Z")),
        revoked_at,
        ..OfficeKey::new(SigningKey::generate_es256().unwrap().public_key().unwrap())
    };
    let period = |kind, campaign: Option<&str>, first: &str, last: &str| LicencePeriod {
        kind,
        campaign: campaign.map(str::to_owned),
        first: first.parse().unwrap(),
        last: last.parse().unwrap(),
    };
    Office {
        municipality: Some("991234".to_owned()),
        services: vec!["43".parse().unwrap(), "2A".parse().unwrap()],
        keys: vec![
            key(None),
            key(Some(at("2026-04-02T00:00:00Z"))),
            OfficeKey::new(SigningKey::generate_ed25519().unwrap().public_key().unwrap()),
        ],
        licences: vec![
            period(LicenceKind::FreePass, Some("free-pass-2025"), "2025-06-01", "2026-05-31"),
            period(LicenceKind::Paid, None, "2026-06-01", "2027-05-31"),
        ],
        blocked_senders: vec![number("9770000007")],
        profile: Some("sample-care-5".parse().unwrap()),
        webhook: Some("https://hooks.care.example.jp/renkei".parse().unwrap()),
        ..Office::new(number(text), "ひだまりデイサービス")
    }
}
