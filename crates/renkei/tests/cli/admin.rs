//! `renkei admin`: the shapes of the contract, and what is refused.

use std::path::Path;

use exchange::sign::SigningKey;
use serde_json::{Value, json};

use crate::place::{Local, ended, renkei};

const OFFICE: &str = "9870808848";

/// A fresh key, its public half in a file of that folder.
pub(crate) fn jwk_file(folder: &Path) -> (String, SigningKey) {
    let key = SigningKey::generate_es256().unwrap();
    let path = folder.join(format!("{}.json", key.kid().unwrap()));
    std::fs::write(&path, key.public_key().unwrap().to_jwk().to_string()).unwrap();
    (path.to_str().unwrap().to_owned(), key)
}

fn refused(local: &Local, args: &[&str], says: &str) {
    let ended = local.admin(args);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{args:?}: {}", ended.stderr);
    assert!(ended.stderr.contains(says), "{args:?}: {}", ended.stderr);
}

#[test]
fn dead_letters_are_moved_back() {
    let (local, _folder) = Local::fresh();
    assert_eq!(local.admin(&["redrive"]).object(), json!({"moved": 0}));
}

fn add_office(local: &Local) {
    local.admin(&["office", "add", "--office", OFFICE, "--name", "ひなた"]).object();
}

#[test]
fn an_office_is_shown_as_it_was_added_and_changed() {
    let (local, _folder) = Local::fresh();
    let profile = |name: &str, services: Value| json!({"office": OFFICE, "name": name, "municipality": "977900", "services": services});
    let add = ["office", "add", "--office", OFFICE, "--name", "ひなた", "--municipality", "977900", "--service", "15", "--service", "78"];
    assert_eq!(local.admin(&add).object(), profile("ひなた", json!(["15", "78"])));
    // what isn't given stays
    let renamed = local.admin(&["office", "add", "--office", OFFICE, "--name", "陽だまり"]).object();
    assert_eq!(renamed, profile("陽だまり", json!(["15", "78"])));
    let moved = local.admin(&["office", "add", "--office", OFFICE, "--name", "陽だまり", "--service", "15"]).object();
    assert_eq!(moved, profile("陽だまり", json!(["15"])));
    assert_eq!(local.admin(&["office", "show", "--office", OFFICE]).object(), moved);
}

#[test]
fn an_office_without_more_has_no_municipality_and_no_services() {
    let (local, _folder) = Local::fresh();
    let added = local.admin(&["office", "add", "--office", OFFICE, "--name", "ひなた"]).object();
    assert_eq!(added, json!({"office": OFFICE, "name": "ひなた", "municipality": null, "services": []}));
}

#[test]
fn an_unknown_office_is_refused_by_every_command() {
    let (local, folder) = Local::fresh();
    let (jwk, key) = jwk_file(folder.path());
    let says = "is not registered";
    refused(&local, &["office", "show", "--office", OFFICE], says);
    refused(&local, &["key", "add", "--office", OFFICE, "--jwk", &jwk], says);
    refused(&local, &["key", "revoke", "--office", OFFICE, "--kid", &key.kid().unwrap()], says);
    refused(&local, &["key", "list", "--office", OFFICE], says);
    refused(&local, &["licence", "grant", "--office", OFFICE, "--kind", "paid", "--first", "2026-04-01"], says);
    refused(&local, &["licence", "list", "--office", OFFICE], says);
    refused(&local, &["credentials", "--office", OFFICE], says);
}

#[test]
fn changes_of_one_office_at_once_are_all_kept() {
    const AT_ONCE: usize = 16;
    let (local, folder) = Local::fresh();
    add_office(&local);
    let keys: Vec<(String, SigningKey)> = (0..AT_ONCE).map(|_| jwk_file(folder.path())).collect();
    let days: Vec<String> = (1..=AT_ONCE).map(|day| format!("2026-04-{day:02}")).collect();
    std::thread::scope(|scope| {
        for ((jwk, _), day) in keys.iter().zip(&days) {
            let local = &local;
            scope.spawn(move || local.admin(&["key", "add", "--office", OFFICE, "--jwk", jwk]).object());
            scope.spawn(move || local.admin(&["licence", "grant", "--office", OFFICE, "--kind", "paid", "--first", day]).object());
        }
    });
    let listed = |command: &str, member: &str| {
        let objects = local.admin(&[command, "list", "--office", OFFICE]).objects();
        let mut values: Vec<String> = objects.iter().map(|object| object[member].as_str().unwrap().to_owned()).collect();
        values.sort();
        values
    };
    let mut kids: Vec<String> = keys.iter().map(|(_, key)| key.kid().unwrap()).collect();
    kids.sort();
    assert_eq!(listed("key", "kid"), kids);
    assert_eq!(listed("licence", "first"), days);
}

