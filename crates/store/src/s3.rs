//! Files in S3, or in whatever speaks its protocol.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::str::Utf8Error;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumMode, EncodingType, MetadataDirective, ObjectVersion, TaggingDirective};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use exchange::{METADATA_NAME, Sha256Digest};
use futures::TryStreamExt;
use futures::stream::{self, StreamExt};
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest, Sha256};

use crate::StoreError;
use crate::files::{Body, CopyOrder, Files, ListedVersion, Object, Opened, VersionPage, VersionPlace, Written};
use crate::links::{Link, Links, Upload};
use crate::sdk::{classify, status_of};

/// What stays as it is in the header `x-amz-copy-source`.
const COPY_SOURCE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Codes with which S3 says that this object can never be read by us: gone, archived, or encrypted with a key that only the sender has (SSE-C).
/// AccessDenied isn't among them: it may be our own role that lacks a permission, and then nothing may be refused because of it.
/// Source: AWS, "Error responses", list of error codes; GetObject, "Errors".
const NEVER_READABLE: &[&str] = &["NoSuchKey", "NoSuchVersion", "NotFound", "MethodNotAllowed", "InvalidObjectState", "InvalidRequest"];

/// Files in one bucket.
#[derive(Debug, Clone)]
pub struct S3Files {
    client: Client,
    bucket: String,
}

impl S3Files {
    /// The files of `bucket`.
    pub fn new(client: Client, bucket: impl Into<String>) -> Self {
        Self { client, bucket: bucket.into() }
    }
}

#[async_trait]
impl Files for S3Files {
    async fn open(&self, key: &str, version: Option<&str>) -> Result<Opened, StoreError> {
        let answer = self.client.get_object().bucket(&self.bucket).key(key).set_version_id(version.map(str::to_owned)).send().await;
        match answer {
            Ok(output) => Ok(Opened::Object(object(output, version)?)),
            Err(error) if never_readable(&error) => Ok(Opened::Unreadable),
            Err(error) => Err(classify("files.open", error)),
        }
    }

    async fn open_range(&self, key: &str, range: Range<u64>) -> Result<Option<Body>, StoreError> {
        let bytes = format!("bytes={}-{}", range.start, range.end.saturating_sub(1));
        match self.client.get_object().bucket(&self.bucket).key(key).range(bytes).send().await {
            Ok(output) => Ok(Some(chunks(output.body))),
            Err(error) if never_readable(&error) => Ok(None),
            Err(error) => Err(classify("files.open_range", error)),
        }
    }

    async fn copy(&self, order: &CopyOrder) -> Result<Written, StoreError> {
        let source = format!("{}/{}?versionId={}", self.bucket, utf8_percent_encode(&order.source, COPY_SOURCE), order.version);
        let answer = self
            .client
            .copy_object()
            .bucket(&self.bucket)
            .key(&order.destination)
            .copy_source(source)
            .if_none_match("*")
            .metadata_directive(MetadataDirective::Replace)
            .tagging_directive(TaggingDirective::Replace)
            .set_metadata(Some(HashMap::from([(METADATA_NAME.to_owned(), order.manifest.clone())])))
            .content_type(order.content_type)
            .content_disposition(&order.content_disposition)
            // so that the copy carries one whether or not the upload did
            .checksum_algorithm(ChecksumAlgorithm::Sha256)
            .send()
            .await;
        written("files.copy", answer.map(drop))
    }

    async fn create(&self, key: &str, content_type: &str, body: Vec<u8>) -> Result<Written, StoreError> {
        let answer = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .if_none_match("*")
            .content_type(content_type)
            .checksum_algorithm(ChecksumAlgorithm::Sha256)
            .body(ByteStream::from(body))
            .send()
            .await;
        written("files.create", answer.map(drop))
    }

    async fn digest(&self, key: &str) -> Result<Option<Sha256Digest>, StoreError> {
        const OPERATION: &str = "files.digest";
        let output = match self.client.head_object().bucket(&self.bucket).key(key).checksum_mode(ChecksumMode::Enabled).send().await {
            Ok(output) => output,
            Err(error) if status_of(&error) == Some(404) => return Ok(None),
            Err(error) => return Err(classify(OPERATION, error)),
        };
        let stored =
            output.checksum_sha256().and_then(|text| STANDARD.decode(text).ok()).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        if let Some(bytes) = stored {
            return Ok(Some(Sha256Digest::from_bytes(bytes)));
        }
        // a store that keeps no checksum of the whole: read it
        let output = self.client.get_object().bucket(&self.bucket).key(key).send().await.map_err(|error| classify(OPERATION, error))?;
        let mut hasher = Sha256::new();
        let mut body = chunks(output.body);
        while let Some(chunk) = body.try_next().await? {
            hasher.update(&chunk);
        }
        Ok(Some(Sha256Digest::from_bytes(hasher.finalize().into())))
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let answer = self.client.list_objects_v2().bucket(&self.bucket).prefix(prefix).send().await;
        let output = answer.map_err(|error| classify("files.list", error))?;
        Ok(output.contents().iter().filter_map(|object| object.key().map(str::to_owned)).collect())
    }

