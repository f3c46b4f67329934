//! A notice as its office sees it.

use jiff::Timestamp;
use serde::Serialize;

use crate::{Notice, time};

/// A notice: ids only, nothing of what was sent.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoticeView {
    /// The same wherever this notice is seen.
    pub id: String,
    /// What came about: `delivered`, `rejected`, `acknowledged`, `cancelled`, `not-collected`, `expired`, `licence-ending`. There may be others.
    #[cfg_attr(feature = "openapi", schema(example = "delivered"))]
    pub kind: String,
    /// When.
    #[serde(with = "time::serde_time")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// The transmission it is about; null where it is about none.
    pub transmission: Option<String>,
    /// Whose delivery of it; null where it is about none.
    pub recipient: Option<String>,
    /// The last day of the licence it is about, Japanese calendar; null where it is about none.
    #[cfg_attr(feature = "openapi", schema(format = Date))]
    pub until: Option<String>,
    /// What happened and what to do.
    pub message: &'static str,
    /// The same in Japanese.
    pub message_ja: &'static str,
}

impl NoticeView {
    /// What the office sees of it.
    pub fn of(notice: &Notice) -> NoticeView {
        NoticeView {
            id: notice.id(),
            kind: notice.kind.to_string(),
            at: notice.at,
            transmission: notice.about.transmission().map(ToString::to_string),
            recipient: notice.about.recipient().map(|recipient| recipient.to_string()),
            until: notice.about.until().map(|until| until.to_string()),
            message: notice.kind.message(),
            message_ja: notice.kind.message_ja(),
        }
    }
}