#[test]
fn a_key_is_added_bounded_listed_and_revoked() {
    let (local, folder) = Local::fresh();
    add_office(&local);
    let (jwk, key) = jwk_file(folder.path());
    let kid = key.kid().unwrap();
    let shape =
        |first: Value, last: Value| json!({"office": OFFICE, "kid": kid, "not_before": first, "not_after": last, "revoked_at": null});
    let add = ["key", "add", "--office", OFFICE, "--jwk", &jwk];
    assert_eq!(local.admin(&add).object(), shape(json!(null), json!(null)));
    let bounds = ["--not-before", "2026-04-01T00:00:00Z", "--not-after", "2027-03-31T23:59:59+09:00"];
    let bounded = local.admin(&[&add[..], &bounds[..]].concat()).object();
    assert_eq!(bounded, shape(json!("2026-04-01T09:00:00+09:00"), json!("2027-03-31T23:59:59+09:00")));
    assert_eq!(local.admin(&["key", "list", "--office", OFFICE]).objects(), [bounded]);

    // an id may begin with a hyphen
    let revoke = ["key", "revoke", "--office", OFFICE, "--kid", &kid];
    let revoked = local.admin(&revoke).object();
    assert!(revoked["revoked_at"].as_str().unwrap().ends_with("+09:00"));
    assert_eq!(local.admin(&revoke).object(), revoked);
    assert_eq!(local.admin(&["key", "list", "--office", OFFICE]).objects(), [revoked]);
    refused(&local, &add, "doesn't come back");
}

#[test]
fn a_certificates_key_is_known_by_its_digest() {
    let pem = include_str!("../../../exchange/fixtures/ed25519.pem");
    let (local, folder) = Local::fresh();
    add_office(&local);
    let path = folder.path().join("device.pem");
    std::fs::write(&path, pem).unwrap();
    let added = local.admin(&["key", "add", "--office", OFFICE, "--certificate", path.to_str().unwrap()]);
    let key = added.object();
    for told in ["issued", "names no office", "--not-after 2036-11-20T09:24:13+09:00"] {
        assert!(added.stderr.contains(told), "{told}: {}", added.stderr);
    }
    assert_eq!(key["not_after"], json!(null), "the certificate's own dates set no bounds");
    assert_eq!(key["kid"], "kZE8GqIJQxXxZ-6wGboFgbm7Ldxu5tkfdRiQ_IwYmhI");
    assert_eq!(local.admin(&["key", "list", "--office", OFFICE]).objects(), [key]);
    let (jwk, _) = jwk_file(folder.path());
    refused(&local, &["key", "add", "--office", OFFICE, "--certificate", &jwk], "certificate");
}

