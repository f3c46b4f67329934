//! Keys as offices and operators name, bound and list them.

use exchange::sign::SigningKey;
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
