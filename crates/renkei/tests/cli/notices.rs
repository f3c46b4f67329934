//! `renkei notices`: what an office is told of what it sent and was sent.

use std::thread::sleep;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::device::Device;
use crate::post::{Post, RECIPIENT, SENDER};

/// The kinds that an office was told, newest first, once there are so many: a notice follows the ledger by a moment.
fn told(device: &Device, wanted: usize) -> Vec<Value> {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let told = device.run(&["notices"]).objects();
        if told.len() >= wanted || Instant::now() > until {
            return told;
        }
        sleep(Duration::from_millis(100));
    }
}

fn kinds(told: &[Value]) -> Vec<&str> {
    told.iter().map(|notice| notice["kind"].as_str().unwrap()).collect()
}

#[test]
fn an_office_is_told_what_came_was_answered_taken_back_and_rejected() {
    let post = Post::new();
    let send = |name: &str| {
        let sent = post.sender.run(&["send", &post.letter(name), "--to", RECIPIENT, "--wait"]).object();
        sent["id"].as_str().unwrap().to_owned()
    };
    let none = post.sender.shows(&["notices"]);
    assert!(none.code == Some(0) && none.stdout.contains("お知らせはありません"), "{}", none.stdout);
    let first = send("a.pdf");
    assert_eq!(told(&post.recipient, 1)[0]["transmission"], json!(first));
    post.recipient.run(&["ack", &first, "--failed", "--note", "読めません"]).object();
    let answered = told(&post.sender, 1);
    let about = |notice: &Value| (notice["kind"].clone(), notice["transmission"].clone(), notice["recipient"].clone());
    assert_eq!(about(&answered[0]), (json!("acknowledged"), json!(first), json!(RECIPIENT)));
    assert!(!answered[0].to_string().contains("読めません") && !answered[0].to_string().contains("a.pdf"), "ids only: {}", answered[0]);

    // moments are shown to the second
    sleep(Duration::from_millis(1_100));
    let between = Timestamp::now().to_string();
    let second = send("b.pdf");
    told(&post.recipient, 2);
    post.sender.run(&["cancel", &second]).object();
    let at_recipient = told(&post.recipient, 3);
    assert_eq!(kinds(&at_recipient), ["cancelled", "delivered", "delivered"]);
    // a text that is no PDF, past the check on this machine
    std::fs::write(post.files.path().join("c.pdf"), "no PDF").unwrap();
    let broken = post.files.path().join("c.pdf");
    let rejected = post.sender.run(&["send", broken.to_str().unwrap(), "--to", RECIPIENT, "--unchecked", "--wait"]);
    assert_eq!(rejected.code, Some(1), "{}", rejected.stdout);
    assert_eq!(kinds(&told(&post.sender, 2)), ["rejected", "acknowledged"]);

    let run = |more: &[&str]| post.recipient.run(&[&["notices"], more].concat()).objects();
    assert_eq!(run(&["--limit", "1"]), at_recipient[..1]);
    assert_eq!(run(&["--since", &between]), at_recipient[..2]);
    assert!(run(&["--since", "2999-01-01T00:00:00Z"]).is_empty());
    let shown = post.sender.shows(&["notices"]).stdout;
    for text in ["差し戻し rejected", "取り込み報告 acknowledged", RECIPIENT, &first] {
        assert!(shown.contains(text), "{text}: {shown}");
    }
    let shown = post.recipient.shows(&["notices"]).stdout;
    assert!(shown.contains("受信 delivered") && shown.contains("取り消し cancelled") && shown.contains(SENDER), "{shown}");
}
