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
