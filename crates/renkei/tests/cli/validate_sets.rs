//! `renkei validate` on sets: folders, archives, and the ways of printing.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use standard::RuleId;

use crate::place::{Ended, run};

fn fixtures(path: &str) -> PathBuf {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../../tests/fixtures/standard/seed-1", path].iter().collect();
    assert!(path.exists(), "{}", path.display());
    path
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn lines(ended: &Ended) -> Vec<Value> {
    ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The rules found, each with the file it is about.
fn rules(ended: &Ended) -> Vec<(String, Option<String>)> {
    let of = |line: &Value| {
        let file = line["file"].as_str().map(str::to_owned);
        line["findings"].as_array().unwrap().iter().map(|it| (it["rule"].as_str().unwrap().to_owned(), file.clone())).collect::<Vec<_>>()
    };
    lines(ended).iter().flat_map(of).collect()
}

fn validate(args: &[&str], paths: &[&Path]) -> Ended {
    let paths: Vec<&str> = paths.iter().map(|path| path.to_str().unwrap()).collect();
    run(&[&["validate"], args, &paths].concat())
}

fn archive(path: &Path, entries: &[(&str, &[u8])]) {
    let mut archive = ZipWriter::new(File::create(path).unwrap());
    for (name, bytes) in entries {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap();
}

/// Every defect of the generator, as the files of one set and as their folder.
#[test]
fn every_defective_set_is_judged_as_its_neighbour_says() {
    let bad = fixtures("bad");
    let mut judged = 0;
    for expected in files(&bad).into_iter().filter(|path| path.extension().is_some_and(|it| it == "json")) {
        let folder = bad.join(expected.file_name().unwrap().to_str().unwrap().strip_suffix(".expected.json").unwrap());
        let expected: Value = serde_json::from_slice(&fs::read(&expected).unwrap()).unwrap();
        let parties = ["--json", "--sender", expected["sender"].as_str().unwrap(), "--recipient", expected["recipient"].as_str().unwrap()];
        let wanted: BTreeSet<String> = expected["rules"].as_array().unwrap().iter().map(|rule| rule.as_str().unwrap().to_owned()).collect();
        let paths = files(&folder);
        let named = validate(&parties, &paths.iter().map(PathBuf::as_path).collect::<Vec<_>>());
        let found = validate(&parties, &[&folder]);
        for ended in [&named, &found] {
            let met: BTreeSet<String> = rules(ended).into_iter().map(|(rule, _)| rule).collect();
            assert_eq!(met, wanted, "{}", folder.display());
            let refused =
                lines(ended).iter().flat_map(|line| line["findings"].as_array().unwrap().clone()).any(|it| it["severity"] == "error");
            assert_eq!(ended.code, Some(i32::from(refused)), "{}", folder.display());
        }
        judged += 1;
    }
    assert!(judged > 100, "{judged}");
}

#[test]
fn valid_sets_of_a_folder_are_told_apart() {
    let ended = validate(&[], &[&fixtures("valid")]);
    assert_eq!(ended.code, Some(0), "{}", ended.stdout);
    for unit in ["PLAN", "SLIP", "BASIC", "SUPPORT_BASIC"] {
        assert!(ended.stdout.lines().any(|line| line.contains(&format!("/ {unit} ")) && line.ends_with("OK")), "{unit}: {}", ended.stdout);
    }
}

#[test]
fn what_a_set_says_as_a_whole_has_a_line_of_its_own() {
    let folder = fixtures("bad/R-UNIT-SET");
    let ended = validate(&["--json"], &[&folder]);
    let line = lines(&ended).pop().unwrap();
    assert_eq!((&line["file"], line["files"].as_array().unwrap().len()), (&Value::Null, 2));
    assert!(line["findings"][0]["message"].as_str().unwrap().contains("missing: UPSIKYU"), "{line}");
    assert!(line["findings"][0]["message_ja"].as_str().unwrap().contains("不足: UPSIKYU（第7表（サービス利用票別表））"), "{line}");
}

#[test]
fn a_file_whose_name_is_wrong_is_not_said_to_be_missing_too() {
    let folder = tempfile::tempdir().unwrap();
    for file in files(&fixtures("valid/0002_SLIP")) {
        let name = file.file_name().unwrap().to_str().unwrap().replace("UPSIKYU_", "UPSIKYU-");
        fs::copy(&file, folder.path().join(name)).unwrap();
    }
    let ended = validate(&["--json"], &[folder.path()]);
    let found = rules(&ended);
    assert_eq!((ended.code, found.len(), found[0].0.as_str()), (Some(1), 1, "R-NAME"), "{found:?}");
    let name = lines(&ended).into_iter().find(|line| !line["findings"].as_array().unwrap().is_empty()).unwrap();
    assert!(name["findings"][0]["message"].as_str().unwrap().contains("it seems to be UPSIKYU (37 items)"), "{name}");
}

#[test]
fn an_archive_is_read_like_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plans.ZIP");
    let plan = files(&fixtures("valid/0001_PLAN"));
    let slip = files(&fixtures("bad/R-UNIT-SET"));
    let named =
        |folder: &str, file: &PathBuf| (format!("{folder}{}", file.file_name().unwrap().to_str().unwrap()), fs::read(file).unwrap());
    let mut entries: Vec<(String, Vec<u8>)> = plan.iter().map(|file| named("", file)).collect();
    entries.extend(slip.iter().map(|file| named("april/", file)));
    entries.extend([("notes.html".to_owned(), b"<p>".to_vec()), ("__MACOSX/._a.csv".to_owned(), b"x".to_vec())]);
    archive(&path, &entries.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect::<Vec<_>>());
    let ended = validate(&["--json"], &[&path]);
    assert_eq!((ended.code, rules(&ended).len(), lines(&ended).len()), (Some(1), 1, plan.len() + slip.len() + 1));
    assert!(lines(&ended)[0]["path"].as_str().unwrap().contains("plans.ZIP!/UP1KYO_"));
    assert!(ended.stderr.contains("notes.html: passed over") && !ended.stderr.contains("MACOSX"), "{}", ended.stderr);
}

#[test]
fn an_archive_that_is_none_or_unpacks_without_end_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.zip");
    fs::write(&broken, b"PK\x03\x04 and nothing else").unwrap();
    let bomb = folder.path().join("bomb.zip");
    archive(&bomb, &[("UPJSK_202604_9870808848_15_9873789219_43_20260325090434.CSV", &vec![b'"'; 60 << 20])]);
    assert!(fs::metadata(&bomb).unwrap().len() < 1 << 20);
    let ended = validate(&["--json"], &[&broken, &bomb]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("broken.zip can't be read"), "{}", ended.stderr);
    let reasons = lines(&ended).remove(0)["reasons"].clone();
    assert_eq!(reasons[0]["code"], "file-size");
}

#[test]
fn what_cells_hold_is_shown_only_where_it_is_asked_for() {
    let file = files(&fixtures("bad/R-LENGTH")).remove(0);
    let text = |args: &[&str]| {
        let ended = validate(args, &[&file]);
        ended.stdout + &ended.stderr
    };
    for args in [&[] as &[&str], &["--json"], &["--format", "sarif"]] {
        assert!(!text(args).contains("1234567"), "{args:?}");
        if args.is_empty() || args == ["--json"] {
            assert!(text(&[args, &["--show-values"]].concat()).contains("1234567"), "{args:?}");
        }
    }
}

#[test]
fn sarif_is_valid_and_says_the_same() {
    assert_eq!(validate(&["--format", "sarif", "--show-values"], &[&fixtures("valid/0003_ACTUAL")]).code, Some(2));
    // OASIS, with the pattern of `language` as errata 01 has it: before, it was no regular expression
    let schema: Value = serde_json::from_str(include_str!("schemas/sarif-2.1.0.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let odd = folder.path().join("計画 #1.exe");
    fs::write(&odd, b"MZ").unwrap();
    let broken = folder.path().join("broken.zip");
    fs::write(&broken, b"PK").unwrap();
    let paths = [fixtures("bad/R-UNIT-SET"), fixtures("bad/R-DATE"), fixtures("bad/R-EOL"), fixtures("valid/0001_PLAN"), odd, broken];
    let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    let ended = validate(&["--format", "sarif"], &paths);
    let log: Value = serde_json::from_str(&ended.stdout).unwrap();
    let problems: Vec<String> = schema.iter_errors(&log).map(|it| format!("{} {it}", it.instance_path())).collect();
    assert_eq!((ended.code, problems), (Some(1), Vec::new()));
    let run = &log["runs"][0];
    assert_eq!(run["properties"]["findings_total"], 3);
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    let notified = &run["invocations"][0]["toolExecutionNotifications"];
    assert!(notified[0]["message"]["text"].as_str().unwrap().contains("broken.zip can't be read"), "{notified}");
    assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), RuleId::COUNT);
    let results = run["results"].as_array().unwrap();
    let told: BTreeSet<(&str, &str)> = results.iter().map(|it| (it["ruleId"].as_str().unwrap(), it["level"].as_str().unwrap())).collect();
    assert_eq!(told, BTreeSet::from([("R-UNIT-SET", "error"), ("R-DATE", "error"), ("R-EOL", "warning"), ("file-type", "error")]));
    for result in results.iter().filter(|result| result["ruleId"] != "file-type") {
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
    }
    let at = |rule: &str| results.iter().find(|it| it["ruleId"] == rule).unwrap()["locations"].clone();
    assert_eq!(at("R-UNIT-SET").as_array().unwrap().len(), 2);
    assert_eq!(at("R-DATE")[0]["physicalLocation"]["region"], json!({"startLine": 2}));
    assert!(
        at("file-type")[0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap().ends_with("/%E8%A8%88%E7%94%BB%20%231.exe")
    );
}

#[test]
fn what_a_receivers_software_refuses_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("sample.toml");
    let write = |demands: &str| fs::write(&profile, format!("id = \"sample\"\nsoftware = \"見本ケア\"\n{demands}")).unwrap();
    let file = files(&fixtures("valid/0003_ACTUAL")).remove(0);
    let with = |args: &[&str]| validate(&[&["--profile", profile.to_str().unwrap()], args].concat(), &[&file]);
    write("[[items]]\nfiles = [\"UPJSK\"]\nnames = [\"units\"]\nmax_characters = 2\n");
    let ended = with(&["--json"]);
    let findings = lines(&ended).remove(0)["findings"].clone();
    assert_eq!((ended.code, findings[0]["rule"].as_str(), findings[0]["field_name"].as_str()), (Some(0), Some("R-PROFILE"), Some("units")));
    assert!(findings[0]["message_ja"].as_str().unwrap().contains("2文字まで"), "{findings}");
    let table = with(&[]).stdout;
    assert!(table.contains("見本ケア (sample)") && table.contains("R-PROFILE"), "{table}");
    write("[[items]]\nfiles = [\"UPPLAN\"]\nnames = [\"units\"]\nmax_characters = 2\n");
    assert_eq!(rules(&with(&["--json"])), []);
    write("[[items]]\nnames = [\"unit\"]\nrequired = true\n");
    let ended = with(&[]);
    assert!(ended.code == Some(1) && ended.stderr.contains("none of its files has an item \"unit\""), "{}", ended.stderr);
}

#[test]
fn nothing_to_check_is_no_success() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.zip");
    archive(&empty, &[]);
    for place in [folder.path(), &empty] {
        fs::create_dir_all(folder.path().join("below")).unwrap();
        let place = if place == folder.path() { folder.path().join("below") } else { place.to_owned() };
        let ended = validate(&[], &[&place]);
        assert!(ended.code == Some(1) && ended.stderr.contains("there is no file to check"), "{}", ended.stderr);
    }
}

