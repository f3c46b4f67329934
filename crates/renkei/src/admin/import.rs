//! `renkei admin office import`: the public directory, row by row.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use anyhow::Context as _;
use csv::{ByteRecord, Reader, ReaderBuilder};
use exchange::{Columns, DirectoryRow, Skipped};
use serde::Serialize;
use store::steps::{Import, Imported};

use super::deployment::Deployment;
use crate::output::Output;
use crate::progress::Progress;

/// What an import did (contract §7), and how many rows were skipped for which reason.
#[derive(Serialize)]
struct Summary {
    read: u64,
    added: usize,
    changed: usize,
    skipped: u64,
    skipped_because: BTreeMap<&'static str, u64>,
}

pub(super) async fn run(file: &Path, deployment: &Deployment, output: &Output) -> anyhow::Result<()> {
    let opened = || format!("{} can't be read", file.display());
    let source = File::open(file).with_context(opened)?;
    let progress = Progress::of_bytes(source.metadata().with_context(opened)?.len());
    // rows of other lengths are judged one by one, like all that is odd about a row
    let mut reader = ReaderBuilder::new().flexible(true).has_headers(false).buffer_capacity(1 << 20).from_reader(source);
    let columns = columns(&mut reader).with_context(|| file.display().to_string())?;
    let mut import = Import::new(&deployment.stores.ledger);
    let (mut read, mut skipped, mut done) = (0_u64, BTreeMap::<&'static str, u64>::new(), 0);
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).with_context(opened)? {
        read += 1;
        match row(&columns, &record) {
            Ok(row) => import.push(row).await.with_context(|| broken_off(read))?,
            Err(reason) => *skipped.entry(reason.as_str()).or_default() += 1,
        }
        let position = reader.position().byte();
        progress.add(position.saturating_sub(done));
        done = position;
    }
    let Imported { added, changed } = import.finish().await.with_context(|| broken_off(read))?;
    progress.finish();
    let summary = Summary { read, added, changed, skipped: skipped.values().sum(), skipped_because: skipped };
    let because: Vec<String> = summary.skipped_because.iter().map(|(reason, rows)| format!("{reason} {rows}")).collect();
    let because = if because.is_empty() { String::new() } else { format!(" ({})", because.join(", ")) };
    let Summary { skipped, .. } = summary;
    output.either(&summary, format_args!("{read} rows read: {added} offices added, {changed} changed, {skipped} rows skipped{because}"))?;
    Ok(())
}

fn columns(reader: &mut Reader<File>) -> anyhow::Result<Columns> {
    let mut headings = ByteRecord::new();
    reader.read_byte_record(&mut headings)?;
    // bytes that are no UTF-8 are no heading, and the first one that is needed is missed
    let headings: Vec<&str> = headings.iter().map(|cell| str::from_utf8(cell).unwrap_or_default()).collect();
    Ok(Columns::find(headings)?)
}

fn row(columns: &Columns, record: &ByteRecord) -> Result<DirectoryRow, Skipped> {
    let cells: Vec<&str> = record.iter().map(str::from_utf8).collect::<Result<_, _>>().map_err(|_| Skipped::Unreadable)?;
    columns.row(|place| cells.get(place).copied())
}

fn broken_off(row: u64) -> String {
    format!("the import broke off at row {row}: what was written stays, and the same command again writes the rest")
}
