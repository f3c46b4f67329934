use aws_sdk_s3::primitives::{ByteStream, DateTime};

use crate::place::{BUCKET, Place, answer};

const HELLO: &str = "\"5d41402abc4b2a76b9719d911017c592\"";

#[tokio::test]
async fn versions_are_read_by_their_id() {
    let place = Place::new().await;
    let (one, two) = (place.put("a", "one").await, place.put("a", "two").await);
    assert_eq!(place.text("a").await, "two");
    for (id, text) in [(one, "one"), (two, "two")] {
        let object = place.operator.get_object().bucket(BUCKET).key("a").version_id(id).send().await.unwrap();
        assert_eq!(object.body.collect().await.unwrap().to_vec(), text.as_bytes());
    }
    let get = |key: &'static str, id: &'static str| place.operator.get_object().bucket(BUCKET).key(key).version_id(id).send();
    assert_eq!(answer(get("a", "00000000000000000000000000000000").await), "404 NoSuchVersion");
    assert_eq!(answer(place.operator.get_object().bucket(BUCKET).key("b").send().await), "404 NoSuchKey");
    assert!(answer(place.operator.head_object().bucket(BUCKET).key("b").send().await).starts_with("404"));
}

#[tokio::test]
async fn ranges_are_read_as_http_says() {
    let place = Place::new().await;
    place.put("a", "0123456789").await;
    place.put("empty", "").await;
    let check = async |key: &'static str, range: &'static str, expected: Result<(&str, &str), &str>| {
        let found = place.operator.get_object().bucket(BUCKET).key(key).range(range).send().await;
        match expected {
            Ok((body, content_range)) => {
                let found = found.unwrap();
                assert_eq!(found.content_range(), Some(content_range), "{range}");
                assert_eq!(found.body.collect().await.unwrap().to_vec(), body.as_bytes(), "{range}");
            }
            Err(code) => assert_eq!(answer(found), code, "{range}"),
        }
    };
    check("a", "bytes=0-3", Ok(("0123", "bytes 0-3/10"))).await;
    check("a", "bytes=4-", Ok(("456789", "bytes 4-9/10"))).await;
    check("a", "bytes=-3", Ok(("789", "bytes 7-9/10"))).await;
    check("a", "bytes=8-100", Ok(("89", "bytes 8-9/10"))).await;
    check("a", "bytes=-100", Ok(("0123456789", "bytes 0-9/10"))).await;
    check("a", "bytes=10-", Err("416 InvalidRange")).await;
    check("empty", "bytes=0-", Err("416 InvalidRange")).await;
    let head = place.operator.head_object().bucket(BUCKET).key("a").range("bytes=2-4").send().await.unwrap();
    assert_eq!((head.content_length(), head.content_range()), (Some(3), Some("bytes 2-4/10")));
}

#[tokio::test]
async fn reads_keep_their_conditions() {
    let place = Place::new().await;
    place.put("a", "hello").await;
    let get = || place.operator.get_object().bucket(BUCKET).key("a");
    let (stored, before) = (DateTime::from_secs(1_775_779_200), DateTime::from_secs(1_775_779_199));
    assert_eq!(answer(get().if_match(HELLO).send().await), "OK");
    assert_eq!(answer(get().if_match("\"x\"").send().await), "412 PreconditionFailed");
    assert_eq!(answer(get().if_none_match("\"x\"").send().await), "OK");
    assert!(answer(get().if_none_match(HELLO).send().await).starts_with("304"));
    assert!(answer(get().if_modified_since(stored).send().await).starts_with("304"));
    assert_eq!(answer(get().if_modified_since(before).send().await), "OK");
    assert_eq!(answer(get().if_unmodified_since(stored).send().await), "OK");
    assert_eq!(answer(get().if_unmodified_since(before).send().await), "412 PreconditionFailed");
    assert_eq!(answer(get().if_match(HELLO).if_unmodified_since(before).send().await), "OK");
    assert!(answer(place.operator.head_object().bucket(BUCKET).key("a").if_none_match(HELLO).send().await).starts_with("304"));
}

#[tokio::test]
async fn a_large_object_streams_through_whole() {
    let place = Place::new().await;
    let body: Vec<u8> = (0_u32..5_000_000).flat_map(|number| number.to_le_bytes()).collect();
    place.operator.put_object().bucket(BUCKET).key("large").body(ByteStream::from(body.clone())).send().await.unwrap();
    let found = place.operator.get_object().bucket(BUCKET).key("large").send().await.unwrap();
    assert_eq!(found.content_length(), Some(20_000_000));
    assert!(found.body.collect().await.unwrap().to_vec() == body);
}

#[tokio::test]
async fn the_query_may_name_the_response_headers() {
    let place = Place::new().await;
    place.put("a", "hello").await;
    let get = place.operator.get_object().bucket(BUCKET).key("a").response_content_disposition("attachment; filename=x");
    let found = get.response_content_type("text/plain").send().await.unwrap();
    assert_eq!(found.content_disposition(), Some("attachment; filename=x"));
    assert_eq!(found.content_type(), Some("text/plain"));
}
