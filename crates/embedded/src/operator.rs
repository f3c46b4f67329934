//! `operator.json`: what an operator on this machine needs to reach the embedded exchange, readable by its owner only.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use exchange::Secret;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use standard::OfficeNumber;
use store::{Credentials, Endpoints, SessionKeys, Settings, SqsQueue, StoreError, Tables};

use crate::credentials::{KeyPair, MasterSecret, OfficeCredentials, issue};
use crate::disk::{private, sync_folder};
use crate::signed::Gate;
use crate::sqs;

/// The file's name in the data folder.
pub const FILE: &str = "operator.json";

/// How long an office's credentials hold (contract §6).
const CREDENTIALS_HOLD: jiff::SignedDuration = jiff::SignedDuration::from_hours(1);

/// The embedded exchange's addresses and secrets.
#[derive(Clone, Serialize, Deserialize)]
pub struct Operator {
    /// URL of the API.
    pub api: String,
    /// URL of the S3 endpoint.
    pub s3: String,
    /// URL of the DynamoDB endpoint.
    pub dynamodb: String,
    /// The bucket's name.
    pub bucket: String,
    /// The region requests are signed for.
    pub region: String,
    /// The operator's access key.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: String,
    /// What office credentials and keyed digests follow from, in hex.
    master_secret: String,
}

/// Why `operator.json` can't be used.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// No exchange has run on this folder.
    #[error("{0} is not there: start the exchange with `renkei local` first, or name its folder with --data")]
    Missing(PathBuf),
    /// It can't be read or written.
    #[error("{0}: {1}")]
    Io(PathBuf, #[source] io::Error),
    /// Not as this program writes it.
    #[error("{0} is damaged: remove it and start `renkei local` again (files and ledger stay)")]
    Damaged(PathBuf),
    /// The machine gives no random numbers.
    #[error("the system gives no random numbers: {0}")]
    Random(getrandom::Error),
}

/// What the outside is told (contract §7, `renkei local --json`).
#[derive(Debug, Clone, Serialize)]
pub struct Announcement<'a> {
    api: &'a str,
    s3: &'a str,
    dynamodb: &'a str,
    bucket: &'a str,
    region: &'a str,
    access_key_id: &'a str,
    secret_access_key: &'a str,
}

/// What an office's software needs for S3 (contract §7, `renkei admin credentials`).
#[derive(Clone, Serialize, Deserialize)]
pub struct OfficeAccess {
    /// URL of the S3 endpoint.
    pub endpoint: String,
    /// The region requests are signed for.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// Access key.
    pub access_key_id: String,
    /// Secret.
    pub secret_access_key: String,
    /// Session token.
    pub session_token: String,
}

