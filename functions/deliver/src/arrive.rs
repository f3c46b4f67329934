//! Step 1: what arrived? From a message's body to the objects that were stored.

use aws_lambda_events::s3::{S3Event, S3EventRecord};
use exchange::{OutboxKey, keys};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use standard::OfficeNumber;
use store::TransmissionRecord;

/// An object that was stored under `outbox/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Its key. May hold anything the office wrote: never logged.
    pub key: String,
    /// Whose outbox it lies in.
    pub office: OfficeNumber,
    /// The same, where the key is one that an office may use (no empty, `.` or `..` segment).
    pub prefix: Option<OfficeNumber>,
    /// The version stored; none where the event doesn't say (then the newest is taken and pinned).
    pub version: Option<String>,
    /// When it was stored: the event's time.
    pub stored_at: Timestamp,
}

/// A body that is no S3 notification. It comes again and ends in the dead-letter queue, where an operator looks at it.
#[derive(Debug, thiserror::Error)]
pub enum MalformedEvent {
    /// Not JSON, or not of this shape. The parser's words are left out: they may quote the body.
    #[error("the message's body is not an S3 event notification")]
    NotANotification,
    /// A key that is not form-encoded UTF-8.
    #[error("an object key in the event is not form-encoded UTF-8")]
    Key,
    /// A time that no calendar has.
    #[error("an event time is out of range")]
    Time,
}

/// The objects of `outbox/` that a message's body tells of: none for S3's test event and for what isn't ours.
///
/// Source: AWS, "Event message structure" (S3 User Guide); keys are form-encoded there: `+` is a space.
///
/// Each record by itself: what is wrong with one holds up no other.
///
/// # Errors
/// A body that is no notification.
pub fn arrivals(body: &str) -> Result<Vec<Result<Arrival, MalformedEvent>>, MalformedEvent> {
    let value: serde_json::Value = serde_json::from_str(body).map_err(|_| MalformedEvent::NotANotification)?;
    if value.get("Event").and_then(serde_json::Value::as_str) == Some("s3:TestEvent") {
        return Ok(Vec::new());
    }
    let event: S3Event = serde_json::from_value(value).map_err(|_| MalformedEvent::NotANotification)?;
    Ok(event.records.into_iter().filter_map(|record| arrival(record).transpose()).collect())
}

fn arrival(record: S3EventRecord) -> Result<Option<Arrival>, MalformedEvent> {
    if !record.event_name.as_deref().is_some_and(|name| name.trim_start_matches("s3:").starts_with("ObjectCreated:")) {
        return Ok(None);
    }
    let encoded = record.s3.object.key.ok_or(MalformedEvent::NotANotification)?.replace('+', " ");
    let key = percent_decode_str(&encoded).decode_utf8().map_err(|_| MalformedEvent::Key)?.into_owned();
    let Some(office) = keys::outbox_owner(&key) else {
        tracing::warn!(object = keys::object_digest(&key, ""), "an object outside every office's outbox is ignored");
        return Ok(None);
    };
    let stored_at = Timestamp::from_millisecond(record.event_time.timestamp_millis()).map_err(|_| MalformedEvent::Time)?;
    let prefix = OutboxKey::parse(&key).map(|parsed| parsed.office);
    let version = record.s3.object.version_id.filter(|version| !version.is_empty());
    Ok(Some(Arrival { key, office, prefix, version, stored_at }))
}

impl Arrival {
    /// The same arrival, its version known.
    pub(crate) fn pinned(&self, version: &str) -> Self {
        Self { version: Some(version.to_owned()), ..self.clone() }
    }

    /// When it was stored: as the transmission's row has it from the first event that was seen, or as this event says.
    pub(crate) fn first_stored_at(&self, row: Option<&TransmissionRecord>) -> Timestamp {
        let version = self.version.as_deref().unwrap_or_default();
        row.and_then(|row| row.stored_at_of(&self.key, version)).unwrap_or(self.stored_at)
    }

    /// What names the object in logs and reports: a digest of key and version.
    pub fn digest(&self) -> String {
        keys::object_digest(&self.key, self.version.as_deref().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(name: &str, key: &str) -> String {
        format!(
            r#"{{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"ap-northeast-1","eventTime":"2026-04-10T00:00:00.123Z","eventName":"{name}",
            "userIdentity":{{"principalId":"x"}},"requestParameters":{{"sourceIPAddress":"127.0.0.1"}},"responseElements":{{}},
            "s3":{{"s3SchemaVersion":"1.0","bucket":{{"name":"b"}},"object":{{"key":"{key}","size":1,"eTag":"e","versionId":"v1","sequencer":"1"}}}}}}"#
        )
    }

    fn keys_of(records: &[String]) -> Vec<String> {
        let body = format!(r#"{{"Records":[{}]}}"#, records.join(","));
        arrivals(&body).unwrap().into_iter().map(|arrival| arrival.unwrap().key).collect()
    }

    #[test]
    fn keys_are_form_decoded() {
        let check = |encoded: &str, key: &str| assert_eq!(keys_of(&[record("ObjectCreated:Put", encoded)]), [key], "{encoded}");
        check("outbox/0370100018/a.csv", "outbox/0370100018/a.csv");
        check("outbox/0370100018/a+b.csv", "outbox/0370100018/a b.csv");
        check("outbox/0370100018/a%2Bb.csv", "outbox/0370100018/a+b.csv");
        check("outbox/0370100018/%E8%A8%88%E7%94%BB.pdf", "outbox/0370100018/計画.pdf");
        check("outbox/0370100018/%2e%2e/b", "outbox/0370100018/../b");
    }

    #[test]
    fn a_message_may_hold_several_records_or_none_of_ours() {
        let put = |key| record("ObjectCreated:Put", key);
        assert_eq!(keys_of(&[put("outbox/0370100018/a"), record("ObjectCreated:CompleteMultipartUpload", "outbox/0370100018/b")]).len(), 2);
        assert!(
            keys_of(&[record("ObjectRemoved:Delete", "outbox/0370100018/a"), put("inbox/0370100018/T/a"), put("outbox/nobody/a")])
                .is_empty()
        );
        assert!(
            arrivals(r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-04-10T00:00:00.000Z","Bucket":"b"}"#)
                .unwrap()
                .is_empty()
        );
        assert!(arrivals(r#"{"Records":[]}"#).unwrap().is_empty());
    }

    #[test]
    fn a_key_no_office_may_use_is_known_for_one() {
        let body = format!(r#"{{"Records":[{}]}}"#, record("ObjectCreated:Put", "outbox/0370100018/a/../b"));
        let found = arrivals(&body).unwrap().remove(0).unwrap();
        assert_eq!(found.prefix, None);
        assert_eq!(found.office.as_str(), "0370100018");
    }

    #[test]
    fn a_body_that_is_no_notification_is_an_error_that_quotes_nothing() {
        for body in
            ["", "{", "[]", "null", r#"{"Records":{}}"#, r#"{"Records":[{"secret":"name"}]}"#, r#"{"Records":[{"eventTime":"secret"}]}"#]
        {
            let error = arrivals(body).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_record_that_is_wrong_holds_up_no_other() {
        let put = |key| record("ObjectCreated:Put", key);
        let body = format!(r#"{{"Records":[{},{}]}}"#, put("outbox/0370100018/%ff"), put("outbox/0370100018/a"));
        let found = arrivals(&body).unwrap();
        assert!(matches!(found[0], Err(MalformedEvent::Key)));
        assert_eq!(found[1].as_ref().unwrap().key, "outbox/0370100018/a");
    }
}
