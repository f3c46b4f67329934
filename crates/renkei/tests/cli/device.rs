//! `renkei enrol`, `keys` and `credentials`: an office's device from its first code to its last token.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use tempfile::TempDir;

use crate::place::{Ended, Local, ended, renkei};
use crate::stand_in::{Reply, stand_in, stand_in_at};

pub(crate) const OFFICE: &str = "9870808848";

/// A folder that is an office's device, and the exchange it knows.
pub(crate) struct Device {
    pub(crate) home: TempDir,
    origin: String,
}

impl Device {
    /// One that is not enrolled.
    pub(crate) fn new(local: &Local) -> Self {
        Self::at(local.announcement["api"].as_str().unwrap())
    }

    /// One that is not enrolled, and knows this exchange.
    pub(crate) fn at(origin: &str) -> Self {
        Self { home: tempfile::tempdir().unwrap(), origin: origin.to_owned() }
    }

    /// One of a registered office.
    pub(crate) fn enrolled(local: &Local, office: &str) -> Self {
        let device = Self::new(local);
        device.enrol(office, &code(local, office)).object();
        device
    }

    pub(crate) fn enrol(&self, office: &str, code: &str) -> Ended {
        self.run(&["enrol", "--office", office, "--code", code])
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ended {
        let args = [&["--json"], args].concat();
        ended(&self.command(&args).output().unwrap())
    }

    /// For people.
    pub(crate) fn shows(&self, args: &[&str]) -> Ended {
        ended(&self.command(args).output().unwrap())
    }

    pub(crate) fn command(&self, args: &[&str]) -> std::process::Command {
        let mut command = renkei(args);
        command.env("RENKEI_HOME", self.home.path()).env("RENKEI_URL", &self.origin);
        command
    }
}

pub(crate) fn register(local: &Local, office: &str) {
    local.admin(&["office", "add", "--office", office, "--name", "ひなた"]).object();
}

fn code(local: &Local, office: &str) -> String {
    local.admin(&["code", "--office", office]).object()["code"].as_str().unwrap().to_owned()
}

fn with_a_device() -> (Local, TempDir, Device) {
    let (local, folder) = Local::fresh();
    register(&local, OFFICE);
    let device = Device::enrolled(&local, OFFICE);
    (local, folder, device)
}

#[test]
fn a_device_is_enrolled_and_its_key_is_for_its_owner_only() {
    let (local, _folder) = Local::fresh();
    register(&local, OFFICE);
    let device = Device::new(&local);
    let code = code(&local, OFFICE);
    let enrolled = device.run(&["enrol", "--office", OFFICE, "--code", &code.to_lowercase().replace('-', " "), "--name", "事務室"]);
    let keys = device.run(&["keys", "list"]).objects();
    assert_eq!(enrolled.object(), json!({"office": OFFICE, "kid": keys[0]["kid"]}));
    assert_eq!((keys.len(), &keys[0]["name"], &keys[0]["current"]), (1, &json!("事務室"), &json!(true)));
    let key = device.home.path().join("key.pem");
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&key).unwrap().permissions()) & 0o777, 0o600);
    let secret = std::fs::read_to_string(key).unwrap();
    let secret = secret.lines().nth(1).unwrap();
    for text in [&enrolled.stdout, &enrolled.stderr, &device.shows(&["keys", "list"]).stdout] {
        assert!(!text.contains(secret));
    }
    assert!(!std::fs::read_to_string(device.home.path().join("profile.json")).unwrap().contains(secret));
}

#[cfg(unix)]
#[test]
fn a_key_that_could_not_be_written_whole_is_in_nobodys_way() {
    let (local, _folder) = Local::fresh();
    register(&local, OFFICE);
    let (device, code) = (Device::new(&local), code(&local, OFFICE));
    let enrol = device.command(&["--json", "enrol", "--office", OFFICE, "--code", &code]);
    // as on a disk that is full
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", "ulimit -f 0; exec \"$0\" \"$@\""]).arg(enrol.get_program()).args(enrol.get_args());
    for (name, value) in enrol.get_envs() {
        value.map(|value| limited.env(name, value));
    }
    assert!(!limited.output().unwrap().status.success());
    assert!(!device.home.path().join("key.pem").exists());
    device.enrol(OFFICE, &code).object();
    assert_eq!(device.run(&["keys", "list"]).objects().len(), 1);
}