/// What is checked is in a table of the crate `exchange`; here, that the command asks for it.
#[test]
fn a_certificate_is_checked_where_anchors_are_given() {
    let (local, folder) = Local::fresh();
    add_office(&local);
    let file = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let mut authority = rcgen::CertificateParams::default();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority = rcgen::CertifiedIssuer::self_signed(authority, rcgen::KeyPair::generate().unwrap()).unwrap();
    let device = |names: &str| {
        let mut params = rcgen::CertificateParams::default();
        params.distinguished_name.push(rcgen::DnType::CommonName, names);
        params.key_usages = vec![rcgen::KeyUsagePurpose::DigitalSignature];
        params.signed_by(&rcgen::KeyPair::generate().unwrap(), &authority).unwrap().pem()
    };
    let anchors = file("anchors.pem", authority.pem());
    let (own, others) = (file("own.pem", device(OFFICE)), file("others.pem", device("0370100026")));
    let alone = file("alone.pem", include_str!("../../../exchange/fixtures/ed25519.pem").to_owned());
    let add = |certificate: &str, more: &[&str]| {
        [&["key", "add", "--office", OFFICE, "--certificate", certificate], more]
            .concat()
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let refuse = |certificate: &str, more: &[&str], says: &str| {
        let add = add(certificate, more);
        refused(&local, &add.iter().map(String::as_str).collect::<Vec<_>>(), says);
        assert_eq!(local.admin(&["key", "list", "--office", OFFICE]).objects().len(), 0, "nothing is written");
    };
    refuse(&others, &["--anchors", &anchors], "doesn't name this office");
    refuse(&others, &[], "doesn't name this office");
    refuse(&alone, &["--anchors", &anchors], "can't be used");
    refuse(&own, &["--anchors", &own, "--crl", &own], "not a list of revoked certificates");
    refuse(&own, &["--anchors", &file("text", "text".to_owned())], "not the certificates of authorities");
    let take = |certificate: &str, more: &[&str]| {
        let add = add(certificate, more);
        local.admin(&add.iter().map(String::as_str).collect::<Vec<_>>()).object()
    };
    // a deployment names its anchors once, for every command
    let trusted = ("RENKEI_TRUST_ANCHORS", anchors.as_str());
    let add_trusted = |certificate: &str| local.admin_where(trusted, &["key", "add", "--office", OFFICE, "--certificate", certificate]);
    for (certificate, says) in [(&others, "doesn't name this office"), (&alone, "can't be used")] {
        let ended = add_trusted(certificate);
        assert_eq!(ended.code, Some(1));
        assert!(ended.stderr.contains(says), "{}", ended.stderr);
    }
    let gone = local.admin_where(("RENKEI_TRUST_ANCHORS", "/no/such/file"), &["key", "add", "--office", OFFICE, "--certificate", &own]);
    assert_eq!(gone.code, Some(1), "anchors that can't be read let nothing in unchecked");
    assert_eq!(local.admin(&["key", "list", "--office", OFFICE]).objects().len(), 0);
    let key = add_trusted(&own).object();
    let vouched = take(&others, &["--anchors", &anchors, "--unchecked"]);
    assert_eq!(local.admin(&["key", "list", "--office", OFFICE]).objects(), [key, vouched]);
}

#[test]
fn what_is_no_public_key_is_refused_and_nothing_is_written() {
    let (local, folder) = Local::fresh();
    add_office(&local);
    let check = |name: &str, text: &str, says: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        refused(&local, &["key", "add", "--office", OFFICE, "--jwk", path.to_str().unwrap()], says);
    };
    check("text", "key", "not JSON");
    check("empty", "{}", "JWK");
    check("shared", r#"{"kty":"oct","k":"c2VjcmV0"}"#, "private");
    check("curve", r#"{"kty":"EC","crv":"P-384","x":"","y":""}"#, "P-256");
    refused(&local, &["key", "add", "--office", OFFICE, "--jwk", "/no/such/file"], "can't be read");
    let (jwk, _) = jwk_file(folder.path());
    let never = ["--not-before", "2027-01-01T00:00:00Z", "--not-after", "2026-01-01T00:00:00Z"];
    let never = local.admin(&[&["key", "add", "--office", OFFICE, "--jwk", &jwk], &never[..]].concat());
    assert!(never.code == Some(2) && never.stderr.contains("never count"), "{}", never.stderr);
    refused(&local, &["key", "revoke", "--office", OFFICE, "--kid", "-no"], "has no key -no");
    assert_eq!(local.admin(&["key", "list", "--office", OFFICE]).objects(), Vec::<Value>::new());
}

#[test]
fn licences_run_a_year_unless_said_and_are_granted_once() {
    let (local, _folder) = Local::fresh();
    add_office(&local);
    let grant = |kind: &str, first: &str, more: &[&str]| {
        local.admin(&[&["licence", "grant", "--office", OFFICE, "--kind", kind, "--first", first], more].concat()).object()
    };
    let shape = |kind: &str, first: &str, last: &str| json!({"office": OFFICE, "kind": kind, "first": first, "last": last});
    let expected = [
        shape("paid", "2028-02-29", "2029-02-28"),
        shape("free-pass", "2025-06-01", "2026-05-31"),
        shape("paid", "2030-04-01", "2032-03-31"),
    ];
    assert_eq!(grant("paid", "2028-02-29", &[]), expected[0]);
    assert_eq!(grant("free-pass", "2025-06-01", &[]), expected[1]);
    assert_eq!(grant("free-pass", "2025-06-01", &["--last", "2026-05-31"]), expected[1]);
    assert_eq!(grant("paid", "2030-04-01", &["--last", "2032-03-31"]), expected[2]);
    let early = local.admin(&["licence", "grant", "--office", OFFICE, "--kind", "paid", "--first", "2028-02-29", "--last", "2028-02-28"]);
    assert_eq!((early.code, early.stdout.as_str()), (Some(2), ""));
    assert!(early.stderr.contains("lies before"), "{}", early.stderr);
    assert_eq!(local.admin(&["licence", "list", "--office", OFFICE]).objects(), expected);
}

#[test]
fn credentials_are_the_offices_own() {
    let (local, _folder) = Local::fresh();
    add_office(&local);
    let access = local.admin(&["credentials", "--office", OFFICE]).object();
    let mut members: Vec<&str> = access.as_object().unwrap().keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(members, ["access_key_id", "bucket", "endpoint", "region", "secret_access_key", "session_token"]);
    assert_eq!(access["endpoint"], local.announcement["s3"]);
    assert_ne!(access["access_key_id"], local.announcement["access_key_id"]);
}

#[test]
fn a_deployment_is_also_found_by_the_environment() {
    let (local, _folder) = Local::fresh();
    add_office(&local);
    let text = |name: &str| local.announcement[name].as_str().unwrap().to_owned();
    let by_environment = |args: &[&str]| {
        let mut command = renkei(&[&["admin", "--json"], args].concat());
        command
            .env("RENKEI_BUCKET", text("bucket"))
            .env("RENKEI_OFFICES_TABLE", "renkei-offices")
            .env("RENKEI_LEDGER_TABLE", "renkei-ledger");
        command.env("AWS_ENDPOINT_URL_S3", text("s3")).env("AWS_ENDPOINT_URL_DYNAMODB", text("dynamodb")).env("AWS_REGION", text("region"));
        command.env("AWS_ACCESS_KEY_ID", text("access_key_id")).env("AWS_SECRET_ACCESS_KEY", text("secret_access_key"));
        ended(&command.env_remove("RENKEI_OFFICE_ROLE").output().unwrap())
    };
    assert_eq!(by_environment(&["office", "show", "--office", OFFICE]).object()["name"], "ひなた");
    assert_eq!(by_environment(&["ledger", "list"]).objects(), Vec::<Value>::new());
    let credentials = by_environment(&["credentials", "--office", OFFICE]);
    assert_eq!((credentials.code, credentials.stdout.as_str()), (Some(1), ""));
    assert!(credentials.stderr.contains("RENKEI_OFFICE_ROLE"), "{}", credentials.stderr);
}

#[test]
fn profiles_are_published_and_named_in_an_offices_entry() {
    let (local, _folder) = Local::fresh();
    let profile = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/receiver-profile.toml");
    add_office(&local);
    refused(&local, &["profile", "use", "--office", OFFICE, "sample-care-5"], "no profile sample-care-5 is published");
    refused(&local, &["profile", "put", "/no/such.toml"], "/no/such.toml can't be read");
    assert_eq!(local.admin(&["profile", "put", profile]).object(), json!({"id": "sample-care-5", "software": "見本ケア 5"}));
    let shown = local.admin(&["profile", "show", "sample-care-5"]).object();
    assert_eq!(shown["text"].as_str().unwrap(), std::fs::read_to_string(profile).unwrap());
    let used = local.admin(&["profile", "use", "--office", OFFICE, "sample-care-5"]).object();
    assert_eq!(used, json!({"office": OFFICE, "profile": "sample-care-5"}));
    assert_eq!(local.admin(&["profile", "of", "--office", OFFICE]).object(), used);
    assert_eq!(local.admin(&["profile", "use", "--office", OFFICE]).object(), json!({"office": OFFICE, "profile": null}));
}
