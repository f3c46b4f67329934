//! `renkei local`: what it prints, writes and keeps.

use jiff::Timestamp;
use serde_json::json;

use crate::place::{Local, run};

#[test]
fn the_first_line_is_the_announcement_and_the_only_one() {
    let (local, _folder) = Local::fresh();
    let members: Vec<&str> = local.announcement.as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected = ["api", "s3", "dynamodb", "bucket", "region", "access_key_id", "secret_access_key"];
    expected.sort_unstable();
    let mut found = members.clone();
    found.sort_unstable();
    assert_eq!(found, expected);
    assert_eq!(local.admin(&["ledger", "list"]).objects(), Vec::<serde_json::Value>::new());
    #[cfg(unix)]
    assert_eq!(local.terminate(), (Some(0), String::new()));
}

#[cfg(unix)]
#[test]
fn operator_json_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_local, folder) = Local::fresh();
    let mode = std::fs::metadata(folder.path().join("operator.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn offices_survive_a_kill_and_so_do_the_secrets() {
    let (local, folder) = Local::fresh();
    let added = local.admin(&["office", "add", "--office", "9870808848", "--name", "ひなた"]).object();
    let secret = local.announcement["secret_access_key"].clone();
    local.kill();
    let again = Local::start(folder.path(), &[]);
    assert_eq!(again.announcement["secret_access_key"], secret);
    assert_eq!(again.admin(&["office", "show", "--office", "9870808848"]).object(), added);
}

#[test]
fn a_stopped_exchange_is_said_to_be_stopped() {
    let (local, folder) = Local::fresh();
    local.kill();
    let ended = run(&["admin", "--data", folder.path().to_str().unwrap(), "ledger", "list"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    assert!(ended.stderr.contains("renkei local --data"), "{}", ended.stderr);
}

#[test]
fn a_folder_holds_one_exchange_at_a_time() {
    let (_local, folder) = Local::fresh();
    let second = run(&["local", "--json", "--port", "0", "--data", folder.path().to_str().unwrap()]);
    assert_eq!((second.code, second.stdout.as_str()), (Some(1), ""), "{}", second.stderr);
}

#[test]
fn its_clock_is_the_one_that_admin_goes_by() {
    let folder = tempfile::tempdir().unwrap();
    let local = Local::start(folder.path(), &["--now", "2031-04-10T09:00:00+09:00"]);
    local.admin(&["office", "add", "--office", "9870808848", "--name", "ひなた"]).object();
    let (jwk, _key) = crate::admin::jwk_file(folder.path());
    let key = local.admin(&["key", "add", "--office", "9870808848", "--jwk", &jwk]).object();
    let revoked = local.admin(&["key", "revoke", "--office", "9870808848", "--kid", key["kid"].as_str().unwrap()]).object();
    let at: Timestamp = revoked["revoked_at"].as_str().unwrap().parse().unwrap();
    let start: Timestamp = "2031-04-10T09:00:00+09:00".parse().unwrap();
    assert!(at >= start && at.duration_since(start).as_hours() < 1, "{at}");
    assert_ne!(revoked["revoked_at"], json!(null));
}