#[cfg(unix)]
#[test]
fn a_linked_file_is_checked_like_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let bad = files(&fixtures("bad/R-LENGTH")).remove(0);
    std::os::unix::fs::symlink(&bad, folder.path().join(bad.file_name().unwrap())).unwrap();
    let ended = validate(&["--json"], &[folder.path()]);
    assert_eq!((ended.code, rules(&ended).len()), (Some(1), 1), "{}", ended.stderr);
}

#[test]
fn a_wrong_name_excuses_only_what_it_may_be() {
    let folder = tempfile::tempdir().unwrap();
    for file in files(&fixtures("bad/R-UNIT-SET")) {
        fs::copy(&file, folder.path().join(file.file_name().unwrap())).unwrap();
    }
    // actual services are not the annex that is missing
    fs::copy(files(&fixtures("valid/0003_ACTUAL")).remove(0), folder.path().join("lost.csv")).unwrap();
    let ended = validate(&["--json"], &[folder.path()]);
    let found: BTreeSet<String> = rules(&ended).into_iter().map(|(rule, _)| rule).collect();
    assert_eq!(found, BTreeSet::from(["R-NAME".to_owned(), "R-UNIT-SET".to_owned()]));
}

#[test]
fn a_file_that_is_no_profile_is_not_quoted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    fs::write(&path, "{\"user_name\":\"山田太郎\"}\n\u{1b}]0;x\u{7}").unwrap();
    let ended = validate(&["--profile", path.to_str().unwrap()], &[&fixtures("valid/0003_ACTUAL")]);
    assert!(ended.code == Some(1) && ended.stderr.contains("line 1"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("山田") && !ended.stderr.contains('\u{1b}'), "{}", ended.stderr);
}
