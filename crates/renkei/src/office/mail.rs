//! What was sent and what came: listed, shown, taken back, answered.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use comfy_table::Table;
use exchange::{DeliveryView, Outcome, Report, TransmissionId, TransmissionStatus, TransmissionView, json_time};
use jiff::SignedDuration;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::args::{AckArgs, InboxArgs, SentArgs};
use super::{report, shown};
use crate::admin::empty_table;
use crate::client::{Client, ClientError};
use crate::output::{BAD, DOUBT, FAINT, GOOD, HEADING, Output};
use crate::progress::Progress;

/// No report is larger: 20 files with 100 findings each, and reasons of the whole.
const REPORT_BYTES: u64 = 16 * 1024 * 1024;
/// How long after a rejection its report may be on its way.
const REPORT_TAKES: SignedDuration = SignedDuration::from_secs(20);
const REPORT_PAUSE: Duration = Duration::from_millis(250);

pub(super) async fn sent(SentArgs { id, status, since, limit }: SentArgs, client: &Client, output: &Output) -> anyhow::Result<ExitCode> {
    if let Some(id) = id {
        let found: Value = client.get(&format!("/v1/transmissions/{id}"), &[]).await?;
        tell(&found, client, output).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut query = Vec::new();
    query.extend(status.map(|status| ("status", status.to_string())));
    query.extend(since.map(|since| ("since", since.to_string())));
    let found = client.list("/v1/transmissions", &query, limit).await?;
    found.iter().try_for_each(|one| output.object(one))?;
    if found.is_empty() {
        output.line(format_args!("{FAINT}送信したものはありません / nothing was sent{FAINT:#}"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = empty_table(["受付", "状態", "送信先", "ファイル", "ID"]);
    for one in found {
        let view: TransmissionView = serde_json::from_value(one).context("a transmission of another shape")?;
        let recipients = view.deliveries.iter().map(|delivery| format!("{} {}", delivery.address, delivery.status));
        let files = view.files.iter().map(|file| shown(&file.name));
        table.add_row([json_time(view.stored_at), state(view.status).to_owned(), lines(recipients), lines(files), view.id.to_string()]);
    }
    output.line(table)?;
    Ok(ExitCode::SUCCESS)
}

/// Takes it back.
pub(super) async fn cancel(id: &TransmissionId, client: &Client, output: &Output) -> anyhow::Result<ExitCode> {
    let view = client.post(&format!("/v1/transmissions/{id}/cancellation"), None).await?;
    output.either(&view, format_args!("{GOOD}取り消しました / cancelled{GOOD:#}  {id}"))?;
    Ok(ExitCode::SUCCESS)
}

/// Prints a transmission, and where it was rejected, why.
pub(super) async fn tell(found: &Value, client: &Client, output: &Output) -> anyhow::Result<()> {
    let view: TransmissionView = serde_json::from_value(found.clone()).context("a transmission of another shape")?;
    let report = if view.status == TransmissionStatus::Rejected { report_of(&view, client).await? } else { None };
    if output.json {
        let mut whole = found.clone();
        if let (Some(report), Some(members)) = (&report, whole.as_object_mut()) {
            members.insert("report".to_owned(), serde_json::to_value(report)?);
        }
        return Ok(output.object(&whole)?);
    }
    let style = match view.status {
        TransmissionStatus::Delivered => GOOD,
        TransmissionStatus::Rejected => BAD,
        TransmissionStatus::Waiting | TransmissionStatus::Cancelled => DOUBT,
    };
    output.line(format_args!("{style}{}{style:#}  {}  {FAINT}{}{FAINT:#}", state(view.status), view.id, json_time(view.stored_at)))?;
    for file in &view.files {
        let warnings = if file.warnings > 0 { format!("  {DOUBT}警告 {} 件{DOUBT:#}", file.warnings) } else { String::new() };
        output.line(format_args!("  {}{warnings}", shown(&file.name)))?;
    }
    for delivery in &view.deliveries {
        let outcome = delivery.outcome.map(|outcome| format!(" ({})", outcome.as_str())).unwrap_or_default();
        output.line(format_args!("  → {}  {}{outcome}  {}", delivery.address, delivery.status, shown(&delivery.note)))?;
    }
    if let Some(report) = report {
        report::print(&report.reasons, output)?;
    } else if !view.reasons.is_empty() {
        output.line(lines(view.reasons.iter().map(|reason| format!("  {}: {}", reason.code, reason.code.message_ja()))))?;
    }
    Ok(())
}

/// The report of a rejected transmission, while it is kept. It is written a moment after the ledger knows of the rejection.
pub(super) async fn report_of(rejected: &TransmissionView, client: &Client) -> anyhow::Result<Option<Report>> {
    let path = format!("/v1/transmissions/{}/report", rejected.id);
    let url = loop {
        match client.location(&path).await {
            Err(ClientError::Refused(refusal)) if refusal.status == StatusCode::NOT_FOUND => {
                let now = client.exchange.now().await?;
                if rejected.ended_at.is_none_or(|ended_at| now.duration_since(ended_at) > REPORT_TAKES) {
                    return Ok(None);
                }
                tokio::time::sleep(REPORT_PAUSE).await;
            }
            location => break location?,
        }
    };
    let report = client.download(&url, REPORT_BYTES, &Progress::of_bytes(0)).await?;
    Ok(Some(serde_json::from_slice(&report.content).context("a report of another shape")?))
}

pub(super) async fn inbox(args: InboxArgs, client: &Client, output: &Output) -> anyhow::Result<ExitCode> {
    let InboxArgs { status, sender, kind, month, limit } = args;
    let mut query = Vec::new();
    query.extend(status.map(|status| ("status", status.to_string())));
    query.extend(sender.map(|sender| ("sender", sender.to_string())));
    query.extend(kind.map(|kind| ("kind", kind.code().to_owned())));
    query.extend(month.map(|month| ("month", month.to_string())));
    let found = client.list("/v1/inbox", &query, limit).await?;
    found.iter().try_for_each(|one| output.object(one))?;
    if found.is_empty() {
        output.line(format_args!("{FAINT}受信したものはありません / nothing has come{FAINT:#}"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let views = found.into_iter().map(serde_json::from_value).collect::<Result<Vec<DeliveryView>, _>>();
    output.line(table(&views.context("a delivery of another shape")?))?;
    Ok(ExitCode::SUCCESS)
}

fn table(views: &[DeliveryView]) -> Table {
    let mut table = empty_table(["受信", "状態", "送信元", "ファイル", "ID"]);
    for view in views {
        let outcome = view.outcome.map(|outcome| format!(" ({})", outcome.as_str())).unwrap_or_default();
        table.add_row([
            json_time(view.delivered_at),
            format!("{}{outcome}", view.status),
            format!("{} {}", view.sender, shown(&view.sender_name)),
            lines(view.files.iter().map(|file| shown(&file.name))),
            view.id.to_string(),
        ]);
    }
    table
}

pub(super) async fn ack(AckArgs { id, failed, note }: AckArgs, client: &Client, output: &Output) -> anyhow::Result<ExitCode> {
    let outcome = if failed { Outcome::ImportFailed } else { Outcome::Imported };
    let view = acknowledge(&id, outcome, &note.unwrap_or_default(), client).await?;
    output.either(&view, format_args!("{GOOD}報告しました / acknowledged{GOOD:#}  {HEADING}{}{HEADING:#}  {id}", outcome.as_str()))?;
    Ok(ExitCode::SUCCESS)
}

/// Tells the sender what became of it.
pub(crate) async fn acknowledge(id: &TransmissionId, outcome: Outcome, note: &str, client: &Client) -> Result<Value, ClientError> {
    let said = json!({"outcome": outcome.as_str(), "note": note});
    client.post(&format!("/v1/inbox/{id}/acknowledgement"), Some(&said)).await
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join("\n")
}

fn state(status: TransmissionStatus) -> &'static str {
    match status {
        TransmissionStatus::Waiting => "処理中 waiting",
        TransmissionStatus::Delivered => "配達済み delivered",
        TransmissionStatus::Rejected => "差し戻し rejected",
        TransmissionStatus::Cancelled => "取り消し cancelled",
    }
}
