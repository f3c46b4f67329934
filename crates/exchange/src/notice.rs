//! What an office is told of: by the list, and by its webhook.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use standard::OfficeNumber;

use crate::state::named;
use crate::{TransmissionId, time};

named! {
    /// What a notice is about.
    NoticeKind ("kind of notice") {
        /// To the recipient: a delivery has come into its inbox.
        Delivered = "delivered",
        /// To the sender: a transmission was rejected.
        Rejected = "rejected",
        /// To the sender: a recipient said what became of a delivery.
        Acknowledged = "acknowledged",
        /// To the recipient: the sender took a delivery back.
        Cancelled = "cancelled",
        /// To the recipient: a delivery has not been fetched, 3 days and 10 days after it was made.
        NotCollected = "not-collected",
        /// To both: a delivery was not acknowledged in 93 days, and its files are gone.
        Expired = "expired",
        /// To the office: its licence ends, 90, 30 and 7 days before its last day.
        LicenceEnding = "licence-ending",
    }
}

/// A notice: ids only, nothing of what was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Who is told.
    pub office: OfficeNumber,
    /// What.
    pub kind: NoticeKind,
    /// When it came about.
    #[serde(with = "time::serde_time")]
    pub at: Timestamp,
    /// Of what.
    #[serde(flatten)]
    pub about: About,
}

/// What it is that something came about of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum About {
    /// A delivery.
    Delivery {
        /// The transmission.
        transmission: TransmissionId,
        /// Whose delivery of it.
        recipient: OfficeNumber,
    },
    /// A transmission as its sender sees it.
    Transmission {
        /// The transmission.
        transmission: TransmissionId,
    },
    /// The office's licence.
    Licence {
        /// Its last day, Japanese calendar.
        until: Date,
    },
}

impl Notice {
    /// 32 hexadecimal digits, the same whenever this notice is made.
    pub fn id(&self) -> String {
        let Self { office, kind, at, about } = self;
        let digest = Sha256::digest(format!("{office}\n{kind}\n{}\n{about}", at.as_millisecond()));
        hex::encode(digest.get(..16).unwrap_or(&digest))
    }
}

impl About {
    /// The transmission, where it is about one.
    pub fn transmission(&self) -> Option<&TransmissionId> {
        match self {
            Self::Delivery { transmission, .. } | Self::Transmission { transmission } => Some(transmission),
            Self::Licence { .. } => None,
        }
    }

    /// Whose delivery, where it is about one.
    pub fn recipient(&self) -> Option<OfficeNumber> {
        match self {
            Self::Delivery { recipient, .. } => Some(*recipient),
            Self::Transmission { .. } | Self::Licence { .. } => None,
        }
    }

    /// The last day of the licence, where it is about one.
    pub fn until(&self) -> Option<Date> {
        match self {
            Self::Licence { until } => Some(*until),
            Self::Delivery { .. } | Self::Transmission { .. } => None,
        }
    }
}

/// As keys have it.
impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delivery { transmission, recipient } => write!(f, "{transmission}#{recipient}"),
            Self::Transmission { transmission } => write!(f, "{transmission}"),
            Self::Licence { until } => write!(f, "licence#{until}"),
        }
    }
}

impl NoticeKind {
    /// What happened and what to do, for developers.
    pub fn message(self) -> &'static str {
        self.texts().0
    }

    /// What happened and what to do, for the offices' staff.
    pub fn message_ja(self) -> &'static str {
        self.texts().1
    }

    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Delivered => (
                "A delivery has come into the inbox. Fetch it, and acknowledge what became of its import.",
                "受信箱にデータが届きました。受け取って、取り込みの結果をお知らせください。",
            ),
            Self::Rejected => (
                "A transmission was rejected; nothing of it was delivered. Its report says why. Mend the cause and send it as a new one.",
                "送信が差し戻されました。どの送信先にも届いていません。理由を確認し、原因を直して送り直してください。",
            ),
            Self::Acknowledged => (
                "A recipient said what became of a delivery's import. The transmission shows the outcome and the note.",
                "送信先から、取り込みの結果の報告がありました。結果とメモは、送信の詳細で確認してください。",
            ),
            Self::Cancelled => (
                "The sender took a delivery back, and its files are deleted. There is nothing to fetch or to acknowledge.",
                "送信元が送信を取り消したため、受信したデータを削除しました。受け取りも報告も不要です。",
            ),
            Self::NotCollected => (
                "A delivery waits in the inbox and has not been fetched. Fetch and acknowledge it.",
                "受信箱に、まだ受け取られていないデータがあります。受け取って、取り込みの結果をお知らせください。",
            ),
            Self::LicenceEnding => (
                "The office's licence ends on the day given, and none follows. Without one it can't send, nor be sent to. Apply for a new one.",
                "利用ライセンスの有効期限が近づいています。期限を過ぎると、送信も受信もできません。更新の手続きをしてください。",
            ),
            Self::Expired => (
                "A delivery was not acknowledged within 93 days, and its files are deleted. If they are still needed, have them sent again.",
                "受け取りの確認がないまま93日が過ぎたため、データを削除しました。必要な場合は、送信元の事業所から送り直してください。",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const T: &str = "0370100018-5ca1ab1e-0000-4000-8000-000000000001";

    fn notice(kind: NoticeKind, about: About) -> Notice {
        Notice { office: "0370100026".parse().unwrap(), kind, at: "2026-04-10T00:00:00Z".parse().unwrap(), about }
    }

    #[test]
    fn a_notice_holds_ids_and_says_what_to_do() {
        let (transmission, recipient): (TransmissionId, OfficeNumber) = (T.parse().unwrap(), "0370100026".parse().unwrap());
        let check = |about: About, more: serde_json::Value| {
            let notice = notice(NoticeKind::NotCollected, about);
            let json = serde_json::to_value(&notice).unwrap();
            let mut wanted = json!({"office": "0370100026", "kind": "not-collected", "at": "2026-04-10T09:00:00+09:00"});
            wanted.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            assert_eq!(json, wanted);
            assert_eq!(serde_json::from_value::<Notice>(json).unwrap(), notice);
        };
        check(About::Delivery { transmission: transmission.clone(), recipient }, json!({"transmission": T, "recipient": "0370100026"}));
        check(About::Transmission { transmission }, json!({"transmission": T}));
        check(About::Licence { until: "2027-03-31".parse().unwrap() }, json!({"until": "2027-03-31"}));
        for kind in NoticeKind::ALL {
            assert!(kind.message().ends_with('.') && kind.message_ja().ends_with('。'), "{kind}");
        }
    }

    #[test]
    fn an_id_is_one_notices_and_stays() {
        let until = |day: &str| About::Licence { until: day.parse().unwrap() };
        let one = notice(NoticeKind::NotCollected, until("2027-03-31"));
        let others = [
            notice(NoticeKind::Expired, until("2027-03-31")),
            notice(NoticeKind::NotCollected, until("2027-04-30")),
            Notice { office: "0370100018".parse().unwrap(), ..one.clone() },
            Notice { at: "2026-04-10T00:00:00.001Z".parse().unwrap(), ..one.clone() },
        ];
        assert_eq!((one.id(), one.id().len()), (one.clone().id(), 32));
        assert!(others.iter().all(|other| other.id() != one.id()));
    }
}