#[test]
fn an_enrolled_device_is_not_enrolled_over() {
    let (local, _folder, device) = with_a_device();
    let key = std::fs::read(device.home.path().join("key.pem")).unwrap();
    let again = device.enrol(OFFICE, &code(&local, OFFICE));
    assert_eq!((again.code, again.stdout.as_str()), (Some(1), ""));
    assert!(again.stderr.contains("RENKEI_HOME"), "{}", again.stderr);
    assert_eq!(std::fs::read(device.home.path().join("key.pem")).unwrap(), key);
}

#[test]
fn a_code_that_opens_nothing_is_told_in_both_languages_and_leaves_nothing() {
    let (local, _folder) = Local::fresh();
    register(&local, OFFICE);
    let device = Device::new(&local);
    for (code, exit, told) in [("AAAA-AAAA-AAAA-AAAA", 1, "code-refused"), ("AAAA", 2, "16")] {
        let refused = device.enrol(OFFICE, code);
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(exit), ""), "{code}");
        assert!(refused.stderr.contains(told) && refused.stderr.contains("コード"), "{}", refused.stderr);
    }
    assert_eq!(std::fs::read_dir(device.home.path()).unwrap().count(), 0);
}

#[test]
fn an_enrolment_whose_answer_was_lost_is_finished_by_the_same_command() {
    let (local, _folder) = Local::fresh();
    register(&local, OFFICE);
    let (device, code) = (Device::new(&local), code(&local, OFFICE));
    let enrolled = device.enrol(OFFICE, &code).object();
    std::fs::remove_file(device.home.path().join("profile.json")).unwrap();
    // the code is used up by now
    assert_eq!(device.enrol(OFFICE, &code).object(), enrolled);
    assert_eq!(device.run(&["keys", "list"]).objects().len(), 1);
}

#[test]
fn a_key_that_was_revoked_before_its_device_knew_that_it_was_let_in_makes_room_for_another() {
    let (local, _folder, device) = with_a_device();
    let kid = device.run(&["keys", "list"]).objects()[0]["kid"].as_str().unwrap().to_owned();
    device.run(&["keys", "revoke", &kid]).object();
    std::fs::remove_file(device.home.path().join("profile.json")).unwrap();
    let code = code(&local, OFFICE);
    let refused = device.enrol(OFFICE, &code);
    assert!(refused.code == Some(1) && refused.stderr.contains("key-registered"), "{}", refused.stderr);
    assert_ne!(device.enrol(OFFICE, &code).object()["kid"], json!(kid));
}

#[test]
fn a_key_is_forgotten_only_where_the_exchange_says_that_it_has_no_such_key() {
    /// The first try is carried out and its answer lost; what the second and the look at the keys are told.
    fn check(second: &'static str, keys: fn() -> Reply, enrolled: bool, kept: bool) {
        let device = Device::at(&stand_in(move |asked| match (asked.call.as_str(), asked.before) {
            ("POST /v1/enrolments", 0) => Reply::problem(503, "unavailable"),
            ("POST /v1/enrolments", _) => Reply::problem(403, second),
            _ => keys(),
        }));
        let ended = device.enrol(OFFICE, "AAAA-AAAA-AAAA-AAAA");
        assert_eq!(ended.code, Some(if enrolled { 0 } else { 1 }), "{second}: {}", ended.stderr);
        assert_eq!(device.home.path().join("key.pem").exists(), kept, "{second}");
        assert_eq!(device.home.path().join("profile.json").exists(), enrolled, "{second}");
        assert!(enrolled || ended.stderr.contains(second), "{}", ended.stderr);
    }
    let known = || Reply::json(200, &json!({"items": [], "next_cursor": null}));
    check("code-refused", known, true, true);
    check("key-registered", known, true, true);
    check("code-refused", || Reply::problem(401, "key-unknown"), false, false);
    check("code-refused", || Reply::problem(401, "key-revoked"), false, false);
    check("code-refused", || Reply::problem(401, "token-expired"), false, true);
    check("code-refused", || Reply::problem(404, "not-found"), false, true);
}

#[test]
fn a_device_lets_one_more_in_and_locks_it_out() {
    let (local, _folder, device) = with_a_device();
    let code = device.run(&["keys", "code"]).object()["code"].as_str().unwrap().to_owned();
    let other = Device::new(&local);
    let kid = other.enrol(OFFICE, &code).object()["kid"].as_str().unwrap().to_owned();
    assert_eq!(device.run(&["keys", "list"]).objects().len(), 2);
    let revoked = device.run(&["keys", "revoke", &kid]).object();
    assert_eq!(revoked["kid"], json!(kid));
    assert_ne!(revoked["revoked_at"], json!(null));
    let locked_out = other.run(&["keys", "list"]);
    assert_eq!((locked_out.code, locked_out.stdout.as_str()), (Some(1), ""));
    let unknown = device.run(&["keys", "revoke", "AAAA"]);
    assert!(unknown.code == Some(1) && unknown.stderr.contains("not-found"), "{}", unknown.stderr);
    device.run(&["keys", "revoke", device.run(&["keys", "list"]).objects()[0]["kid"].as_str().unwrap()]).object();
    assert_eq!(device.run(&["keys", "list"]).code, Some(1));
}

