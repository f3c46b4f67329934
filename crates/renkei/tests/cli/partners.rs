//! `renkei offices`, `partners` and `licence`: an office among others.

use serde_json::json;

use crate::post::{ACTUALS, Post, RECIPIENT, SENDER};

#[test]
fn offices_are_looked_up_by_place_name_and_number() {
    let post = Post::new();
    post.local.admin(&["office", "add", "--office", "9771003108", "--name", "見本居宅介護", "--service", "43"]).object();
    let found = |args: &[&str]| {
        let offices = post.sender.run(&[&["offices"], args].concat()).objects();
        offices.iter().map(|office| office["office"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found(&[]), ["9771003108", SENDER, RECIPIENT], "the caller's own prefecture first");
    assert_eq!(found(&["--prefecture", "98"]), [RECIPIENT]);
    assert_eq!(found(&["--name", "見本"]), ["9771003108"]);
    assert_eq!(found(&["--licensed", "true"]), [SENDER, RECIPIENT]);
    assert_eq!(found(&["--licensed", "true", "--limit", "1"]), [SENDER]);
    assert_eq!(found(&["--service", "43"]), ["9771003108", RECIPIENT]);
    assert_eq!(found(&[RECIPIENT]), [RECIPIENT]);
    let shown = post.sender.shows(&["offices", "--name", "見本"]).stdout;
    assert!(shown.contains("見本居宅介護") && shown.contains("ライセンス"), "{shown}");
    let unknown = post.sender.run(&["offices", "9779999993"]);
    assert!(unknown.code == Some(1) && unknown.stderr.contains("not-found"), "{}", unknown.stderr);
}

#[test]
fn partners_are_those_to_whom_something_was_delivered() {
    let post = Post::new();
    assert_eq!(post.sender.run(&["partners"]).object()["count"], 0);
    let file = post.demo(ACTUALS);
    assert_eq!(post.sender.run(&["send", &file, "--to", "9871578812-43", "--wait"]).code, Some(0));
    let told = |device: &crate::device::Device| {
        let view = device.run(&["partners"]).object();
        (view["count"].clone(), view["items"][0]["office"].clone(), view["items"][0]["sent"].clone(), view["items"][0]["received"].clone())
    };
    assert_eq!(told(&post.sender), (json!(1), json!(RECIPIENT), json!(1), json!(0)));
    assert_eq!(told(&post.recipient), (json!(1), json!(SENDER), json!(0), json!(1)));
    assert_eq!(post.sender.run(&["partners", "--until", "2020-01-01"]).object()["count"], 0);
    let table = post.sender.shows(&["partners", "--csv"]).stdout;
    assert!(table.starts_with("\u{feff}事業所番号,") && table.contains(&format!("\r\n{RECIPIENT},")), "{table}");
    assert!(post.sender.shows(&["partners"]).stdout.contains("1 事業所"));
}

#[test]
fn a_free_pass_is_applied_for_while_a_campaign_is_open_and_once() {
    let post = Post::new();
    let apply = || post.sender.run(&["licence", "apply"]);
    let closed = apply();
    assert!(closed.code == Some(1) && closed.stderr.contains("campaign-closed"), "{}", closed.stderr);
    let campaign = ["campaign", "put", "--id", "open", "--opens", "2020-01-01", "--closes", "2999-12-31", "--months", "12", "--fee", "0"];
    post.local.admin(&campaign).object();
    assert_eq!(apply().object()["campaign"], "open");
    let again = apply();
    assert!(again.code == Some(1) && again.stderr.contains("already-applied"), "{}", again.stderr);
    assert_eq!(post.sender.run(&["licence", "show"]).object()["licensed"], true);
}
