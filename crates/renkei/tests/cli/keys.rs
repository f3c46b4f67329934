//! Keys as offices and operators name, bound and list them.

use std::path::Path;

use exchange::OfficeKey;
use exchange::sign::SigningKey;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use serde_json::json;

use crate::device::{Device, OFFICE, register};
use crate::place::Local;
use crate::stand_in::{Reply, stand_in};

#[test]
fn a_devices_key_that_is_bounded_keeps_its_name_and_its_day() {
    let (local, folder) = Local::fresh();
    register(&local, OFFICE);
    let device = Device::enrolled(&local, OFFICE);
    let before = device.run(&["keys", "list"]).object();
    let key = SigningKey::from_pkcs8_pem(&std::fs::read_to_string(device.home.path().join("key.pem")).unwrap()).unwrap();
    let jwk = folder.path().join("key.json");
    std::fs::write(&jwk, key.public_key().unwrap().to_jwk().to_string()).unwrap();
    let add = ["key", "add", "--office", OFFICE, "--jwk", jwk.to_str().unwrap(), "--not-after", "2099-03-31T23:59:59+09:00"];
    local.admin(&add).object();
    let mut expected = before;
    expected["not_after"] = json!("2099-03-31T23:59:59+09:00");
    assert_eq!(device.run(&["keys", "list"]).object(), expected);
}

/// One key in 64 has such an id.
#[test]
fn a_key_whose_id_begins_with_a_hyphen_is_revoked_like_another() {
    const KID: &str = "-tTv8n0b1q3a4s5d6f7g8h9j0k1l2z3x4c5v6b7n8m9";
    let device = Device::at(&stand_in(|asked| match asked.call.as_str() {
        "POST /v1/enrolments" => Reply::json(201, &json!({})),
        "DELETE /v1/keys/-tTv8n0b1q3a4s5d6f7g8h9j0k1l2z3x4c5v6b7n8m9" => Reply::json(204, &json!(null)),
        "GET /v1/keys" => Reply::json(
            200,
            &json!({"items": [{"kid": KID, "current": false, "revoked_at": "2026-05-01T09:00:00+09:00"}], "next_cursor": null}),
        ),
        _ => Reply::problem(404, "not-found"),
    }));
    device.enrol(OFFICE, "AAAA-AAAA-AAAA-AAAA").object();
    assert_eq!(device.run(&["keys", "revoke", KID]).object()["kid"], KID);
    assert_eq!(device.shows(&["keys", "revoke", KID, "--json"]).object()["kid"], KID);
    assert_eq!(device.shows(&["keys", "revoke", "--help"]).code, Some(0));
}

/// A certificate of today, of a fresh key, once `change` has been at it; and the key as a JWK. Both in files of that folder.
fn certified(folder: &Path, name: &str, change: impl FnOnce(&mut CertificateParams)) -> (String, String) {
    let pair = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, OFFICE);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    change(&mut params);
    let pem = params.self_signed(&pair).unwrap().pem();
    let file = |name: String, text: String| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let jwk = OfficeKey::from_certificate(pem.as_bytes()).unwrap().jwk.to_jwk();
    (file(format!("{name}.pem"), pem), file(format!("{name}.json"), jwk.to_string()))
}

#[test]
fn a_key_that_is_revoked_as_a_jwk_or_by_a_certificate_comes_back_as_neither() {
    let (local, folder) = Local::fresh();
    register(&local, OFFICE);
    let add = |(form, path): (&str, &str)| local.admin(&["key", "add", "--office", OFFICE, form, path]);
    for jwk_first in [true, false] {
        let (pem, jwk) = certified(folder.path(), &format!("device-{jwk_first}"), |_| {});
        let (jwk, pem) = (("--jwk", jwk.as_str()), ("--certificate", pem.as_str()));
        let (first, other) = if jwk_first { (jwk, pem) } else { (pem, jwk) };
        let key = add(first).object();
        let list = || local.admin(&["key", "list", "--office", OFFICE]).objects();
        let refuse = |form, says: &str| {
            let (before, ended) = (list(), add(form));
            assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{form:?}");
            assert!(ended.stderr.contains(says) && ended.stderr.contains(key["kid"].as_str().unwrap()), "{}", ended.stderr);
            assert_eq!(list(), before, "nothing is written");
        };
        local.admin(&["key", "revoke", "--office", OFFICE, "--kid", key["kid"].as_str().unwrap()]).object();
        refuse(other, "doesn't come back");
        refuse(first, "doesn't come back");
    }
}

#[test]
fn a_certificate_that_does_not_count_yet_or_is_for_something_else_is_refused_without_anchors_too() {
    let folder = tempfile::tempdir().unwrap();
    let local = Local::start(&folder.path().join("data"), &["--now", "2026-04-10T09:00:00+09:00"]);
    register(&local, OFFICE);
    let (first, last) = (rcgen::date_time_ymd(2098, 1, 1), rcgen::date_time_ymd(2099, 1, 1));
    let (early, _) = certified(folder.path(), "early", |it| (it.not_before, it.not_after) = (first, last));
    let (server, _) = certified(folder.path(), "server", |it| it.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth]);
    for (path, says) in [(&early, "not valid yet"), (&server, "for another use")] {
        let ended = local.admin(&["key", "add", "--office", OFFICE, "--certificate", path]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{path}");
        assert!(ended.stderr.contains(says), "{}", ended.stderr);
    }
    assert_eq!(local.admin(&["key", "list", "--office", OFFICE]).objects().len(), 0, "nothing is written");
}
