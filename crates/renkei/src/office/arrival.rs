//! Deliveries as files on this machine: under names that every system takes, with the digests that the exchange recorded and the
//! sender signed, over nothing that is there.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use embedded::disk::sync_folder;
use exchange::{DeliveredFile, DeliveryView, Manifest, ManifestName, OfficeKey, Sha256Digest, UnverifiedManifest, set_digest};

use super::senders::Senders;
use crate::client::{Client, Stored};
use crate::progress::Progress;

/// Names that Windows keeps for devices, with any extension.
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];
/// The most bytes of a name on Linux.
const LONGEST_NAME: usize = 255;

/// Deliveries that nobody acknowledged yet, oldest first.
pub(crate) async fn open(client: &Client) -> anyhow::Result<Vec<DeliveryView>> {
    let mut views = Vec::new();
    for status in ["delivered", "collected"] {
        for view in client.list("/v1/inbox", &[("status", status.to_owned())], usize::MAX).await? {
            views.push(serde_json::from_value::<DeliveryView>(view).context("a delivery of another shape")?);
        }
    }
    views.sort_by(|one, other| (one.delivered_at, &one.id).cmp(&(other.delivered_at, &other.id)));
    views.dedup_by(|one, other| one.id == other.id);
    Ok(views)
}

/// What its files are called here: a file of the standard as its inbox calls it, an attachment by its real name; where that would not do, as its inbox
/// calls it too. No real name takes what the inbox calls another file: whatever a sender calls them, every file has its name.
pub(super) fn names(view: &DeliveryView) -> anyhow::Result<Vec<String>> {
    let fold = |name: &str| ManifestName::new(name).fold();
    let called = view.files.iter().map(called).collect::<anyhow::Result<Vec<&str>>>()?;
    let mut taken: BTreeSet<String> = called.iter().map(|called| fold(called)).collect();
    if taken.len() < called.len() {
        bail!("delivery {} holds two files of one name", view.id);
    }
    let name = |(file, called): (&DeliveredFile, &str)| {
        let is_wanted = file.kind.is_none() && is_harmless(&file.name);
        let is_free = is_wanted && (fold(&file.name) == fold(called) || taken.insert(fold(&file.name)));
        if is_free { file.name.clone() } else { called.to_owned() }
    };
    Ok(view.files.iter().zip(called).map(name).collect())
}

/// What the inbox calls it: plain letters, as the exchange makes them.
fn called(file: &DeliveredFile) -> anyhow::Result<&str> {
    let called = file.key.rsplit('/').next().unwrap_or_default();
    let is_plain = called.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-'));
    if is_plain && is_harmless(called) { Ok(called) } else { bail!("the exchange names a file in a way that no inbox does") }
}

fn is_harmless(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT")).is_some_and(|number| number.chars().count() == 1);
    ManifestName::new(name).check().is_ok()
        && name.len() <= LONGEST_NAME
        && !name.contains(['<', '>', '"', '|', '?', '*'])
        && !numbered
        && !DEVICES.contains(&stem.as_str())
}

/// A file's bytes, which are those that the exchange recorded, and of which the manifest that came with them speaks; and that its sender signed, with one of
/// these keys, for the files of this delivery together.
async fn content(
    view: &DeliveryView,
    file: &DeliveredFile,
    keys: &[OfficeKey],
    client: &Client,
    progress: &Progress,
) -> anyhow::Result<Vec<u8>> {
    let url = client.location(&format!("/v1/inbox/{}/files/{}", view.id, called(file)?)).await?;
    let Stored { content, manifest } = client.download(&url, file.size, progress).await?;
    if content.len() as u64 != file.size || Sha256Digest::of(&content) != file.sha256 {
        bail!(
            "受信したファイルの内容が記録と一致しません。もう一度受信してください。\nwhat came is not what the exchange recorded ({}): fetch it again",
            view.id
        );
    }
    let speaks_of_it = |manifest: &UnverifiedManifest| {
        manifest.is_about(&view.id, &file.name, file.size, &file.sha256) && manifest.parties().contains(&view.recipient)
    };
    let manifest = manifest.and_then(|manifest| UnverifiedManifest::parse(&manifest).ok());
    let Some(manifest) = manifest.filter(speaks_of_it) else {
        bail!(
            "受信したファイルに、送信票（マニフェスト）が付いていないか、内容が一致しません。受信していません。連携サーバーの運用者に連絡してください。\n\
             the sender's manifest is missing, or speaks of another file ({}): nothing was kept, tell the exchange's operator",
            view.id
        );
    };
    let signed = match manifest.verify_delivered(keys, view.id.sender()) {
        Ok(signed) => signed,
        Err(code) => bail!(
            "受信したファイルの送信票（マニフェスト）に、送信元の有効な電子署名がありません（{code}）。受信していません。連携サーバーの運用者に連絡してください。\n\
             the manifest is not signed with a key that was the sender's then ({code}, {}): nothing was kept, tell the exchange's operator",
            view.id
        ),
    };
    if !is_whole(view, &signed) {
        bail!(
            "受信したファイルの組が、送信元が署名した組と一致しません（不足または余分なファイルがあります）。受信していません。連携サーバーの運用者に連絡してください。\n\
             the files of the delivery are not those that the sender signed, some are missing or too many ({}): nothing was kept, tell the exchange's operator",
            view.id
        );
    }
    Ok(content)
}

