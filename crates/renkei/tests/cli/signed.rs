//! What is fetched is what its sender signed: checked against the manifest that came with it, and that against the sender's keys.

use std::fs;
use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use exchange::sign::{ManifestDraft, SigningKey};
use exchange::{OfficeKey, Sha256Digest, TransmissionId};
use jiff::{SignedDuration, Timestamp};
use rusty_s3::{Bucket, Credentials, S3Action as _, UrlStyle};
use serde_json::{Value, json};

use crate::device::Device;
use crate::place::Local;
use crate::post::{Post, RECIPIENT, SENDER, id_of};
use crate::stand_in::{Reply, stand_in};
use crate::watch::names;

const LETTER: &[u8] = b"%PDF-1.4";

/// The sender's.
static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate_es256().unwrap());

/// A file as the exchange lists it, and as the storage has it.
struct Stored {
    draft: ManifestDraft,
    listed: &'static [u8],
    stored: &'static [u8],
    manifest: Option<String>,
}

impl Stored {
    /// As it was sent.
    fn whole(draft: ManifestDraft) -> Self {
        let manifest = draft.sign(&KEY).unwrap();
        Self { draft, listed: LETTER, stored: LETTER, manifest: Some(manifest) }
    }
}

/// What the sender signed: this letter, for the recipient.
fn draft() -> ManifestDraft {
    let aud = vec![format!("{RECIPIENT}-43").parse().unwrap()];
    ManifestDraft::new(SENDER.parse().unwrap(), aud, "letter.pdf", LETTER, Timestamp::now())
}

/// Two files of one transmission.
fn two() -> [ManifestDraft; 2] {
    let first = draft();
    let mut files = [first.clone(), ManifestDraft { name: "second.pdf".to_owned(), ..first }];
    ManifestDraft::seal(&mut files);
    files
}

/// The sender's key, without bounds.
fn registered() -> OfficeKey {
    OfficeKey::new(KEY.public_key().unwrap())
}

/// A device at an exchange that has delivered these, each delivery's behind each other, and knows these keys of the sender or no such office; with how
/// often it was asked for them.
fn recipient(files: Vec<Stored>, keys: Option<Vec<OfficeKey>>) -> (Device, Arc<AtomicUsize>) {
    let of = |file: &Stored| TransmissionId::new(file.draft.iss, file.draft.jti).to_string();
    let mut ids: Vec<String> = files.iter().map(of).collect();
    ids.dedup();
    let view = |id: &String| {
        let files = files.iter().enumerate().filter(|(_, file)| of(file) == *id).map(|(place, Stored { draft, listed, .. })| {
            let key = format!("inbox/{RECIPIENT}/{id}/a{place}.pdf");
            json!({"name": draft.name, "key": key, "kind": null, "size": listed.len(), "sha256": Sha256Digest::of(listed), "errors": 0, "warnings": 0})
        });
        json!({"id": id, "sender": SENDER, "sender_name": "", "recipient": RECIPIENT, "address": format!("{RECIPIENT}-43"), "status": "delivered",
            "delivered_at": "2026-05-01T09:00:00+09:00", "files": files.collect::<Vec<Value>>(), "outcome": null, "note": ""})
    };
    let views: Vec<Value> = ids.iter().map(view).collect();
    let asked_for_keys = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked_for_keys);
    let own_keys = format!("GET /v1/offices/{SENDER}/keys");
    let answer = move |call: &str, origin: &str| {
        if call == own_keys {
            counted.fetch_add(1, Ordering::SeqCst);
            return Some(Reply::json(200, &json!({"keys": keys.as_ref()?})));
        }
        if let Some(place) = call.strip_prefix("GET /stored/") {
            let file = files.get(place.parse::<usize>().ok()?)?;
            return Some(Reply::object(file.manifest.as_deref(), file.stored));
        }
        match call.strip_prefix("GET /v1/inbox")?.split_once("/files/a") {
            Some((_, place)) => Some(Reply::see_other(&format!("{origin}/stored/{}", place.strip_suffix(".pdf")?))),
            None if call == "GET /v1/inbox" => Some(Reply::json(200, &json!({"items": views, "next_cursor": null}))),
            None => views.iter().find(|view| call.ends_with(view["id"].as_str().unwrap())).map(|view| Reply::json(200, view)),
        }
    };
    let device = Device::at(&stand_in(move |asked| match asked.call.as_str() {
        "POST /v1/enrolments" => Reply::json(201, &json!({})),
        call => answer(call, &asked.origin).unwrap_or_else(|| Reply::problem(404, "not-found")),
    }));
    device.enrol(RECIPIENT, "AAAA-AAAA-AAAA-AAAA").object();
    (device, asked_for_keys)
}

