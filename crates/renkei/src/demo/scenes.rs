//! The scenes: what is sent, and how it must end.

use std::time::Instant;

use anstyle::Style;
use embedded::Exchange;
use exchange::sign::{ManifestDraft, SigningKey};
use exchange::{
    DeliveryDocument, DeliveryStatus, Outcome, RecipientEntry, RejectionCode, Report, TransmissionId, TransmissionStatus, json_time,
};
use jiff::Timestamp;
use reqwest::StatusCode;
use serde_json::{Value, json};
use standard::FileName;
use store::{Filter, Ledger as _, Page};

use super::cast::Cast;
use super::files::{self, Sample};
use super::software::{Ending, Uploaded};
use super::story::Story;
use crate::admin::{table, view};
use crate::output::{FAINT, HEADING};

/// What was delivered, and what had been sent.
pub(crate) struct Delivered {
    pub(crate) sample: Sample,
    pub(crate) document: DeliveryDocument,
}

/// A plain delivery of a file of the standard.
pub(crate) async fn actuals(cast: &Cast, story: &mut Story) -> anyhow::Result<Delivered> {
    let heading = "An actuals file of the national standard is sent (UPJSK)";
    delivery(("actuals", heading), files::actuals(), cast, story).await
}

/// A delivery of an attachment: its name holds words, so it does not become a key.
pub(crate) async fn attachment(cast: &Cast, story: &mut Story) -> anyhow::Result<Delivered> {
    delivery(("attachment", "A letter is sent (PDF)"), files::letter(), cast, story).await
}

/// Somebody has the office's upload credentials but not its key. The answer is the object's own; no transmission is touched.
pub(crate) async fn forgery(cast: &Cast, story: &mut Story) -> anyhow::Result<RejectionCode> {
    let stranger = SigningKey::generate_es256()?;
    let sample = files::actuals();
    let draft = draft(&sample, cast);
    let since = Instant::now();
    // it says it was signed by the office's key
    let manifest = draft.sign_as(&stranger, &cast.sender.key().kid()?)?;
    let uploaded = cast.sender.upload(&draft, &manifest, &sample.bytes).await?;
    let ending = cast.sender.ending(&uploaded, &id(&draft), &cast.recipient).await?;
    story.step("forged", "A forged file: the office's number, a stranger's signature", since)?;
    story.point("uploaded", &uploaded.key)?;
    let expected = RejectionCode::SignatureInvalid;
    rejection(&uploaded, ending, expected, None, story)?;
    Ok(expected)
}

/// A file with two mistakes, as an export with a fault would make.
pub(crate) async fn malformed(cast: &Cast, story: &mut Story) -> anyhow::Result<TransmissionId> {
    let sample = files::malformed();
    let draft = draft(&sample, cast);
    let since = Instant::now();
    let uploaded = cast.sender.upload(&draft, &draft.sign(cast.sender.key())?, &sample.bytes).await?;
    let ending = cast.sender.ending(&uploaded, &id(&draft), &cast.recipient).await?;
    story.step("malformed", "A file with two mistakes in it, rightly signed", since)?;
    story.point("uploaded", &uploaded.key)?;
    if let Ending::Rejected(report, _) = &ending {
        let found: Vec<_> = report.reasons.iter().flat_map(|reason| &reason.findings).collect();
        let found: Vec<_> = found.iter().map(|it| (it.rule.as_str(), it.line.unwrap_or(0), it.field.unwrap_or(0))).collect();
        story.check(found == files::DEFECTS, || format!("other findings than the file's two mistakes: {found:?}"));
    }
    rejection(&uploaded, ending, RejectionCode::FileInvalid, Some(&id(&draft)), story)?;
    Ok(id(&draft))
}

