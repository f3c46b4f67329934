//! Sendings that broke off: gone on with wherever their files lie, each by itself, and forgotten only where nobody is at them.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::post::{Post, id_of};

/// Longer than records are kept.
const LONG_AGO: Duration = Duration::from_secs(94 * 24 * 60 * 60);

/// The record as it was before its one upload.
fn break_off(record: &Path) {
    let mut told: Value = serde_json::from_slice(&fs::read(record).unwrap()).unwrap();
    (told["uploaded"], told["uploaded_at"], told["ended"]) = (json!([]), json!(null), json!(null));
    // of a transmission that the exchange never heard of
    told["id"] = json!("9779668095-0197f3a2-4b5c-4d6e-8f90-a1b2c3d4e5f6");
    told["signed_at"] = json!("2026-01-01T00:00:00Z");
    fs::write(record, told.to_string()).unwrap();
}

fn age(path: &Path) {
    File::options().append(true).open(path).unwrap().set_modified(SystemTime::now() - LONG_AGO).unwrap();
}

/// The folder of the sender's records.
fn sends(post: &Post) -> PathBuf {
    post.sender.home.path().join("sends")
}

#[test]
fn a_sending_that_broke_off_goes_on_though_its_file_was_moved() {
    let post = Post::new();
    let letter = post.letter("letter.pdf");
    post.send(&[&letter], &["--wait"]).object();
    break_off(&post.record());
    let elsewhere = tempfile::tempdir().unwrap();
    let moved = elsewhere.path().join("letter.pdf");
    fs::rename(&letter, &moved).unwrap();
    let lost = post.sender.run(&["send", "--resume"]);
    assert!(lost.code == Some(1) && lost.stderr.contains("letter.pdf") && lost.stderr.contains("移動"), "{}", lost.stderr);
    let sent = post.send(&[moved.to_str().unwrap()], &["--wait"]).object();
    assert_eq!(id_of(&sent), "9779668095-0197f3a2-4b5c-4d6e-8f90-a1b2c3d4e5f6");
    assert_eq!(post.ledger().len(), 2);
}

#[test]
fn a_record_that_cant_be_read_or_is_under_way_keeps_no_other_back() {
    let post = Post::new();
    post.send(&[&post.letter("letter.pdf")], &["--wait"]).object();
    break_off(&post.record());
    // before and after it, in whatever order they are gone through
    for name in ["0", "z"] {
        fs::write(sends(&post).join(format!("{name}-damaged.json")), "{").unwrap();
        fs::write(sends(&post).join(format!("{name}-busy.json")), "{}").unwrap();
    }
    let busy = ["0", "z"].map(|name| {
        let lock = File::create(sends(&post).join(format!("{name}-busy.lock"))).unwrap();
        lock.try_lock().unwrap();
        lock
    });
    let resumed = post.sender.run(&["send", "--resume", "--wait"]);
    assert_eq!((resumed.code, post.ledger().len()), (Some(1), 2), "{}", resumed.stderr);
    let told: Value = serde_json::from_str(&resumed.stdout).unwrap();
    assert_eq!(told["status"], "delivered");
    for name in ["0-damaged", "z-damaged", "0-busy", "z-busy"] {
        assert!(resumed.stderr.contains(name), "{name}: {}", resumed.stderr);
    }
    drop(busy);
}

#[test]
fn what_is_old_is_forgotten_but_for_what_somebody_is_at() {
    let post = Post::new();
    let letter = post.letter("letter.pdf");
    post.send(&[&letter], &["--wait"]).object();
    let record = post.record();
    let lock = record.with_extension("lock");
    age(&record);
    age(&lock);
    let held = File::options().append(true).open(&lock).unwrap();
    held.try_lock().unwrap();
    let other = post.letter("other.pdf");
    post.send(&[&other], &["--wait"]).object();
    assert!(record.exists() && lock.exists(), "its lock is held");
    let refused = post.send(&[&letter], &[]);
    assert!(refused.code == Some(1) && refused.stderr.contains("under way"), "{}", refused.stderr);
    drop(held);
    post.send(&[&other], &[]).object();
    assert!(!record.exists() && !lock.exists(), "nobody is at it");
    assert_eq!(fs::read_dir(sends(&post)).unwrap().count(), 2);
}