#[test]
fn credentials_are_for_the_shell_or_as_json() {
    let (_local, _folder, device) = with_a_device();
    let credentials = device.run(&["credentials"]).object();
    assert_eq!(credentials["bucket"], "renkei");
    let shell = device.shows(&["credentials"]);
    assert_eq!(shell.code, Some(0));
    assert!(shell.stdout.contains("export AWS_SESSION_TOKEN="), "{}", shell.stdout);
}

#[test]
fn the_exchanges_clock_counts_not_this_machines() {
    let folder = tempfile::tempdir().unwrap();
    let local = Local::start(folder.path(), &["--now", "2031-04-10T09:00:00+09:00"]);
    register(&local, OFFICE);
    let device = Device::enrolled(&local, OFFICE);
    assert_eq!(device.run(&["keys", "list"]).objects().len(), 1);
}

#[test]
fn what_is_missing_is_said() {
    let (local, _folder) = Local::fresh();
    let device = Device::new(&local);
    let ended_with = |command: &mut std::process::Command, told: &str| {
        let ended = ended(&command.output().unwrap());
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
        assert!(ended.stderr.contains(told), "{}", ended.stderr);
    };
    ended_with(&mut device.command(&["keys", "list"]), "renkei enrol");
    let enrol = ["enrol", "--office", OFFICE, "--code", "AAAA-AAAA-AAAA-AAAA"];
    ended_with(device.command(&enrol).env_remove("RENKEI_URL"), "RENKEI_URL");
    ended_with(device.command(&enrol).env("RENKEI_URL", "http://api.example"), "https");
    ended_with(device.command(&enrol).env("RENKEI_URL", "http://127.evil.example"), "https");
    ended_with(device.command(&enrol).env("RENKEI_URL", "https://api.example/v1"), "https://api.example");
}

#[test]
fn a_token_of_another_time_has_the_exchanges_clock_read_anew_once_per_call() {
    let (read, asked_inbox) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (reads, inboxes) = (Arc::clone(&read), Arc::clone(&asked_inbox));
    let clock = move || {
        reads.fetch_add(1, Ordering::SeqCst);
        jiff::Timestamp::now()
    };
    let device = Device::at(&stand_in_at(clock, move |asked| match (asked.call.as_str(), asked.before) {
        ("POST /v1/enrolments", _) => Reply::json(201, &json!({})),
        ("GET /v1/keys", 0) => Reply::problem(401, "token-expired"),
        ("GET /v1/keys", _) => Reply::json(200, &json!({"items": [], "next_cursor": null})),
        _ => {
            inboxes.fetch_add(1, Ordering::SeqCst);
            Reply::problem(401, "token-expired")
        }
    }));
    device.enrol(OFFICE, "AAAA-AAAA-AAAA-AAAA").object();
    assert!(device.run(&["keys", "list"]).objects().is_empty());
    assert_eq!(read.swap(0, Ordering::SeqCst), 2, "before the first token, and because it was refused");
    let refused = device.run(&["inbox"]);
    assert!(refused.code == Some(1) && refused.stderr.contains("token-expired"), "{}", refused.stderr);
    assert_eq!((read.load(Ordering::SeqCst), asked_inbox.load(Ordering::SeqCst)), (2, 2), "and no more");
}

#[test]
fn completions_and_manual_pages_name_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = crate::place::run(&["completions", shell]);
        assert_eq!(script.code, Some(0), "{shell}");
        assert!(script.stdout.contains("enrol") && script.stdout.contains("ledger"), "{shell}");
    }
    let out = tempfile::tempdir().unwrap();
    assert_eq!(crate::place::run(&["man", "--out", out.path().to_str().unwrap()]).code, Some(0));
    for page in ["renkei.1", "renkei-send.1", "renkei-keys-code.1", "renkei-admin-ledger-list.1"] {
        assert!(std::fs::read_to_string(out.path().join(page)).unwrap().contains(".TH"), "{page}");
    }
}
