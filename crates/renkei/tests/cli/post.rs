//! `renkei send`, `sent`, `cancel`, `inbox`, `fetch`, `ack`: two offices on one exchange.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::device::Device;
use crate::place::{Ended, Local};

pub(crate) const ACTUALS: &str = "UPJSK_202604_9779668095_15_9871578812_43_20260325090434.CSV";
const MALFORMED: &str = "UPJSK_202604_9779668095_15_9871578812_43_20260325090500.CSV";
pub(crate) const SENDER: &str = "9779668095";
pub(crate) const RECIPIENT: &str = "9871578812";

/// An exchange, the devices of two licensed offices, and a folder with files to send.
pub(crate) struct Post {
    pub(crate) local: Local,
    pub(crate) sender: Device,
    pub(crate) recipient: Device,
    pub(crate) files: TempDir,
    _data: TempDir,
}

impl Post {
    pub(crate) fn new() -> Self {
        let (local, data) = Local::fresh();
        for (office, service) in [(SENDER, "15"), (RECIPIENT, "43")] {
            local.admin(&["office", "add", "--office", office, "--name", "ひなた", "--service", service]).object();
            licence(&local, office);
        }
        let (sender, recipient) = (Device::enrolled(&local, SENDER), Device::enrolled(&local, RECIPIENT));
        Self { local, sender, recipient, files: tempfile::tempdir().unwrap(), _data: data }
    }

    /// A file of the demo among the files.
    pub(crate) fn demo(&self, name: &str) -> String {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo").join(name);
        fs::copy(from, self.files.path().join(name)).unwrap();
        self.path(name)
    }

    pub(crate) fn letter(&self, name: &str) -> String {
        fs::write(self.files.path().join(name), b"%PDF-1.4").unwrap();
        self.path(name)
    }

