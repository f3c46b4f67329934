//! What is fetched is what its sender signed: checked against the manifest that came with it.

use std::fs;

use exchange::Sha256Digest;
use exchange::sign::{ManifestDraft, SigningKey};
use serde_json::json;

use crate::device::Device;
use crate::post::{RECIPIENT, SENDER};
use crate::stand_in::{Reply, stand_in};

const LETTER: &[u8] = b"%PDF-1.4";

/// What the sender signed: this letter, for the recipient.
fn draft() -> ManifestDraft {
    let aud = vec![format!("{RECIPIENT}-43").parse().unwrap()];
    ManifestDraft::new(SENDER.parse().unwrap(), aud, "letter.pdf", LETTER, jiff::Timestamp::now())
}

/// Fetches a delivery that the exchange lists with these bytes, and gets them with this manifest.
fn check(what: &str, listed: &'static [u8], stored: &'static [u8], manifest: impl FnOnce(ManifestDraft) -> Option<String>, is_fine: bool) {
    let draft = draft();
    let id = format!("{SENDER}-{}", draft.jti);
    let manifest = manifest(draft);
    let key = format!("inbox/{RECIPIENT}/{id}/a01.pdf");
    let file = json!({"name": "letter.pdf", "key": key, "kind": null, "size": listed.len(), "sha256": Sha256Digest::of(listed), "errors": 0, "warnings": 0});
    let delivery = json!({"id": id, "sender": SENDER, "sender_name": "", "recipient": RECIPIENT, "address": format!("{RECIPIENT}-43"),
        "status": "delivered", "delivered_at": "2026-05-01T09:00:00+09:00", "files": [file], "outcome": null, "note": ""});
    let (inbox, location) = (format!("GET /v1/inbox/{id}"), format!("GET /v1/inbox/{id}/files/a01.pdf"));
    let device = Device::at(&stand_in(move |asked| match asked.call.as_str() {
        "POST /v1/enrolments" => Reply::json(201, &json!({})),
        "GET /stored" => Reply::object(manifest.as_deref(), stored),
        call if call == inbox => Reply::json(200, &delivery),
        call if call == location => Reply::see_other(&format!("{}/stored", asked.origin)),
        _ => Reply::problem(404, "not-found"),
    }));
    device.enrol(RECIPIENT, "AAAA-AAAA-AAAA-AAAA").object();
    let out = tempfile::tempdir().unwrap();
    let fetched = device.run(&["fetch", &id, "--out", out.path().to_str().unwrap()]);
    assert_eq!((fetched.code, fs::read_dir(out.path()).unwrap().count()), if is_fine { (Some(0), 1) } else { (Some(1), 0) }, "{what}");
    assert!(is_fine || fetched.stderr.contains(&id), "{what}: {}", fetched.stderr);
}

#[test]
fn a_file_is_taken_only_with_a_manifest_that_speaks_of_it() {
    let sign = |draft: &ManifestDraft| Some(draft.sign(&SigningKey::generate_es256().unwrap()).unwrap());
    check("as it was sent", LETTER, LETTER, |draft| sign(&draft), true);
    check("other bytes than listed", LETTER, b"%PDF-1.5", |draft| sign(&draft), false);
    check("fewer bytes than listed", LETTER, b"%PDF", |draft| sign(&draft), false);
    check("other bytes, listed so", b"%PDF-1.5", b"%PDF-1.5", |draft| sign(&draft), false);
    check("no manifest", LETTER, LETTER, |_| None, false);
    check("no JWT", LETTER, LETTER, |_| Some("manifest".to_owned()), false);
    check("of another transmission", LETTER, LETTER, |_| sign(&draft()), false);
    check("of another sender", LETTER, LETTER, |draft| sign(&ManifestDraft { iss: RECIPIENT.parse().unwrap(), ..draft }), false);
    check("of another name", LETTER, LETTER, |draft| sign(&ManifestDraft { name: "other.pdf".to_owned(), ..draft }), false);
    check("for somebody else", LETTER, LETTER, |draft| sign(&ManifestDraft { aud: vec!["9870808848".parse().unwrap()], ..draft }), false);
}
