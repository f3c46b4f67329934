//! `renkei send`: checked here, signed here, uploaded straight to the storage.

mod errand;
mod package;
mod record;

use std::process::ExitCode;
use std::time::Duration;

use exchange::{ReportReason, TransmissionStatus};
use serde_json::json;

pub(super) use self::errand::{Errand, Standing};
pub(super) use self::package::{Package, Parcel};
use super::args::SendArgs;
use super::home::Home;
use super::{mail, report};
use crate::client::Client;
use crate::output::{self, BAD, FAINT, GOOD, Output};

pub(super) async fn run(args: SendArgs, home: &Home, client: &Client, output: &Output) -> anyhow::Result<ExitCode> {
    let wait = args.wait.then(|| Duration::from_secs(args.wait_at_most));
    if args.resume {
        return resume(wait, home, client, output).await;
    }
    let (package, reasons) = Package::read(&args.files, &client.office, &args.to)?;
    if !reasons.is_empty() && !args.unchecked {
        output.line(format_args!("{BAD}送信していません / not sent{BAD:#}"))?;
        return refused(&reasons, output);
    }
    let mut errand = Errand::of(&package, args.again, home, client).await?;
    let was_delivered = errand.is_delivered();
    let code = finish(&mut errand, wait, client, output).await?;
    if was_delivered {
        output.remark("同じファイルは同じ送信先に配達済みのため、送信しませんでした。もう一度送るには --again を付けてください。\nthis was delivered before and is not sent twice; --again does");
    }
    Ok(code)
}

/// Goes on with all that broke off; one that can't doesn't keep back the others.
async fn resume(wait: Option<Duration>, home: &Home, client: &Client, output: &Output) -> anyhow::Result<ExitCode> {
    let mut all_fine = true;
    let errands = Errand::unfinished(home)?;
    if errands.is_empty() {
        output.line(format_args!("{FAINT}中断した送信はありません / nothing broke off{FAINT:#}"))?;
    }
    for (path, errand) in errands {
        let (name, finished) = match errand {
            Ok(mut errand) => (errand.id().to_string(), finish(&mut errand, wait, client, output).await),
            Err(error) => (path.display().to_string(), Err(error)),
        };
        match finished {
            Ok(code) => all_fine &= code == ExitCode::SUCCESS,
            Err(error) => {
                all_fine = false;
                output.complain(&format!("{name}: {}", output::told(&error)));
            }
        }
    }
    Ok(if all_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn finish(errand: &mut Errand, wait: Option<Duration>, client: &Client, output: &Output) -> anyhow::Result<ExitCode> {
    let standing = match (errand.carry_on(client).await?, wait) {
        (Standing::Uploaded, Some(at_most)) => errand.wait(at_most, client).await?,
        (standing, _) => standing,
    };
    match standing {
        Standing::Refused(reasons) => refused(&reasons, output),
        Standing::Ended(view, status) => {
            mail::tell(&view, client, output).await?;
            errand.close(status)?;
            Ok(if status == TransmissionStatus::Delivered { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Standing::Uploaded => {
            let id = errand.id();
            let text = format!(
                "{GOOD}送信しました / uploaded{GOOD:#}  {id}\n{FAINT}renkei sent {id} で結果を確認できます / tells how it ends{FAINT:#}"
            );
            output.either(&json!({"id": id, "status": TransmissionStatus::Waiting}), text)?;
            // whoever wants to wait wants to know
            Ok(if wait.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
        }
    }
}

fn refused(reasons: &[ReportReason], output: &Output) -> anyhow::Result<ExitCode> {
    output.object(&json!({"id": null, "status": "refused", "reasons": reasons}))?;
    report::print(reasons, output)?;
    Ok(ExitCode::FAILURE)
}
