//! `renkei validate --explain`.

use serde_json::Value;
use standard::RuleId;

use crate::place::run;

/// The rules that `--json` explains, in their order.
fn explained(args: &[&str]) -> Vec<Value> {
    let ended = run(&[&["validate", "--json", "--explain"], args].concat());
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{args:?}");
    ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn rules_are_explained_once_each_and_in_the_order_asked() {
    let check = |args: &[&str], expected: &[&str]| {
        let explained = explained(args);
        let rules: Vec<&str> = explained.iter().map(|line| line["rule"].as_str().unwrap()).collect();
        assert_eq!(rules, expected, "{args:?}");
    };
    check(&["R-LENGTH"], &["R-LENGTH"]);
    check(&["r-time", "length", "R-TIME"], &["R-TIME", "R-LENGTH"]);
    check(&["r-time,r-length"], &["R-TIME", "R-LENGTH"]);
    check(&["all"], &RuleId::ALL.map(RuleId::as_str));
}

#[test]
fn json_tells_every_field_of_every_rule() {
    for line in explained(&["all"]) {
        let filled = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
        let texts = ["severity", "scope", "text", "explanation", "remedy", "section"];
        assert!(texts.iter().all(|name| filled(&line[name])), "{line}");
        assert!(["text_ja", "explanation_ja", "remedy_ja", "section_ja"].iter().all(|name| filled(&line[name])), "{line}");
        let example = &line["example"];
        assert!(filled(&example["form"]) && example["wrong"].is_string() && example["wrong"] != example["right"], "{line}");
    }
}

#[test]
fn people_are_told_in_both_languages() {
    let ended = run(&["validate", "--explain", "r-length"]);
    assert_eq!(ended.code, Some(0));
    let rule = RuleId::Length.rule();
    for text in ["R-LENGTH", rule.text_ja, rule.text_en, "1234567", "No.8 単位数", "item 8 (units)", rule.section_ja] {
        assert!(ended.stdout.contains(text), "{text}: {}", ended.stdout);
    }
    let list = run(&["validate", "--explain", "all"]);
    assert_eq!(list.code, Some(0));
    for rule in RuleId::ALL {
        assert_eq!(list.stdout.lines().filter(|line| line.split_whitespace().next() == Some(rule.as_str())).count(), 1, "{rule}");
    }
    // the list is short: explanations come for single rules
    assert!(!list.stdout.contains(rule.explanation_en));
}

#[test]
fn the_page_is_printed_as_it_is_kept() {
    let ended = run(&["validate", "--explain", "all", "--markdown"]);
    let kept = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/rules.md")).unwrap();
    assert!(ended.code == Some(0) && ended.stdout == kept);
}