/// Whether the delivery has all files that the sender signed for, and no others.
fn is_whole(view: &DeliveryView, signed: &Manifest) -> bool {
    match signed.set {
        Some(set) => set_digest(view.files.iter().map(|file| (file.sha256, file.size, &file.name))) == set,
        None => view.files.len() == 1,
    }
}

/// Gets files of a delivery into a folder that is nobody else's. What is whole in it already is not asked for again.
pub(super) async fn get(
    view: &DeliveryView,
    files: &[(&DeliveredFile, &str)],
    folder: &Path,
    senders: &mut Senders,
    client: &Client,
) -> anyhow::Result<()> {
    let progress = Progress::of_bytes(files.iter().fold(0, |sum: u64, (file, _)| sum.saturating_add(file.size)));
    for (file, name) in files {
        let path = folder.join(name);
        if holds(&path, file)? {
            progress.add(file.size);
            continue;
        }
        // before the file: what is fetched can't be taken back by its sender any more
        let keys = senders.keys(view.id.sender(), client).await?;
        let content = content(view, file, keys, client, &progress).await?;
        let write = || File::create(&path).and_then(|mut fresh| fresh.write_all(&content).and_then(|()| fresh.sync_all()));
        write().with_context(|| format!("{} can't be written", path.display()))?;
    }
    progress.finish();
    Ok(sync_folder(folder)?)
}

/// Whether the file lies there already.
pub(super) fn holds(path: &Path, file: &DeliveredFile) -> io::Result<bool> {
    match fs::metadata(path) {
        Ok(about) if about.is_file() && about.len() == file.size => Ok(Sha256Digest::of(&fs::read(path)?) == file.sha256),
        Ok(_) => Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use exchange::{DeliveryStatus, TransmissionId};

    use super::*;

    fn view(files: &[(&str, &str)]) -> DeliveryView {
        let id: TransmissionId = "9870808848-0197f3a2-4b5c-4d6e-8f90-a1b2c3d4e5f6".parse().unwrap();
        let file = |(name, called): &(&str, &str)| DeliveredFile {
            name: (*name).to_owned(),
            key: format!("inbox/9873789219/{id}/{called}"),
            kind: None,
            size: 0,
            sha256: Sha256Digest::of(b""),
            errors: 0,
            warnings: 0,
            findings: None,
        };
        DeliveryView {
            sender: *id.sender(),
            id: id.clone(),
            sender_name: String::new(),
            recipient: "9873789219".parse().unwrap(),
            address: "9873789219".parse().unwrap(),
            status: DeliveryStatus::Delivered,
            delivered_at: jiff::Timestamp::UNIX_EPOCH,
            files: files.iter().map(file).collect(),
            outcome: None,
            note: String::new(),
            supersedes: None,
            superseded_by: None,
        }
    }

    #[test]
    fn an_attachment_keeps_its_real_name_where_every_system_takes_it() {
        // Linux counts bytes, the manifest letters
        let long = |bytes: usize| format!("{}{}.pdf", "計".repeat(bytes / 3), "e".repeat(bytes % 3));
        for (name, here) in [
            ("計画.pdf", "計画.pdf"),
            ("../計画.pdf", "a01.pdf"),
            ("..\\計画.pdf", "a01.pdf"),
            ("C:計画.pdf", "a01.pdf"),
            (".profile.pdf", "a01.pdf"),
            ("con.pdf", "a01.pdf"),
            ("com1.pdf", "a01.pdf"),
            ("a?.pdf", "a01.pdf"),
            ("a\u{202e}fdp.pdf", "a01.pdf"),
            ("", "a01.pdf"),
            (&long(251), &long(251)),
            (&long(252), "a01.pdf"),
        ] {
            assert_eq!(names(&view(&[(name, "a01.pdf")])).unwrap(), [here], "{name}");
        }
    }

    #[test]
    fn two_files_never_get_one_name() {
        for (files, here) in [
            ([("a.pdf", "a01.pdf"), ("A.PDF", "a02.pdf")], ["a.pdf", "a02.pdf"]),
            ([("a02.pdf", "a01.pdf"), ("A02.pdf", "a02.pdf")], ["a01.pdf", "A02.pdf"]),
            ([("a02.pdf", "a01.pdf"), ("con.pdf", "a02.pdf")], ["a01.pdf", "a02.pdf"]),
            ([("a02.pdf", "a01.pdf"), ("a01.pdf", "a02.pdf")], ["a01.pdf", "a02.pdf"]),
        ] {
            assert_eq!(names(&view(&files)).unwrap(), here, "{files:?}");
        }
        assert!(names(&view(&[("a.pdf", "a01.pdf"), ("b.pdf", "A01.pdf")])).is_err());
    }

    #[test]
    fn a_key_that_is_no_inboxes_is_refused() {
        for called in ["..", "", "a b.pdf", "%2e%2e.pdf", "計画.pdf"] {
            assert!(names(&view(&[("a.pdf", called)])).is_err(), "{called}");
        }
    }
}
