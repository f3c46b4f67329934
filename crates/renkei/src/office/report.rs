//! Why something is refused: by the check on this machine, or by the exchange. Both say it in the same words.

use std::io;

use comfy_table::{ContentArrangement, Table, presets};
use exchange::{ReportReason, ReportedFinding};

use super::shown;
use crate::output::{self, BAD, Output};

/// Prints each reason with its findings.
pub(super) fn print(reasons: &[ReportReason], output: &Output) -> io::Result<()> {
    reasons.iter().try_for_each(|reason| {
        output.line(title(reason))?;
        if !reason.findings.is_empty() {
            output.line(table(&reason.findings, output::width()))?;
        }
        let unlisted = reason.findings_total.saturating_sub(reason.findings.len() as u64);
        if unlisted > 0 {
            output.line(format_args!("  ほかに {unlisted} 件あります / {unlisted} more"))?;
        }
        Ok(())
    })
}

/// The same as text, to lie beside the files.
pub(super) fn text(reasons: &[ReportReason]) -> String {
    let mut text = String::new();
    for reason in reasons {
        text.push_str(&format!("{}\n", anstream::adapter::strip_str(&title(reason))));
        if !reason.findings.is_empty() {
            text.push_str(&format!("{}\n", table(&reason.findings, 140)));
        }
    }
    text
}

fn title(reason: &ReportReason) -> String {
    let file = reason.file.as_deref().map(|file| format!("{}: ", shown(file))).unwrap_or_default();
    format!("{BAD}{}{BAD:#}  {file}{}\n  {}", reason.code, reason.message_ja, reason.message)
}

fn table(findings: &[ReportedFinding], width: u16) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["", "規則", "行", "項目", "内容"]);
    table.set_width(width);
    for finding in findings {
        let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
        table.add_row([
            if finding.severity == "error" { "エラー" } else { "警告" }.to_owned(),
            finding.rule.clone(),
            number(finding.line),
            number(finding.field.map(u64::from)),
            shown(&finding.message_ja),
        ]);
    }
    table
}
