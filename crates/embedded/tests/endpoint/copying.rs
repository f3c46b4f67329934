use std::collections::HashMap;

use aws_sdk_s3::operation::copy_object::builders::CopyObjectFluentBuilder;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumMode, MetadataDirective, TaggingDirective};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::future::join_all;
use sha2::{Digest as _, Sha256};

use crate::place::{BUCKET, Place, answer};

const HELLO: &str = "\"5d41402abc4b2a76b9719d911017c592\"";

fn copy(place: &Place, source: &str, key: &str) -> CopyObjectFluentBuilder {
    place.operator.copy_object().bucket(BUCKET).key(key).copy_source(format!("{BUCKET}/{source}"))
}

async fn source(place: &Place) -> String {
    let put = place.operator.put_object().bucket(BUCKET).key("s").metadata("manifest", "m").content_type("text/csv").tagging("a=b");
    put.body(ByteStream::from_static(b"hello")).send().await.unwrap().version_id.unwrap()
}

#[tokio::test]
async fn the_version_that_was_named_is_copied_and_nothing_of_its_headers_when_replaced() {
    let place = Place::new().await;
    let old = source(&place).await;
    place.put("s", "newer").await;
    let copied = copy(&place, &format!("s?versionId={old}"), "t")
        .metadata_directive(MetadataDirective::Replace)
        .tagging_directive(TaggingDirective::Replace)
        .metadata("own", "yes")
        .checksum_algorithm(ChecksumAlgorithm::Sha256)
        .send()
        .await
        .unwrap();
    assert_eq!(copied.copy_source_version_id(), Some(old.as_str()));
    let sha256 = STANDARD.encode(Sha256::digest(b"hello"));
    assert_eq!(copied.copy_object_result().unwrap().checksum_sha256(), Some(sha256.as_str()));
    let head = place.operator.head_object().bucket(BUCKET).key("t").checksum_mode(ChecksumMode::Enabled).send().await.unwrap();
    assert_eq!(head.checksum_sha256(), Some(sha256.as_str()));
    assert_eq!(head.metadata(), Some(&HashMap::from([("own".to_owned(), "yes".to_owned())])));
    assert_eq!(head.content_type(), Some("binary/octet-stream"));
    assert_eq!(head.e_tag(), Some(HELLO));
    let tags = place.operator.get_object_tagging().bucket(BUCKET).key("t").send().await.unwrap();
    assert!(tags.tag_set().is_empty());
    assert_eq!(place.text("t").await, "hello");
}

#[tokio::test]
async fn without_a_directive_all_of_the_source_travels() {
    let place = Place::new().await;
    source(&place).await;
    copy(&place, "s", "t").metadata("own", "ignored").send().await.unwrap();
    let head = place.operator.head_object().bucket(BUCKET).key("t").send().await.unwrap();
    assert_eq!(head.metadata(), Some(&HashMap::from([("manifest".to_owned(), "m".to_owned())])));
    assert_eq!(head.content_type(), Some("text/csv"));
    let tags = place.operator.get_object_tagging().bucket(BUCKET).key("t").send().await.unwrap();
    assert_eq!(tags.tag_set().len(), 1);
}

#[tokio::test]
async fn copies_keep_their_conditions() {
    let place = Place::new().await;
    source(&place).await;
    let refused = "412 PreconditionFailed";
    assert_eq!(answer(copy(&place, "s", "t").copy_source_if_match("\"x\"").send().await), refused);
    assert_eq!(answer(copy(&place, "s", "t").copy_source_if_none_match(HELLO).send().await), refused);
    assert_eq!(answer(copy(&place, "s", "t").copy_source_if_match(HELLO).if_none_match("*").send().await), "OK");
    assert_eq!(answer(copy(&place, "s", "t").if_none_match("*").send().await), refused);
    assert_eq!(answer(copy(&place, "s", "t").if_match("\"x\"").send().await), refused);
    assert_eq!(answer(copy(&place, "s", "t").if_match(HELLO).send().await), "OK");
    assert_eq!(answer(copy(&place, "s", "s").send().await), "400 InvalidRequest");
    assert_eq!(answer(copy(&place, "none", "t").send().await), "404 NoSuchKey");
    assert_eq!(answer(copy(&place, "s?versionId=0", "t").send().await), "404 NoSuchVersion");
}

#[tokio::test]
async fn of_twelve_racing_create_only_copies_exactly_one_wins() {
    let place = Place::new().await;
    source(&place).await;
    let attempts = (0..12).map(|_| copy(&place, "s", "inbox/t").if_none_match("*").send());
    let answers: Vec<String> = join_all(attempts).await.into_iter().map(answer).collect();
    assert_eq!(answers.iter().filter(|answer| *answer == "OK").count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| *answer == "412 PreconditionFailed").count(), 11, "{answers:?}");
}

#[tokio::test]
async fn a_copy_shares_the_bytes_and_outlives_its_source() {
    let place = Place::new().await;
    let version = source(&place).await;
    let copied = copy(&place, "s", "t").send().await.unwrap();
    assert_eq!(place.blobs(), 1);
    place.operator.delete_object().bucket(BUCKET).key("s").version_id(version).send().await.unwrap();
    assert_eq!(place.text("t").await, "hello");
    place.operator.delete_object().bucket(BUCKET).key("t").version_id(copied.version_id().unwrap()).send().await.unwrap();
    assert_eq!(place.blobs(), 0);
}
