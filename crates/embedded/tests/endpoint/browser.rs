use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;
use reqwest::Method;

use crate::place::{BUCKET, OFFICE, ORIGIN, Place};

#[tokio::test]
async fn a_page_of_the_portals_origin_may_upload() {
    let place = Place::new().await;
    let url = format!("{}/{BUCKET}/outbox/{OFFICE}/a", place.url);
    let asked = reqwest::Client::new()
        .request(Method::OPTIONS, &url)
        .header("origin", ORIGIN)
        .header("access-control-request-method", "PUT")
        .header("access-control-request-headers", "x-amz-meta-manifest,x-amz-checksum-sha256");
    let asked = asked.send().await.unwrap();
    assert_eq!(asked.status(), 200);
    assert_eq!(asked.headers()["access-control-allow-origin"], ORIGIN);
    assert_eq!(asked.headers()["access-control-allow-methods"], "GET,PUT,HEAD,POST,DELETE");
    assert_eq!(asked.headers()["access-control-allow-headers"], "x-amz-meta-manifest,x-amz-checksum-sha256");
    let soon = PresigningConfig::expires_in(Duration::from_secs(60)).unwrap();
    let put = place.office(OFFICE).put_object().bucket(BUCKET).key(format!("outbox/{OFFICE}/a")).presigned(soon).await.unwrap();
    let sent = reqwest::Client::new().put(put.uri()).header("origin", ORIGIN).body("hello").send().await.unwrap();
    assert_eq!(sent.status(), 200);
    assert_eq!(sent.headers()["access-control-allow-origin"], ORIGIN);
    let exposed = sent.headers()["access-control-expose-headers"].to_str().unwrap();
    for name in ["etag", "x-amz-version-id", "x-amz-checksum-sha256"] {
        assert!(exposed.contains(name), "{exposed}");
    }
}
