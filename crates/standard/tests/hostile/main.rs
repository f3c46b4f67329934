//! `docs/hostile-files.md` says what becomes of seventeen bad files, and this holds it to that.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "the helpers of tests may stop at the first surprise, as tests do")]

mod files;

use std::fs;
use std::path::Path;

use files::{GoodFile, HOSTILE_FILES, HostileFile};
use standard::{Checker, FileName, Finding, Findings, Kind, RuleId, Severity, check_unit};

#[test]
fn every_hostile_file_gets_what_the_table_says() {
    let good = GoodFile::read();
    let wanted: Vec<String> = (1..).zip(&HOSTILE_FILES).map(|(number, file)| row(number, file, &good)).collect();
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/hostile-files.md")).unwrap();
    let said: Vec<&str> =
        page.lines().filter(|line| line.starts_with("| ") && line[2..].starts_with(|first: char| first.is_ascii_digit())).collect();
    for (wanted, said) in wanted.iter().zip(&said) {
        assert_eq!(wanted, said, "the page would have to say:\n{}\n", wanted);
    }
    assert_eq!(said.len(), wanted.len(), "the page would have to say:\n{}\n", wanted.join("\n"));
}

#[test]
fn the_file_that_they_are_made_from_is_good() {
    let good = GoodFile::read();
    assert_eq!(check(&good.name, &good.bytes(), 1000), Findings::new());
}

#[test]
fn every_layout_has_a_fuzz_target_of_its_own() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let manifest = fs::read_to_string(fuzz.join("Cargo.toml")).unwrap();
    for kind in Kind::ALL.into_iter().filter(|kind| kind.layout().is_some()) {
        let code = kind.code().to_lowercase();
        let path = format!("fuzz_targets/layouts/{code}.rs");
        assert!(manifest.contains(&format!("name = \"layout_{code}\"\npath = \"{path}\"")), "{kind}");
        assert!(fs::read_to_string(fuzz.join(path)).unwrap().contains(&format!("Kind::{kind:?},")), "{kind}");
    }
}

/// The table's row: number, name, defect, what is found, what becomes of it, and the first finding of every rule as an office reads it.
fn row(number: usize, file: &HostileFile, good: &GoodFile) -> String {
    let bytes = file.bytes(good);
    let findings = check(&good.name, &bytes, 64 << 10);
    assert_eq!(findings, check(&good.name, &bytes, 1 + bytes.len() / 300), "{}: however it is cut", file.slug);
    assert!(!findings.is_empty(), "{}", file.slug);
    let kind = Some(FileName::parse(&good.name).0.unwrap().kind);
    let each = |tell: &dyn Fn(RuleId, u64, &Finding) -> String| {
        // a rule whose findings are all behind the hundred that are listed would be told of without a place
        let first = |rule| findings.listed().iter().find(move |finding| finding.rule == rule).unwrap();
        findings.rules().map(|(rule, count)| tell(rule, count, first(rule))).collect::<Vec<_>>().join("<br>")
    };
    let found = each(&|rule, count, first| {
        let severity = if rule.severity() == Severity::Error { "error" } else { "warning" };
        format!("`{rule}` {severity}{}{}", place(first), if count == 1 { String::new() } else { format!(", the first of {count}") })
    });
    let outcome = if findings.rejects() { "refused" } else { "delivered" };
    let seen = each(&|_, _, first| first.message_ja(kind));
    format!("| {number} | `{}` | {} | {found} | {outcome} | {seen} |", file.slug, file.defect)
}

fn place(finding: &Finding) -> String {
    let parts = [("line", finding.line), ("record", finding.record), ("item", finding.field.map(u64::from))];
    let known: Vec<String> = parts.iter().filter_map(|(what, number)| Some(format!("{what} {}", (*number)?))).collect();
    if known.is_empty() { String::new() } else { format!(": {}", known.join(", ")) }
}

/// As the exchange judges it: the name, the file, and the file as a set of one.
fn check(name: &str, bytes: &[u8], chunk: usize) -> Findings {
    let (name, of_name) = FileName::parse(name);
    let name = name.unwrap();
    let mut checker = Checker::new(&name);
    bytes.chunks(chunk).for_each(|chunk| checker.push(chunk));
    let check = checker.finish();
    let mut all: Findings = of_name.into_iter().collect();
    all.append(check.findings.clone());
    let set = check_unit(&[(&name, &check)]);
    all.append(set.findings);
    set.of_files.into_iter().for_each(|findings| all.append(findings));
    all
}
