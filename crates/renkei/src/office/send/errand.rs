//! One sending, written down before anything leaves the machine: what breaks off goes on under the same transmission, and nothing goes twice.

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use exchange::{ReportReason, TransmissionId, TransmissionStatus};
use jiff::SignedDuration;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::package::{Package, Parcel};
use super::record::{Record, forget_old, lock, records};
use crate::client::{Client, ClientError, Refusal, Slot};
use crate::office::home::{self, Home};
use crate::progress::Progress;

const FOLDER: &str = "sends";
/// Manifests count for a day; older ones are signed anew.
const SIGNED_HOLDS: SignedDuration = SignedDuration::from_hours(20);
/// What was uploaded this long ago and is still unknown to the exchange was refused object by object, or never came.
const UNKNOWN_HOLDS: SignedDuration = SignedDuration::from_mins(15);

/// A sending under way in this process.
pub(crate) struct Errand {
    path: PathBuf,
    record: Record,
    /// It was begun by an earlier process: the exchange may know more of it than is written down.
    begun: bool,
    /// Held as long as this lives.
    _lock: File,
}

/// Where a sending stands.
pub(crate) enum Standing {
    /// All is uploaded; the exchange is at it.
    Uploaded,
    /// The exchange would refuse it, and took nothing.
    Refused(Vec<ReportReason>),
    /// It ended: the transmission.
    Ended(Value, TransmissionStatus),
}

impl Errand {
    /// The sending of this package: the one that broke off, or a new one. `again`: also where it was delivered already.
    pub(crate) async fn of(package: &Package, again: bool, home: &Home, client: &Client) -> anyhow::Result<Self> {
        let folder = home.folder(FOLDER)?;
        forget_old(&folder)?;
        let path = folder.join(format!("{}.json", package.fingerprint(client.exchange.origin(), &client.office)));
        let lock = lock(&path)?;
        let known = home::read_json::<Record>(&path)?.filter(|record| match record.ended {
            Some(TransmissionStatus::Delivered) => !again,
            // its cause was mended, or it is wanted after all
            Some(_) => false,
            None => true,
        });
        if let Some(mut record) = known {
            // the same files, wherever they lie by now
            record.files.clone_from(&package.files);
            let errand = Self { path: path.clone(), record, begun: true, _lock: lock.try_clone()? };
            errand.save()?;
            // what was taken back meanwhile may be sent again
            if !errand.is_delivered() || matches!(errand.look(client).await?, Some((_, Some(TransmissionStatus::Delivered)))) {
                return Ok(errand);
            }
        }
        let record = Record::sign(package, None, client).await?;
        home::write_json(&path, &record)?;
        Ok(Self { path, record, begun: false, _lock: lock })
    }

    /// All sendings that broke off, with where each is written down; what can't be read, or is under way elsewhere, by itself.
    pub(crate) fn unfinished(home: &Home) -> anyhow::Result<Vec<(PathBuf, anyhow::Result<Self>)>> {
        let unfinished = |path: &PathBuf| -> anyhow::Result<Option<Self>> {
            let lock = lock(path)?;
            let record = home::read_json::<Record>(path)?.filter(|record| record.ended.is_none());
            Ok(record.map(|record| Self { path: path.clone(), record, begun: true, _lock: lock }))
        };
        let records = records(&home.folder(FOLDER)?)?;
        Ok(records.into_iter().filter_map(|path| unfinished(&path).transpose().map(|errand| (path, errand))).collect())
    }

    pub(crate) fn id(&self) -> &TransmissionId {
        &self.record.id
    }

    /// Whether it is known to be delivered.
    pub(crate) fn is_delivered(&self) -> bool {
        self.record.ended == Some(TransmissionStatus::Delivered)
    }

