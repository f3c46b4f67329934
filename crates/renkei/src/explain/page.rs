//! The page of all rules: docs/rules.md.

use std::fmt::Write as _;

use standard::{Rule, RuleId, Scope, Severity};

use super::{heading, lines, place, sentence, severity};

const INTRODUCTION: &str = "\
# 規則一覧 / The rules

Renkeiがファイルを確かめるときの規則です。**エラー**が1つでもあれば送信できません。**警告**だけなら送信できますが、受け取る側のソフトで困らないよう、内容を確かめてください。
例の事業所・番号・文章はすべて架空のものです。例の `[F0 40]` のような角かっこは、16進数で表したバイトです。

These are the rules that Renkei judges files by. One **error** keeps a file from being sent; **warnings** alone don't. Offices, numbers and texts in the
examples are invented, and `[F0 40]` stands for bytes in hexadecimal. A finding never holds a cell's content. Where a rule says *told once*, it is one
finding however often it is broken.

This page is made from the tables in `crates/standard/data` (`rules.csv`, `explanations.csv`, `remedies.csv`): change them, not the page, and write it anew with
`cargo run -- validate --explain all --markdown > docs/rules.md`. One rule at a terminal: `renkei validate --explain R-LENGTH`.
";

/// The page of these rules.
pub(super) fn page(rules: &[RuleId]) -> String {
    let mut page = String::from(INTRODUCTION);
    let scopes = || Scope::ALL.into_iter().map(|scope| (scope, of_scope(rules, scope))).filter(|(_, rules)| !rules.is_empty());
    for (scope, rules) in scopes() {
        let (ja, en) = heading(scope);
        put(&mut page, &format!("\n## {ja} / {en}\n\n{}\n\n| 規則 rule | | 内容 | what is wrong |\n|---|---|---|---|", count(&rules)));
        for rule in rules {
            let (id, severity) = (rule.id, severity(rule).replace(' ', "<br>"));
            let anchor = id.to_lowercase();
            put(&mut page, &format!("| [{id}](#{anchor}) | {severity} | {} | {} |", plain(rule.text_ja), plain(rule.text_en)));
        }
    }
    for (scope, rules) in scopes() {
        let (ja, en) = heading(scope);
        put(&mut page, &format!("\n## {ja}の規則 / {en}: each rule"));
        rules.iter().for_each(|rule| section(&mut page, rule));
    }
    page
}

fn of_scope(rules: &[RuleId], scope: Scope) -> Vec<&'static Rule> {
    rules.iter().map(|id| id.rule()).filter(|rule| rule.scope == scope).collect()
}

fn count(rules: &[&Rule]) -> String {
    let errors = rules.iter().filter(|rule| rule.severity == Severity::Error).count();
    let warnings = rules.len() - errors;
    format!("エラー{errors}件・警告{warnings}件 / errors {errors}, warnings {warnings}")
}

fn section(page: &mut String, rule: &Rule) {
    put(page, &format!("\n### {}\n", rule.id));
    put(page, &format!("**{}** – {}\\\n{}\n", severity(rule), plain(rule.text_ja), plain(rule.text_en)));
    put(page, &format!("{}\n\n{}\n", plain(rule.explanation_ja), plain(rule.explanation_en)));
    let (ja, en) = place(&rule.example);
    put(page, &format!("例: {ja} / Example: {en}\n\n```diff"));
    for (sign, half) in [('-', rule.example.wrong), ('+', rule.example.right)] {
        lines(half).for_each(|line| put(page, format!("{sign} {line}").trim_end()));
    }
    put(page, "```\n");
    put(page, &format!("- 対応: {}。\\\n  What to do: {}", plain(rule.remedy_ja), plain(&sentence(rule.remedy_en))));
    put(page, &format!("- 標準仕様: {}\\\n  Section of the standard: {}", plain(rule.section_ja), plain(rule.section_en)));
}

/// A text without what Markdown would read as a mark.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '\\' | '*' | '`' | '<' | '|' | '[' | ']') {
            plain.push('\\');
        }
        plain.push(letter);
    }
    plain
}

fn put(page: &mut String, line: &str) {
    // writing to a string can't fail
    let _ = writeln!(page, "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_in_the_repository_is_the_one_the_tables_make() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/rules.md");
        let kept = std::fs::read_to_string(path).unwrap();
        assert!(kept == page(&RuleId::ALL), "write docs/rules.md anew: cargo run -- validate --explain all --markdown > docs/rules.md");
    }

    #[test]
    fn every_rule_has_a_row_and_a_section_that_its_row_leads_to() {
        let page = page(&RuleId::ALL);
        for rule in RuleId::ALL {
            let once = |text: String| assert_eq!(page.lines().filter(|line| line.starts_with(&text)).count(), 1, "{text}");
            once(format!("| [{rule}](#{}) ", rule.as_str().to_lowercase()));
            assert_eq!(page.lines().filter(|line| *line == format!("### {rule}")).count(), 1, "{rule}");
        }
        assert_eq!(page.lines().filter(|line| *line == "```diff").count(), RuleId::COUNT);
    }

    #[test]
    fn marks_of_markdown_are_only_text() {
        assert_eq!(plain("a*b|c<d`e[f]\\"), "a\\*b\\|c\\<d\\`e\\[f\\]\\\\");
        assert_eq!(plain("UPKIHON_SUB1（別表）"), "UPKIHON_SUB1（別表）");
    }
}
