//! `renkei demo`: it ends with 0 only when everything ended as it must.

use serde_json::{Value, json};

use crate::place::{ended, renkei, run};

#[test]
fn every_step_of_the_demo_ends_as_it_must() {
    let steps = run(&["demo", "--json"]).objects();
    let names: Vec<&str> = steps.iter().map(|step| step["step"].as_str().unwrap()).collect();
    let told = ["actuals", "attachment", "plan", "slip", "forged", "malformed", "inbox", "collected", "acknowledged", "ledger"];
    assert_eq!(names, [&["start", "offices"], &told[..]].concat());
    assert!(steps.iter().all(|step| step["ok"] == true && step["differences"] == json!([])), "{steps:#?}");
    let step = |name: &str| steps.iter().find(|step| step["step"] == name).unwrap();
    assert_eq!(step("forged")["reasons"][0]["code"], "signature-invalid");
    assert_eq!(step("forged")["transmission"], Value::Null);
    assert_eq!(step("malformed")["reasons"][0]["findings_total"], 2);
    for (set, files) in [("plan", 4), ("slip", 3)] {
        assert_eq!((step(set)["delivered"].as_array().unwrap().len(), &step(set)["same_bytes"]), (3 * files, &json!(true)));
    }
    assert_eq!(step("inbox")["keys"].as_array().unwrap().len(), 4);
    for it in step("collected")["deliveries"].as_array().unwrap() {
        assert_eq!((&it["status"], &it["same_bytes"], &it["verified"]), (&json!("collected"), &json!(true), &json!(true)), "{it}");
    }
    let sent = [&step("actuals")["transmission"], &step("attachment")["transmission"]];
    let answered = step("acknowledged")["deliveries"].as_array().unwrap();
    let expected = sent.map(|id| json!({"transmission": id, "status": "acknowledged", "outcome": "imported"}));
    assert_eq!(*answered, expected);
    let kept = step("ledger")["transmissions"].as_array().unwrap();
    assert_eq!(kept.len(), 3);
    for id in sent {
        let delivery = &kept.iter().find(|view| view["id"] == *id).unwrap()["deliveries"][0];
        assert_eq!((&delivery["status"], &delivery["outcome"]), (&json!("acknowledged"), &json!("imported")));
        assert!(delivery["collected_at"].is_string() && delivery["acknowledged_at"].is_string(), "{delivery}");
    }
}

#[test]
fn the_story_is_told_without_colours_where_there_is_no_terminal() {
    let told = run(&["demo"]);
    assert_eq!(told.code, Some(0), "{}", told.stderr);
    assert_eq!(told.stderr, "");
    for text in [
        "signature-invalid",
        "file-invalid",
        "403 Forbidden",
        "collected; digest and sender's signature hold",
        "acknowledged (imported)",
        "Everything ended as it must",
    ] {
        assert!(told.stdout.contains(text), "{text}: {}", told.stdout);
    }
    assert!(!told.stdout.contains('\u{1b}'));
}

#[test]
fn a_proxy_in_the_environment_is_for_other_machines() {
    let mut command = renkei(&["demo"]);
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        command.env(name, "http://127.0.0.1:1");
    }
    let told = ended(&command.output().unwrap());
    assert_eq!(told.code, Some(0), "{}{}", told.stdout, told.stderr);
}
