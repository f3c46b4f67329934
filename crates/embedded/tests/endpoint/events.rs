use serde_json::json;

use crate::place::{BUCKET, NOW, Place, REGION};

#[tokio::test]
async fn a_write_under_the_prefix_makes_one_genuine_event() {
    let place = Place::new().await;
    let version = place.put("outbox/0370100018/提供 票+1.csv", "hello").await;
    place.put("inbox/0370100018/x", "hello").await;
    place.put("outbox", "hello").await;
    let events = place.events().await;
    assert_eq!(events.len(), 1);
    let record = &events[0]["Records"][0];
    assert_eq!(record["eventVersion"], "2.1");
    assert_eq!(record["eventSource"], "aws:s3");
    assert_eq!(record["awsRegion"], REGION);
    assert_eq!(record["eventTime"], NOW);
    assert_eq!(record["eventName"], "ObjectCreated:Put");
    assert_eq!(record["s3"]["bucket"]["name"], BUCKET);
    assert_eq!(record["s3"]["bucket"]["arn"], format!("arn:aws:s3:::{BUCKET}"));
    let object = &record["s3"]["object"];
    let expected = json!({
        "key": "outbox/0370100018/%E6%8F%90%E4%BE%9B+%E7%A5%A8%2B1.csv",
        "size": 5,
        "eTag": "5d41402abc4b2a76b9719d911017c592",
        "versionId": version,
        "sequencer": object["sequencer"],
    });
    assert_eq!(*object, expected);
}

#[tokio::test]
async fn copies_into_the_prefix_make_events_and_deletions_none() {
    let place = Place::new().await;
    place.put("s", "hello").await;
    let copy = place.operator.copy_object().bucket(BUCKET).key("outbox/0370100018/t").copy_source(format!("{BUCKET}/s"));
    copy.send().await.unwrap();
    place.operator.delete_object().bucket(BUCKET).key("outbox/0370100018/t").send().await.unwrap();
    let events = place.events().await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["Records"][0]["eventName"], "ObjectCreated:Copy");
}

#[tokio::test]
async fn sequencers_rise_with_the_versions_of_a_key() {
    let place = Place::new().await;
    for _ in 0..12 {
        place.put("outbox/0370100018/a", "x").await;
    }
    let events = place.events().await;
    let sequencers: Vec<&str> = events.iter().filter_map(|event| event["Records"][0]["s3"]["object"]["sequencer"].as_str()).collect();
    assert_eq!(sequencers.len(), 12);
    assert!(sequencers.is_sorted_by(|one, next| one < next));
}
