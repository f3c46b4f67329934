//! An office's software: S3 over HTTP with presigned requests, the API by the command's own client, and nothing that an office doesn't have.

use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, bail, ensure};
use embedded::operator::OfficeAccess;
use exchange::sign::{ManifestDraft, SigningKey};
use exchange::{DeliveryDocument, METADATA_NAME, Report, Sha256Digest, TransmissionId, keys};
use reqwest::{Client, StatusCode, Url};
use rusty_s3::actions::ListObjectsV2;
use rusty_s3::{Bucket, Credentials, S3Action as _, UrlStyle};
use standard::{Address, FileName, OfficeNumber};

use crate::client;

/// How long a signed request holds.
const HOLDS: Duration = Duration::from_secs(60);
/// How long the exchange may take in the demo; it takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(10);

/// One office's software with its S3 credentials, and its key for manifests and the API.
pub(crate) struct Software {
    pub(crate) address: Address,
    pub(crate) name: &'static str,
    pub(crate) api: client::Client,
    bucket: Bucket,
    credentials: Credentials,
    http: Client,
}

/// What was uploaded.
pub(crate) struct Uploaded {
    pub(crate) key: String,
    pub(crate) version: String,
}

/// How a file ended.
pub(crate) enum Ending {
    Delivered(DeliveryDocument),
    /// The report and its key.
    Rejected(Report, String),
}

impl Software {
    pub(crate) fn new(access: &OfficeAccess, api: &str, address: Address, name: &'static str, key: SigningKey) -> anyhow::Result<Self> {
        let endpoint: Url = access.endpoint.parse()?;
        let bucket = Bucket::new(endpoint, UrlStyle::Path, access.bucket.clone(), access.region.clone());
        Ok(Self {
            api: client::Client { exchange: client::Exchange::at(api)?, office: address.office, kid: key.kid()?, key },
            address,
            name,
            bucket: bucket.map_err(|error| anyhow!("the S3 endpoint can't be used: {error}"))?,
            credentials: Credentials::new_with_token(&access.access_key_id, &access.secret_access_key, &access.session_token),
            http: Client::builder().no_proxy().timeout(PATIENCE).build()?,
        })
    }

    pub(crate) fn number(&self) -> &OfficeNumber {
        &self.address.office
    }

    pub(crate) fn key(&self) -> &SigningKey {
        &self.api.key
    }

    /// Puts a file into the office's own outbox, with its manifest and a checksum that S3 holds the bytes against.
    pub(crate) async fn upload(&self, draft: &ManifestDraft, manifest: &str, bytes: &[u8]) -> anyhow::Result<Uploaded> {
        // an attachment's name can hold personal data, and keys end in logs: it travels in the manifest only
        let name = if FileName::claims_standard(&draft.name) { &draft.name } else { "1" };
        let key = format!("{}{}/{}/{name}", keys::OUTBOX, self.number(), draft.jti);
        let headers = [
            (format!("x-amz-meta-{METADATA_NAME}"), manifest.to_owned()),
            ("x-amz-checksum-sha256".to_owned(), Sha256Digest::of(bytes).base64_standard()),
        ];
        let mut put = self.bucket.put_object(Some(&self.credentials), &key);
        headers.iter().for_each(|(name, value)| put.headers_mut().insert(name.clone(), value.clone()));
        let url = put.sign(HOLDS);
        let request = headers.iter().fold(self.http.put(url), |request, (name, value)| request.header(name, value));
        let response = request.body(bytes.to_vec()).send().await?;
        ensure!(response.status().is_success(), "the upload was answered {}", response.status());
        let version = response.headers().get("x-amz-version-id").and_then(|version| version.to_str().ok());
        let version = version.context("the upload was answered without a version")?.to_owned();
        Ok(Uploaded { key, version })
    }

    /// Reads an object, or is refused.
    pub(crate) async fn read(&self, key: &str) -> anyhow::Result<Result<Vec<u8>, StatusCode>> {
        let url = self.bucket.get_object(Some(&self.credentials), key).sign(HOLDS);
        let response = self.http.get(url).send().await?;
        match response.status() {
            StatusCode::OK => Ok(Ok(response.bytes().await?.to_vec())),
            status => Ok(Err(status)),
        }
    }

    /// The keys in the office's own inbox.
    pub(crate) async fn inbox(&self) -> anyhow::Result<Vec<String>> {
        let mut list = self.bucket.list_objects_v2(Some(&self.credentials));
        list.with_prefix(format!("{}{}/", keys::INBOX, self.number()));
        let text = self.http.get(list.sign(HOLDS)).send().await?.error_for_status()?.text().await?;
        let listing = ListObjectsV2::parse_response(&text).map_err(|_| anyhow!("the listing is not what S3 answers"))?;
        // keys come as the query's encoding-type says: URL-encoded; ours hold nothing that would be
        Ok(listing.contents.into_iter().map(|object| object.key).collect())
    }

    /// Waits until what was uploaded has ended: in the recipient's inbox or in our returns.
    pub(crate) async fn ending(&self, uploaded: &Uploaded, id: &TransmissionId, recipient: &Self) -> anyhow::Result<Ending> {
        let delivery = keys::inbox_delivery(recipient.number(), id);
        let alone = keys::return_object(self.number(), &keys::object_digest(&uploaded.key, &uploaded.version));
        let reports = [keys::return_report(self.number(), id), alone];
        let since = Instant::now();
        while since.elapsed() < PATIENCE {
            if let Ok(document) = recipient.read(&delivery).await? {
                return Ok(Ending::Delivered(serde_json::from_slice(&document)?));
            }
            for key in &reports {
                if let Ok(report) = self.read(key).await? {
                    return Ok(Ending::Rejected(serde_json::from_slice(&report)?, key.clone()));
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("the exchange has not answered within {} seconds", PATIENCE.as_secs())
    }
}
