//! What comes, into the import folder: once, however often the import software takes it away.

use std::fs;
use std::path::Path;

use exchange::DeliveryView;

use crate::client::Client;
use crate::office::arrival;
use crate::office::home::{Home, write_json};

/// What arrived with its files, and what failed.
pub(super) type Arrived = (Vec<(DeliveryView, Vec<String>)>, Vec<(String, anyhow::Error)>);

/// Puts every delivery into the folder that nobody acknowledged and that was not put there before.
pub(super) async fn fetch(into: &Path, home: &Home, client: &Client) -> anyhow::Result<Arrived> {
    let known = home.folder("arrived")?;
    let (mut arrived, mut failed) = (Vec::new(), Vec::new());
    let open = arrival::open(client).await?;
    forget(&known, &open)?;
    for view in open {
        let mark = known.join(format!("{}.json", view.id));
        if mark.exists() {
            continue;
        }
        match arrival::put(&view, into, client).await.and_then(|files| write_json(&mark, &files).map(|()| files)) {
            Ok(files) => arrived.push((view, files)),
            Err(error) => failed.push((view.id.to_string(), error)),
        }
    }
    Ok((arrived, failed))
}

/// Marks of deliveries that are open no more.
fn forget(known: &Path, open: &[DeliveryView]) -> anyhow::Result<()> {
    for entry in fs::read_dir(known)? {
        let path = entry?.path();
        let is_open = path.file_stem().is_some_and(|id| open.iter().any(|view| id.to_string_lossy() == view.id.to_string()));
        if !is_open {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
