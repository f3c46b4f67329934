//! A notice as it is sent: an event in CloudEvents 1.0, JSON format.

use jiff::Timestamp;
use serde::Serialize;
use standard::OfficeNumber;

use crate::{Notice, NoticeView, time};

/// The media type of one event in structured mode (CloudEvents HTTP Protocol Binding 1.0, §3.2).
pub const CLOUD_EVENT: &str = "application/cloudevents+json";

/// What every type of event begins with; the notice's kind follows.
const TYPE: &str = "jp.renkei.notice.";

/// An event (CloudEvents 1.0, §3.1): `{"specversion","id","source","type","subject","time","datacontenttype","data"}`.
#[derive(Clone, Debug, Serialize)]
pub struct CloudEvent<'a> {
    specversion: &'static str,
    /// The notice's id: an event that was seen with it before is the same.
    pub id: String,
    /// Where the API is reached: ids are unique within it.
    source: &'a str,
    /// `jp.renkei.notice.` and the notice's kind.
    #[serde(rename = "type")]
    pub kind: String,
    /// Who is told.
    subject: OfficeNumber,
    /// When it came about.
    #[serde(with = "time::serde_time")]
    pub time: Timestamp,
    datacontenttype: &'static str,
    /// The notice as the API lists it.
    data: NoticeView,
}

impl<'a> CloudEvent<'a> {
    /// The event that tells of this notice.
    pub fn of(notice: &Notice, source: &'a str) -> CloudEvent<'a> {
        let data = NoticeView::of(notice);
        CloudEvent {
            specversion: "1.0",
            id: data.id.clone(),
            source,
            kind: format!("{TYPE}{}", notice.kind),
            subject: notice.office,
            time: notice.at,
            datacontenttype: "application/json",
            data,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{About, NoticeKind};

    #[test]
    fn an_event_says_whom_it_tells_of_what_and_holds_the_notice_as_it_is_listed() {
        let transmission = "0370100018-5ca1ab1e-0000-4000-8000-000000000001";
        let (office, kind) = ("0370100026".parse().unwrap(), NoticeKind::NotCollected);
        let about = About::Delivery { transmission: transmission.parse().unwrap(), recipient: office };
        let notice = Notice { office, kind, at: "2026-04-13T00:00:00.123Z".parse().unwrap(), about };
        let event = serde_json::to_value(CloudEvent::of(&notice, "https://api.example")).unwrap();
        assert_eq!(
            event,
            json!({
                "specversion": "1.0", "id": notice.id(), "source": "https://api.example", "type": "jp.renkei.notice.not-collected",
                "subject": "0370100026", "time": "2026-04-13T09:00:00+09:00", "datacontenttype": "application/json",
                "data": {
                    "id": notice.id(), "kind": "not-collected", "at": "2026-04-13T09:00:00+09:00", "transmission": transmission,
                    "recipient": "0370100026", "until": null, "message": kind.message(), "message_ja": kind.message_ja(),
                },
            })
        );
        // CloudEvents 1.0 §3: attributes are named in lower case and digits; those that must be there are no empty texts
        assert!(event.as_object().unwrap().keys().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase())));
        assert!(["id", "source", "specversion", "type"].iter().all(|name| event[name].as_str().is_some_and(|text: &str| !text.is_empty())));
        assert_eq!(event["data"], serde_json::to_value(NoticeView::of(&notice)).unwrap_or(Value::Null));
    }
}
