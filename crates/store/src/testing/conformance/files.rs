//! One function, one promise of [`Files`].

use exchange::Sha256Digest;
use futures::TryStreamExt;

use super::Outside;
use crate::{CopyOrder, Files, Object, Opened, VersionPlace, Written};

const OFFICE: &str = "outbox/9770000007";

pub(super) async fn the_newest_version_is_opened_where_none_is_named(port: &dyn Files, outside: &dyn Outside) {
    let key = format!("{OFFICE}/newest");
    outside.upload(&key, None, b"first").await;
    let second = outside.upload(&key, Some("m2"), b"second").await;
    let object = opened(port, &key, None).await;
    assert_eq!((object.version.as_str(), object.manifest.as_deref()), (second.as_str(), Some("m2")));
    assert_eq!(bytes(object).await, b"second");
}

pub(super) async fn the_version_named_is_opened(port: &dyn Files, outside: &dyn Outside) {
    let key = format!("{OFFICE}/named");
    let first = outside.upload(&key, Some("m1"), b"first").await;
    let second = outside.upload(&key, Some("m2"), b"second").await;
    assert_ne!(first, second);
    let object = opened(port, &key, Some(&first)).await;
    assert_eq!((object.version.as_str(), object.manifest.as_deref()), (first.as_str(), Some("m1")));
    assert_eq!(bytes(object).await, b"first");
}

pub(super) async fn bytes_come_whole_and_the_manifest_with_them(port: &dyn Files, outside: &dyn Outside) {
    for size in [0, 1, 7_777, 70_000, 3_000_000] {
        let body = example(size);
        let key = format!("{OFFICE}/whole/{size}");
        let manifest = (size != 1).then(|| format!("e30.{}.c2ln", "m".repeat(1_900)));
        outside.upload(&key, manifest.as_deref(), &body).await;
        let object = opened(port, &key, None).await;
        assert_eq!((object.size_bytes, object.manifest.as_deref()), (body.len() as u64, manifest.as_deref()), "{size}");
        assert!(bytes(object).await == body, "{size} bytes came otherwise");
    }
}

pub(super) async fn a_range_comes_and_nothing_around_it(port: &dyn Files, outside: &dyn Outside) {
    let (key, body) = (format!("{OFFICE}/range"), example(100_000));
    outside.upload(&key, None, b"older").await;
    outside.upload(&key, None, &body).await;
    for (start, end) in [(0, 1), (0, 100_000), (7, 70_007), (99_999, 100_000)] {
        let chunks: Vec<_> = port.open_range(&key, start as u64..end as u64).await.unwrap().unwrap().try_collect().await.unwrap();
        assert!(chunks.concat().iter().eq(body.iter().skip(start).take(end - start)), "{start}..{end} came otherwise");
    }
    assert!(port.open_range(&format!("{key}/never"), 0..1).await.unwrap().is_none());
    port.remove(&key).await.unwrap();
    assert!(port.open_range(&key, 0..1).await.unwrap().is_none());
}

pub(super) async fn what_is_not_there_is_unreadable(port: &dyn Files, outside: &dyn Outside) {
    let (key, other) = (format!("{OFFICE}/there"), format!("{OFFICE}/elsewhere"));
    outside.upload(&key, None, b"there").await;
    let of_other = outside.upload(&other, None, b"elsewhere").await;
    port.remove(&other).await.unwrap();
    unreadable(port, &format!("{OFFICE}/never"), None).await;
    unreadable(port, &format!("{OFFICE}/never"), Some(&of_other)).await;
    unreadable(port, &key, Some(&of_other)).await;
    unreadable(port, &other, None).await;
    let destroyed = outside.upload(&key, None, b"not for long").await;
    outside.destroy(&key, &destroyed).await;
    unreadable(port, &key, Some(&destroyed)).await;
    assert_eq!(bytes(opened(port, &key, None).await).await, b"there");
}

pub(super) async fn an_old_version_outlives_the_removal(port: &dyn Files, outside: &dyn Outside) {
    let key = format!("{OFFICE}/removed");
    let version = outside.upload(&key, Some("m"), b"still there").await;
    port.remove(&key).await.unwrap();
    assert_eq!(bytes(opened(port, &key, Some(&version)).await).await, b"still there");
}

