//! What a vendor is told of its exports.

#![expect(clippy::unwrap_used, reason = "the helpers of tests may stop at the first surprise, as tests do")]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use kit::review::{Report, Review, Verdict};
use kit::{Kit, KitFile, KitUnit, Pattern};
use standard::RuleId;

static KIT: LazyLock<Kit> = LazyLock::new(|| Kit::generate(1).unwrap());

fn unit(folder: &str) -> &'static KitUnit {
    KIT.units.iter().find(|unit| unit.folder == folder).unwrap()
}

fn review<'a>(files: impl IntoIterator<Item = &'a KitFile>) -> Report {
    review_in_pieces(files, usize::MAX)
}

fn review_in_pieces<'a>(files: impl IntoIterator<Item = &'a KitFile>, size: usize) -> Report {
    let mut review = Review::new();
    for file in files {
        let (folder, name) = file.path.rsplit_once('/').unwrap();
        if let Some(mut reading) = review.open(folder, name) {
            file.bytes.chunks(size).for_each(|piece| reading.push(piece));
            review.close(reading);
        }
    }
    review.finish()
}

fn valid() -> impl Iterator<Item = &'static KitFile> {
    KIT.units.iter().filter(|unit| unit.expected.rule.is_none()).flat_map(|unit| &unit.files)
}

#[test]
fn the_kits_own_valid_units_pass_in_every_pattern() {
    let report = review(valid());
    assert_eq!(report.patterns.iter().map(|pattern| pattern.pattern).collect::<Vec<_>>(), Pattern::ALL);
    for pattern in &report.patterns {
        // the third edition's plan set is read with warnings
        let expected = if pattern.pattern == Pattern::D1 { Verdict::PassedWithWarnings } else { Verdict::Passed };
        assert_eq!(pattern.verdict, expected, "{:?}", pattern.pattern);
        assert!(pattern.units.iter().all(|unit| unit.unit.is_some()));
    }
    assert_eq!((report.verdict, report.patterns_shown, report.errors), (Verdict::PassedWithWarnings, 7, 0));
    let old: Vec<bool> = report.patterns[0].kinds.iter().flat_map(|kind| &kind.rules).map(|rule| rule.mend_in_writing).collect();
    assert!(!old.is_empty() && old.iter().all(|mend| *mend), "what only leniency accepts is not to be written");
}

#[test]
fn a_defect_fails_its_pattern_or_is_a_warning_and_the_others_are_not_shown() {
    let check = |folder: &str, pattern: Pattern, verdict: Verdict, whose: &str| {
        let rule = unit(folder).expected.rule.unwrap();
        let report = review(&unit(folder).files);
        assert_eq!(report.verdict, verdict, "{folder}");
        for judged in &report.patterns {
            let expected = if judged.pattern == pattern { verdict } else { Verdict::NotShown };
            assert_eq!(judged.verdict, expected, "{folder} {:?}", judged.pattern);
            if judged.pattern == pattern {
                let of_units = judged.units.iter().flat_map(|unit| unit.rules.iter().map(|rule| ("set", rule.rule)));
                let of_kinds = judged.kinds.iter().flat_map(|kind| kind.rules.iter().map(|rule| (kind.kind, rule.rule)));
                assert!(of_units.chain(of_kinds).any(|found| found == (whose, rule)), "{folder}");
            }
        }
    };
    check("bad/R-DATE-b", Pattern::D1, Verdict::Failed, "DLT1KYO");
    check("bad/R-PERIOD", Pattern::D1, Verdict::PassedWithWarnings, "UP1KYO");
    check("bad/R-PARENT", Pattern::D1, Verdict::Failed, "UP3KYO");
    check("bad/R-UNIT-SET", Pattern::D2, Verdict::Failed, "set");
    check("bad/R-SVC", Pattern::D2, Verdict::Failed, "UPPLAN");
    check("bad/R-UTF8", Pattern::D3, Verdict::Failed, "UPJSK");
    check("bad/R-UNIT-TWICE", Pattern::D3, Verdict::Failed, "UPJSK");
    check("bad/R-IMAGE-TYPE", Pattern::D4, Verdict::PassedWithWarnings, "UPKIHON_IMAGE");
    check("bad/R-UNIT-NOSUB", Pattern::D5, Verdict::PassedWithWarnings, "set");
}

#[test]
fn the_first_place_of_a_rule_is_told() {
    let report = review(&unit("bad/R-LENGTH").files);
    let kind = &report.patterns[2].kinds[0];
    let (rule, expected) = (&kind.rules[0], &unit("bad/R-LENGTH").expected.findings[0]);
    let first = rule.first.as_ref().unwrap();
    assert_eq!((rule.rule, rule.count), (RuleId::Length, 1));
    assert_eq!((&first.file, first.line, first.record, first.field), (&expected.file, expected.line, expected.record, expected.field));
    assert_eq!((first.field_name, first.field_name_ja), (Some("units"), Some("単位数")));
}