impl Operator {
    /// Reads the file in `dir`.
    ///
    /// # Errors
    /// It isn't there, can't be read, or is damaged.
    pub fn read(dir: &Path) -> Result<Self, OperatorError> {
        let path = dir.join(FILE);
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(OperatorError::Missing(path)),
            Err(error) => return Err(OperatorError::Io(path, error)),
        };
        let operator: Self = serde_json::from_slice(&text).map_err(|_| OperatorError::Damaged(path.clone()))?;
        if hex::decode(&operator.master_secret).is_ok_and(|bytes| bytes.len() == 32) {
            Ok(operator)
        } else {
            Err(OperatorError::Damaged(path))
        }
    }

    /// The folder's secrets, kept from the last run or made now, at the addresses of this run.
    ///
    /// # Errors
    /// The file can't be read or written.
    pub(crate) fn prepare(dir: &Path, api: String, s3: String, dynamodb: String) -> Result<Self, OperatorError> {
        let operator = match Self::read(dir) {
            Ok(kept) => Self { api, s3, dynamodb, ..kept },
            Err(OperatorError::Missing(_)) => Self {
                api,
                s3,
                dynamodb,
                bucket: "renkei".to_owned(),
                region: "ap-northeast-1".to_owned(),
                access_key_id: format!("RNKP{}", hex::encode_upper(random::<8>()?)),
                secret_access_key: hex::encode(random::<20>()?),
                master_secret: hex::encode(random::<32>()?),
            },
            Err(error) => return Err(error),
        };
        operator.write(&dir.join(FILE)).map_err(|error| OperatorError::Io(dir.join(FILE), error))?;
        Ok(operator)
    }

    /// Replaces the file whole: a crash leaves the old one.
    fn write(&self, path: &Path) -> io::Result<()> {
        let fresh = path.with_extension("json.new");
        let mut file = private().create(true).truncate(true).open(&fresh)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.sync_all()?;
        std::fs::rename(fresh, path)?;
        path.parent().map_or(Ok(()), sync_folder)
    }

    /// What `renkei local` prints.
    pub fn announcement(&self) -> Announcement<'_> {
        Announcement {
            api: &self.api,
            s3: &self.s3,
            dynamodb: &self.dynamodb,
            bucket: &self.bucket,
            region: &self.region,
            access_key_id: &self.access_key_id,
            secret_access_key: &self.secret_access_key,
        }
    }

    /// S3 credentials for one office's own prefixes, for an hour from `now` (the machine's clock: signatures go by it).
    pub fn office_access(&self, office: &OfficeNumber, now: Timestamp) -> OfficeAccess {
        let expires_at = now.checked_add(CREDENTIALS_HOLD).unwrap_or(now);
        let OfficeCredentials { access_key_id, secret_access_key, session_token } = issue(&self.master(), office, expires_at);
        OfficeAccess {
            endpoint: self.s3.clone(),
            region: self.region.clone(),
            bucket: self.bucket.clone(),
            access_key_id,
            secret_access_key,
            session_token,
        }
    }

    /// The stores' names.
    pub fn settings(&self) -> Settings {
        Settings {
            bucket: self.bucket.clone(),
            tables: Tables { offices: "renkei-offices".to_owned(), ledger: "renkei-ledger".to_owned() },
        }
    }

    /// The stores' addresses.
    pub fn endpoints(&self) -> Endpoints {
        Endpoints {
            s3: self.s3.clone(),
            dynamodb: self.dynamodb.clone(),
            region: self.region.clone(),
            access_key_id: self.access_key_id.clone(),
            secret_access_key: self.secret_access_key.clone(),
        }
    }

    /// The queue of events, as SQS is asked.
    pub fn queue(&self) -> SqsQueue {
        SqsQueue::at(&self.endpoints(), format!("{}/000000000000/{}", self.dynamodb, sqs::EVENTS))
    }

    /// Its dead letters.
    pub fn dead_letters(&self) -> SqsQueue {
        SqsQueue::at(&self.endpoints(), format!("{}/000000000000/{}", self.dynamodb, sqs::DEAD_LETTERS))
    }

    pub(crate) fn gate(&self) -> Gate {
        Gate { operator: self.key_pair(), region: self.region.clone() }
    }

    /// What keyed digests are made with.
    ///
    /// # Errors
    /// The file was changed by hand.
    pub fn secret(&self) -> Result<Secret, OperatorError> {
        Secret::from_text(&self.master_secret).map_err(|_| OperatorError::Damaged(PathBuf::from(FILE)))
    }

    pub(crate) fn key_pair(&self) -> KeyPair {
        KeyPair { access_key_id: self.access_key_id.clone(), secret_access_key: self.secret_access_key.clone() }
    }

    pub(crate) fn master(&self) -> MasterSecret {
        let mut bytes = [0; 32];
        // its length was checked when it was read
        hex::decode_to_slice(&self.master_secret, &mut bytes).unwrap_or_default();
        MasterSecret::new(bytes)
    }
}

/// The embedded exchange hands them out itself: a key pair that follows from its master secret.
#[async_trait]
impl Credentials for Operator {
    async fn issue(&self, office: &OfficeNumber) -> Result<SessionKeys, StoreError> {
        // signatures go by the machine's clock, whatever day the exchange runs at
        let now = Timestamp::now();
        let OfficeAccess { endpoint, region, bucket, access_key_id, secret_access_key, session_token } = self.office_access(office, now);
        let expires_at = now.checked_add(CREDENTIALS_HOLD).unwrap_or(now);
        Ok(SessionKeys { endpoint, region, bucket, access_key_id, secret_access_key, session_token, expires_at })
    }
}

fn random<const N: usize>() -> Result<[u8; N], OperatorError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(OperatorError::Random)?;
    Ok(bytes)
}
