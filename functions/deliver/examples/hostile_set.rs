//! `cargo run -p deliver --example hostile_set [FILES MIB]`: what memory the function takes for sets of the largest files there may be, each record another
//! person's: the largest unit of the standard, and 20 files of every kind. Files are made up while they are read, so that memory is the function's own.
//!
//! Peak of resident memory is a process's, so each set is sent in one of its own; measured on Linux.

#![expect(clippy::print_stdout, clippy::unwrap_used, clippy::panic, reason = "a measurement prints, and may stop at the first surprise")]

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;
use std::{env, fs, process};

use async_trait::async_trait;
use bytes::Bytes;
use deliver::Deliver;
use deliver::arrive::Arrival;
use exchange::sign::{ManifestDraft, SigningKey};
use exchange::{LicenceKind, LicencePeriod, METADATA_NAME, Office, OfficeKey, Sha256Digest};
use futures::stream::{self, StreamExt as _};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use standard::{Kind, Unit};
use store::testing::{Faults, FaultyLedger, MemoryLedger};
use store::{Body, Clock, CopyOrder, Files, Ledger as _, Object, Opened, StoreError, VersionPage, VersionPlace, Written};

const SENDER: &str = "9871578812";
const RECIPIENTS: [&str; 2] = ["9779668095", "9961751154"];
const CHUNK: usize = 64 << 10;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.as_slice() {
        [files, mib] => send(files.parse().unwrap(), mib.parse::<usize>().unwrap() << 20).await,
        _ => {
            for files in ["5", "20"] {
                assert!(process::Command::new(env::current_exe().unwrap()).args([files, "50"]).status().unwrap().success());
            }
        }
    }
}

/// A set of so many files of that size, through the function, part by part.
async fn send(files: usize, size: usize) {
    let key = SigningKey::generate_es256().unwrap();
    let ledger = Arc::new(MemoryLedger::default());
    for number in [&[SENDER], &RECIPIENTS[..]].concat() {
        let licence = LicencePeriod {
            kind: LicenceKind::Paid,
            campaign: None,
            first: "2020-01-01".parse().unwrap(),
            last: "2099-12-31".parse().unwrap(),
        };
        let keys = vec![OfficeKey::new(key.public_key().unwrap())];
        let office = Office { keys, licences: vec![licence], ..Office::new(number.parse().unwrap(), "office") };
        ledger.save_office(&office, None).await.unwrap();
    }
    let unit = largest_unit();
    let all = || Kind::ALL.into_iter().filter(|kind| kind.layout().is_some()).cycle().take(files).collect();
    let kinds: Vec<Kind> = if files == unit.len() { unit } else { all() };
    let now = Timestamp::now();
    let aud: Vec<_> = RECIPIENTS.iter().map(|number| format!("{number}-15").parse().unwrap()).collect();
    let mut drafts: Vec<ManifestDraft> = Vec::new();
    for (place, kind) in kinds.iter().enumerate() {
        let month = if kind.has_month() { "_202604" } else { "" };
        let name = format!("{kind}{month}_{SENDER}_43_{}_15_202604100900{place:02}.CSV", RECIPIENTS[0]);
        let draft = ManifestDraft::new(SENDER.parse().unwrap(), aud.clone(), &name, b"", now);
        let mut hasher = Sha256::new();
        chunks(*kind, size).for_each(|chunk| hasher.update(&chunk));
        drafts.push(ManifestDraft { size: size as u64, sha256: Sha256Digest::from_bytes(hasher.finalize().into()), ..draft });
    }
    ManifestDraft::seal(&mut drafts);
    let mut uploads = BTreeMap::new();
    for (place, (draft, kind)) in drafts.into_iter().zip(&kinds).enumerate() {
        let token = draft.sign(&key).unwrap();
        uploads.insert(format!("outbox/{SENDER}/{place:02}"), (*kind, token));
    }
    let keys: Vec<String> = uploads.keys().cloned().collect();
    let secret = exchange::Secret::from_text("0123456789abcdef0123456789abcdef").unwrap();
    let ledger = FaultyLedger(ledger, Faults::none());
    let deliver = Deliver::new(MadeUp { uploads, size }, ledger, Clock::system(), secret, exchange::DailyQuota::default());
    let before = peak_mebibytes();
    for key in keys {
        let office = SENDER.parse().unwrap();
        let begun = Instant::now();
        let arrival = Arrival { key, office, prefix: Some(office), version: Some("v".to_owned()), stored_at: now };
        let ended = deliver.take(&arrival).await.unwrap();
        if begun.elapsed().as_secs() > 600 {
            panic!("{ended:?} took more than ten minutes");
        }
    }
    println!("{files} files of {} MiB: peak {:.0} MiB, {before:.0} MiB before the first part", size >> 20, peak_mebibytes());
}