/// Fetches this; it is refused with these words, or taken.
fn check(what: &str, file: Stored, keys: Option<Vec<OfficeKey>>, refused: Option<&str>) {
    let id = TransmissionId::new(file.draft.iss, file.draft.jti).to_string();
    let (device, _) = recipient(vec![file], keys);
    let out = tempfile::tempdir().unwrap();
    let fetched = device.run(&["fetch", &id, "--out", out.path().to_str().unwrap()]);
    match refused {
        None => {
            assert_eq!((&fetched.object()["verified"], names(out.path())), (&json!(true), vec![id]), "{what}");
        }
        Some(says) => {
            assert_eq!((fetched.code, names(out.path()), fetched.stdout.as_str()), (Some(1), Vec::new(), ""), "{what}");
            assert!(fetched.stderr.contains(says) && fetched.stderr.contains(&id), "{what}: {}", fetched.stderr);
        }
    }
}

#[test]
fn a_file_is_taken_only_with_a_manifest_that_speaks_of_it() {
    let check = |what: &str, listed, stored, manifest: Option<ManifestDraft>, draft, refused| {
        let manifest = manifest.map(|manifest| manifest.sign(&KEY).unwrap());
        check(what, Stored { draft, listed, stored, manifest }, Some(vec![registered()]), refused);
    };
    let (sent, other, manifest) = (draft(), Some("記録と一致しません"), Some("speaks of another file"));
    let own = || (Some(sent.clone()), sent.clone());
    let spoken = |manifest: ManifestDraft| (Some(manifest), sent.clone());
    for (what, listed, stored, (signed, draft), refused) in [
        ("as it was sent", LETTER, LETTER, own(), None),
        ("other bytes than listed", LETTER, &b"%PDF-1.5"[..], own(), other),
        ("fewer bytes than listed", LETTER, b"%PDF", own(), other),
        ("other bytes, listed so", b"%PDF-1.5", b"%PDF-1.5", own(), manifest),
        ("no manifest", LETTER, LETTER, (None, sent.clone()), manifest),
        ("of another transmission", LETTER, LETTER, spoken(draft()), manifest),
        ("of another sender", LETTER, LETTER, spoken(ManifestDraft { iss: RECIPIENT.parse().unwrap(), ..sent.clone() }), manifest),
        ("of another name", LETTER, LETTER, spoken(ManifestDraft { name: "other.pdf".to_owned(), ..sent.clone() }), manifest),
        ("for somebody else", LETTER, LETTER, spoken(ManifestDraft { aud: vec!["9870808848".parse().unwrap()], ..sent.clone() }), manifest),
    ] {
        check(what, listed, stored, signed, draft, refused);
    }
    let no_jwt = Stored { manifest: Some("manifest".to_owned()), ..Stored::whole(draft()) };
    self::check("no JWT", no_jwt, Some(vec![registered()]), manifest);
}

#[test]
fn a_file_is_taken_only_with_a_manifest_that_its_sender_signed() {
    let hour = SignedDuration::from_hours(1);
    let (ago, ahead) = (Some(Timestamp::now() - hour), Some(Timestamp::now() + hour));
    let signed = |manifest: String, draft| Stored { manifest: Some(manifest), ..Stored::whole(draft) };
    let stranger = SigningKey::generate_es256().unwrap();
    let (kid, letter) = (KEY.kid().unwrap(), draft());
    let by_stranger = |kid: &str| signed(letter.sign_as(&stranger, kid).unwrap(), letter.clone());
    check("by another key under this one's name", by_stranger(&kid), Some(vec![registered()]), Some("signature-invalid"));
    check("by a key of nobody's", by_stranger(&stranger.kid().unwrap()), Some(vec![registered()]), Some("key-unknown"));
    check("of an office without keys", Stored::whole(draft()), Some(Vec::new()), Some("key-unknown"));
    check("of an office that isn't there", Stored::whole(draft()), None, Some("key-unknown"));
    let certificate = OfficeKey { kid: "x5t".to_owned(), ..registered() };
    check("by a certificate's key", signed(letter.sign_as(&KEY, "x5t").unwrap(), letter.clone()), Some(vec![certificate]), None);
    for (what, key, refused) in [
        ("revoked since", OfficeKey { revoked_at: ahead, ..registered() }, None),
        ("revoked before", OfficeKey { revoked_at: ago, ..registered() }, Some("key-revoked")),
        ("expired since", OfficeKey { not_before: ago, not_after: ahead, ..registered() }, None),
        ("expired before", OfficeKey { not_after: ago, ..registered() }, Some("key-expired")),
    ] {
        check(what, Stored::whole(draft()), Some(vec![key]), refused);
    }
}

