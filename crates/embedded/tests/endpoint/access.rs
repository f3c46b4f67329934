use aws_sdk_s3::Client;

use crate::place::{BUCKET, OFFICE, OTHER, Place, answer, text};

/// Where a request may point.
const PLACES: [&str; 13] = [
    "outbox/0370100018/",
    "outbox/0370100018/below/",
    "inbox/0370100018/T/",
    "returns/0370100018/",
    "outbox/0370100026/",
    "inbox/0370100026/T/",
    "returns/0370100026/",
    "outbox/03701000180/",
    "inbox/03701000180/",
    "inbox/",
    "outbox/",
    "",
    "OUTBOX/0370100018/",
];

const OUTBOX: &[&str] = &["outbox/0370100018/", "outbox/0370100018/below/"];
const RECEIVED: &[&str] = &["inbox/0370100018/T/", "returns/0370100018/"];
const NOWHERE: &[&str] = &[];

/// What an office may do (contract §2), and where.
const MATRIX: [(&str, &[&str]); 18] = [
    ("put", OUTBOX),
    ("create upload", OUTBOX),
    ("upload part", OUTBOX),
    ("list parts", OUTBOX),
    ("abort", OUTBOX),
    ("complete", OUTBOX),
    ("get", RECEIVED),
    ("head", RECEIVED),
    ("list", RECEIVED),
    ("get version", NOWHERE),
    ("delete", NOWHERE),
    ("delete many", NOWHERE),
    ("copy own inbox to", NOWHERE),
    ("copy from", NOWHERE),
    ("upload part copy", NOWHERE),
    ("list versions", NOWHERE),
    ("get tags", NOWHERE),
    ("list v1", RECEIVED),
];

/// An object is there, or not: the answer to who may not see it is the same.
#[tokio::test]
async fn an_office_reaches_its_own_prefixes_and_nothing_else() {
    let place = Place::new().await;
    let office = place.office(OFFICE);
    for folder in PLACES {
        let version = place.put(&format!("{folder}there"), "x").await;
        for (operation, allowed) in MATRIX {
            let expected = allowed.contains(&folder);
            for name in ["there", "none"] {
                let upload = begun(&place, folder, name).await;
                let got = attempt(&office, operation, &format!("{folder}{name}"), &version, &upload).await;
                let fits = if expected { !got.starts_with("403") } else { got == "403 AccessDenied" || got == "403 -" };
                assert!(fits, "{operation} {folder}{name}: {got}");
            }
        }
        assert_eq!(place.text(&format!("{folder}there")).await, if OUTBOX.contains(&folder) { "own" } else { "x" });
        if !OUTBOX.contains(&folder) {
            assert!(
                answer(place.operator.head_object().bucket(BUCKET).key(format!("{folder}none")).send().await).starts_with("404"),
                "{folder}"
            );
        }
    }
}

async fn begun(place: &Place, folder: &str, name: &str) -> String {
    let begin = place.operator.create_multipart_upload().bucket(BUCKET).key(format!("{folder}{name}"));
    begin.send().await.unwrap().upload_id.unwrap()
}

