//! The keys of the bucket that the exchange writes (contract §2). Office numbers, transmission ids and digests only: keys end in logs.

use sha2::{Digest, Sha256};
use standard::OfficeNumber;

use crate::TransmissionId;

/// Where offices write.
pub const OUTBOX: &str = "outbox/";
/// Where the exchange delivers.
pub const INBOX: &str = "inbox/";
/// Where the exchange reports.
pub const RETURNS: &str = "returns/";

/// Where the API has a sender upload a file of a transmission: `outbox/{office}/{jti}/{place}`, by its place among all, for names can hold anything.
pub fn outbox_file(transmission: &TransmissionId, place: usize) -> String {
    format!("{OUTBOX}{}/{}/{place:02}", transmission.sender().as_str(), transmission.jti().hyphenated())
}

/// Whose outbox a key lies in, be the rest of it as it may.
pub fn outbox_owner(key: &str) -> Option<OfficeNumber> {
    let (office, _) = key.strip_prefix(OUTBOX)?.split_once('/')?;
    office.parse().ok()
}

/// A delivered file: `inbox/{office}/{T}/{file}`, `file` as [`inbox_names`](crate::inbox_names) has it.
pub fn inbox_file(office: &OfficeNumber, transmission: &TransmissionId, file: &str) -> String {
    format!("{INBOX}{}/{transmission}/{file}", office.as_str())
}

/// `inbox/{office}/{T}/delivery.json`, written last: what makes the folder a delivery.
pub fn inbox_delivery(office: &OfficeNumber, transmission: &TransmissionId) -> String {
    inbox_file(office, transmission, "delivery.json")
}

/// The report of a rejected transmission: `returns/{office}/{T}.json`.
pub fn return_report(office: &OfficeNumber, transmission: &TransmissionId) -> String {
    format!("{RETURNS}{}/{transmission}.json", office.as_str())
}

/// What receivers' software will refuse of a transmission that is delivered: `returns/{office}/{T}.warnings.json`.
pub fn return_warnings(office: &OfficeNumber, transmission: &TransmissionId) -> String {
    format!("{RETURNS}{}/{transmission}.warnings.json", office.as_str())
}

/// The report of an object rejected alone: `returns/{office}/objects/{digest}.json`, the digest from [`object_digest`].
pub fn return_object(office: &OfficeNumber, digest: &str) -> String {
    format!("{RETURNS}{}/objects/{digest}.json", office.as_str())
}

/// What names an object rejected alone: hex SHA-256 of `{key}\n{version id}`.
pub fn object_digest(key: &str, version: &str) -> String {
    hex::encode(Sha256::digest(format!("{key}\n{version}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_as_the_contract_draws_them() {
        let office: OfficeNumber = "0370100026".parse().unwrap();
        let id: TransmissionId = "0370100018-0197f3a2-4b5c-7d6e-8f90-a1b2c3d4e5f6".parse().unwrap();
        assert_eq!(outbox_file(&id, 3), "outbox/0370100018/0197f3a2-4b5c-7d6e-8f90-a1b2c3d4e5f6/03");
        assert_eq!(inbox_file(&office, &id, "a01.pdf"), format!("inbox/0370100026/{id}/a01.pdf"));
        assert_eq!(inbox_delivery(&office, &id), format!("inbox/0370100026/{id}/delivery.json"));
        assert_eq!(return_report(&office, &id), format!("returns/0370100026/{id}.json"));
        assert_eq!(return_warnings(&office, &id), format!("returns/0370100026/{id}.warnings.json"));
        assert_eq!(return_object(&office, "00ff"), "returns/0370100026/objects/00ff.json");
    }

    #[test]
    fn an_objects_digest_is_over_key_newline_version() {
        // printf 'outbox/0370100018/a\nv1' | sha256sum
        assert_eq!(object_digest("outbox/0370100018/a", "v1"), "e4c11e6ee2f2f203978f5052ee61aa989f9a723d731d21d268772f090b7c1f97");
    }
}