/// The recipient reads what came; another office tries to.
pub(crate) async fn inbox(cast: &Cast, delivered: &[&Delivered], story: &mut Story) -> anyhow::Result<()> {
    let since = Instant::now();
    let listed = cast.recipient.inbox().await?;
    let mut expected: Vec<String> = Vec::new();
    let mut read = Vec::new();
    let mut strangers = Vec::new();
    for Delivered { sample, document } in delivered {
        expected.push(exchange::keys::inbox_delivery(cast.recipient.number(), &document.delivery.id));
        for file in &document.delivery.files {
            expected.push(file.key.clone());
            read.push((file, cast.recipient.read(&file.key).await?.is_ok_and(|bytes| bytes == sample.bytes)));
            strangers.push(cast.other.read(&file.key).await?.err());
        }
    }
    expected.sort();
    story.step("inbox", "The recipient reads its inbox, with its own credentials", since)?;
    story.check(listed == expected, || format!("the inbox holds other objects than the two deliveries: {listed:?}"));
    for (file, same) in &read {
        story.check(*same, || format!("{} is not what was sent", file.key));
        let words = if *same { "the same" } else { "differs" };
        story.point(words, format_args!("{}, {} bytes {FAINT}as sent, byte for byte{FAINT:#}", file.name, file.size))?;
    }
    story.say(format_args!("{FAINT}Of the forged and the faulty file nothing is there.{FAINT:#}"))?;
    let refused = strangers.iter().all(|status| *status == Some(StatusCode::FORBIDDEN));
    story.check(refused, || format!("another office's requests were answered {strangers:?}"));
    story.point("refused", format_args!("{} {} asks for the same files: 403 Forbidden", cast.other.number(), cast.other.name))?;
    story.done(json!({"keys": listed, "same_bytes": read.iter().all(|(_, same)| *same), "others_refused": refused}))
}

/// The ledger has it all.
pub(crate) async fn ledger(
    exchange: &Exchange,
    cast: &Cast,
    delivered: &[&Delivered],
    malformed: &TransmissionId,
    forged: &RejectionCode,
    story: &mut Story,
) -> anyhow::Result<()> {
    let since = Instant::now();
    let page = || Page { limit: 100, cursor: None, now: Timestamp::now() };
    let filter = Filter { sender: Some(*cast.sender.number()), ..Filter::default() };
    let entries = exchange.stores.ledger.transmissions(&filter, page()).await?.items;
    let alone = exchange.stores.ledger.lone_rejections(cast.sender.number(), page()).await?.items;
    let views: Vec<_> = entries.iter().map(view).collect();
    story.step("ledger", "What the ledger keeps", since)?;
    story.table(&table(&views))?;
    for rejection in &alone {
        story.say(format_args!("{FAINT}and alone, outside of any transmission: one object, {}{FAINT:#}", rejection.code))?;
    }
    for view in &views {
        let what = view.files.first().and_then(|file| file.kind).map_or("attachment", standard::Kind::code);
        for delivery in &view.deliveries {
            let outcome = delivery.outcome.map(|outcome| format!(" ({})", outcome.as_str())).unwrap_or_default();
            story.point("delivery", format_args!("{what} to {}: {HEADING}{}{outcome}{HEADING:#}", delivery.address, delivery.status))?;
            let times = [("collected", delivery.collected_at), ("acknowledged", delivery.acknowledged_at)];
            let times = times.map(|(what, at)| format!("{what} {}", at.map_or_else(|| "never".to_owned(), json_time)));
            story.point("", format_args!("{FAINT}{}{FAINT:#}", times.join(", ")))?;
        }
    }
    let status = |id: &TransmissionId| views.iter().find(|view| view.id == *id).map(|view| view.status);
    let all = delivered.iter().all(|it| status(&it.document.delivery.id) == Some(TransmissionStatus::Delivered))
        && status(malformed) == Some(TransmissionStatus::Rejected)
        && views.len() == delivered.len() + 1;
    story.check(all, || "the ledger has other transmissions than two delivered and one rejected".to_owned());
    let imported = |entry: &RecipientEntry| {
        entry.outcome == Some(Outcome::Imported)
            && entry.status == DeliveryStatus::Acknowledged
            && entry.collected_at.is_some_and(|collected| entry.acknowledged_at.is_some_and(|acknowledged| collected <= acknowledged))
    };
    let answered = views.iter().filter(|view| matches!(view.deliveries.as_slice(), [entry] if imported(entry))).count();
    story.check(answered == delivered.len(), || format!("{answered} deliveries are collected and acknowledged, not {}", delivered.len()));
    let one = matches!(alone.as_slice(), [rejection] if rejection.code == *forged);
    story.check(one, || "the ledger does not have the forgery as one object rejected alone".to_owned());
    let codes: Vec<_> = alone.iter().map(|rejection| rejection.code).collect();
    story.done(json!({"transmissions": views, "rejected_alone": codes}))
}

