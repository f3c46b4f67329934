//! `renkei watch`: an export folder and an import folder.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::device::Device;
use crate::post::{ACTUALS, Post, RECIPIENT, SENDER};
use crate::stand_in::{Reply, stand_in};

const MALFORMED: &str = "UPJSK_202604_9779668095_15_9871578812_43_20260325090500.CSV";
const PLAN: [&str; 4] = [
    "UP1KYO_9871578812_43_9779668095_15_20260325091100.CSV",
    "UP2KYO_9871578812_43_9779668095_15_20260325091100.CSV",
    "UP3KYO_9871578812_43_9779668095_15_20260325091100.CSV",
    "UPHOSOKU_000000_9871578812_43_9779668095_15_20260325091100.CSV",
];

/// One round over the folder, and what it told.
fn round(post: &Post, device: &Device, more: &[&str]) -> (Option<i32>, Vec<Value>) {
    let folder = post.files.path().to_str().unwrap();
    let ended = device.run(&[&["watch", folder, "--once", "--settle", "0"], more].concat());
    (ended.code, ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

#[test]
fn a_set_is_sent_where_its_names_say_and_lies_in_sent() {
    let post = Post::new();
    PLAN.iter().for_each(|name| drop(post.demo(name)));
    post.letter("letter.pdf");
    let (code, events) = round(&post, &post.recipient, &[]);
    assert_eq!((code, events.len()), (Some(0), 1), "{events:?}");
    let id = events[0]["id"].as_str().unwrap();
    assert_eq!((&events[0]["event"], &post.ledger()[0]["parts"]), (&json!("sent"), &json!(4)));
    assert_eq!(names(post.files.path()), ["letter.pdf", "sent"], "a letter says nowhere where it goes");
    let expected: Vec<&str> = PLAN.into_iter().chain(["report.json"]).collect();
    let mut found = names(&post.files.path().join("sent").join(id));
    found.sort_unstable();
    assert_eq!(found, expected);
    assert_eq!(round(&post, &post.recipient, &[]), (Some(0), Vec::new()));
}

#[test]
fn what_is_refused_lies_in_refused_with_its_report_and_never_left() {
    let post = Post::new();
    post.demo(MALFORMED);
    post.demo(PLAN[0]);
    let (code, events) = round(&post, &post.sender, &["--to", RECIPIENT]);
    assert_eq!((code, events.len()), (Some(1), 2), "{events:?}");
    for (name, rule) in [(PLAN[0], "R-RECIPIENT"), (MALFORMED, "R-DATE")] {
        let event = events.iter().find(|event| event["files"] == json!([name])).unwrap();
        let folder = Path::new(event["folder"].as_str().unwrap());
        assert_eq!(names(folder), [name, "report.json", "report.txt"]);
        let report = fs::read_to_string(folder.join("report.txt")).unwrap();
        assert!(report.contains(rule), "{report}");
    }
    assert_eq!(names(post.files.path()), ["refused"]);
    assert!(post.ledger().is_empty());
}

#[test]
fn what_was_rejected_is_not_sent_again_while_it_cant_be_put_away() {
    let announced = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&announced);
    let device = Device::at(&stand_in(move |asked| match asked.call.as_str() {
        "POST /v1/enrolments" => Reply::json(201, &json!({})),
        "POST /v1/transmissions" => {
            counted.fetch_add(1, Ordering::SeqCst);
            let slot = json!({"name": ACTUALS, "method": "PUT", "url": format!("{}/put", asked.origin), "headers": {}});
            Reply::json(201, &json!({"uploads": [slot]}))
        }
        "PUT /put" => Reply::json(200, &json!(null)),
        call => match call.strip_prefix("GET /v1/transmissions/") {
            Some(id) if !id.ends_with("/report") => Reply::json(
                200,
                &json!({"id": id, "sender": SENDER, "status": "rejected", "stored_at": "2026-05-01T09:00:00+09:00", "ended_at": "2026-05-01T09:00:00+09:00",
                    "parts": 1, "files": [], "deliveries": [], "reasons": [{"code": "recipient-unlicensed", "file": null}]}),
            ),
            _ => Reply::problem(404, "not-found"),
        },
    }));
    device.enrol(SENDER, "AAAA-AAAA-AAAA-AAAA").object();
    let files = tempfile::tempdir().unwrap();
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo").join(ACTUALS);
    fs::copy(&demo, files.path().join(ACTUALS)).unwrap();
    let watch = || device.run(&["watch", files.path().to_str().unwrap(), "--once", "--settle", "0"]);
    // something is in the way of the folder of what was refused
    fs::write(files.path().join("refused"), "").unwrap();
    for _ in 0..3 {
        let ended = watch();
        assert_eq!((ended.code, ended.stdout.as_str(), announced.load(Ordering::SeqCst)), (Some(1), "", 1), "{}", ended.stderr);
    }
    fs::remove_file(files.path().join("refused")).unwrap();
    let told: Value = serde_json::from_str(&watch().stdout).unwrap();
    assert_eq!((&told["event"], announced.load(Ordering::SeqCst), names(files.path())), (&json!("refused"), 1, vec!["refused".to_owned()]));
    // whoever puts it there again wants it sent again
    fs::copy(&demo, files.path().join(ACTUALS)).unwrap();
    let again: Value = serde_json::from_str(&watch().stdout).unwrap();
    assert_eq!(announced.load(Ordering::SeqCst), 2);
    assert_ne!(again["id"], told["id"]);
}

#[test]
fn what_was_delivered_before_a_crash_is_moved_and_not_sent_again() {
    let post = Post::new();
    let actuals = post.demo(ACTUALS);
    let sent = post.sender.run(&["send", &actuals, "--to", "9871578812-43"]).object();
    let (code, events) = round(&post, &post.sender, &[]);
    assert_eq!((code, events.len()), (Some(0), 1));
    assert_eq!(events[0]["id"], sent["id"]);
    assert_eq!((names(post.files.path()), post.ledger().len()), (vec!["sent".to_owned()], 1));
}

#[test]
fn a_file_that_vanished_from_a_move_stops_nothing() {
    let post = Post::new();
    let moves = post.sender.home.path().join("moves");
    fs::create_dir(&moves).unwrap();
    let gone =
        json!({"from": post.files.path().join("gone.CSV"), "name": "gone.CSV", "sha256": "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"});
    fs::write(moves.join("m.json"), json!({"folder": post.files.path().join("sent/T"), "files": [gone]}).to_string()).unwrap();
    post.demo(ACTUALS);
    let (code, events) = round(&post, &post.sender, &[]);
    assert_eq!((code, events.len(), &events[0]["event"]), (Some(0), 1, &json!("sent")));
    assert_eq!(fs::read_dir(moves).unwrap().count(), 0);
}

#[test]
fn a_move_that_is_stuck_holds_its_own_files_only() {
    let post = Post::new();
    post.demo(MALFORMED);
    // something is in the way of the refused file
    let (_, events) = round(&post, &post.sender, &[]);
    let folder = Path::new(events[0]["folder"].as_str().unwrap()).to_owned();
    fs::remove_dir_all(&folder).unwrap();
    fs::create_dir_all(folder.join(MALFORMED)).unwrap();
    post.demo(MALFORMED);
    let (code, events) = round(&post, &post.sender, &[]);
    assert_eq!((code, events.len(), &events[0]["event"]), (Some(1), 1, &json!("refused")));
    post.demo(ACTUALS);
    let (code, events) = round(&post, &post.sender, &[]);
    assert_eq!((code, events.len(), &events[0]["event"]), (Some(1), 1, &json!("sent")), "{events:?}");
    fs::remove_dir(folder.join(MALFORMED)).unwrap();
    assert_eq!(round(&post, &post.sender, &[]), (Some(0), Vec::new()));
    assert!(folder.join(MALFORMED).is_file());
    assert_eq!(names(post.files.path()), ["refused", "sent"]);
}

#[test]
fn one_look_tells_of_a_set_that_lacks_its_rest() {
    let post = Post::new();
    post.demo(PLAN[0]);
    post.demo(PLAN[1]);
    let folder = post.files.path().to_str().unwrap();
    let once = |device: &Device| device.run(&["watch", folder, "--once", "--settle", "1"]);
    let told = once(&post.recipient);
    let event: Value = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!((told.code, &event["event"], &event["files"]), (Some(1), &json!("incomplete"), &json!([PLAN[0], PLAN[1]])));
    assert_eq!(names(post.files.path()), [PLAN[0], PLAN[1]], "it lies where it lay");
    let shown = post.recipient.shows(&["watch", folder, "--once", "--settle", "1"]);
    assert!(shown.code == Some(1) && shown.stdout.contains(PLAN[0]) && shown.stdout.contains("そろって"), "{}", shown.stdout);
    PLAN[2..].iter().for_each(|name| drop(post.demo(name)));
    assert_eq!(once(&post.recipient).object()["event"], "sent");
}

#[test]
fn what_comes_is_never_put_where_it_would_be_sent_on() {
    let post = Post::new();
    let folder = post.files.path();
    fs::create_dir(folder.join("below")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder, folder.join("link")).unwrap();
    let is_refused = |into: &Path| {
        let ended = post.sender.run(&["watch", folder.to_str().unwrap(), "--once", "--settle", "0", "--into", into.to_str().unwrap()]);
        assert!(ended.code == Some(0) || (ended.stderr.contains("--into") && ended.stderr.contains("フォルダー")), "{}", ended.stderr);
        ended.code == Some(2)
    };
    assert!(is_refused(folder));
    assert!(is_refused(&folder.join("below/..")));
    #[cfg(unix)]
    assert!(is_refused(&folder.join("link")));
    assert!(!is_refused(&folder.join("below")));
}

#[cfg(unix)]
#[test]
fn what_a_link_leads_to_is_not_sent() {
    let post = Post::new();
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("private.txt"), "private").unwrap();
    std::os::unix::fs::symlink(elsewhere.path().join("private.txt"), post.files.path().join("link.txt")).unwrap();
    post.letter("letter.pdf");
    let ended = post.sender.run(&["watch", post.files.path().to_str().unwrap(), "--once", "--settle", "0", "--to", RECIPIENT]);
    let event: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((ended.code, &event["files"], post.ledger().len()), (Some(1), &json!(["letter.pdf"]), 1));
    assert_eq!(ended.stderr.matches("link.txt").count(), 1, "it is told once: {}", ended.stderr);
    assert_eq!(names(post.files.path()), ["link.txt", "sent"]);
    assert_eq!(fs::read_to_string(elsewhere.path().join("private.txt")).unwrap(), "private");
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_cleanly() {
    use std::io::{BufRead as _, BufReader, Read as _};
    let post = Post::new();
    let mut command = post.sender.command(&["watch", post.files.path().to_str().unwrap(), "--every", "1"]);
    let mut child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut String::new()).unwrap();
    assert!(std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    stdout.read_to_string(&mut String::new()).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
