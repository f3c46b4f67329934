//! A rule for people at a terminal.

use std::fmt::Write as _;

use anstyle::Style;
use standard::{Rule, Severity};
use textwrap::{Options, WrapAlgorithm};

use super::{BYTES, lines, place, sentence, severity};
use crate::output::{BAD, DOUBT, FAINT, GOOD, HEADING};

/// A line that is longer tires the eye.
const WIDEST: usize = 100;
/// Below this nothing can be laid out.
const NARROWEST: usize = 12;

/// All that is known of the rule, in lines of at most `width` columns.
pub(super) fn card(rule: &Rule, width: usize) -> String {
    let width = width.clamp(NARROWEST, WIDEST);
    let mut card = Card { width, text: String::new() };
    let how_bad = if rule.severity == Severity::Error { BAD } else { DOUBT };
    card.put("", HEADING, rule.id);
    card.put("", how_bad, severity(rule));
    card.put("  ", Style::new(), rule.text_ja);
    card.put("  ", Style::new(), rule.text_en);
    card.section("説明 Explanation", [rule.explanation_ja, rule.explanation_en]);
    let (ja, en) = place(&rule.example);
    card.section("例 Example", [ja.as_str(), en.as_str()]);
    for (label, style, half) in [("誤 wrong", BAD, rule.example.wrong), ("正 right", GOOD, rule.example.right)] {
        card.put("    ", style, label);
        for line in lines(half) {
            card.put("      ", Style::new(), line);
        }
    }
    if rule.example.shows_bytes() {
        for text in BYTES {
            card.put("    ", FAINT, text);
        }
    }
    card.section("対応 What to do", [format!("{}。", rule.remedy_ja).as_str(), sentence(rule.remedy_en).as_str()]);
    card.section("標準仕様 Section of the standard", [rule.section_ja, rule.section_en]);
    card.text
}

struct Card {
    width: usize,
    text: String,
}

impl Card {
    /// A heading, and both languages under it.
    fn section(&mut self, heading: &str, texts: [&str; 2]) {
        self.text.push('\n');
        self.put("", HEADING, heading);
        for text in texts {
            self.put("  ", Style::new(), text);
        }
    }

    fn put(&mut self, indent: &str, style: Style, text: &str) {
        // the fit that looks ahead would let a line be too wide rather than leave one nearly empty
        let options = Options::new(self.width).wrap_algorithm(WrapAlgorithm::FirstFit);
        for line in textwrap::wrap(text, options.initial_indent(indent).subsequent_indent(indent)) {
            // writing to a string can't fail
            let _ = writeln!(self.text, "{style}{line}{style:#}");
        }
    }
}

#[cfg(test)]
mod tests {
    use standard::RuleId;
    use textwrap::core::display_width;

    use super::*;

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in [NARROWEST, 20, 40, 80, 100, 200] {
            for rule in RuleId::ALL {
                let card = card(rule.rule(), width);
                let too_wide = card.lines().find(|line| display_width(line) > width.min(WIDEST));
                assert_eq!(too_wide, None, "{rule} at {width}");
            }
        }
    }

    #[test]
    fn a_card_says_everything_in_both_languages() {
        for rule in RuleId::ALL {
            let text = |text: &str| text.split_whitespace().collect::<String>();
            let shown = text(&anstream::adapter::strip_str(&card(rule.rule(), 80)).to_string());
            let it = rule.rule();
            let all = [it.id, it.text_en, it.text_ja, it.explanation_en, it.explanation_ja, &sentence(it.remedy_en), it.remedy_ja];
            for part in all.into_iter().chain([it.section_en, it.section_ja, it.example.wrong, it.example.right]) {
                assert!(shown.contains(&text(part)), "{rule} lacks {part}");
            }
        }
    }
}