pub(super) async fn a_copy_is_of_the_version_named(port: &dyn Files, outside: &dyn Outside) {
    let key = format!("{OFFICE}/copied");
    let checked = outside.upload(&key, Some("m1"), b"checked").await;
    outside.upload(&key, Some("m2"), b"came after the check").await;
    copied(port, &order(&key, &checked, "inbox/9870000006/copied/1")).await;
    port.remove(&key).await.unwrap();
    copied(port, &order(&key, &checked, "inbox/9870000006/copied/2")).await;
    for copy in ["inbox/9870000006/copied/1", "inbox/9870000006/copied/2"] {
        assert_eq!(bytes(opened(port, copy, None).await).await, b"checked");
    }
}

pub(super) async fn a_copy_carries_the_manifest_and_nothing_else(port: &dyn Files, outside: &dyn Outside) {
    let key = format!("{OFFICE}/with-more");
    let version = outside.upload(&key, Some("as uploaded"), b"bytes").await;
    let order = CopyOrder { manifest: "as ordered".to_owned(), ..order(&key, &version, "inbox/9870000006/with-more") };
    copied(port, &order).await;
    let metadata = outside.metadata(&order.destination).await;
    assert_eq!(metadata.into_iter().collect::<Vec<_>>(), [("manifest".to_owned(), "as ordered".to_owned())]);
    assert_eq!(opened(port, &order.destination, None).await.manifest.as_deref(), Some("as ordered"));
}

pub(super) async fn a_copy_never_replaces(port: &dyn Files, outside: &dyn Outside) {
    let key = format!("{OFFICE}/twice");
    let (first, second) = (outside.upload(&key, None, b"first").await, outside.upload(&key, None, b"second").await);
    let destination = "inbox/9870000006/twice";
    copied(port, &order(&key, &first, destination)).await;
    for version in [&first, &second] {
        assert_eq!(port.copy(&order(&key, version, destination)).await.unwrap(), Written::Existed);
    }
    assert_eq!(bytes(opened(port, destination, None).await).await, b"first");
}

pub(super) async fn keys_of_any_letters_are_copied(port: &dyn Files, outside: &dyn Outside) {
    for (n, name) in ["計画 1.pdf", "a+b c", "100%41", "q?versionId=x&y=z", "#'\"<>:;,@$!*()", "~tilde/deep/er"].iter().enumerate() {
        let (key, destination) = (format!("{OFFICE}/{name}"), format!("inbox/9870000006/letters/{n}"));
        let version = outside.upload(&key, None, name.as_bytes()).await;
        copied(port, &order(&key, &version, &destination)).await;
        assert_eq!(bytes(opened(port, &destination, None).await).await, name.as_bytes());
    }
}

pub(super) async fn a_copy_of_nothing_is_refused(port: &dyn Files, outside: &dyn Outside) {
    let (key, other) = (format!("{OFFICE}/has-a-version"), format!("{OFFICE}/has-another"));
    outside.upload(&key, None, b"bytes").await;
    let of_other = outside.upload(&other, None, b"others").await;
    for source in [key, format!("{OFFICE}/never")] {
        let refusal = port.copy(&order(&source, &of_other, "inbox/9870000006/nothing")).await.unwrap_err();
        assert!(!refusal.is_passing(), "{refusal}");
    }
    unreadable(port, "inbox/9870000006/nothing", None).await;
}

pub(super) async fn a_created_object_is_never_replaced(port: &dyn Files) {
    let key = "returns/9770000007/created.json";
    assert_eq!(port.create(key, "application/json", b"{}".to_vec()).await.unwrap(), Written::Created);
    for body in [b"{}".to_vec(), b"[]".to_vec()] {
        assert_eq!(port.create(key, "application/json", body).await.unwrap(), Written::Existed);
    }
    let object = opened(port, key, None).await;
    assert_eq!(object.manifest, None);
    assert_eq!(bytes(object).await, b"{}");
}

pub(super) async fn a_digest_is_of_what_lies_there_now(port: &dyn Files, outside: &dyn Outside) {
    let (uploaded, copy) = (format!("{OFFICE}/digested"), "inbox/9870000006/digested");
    assert_eq!(port.digest(&uploaded).await.unwrap(), None);
    let version = outside.upload(&uploaded, None, b"first").await;
    assert_eq!(port.digest(&uploaded).await.unwrap(), Some(Sha256Digest::of(b"first")));
    copied(port, &order(&uploaded, &version, copy)).await;
    outside.upload(&uploaded, None, b"second").await;
    assert_eq!(port.digest(&uploaded).await.unwrap(), Some(Sha256Digest::of(b"second")));
    assert_eq!(port.digest(copy).await.unwrap(), Some(Sha256Digest::of(b"first")));
    port.remove(copy).await.unwrap();
    assert_eq!(port.digest(copy).await.unwrap(), None);
}

