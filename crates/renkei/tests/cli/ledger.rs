//! `renkei admin ledger` after real uploads with credentials that `renkei admin credentials` gave.

use std::time::Duration;

use exchange::Sha256Digest;
use exchange::sign::{ManifestDraft, SigningKey};
use jiff::Timestamp;
use rusty_s3::{Bucket, Credentials, S3Action as _, UrlStyle};
use serde_json::{Value, json};

use crate::admin::jwk_file;
use crate::place::Local;

const SENDER: &str = "9870808848";
const RECIPIENT: &str = "9873789219";

/// Both offices, licensed, and the sender's key.
fn offices(local: &Local, folder: &std::path::Path) -> SigningKey {
    for office in [SENDER, RECIPIENT] {
        local.admin(&["office", "add", "--office", office, "--name", "ひなた"]).object();
        let day = "2026-01-01";
        local.admin(&["licence", "grant", "--office", office, "--kind", "paid", "--first", day, "--last", "2099-12-31"]).object();
    }
    let (jwk, key) = jwk_file(folder);
    local.admin(&["key", "add", "--office", SENDER, "--jwk", &jwk]).object();
    key
}

fn upload(local: &Local, manifest: &str, body: &'static [u8]) {
    let access = local.admin(&["credentials", "--office", SENDER]).object();
    let text = |name: &str| access[name].as_str().unwrap().to_owned();
    let bucket = Bucket::new(text("endpoint").parse().unwrap(), UrlStyle::Path, text("bucket"), text("region")).unwrap();
    let credentials = Credentials::new_with_token(text("access_key_id"), text("secret_access_key"), text("session_token"));
    let key = format!("outbox/{SENDER}/letter");
    let mut put = bucket.put_object(Some(&credentials), &key);
    put.headers_mut().insert("x-amz-meta-manifest", manifest);
    let request = reqwest::Client::new().put(put.sign(Duration::from_secs(60))).header("x-amz-meta-manifest", manifest).body(body);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    assert!(runtime.block_on(request.send()).unwrap().status().is_success());
}

/// Asks until there are so many lines; the exchange works at its own pace.
fn listed(local: &Local, args: &[&str], count: usize) -> Vec<Value> {
    for _ in 0..300 {
        let lines = local.admin(&[&["ledger", "list"], args].concat()).objects();
        if lines.len() >= count && lines.iter().all(|line| line["status"] != "waiting") {
            return lines;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{args:?}: not {count} entries after half a minute");
}

#[test]
fn what_was_delivered_and_rejected_is_listed_and_shown() {
    let (local, folder) = Local::fresh();
    let key = offices(&local, folder.path());
    let draft = |name: &str, body: &[u8]| {
        ManifestDraft::new(SENDER.parse().unwrap(), vec![RECIPIENT.parse().unwrap()], name, body, Timestamp::now())
    };
    let delivered = draft("letter.pdf", b"%PDF-1.4");
    upload(&local, &delivered.sign(&key).unwrap(), b"%PDF-1.4");
    listed(&local, &[], 1);
    let rejected = draft("letter.pdf", b"no PDF");
    upload(&local, &rejected.sign(&key).unwrap(), b"no PDF");
    upload(&local, "forged", b"%PDF-1.4");

    let all = listed(&local, &[], 2);
    let (newest, oldest) = (&all[0], &all[1]);
    assert_eq!(newest["id"], format!("{SENDER}-{}", rejected.jti));
    assert_eq!((&newest["status"], &newest["reasons"]), (&json!("rejected"), &json!([{"code": "file-type", "file": "letter.pdf"}])));
    assert_eq!((&oldest["status"], &oldest["sender"], &oldest["parts"]), (&json!("delivered"), &json!(SENDER), &json!(1)));
    assert_eq!(oldest["deliveries"][0]["recipient"], RECIPIENT);
    assert_eq!(oldest["files"][0]["sha256"], Sha256Digest::of(b"%PDF-1.4").to_string());

    let one = |args: &[&str], expected: &[&Value]| {
        let found = local.admin(&[&["ledger", "list"], args].concat()).objects();
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{args:?}");
    };
    one(&["--limit", "1"], &[newest]);
    one(&["--sender", SENDER], &[newest, oldest]);
    one(&["--sender", RECIPIENT], &[]);
    one(&["--recipient", RECIPIENT], &[oldest]);
    one(&["--status", "rejected"], &[newest]);
    one(&["--status", "waiting"], &[]);
    one(&["--since", "2099-01-01T00:00:00Z"], &[]);
    assert_eq!(&local.admin(&["ledger", "show", oldest["id"].as_str().unwrap()]).object(), oldest);
    let unknown = local.admin(&["ledger", "show", &format!("{SENDER}-{}", draft("a.pdf", b"").jti)]);
    assert_eq!((unknown.code, unknown.stdout.as_str()), (Some(1), ""));

    let alone = listed(&local, &["--objects", "--sender", SENDER], 1).remove(0);
    assert_eq!((&alone["code"], &alone["sender"]), (&json!("manifest-malformed"), &json!(SENDER)));
    assert!(alone["report"].as_str().unwrap().starts_with(&format!("returns/{SENDER}/objects/")));
}