    /// Does what is still to be done.
    pub(crate) async fn carry_on(&mut self, client: &Client) -> anyhow::Result<Standing> {
        let now = client.exchange.now().await?;
        if self.begun {
            match self.look(client).await? {
                Some((view, Some(status))) => return Ok(Standing::Ended(view, status)),
                None if self.record.uploaded_at.is_some_and(|at| now.duration_since(at) > UNKNOWN_HOLDS) => self.record.uploaded.clear(),
                Some((_, None)) | None => {}
            }
        }
        if self.is_uploaded() {
            return Ok(Standing::Uploaded);
        }
        if now.duration_since(self.record.signed_at) > SIGNED_HOLDS {
            let uploaded = std::mem::take(&mut self.record.uploaded);
            self.record = Record { uploaded, ..Record::sign(&self.record.package(), Some(&self.record.id), client).await? };
            self.save()?;
        }
        let progress = Progress::of_bytes(self.missing().iter().fold(0, |sum: u64, file| sum.saturating_add(file.size)));
        for is_last_try in [false, true] {
            let slots = match self.announce(client).await {
                Ok(slots) => slots,
                Err(ClientError::Refused(refusal)) if !refusal.problem.reasons.is_empty() => return self.refused(*refusal, client).await,
                Err(error) => return Err(error.into()),
            };
            match self.upload(&slots, client, &progress).await {
                // a signed request that is too old is made anew, once
                Err(error) if !is_last_try && is_forbidden(&error) => {}
                uploaded => {
                    uploaded?;
                    break;
                }
            }
        }
        progress.finish();
        self.record.uploaded_at = Some(client.exchange.now().await?);
        self.save()?;
        Ok(Standing::Uploaded)
    }

    /// Waits until it has ended, at most so long.
    pub(crate) async fn wait(&mut self, at_most: Duration, client: &Client) -> anyhow::Result<Standing> {
        let began = tokio::time::Instant::now();
        let mut pause = Duration::from_millis(250);
        loop {
            if let Some((view, Some(status))) = self.look(client).await? {
                return Ok(Standing::Ended(view, status));
            }
            let left = at_most.saturating_sub(began.elapsed());
            if left.is_zero() {
                return Ok(Standing::Uploaded);
            }
            tokio::time::sleep(pause.min(left)).await;
            pause = (pause * 3 / 2).min(Duration::from_secs(5));
        }
    }

    /// The transmission as the exchange knows it, and how it ended if it did.
    async fn look(&self, client: &Client) -> anyhow::Result<Option<(Value, Option<TransmissionStatus>)>> {
        let view: Value = match client.get(&format!("/v1/transmissions/{}", self.record.id), &[]).await {
            Err(ClientError::Refused(refusal)) if refusal.status == StatusCode::NOT_FOUND => return Ok(None),
            view => view?,
        };
        let status = view.get("status").and_then(Value::as_str).and_then(|status| status.parse::<TransmissionStatus>().ok());
        let status = status.context("the exchange tells a status that this program does not know")?;
        Ok(Some((view, status.has_ended().then_some(status))))
    }

    /// Its sender was told how it ended. Before that it is not over: what was rejected would be sent anew, unread.
    pub(crate) fn close(&mut self, status: TransmissionStatus) -> anyhow::Result<()> {
        self.record.ended = Some(status);
        self.save()
    }

    /// It may have ended meanwhile, by an upload whose answer was lost. Where nothing of it came, the next sending is a new one.
    async fn refused(&mut self, refusal: Refusal, client: &Client) -> anyhow::Result<Standing> {
        if let Some((view, Some(status))) = self.look(client).await? {
            return Ok(Standing::Ended(view, status));
        }
        if self.record.uploaded.is_empty() {
            fs::remove_file(&self.path)?;
        }
        Ok(Standing::Refused(refusal.problem.reasons))
    }

    async fn announce(&self, client: &Client) -> Result<Vec<Slot>, ClientError> {
        let announced = client.post("/v1/transmissions", Some(&json!({"manifests": self.record.manifests}))).await?;
        announced.get("uploads").cloned().and_then(|slots| serde_json::from_value(slots).ok()).ok_or(ClientError::Garbled)
    }

    async fn upload(&mut self, slots: &[Slot], client: &Client, progress: &Progress) -> anyhow::Result<()> {
        for file in self.missing() {
            let slot = slots.iter().find(|slot| slot.name == file.name).context("the exchange names no place for a file")?;
            client.upload(slot, &file.content()?, progress).await?;
            self.record.uploaded.insert(file.name);
            self.save()?;
        }
        Ok(())
    }

    fn missing(&self) -> Vec<Parcel> {
        self.record.files.iter().filter(|file| !self.record.uploaded.contains(&file.name)).cloned().collect()
    }

    fn is_uploaded(&self) -> bool {
        self.record.uploaded.len() == self.record.files.len()
    }

    fn save(&self) -> anyhow::Result<()> {
        home::write_json(&self.path, &self.record)
    }
}

fn is_forbidden(error: &anyhow::Error) -> bool {
    error.downcast_ref::<ClientError>().and_then(ClientError::status) == Some(StatusCode::FORBIDDEN)
}