    fn path(&self, name: &str) -> String {
        self.files.path().join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn send(&self, files: &[&str], more: &[&str]) -> Ended {
        self.sender.run(&[&["send"], files, &["--to", "9871578812-43"], more].concat())
    }

    /// What the ledger holds of it all.
    pub(crate) fn ledger(&self) -> Vec<Value> {
        self.local.admin(&["ledger", "list"]).objects()
    }

    /// Where the sender writes its sendings down.
    pub(crate) fn record(&self) -> PathBuf {
        let records = fs::read_dir(self.sender.home.path().join("sends")).unwrap().map(|entry| entry.unwrap().path());
        records.filter(|path| path.extension().is_some_and(|extension| extension == "json")).last().unwrap()
    }
}

fn licence(local: &Local, office: &str) {
    let days = ["--first", "2026-01-01", "--last", "2099-12-31"];
    local.admin(&[&["licence", "grant", "--office", office, "--kind", "paid"], &days[..]].concat()).object();
}

pub(crate) fn id_of(view: &Value) -> String {
    view["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_set_and_a_letter_go_from_one_office_to_the_other_and_are_answered() {
    let post = Post::new();
    let sent = post.send(&[&post.demo(ACTUALS), &post.letter("ご連絡.pdf")], &["--wait"]).object();
    let id = id_of(&sent);
    assert_eq!((&sent["status"], &sent["parts"]), (&json!("delivered"), &json!(2)));
    assert_eq!(post.sender.run(&["sent"]).objects()[0]["id"], json!(id));

    let inbox = post.recipient.run(&["inbox", "--status", "delivered", "--kind", "UPJSK", "--month", "202604"]).objects();
    assert_eq!((inbox.len(), id_of(&inbox[0])), (1, id.clone()));
    assert!(post.recipient.run(&["inbox", "--sender", RECIPIENT]).objects().is_empty());

    let out = tempfile::tempdir().unwrap();
    let fetch = ["fetch", "--out", out.path().to_str().unwrap()];
    let fetched = post.recipient.run(&fetch).object();
    assert_eq!((id_of(&fetched), &fetched["new"]), (id.clone(), &json!(true)));
    for name in [ACTUALS, "ご連絡.pdf"] {
        let here = fs::read(out.path().join(&id).join(name)).unwrap();
        assert_eq!(here, fs::read(post.files.path().join(name)).unwrap(), "{name}");
    }
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 1, "nothing unfinished is left");
    assert_eq!(post.recipient.run(&fetch).object()["new"], json!(false));

    let taken = post.sender.run(&["cancel", &id]);
    assert!(taken.code == Some(1) && taken.stderr.contains("not-cancellable"), "{}", taken.stderr);
    post.recipient.run(&["ack", &id, "--failed", "--note", "読めません"]).object();
    let delivery = &post.sender.run(&["sent", &id]).object()["deliveries"][0];
    assert_eq!((&delivery["outcome"], &delivery["note"]), (&json!("import-failed"), &json!("読めません")));
    assert_eq!(post.recipient.run(&["ack", &id]).object()["outcome"], "imported");
    assert!(post.recipient.run(&fetch).objects().is_empty(), "what is acknowledged is not fetched again");
    for shown in [post.sender.shows(&["sent"]), post.sender.shows(&["sent", &id]), post.recipient.shows(&["inbox"])] {
        assert!(shown.code == Some(0) && shown.stdout.contains(&id), "{}", shown.stderr);
    }
}

#[test]
fn whatever_a_sender_calls_its_files_the_recipient_can_fetch_them() {
    let post = Post::new();
    // the inbox calls them a01.pdf to a03.pdf; one is called like another there, and one like a device of Windows
    let letters = ["A03.pdf", "a01.pdf", "con.pdf"].map(|name| post.letter(name));
    let id = id_of(&post.send(&letters.each_ref().map(String::as_str), &["--wait"]).object());
    let out = tempfile::tempdir().unwrap();
    let fetched = post.recipient.run(&["fetch", "--out", out.path().to_str().unwrap()]).object();
    assert_eq!(fetched["files"], json!(["a01.pdf", "a02.pdf", "a03.pdf"]));
    assert_eq!(fs::read_dir(out.path().join(id)).unwrap().count(), 3);
}

#[test]
fn a_folder_that_holds_something_else_is_not_written_over() {
    let post = Post::new();
    let id = id_of(&post.send(&[&post.letter("letter.pdf")], &["--wait"]).object());
    let out = tempfile::tempdir().unwrap();
    let file = out.path().join(&id).join("letter.pdf");
    fs::create_dir(out.path().join(&id)).unwrap();
    fs::write(&file, "mine").unwrap();
    let refused = post.recipient.run(&["fetch", &id, "--out", out.path().to_str().unwrap()]);
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(1), ""));
    assert_eq!(fs::read_to_string(file).unwrap(), "mine");
}

#[test]
fn what_the_exchange_would_refuse_is_not_sent() {
    let post = Post::new();
    let malformed = post.demo(MALFORMED);
    let refused = post.send(&[&malformed], &["--wait"]);
    let told: Value = serde_json::from_str(&refused.stdout).unwrap();
    assert_eq!((refused.code, &told["status"]), (Some(1), &json!("refused")));
    let rules: Vec<&Value> = told["reasons"][0]["findings"].as_array().unwrap().iter().map(|finding| &finding["rule"]).collect();
    assert_eq!(rules, ["R-DATE", "R-LENGTH"]);
    // to somebody else than its name says; and what only the exchange knows
    for (file, to, code) in [(post.demo(ACTUALS), "9870808848", "file-name"), (post.letter("a.pdf"), "9870808848", "recipient-unknown")] {
        let refused = post.sender.run(&["send", &file, "--to", to]);
        assert!(refused.code == Some(1) && refused.stdout.contains(code), "{} {}", refused.stdout, refused.stderr);
    }
    assert!(post.ledger().is_empty());
}

#[test]
fn a_rejection_is_told_with_its_findings_and_a_mended_cause_makes_a_new_transmission() {
    let post = Post::new();
    let malformed = post.demo(MALFORMED);
    let rejected = post.send(&[&malformed], &["--wait", "--unchecked"]);
    let told: Value = serde_json::from_str(&rejected.stdout).unwrap();
    assert_eq!((rejected.code, &told["status"]), (Some(1), &json!("rejected")));
    assert_eq!(told["report"]["reasons"][0]["findings"][0]["rule"], "R-DATE");
    let shown = post.sender.shows(&["sent", &id_of(&told)]);
    assert!(shown.code == Some(0) && shown.stdout.contains("R-DATE") && shown.stdout.contains("年月日"), "{}", shown.stdout);
    let again: Value = serde_json::from_str(&post.send(&[&malformed], &["--wait", "--unchecked"]).stdout).unwrap();
    assert_ne!(id_of(&again), id_of(&told));
}

