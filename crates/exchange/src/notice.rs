//! What an office is told of that no listing of its own shows.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use standard::OfficeNumber;

use crate::state::named;
use crate::{TransmissionId, time};

named! {
    /// What a notice is about.
    NoticeKind ("kind of notice") {
        /// To the recipient: a delivery has not been fetched, 3 days and 10 days after it was made.
        NotCollected = "not-collected",
        /// To both: a delivery was not acknowledged in 93 days, and its files are gone.
        Expired = "expired",
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
    /// The transmission.
    pub transmission: TransmissionId,
    /// Whose delivery of it.
    pub recipient: OfficeNumber,
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
            Self::NotCollected => (
                "A delivery waits in the inbox and has not been fetched. Fetch and acknowledge it.",
                "受信箱に、まだ受け取られていないデータがあります。受け取って、取り込みの結果をお知らせください。",
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
    use super::*;

    #[test]
    fn a_notice_holds_ids_and_says_what_to_do() {
        let notice = Notice {
            office: "0370100026".parse().unwrap(),
            kind: NoticeKind::NotCollected,
            at: "2026-04-10T00:00:00Z".parse().unwrap(),
            transmission: "0370100018-5ca1ab1e-0000-4000-8000-000000000001".parse().unwrap(),
            recipient: "0370100026".parse().unwrap(),
        };
        let json = serde_json::to_value(&notice).unwrap();
        let wanted = serde_json::json!({"office": "0370100026", "kind": "not-collected", "at": "2026-04-10T09:00:00+09:00",
            "transmission": "0370100018-5ca1ab1e-0000-4000-8000-000000000001", "recipient": "0370100026"});
        assert_eq!(json, wanted);
        assert_eq!(serde_json::from_value::<Notice>(json).unwrap(), notice);
        for kind in NoticeKind::ALL {
            assert!(kind.message().ends_with('.') && kind.message_ja().ends_with("ください。"), "{kind}");
        }
    }
}
