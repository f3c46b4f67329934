//! `renkei admin code`: one-time codes, on the screen or in a letter.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use askama::Template;
use embedded::disk::private;
use exchange::{japanese_day, json_time, serde_time};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use standard::OfficeNumber;
use store::steps;

use super::args::CodeArgs;
use super::deployment::Deployment;
use crate::output::{HEADING, Output};

/// A code as the operator sees it (contract §7).
#[derive(Serialize)]
struct CodeView {
    office: OfficeNumber,
    code: String,
    #[serde(with = "serde_time")]
    expires_at: Timestamp,
}

/// The letter: to print, and to post to the office.
#[derive(Template)]
#[template(path = "letter.html")]
struct Letter<'a> {
    office: &'a OfficeNumber,
    name: &'a str,
    code: &'a str,
    today: String,
    expires: String,
}

pub(super) async fn run(CodeArgs { office, letter }: CodeArgs, deployment: &Deployment, output: &Output) -> anyhow::Result<()> {
    let entry = deployment.office(&office).await?;
    let secret = deployment.secret()?;
    // before there is a code: one that can't be written down is lost
    let file = letter.as_deref().map(create).transpose()?;
    let (code, record) = steps::hand_out_code(&deployment.stores.ledger, &secret, &office, None, deployment.now).await?;
    let view = CodeView { office, code: code.to_string(), expires_at: record.expires_at };
    if let (Some(mut file), Some(path)) = (file, &letter) {
        let last = view.expires_at.checked_sub(SignedDuration::from_secs(1)).unwrap_or(view.expires_at);
        let (today, expires) = (long(deployment.now), long(last));
        let text = Letter { office: &office, name: &entry.name, code: &view.code, today, expires }.render()?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).with_context(|| format!("{} can't be written", path.display()))?;
    }
    let into = letter.map(|path| format!(", and in {}", path.display())).unwrap_or_default();
    let until = json_time(view.expires_at);
    let text = format!("{HEADING}{}{HEADING:#}  for one device of office {office}, until {until}: it is shown this once{into}", view.code);
    Ok(output.either(&view, text)?)
}

/// A fresh file, for its owner's eyes: the letter is a key until it is used.
fn create(path: &Path) -> anyhow::Result<File> {
    private()
        .create_new(true)
        .open(path)
        .with_context(|| format!("{} can't be made (a file that is there is not written over)", path.display()))
}

/// A Japanese day as letters write it.
fn long(instant: Timestamp) -> String {
    japanese_day(instant).strftime("%Y年%-m月%-d日").to_string()
}