pub(super) async fn a_folder_is_listed_as_it_is_now(port: &dyn Files, outside: &dyn Outside) {
    let folder = "inbox/9870000006/listed/";
    assert_eq!(port.list(folder).await.unwrap(), Vec::<String>::new());
    for name in ["b.pdf", "a.pdf", "c/d.pdf"] {
        outside.upload(&format!("{folder}{name}"), None, name.as_bytes()).await;
    }
    outside.upload("inbox/9870000006/listed.pdf", None, b"beside it").await;
    assert_eq!(port.list(folder).await.unwrap(), ["a.pdf", "b.pdf", "c/d.pdf"].map(|name| format!("{folder}{name}")));
    port.remove(&format!("{folder}a.pdf")).await.unwrap();
    assert_eq!(port.list(folder).await.unwrap(), ["b.pdf", "c/d.pdf"].map(|name| format!("{folder}{name}")));
}

pub(super) async fn a_removal_may_be_repeated(port: &dyn Files) {
    let key = "inbox/9870000006/removed";
    port.remove(key).await.unwrap();
    port.create(key, "application/json", b"1".to_vec()).await.unwrap();
    for _ in 0..2 {
        port.remove(key).await.unwrap();
        unreadable(port, key, None).await;
    }
    assert_eq!(port.create(key, "application/json", b"2".to_vec()).await.unwrap(), Written::Created);
    assert_eq!(bytes(opened(port, key, None).await).await, b"2");
}

pub(super) async fn versions_are_listed_in_pages_without_gap_or_overlap(port: &dyn Files, outside: &dyn Outside) {
    let folder = "outbox/9770000007/versions/";
    let mut put = Vec::new();
    for key in ["a", "a", "b +%2B ü", "c\u{1}", "d", "e", "f", "g"].map(|name| format!("{folder}{name}")) {
        let version = outside.upload(&key, None, key.as_bytes()).await;
        put.push((key.clone(), version, key.len() as u64));
    }
    port.remove(&format!("{folder}d")).await.unwrap();
    outside.upload("outbox/9770000007/versions", None, b"beside it").await;
    let (mut found, mut place) = (Vec::new(), None);
    loop {
        let page = port.versions(folder, place.as_ref()).await.unwrap();
        found.extend(page.items);
        place = page.next;
        if place.is_none() {
            break;
        }
    }
    assert!(found.is_sorted_by(|one, other| one.key <= other.key));
    let mut found: Vec<_> = found.into_iter().map(|version| (version.key, version.version, version.size_bytes)).collect();
    found.sort_unstable();
    put.sort_unstable();
    assert_eq!(found, put, "an old version and what was removed too");
    // from any place on, the middle of a key's versions too
    let (first, version, _) = put.first().unwrap();
    let place = VersionPlace { key: first.clone(), version: Some(version.clone()) };
    let rest = port.versions(folder, Some(&place)).await.unwrap().items;
    assert!(rest.iter().all(|listed| (&listed.key, &listed.version) != (first, version)) && !rest.is_empty());
}

pub(super) fn order(source: &str, version: &str, destination: &str) -> CopyOrder {
    CopyOrder {
        source: source.to_owned(),
        version: version.to_owned(),
        destination: destination.to_owned(),
        content_type: "application/octet-stream",
        content_disposition: "attachment".to_owned(),
        manifest: "manifest".to_owned(),
    }
}

pub(super) async fn opened(port: &dyn Files, key: &str, version: Option<&str>) -> Object {
    let Opened::Object(object) = port.open(key, version).await.unwrap() else { unreachable!("{key} is there") };
    object
}

pub(super) async fn bytes(object: Object) -> Vec<u8> {
    let chunks: Vec<_> = object.body.try_collect().await.unwrap();
    chunks.concat()
}

async fn copied(port: &dyn Files, order: &CopyOrder) {
    assert_eq!(port.copy(order).await.unwrap(), Written::Created, "{}", order.source);
}

async fn unreadable(port: &dyn Files, key: &str, version: Option<&str>) {
    assert!(matches!(port.open(key, version).await.unwrap(), Opened::Unreadable), "{key} {version:?}");
}

/// Bytes of every value, without a pattern that a lost or doubled chunk would fit.
fn example(size: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    };
    (0..size).map(|_| next()).collect()
}