/// The kinds of the unit with the most CSV files.
fn largest_unit() -> Vec<Kind> {
    let csv_files = |unit: &Unit| unit.required.iter().chain(unit.optional).copied().filter(|kind| kind.layout().is_some()).collect();
    Unit::all().iter().map(csv_files).max_by_key(Vec::len).unwrap()
}

/// A file's bytes: the shortest records that say whose they are, and of which day.
fn chunks(kind: Kind, size: usize) -> impl Iterator<Item = Vec<u8>> + Send {
    let fields: Vec<&str> = kind.layout().unwrap().fields.iter().map(|field| field.name).collect();
    let (mut made, mut person) = (0, 0_u64);
    std::iter::from_fn(move || {
        let mut chunk = Vec::with_capacity(CHUNK + 512);
        while chunk.len() < CHUNK && made + chunk.len() < size {
            for (place, name) in fields.iter().enumerate() {
                if place > 0 {
                    chunk.push(b',');
                }
                match *name {
                    "insurer_number" => chunk.extend_from_slice(b"435073"),
                    "insured_number" => chunk.extend_from_slice(format!("{person:010}").as_bytes()),
                    "plan_date" | "consultation_date" => chunk.extend_from_slice(b"20260401"),
                    _ => {}
                }
            }
            chunk.extend_from_slice(b"\r\n");
            person += 1;
        }
        chunk.truncate(size - made);
        made += chunk.len();
        (!chunk.is_empty()).then_some(chunk)
    })
}

fn peak_mebibytes() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse::<f64>().unwrap() / 1024.0
}

/// Uploads that are made up while they are read; all else that is asked of storage is answered as if it were done.
struct MadeUp {
    uploads: BTreeMap<String, (Kind, String)>,
    size: usize,
}

#[async_trait]
impl Files for MadeUp {
    async fn open(&self, key: &str, _: Option<&str>) -> Result<Opened, StoreError> {
        let (kind, manifest) = self.uploads.get(key).unwrap_or_else(|| panic!("{METADATA_NAME} of {key}"));
        let body = stream::iter(chunks(*kind, self.size).map(|chunk| Ok(Bytes::from(chunk)))).boxed();
        Ok(Opened::Object(Object { version: "v".to_owned(), size_bytes: self.size as u64, manifest: Some(manifest.clone()), body }))
    }

    async fn open_range(&self, _: &str, _: Range<u64>) -> Result<Option<Body>, StoreError> {
        Ok(None)
    }

    async fn copy(&self, _: &CopyOrder) -> Result<Written, StoreError> {
        Ok(Written::Created)
    }

    async fn create(&self, _: &str, _: &str, _: Vec<u8>) -> Result<Written, StoreError> {
        Ok(Written::Created)
    }

    async fn digest(&self, _: &str) -> Result<Option<Sha256Digest>, StoreError> {
        Ok(None)
    }

    async fn list(&self, _: &str) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }

    async fn versions(&self, _: &str, _: Option<&VersionPlace>) -> Result<VersionPage, StoreError> {
        Ok(VersionPage::default())
    }

    async fn remove(&self, _: &str) -> Result<(), StoreError> {
        Ok(())
    }
}
