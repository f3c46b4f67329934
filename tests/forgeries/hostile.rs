//! Hostile headers of an upload: what the bucket refuses, and what it lets in and nobody receives.

use std::collections::BTreeMap;

use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_s3::types::{ServerSideEncryption, StorageClass};
use exchange::{TransmissionStatus, keys};

use crate::world::World;
use crate::world::ground::Ground;
use crate::world::s3;
use crate::world::set::{Set, text};

type Change = fn(PutObjectFluentBuilder) -> PutObjectFluentBuilder;

/// What the bucket refuses to store, and how it says so.
const REFUSED: [(&str, &str, Change); 7] = [
    ("a key of the sender's own", "AccessDenied", |put| {
        put.sse_customer_algorithm("AES256")
            .sse_customer_key("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
            .sse_customer_key_md5("K9dJFNNsE7vPMFTsXtkVRQ==")
    }),
    ("another key of the service", "AccessDenied", |put| {
        put.server_side_encryption(ServerSideEncryption::AwsKms).ssekms_key_id("arn:aws:kms:x")
    }),
    ("another encryption", "AccessDenied", |put| put.server_side_encryption(ServerSideEncryption::Aes256)),
    ("an archive", "AccessDenied", |put| put.storage_class(StorageClass::Glacier)),
    ("a class for the seldom read", "AccessDenied", |put| put.storage_class(StorageClass::StandardIa)),
    ("metadata of 3 KB", "MetadataTooLarge", |put| put.metadata("more", "x".repeat(3_000))),
    ("metadata of 40 names", "MetadataTooLarge", |put| (0..40).fold(put, |put, n| put.metadata(format!("name{n}"), "x".repeat(60)))),
];

/// What it stores, and what doesn't travel on.
const HARMLESS: [(&str, Change); 6] = [
    ("an encoding that the bytes don't have", |put| put.content_encoding("gzip")),
    ("a type that a browser would run", |put| put.content_type("text/html")),
    ("a name for the browser to store it under", |put| put.content_disposition("attachment; filename=setup.exe")),
    ("a language and a cache", |put| put.content_language("ja").cache_control("public, max-age=31536000")),
    ("more metadata, tags", |put| put.metadata("recipient", "9773840872").tagging("public=true")),
    ("an expiry", |put| put.expires(aws_sdk_s3::primitives::DateTime::from_secs(0))),
];

#[tokio::test]
async fn what_would_be_stored_otherwise_is_not_stored() {
    let world = World::embedded().await;
    for (what, code, change) in REFUSED {
        let (set, answer) = upload(&world, change).await;
        assert_eq!(answer, code, "{what}");
        let office = set.sender.number();
        assert!(world.keys(&format!("outbox/{office}/")).await.is_empty() && world.keys("inbox/").await.is_empty(), "{what}");
        assert_eq!(world.entry(&set.id).await, None, "{what}");
    }
}

#[tokio::test]
async fn what_an_upload_says_besides_stays_behind() {
    let world = World::embedded().await;
    for (what, change) in HARMLESS {
        let (set, answer) = upload(&world, change).await;
        assert_eq!(answer, "OK", "{what}");
        let entry = world.entry(&set.id).await.unwrap();
        assert_eq!(entry.transmission.status, TransmissionStatus::Delivered, "{what}");
        let key = keys::inbox_file(&set.recipients[0].office.number, &set.id, "a01.txt");
        let Ground::Embedded { exchange, operator, .. } = &world.ground else { panic!("embedded") };
        let head = operator.head_object().bucket(&exchange.operator.bucket).key(&key).send().await.unwrap();
        let metadata: BTreeMap<_, _> = head.metadata().unwrap().iter().collect();
        assert_eq!(metadata.keys().map(|name| name.as_str()).collect::<Vec<_>>(), ["manifest"], "{what}");
        let said =
            (head.content_encoding(), head.content_disposition(), head.content_language(), head.cache_control(), head.expires_string());
        // the name that the exchange gives it, not the upload's
        let called = exchange::content_disposition("a.txt", "a01.txt");
        assert_eq!(
            (said, head.content_type()),
            ((None, Some(called.as_str()), None, None, None), Some("application/octet-stream")),
            "{what}"
        );
        assert!(world.body(&key).await == set.files[0].bytes, "{what}");
    }
}

/// Uploads one text with other headers and has it taken; gives the bucket's answer.
async fn upload(world: &World, change: Change) -> (Set, String) {
    let set = Set::of(world, "9778773797", &["9779668095"], &[text("a.txt", "a")]).await;
    let parcel = set.parcels().remove(0);
    let Ground::Embedded { exchange, .. } = &world.ground else { panic!("embedded") };
    let put = s3::office(&exchange.operator, &parcel.office).put_object().bucket(&exchange.operator.bucket).key(&parcel.key);
    let put = change(put.metadata("manifest", parcel.manifest.unwrap())).body(parcel.bytes.into());
    let answer = s3::answer(put.send().await);
    let told = exchange.queue.receive(10, std::time::Duration::from_secs(600)).await.unwrap();
    assert_eq!(told.len(), usize::from(answer == "OK"), "an event for what is stored, and for nothing else");
    for told in &told {
        world.restart();
        assert!(world.handle(&[&told.body]).await.is_empty());
        assert!(exchange.queue.delete(&told.receipt).await.unwrap());
    }
    (set, answer)
}