#[test]
fn what_was_delivered_is_sent_twice_only_when_asked_for() {
    let post = Post::new();
    let letter = post.letter("letter.pdf");
    let first = post.send(&[&letter], &["--wait"]).object();
    let same = post.send(&[&letter], &[]);
    assert_eq!(id_of(&same.object()), id_of(&first));
    assert!(same.stderr.contains("--again"), "{}", same.stderr);
    let again = post.send(&[&letter], &["--wait", "--again"]).object();
    assert_ne!(id_of(&again), id_of(&first));
    // what was taken back is wanted anew
    post.sender.run(&["cancel", &id_of(&again)]).object();
    assert_ne!(id_of(&post.send(&[&letter], &["--wait"]).object()), id_of(&again));
    assert_eq!(post.ledger().len(), 3);
}

#[test]
fn what_broke_off_goes_on_under_the_same_transmission() {
    let post = Post::new();
    let files = [post.letter("a.pdf"), post.letter("b.pdf")];
    let files = [files[0].as_str(), files[1].as_str()];
    let id = id_of(&post.send(&files, &["--wait"]).object());
    let delivered = fs::read_to_string(post.record()).unwrap();
    // as if the machine had died before it wrote down more
    let broken_off = |uploaded: Value| {
        let mut record: Value = serde_json::from_str(&delivered).unwrap();
        record["uploaded"] = uploaded;
        (record["uploaded_at"], record["ended"]) = (json!(null), json!(null));
        fs::write(post.record(), record.to_string()).unwrap();
    };
    for uploaded in [json!([]), json!(["a.pdf"]), json!(["a.pdf", "b.pdf"])] {
        broken_off(uploaded.clone());
        assert_eq!(id_of(&post.send(&files, &["--wait"]).object()), id, "{uploaded}");
        broken_off(uploaded);
        assert_eq!(id_of(&post.sender.run(&["send", "--resume", "--wait"]).object()), id);
    }
    assert!(post.sender.run(&["send", "--resume"]).objects().is_empty());
    assert_eq!(post.ledger().len(), 1);
}

#[test]
fn a_sending_whose_uploads_never_began_is_resumed_with_the_manifests_it_signed() {
    let post = Post::new();
    let letter = post.letter("letter.pdf");
    let id = id_of(&post.send(&[&letter], &["--wait"]).object());
    let mut record: Value = serde_json::from_str(&fs::read_to_string(post.record()).unwrap()).unwrap();
    // the same sending under an id that the exchange never heard of, its manifests of yesterday
    let other = format!("{SENDER}-0197f3a2-4b5c-4d6e-8f90-a1b2c3d4e5f6");
    (record["id"], record["uploaded"], record["ended"]) = (json!(other), json!([]), json!(null));
    record["signed_at"] = json!("2026-01-01T00:00:00Z");
    fs::write(post.record(), record.to_string()).unwrap();
    assert_eq!(id_of(&post.sender.run(&["send", "--resume", "--wait"]).object()), other);
    let ids: Vec<String> = post.ledger().iter().map(id_of).collect();
    assert_eq!(ids, [other, id]);
    // a file that changed since is not sent under the manifest of what it was
    record["id"] = json!(format!("{SENDER}-0297f3a2-4b5c-4d6e-8f90-a1b2c3d4e5f6"));
    fs::write(post.record(), record.to_string()).unwrap();
    fs::write(&letter, "%PDF-1.7").unwrap();
    let refused = post.sender.run(&["send", "--resume"]);
    assert!(refused.code == Some(1) && refused.stderr.contains("letter.pdf"), "{}", refused.stderr);
    assert_eq!(post.ledger().len(), 2);
}
