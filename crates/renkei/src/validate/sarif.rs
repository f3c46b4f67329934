//! The findings as SARIF 2.1.0 (OASIS, Static Analysis Results Interchange Format), for the code scanning of software makers.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use serde_sarif::sarif::{
    ArtifactLocation, Invocation, Location, LogicalLocation, Message, MultiformatMessageString, Notification, PhysicalLocation,
    PropertyBag, Region, ReportingConfiguration, ReportingDescriptor, Result as SarifResult, ResultLevel, Run, Sarif, Tool, ToolComponent,
};
use standard::{Finding, Kind, RuleId, Severity};

use crate::validate::judge::{FileReport, SetReport};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What may stand bare in a path (RFC 3986, unreserved and `/`).
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The whole log: every rule, a result for each listed finding and each other reason to refuse a file, and what kept files from being read at all.
pub(crate) fn log(sets: &[SetReport], complaints: &[String]) -> Sarif {
    let driver = ToolComponent::builder()
        .name("renkei")
        .full_name("Renkei: validator of the care-plan data standard 4.1")
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .rules(RuleId::ALL.map(descriptor).to_vec())
        .build();
    let results = sets.iter().flat_map(|set| {
        let of_files = set.files.iter().flat_map(of_file);
        of_files.chain(set.findings.listed().iter().map(|finding| of_set(set, finding)))
    });
    // of a file the first hundred findings are listed: the log must say how many there are
    let total: u64 = sets.iter().map(|set| set.findings.total() + set.files.iter().map(|file| file.findings.total()).sum::<u64>()).sum();
    let notify =
        |complaint: &String| Notification::builder().level(json!("error")).message(Message::builder().text(complaint).build()).build();
    let invocation = Invocation::builder()
        .execution_successful(complaints.is_empty())
        .tool_execution_notifications(complaints.iter().map(notify).collect::<Vec<_>>())
        .build();
    let run = Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .invocations(vec![invocation])
        .results(results.collect::<Vec<_>>())
        .properties(properties([("findings_total", json!(total))]))
        .build();
    Sarif::builder().schema(SCHEMA).version(json!("2.1.0")).runs(vec![run]).build()
}

fn descriptor(id: RuleId) -> ReportingDescriptor {
    let rule = id.rule();
    let text = |text: String| MultiformatMessageString::builder().text(text).build();
    ReportingDescriptor::builder()
        .id(rule.id)
        .short_description(text(rule.text_en.to_owned()))
        .full_description(text(format!("{} / {}", rule.explanation_en, rule.explanation_ja)))
        .help(text(format!("{} / {}", rule.remedy_en, rule.remedy_ja)))
        .default_configuration(ReportingConfiguration::builder().level(json!(rule.severity.as_str())).build())
        .build()
}

fn of_file(report: &FileReport) -> impl Iterator<Item = SarifResult> + '_ {
    let findings = report.findings.listed().iter().map(move |finding| {
        let names = report.kind.and_then(|kind| finding.field_name(kind)).map(str::to_owned);
        result(finding, report.kind, vec![location(report, finding.line, names)])
    });
    let refusals = report.refusals.iter().map(move |code| {
        let message = Message::builder().text(code.message()).build();
        let level = ResultLevel::Error;
        SarifResult::builder()
            .rule_id(code.as_str())
            .level(level)
            .message(message)
            .locations(vec![location(report, None, None)])
            .properties(properties([("message_ja", json!(code.message_ja()))]))
            .build()
    });
    findings.chain(refusals)
}

/// A finding about a set stands at each of its files.
fn of_set(set: &SetReport, finding: &Finding) -> SarifResult {
    result(finding, None, set.files.iter().map(|file| location(file, None, None)).collect())
}

fn result(finding: &Finding, kind: Option<Kind>, locations: Vec<Location>) -> SarifResult {
    let level = match finding.severity() {
        Severity::Error => ResultLevel::Error,
        Severity::Warning => ResultLevel::Warning,
    };
    SarifResult::builder()
        .rule_id(finding.rule.as_str())
        .rule_index(finding.rule as i64)
        .level(level)
        .message(Message::builder().text(finding.message(kind)).build())
        .locations(locations)
        .properties(properties([
            ("message_ja", json!(finding.message_ja(kind))),
            ("record", json!(finding.record)),
            ("field", json!(finding.field)),
        ]))
        .build()
}

fn location(report: &FileReport, line: Option<u64>, field: Option<String>) -> Location {
    let uri = utf8_percent_encode(&report.path.replace('\\', "/"), PATH).to_string();
    let artifact = ArtifactLocation::builder().uri(uri).build();
    let physical = match line.and_then(|line| i64::try_from(line).ok()) {
        Some(line) => PhysicalLocation::builder().artifact_location(artifact).region(Region::builder().start_line(line).build()).build(),
        None => PhysicalLocation::builder().artifact_location(artifact).build(),
    };
    let located = Location::builder().physical_location(physical);
    match field {
        Some(name) => located.logical_locations(vec![LogicalLocation::builder().name(name).kind("member").build()]).build(),
        None => located.build(),
    }
}

fn properties<const N: usize>(members: [(&str, Value); N]) -> PropertyBag {
    let members: BTreeMap<String, Value> = members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    PropertyBag::builder().additional_properties(members).build()
}
