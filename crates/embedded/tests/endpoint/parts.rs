use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumMode, ChecksumType, CompletedMultipartUpload, CompletedPart};

use crate::place::{BUCKET, Place, answer};

const KEY: &str = "outbox/0370100018/large.csv";
const MEGABYTE: usize = 1024 * 1024;

async fn begin(place: &Place) -> String {
    let begun = place.operator.create_multipart_upload().bucket(BUCKET).key(KEY).metadata("manifest", "m").send().await.unwrap();
    begun.upload_id.unwrap()
}

async fn part(place: &Place, upload: &str, number: i32, body: Vec<u8>) -> CompletedPart {
    let part = place.operator.upload_part().bucket(BUCKET).key(KEY).upload_id(upload).part_number(number);
    let part = part.body(ByteStream::from(body)).send().await.unwrap();
    CompletedPart::builder().part_number(number).set_e_tag(part.e_tag).build()
}

async fn complete(place: &Place, upload: &str, parts: Vec<CompletedPart>) -> String {
    let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
    let complete = place.operator.complete_multipart_upload().bucket(BUCKET).key(KEY).upload_id(upload);
    answer(complete.multipart_upload(parts).send().await)
}

#[tokio::test]
async fn parts_become_one_object_with_one_event() {
    let place = Place::new().await;
    let upload = begin(&place).await;
    let two = part(&place, &upload, 2, vec![b'2'; 10]).await;
    part(&place, &upload, 1, vec![b'x'; 10]).await;
    let one = part(&place, &upload, 1, vec![b'1'; 5 * MEGABYTE]).await;
    let listed = place.operator.list_parts().bucket(BUCKET).key(KEY).upload_id(&upload).send().await.unwrap();
    let numbers: Vec<_> = listed.parts().iter().map(|part| (part.part_number().unwrap(), part.size().unwrap())).collect();
    assert_eq!(numbers, [(1, 5 * 1024 * 1024), (2, 10)]);
    let uploads = place.operator.list_multipart_uploads().bucket(BUCKET).prefix("outbox/").send().await.unwrap();
    assert_eq!(uploads.uploads()[0].upload_id(), Some(upload.as_str()));
    assert_eq!(place.events().await.len(), 0);
    assert_eq!(complete(&place, &upload, vec![one, two]).await, "OK");
    let found = place.operator.get_object().bucket(BUCKET).key(KEY).checksum_mode(ChecksumMode::Enabled).send().await.unwrap();
    assert_eq!(found.metadata().unwrap()["manifest"], "m");
    assert!(found.e_tag().unwrap().ends_with("-2\""), "{:?}", found.e_tag());
    assert_eq!(found.checksum_type(), Some(&ChecksumType::FullObject));
    let bytes = found.body.collect().await.unwrap().to_vec();
    assert!(bytes == [vec![b'1'; 5 * MEGABYTE], vec![b'2'; 10]].concat());
    let events = place.events().await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["Records"][0]["eventName"], "ObjectCreated:CompleteMultipartUpload");
    assert_eq!(place.blobs(), 1);
    assert_eq!(complete(&place, &upload, Vec::new()).await, "404 NoSuchUpload");
}

#[tokio::test]
async fn parts_that_are_not_as_named_make_nothing() {
    let place = Place::new().await;
    let upload = begin(&place).await;
    assert_eq!(complete(&place, &upload, Vec::new()).await, "400 InvalidPart");
    let one = part(&place, &upload, 1, vec![b'1'; 100]).await;
    let two = part(&place, &upload, 2, vec![b'2'; 100]).await;
    assert_eq!(complete(&place, &upload, vec![two.clone(), one.clone()]).await, "400 InvalidPartOrder");
    assert_eq!(complete(&place, &upload, vec![one.clone(), two.clone()]).await, "400 EntityTooSmall");
    let other = CompletedPart::builder().part_number(1).e_tag("\"00000000000000000000000000000000\"").build();
    assert_eq!(complete(&place, &upload, vec![other]).await, "400 InvalidPart");
    let missing = CompletedPart::builder().part_number(3).set_e_tag(two.e_tag.clone()).build();
    assert_eq!(complete(&place, &upload, vec![one, missing]).await, "400 InvalidPart");
    assert_eq!(complete(&place, "none", vec![two.clone()]).await, "404 NoSuchUpload");
    assert_eq!(place.events().await.len(), 0);
    assert_eq!(complete(&place, &upload, vec![two]).await, "OK");
}

