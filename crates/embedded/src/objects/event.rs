//! The S3 event notification a write causes.
//!
//! Shape: "Event message structure", docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html,
//! version 2.1 of the record.

use serde_json::{Value, json};
use store::{event_time, form_encoded};
use uuid::Uuid;

use super::{EventSource, Version};

/// Which call stored the object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    Put,
    Copy,
    CompleteMultipartUpload,
}

/// The notification of one stored version.
pub(super) fn notification(source: &EventSource, cause: Cause, version: &Version) -> Value {
    let name = match cause {
        Cause::Put => "ObjectCreated:Put",
        Cause::Copy => "ObjectCreated:Copy",
        Cause::CompleteMultipartUpload => "ObjectCreated:CompleteMultipartUpload",
    };
    json!({"Records": [{
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": source.region,
        "eventTime": event_time(version.modified),
        "eventName": name,
        "userIdentity": {"principalId": "renkei"},
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "responseElements": {"x-amz-request-id": Uuid::new_v4().simple().to_string(), "x-amz-id-2": version.version_id},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "outbox",
            "bucket": {
                "name": source.bucket,
                "ownerIdentity": {"principalId": "renkei"},
                "arn": format!("arn:aws:s3:::{}", source.bucket),
            },
            "object": {
                "key": form_encoded(&version.key),
                "size": version.size,
                "eTag": version.etag,
                "versionId": version.version_id,
                "sequencer": format!("{:018X}", version.seq),
            },
        },
    }]})
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn keys_are_form_encoded_as_in_the_events_of_s3() {
        let check = |key: &str, encoded: &str| assert_eq!(form_encoded(key), encoded);
        check("outbox/0370100018/a.csv", "outbox/0370100018/a.csv");
        check("outbox/a b+c", "outbox/a+b%2Bc");
        check("outbox/提供票.CSV", "outbox/%E6%8F%90%E4%BE%9B%E7%A5%A8.CSV");
        check("a=b&c%20", "a%3Db%26c%2520");
    }

    #[test]
    fn the_time_has_milliseconds() {
        assert_eq!(event_time(Timestamp::from_millisecond(1_775_779_200_007).unwrap()), "2026-04-10T00:00:00.007Z");
        assert_eq!(event_time(Timestamp::from_second(1_775_779_200).unwrap()), "2026-04-10T00:00:00.000Z");
    }
}
