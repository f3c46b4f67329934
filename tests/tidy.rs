//! The house is as its plan says.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// In the direction of dependency: each may use those before it, a function never a function.
const ORDER: [&str; 10] = ["standard", "kit", "exchange", "store", "logging", "deliver", "upkeep", "api", "embedded", "renkei"];

/// The crates that are a Lambda each.
const FUNCTIONS: [&str; 3] = ["deliver", "upkeep", "api"];

/// A dependency that is not everybody's: who may have it.
const RESERVED: [(&str, &[&str]); 7] = [
    ("aws-config", &["store"]),
    ("aws-sdk-", &["store"]),
    ("aws-smithy-", &["store"]),
    ("encoding_rs", &["standard"]),
    ("lambda_http", &["api"]),
    ("lambda_runtime", &["deliver", "upkeep"]),
    ("anyhow", &["deliver", "upkeep", "api", "renkei"]),
];

/// What the pure crates may not have: a clock, a network, files, an executor.
const IMPURE: [&str; 6] = ["async-trait", "futures", "getrandom", "reqwest", "tempfile", "tokio"];

#[test]
fn the_crates_depend_on_each_other_in_one_direction() {
    let members = members();
    assert_eq!(members.keys().filter(|name| *name != "journeys").count(), ORDER.len(), "every crate has its place");
    for (name, dependencies) in &members {
        let Some(place) = ORDER.iter().position(|crate_name| crate_name == name) else { continue };
        for dependency in dependencies {
            let before = ORDER.iter().position(|crate_name| crate_name == dependency);
            assert!(before.is_none_or(|before| before < place), "{name} may not use {dependency}");
            let functions = [name, dependency].iter().filter(|crate_name| FUNCTIONS.contains(&crate_name.as_str())).count();
            assert!(functions < 2, "{name} is a function and may not use {dependency}");
        }
    }
}

#[test]
fn what_is_reserved_for_a_crate_is_used_there_only() {
    for (name, dependencies) in members() {
        for dependency in &dependencies {
            for (reserved, owners) in RESERVED {
                assert!(
                    name == "journeys" || !dependency.starts_with(reserved) || owners.contains(&name.as_str()),
                    "{name} may not use {dependency}"
                );
            }
            let pure = ["standard", "kit", "exchange"].contains(&name.as_str());
            assert!(!pure || !IMPURE.contains(&dependency.as_str()), "{name} is pure and may not use {dependency}");
        }
    }
}

#[test]
fn every_crate_keeps_the_houses_lints() {
    for (folder, manifest) in manifests() {
        assert_eq!(manifest["lints"]["workspace"].as_bool(), Some(true), "{}", folder.display());
    }
}

#[test]
fn no_file_is_longer_than_one_reads_at_once() {
    for file in sources() {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        assert!(lines <= 300, "{} has {lines} lines", file.display());
    }
}

#[test]
fn a_bootstrap_only_wires() {
    for function in FUNCTIONS {
        let lines = fs::read_to_string(root().join(format!("functions/{function}/src/main.rs"))).unwrap().lines().count();
        assert!(lines < 40, "{function} has {lines} lines");
    }
}

#[test]
fn nothing_is_left_to_be_done() {
    // put together, so that this file doesn't meet itself
    let marks = [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["X", "XX"].concat()];
    for file in sources() {
        let text = fs::read_to_string(&file).unwrap();
        let found = marks.iter().find(|mark| text.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == mark.as_str()));
        assert_eq!(found, None, "{}", file.display());
    }
}

#[test]
fn a_test_is_never_silently_left_out() {
    let bare = ["#[ig", "nore]"].concat();
    for file in sources() {
        assert!(!fs::read_to_string(&file).unwrap().contains(&bare), "{} says why", file.display());
    }
}

#[test]
fn the_readme_shows_the_two_commands() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for command in ["cargo run --release -- demo", "cargo test --workspace"] {
        assert!(readme.lines().any(|line| line.trim_start().starts_with(command)), "{command}");
    }
}

/// Every package of the workspace, and what it needs to run or to be built.
fn members() -> BTreeMap<String, Vec<String>> {
    let dependencies = |manifest: &toml::Table| {
        let tables = ["dependencies", "build-dependencies"].map(|table| manifest.get(table).and_then(toml::Value::as_table));
        tables.into_iter().flatten().flat_map(|table| table.keys().cloned()).collect()
    };
    manifests().iter().map(|(_, manifest)| (manifest["package"]["name"].as_str().unwrap().to_owned(), dependencies(manifest))).collect()
}

fn manifests() -> Vec<(PathBuf, toml::Table)> {
    let read = |folder: &Path| toml::from_str::<toml::Table>(&fs::read_to_string(folder.join("Cargo.toml")).unwrap()).unwrap();
    let members = read(&root())["workspace"]["members"].clone();
    let folders = members.as_array().unwrap().iter().map(|member| root().join(member.as_str().unwrap()));
    folders.map(|folder| (folder.clone(), read(&folder))).collect()
}

fn sources() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders: Vec<PathBuf> = manifests().into_iter().map(|(folder, _)| folder).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    assert!(files.len() > 100, "the sources are found");
    files
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}