#[tokio::test]
async fn an_upload_that_is_given_up_leaves_nothing() {
    let place = Place::new().await;
    let upload = begin(&place).await;
    part(&place, &upload, 1, vec![b'1'; 100]).await;
    assert_eq!(place.blobs(), 1);
    let abort = || place.operator.abort_multipart_upload().bucket(BUCKET).key(KEY).upload_id(&upload).send();
    assert_eq!(answer(abort().await), "OK");
    assert_eq!(answer(abort().await), "404 NoSuchUpload");
    assert_eq!(place.blobs(), 0);
    assert_eq!(answer(place.operator.head_object().bucket(BUCKET).key(KEY).send().await), "404 NotFound");
}

#[tokio::test]
async fn completion_keeps_its_condition() {
    let place = Place::new().await;
    let upload = begin(&place).await;
    let one = part(&place, &upload, 1, vec![b'1'; 100]).await;
    place.put(KEY, "there").await;
    let parts = CompletedMultipartUpload::builder().parts(one).build();
    let complete = || place.operator.complete_multipart_upload().bucket(BUCKET).key(KEY).upload_id(&upload).multipart_upload(parts.clone());
    assert_eq!(answer(complete().if_none_match("*").send().await), "412 PreconditionFailed");
    assert_eq!(place.text(KEY).await, "there");
    place.operator.delete_object().bucket(BUCKET).key(KEY).send().await.unwrap();
    assert_eq!(answer(complete().if_none_match("*").send().await), "OK");
}

#[tokio::test]
async fn sha256_of_parts_is_a_checksum_of_checksums_and_a_copy_has_a_plain_one() {
    let place = Place::new().await;
    let begin = place.operator.create_multipart_upload().bucket(BUCKET).key(KEY).checksum_algorithm(ChecksumAlgorithm::Sha256);
    let upload = begin.send().await.unwrap().upload_id.unwrap();
    let part = || place.operator.upload_part().bucket(BUCKET).key(KEY).upload_id(&upload).part_number(1);
    let wrong = part().checksum_sha256("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").body(ByteStream::from_static(b"hello"));
    assert_eq!(answer(wrong.send().await), "400 BadDigest");
    let sent = part().checksum_algorithm(ChecksumAlgorithm::Sha256).body(ByteStream::from_static(b"hello")).send().await.unwrap();
    let sha256 = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";
    assert_eq!(sent.checksum_sha256(), Some(sha256));
    let done = CompletedPart::builder().part_number(1).set_e_tag(sent.e_tag).checksum_sha256(sha256).build();
    let complete = place.operator.complete_multipart_upload().bucket(BUCKET).key(KEY).upload_id(&upload);
    let done = complete.multipart_upload(CompletedMultipartUpload::builder().parts(done).build()).send().await.unwrap();
    assert!(done.checksum_sha256().unwrap().ends_with("-1"), "{:?}", done.checksum_sha256());
    let copy = place.operator.copy_object().bucket(BUCKET).key("inbox/t").copy_source(format!("{BUCKET}/{KEY}"));
    copy.checksum_algorithm(ChecksumAlgorithm::Sha256).send().await.unwrap();
    let head = place.operator.head_object().bucket(BUCKET).key("inbox/t").checksum_mode(ChecksumMode::Enabled).send().await.unwrap();
    assert_eq!(head.checksum_sha256(), Some(sha256));
    assert_eq!(head.e_tag(), Some("\"5d41402abc4b2a76b9719d911017c592\""));
}

#[tokio::test]
async fn a_part_may_be_copied_from_an_object() {
    let place = Place::new().await;
    place.put("s", "0123456789").await;
    let upload = begin(&place).await;
    let copy = place.operator.upload_part_copy().bucket(BUCKET).key(KEY).upload_id(&upload).part_number(1);
    let copied = copy.copy_source(format!("{BUCKET}/s")).copy_source_range("bytes=2-4").send().await.unwrap();
    let etag = copied.copy_part_result().unwrap().e_tag().map(str::to_owned);
    let part = CompletedPart::builder().part_number(1).set_e_tag(etag).build();
    assert_eq!(complete(&place, &upload, vec![part]).await, "OK");
    assert_eq!(place.text(KEY).await, "234");
}