async fn attempt(s3: &Client, operation: &str, key: &str, version: &str, upload: &str) -> String {
    let source = format!("{BUCKET}/inbox/{OFFICE}/T/there");
    match operation {
        "put" => answer(s3.put_object().bucket(BUCKET).key(key).body(b"own".to_vec().into()).send().await),
        "create upload" => answer(s3.create_multipart_upload().bucket(BUCKET).key(key).send().await),
        "upload part" => {
            let part = s3.upload_part().bucket(BUCKET).key(key).upload_id(upload).part_number(1);
            answer(part.body(b"own".to_vec().into()).send().await)
        }
        "list parts" => answer(s3.list_parts().bucket(BUCKET).key(key).upload_id(upload).send().await),
        "abort" => answer(s3.abort_multipart_upload().bucket(BUCKET).key(key).upload_id(upload).send().await),
        "complete" => answer(s3.complete_multipart_upload().bucket(BUCKET).key(key).upload_id(upload).send().await),
        "get" => answer(s3.get_object().bucket(BUCKET).key(key).send().await),
        "head" => answer(s3.head_object().bucket(BUCKET).key(key).send().await),
        "list" => answer(s3.list_objects_v2().bucket(BUCKET).prefix(key).send().await),
        "get version" => answer(s3.get_object().bucket(BUCKET).key(key).version_id(version).send().await),
        "delete" => answer(s3.delete_object().bucket(BUCKET).key(key).send().await),
        "delete many" => {
            let one = aws_sdk_s3::types::ObjectIdentifier::builder().key(key).build().unwrap();
            let delete = aws_sdk_s3::types::Delete::builder().objects(one).build().unwrap();
            answer(s3.delete_objects().bucket(BUCKET).delete(delete).send().await)
        }
        "copy own inbox to" => answer(s3.copy_object().bucket(BUCKET).key(key).copy_source(source).send().await),
        "copy from" => {
            let copy = s3.copy_object().bucket(BUCKET).key(format!("outbox/{OFFICE}/copy"));
            answer(copy.copy_source(format!("{BUCKET}/{key}")).send().await)
        }
        "upload part copy" => {
            let copy = s3.upload_part_copy().bucket(BUCKET).key(key).upload_id(upload).part_number(1);
            answer(copy.copy_source(source).send().await)
        }
        "list versions" => answer(s3.list_object_versions().bucket(BUCKET).prefix(key).send().await),
        "get tags" => answer(s3.get_object_tagging().bucket(BUCKET).key(key).send().await),
        "list v1" => answer(s3.list_objects().bucket(BUCKET).prefix(key).send().await),
        other => panic!("no such operation: {other}"),
    }
}

#[tokio::test]
async fn an_office_sees_nothing_of_the_bucket_itself() {
    let place = Place::new().await;
    let office = place.office(OFFICE);
    let check = |answer: String| assert!(answer == "403 AccessDenied" || answer == "403 -", "{answer}");
    check(answer(office.list_objects_v2().bucket(BUCKET).send().await));
    check(answer(office.list_objects_v2().bucket(BUCKET).prefix("inbox").delimiter("/").send().await));
    check(answer(office.list_objects_v2().bucket(BUCKET).prefix(format!("inbox/{OFFICE}")).send().await));
    check(answer(office.list_multipart_uploads().bucket(BUCKET).prefix(format!("outbox/{OFFICE}/")).send().await));
    check(answer(office.head_bucket().bucket(BUCKET).send().await));
    check(answer(office.get_bucket_location().bucket(BUCKET).send().await));
    check(answer(office.get_bucket_versioning().bucket(BUCKET).send().await));
    check(answer(office.list_buckets().send().await));
    check(answer(office.create_bucket().bucket("another-bucket").send().await));
    check(answer(office.put_object().bucket("another-bucket").key(format!("outbox/{OFFICE}/a")).send().await));
    check(answer(office.get_object().bucket("another-bucket").key(format!("inbox/{OFFICE}/a")).send().await));
}

#[tokio::test]
async fn two_offices_don_t_meet() {
    let place = Place::new().await;
    place.put(&format!("inbox/{OTHER}/T/a"), "for the other").await;
    let (office, other) = (place.office(OFFICE), place.office(OTHER));
    assert_eq!(text(&other, &format!("inbox/{OTHER}/T/a")).await, "for the other");
    assert_eq!(answer(office.get_object().bucket(BUCKET).key(format!("inbox/{OTHER}/T/a")).send().await), "403 AccessDenied");
    for key in
        [format!("outbox/{OFFICE}/../{OTHER}/a"), format!("outbox/{OFFICE}//a"), format!("outbox/{OFFICE}/."), format!("outbox/{OFFICE}/")]
    {
        assert_eq!(answer(office.put_object().bucket(BUCKET).key(&key).send().await), "403 AccessDenied", "{key}");
    }
    let listed = other.list_objects_v2().bucket(BUCKET).prefix(format!("inbox/{OTHER}/")).send().await.unwrap();
    assert_eq!(listed.contents().len(), 1);
    let past = office.list_objects_v2().bucket(BUCKET).prefix(format!("inbox/{OFFICE}/")).start_after("a");
    assert_eq!(past.send().await.unwrap().contents().len(), 0);
}