#[test]
fn items_never_filled_in_and_codes_never_used_are_named() {
    let of = |folder: &str| review(&unit(folder).files).patterns[3].kinds[0].clone();
    let (full, required) = (of("valid/BASIC"), of("valid/BASIC-2"));
    assert_eq!((full.kind, full.items, full.items_filled), ("UPKIHON", 71, 71));
    assert_eq!((required.items_filled, required.never_filled.len()), (10, 61));
    assert!(
        required.never_filled.iter().all(|item| !item.required) && required.never_filled.iter().any(|item| item.name == "user_address")
    );
    let sex = required.codes.iter().find(|code| code.name == "user_sex").unwrap();
    assert_eq!((sex.table, sex.of, sex.seen + sex.missing.len()), ("sex", 2, 2));
    let dwelling = required.codes.iter().find(|code| code.name == "dwelling").unwrap();
    assert_eq!((dwelling.seen, dwelling.of, dwelling.missing[0].label_ja), (0, 8, "自宅"));
}

#[test]
fn what_is_exported_twice_under_one_name_is_two_units() {
    let plan = &unit("valid/PLAN").files;
    let again: Vec<KitFile> = plan.iter().map(|file| KitFile { path: file.path.replace("valid/PLAN", "second"), ..file.clone() }).collect();
    let report = review(plan.iter().chain(&again));
    assert_eq!((report.verdict, report.patterns[0].units.len()), (Verdict::Passed, 2));
}

#[test]
fn the_files_of_a_unit_may_lie_in_several_folders() {
    let plan = unit("valid/PLAN").files.iter().enumerate();
    let spread: Vec<KitFile> =
        plan.map(|(index, file)| KitFile { path: file.path.replace("valid/PLAN", &format!("folder{index}")), ..file.clone() }).collect();
    let report = review(&spread);
    assert_eq!((report.verdict, report.patterns[0].units.len()), (Verdict::Passed, 1));
}

#[test]
fn names_of_the_third_edition_are_preventive_when_the_service_codes_are() {
    let check = |folder: &str, pattern: Pattern| {
        let files: Vec<KitFile> = unit(folder).files.iter().map(as_v3).collect();
        let report = review(&files);
        let shown: Vec<Pattern> = report.patterns.iter().filter(|it| it.verdict != Verdict::NotShown).map(|it| it.pattern).collect();
        assert_eq!(shown, [pattern], "{folder}");
    };
    check("valid/SLIP", Pattern::D2);
    check("valid/SLIP-5", Pattern::D6);
    check("valid/ACTUAL", Pattern::D3);
    check("valid/ACTUAL-4", Pattern::D7);
}

fn as_v3(file: &KitFile) -> KitFile {
    let parts: Vec<&str> = file.path.split('_').collect();
    let path = parts.iter().enumerate().filter(|(index, _)| ![3, 5].contains(index)).map(|(_, part)| *part);
    KitFile { path: path.collect::<Vec<_>>().join("_"), ..file.clone() }
}

#[test]
fn a_name_that_fits_no_pattern_fails_and_shows_nothing_of_anybody() {
    let mut review = Review::new();
    for (name, opened) in [("UPJSK_見本花子<b>.CSV", false), ("export.csv", false), ("notes.txt", false), ("見本.pdf", false)] {
        assert_eq!(review.open("", name).is_some(), opened, "{name}");
    }
    let report = review.finish();
    assert_eq!((report.verdict, report.errors, report.other_files), (Verdict::Failed, 2, 2));
    let files: Vec<&str> = report.misnamed.iter().map(|file| file.file.as_str()).collect();
    assert_eq!(files, ["UPJSK_＊＊＊＊<b>.CSV", "export.csv"]);
    let html = report.html().unwrap();
    assert!(!html.contains("<b>") && html.contains("&#60;b&#62;"), "names are escaped");
}

#[test]
fn the_report_holds_no_cells_content() {
    let report = review(KIT.units.iter().flat_map(|unit| &unit.files));
    let told = [serde_json::to_string(&report).unwrap(), report.html().unwrap()];
    let rules: String = RuleId::ALL.into_iter().map(|id| [id.rule().text_en, id.rule().remedy_en, id.rule().remedy_ja].concat()).collect();
    // insured numbers, and every text that could be told from a word of the page or of a rule
    let mut cells = BTreeSet::new();
    for file in valid().filter(|file| file.path.ends_with("CSV")) {
        let text = standard::decode_ms932(&file.bytes).unwrap().into_owned();
        cells.extend(text.split([',', '"', '\r', '\n']).filter(|cell| cell.chars().count() >= 8).map(str::to_owned));
    }
    // names of files hold office numbers, and stand in cells themselves
    let is_named = |cell: &str| told[0].contains(&format!("_{cell}_")) || cell.starts_with("UPKIHON_IMAGE_");
    cells.retain(|cell| !rules.contains(cell.as_str()) && !is_named(cell));
    assert!(cells.len() > 300, "{}", cells.len());
    for cell in cells {
        assert!(told.iter().all(|told| !told.contains(&cell)), "{cell}");
    }
}

#[test]
fn the_page_needs_nothing_from_elsewhere() {
    let html = review(valid()).html().unwrap();
    for outside in ["http:", "https:", "//", "<script", "<link", "src=", "url(", "@import"] {
        assert!(!html.contains(outside), "{outside}");
    }
    assert!(html.contains("<html lang=\"ja\">") && html.contains("lang=\"en\""));
}

#[test]
fn any_split_of_the_files_gives_the_same_report() {
    let files = || ["valid/SLIP", "valid/BASIC", "bad/R-QUOTE", "bad/R-MS932"].into_iter().flat_map(|folder| &unit(folder).files);
    let whole = review(files());
    for size in [1, 7, 4096] {
        assert_eq!(review_in_pieces(files(), size), whole, "{size}");
    }
}
