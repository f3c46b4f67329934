//! What the recipient does with what came: it fetches it by the API, and tells the sender that it is imported.

use std::fs;
use std::time::Instant;

use anyhow::Context as _;
use exchange::{DeliveryStatus, DeliveryView, Outcome};
use serde_json::json;

use super::cast::Cast;
use super::scenes::Delivered;
use super::story::Story;
use crate::office::{self, Senders};
use crate::output::FAINT;

/// Fetches every delivery that is open into a folder, as `renkei fetch` does.
pub(crate) async fn collected(cast: &Cast, delivered: &[&Delivered], story: &mut Story) -> anyhow::Result<()> {
    let api = &cast.recipient.api;
    let since = Instant::now();
    let folder = tempfile::tempdir().context("a temporary folder is needed")?;
    let open = office::open(api).await?;
    let (mut senders, mut fetched) = (Senders::default(), Vec::new());
    for view in &open {
        let here = office::fetch(view, folder.path(), &mut senders, api).await?;
        let now: DeliveryView = api.get(&format!("/v1/inbox/{}", view.id), &[]).await?;
        fetched.push((here, now));
    }
    story.step("collected", "The recipient fetches what came, by the API", since)?;
    let are_these = open.len() == delivered.len() && delivered.iter().all(|it| open.iter().any(|view| view.id == it.document.delivery.id));
    story.check(are_these, || format!("the API lists {} deliveries that are open, not those {}", open.len(), delivered.len()));
    let mut told = Vec::new();
    for (here, now) in &fetched {
        let sent = delivered.iter().find(|it| it.document.delivery.id == now.id).map(|it| it.sample.bytes.as_slice());
        let mut same = !here.files.is_empty();
        for name in &here.files {
            let bytes = fs::read(here.folder.join(name))?;
            same &= sent == Some(bytes.as_slice());
            let tells = format!("{}; digest and sender's signature hold", now.status);
            story.point("fetched", format_args!("{name}, {} bytes  {FAINT}{tells}{FAINT:#}", bytes.len()))?;
        }
        story.check(same, || format!("what was fetched of {} is not what was sent", now.id));
        story.check(here.verified, || format!("the signatures of {} were not verified", now.id));
        story
            .check(now.status == DeliveryStatus::Collected, || format!("{} is {} after it was fetched, not collected", now.id, now.status));
        told.push(
            json!({"transmission": now.id, "status": now.status, "files": here.files, "same_bytes": same, "verified": here.verified}),
        );
    }
    story.done(json!({"deliveries": told}))
}

/// Acknowledges them, as `renkei ack` does.
pub(crate) async fn acknowledged(cast: &Cast, delivered: &[&Delivered], story: &mut Story) -> anyhow::Result<()> {
    let since = Instant::now();
    let mut answers: Vec<DeliveryView> = Vec::new();
    for Delivered { document, .. } in delivered {
        let view = office::acknowledge(&document.delivery.id, Outcome::Imported, "", &cast.recipient.api).await?;
        answers.push(serde_json::from_value(view).context("a delivery of another shape")?);
    }
    let open = office::open(&cast.recipient.api).await?;
    story.step("acknowledged", "The recipient tells the sender that it is imported", since)?;
    let mut told = Vec::new();
    for view in &answers {
        story.point("imported", format_args!("{}  {FAINT}{}{FAINT:#}", view.id, view.status))?;
        let holds = (view.status, view.outcome) == (DeliveryStatus::Acknowledged, Some(Outcome::Imported));
        story.check(holds, || format!("{} is {} after it was acknowledged as imported", view.id, view.status));
        told.push(json!({"transmission": view.id, "status": view.status, "outcome": view.outcome}));
    }
    story.check(open.is_empty(), || format!("{} deliveries are still open", open.len()));
    story.done(json!({"deliveries": told}))
}
