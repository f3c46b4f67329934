use std::collections::BTreeSet;

use aws_sdk_s3::types::EncodingType;
use embedded::objects::{Page, Store};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::place::{BUCKET, Place, answer, open};

const KEYS: [&str; 9] =
    ["inbox/1/T/a.csv", "inbox/1/T/delivery.json", "inbox/1/U/b.csv", "inbox/1/z", "inbox/10/x", "inbox/2/T/a.csv", "p", "p/q", "提供票"];

async fn filled() -> Place {
    let place = Place::new().await;
    for key in KEYS {
        place.put(key, "x").await;
    }
    place.put("gone", "x").await;
    place.operator.delete_object().bucket(BUCKET).key("gone").send().await.unwrap();
    place
}

/// All pages of a list: keys and groups, in the order of each page.
async fn pages(place: &Place, prefix: &str, delimiter: Option<&str>, max: i32) -> (Vec<String>, usize) {
    let (mut shown, mut token, mut pages) = (Vec::new(), None, 0);
    loop {
        let list = place.operator.list_objects_v2().bucket(BUCKET).prefix(prefix).set_delimiter(delimiter.map(str::to_owned));
        let page = list.max_keys(max).set_continuation_token(token).send().await.unwrap();
        pages += 1;
        let mut both: Vec<String> = page.contents().iter().filter_map(|object| object.key().map(str::to_owned)).collect();
        both.extend(page.common_prefixes().iter().filter_map(|group| group.prefix().map(str::to_owned)));
        assert_eq!(page.key_count(), i32::try_from(both.len()).ok());
        both.sort();
        shown.extend(both);
        token = page.next_continuation_token().map(str::to_owned);
        if page.is_truncated() != Some(true) {
            assert_eq!(token, None);
            return (shown, pages);
        }
        assert!(token.is_some());
    }
}

#[tokio::test]
async fn keys_are_listed_by_prefix_and_group_page_by_page() {
    let place = filled().await;
    let check = async |prefix: &str, delimiter: Option<&str>, expected: &[&str]| {
        for max in [1, 2, 3, 1000] {
            let (shown, count) = pages(&place, prefix, delimiter, max).await;
            assert_eq!(shown, expected, "{prefix:?} {delimiter:?} {max}");
            assert_eq!(count, expected.len().div_ceil(usize::try_from(max).unwrap()).max(1), "{prefix:?} {delimiter:?} {max}");
        }
    };
    check("", None, &KEYS).await;
    check("", Some("/"), &["inbox/", "p", "p/", "提供票"]).await;
    check("inbox/1", None, &KEYS[..5]).await;
    check("inbox/1/", None, &KEYS[..4]).await;
    check("inbox/1/", Some("/"), &["inbox/1/T/", "inbox/1/U/", "inbox/1/z"]).await;
    check("inbox/", Some("/"), &["inbox/1/", "inbox/10/", "inbox/2/"]).await;
    check("inbox/1/T/a.csv", None, &["inbox/1/T/a.csv"]).await;
    check("p", Some("/"), &["p", "p/"]).await;
    check("提", Some("票"), &["提供票"]).await;
    check("none", Some("/"), &[]).await;
}

#[tokio::test]
async fn a_list_begins_after_a_key() {
    let place = filled().await;
    let after = async |key: &str| {
        let page = place.operator.list_objects_v2().bucket(BUCKET).start_after(key).send().await.unwrap();
        page.contents().iter().filter_map(|object| object.key().map(str::to_owned)).collect::<Vec<_>>()
    };
    assert_eq!(after("inbox/2/T/a.csv").await, KEYS[6..]);
    assert_eq!(after("o").await, KEYS[6..]);
    assert_eq!(after("提供票").await, [""; 0]);
    let none = place.operator.list_objects_v2().bucket(BUCKET).max_keys(0).send().await.unwrap();
    assert_eq!((none.key_count(), none.is_truncated()), (Some(0), Some(false)));
    let forged = place.operator.list_objects_v2().bucket(BUCKET).continuation_token("forged").send().await;
    assert_eq!(answer(forged), "400 InvalidArgument");
}

#[tokio::test]
async fn keys_are_encoded_where_the_client_asks_for_it() {
    let place = filled().await;
    place.put("new\nline", "x").await;
    let list = place.operator.list_objects_v2().bucket(BUCKET).encoding_type(EncodingType::Url).start_after("n");
    let page = list.send().await.unwrap();
    let keys: Vec<&str> = page.contents().iter().filter_map(|object| object.key()).collect();
    assert_eq!(keys, ["new%0Aline", "p", "p/q", "%E6%8F%90%E4%BE%9B%E7%A5%A8"]);
}

#[tokio::test]
async fn groups_of_more_keys_than_are_read_at_once_are_passed_over() {
    let place = Place::new().await;
    for number in 0..1100 {
        let key = format!("a/{number:04}");
        let staged = place.store.stage(futures::stream::empty::<Result<bytes::Bytes, std::io::Error>>(), Vec::new()).await.unwrap();
        place.store.put(key, staged, Default::default(), Default::default()).await.unwrap();
    }
    place.put("b", "x").await;
    assert_eq!(pages(&place, "", Some("/"), 1000).await, (vec!["a/".to_owned(), "b".to_owned()], 1));
    assert_eq!(pages(&place, "a/", None, 1000).await.0.len(), 1100);
    assert_eq!(pages(&place, "a/", None, 999).await.1, 2);
}

