//! `renkei demo`: what the exchange does, shown in a few seconds on an exchange of its own. Every outcome is checked.
//!
//! The offices' side is done as an office's software would do it: S3 requests signed with the office's own credentials, and calls of the API with
//! tokens that its own key signs, by the code of `renkei fetch` and `renkei ack`.

mod cast;
mod files;
mod receipt;
mod scenes;
mod sets;
mod software;
mod story;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context as _;
use embedded::{Exchange, Options};
use serde_json::json;
use store::Clock;

use self::cast::Cast;
use self::story::Story;
use crate::output::Output;

/// Plays the demo in a temporary folder on free ports. Ends with 0 only when everything ended as it must.
pub(crate) async fn run(output: &Output) -> anyhow::Result<ExitCode> {
    let mut story = Story::begin(*output)?;
    let folder = tempfile::tempdir().context("a temporary folder is needed")?;
    let since = Instant::now();
    let exchange = Exchange::start(Options { data: folder.path().to_owned(), port: 0, clock: Clock::system() }).await?;
    story.step("start", "An exchange starts", since)?;
    story.point("S3 at", &exchange.operator.s3)?;
    story.point("API at", &exchange.operator.api)?;
    story.point("data", folder.path().display())?;
    story.done(json!({"s3": exchange.operator.s3, "api": exchange.operator.api}))?;

    let played = play(&exchange, &mut story).await;
    exchange.stop().await;
    played?;
    story.end()
}

async fn play(exchange: &Exchange, story: &mut Story) -> anyhow::Result<()> {
    let cast = Cast::assemble(exchange, story).await?;
    let actuals = scenes::actuals(&cast, story).await?;
    let attachment = scenes::attachment(&cast, story).await?;
    sets::plan(exchange, &cast, story).await?;
    sets::slip(exchange, &cast, story).await?;
    let forged = scenes::forgery(&cast, story).await?;
    let malformed = scenes::malformed(&cast, story).await?;
    let delivered = [&actuals, &attachment];
    scenes::inbox(&cast, &delivered, story).await?;
    receipt::collected(&cast, &delivered, story).await?;
    receipt::acknowledged(&cast, &delivered, story).await?;
    scenes::ledger(exchange, &cast, &delivered, &malformed, &forged, story).await
}
