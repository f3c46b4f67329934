//! What is written wrongly ends with 2 and is explained on stderr.

use crate::place::run;

#[test]
fn wrong_usage_ends_with_2_and_nothing_on_stdout() {
    let check = |args: &[&str], says: &str| {
        let ended = run(args);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{args:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(says), "{args:?}: {}", ended.stderr);
    };
    check(&[], "Usage");
    check(&["sing"], "sing");
    check(&["validate"], "FILE");
    check(&["validate", "--explain"], "RULE");
    check(&["validate", "--explain", "R-LENGHT"], "nearest are R-LENGTH, ");
    check(&["validate", "--explain", "R-LENGTH", "R-NAM"], "R-NAME");
    check(&["validate", "a.CSV", "--explain", "R-LENGTH"], "cannot be used with");
    check(&["validate", "--markdown", "a.CSV"], "cannot be used with");
    check(&["validate", "--markdown", "--explain", "all", "--json"], "cannot be used with");
    for json_first in [true, false] {
        for own in
            [&["partners", "--csv"][..], &["validate", "--format", "sarif", "a.CSV"], &["validate", "--explain", "all", "--markdown"]]
        {
            let args = if json_first { [&["--json"], own].concat() } else { [own, &["--json"]].concat() };
            check(&args, "cannot be used with '--json'");
        }
    }
    check(&["kit"], "--out");
    check(&["kit", "--out", "a", "--check", "b"], "--check");
    check(&["kit", "--out", "a", "--html", "b.html"], "--out");
    check(&["kit", "--check", "a", "--seed", "2"], "--seed");
    check(&["enrol", "--office", "9870808848"], "--code");
    check(&["send", "a.pdf"], "--to");
    check(&["send", "--to", "9870808848"], "FILE");
    check(&["send", "a.pdf", "--to", "987080884"], "--to");
    check(&["send", "a.pdf", "--to", "9870808848", "--resume"], "cannot be used with");
    check(&["send", "a.pdf", "--to", "9870808848", "--wait-at-most", "5"], "--wait");
    check(&["send", "--to", "9870808848", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")], "files come before --to");
    check(&["cancel", "9870808848"], "UUID");
    check(&["ack"], "ID");
    check(&["inbox", "--month", "2026-04"], "--month");
    check(&["inbox", "--limit", "0"], "a number from 1");
    check(&["notices", "--limit", "0"], "a number from 1");
    check(&["offices", "--limit", "0"], "a number from 1");
    check(&["sent", "--limit", "x"], "a number from 1");
    check(&["offices", "--prefecture", "x"], "two digits");
    check(&["offices", "--municipality", "x"], "--municipality");
    check(&["enrol", "--office", "9870808848", "--code", "ABCD"], "16");
    check(&["keys", "revoke", "a/b"], "renkei keys list");
    check(&["completions", "cmd"], "bash");
    check(&["local", "--now", "today"], "--now");
    check(&["local", "--port", "99999"], "--port");
    check(&["admin", "office", "add", "--office", "9870808848"], "--name");
    check(&["admin", "office", "add", "--office", "987080884", "--name", "n"], "10 characters");
    check(&["admin", "office", "add", "--office", "9870808848", "--name", " "], "1 to 200 characters");
    check(&["admin", "office", "add", "--office", "9870808848", "--name", "n", "--municipality", "x"], "5 or 6 digits");
    check(&["admin", "office", "add", "--office", "9870808848", "--name", "n", "--service", "QQ"], "service type");
    check(&["admin", "key", "add", "--office", "9870808848"], "--jwk");
    check(&["admin", "licence", "grant", "--office", "9870808848", "--kind", "gift", "--first", "2026-04-01"], "free-pass");
    check(&["admin", "licence", "grant", "--office", "9870808848", "--kind", "paid", "--first", "2026-02-30"], "--first");
    check(&["admin", "licence", "report", "--month", "2026-4"], "YYYY-MM");
    check(&["admin", "licence", "report", "--month", "2026-13"], "YYYY-MM");
    check(&["admin", "campaign", "put", "--id", "Two", "--opens", "2027-01-01"], "small letters");
    let grant = |kind: &'static str, last: &'static str| {
        ["admin", "licence", "grant", "--office", "9870808848", "--kind", kind, "--first", "2026-12-01", "--last", last]
    };
    check(&grant("free-pass", "2026-11-30"), "lies before");
    let campaign =
        ["admin", "campaign", "put", "--id", "two", "--opens", "2027-01-02", "--closes", "2027-01-01", "--months", "1", "--fee", "0"];
    check(&campaign, "lies before");
    check(&["admin", "adoption", "--prefecture", "1"], "two digits");
    check(&["admin", "ledger", "list", "--status", "lost"], "status");
    check(&["admin", "ledger", "list", "--objects"], "--sender");
    check(&["admin", "ledger", "show", "9870808848"], "UUID");
}

#[test]
fn help_ends_with_0_and_names_every_command() {
    let help = run(&["--help"]);
    assert_eq!(help.code, Some(0));
    let office = [
        "enrol",
        "send",
        "sent",
        "cancel",
        "inbox",
        "fetch",
        "ack",
        "notices",
        "offices",
        "licence",
        "keys",
        "credentials",
        "partners",
        "watch",
    ];
    for command in ["demo", "local", "validate", "convert", "kit", "admin", "completions", "man"].into_iter().chain(office) {
        assert!(help.stdout.contains(command), "{command}");
        assert!(run(&[command, "--help"]).stdout.contains("Usage"), "{command}");
    }
}

#[test]
fn a_deployment_that_is_not_described_whole_is_named() {
    let ended = crate::place::ended(&crate::place::renkei(&["admin", "ledger", "list"]).env("RENKEI_BUCKET", "b").output().unwrap());
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("RENKEI_OFFICES_TABLE"), "{}", ended.stderr);
}

#[test]
fn a_folder_without_an_exchange_is_said_to_be_one() {
    let folder = tempfile::tempdir().unwrap();
    let ended = run(&["admin", "--data", folder.path().to_str().unwrap(), "ledger", "list"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    assert!(ended.stderr.contains("renkei local"), "{}", ended.stderr);
}
