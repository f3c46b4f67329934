use std::collections::HashMap;

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumMode, ServerSideEncryption, StorageClass};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::future::join_all;
use sha2::{Digest as _, Sha256};

use crate::place::{BUCKET, Place, answer};

#[tokio::test]
async fn what_is_put_is_read_back_with_what_was_said_about_it() {
    let place = Place::new().await;
    let put = place
        .operator
        .put_object()
        .bucket(BUCKET)
        .key("outbox/0370100018/提供 票+1.csv")
        .metadata("manifest", "a.b.c")
        .content_type("text/csv")
        .content_disposition("attachment")
        .cache_control("no-store")
        .tagging("kind=plan&month=4")
        .body(ByteStream::from_static(b"hello"));
    let put = put.send().await.unwrap();
    assert_eq!(put.e_tag(), Some("\"5d41402abc4b2a76b9719d911017c592\""));
    let head = place.operator.head_object().bucket(BUCKET).key("outbox/0370100018/提供 票+1.csv").send().await.unwrap();
    assert_eq!(head.metadata(), Some(&HashMap::from([("manifest".to_owned(), "a.b.c".to_owned())])));
    assert_eq!(head.content_type(), Some("text/csv"));
    assert_eq!(head.content_disposition(), Some("attachment"));
    assert_eq!(head.cache_control(), Some("no-store"));
    assert_eq!(head.content_encoding(), None);
    assert_eq!(head.content_length(), Some(5));
    assert_eq!(head.version_id(), put.version_id());
    assert_eq!(head.last_modified().unwrap().secs(), 1_775_779_200);
    let tags = place.operator.get_object_tagging().bucket(BUCKET).key("outbox/0370100018/提供 票+1.csv").send().await.unwrap();
    assert_eq!(tags.tag_set().len(), 2);
    assert_eq!(place.text("outbox/0370100018/提供 票+1.csv").await, "hello");
}

/// As some SDKs presign.
#[tokio::test]
async fn headers_that_travel_in_the_signed_query_count() {
    let place = Place::new().await;
    let put = async |query: &'static str| {
        let put = place.operator.put_object().bucket(BUCKET).key("a").body(ByteStream::from_static(b"hello")).customize();
        let put = put.mutate_request(move |request| {
            let uri = format!("{}&{query}", request.uri());
            request.set_uri(uri).unwrap();
        });
        answer(put.send().await)
    };
    assert_eq!(put("x-amz-meta-Manifest=a.b.c").await, "OK");
    let head = place.operator.head_object().bucket(BUCKET).key("a").send().await.unwrap();
    assert_eq!(head.metadata(), Some(&HashMap::from([("manifest".to_owned(), "a.b.c".to_owned())])));
    assert_eq!(put("x-amz-checksum-sha256=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D").await, "400 BadDigest");
    assert_eq!(put("X-Amz-Storage-Class=GLACIER").await, "403 AccessDenied");
}

#[tokio::test]
async fn of_twelve_racing_create_only_writers_exactly_one_wins() {
    let place = Place::new().await;
    let attempts = (0..12).map(|writer: u8| {
        let put = place.operator.put_object().bucket(BUCKET).key("inbox/a").if_none_match("*");
        put.body(vec![writer; 100_000].into()).send()
    });
    let answers: Vec<String> = join_all(attempts).await.into_iter().map(answer).collect();
    assert_eq!(answers.iter().filter(|answer| *answer == "OK").count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| *answer == "412 PreconditionFailed").count(), 11, "{answers:?}");
    assert_eq!(place.blobs(), 1);
}

#[tokio::test]
async fn a_create_only_write_succeeds_again_once_the_key_is_deleted() {
    let place = Place::new().await;
    let create = || place.operator.put_object().bucket(BUCKET).key("a").if_none_match("*").body(ByteStream::from_static(b"1")).send();
    assert_eq!(answer(create().await), "OK");
    assert_eq!(answer(create().await), "412 PreconditionFailed");
    place.operator.delete_object().bucket(BUCKET).key("a").send().await.unwrap();
    assert_eq!(answer(create().await), "OK");
}

