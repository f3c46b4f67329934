//! The sets: what a care manager sends at once to all who serve a person.

use std::time::Instant;

use embedded::Exchange;
use exchange::sign::ManifestDraft;
use exchange::{TransmissionId, TransmissionStatus};
use jiff::Timestamp;
use serde_json::json;
use standard::Address;
use store::Ledger as _;

use super::cast::Cast;
use super::files::{self, Sample};
use super::software::{Ending, Software};
use super::story::Story;
use crate::output::FAINT;

/// The plan, to the three offices in it.
pub(crate) async fn plan(exchange: &Exchange, cast: &Cast, story: &mut Story) -> anyhow::Result<()> {
    let heading = "A plan set goes to three offices at once: tables 1 to 3 and the supplement";
    send(("plan", heading), files::plan(), exchange, cast, story).await
}

/// The month's slip, to the same.
pub(crate) async fn slip(exchange: &Exchange, cast: &Cast, story: &mut Story) -> anyhow::Result<()> {
    let heading = "A slip set goes to the same three: slip, annex and supplement of a month";
    send(("slip", heading), files::slip(), exchange, cast, story).await
}

async fn send(
    (step, heading): (&'static str, &str),
    samples: Vec<Sample>,
    exchange: &Exchange,
    cast: &Cast,
    story: &mut Story,
) -> anyhow::Result<()> {
    let (manager, offices) = (&cast.recipient, cast.serving());
    let drafts = sealed(manager, &offices.map(|office| office.address.clone()), &samples);
    let Some(id) = drafts.first().map(|draft| TransmissionId::new(draft.iss, draft.jti)) else { return Ok(()) };
    let since = Instant::now();
    let mut uploaded = Vec::new();
    // the last first: parts come in any order
    for (draft, sample) in drafts.iter().zip(&samples).rev() {
        uploaded.push(manager.upload(draft, &draft.sign(manager.key())?, &sample.bytes).await?);
    }
    let mut found = Vec::new();
    if let Some(last) = uploaded.last() {
        for office in offices {
            found.push((office, manager.ending(last, &id, office).await?));
        }
    }
    story.step(step, heading, since)?;
    for part in &uploaded {
        story.point("uploaded", &part.key)?;
    }
    let (mut keys, mut same) = (Vec::new(), true);
    for (office, ending) in found {
        let document = match ending {
            Ending::Delivered(document) => document,
            Ending::Rejected(report, _) => {
                let codes: Vec<&str> = report.reasons.iter().map(|reason| reason.code.as_str()).collect();
                anyhow::bail!("the {step} set was rejected ({}) and should have been delivered", codes.join(", "))
            }
        };
        story.point("delivered", format_args!("to {} {}", office.number(), office.name))?;
        for file in &document.delivery.files {
            let sent = samples.iter().find(|sample| sample.name == file.name);
            let read = office.read(&file.key).await?;
            same &= sent.is_some_and(|sent| read.is_ok_and(|bytes| bytes == sent.bytes)) && file.key.contains(office.number().as_str());
            story.point("", format_args!("{FAINT}{}{FAINT:#}", file.key.rsplit('/').next().unwrap_or_default()))?;
            keys.push(file.key.clone());
        }
    }
    let expected = samples.len() * offices.len();
    story.check(same && keys.len() == expected, || format!("not every office has every file of the {step} set, byte for byte"));
    story.point(
        "the same",
        format_args!("{} files at {} offices, byte for byte, under names that say whose they are", samples.len(), offices.len()),
    )?;
    let row = exchange.stores.ledger.transmission(&id).await?;
    let whole =
        row.is_some_and(|entry| entry.transmission.status == TransmissionStatus::Delivered && entry.deliveries.len() == offices.len());
    story.check(whole, || format!("the ledger does not have the {step} set as delivered to three offices"));
    story.done(json!({"transmission": id, "delivered": keys, "same_bytes": same}))
}

/// The manifests of one transmission.
fn sealed(sender: &Software, to: &[Address], samples: &[Sample]) -> Vec<ManifestDraft> {
    let draft = |sample: &Sample| ManifestDraft::new(*sender.number(), to.to_vec(), sample.name, &sample.bytes, Timestamp::now());
    let mut drafts: Vec<ManifestDraft> = samples.iter().map(draft).collect();
    ManifestDraft::seal(&mut drafts);
    drafts
}
