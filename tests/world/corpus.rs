//! The fixtures: invented files of the standard, from two seeds.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

pub(crate) const SEEDS: [&str; 2] = ["seed-1", "seed-2"];

/// A file of the fixtures.
#[derive(Debug, Clone)]
pub(crate) struct Fixture {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) sender: String,
    /// Number and type, as the name has them.
    pub(crate) recipient: String,
}

/// A file with a defect, and what is to be found in it.
pub(crate) struct Defect {
    pub(crate) label: String,
    pub(crate) file: Fixture,
    pub(crate) expected: Value,
}

/// The first valid file of this kind.
pub(crate) fn valid(seed: &str, kind: &str) -> Fixture {
    let units = folder(&root().join(seed).join("valid"));
    let file = units.iter().flat_map(|unit| folder(unit)).find(|file| named(file).starts_with(&format!("{kind}_")));
    read(&file.unwrap_or_else(|| panic!("{seed} has a valid {kind}")))
}

/// Every defect that one actuals file shows.
pub(crate) fn defects(seed: &str) -> Vec<Defect> {
    let bad = folder(&root().join(seed).join("bad"));
    let single = |path: &PathBuf| match folder(path).as_slice() {
        [file] if named(file).to_uppercase().starts_with("UPJSK_") => Some(file.clone()),
        _ => None,
    };
    let defects = bad.iter().filter(|path| path.is_dir()).filter_map(|path| {
        let expected = serde_json::from_slice::<Value>(&fs::read(path.with_extension("expected.json")).unwrap()).unwrap();
        let (sender, recipient) = (expected["sender"].as_str()?.to_owned(), expected["recipient"].as_str()?.to_owned());
        Some(Defect { label: format!("{seed} {}", named(path)), file: Fixture { sender, recipient, ..read(&single(path)?) }, expected })
    });
    defects.collect()
}

/// The files of one unit: `unit("seed-1", "0001_PLAN")`.
pub(crate) fn unit(seed: &str, name: &str) -> Vec<Fixture> {
    folder(&root().join(seed).join("valid").join(name)).iter().map(|path| read(path)).collect()
}

/// A set of the demo, whose persons are served by three offices: of these kinds.
pub(crate) fn demo(kinds: &[&str]) -> Vec<Fixture> {
    let assets = folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/renkei/assets/demo"));
    let of_kind = |kind: &&str| assets.iter().find(|path| named(path).starts_with(&format!("{kind}_"))).unwrap();
    kinds.iter().map(|kind| read(of_kind(kind))).collect()
}

/// A file by its path below the fixtures.
pub(crate) fn file(path: &str) -> Fixture {
    read(&root().join(path))
}

fn read(path: &Path) -> Fixture {
    let name = named(path);
    let parts: Vec<&str> = name.split('_').collect();
    let sender = parts.iter().position(|part| part.len() == 10).unwrap_or_default();
    let part = |n: usize| parts.get(sender + n).copied().unwrap_or_default();
    Fixture { bytes: fs::read(path).unwrap(), sender: part(0).to_owned(), recipient: format!("{}-{}", part(2), part(3)), name }
}

fn named(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

fn folder(path: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/standard")
}
