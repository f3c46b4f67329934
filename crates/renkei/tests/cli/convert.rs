//! `renkei convert`, both ways.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use standard::FileName;
use tempfile::TempDir;

use crate::place::{Ended, ended, renkei, run};

fn fixtures(folder: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../../tests/fixtures/standard", folder].iter().collect()
}

/// A file of every kind from each seed.
fn valid() -> Vec<PathBuf> {
    let entries = |path: &Path| fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    let mut files = BTreeMap::new();
    for seed in ["seed-1/valid", "seed-2/valid"] {
        for file in entries(&fixtures(seed)).iter().flat_map(|unit| entries(unit)) {
            let kind = FileName::claimed_kind(file.file_name().unwrap().to_str().unwrap()).unwrap();
            if kind.layout().is_some() {
                files.insert((seed, kind), file);
            }
        }
    }
    assert_eq!(files.len(), 2 * 17);
    files.into_values().collect()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

const ACTUALS: &str = "seed-1/valid/0003_ACTUAL/UPJSK_202604_9870808848_15_9873789219_43_20260325090434.CSV";
const TIMETABLE: &str = "UPKIHON_SUB1_9870411064_46_9873895131_15_20260325091559";

/// A folder with one file in it.
fn place(name: &str, bytes: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn files_in(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

#[test]
fn files_of_every_kind_come_back_byte_for_byte_through_documents_and_through_lines() {
    for file in valid() {
        let folder = tempfile::tempdir().unwrap();
        let name = file.file_name().unwrap().to_str().unwrap();
        let bytes = fs::read(&file).unwrap();
        let told = run(&["convert", "--json", text(&file), "--out", text(folder.path())]).object();
        assert_eq!((told["file"].as_str(), told["converted"].as_bool()), (Some(name), Some(true)));
        let document = folder.path().join(Path::new(name).with_extension("json"));
        assert_eq!(told["out"], text(&document));
        let json: Value = serde_json::from_slice(&fs::read(&document).unwrap()).unwrap();
        assert_eq!((json["file"].as_str(), json["kind"].as_str()), (Some(name), told["kind"].as_str()));
        assert_eq!(json["records"].as_array().unwrap().len() as u64, told["records"].as_u64().unwrap());

        let told = run(&["convert", "--json", text(&document), "--out", text(folder.path())]).object();
        assert_eq!((told["errors"].as_u64(), told["warnings"].as_u64()), (Some(0), Some(0)), "{told}");
        assert_eq!(fs::read(folder.path().join(name)).unwrap(), bytes, "{name}");

        let lines = folder.path().join("lines.jsonl");
        assert_eq!(run(&["convert", text(&document), "--to", "jsonl", "--out", text(&lines)]).code, Some(0));
        let quoting = json["quoting"].as_str().unwrap();
        let back = renkei(&["convert", text(&lines), "--quoting", quoting]).output().unwrap();
        assert_eq!((back.stdout, back.stderr), (bytes, Vec::new()), "{name}");
    }
}

#[test]
fn on_stdout_stands_the_file_and_nothing_else() {
    let file = fixtures(ACTUALS);
    let document = run(&["convert", text(&file)]);
    assert_eq!((document.code, document.stderr.as_str()), (Some(0), ""));
    let json: Value = serde_json::from_str(&document.stdout).unwrap();
    let lines = run(&["convert", text(&file), "--to", "jsonl"]).objects();
    let records = json["records"].as_array().unwrap();
    assert_eq!(lines.len(), records.len());
    assert_eq!((&lines[0]["kind"], &lines[0]["service_code"]), (&json!("UPJSK"), &records[0]["service_code"]));
    assert_eq!(records[0]["over_30_days"], json!({"code": "0", "label": "非該当"}));
    // with --json the report goes to stderr
    let told = run(&["convert", "--json", text(&file)]);
    assert_eq!(told.stdout, document.stdout);
    assert_eq!(serde_json::from_str::<Value>(&told.stderr).unwrap()["records"], records.len());
}

#[test]
fn a_character_that_ms932_lacks_is_named_and_nothing_is_written_until_the_substitute_is_asked_for() {
    let json = json!({"kind": "UPKIHON_SUB1", "records": [{"csv_version": "202407", "time_text": "6時〜", "user_daily_life": "森鷗外"}]});
    let (folder, path) = place("day.json", json.to_string());
    let out = folder.path().join("day.csv");
    fs::write(&out, "as it was").unwrap();
    let refused = run(&["convert", text(&path), "--out", text(&out)]);
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(1), ""));
    for says in ["record 1, item 5 (time_text): character 3: U+301C", "U+FF5E ～", "1件目 No.6", "U+9DD7", "--substitute"] {
        assert!(refused.stderr.contains(says), "{says}: {}", refused.stderr);
    }
    assert!(!refused.stderr.contains("森"), "only the one character is told");
    assert_eq!((fs::read_to_string(&out).unwrap().as_str(), files_in(folder.path())), ("as it was", 2));
    assert_eq!(run(&["convert", text(&path)]).stdout, "");

    let told = run(&["convert", "--json", text(&path), "--out", text(&out), "--substitute"]).object();
    let places: Vec<_> =
        told["substitutions"].as_array().unwrap().iter().map(|it| [&it["field"], &it["position"], &it["substitute"]]).collect();
    assert_eq!(json!(places), json!([[5, 3, "U+FF5E"], [6, 2, "U+9D0E"]]));
    assert_eq!(fs::read(&out).unwrap(), b"202407,,,,\"6\x8e\x9e\x81\x60\",\"\x90\x58\x89\xa8\x8a\x4f\",\r\n");
    let spoken = run(&["convert", text(&path), "--out", text(&out), "--substitute"]);
    assert_eq!(spoken.code, Some(0));
    assert!(spoken.stderr.contains("2文字を置き換えました") && spoken.stderr.contains("U+9D0E written for U+9DD7"), "{}", spoken.stderr);
}

#[test]
fn a_file_that_cant_be_read_whole_leaves_no_file_and_points_to_validate() {
    let check = |rule: &str| {
        let bad = fixtures("seed-1/bad").join(rule);
        let file = fs::read_dir(bad).unwrap().next().unwrap().unwrap().path();
        let folder = tempfile::tempdir().unwrap();
        let refused = run(&["convert", text(&file), "--out", text(folder.path())]);
        assert_eq!((refused.code, refused.stdout.as_str(), files_in(folder.path())), (Some(1), "", 0), "{rule}");
        assert!(refused.stderr.contains(rule) && refused.stderr.contains("renkei validate"), "{}", refused.stderr);
        assert_eq!(run(&["convert", text(&file)]).stdout, "", "{rule}");
        let told = run(&["convert", "--json", text(&file), "--out", text(folder.path())]);
        let told: Value = serde_json::from_str(&told.stdout).unwrap();
        assert_eq!((&told["findings"][0]["rule"], &told["converted"]), (&json!(rule), &json!(false)));
    };
    ["R-QUOTE", "R-MS932", "R-FIELDS", "R-UTF8"].into_iter().for_each(check);
}

#[test]
fn json_that_doesnt_fit_is_told_by_record_and_item_and_never_by_its_content() {
    let check = |name: &str, content: &str, says: &[&str]| {
        let (folder, path) = place(name, content);
        let refused = run(&["convert", text(&path), "--out", text(folder.path())]);
        assert_eq!((refused.code, refused.stdout.as_str(), files_in(folder.path())), (Some(1), "", 1), "{content}");
        for word in says {
            assert!(refused.stderr.contains(word), "{word}: {}", refused.stderr);
        }
        assert!(!refused.stderr.contains("花子"), "{}", refused.stderr);
    };
    let of = |record: &str| format!("{{\"kind\":\"DLTJSK\",\"records\":[{{\"csv_version\":\"202407\",{record}}}]}}");
    check("a.json", &of("\"service_type\":15"), &["record 1, item 6 (service_type)", "1件目 No.6"]);
    check("a.json", &of("\"servise_type\":\"花子\""), &["\"servise_type\"", "スキーマ"]);
    check("a.json", &of("\"花子\":1"), &["no item"]);
    check("a.json", "{\"kind\":\"花子\",\"records\":[]}", &["the kind is not known", "種類"]);
    check("a.json", "{\"kind\":\"DLTJSK\"}", &["no records"]);
    check("a.json", "[{\"csv_version\":\"202407\"}]", &["the kind is not known"]);
    check("a.json", "\"花子\"", &["no records"]);
    check("a.json", "{\"kind\":\"DLTJSK\",\"records\":[\"花子\"]}", &["record 1: the record is no object"]);
    check("a.json", "{\"kind\":\"DLTJSK\",\"records\":[{\"a\":\"花子]}", &["not JSON", "JSONとして"]);
    check("a.json", "{\"kind\":\"DLTJSK\",\"records\":[]} 花子", &["not JSON"]);
    check("a.json", "{\"kind\":\"DLTJSK\",\"file\":\"../../花子.CSV\",\"records\":[]}", &["\"file\""]);
    check("a.jsonl", "{\"kind\":\"DLTJSK\",\"csv_version\":\"202407\"}\n\n{\"kind\":\"UPJSK\"}\n", &["record 3: another kind"]);
    check("a.jsonl", "{\"kind\":\"DLTJSK\"}\n{\"花子\n", &["line 2 is not JSON", "2行目"]);
    check("UPJSK_a.json", "{\"kind\":\"DLTJSK\",\"records\":[7]}", &["record 1"]);
}

#[test]
fn what_was_called_wrongly_ends_with_2() {
    let (_folder, csv) = place("april.csv", "202407,435073,0000000001,202604,9870808848,15\r\n");
    let (_folder, document) = place("april.json", "[]");
    let (_folder, other) = place("april.xlsx", "");
    let check = |args: &[&str], says: &str| {
        let ended: Ended = run(&[&["convert"], args].concat());
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{args:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(says), "{args:?}: {}", ended.stderr);
    };
    check(&[], "FILE");
    check(&[text(&csv)], "--kind");
    check(&[text(&csv), "--kind", "UPX"], "UPJSK");
    check(&[text(&csv), "--kind", "UPKIHON_IMAGE"], "UPJSK");
    check(&[text(&csv), "--kind", "DLTJSK", "--to", "csv"], "--to");
    check(&[text(&csv), "--kind", "DLTJSK", "--substitute"], "--substitute");
    check(&[text(&document), "--to", "jsonl", "--quoting", "text"], "--quoting");
    check(&[text(&document), "--to", "xml"], "--to");
    check(&[text(&other)], ".jsonl");
    check(&["--schema", "UPX"], "UPJSK");
    check(&["--schema", "UPJSK", text(&csv)], "--schema");
}

#[test]
fn the_kind_may_be_said_by_the_option_the_content_or_the_name() {
    let record = "{\"csv_version\":\"202407\",\"service_type\":\"15\"}";
    let check = |name: &str, content: &str, more: &[&str]| {
        let (_folder, path) = place(name, content);
        let back = run(&[&["convert", text(&path)], more].concat());
        assert_eq!((back.code, back.stdout.as_str()), (Some(0), "202407,,,,,15\r\n"), "{name}: {}", back.stderr);
    };
    check("a.json", &format!("[{record}]"), &["--kind", "DLTJSK"]);
    check("DLTJSK_april (1).json", &format!("[{record}]"), &[]);
    check("UPJSK_april.json", &format!("{{\"records\":[{record}],\"kind\":\"DLTJSK\"}}"), &[]);
    check("a.ndjson", record, &["--kind", "DLTJSK"]);
    check("a.JSONL", &format!("\n  \r\n{}\r\n", record.replace("{\"csv", "{\"kind\":\"DLTJSK\",\"csv")), &[]);
    // as some editors save it
    check("a.json", &format!("\u{feff}{{\"kind\":\"DLTJSK\",\"records\":[{record}]}}"), &[]);
}

#[test]
fn what_the_standard_says_of_the_result_is_told_beside_it() {
    let json =
        json!({"kind": "UPKIHON_SUB1", "file": format!("{TIMETABLE}.CSV"), "records": [{"csv_version": "202407", "insurer_number": "7"}]});
    let (folder, path) = place("day.json", json.to_string());
    let told = run(&["convert", text(&path), "--out", text(folder.path())]);
    assert_eq!(told.code, Some(0));
    assert!(told.stderr.contains("renkei validate") && told.stderr.contains("エラーが"), "{}", told.stderr);
    let out = folder.path().join(format!("{TIMETABLE}.CSV"));
    assert_eq!(fs::read(&out).unwrap(), b"202407,7,,,,,\r\n");
    assert_eq!(run(&["validate", text(&out)]).code, Some(1));
}

#[test]
fn gaiji_are_read_and_told() {
    let (folder, path) = place(&format!("{TIMETABLE}.CSV"), b"202407,976456,1000132748,20250713,\"\xf0\x40\",,\r\n");
    let read = run(&["convert", text(&path), "--out", text(folder.path())]);
    assert_eq!(read.code, Some(0));
    assert!(read.stderr.contains("R-GAIJI") && read.stderr.contains("CSVには戻せません"), "{}", read.stderr);
    let back = run(&["convert", text(&folder.path().join(format!("{TIMETABLE}.json")))]);
    assert_eq!((back.code, back.stdout.as_str()), (Some(1), ""));
    assert!(back.stderr.contains("U+E000") && back.stderr.contains("gaiji"), "{}", back.stderr);
}

#[test]
fn the_file_that_is_read_is_never_written_over() {
    let (_folder, path) = place("day.json", "{\"kind\":\"DLTJSK\",\"records\":[]}");
    let refused = run(&["convert", text(&path), "--out", text(&path)]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("name another"), "{}", refused.stderr);
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"kind\":\"DLTJSK\",\"records\":[]}");
}