#[tokio::test]
async fn the_old_list_goes_on_after_its_marker() {
    let place = filled().await;
    let (mut shown, mut marker) = (Vec::new(), None);
    loop {
        let page = place.operator.list_objects().bucket(BUCKET).delimiter("/").max_keys(1).set_marker(marker).send().await.unwrap();
        shown.extend(page.contents().iter().filter_map(|object| object.key().map(str::to_owned)));
        shown.extend(page.common_prefixes().iter().filter_map(|group| group.prefix().map(str::to_owned)));
        marker = page.next_marker().map(str::to_owned);
        if page.is_truncated() != Some(true) {
            break;
        }
    }
    assert_eq!(shown, ["inbox/", "p", "p/", "提供票"]);
}

#[tokio::test]
async fn all_versions_are_listed_newest_first() {
    let place = Place::new().await;
    let (one, two) = (place.put("a", "one").await, place.put("a", "two").await);
    let marker = place.operator.delete_object().bucket(BUCKET).key("a").send().await.unwrap().version_id.unwrap();
    let b = place.put("b/c", "one").await;
    let (mut shown, mut key, mut version) = (Vec::new(), None, None);
    loop {
        let list = place.operator.list_object_versions().bucket(BUCKET).max_keys(1);
        let page = list.set_key_marker(key).set_version_id_marker(version).send().await.unwrap();
        shown.extend(page.versions().iter().map(|found| (found.version_id().unwrap().to_owned(), found.is_latest().unwrap())));
        shown.extend(page.delete_markers().iter().map(|found| (found.version_id().unwrap().to_owned(), found.is_latest().unwrap())));
        (key, version) = (page.next_key_marker().map(str::to_owned), page.next_version_id_marker().map(str::to_owned));
        if page.is_truncated() != Some(true) {
            break;
        }
    }
    assert_eq!(shown, [(marker, true), (two, false), (one, false), (b, true)]);
    let grouped = place.operator.list_object_versions().bucket(BUCKET).delimiter("/").send().await.unwrap();
    assert_eq!(grouped.common_prefixes()[0].prefix(), Some("b/"));
    assert_eq!((grouped.versions().len(), grouped.delete_markers().len()), (2, 1));
}

/// What a list must show, in order, by the plainest means.
fn model(keys: &BTreeSet<String>, prefix: &str, delimiter: &str) -> Vec<String> {
    let group = |key: &str| match key.get(prefix.len()..).and_then(|rest| rest.find(delimiter)) {
        Some(at) if !delimiter.is_empty() => key.get(..prefix.len() + at + delimiter.len()).unwrap().to_owned(),
        _ => key.to_owned(),
    };
    let mut shown: Vec<String> = keys.iter().filter(|key| key.starts_with(prefix)).map(|key| group(key)).collect();
    shown.dedup();
    shown
}

/// All pages of a list, as the store gives them.
async fn walked(store: &Store, prefix: &str, delimiter: &str, max: usize) -> Vec<String> {
    let (prefix, delimiter) = (prefix.to_owned(), Some(delimiter.to_owned()));
    let mut page = Page { prefix, delimiter, max, ..Page::default() };
    let mut shown = Vec::new();
    loop {
        let listing = store.list(page.clone()).await.unwrap();
        let mut both: Vec<String> = listing.versions.iter().map(|version| version.key.clone()).chain(listing.groups).collect();
        both.sort();
        assert!(both.len() <= max);
        shown.extend(both);
        if !listing.truncated {
            return shown;
        }
        page.after_group = listing.last_group.is_some();
        page.after = listing.last_group.or(listing.versions.last().map(|version| version.key.clone()));
    }
}

#[test]
fn any_list_shows_what_a_plain_one_would() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (folder, alphabet) = (TempDir::new().unwrap(), ["a", "/", "b", "票"]);
    let store = open(folder.path());
    let mut keys = BTreeSet::new();
    for number in 0..150_usize {
        let digits = (0..1 + number % 5).map(|place| (number * 7 + 3).wrapping_mul(31).wrapping_shr(u32::try_from(2 * place).unwrap()) % 4);
        let key: String = digits.filter_map(|digit| alphabet.get(digit).copied()).collect();
        runtime.block_on(async {
            let staged = store.stage(futures::stream::empty::<Result<bytes::Bytes, std::io::Error>>(), Vec::new()).await.unwrap();
            store.put(key.clone(), staged, Default::default(), Default::default()).await.unwrap();
        });
        keys.insert(key);
    }
    proptest!(|(prefix in "[a/b票]{0,3}", delimiter in "(|/|a|票|//|b/)", max in 1_usize..30)| {
        prop_assert_eq!(runtime.block_on(walked(&store, &prefix, &delimiter, max)), model(&keys, &prefix, &delimiter));
    });
}
