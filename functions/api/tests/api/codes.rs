//! The codes that developers are told of are those that there are.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The status of every kind of problem in the sources, as its number, by its code.
fn kinds() -> BTreeMap<String, Vec<&'static str>> {
    let mut found: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let source = fs::read_to_string(path).unwrap();
        for kind in source.split(": Kind = Kind {").skip(1) {
            let status = kind.split("StatusCode::").nth(1).unwrap().split(',').next().unwrap();
            let code = kind.split("code: \"").nth(1).unwrap().split('"').next().unwrap();
            found.entry(code.to_owned()).or_default().push(number(status));
        }
    }
    found
}

fn number(status: &str) -> &'static str {
    match status {
        "BAD_REQUEST" => "400",
        "UNAUTHORIZED" => "401",
        "FORBIDDEN" => "403",
        "NOT_FOUND" => "404",
        "METHOD_NOT_ALLOWED" => "405",
        "CONFLICT" => "409",
        "GONE" => "410",
        "PAYLOAD_TOO_LARGE" => "413",
        "UNSUPPORTED_MEDIA_TYPE" => "415",
        "UNPROCESSABLE_ENTITY" => "422",
        "INTERNAL_SERVER_ERROR" => "500",
        "SERVICE_UNAVAILABLE" => "503",
        _ => "a status that the document doesn't have",
    }
}

#[test]
fn every_code_stands_in_the_documents_table_under_its_status_and_no_other_does() {
    let document = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/integration.md")).unwrap();
    let table = document.split("## 9. Errors").nth(1).unwrap().split("\n\n").find(|block| block.starts_with("| status")).unwrap();
    let (mut told, mut status): (BTreeMap<String, Vec<String>>, String) = (BTreeMap::new(), String::new());
    for row in table.lines().skip(2) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        if !cells[0].is_empty() {
            cells[0].clone_into(&mut status);
        }
        // a code has a hyphen, what else stands in such marks has none
        for code in cells[1].split('`').skip(1).step_by(2).filter(|code| code.contains('-') || *code == "unavailable") {
            told.entry(code.to_owned()).or_default().push(status.clone());
        }
    }
    let kinds = kinds();
    assert!(kinds.len() > 30, "{kinds:?}");
    for (code, statuses) in &kinds {
        let told = told.remove(code).unwrap_or_default();
        assert_eq!(told, *statuses, "{code}: as it is told, and as it is");
    }
    assert!(told.is_empty(), "there are none of these: {told:?}");
}