#[tokio::test]
async fn a_conditional_overwrite_needs_the_newest_etag() {
    let place = Place::new().await;
    let over =
        |etag: &'static str| place.operator.put_object().bucket(BUCKET).key("a").if_match(etag).body(ByteStream::from_static(b"2")).send();
    assert_eq!(answer(over("\"5d41402abc4b2a76b9719d911017c592\"").await), "404 NoSuchKey");
    place.put("a", "hello").await;
    assert_eq!(answer(over("\"00000000000000000000000000000000\"").await), "412 PreconditionFailed");
    assert_eq!(place.text("a").await, "hello");
    assert_eq!(answer(over("\"5d41402abc4b2a76b9719d911017c592\"").await), "OK");
    assert_eq!(place.text("a").await, "2");
}

#[tokio::test]
async fn every_checksum_algorithm_is_verified_stored_and_shown() {
    let place = Place::new().await;
    for algorithm in [
        ChecksumAlgorithm::Crc32,
        ChecksumAlgorithm::Crc32C,
        ChecksumAlgorithm::Crc64Nvme,
        ChecksumAlgorithm::Sha1,
        ChecksumAlgorithm::Sha256,
    ] {
        let put = place.operator.put_object().bucket(BUCKET).key("a").checksum_algorithm(algorithm.clone());
        let put = put.body(ByteStream::from_static(b"hello")).send().await.unwrap();
        let head = place.operator.head_object().bucket(BUCKET).key("a").checksum_mode(ChecksumMode::Enabled).send().await.unwrap();
        let (shown, stored) = match algorithm {
            ChecksumAlgorithm::Crc32 => (put.checksum_crc32(), head.checksum_crc32()),
            ChecksumAlgorithm::Crc32C => (put.checksum_crc32_c(), head.checksum_crc32_c()),
            ChecksumAlgorithm::Crc64Nvme => (put.checksum_crc64_nvme(), head.checksum_crc64_nvme()),
            ChecksumAlgorithm::Sha1 => (put.checksum_sha1(), head.checksum_sha1()),
            _ => (put.checksum_sha256(), head.checksum_sha256()),
        };
        assert!(shown.is_some(), "{algorithm:?}");
        assert_eq!(shown, stored, "{algorithm:?}");
    }
}

#[tokio::test]
async fn a_file_that_is_streamed_with_its_checksum_behind_it_is_stored_plain() {
    let place = Place::new().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), vec![b'x'; 300_000]).unwrap();
    let body = ByteStream::from_path(file.path()).await.unwrap();
    place.operator.put_object().bucket(BUCKET).key("a").checksum_algorithm(ChecksumAlgorithm::Sha256).body(body).send().await.unwrap();
    let head = place.operator.head_object().bucket(BUCKET).key("a").checksum_mode(ChecksumMode::Enabled).send().await.unwrap();
    assert_eq!((head.content_length(), head.content_encoding()), (Some(300_000), None));
    assert_eq!(head.checksum_sha256(), Some(STANDARD.encode(Sha256::digest(vec![b'x'; 300_000])).as_str()));
    assert!(place.text("a").await == "x".repeat(300_000));
}

#[tokio::test]
async fn a_body_that_does_not_fit_its_digest_replaces_nothing() {
    let place = Place::new().await;
    let put = || place.operator.put_object().bucket(BUCKET).key("outbox/0370100018/a").body(ByteStream::from_static(b"new"));
    place.put("outbox/0370100018/a", "old").await;
    let wrong = STANDARD.encode(Sha256::digest(b"something else"));
    assert_eq!(answer(put().checksum_sha256(&wrong).send().await), "400 BadDigest");
    assert_eq!(answer(put().checksum_crc32("AAAAAA==").send().await), "400 BadDigest");
    assert_eq!(answer(put().checksum_crc64_nvme("AAAAAAAAAAA=").send().await), "400 BadDigest");
    assert_eq!(answer(put().content_md5("AAAAAAAAAAAAAAAAAAAAAA==").send().await), "400 BadDigest");
    assert_eq!(answer(put().content_md5("not base64").send().await), "400 InvalidDigest");
    assert_eq!(place.text("outbox/0370100018/a").await, "old");
    assert_eq!(place.events().await.len(), 1);
    assert_eq!(place.blobs(), 1);
    let right = STANDARD.encode(Sha256::digest(b"new"));
    assert_eq!(answer(put().checksum_sha256(&right).content_md5("IqKQ8uniV/EKXm+FAnSw3g==").send().await), "400 BadDigest");
    assert_eq!(answer(put().checksum_sha256(&right).send().await), "OK");
    assert_eq!(place.text("outbox/0370100018/a").await, "new");
}

