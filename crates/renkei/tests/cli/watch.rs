//! `renkei watch`: an export folder and an import folder.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::post::{ACTUALS, Post, RECIPIENT};

const MALFORMED: &str = "UPJSK_202604_9779668095_15_9871578812_43_20260325090500.CSV";
const PLAN: [&str; 4] = [
    "UP1KYO_9871578812_43_9779668095_15_20260325091100.CSV",
    "UP2KYO_9871578812_43_9779668095_15_20260325091100.CSV",
    "UP3KYO_9871578812_43_9779668095_15_20260325091100.CSV",
    "UPHOSOKU_000000_9871578812_43_9779668095_15_20260325091100.CSV",
];

/// One round over the folder, and what it told.
fn round(post: &Post, device: &crate::device::Device, more: &[&str]) -> (Option<i32>, Vec<Value>) {
    let folder = post.files.path().to_str().unwrap();
    let ended = device.run(&[&["watch", folder, "--once", "--settle", "0"], more].concat());
    (ended.code, ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn names(folder: &Path) -> Vec<String> {
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
fn what_comes_is_put_into_the_import_folder_once_and_acknowledged_by_nobody() {
    let post = Post::new();
    let files = [post.demo(ACTUALS), post.letter("letter.pdf")];
    post.sender.run(&["send", &files[0], &files[1], "--to", "9871578812-43", "--wait"]).object();
    let into = tempfile::tempdir().unwrap();
    let export = tempfile::tempdir().unwrap();
    let watch = || {
        let (export, into) = (export.path().to_str().unwrap(), into.path().to_str().unwrap());
        post.recipient.run(&["watch", export, "--into", into, "--once", "--settle", "0"])
    };
    // a file of that name is there already: nothing of the delivery comes, nothing is written over
    fs::write(into.path().join("letter.pdf"), "mine").unwrap();
    let blocked = watch();
    assert_eq!((blocked.code, blocked.stdout.as_str(), names(into.path())), (Some(1), "", vec!["letter.pdf".to_owned()]));
    fs::remove_file(into.path().join("letter.pdf")).unwrap();
    let arrived = watch().object();
    assert_eq!((&arrived["event"], names(into.path())), (&json!("arrived"), vec![ACTUALS.to_owned(), "letter.pdf".to_owned()]));
    // the import software takes them away
    fs::remove_file(into.path().join(ACTUALS)).unwrap();
    assert!(watch().objects().is_empty());
    assert_eq!(names(into.path()), ["letter.pdf"]);
    assert_eq!(post.recipient.run(&["inbox"]).object()["status"], "collected");
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