    async fn versions(&self, prefix: &str, place: Option<&VersionPlace>) -> Result<VersionPage, StoreError> {
        const OPERATION: &str = "files.versions";
        let place = place.cloned();
        let (key, version) = place.map(|place| (place.key, place.version)).unzip();
        // encoded: what XML can't hold may stand in a key
        let request = self.client.list_object_versions().bucket(&self.bucket).prefix(prefix).encoding_type(EncodingType::Url);
        let request = request.set_key_marker(key).set_version_id_marker(version.flatten());
        let output = request.send().await.map_err(|error| classify(OPERATION, error))?;
        let items = output.versions().iter().filter_map(listed).collect::<Result<_, _>>();
        let next = output.next_key_marker().map(|key| {
            Ok::<_, Utf8Error>(VersionPlace { key: url_decoded(key)?, version: output.next_version_id_marker().map(str::to_owned) })
        });
        let unreadable = |error| StoreError::unreadable(OPERATION, error);
        Ok(VersionPage { items: items.map_err(unreadable)?, next: next.transpose().map_err(unreadable)? })
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        let answer = self.client.delete_object().bucket(&self.bucket).key(key).send().await;
        answer.map(drop).map_err(|error| classify("files.remove", error))
    }
}

#[async_trait]
impl Links for S3Files {
    async fn upload(&self, upload: &Upload, holds: Duration) -> Result<Link, StoreError> {
        const OPERATION: &str = "links.upload";
        let (expires_at, holds) = presigning(OPERATION, holds)?;
        let length = i64::try_from(upload.size_bytes).map_err(|error| StoreError::unreadable(OPERATION, error))?;
        let put = self.client.put_object().bucket(&self.bucket).key(&upload.key).metadata(METADATA_NAME, &upload.manifest);
        let put = put.checksum_sha256(upload.sha256.base64_standard()).content_length(length);
        let signed = put.presigned(holds).await.map_err(|error| classify(OPERATION, error))?;
        Ok(link(&signed, expires_at))
    }

    async fn download(&self, key: &str, holds: Duration) -> Result<Link, StoreError> {
        const OPERATION: &str = "links.download";
        let (expires_at, holds) = presigning(OPERATION, holds)?;
        let signed = self.client.get_object().bucket(&self.bucket).key(key).presigned(holds).await;
        Ok(link(&signed.map_err(|error| classify(OPERATION, error))?, expires_at))
    }
}

/// A version of a listing; none where the service left out what every version has.
fn listed(version: &ObjectVersion) -> Option<Result<ListedVersion, Utf8Error>> {
    let stored_at = Timestamp::from_millisecond(version.last_modified()?.to_millis().ok()?).ok()?;
    let (id, size_bytes) = (version.version_id()?.to_owned(), u64::try_from(version.size()?).ok()?);
    let in_parts = version.e_tag()?.contains('-');
    Some(url_decoded(version.key()?).map(|key| ListedVersion { key, version: id, size_bytes, stored_at, in_parts }))
}

/// A key as listings carry it when it is asked for encoded: `+` is a space.
fn url_decoded(key: &str) -> Result<String, Utf8Error> {
    percent_decode_str(&key.replace('+', " ")).decode_utf8().map(Cow::into_owned)
}

/// For how long, counted from now by the machine's clock: whatever day the exchange runs at, signatures go by it.
fn presigning(operation: &'static str, holds: Duration) -> Result<(Timestamp, PresigningConfig), StoreError> {
    let unreadable = |error: &dyn std::fmt::Display| StoreError::unreadable(operation, error);
    let begins = SystemTime::now();
    let config = PresigningConfig::builder().start_time(begins).expires_in(holds).build().map_err(|error| unreadable(&error))?;
    let expires_at = Timestamp::try_from(begins).and_then(|begins| begins.checked_add(holds)).map_err(|error| unreadable(&error))?;
    Ok((expires_at, config))
}

fn link(signed: &PresignedRequest, expires_at: Timestamp) -> Link {
    let headers = signed.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Link { method: signed.method().to_owned(), url: signed.uri().to_owned(), headers, expires_at }
}

fn object(output: GetObjectOutput, asked: Option<&str>) -> Result<Object, StoreError> {
    let version = output.version_id().or(asked).ok_or_else(|| StoreError::unreadable("files.open", "the bucket keeps no versions"))?;
    Ok(Object {
        version: version.to_owned(),
        size_bytes: output.content_length().and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or_default(),
        manifest: output.metadata().and_then(|metadata| metadata.get(METADATA_NAME)).cloned(),
        body: chunks(output.body),
    })
}

fn chunks(body: ByteStream) -> Body {
    stream::try_unfold(body, |mut body| async move {
        let next = body.try_next().await.map_err(|error| StoreError::Retry {
            operation: "files.open",
            detail: "the body broke off or doesn't fit its checksum".into(),
            source: Some(Box::new(error)),
        })?;
        Ok(next.map(|chunk| (chunk, body)))
    })
    .boxed()
}

fn written<E>(operation: &'static str, answer: Result<(), SdkError<E>>) -> Result<Written, StoreError>
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match answer {
        Ok(()) => Ok(Written::Created),
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html: 412 it exists, 409 another write is under way
        Err(error) if status_of(&error) == Some(412) => Ok(Written::Existed),
        Err(error) => Err(classify(operation, error)),
    }
}

fn never_readable<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    error.as_service_error().and_then(ProvideErrorMetadata::code).is_some_and(|code| NEVER_READABLE.contains(&code))
}