#[tokio::test]
async fn a_key_and_a_key_below_it_live_side_by_side() {
    let place = Place::new().await;
    place.put("p", "one").await;
    place.put("p/q", "two").await;
    assert_eq!((place.text("p").await, place.text("p/q").await), ("one".to_owned(), "two".to_owned()));
}

#[tokio::test]
async fn user_metadata_ends_at_two_kilobytes() {
    let place = Place::new().await;
    let put = |length: usize| place.operator.put_object().bucket(BUCKET).key("a").metadata("manifest", "m".repeat(length)).send();
    assert_eq!(answer(put(2040).await), "OK");
    assert_eq!(answer(put(2041).await), "400 MetadataTooLarge");
}

#[tokio::test]
async fn writes_that_the_deployment_would_refuse_are_refused() {
    let place = Place::new().await;
    let put = || place.operator.put_object().bucket(BUCKET).key("a").body(ByteStream::from_static(b"1"));
    let check = |answer: String| assert_eq!(answer, "403 AccessDenied");
    check(answer(put().storage_class(StorageClass::Glacier).send().await));
    check(answer(
        put().server_side_encryption(ServerSideEncryption::AwsKms).ssekms_key_id("arn:aws:kms:ap-northeast-1:1:key/1").send().await,
    ));
    check(answer(put().server_side_encryption(ServerSideEncryption::Aes256).send().await));
    check(answer(put().sse_customer_algorithm("AES256").sse_customer_key("AA==").sse_customer_key_md5("AA==").send().await));
    for key in ["", ".", "..", "a//b", "a/./b", "a/../b", "a/", "/a", "a/.."].into_iter().filter(|key| !key.is_empty()) {
        check(answer(place.operator.put_object().bucket(BUCKET).key(key).send().await));
        check(answer(place.operator.create_multipart_upload().bucket(BUCKET).key(key).send().await));
    }
    assert_eq!(place.blobs(), 0);
    assert_eq!(answer(put().storage_class(StorageClass::Standard).send().await), "OK");
    assert_eq!(answer(put().server_side_encryption(ServerSideEncryption::AwsKms).send().await), "OK");
}

#[tokio::test]
async fn another_bucket_is_not_there() {
    let place = Place::new().await;
    let s3 = &place.operator;
    assert_eq!(answer(s3.put_object().bucket("another-bucket").key("a").send().await), "404 NoSuchBucket");
    assert_eq!(answer(s3.get_object().bucket("another-bucket").key("a").send().await), "404 NoSuchBucket");
    assert_eq!(answer(s3.list_objects_v2().bucket("another-bucket").send().await), "404 NoSuchBucket");
    assert!(answer(s3.head_bucket().bucket("another-bucket").send().await).starts_with("404"));
    assert_eq!(answer(s3.head_bucket().bucket(BUCKET).send().await), "OK");
    assert_eq!(answer(s3.create_bucket().bucket(BUCKET).send().await), "409 BucketAlreadyOwnedByYou");
    let location = s3.get_bucket_location().bucket(BUCKET).send().await.unwrap();
    assert_eq!(location.location_constraint().unwrap().as_str(), "ap-northeast-1");
    let versioning = s3.get_bucket_versioning().bucket(BUCKET).send().await.unwrap();
    assert_eq!(versioning.status().unwrap().as_str(), "Enabled");
}
