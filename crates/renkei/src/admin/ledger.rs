//! `renkei admin ledger`: what was sent, delivered and rejected.

use anyhow::bail;
use comfy_table::{Table, presets};
use exchange::{RejectionCode, TransmissionStatus, TransmissionView, json_time, keys, serde_time};
use jiff::Timestamp;
use serde::Serialize;
use standard::OfficeNumber;
use store::steps::{transmission_view, transmission_views};
use store::{Entry, Filter, Ledger as _, LoneRejection, Page};

use super::args::{LedgerCommand, LedgerList};
use super::deployment::Deployment;
use crate::output::{FAINT, Output};

/// How many entries one call to the ledger brings.
const PAGE: usize = 100;

/// An object that was rejected alone.
#[derive(Serialize)]
struct LoneView {
    sender: OfficeNumber,
    object: String,
    #[serde(with = "serde_time")]
    stored_at: Timestamp,
    code: RejectionCode,
    report: String,
}

pub(super) async fn run(command: LedgerCommand, deployment: &Deployment, output: &Output) -> anyhow::Result<()> {
    match command {
        LedgerCommand::List(LedgerList { objects: true, sender: Some(sender), since, limit, .. }) => {
            lone_rejections(&sender, since, limit, deployment, output).await
        }
        LedgerCommand::List(list) => transmissions(list, deployment, output).await,
        LedgerCommand::Show { id } => {
            let Some(entry) = deployment.stores.ledger.transmission(&id).await? else { bail!("the ledger has no transmission {id}") };
            let view = transmission_view(&deployment.stores.ledger, &entry).await?;
            output.either(&view, serde_json::to_string_pretty(&view)?)?;
            Ok(())
        }
    }
}

/// A table of transmissions, one a row.
pub(crate) fn table(views: &[TransmissionView]) -> Table {
    let mut table = empty_table(["stored", "status", "transmission", "recipient", "file", "reason"]);
    for view in views {
        let lines = |lines: Vec<String>| lines.join("\n");
        table.add_row([
            json_time(view.stored_at),
            view.status.to_string(),
            view.id.to_string(),
            lines(view.deliveries.iter().map(|delivery| delivery.address.to_string()).collect()),
            lines(view.files.iter().map(|file| file.kind.map_or("attachment", standard::Kind::code).to_owned()).collect()),
            lines(view.reasons.iter().map(|reason| reason.code.to_string()).collect()),
        ]);
    }
    table
}

/// A table without rules between the columns: it can be searched and cut.
pub(crate) fn empty_table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header);
    table
}

/// The shape of the contract.
pub(crate) fn view(entry: &Entry) -> TransmissionView {
    entry.transmission.view(&entry.deliveries)
}

async fn transmissions(list: LedgerList, deployment: &Deployment, output: &Output) -> anyhow::Result<()> {
    let LedgerList { sender, recipient, status, since, limit, .. } = list;
    let filter = Filter { sender, recipient, status, since };
    let mut left = limit.unwrap_or(usize::MAX);
    let mut cursor = None;
    let mut count = 0_usize;
    while left > 0 {
        let page = Page { limit: left.min(PAGE), cursor, now: deployment.now };
        let listing = deployment.stores.ledger.transmissions(&filter, page).await?;
        let views = transmission_views(&deployment.stores.ledger, &listing.items).await?;
        views.iter().try_for_each(|view| output.object(view))?;
        if !views.is_empty() {
            output.line(table(&views))?;
        }
        left = left.saturating_sub(views.len());
        count += views.len();
        cursor = listing.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    if count == 0 {
        let of = filter.status.map(TransmissionStatus::as_str).map(|status| format!("{status} ")).unwrap_or_default();
        output.line(format_args!("{FAINT}no {of}transmissions{FAINT:#}"))?;
    }
    Ok(())
}

async fn lone_rejections(
    sender: &OfficeNumber,
    since: Option<Timestamp>,
    limit: Option<usize>,
    deployment: &Deployment,
    output: &Output,
) -> anyhow::Result<()> {
    let mut left = limit.unwrap_or(usize::MAX);
    let mut cursor = None;
    let mut rejections: Vec<LoneView> = Vec::new();
    while left > 0 {
        let page = Page { limit: left.min(PAGE), cursor, now: deployment.now };
        let listing = deployment.stores.ledger.lone_rejections(sender, page).await?;
        // newest first: the first one that is older ends it
        let wanted = |rejection: &LoneRejection| since.is_none_or(|since| rejection.stored_at >= since);
        let found = listing.items.len();
        let views: Vec<LoneView> = listing.items.into_iter().take_while(wanted).map(LoneView::from).collect();
        let ended = views.len() < found;
        views.iter().try_for_each(|view| output.object(view))?;
        left = left.saturating_sub(views.len());
        rejections.extend(views);
        cursor = listing.next_cursor;
        if ended || cursor.is_none() {
            break;
        }
    }
    if rejections.is_empty() {
        return Ok(output.line(format_args!("{FAINT}no objects rejected alone{FAINT:#}"))?);
    }
    let mut table = empty_table(["stored", "reason", "report"]);
    for rejection in rejections {
        table.add_row([json_time(rejection.stored_at), rejection.code.to_string(), rejection.report]);
    }
    Ok(output.line(table)?)
}

impl From<LoneRejection> for LoneView {
    fn from(rejection: LoneRejection) -> Self {
        let LoneRejection { office, object, stored_at, code } = rejection;
        Self { report: keys::return_object(&office, &object), sender: office, object, stored_at, code }
    }
}
