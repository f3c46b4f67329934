//! What the office was told.

use std::process::ExitCode;

use anyhow::Context as _;
use exchange::NoticeKind;
use jiff::Timestamp;
use serde::Deserialize;

use super::args::NoticesArgs;
use super::shown;
use crate::admin::empty_table;
use crate::client::Client;
use crate::output::{FAINT, Output};

/// A notice, as far as the table shows it.
#[derive(Deserialize)]
struct Told {
    kind: String,
    at: String,
    transmission: Option<String>,
    recipient: Option<String>,
    until: Option<String>,
    message_ja: String,
}

/// When it came about.
#[derive(Deserialize)]
struct Moment {
    at: Timestamp,
}

pub(super) async fn run(NoticesArgs { since, limit }: NoticesArgs, client: &Client, output: &Output) -> anyhow::Result<ExitCode> {
    let mut found = client.list("/v1/notices", &[], limit).await?;
    if let Some(since) = since {
        let moments = found.iter().map(Moment::deserialize).collect::<Result<Vec<_>, _>>().context("a notice of another shape")?;
        // newest first, and shown to the second
        found.truncate(moments.iter().take_while(|moment| moment.at.as_second() >= since.as_second()).count());
    }
    found.iter().try_for_each(|notice| output.object(notice))?;
    if found.is_empty() {
        output.line(format_args!("{FAINT}お知らせはありません / there are no notices{FAINT:#}"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = empty_table(["日時", "種類", "相手", "ID・期限", "内容"]);
    for notice in found {
        let Told { kind, at, transmission, recipient, until, message_ja } =
            serde_json::from_value(notice).context("a notice of another shape")?;
        let partner = partner(&kind, transmission.as_deref(), recipient);
        let about = transmission.or(until).unwrap_or_default();
        table.add_row([shown(&at), shown(&named(&kind)), shown(&partner), shown(&about), shown(&message_ja)]);
    }
    output.line(table)?;
    Ok(ExitCode::SUCCESS)
}

/// The office at the other end: a sender is told of its recipient, a recipient of its sender, whom the transmission's id begins with.
fn partner(kind: &str, transmission: Option<&str>, recipient: Option<String>) -> String {
    let sender = transmission.and_then(|id| id.get(..10)).unwrap_or_default();
    match kind.parse() {
        Ok(NoticeKind::Delivered | NoticeKind::Cancelled | NoticeKind::NotCollected) => sender.to_owned(),
        Ok(NoticeKind::Acknowledged) => recipient.unwrap_or_default(),
        Ok(NoticeKind::Expired) => recipient.map(|recipient| format!("{sender} → {recipient}")).unwrap_or_default(),
        Ok(NoticeKind::Rejected | NoticeKind::LicenceEnding) | Err(_) => String::new(),
    }
}

/// A kind that this version doesn't know is shown as it is.
fn named(kind: &str) -> String {
    let named = match kind.parse() {
        Ok(NoticeKind::Delivered) => "受信",
        Ok(NoticeKind::Rejected) => "差し戻し",
        Ok(NoticeKind::Acknowledged) => "取り込み報告",
        Ok(NoticeKind::Cancelled) => "取り消し",
        Ok(NoticeKind::NotCollected) => "未受領",
        Ok(NoticeKind::Expired) => "期限切れ",
        Ok(NoticeKind::LicenceEnding) => "ライセンス期限",
        Err(_) => return kind.to_owned(),
    };
    format!("{named} {kind}")
}