async fn delivery((step, heading): (&'static str, &str), sample: Sample, cast: &Cast, story: &mut Story) -> anyhow::Result<Delivered> {
    let draft = draft(&sample, cast);
    let since = Instant::now();
    let uploaded = cast.sender.upload(&draft, &draft.sign(cast.sender.key())?, &sample.bytes).await?;
    let ending = cast.sender.ending(&uploaded, &id(&draft), &cast.recipient).await?;
    story.step(step, heading, since)?;
    let Uploaded { key, .. } = &uploaded;
    story
        .point("uploaded", format_args!("{key}  {FAINT}{} bytes, signed {}{FAINT:#}", sample.bytes.len(), cast.sender.key().algorithm()))?;
    if !FileName::claims_standard(sample.name) {
        story.point(
            "name",
            format_args!("{}  {FAINT}in the manifest only: it could hold personal data, and keys end in logs{FAINT:#}", sample.name),
        )?;
    }
    match ending {
        Ending::Delivered(document) => {
            let keys: Vec<&str> = document.delivery.files.iter().map(|file| file.key.as_str()).collect();
            keys.iter().try_for_each(|key| story.point("delivered", key))?;
            story.point("", format_args!("{FAINT}to {} {}, whole or not at all{FAINT:#}", cast.recipient.number(), cast.recipient.name))?;
            story.done(json!({"key": key, "transmission": document.delivery.id, "delivered": keys}))?;
            Ok(Delivered { sample, document })
        }
        Ending::Rejected(report, _) => {
            let codes: Vec<&str> = report.reasons.iter().map(|reason| reason.code.as_str()).collect();
            anyhow::bail!("{key} was rejected ({}) and should have been delivered", codes.join(", "))
        }
    }
}

/// A rejection as the sender's software finds it: code, both texts, the findings.
fn rejection(
    uploaded: &Uploaded,
    ending: Ending,
    expected: RejectionCode,
    transmission: Option<&TransmissionId>,
    story: &mut Story,
) -> anyhow::Result<()> {
    let (report, report_key) = match ending {
        Ending::Rejected(report, key) => (report, key),
        Ending::Delivered(_) => anyhow::bail!("{} was delivered and should have been rejected", uploaded.key),
    };
    let Report { reasons, transmission: told, .. } = &report;
    for reason in reasons {
        story.point("rejected", format_args!("{HEADING}{}{HEADING:#}", reason.code))?;
        story.text(Style::new(), &reason.message_ja)?;
        story.text(FAINT, &reason.message)?;
        for finding in &reason.findings {
            let place = finding.line.map(|line| format!("line {line}")).unwrap_or_default();
            story.point(&place, format_args!("{HEADING}{}{HEADING:#}", finding.rule))?;
            story.text(Style::new(), &finding.message_ja)?;
            story.text(FAINT, &finding.message)?;
        }
    }
    story.point("report", &report_key)?;
    let codes: Vec<RejectionCode> = reasons.iter().map(|reason| reason.code).collect();
    story.check(codes == [expected], || format!("rejected as {codes:?}, not as {expected}"));
    story.check(told.as_ref() == transmission, || "the report is about another transmission".to_owned());
    let reasons: Value = serde_json::to_value(reasons)?;
    story.done(json!({"key": uploaded.key, "transmission": told, "report": report_key, "reasons": reasons}))
}

fn draft(sample: &Sample, cast: &Cast) -> ManifestDraft {
    let recipient = vec![cast.recipient.address.clone()];
    ManifestDraft::new(*cast.sender.number(), recipient, sample.name, &sample.bytes, Timestamp::now())
}

fn id(draft: &ManifestDraft) -> TransmissionId {
    TransmissionId::new(draft.iss, draft.jti)
}