#[test]
fn a_senders_keys_are_asked_for_once() {
    let [first, second] = two();
    let (device, asked) = recipient([first, second, draft()].map(Stored::whole).into(), Some(vec![registered()]));
    let out = tempfile::tempdir().unwrap();
    let fetch = ["fetch", "--out", out.path().to_str().unwrap()];
    assert_eq!((device.run(&fetch).objects().len(), asked.load(Ordering::SeqCst)), (2, 1));
    // what is here is not asked about again
    let again = device.run(&fetch).objects();
    assert_eq!((&again[0]["new"], &again[0]["verified"], asked.load(Ordering::SeqCst)), (&json!(false), &json!(false), 1));
}

/// Who has the storage and the answers of the exchange leaves one of two files out, or puts one in.
#[test]
fn a_delivery_is_taken_only_with_all_the_files_that_its_sender_signed_for() {
    let ([first, second], stray) = (two(), ManifestDraft { name: "stray.pdf".to_owned(), ..draft() });
    let stray = ManifestDraft { jti: first.jti, ..stray };
    let whole = [first.clone(), second.clone()];
    for (what, files, is_taken) in [
        ("both", whole.to_vec(), true),
        ("the first alone", vec![first.clone()], false),
        ("the second alone", vec![second.clone()], false),
        ("the first twice", vec![first.clone(), first.clone()], false),
        ("one more, signed by the sender", [&whole[..], std::slice::from_ref(&stray)].concat(), false),
        ("one instead", vec![first, stray.clone()], false),
        ("two of one", vec![stray, second], false),
    ] {
        let (device, _) = recipient(files.into_iter().map(Stored::whole).collect(), Some(vec![registered()]));
        let out = tempfile::tempdir().unwrap();
        let fetched = device.run(&["fetch", "--out", out.path().to_str().unwrap()]);
        assert_eq!(
            (fetched.code, names(out.path()).len()),
            if is_taken { (Some(0), 1) } else { (Some(1), 0) },
            "{what}: {}",
            fetched.stderr
        );
        assert!(is_taken || fetched.stderr.contains("一致しません"), "{what}: {}", fetched.stderr);
    }
}

/// With the operator's credentials: they can do what nobody else can.
fn put(local: &Local, key: &str, manifest: &str, body: &'static [u8]) {
    let text = |name: &str| local.announcement[name].as_str().unwrap().to_owned();
    let bucket = Bucket::new(text("s3").parse().unwrap(), UrlStyle::Path, text("bucket"), text("region")).unwrap();
    let credentials = Credentials::new(text("access_key_id"), text("secret_access_key"));
    let mut put = bucket.put_object(Some(&credentials), key);
    put.headers_mut().insert("x-amz-meta-manifest", manifest);
    let request = reqwest::Client::new().put(put.sign(Duration::from_secs(60))).header("x-amz-meta-manifest", manifest).body(body);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    assert!(runtime.block_on(request.send()).unwrap().status().is_success());
}

/// A whole exchange, in whose storage somebody has laid something under a file's place.
#[test]
fn what_the_storage_holds_is_taken_only_as_the_sender_signed_it() {
    let post = Post::new();
    let id = id_of(&post.send(&[&post.letter("letter.pdf")], &["--wait"]).object());
    let key = format!("inbox/{RECIPIENT}/{id}/a01.pdf");
    let jti = id.parse::<TransmissionId>().unwrap().jti();
    let kid = post.sender.run(&["keys", "list"]).object()["kid"].as_str().unwrap().to_owned();
    let forged = ManifestDraft { jti, ..draft() }.sign_as(&KEY, &kid).unwrap();
    put(&post.local, &key, &forged, LETTER);
    let (out, into) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (fetch, into_folder) = (["fetch", "--out", out.path().to_str().unwrap()], into.path().to_str().unwrap());
    let watch = ["watch", post.files.path().to_str().unwrap(), "--once", "--settle", "0", "--into", into_folder];
    fs::remove_file(post.files.path().join("letter.pdf")).unwrap();
    for command in [&fetch[..], &watch] {
        let ended = post.recipient.run(command);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{command:?}");
        assert!(ended.stderr.contains("signature-invalid") && ended.stderr.contains("電子署名"), "{}", ended.stderr);
    }
    assert!(names(out.path()).is_empty());
    assert!(names(into.path()).iter().all(|name| name.starts_with(".renkei-")), "{:?}", names(into.path()));
    // what the sender signed is taken, and when it has revoked its key since, too
    let signing = SigningKey::from_pkcs8_pem(&fs::read_to_string(post.sender.home.path().join("key.pem")).unwrap()).unwrap();
    put(&post.local, &key, &ManifestDraft { jti, ..draft() }.sign(&signing).unwrap(), LETTER);
    post.local.admin(&["key", "revoke", "--office", SENDER, "--kid", &kid]).object();
    assert_eq!(post.recipient.run(&fetch).object()["verified"], json!(true));
    assert_eq!(post.recipient.run(&watch).object()["event"], json!("arrived"));
    assert!(names(into.path()).contains(&"letter.pdf".to_owned()));
}
