//! Which transmission, and which uploaded object.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use standard::OfficeNumber;
use uuid::Uuid;

/// `{sender}-{jti}`: the sender's office number and the manifest's UUID, written in lower case with hyphens (contract §1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransmissionId {
    sender: OfficeNumber,
    jti: Uuid,
}

impl TransmissionId {
    /// The transmission that `sender` calls `jti`.
    pub fn new(sender: OfficeNumber, jti: Uuid) -> TransmissionId {
        TransmissionId { sender, jti }
    }

    /// The office that sent it.
    pub fn sender(&self) -> &OfficeNumber {
        &self.sender
    }

    /// The UUID its manifests share.
    pub fn jti(&self) -> Uuid {
        self.jti
    }
}

impl fmt::Display for TransmissionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.sender.as_str(), self.jti.hyphenated())
    }
}

/// Not of the form `{office number}-{uuid}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a transmission id is an office number, a hyphen and a UUID")]
pub struct IllFormedId;

impl FromStr for TransmissionId {
    type Err = IllFormedId;

    /// In upper or lower case, as RFC 9562 §4 asks of whoever reads a UUID, but in no other form. [`Display`](fmt::Display) writes one spelling only:
    /// ids are parts of keys, where another spelling is another key.
    fn from_str(text: &str) -> Result<TransmissionId, IllFormedId> {
        let (sender, jti) = text.split_once('-').ok_or(IllFormedId)?;
        let sender = OfficeNumber::from_str(sender).map_err(|_| IllFormedId)?;
        let jti = Uuid::try_parse(jti).map_err(|_| IllFormedId)?;
        let id = TransmissionId { sender, jti };
        if id.to_string().eq_ignore_ascii_case(text) { Ok(id) } else { Err(IllFormedId) }
    }
}

impl Serialize for TransmissionId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TransmissionId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// The key of an uploaded object: `outbox/{office}/{rest}`, where no segment is empty, `.` or `..` (contract §2).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OutboxKey {
    /// Whose outbox it is.
    pub office: OfficeNumber,
    /// What the office called the object: one segment or several.
    pub rest: String,
}

impl OutboxKey {
    /// The key taken apart; `None` when it is not an outbox key.
    pub fn parse(key: &str) -> Option<OutboxKey> {
        let (office, rest) = key.strip_prefix("outbox/")?.split_once('/')?;
        let office = OfficeNumber::from_str(office).ok()?;
        let usable = rest.split('/').all(|segment| !matches!(segment, "" | "." | ".."));
        usable.then(|| OutboxKey { office, rest: rest.to_owned() })
    }
}

impl fmt::Display for OutboxKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "outbox/{}/{}", self.office.as_str(), self.rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_in_either_case_and_written_in_lower() {
        let text = "0370100018-0197f3a2-4b5c-7d6e-8f90-a1b2c3d4e5f6";
        let id: TransmissionId = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(id.sender().as_str(), "0370100018");
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{text}\""));
        assert_eq!(serde_json::from_str::<TransmissionId>(&format!("\"{text}\"")).unwrap(), id);
        for either in ["0370100018-0197F3A2-4b5c-7d6e-8f90-a1b2c3d4e5f6", "0370100018-0197F3A2-4B5C-7D6E-8F90-A1B2C3D4E5F6"] {
            assert_eq!(either.parse::<TransmissionId>().unwrap().to_string(), text, "{either}");
        }
        for other in [
            "0370100018-0197f3a24b5c7d6e8f90a1b2c3d4e5f6",
            "0370100018-{0197f3a2-4b5c-7d6e-8f90-a1b2c3d4e5f6}",
            "0370100018-urn:uuid:0197f3a2-4b5c-7d6e-8f90-a1b2c3d4e5f6",
            "037010001-0197f3a2-4b5c-7d6e-8f90-a1b2c3d4e5f6",
            "0370100018",
            "0370100018-",
            "",
            "０３７０１０００１８-0197f3a2-4b5c-7d6e-8f90-a1b2c3d4e5f6",
        ] {
            assert_eq!(other.parse::<TransmissionId>(), Err(IllFormedId), "{other}");
        }
    }

    #[test]
    fn an_outbox_key_has_an_office_and_whole_segments() {
        for (key, rest) in [
            ("outbox/0370100018/a.pdf", Some("a.pdf")),
            ("outbox/0370100018/2026/04/計画 1.pdf", Some("2026/04/計画 1.pdf")),
            ("outbox/0370100018/...", Some("...")),
            ("outbox/0370100018/", None),
            ("outbox/0370100018", None),
            ("outbox/0370100018//a", None),
            ("outbox/0370100018/a/", None),
            ("outbox/0370100018/./a", None),
            ("outbox/0370100018/a/../b", None),
            ("outbox/037010001/a", None),
            ("outbox/../a", None),
            ("/outbox/0370100018/a", None),
            ("inbox/0370100018/a", None),
            ("Outbox/0370100018/a", None),
            ("", None),
        ] {
            let parsed = OutboxKey::parse(key);
            assert_eq!(parsed.as_ref().map(|key| key.rest.as_str()), rest, "{key}");
            if let Some(parsed) = parsed {
                assert_eq!(parsed.to_string(), key);
            }
        }
    }
}
