use aws_sdk_s3::types::{Delete, ObjectIdentifier};

use crate::place::{BUCKET, Place, answer};

#[tokio::test]
async fn a_delete_lays_a_marker_on_top_which_can_be_taken_away() {
    let place = Place::new().await;
    let version = place.put("a", "one").await;
    let s3 = &place.operator;
    let deleted = s3.delete_object().bucket(BUCKET).key("a").send().await.unwrap();
    assert_eq!(deleted.delete_marker(), Some(true));
    let marker = deleted.version_id().unwrap();
    assert_eq!(answer(s3.get_object().bucket(BUCKET).key("a").send().await), "404 NoSuchKey");
    assert_eq!(answer(s3.get_object().bucket(BUCKET).key("a").version_id(marker).send().await), "405 MethodNotAllowed");
    assert_eq!(answer(s3.get_object().bucket(BUCKET).key("a").version_id(&version).send().await), "OK");
    let undone = s3.delete_object().bucket(BUCKET).key("a").version_id(marker).send().await.unwrap();
    assert_eq!(undone.delete_marker(), Some(true));
    assert_eq!(place.text("a").await, "one");
}

#[tokio::test]
async fn a_version_that_is_deleted_for_good_uncovers_the_one_below() {
    let place = Place::new().await;
    place.put("a", "one").await;
    let two = place.put("a", "two").await;
    place.operator.delete_object().bucket(BUCKET).key("a").version_id(&two).send().await.unwrap();
    assert_eq!(place.text("a").await, "one");
    assert_eq!(place.blobs(), 1);
    let again = place.operator.delete_object().bucket(BUCKET).key("a").version_id(&two).send().await;
    assert_eq!(answer(again), "OK");
}

#[tokio::test]
async fn what_is_not_there_can_be_deleted() {
    let place = Place::new().await;
    let deleted = place.operator.delete_object().bucket(BUCKET).key("none").send().await.unwrap();
    assert_eq!(deleted.delete_marker(), Some(true));
}

#[tokio::test]
async fn many_are_deleted_at_once_each_with_its_answer() {
    let place = Place::new().await;
    let a = place.put("a", "one").await;
    place.put("b", "one").await;
    let named =
        |key: &str, version: Option<&str>| ObjectIdentifier::builder().key(key).set_version_id(version.map(str::to_owned)).build().unwrap();
    let wanted = vec![named("a", Some(&a)), named("b", None), named("c & <d>", None)];
    let delete = Delete::builder().set_objects(Some(wanted)).build().unwrap();
    let done = place.operator.delete_objects().bucket(BUCKET).delete(delete).send().await.unwrap();
    assert_eq!(done.deleted().len(), 3);
    assert!(done.errors().is_empty());
    assert_eq!(done.deleted()[0].version_id(), Some(a.as_str()));
    assert_eq!(done.deleted()[1].delete_marker(), Some(true));
    assert_eq!(done.deleted()[2].key(), Some("c & <d>"));
    let left = place.operator.list_objects_v2().bucket(BUCKET).send().await.unwrap();
    assert!(left.contents().is_empty());
}