#[test]
fn schemas_are_printed_by_kind_and_written_all_together() {
    let one: Value = serde_json::from_str(&run(&["convert", "--schema", "UPJSK"]).stdout).unwrap();
    assert_eq!(one["$id"], "urn:renkei:schema:UPJSK");
    let all = run(&["convert", "--schema", "all"]).objects();
    assert_eq!(all.len(), 17);
    assert!(all.contains(&one));
    let folder = tempfile::tempdir().unwrap();
    let schemas = folder.path().join("schemas");
    assert_eq!(run(&["convert", "--schema", "all", "--out", text(&schemas)]).code, Some(0));
    assert_eq!(files_in(&schemas), 17);
    let written: Value = serde_json::from_slice(&fs::read(schemas.join("UPJSK.schema.json")).unwrap()).unwrap();
    assert_eq!(written, one);
}

#[test]
#[cfg(unix)]
fn what_cant_be_read_twice_is_told() {
    let (_folder, path) = place("day.json", "");
    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("/dev/stdin", &path).unwrap();
    let refused = ended(&renkei(&["convert", text(&path)]).stdin(std::process::Stdio::piped()).output().unwrap());
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("must be a file"), "{}", refused.stderr);
}

#[cfg(unix)]
#[test]
fn a_link_stays_one_and_a_pipe_is_written_through() {
    let folder = tempfile::tempdir().unwrap();
    let (real, link, pipe) = (folder.path().join("real.json"), folder.path().join("link.json"), folder.path().join("pipe"));
    let file = fixtures(ACTUALS);
    fs::write(&real, "old").unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    assert_eq!(run(&["convert", text(&file), "--out", text(&link)]).code, Some(0));
    assert!(link.is_symlink() && fs::read_to_string(&real).unwrap().contains("\"UPJSK\""));
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read_to_string(pipe).unwrap()
    });
    assert_eq!(run(&["convert", text(&file), "--out", text(&pipe)]).code, Some(0));
    assert_eq!(reader.join().unwrap(), fs::read_to_string(&real).unwrap());
}
