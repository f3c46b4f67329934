//! Between the store's words and those of the protocol.

use std::collections::BTreeMap;
use std::time::SystemTime;

use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use s3s::dto::{self, ETag, ETagCondition};
use s3s::{S3Error, S3ErrorCode, S3Result, s3_error};

use crate::objects::{Algorithm, Attributes, Checksums, ObjectError, Version, WriteCondition};

/// S3's limit on user metadata: names and values together.
const METADATA_LIMIT: usize = 2048;

impl From<ObjectError> for S3Error {
    fn from(error: ObjectError) -> Self {
        match error {
            ObjectError::NoSuchKey => s3_error!(NoSuchKey, "The specified key does not exist."),
            ObjectError::DeleteMarker { version_id, named } => delete_marker(&version_id, named),
            ObjectError::NoSuchVersion => s3_error!(NoSuchVersion, "The specified version does not exist."),
            ObjectError::NoSuchUpload => s3_error!(NoSuchUpload, "The specified upload does not exist."),
            ObjectError::PreconditionFailed => s3_error!(PreconditionFailed, "At least one of the pre-conditions did not hold."),
            ObjectError::NotModified(version) => not_modified(&version),
            ObjectError::BadDigest => s3_error!(BadDigest, "The body does not fit the checksum in the request."),
            ObjectError::InvalidDigest => s3_error!(InvalidDigest, "A checksum in the request is ill-formed."),
            ObjectError::IncompleteBody => s3_error!(IncompleteBody, "The body does not have the announced length."),
            ObjectError::InvalidPart => s3_error!(InvalidPart, "A named part was not uploaded, or not so."),
            ObjectError::InvalidPartOrder => s3_error!(InvalidPartOrder, "The parts must be named in rising order."),
            ObjectError::EntityTooSmall => s3_error!(EntityTooSmall, "Every part but the last must have 5 MiB or more."),
            ObjectError::Body(source) => {
                let code = S3ErrorCode::Custom("XAmzContentSHA256Mismatch".into());
                let mut error = Self::with_message(code, "The body broke off or does not fit its signature.");
                error.set_status_code(http::StatusCode::BAD_REQUEST);
                error.set_source(source);
                error
            }
            ObjectError::Storage(source) => {
                tracing::error!(error = %source, "the object store failed");
                s3_error!(InternalError, "The store failed: repeat the request.")
            }
        }
    }
}

fn delete_marker(version_id: &str, named: bool) -> S3Error {
    let mut error = if named {
        s3_error!(MethodNotAllowed, "The version is a delete marker.")
    } else {
        s3_error!(NoSuchKey, "The specified key does not exist.")
    };
    let mut headers = HeaderMap::new();
    headers.insert(HeaderName::from_static("x-amz-delete-marker"), HeaderValue::from_static("true"));
    if let Ok(id) = HeaderValue::from_str(version_id) {
        headers.insert(HeaderName::from_static("x-amz-version-id"), id);
    }
    error.set_headers(headers);
    error
}

fn not_modified(version: &Version) -> S3Error {
    let mut error = s3_error!(NotModified);
    let mut headers = HeaderMap::new();
    if let Ok(etag) = HeaderValue::from_str(&format!("\"{}\"", version.etag)) {
        headers.insert(http::header::ETAG, etag);
    }
    error.set_headers(headers);
    error
}

pub(super) fn time(at: Timestamp) -> dto::Timestamp {
    SystemTime::from(at).into()
}

/// Last-Modified shows whole seconds, and is compared in them.
pub(super) fn is_after(modified: Timestamp, shown: &dto::Timestamp) -> bool {
    let at = Timestamp::from_second(modified.as_second()).unwrap_or(modified);
    time(at) > *shown
}

pub(super) fn etag(version: &str) -> ETag {
    ETag::Strong(version.to_owned())
}

/// Whether `condition` names this ETag, or all.
pub(super) fn names(condition: &ETagCondition, etag: &str) -> bool {
    condition.is_any() || condition.as_etag().is_some_and(|named| named.value() == etag)
}

/// The condition of a write. S3 knows `If-None-Match: *` and `If-Match` with an ETag.
pub(super) fn write_condition(matches: Option<&ETagCondition>, none_match: Option<&ETagCondition>) -> S3Result<WriteCondition> {
    match (matches, none_match) {
        (None, None) => Ok(WriteCondition::Always),
        (None, Some(ETagCondition::Any)) => Ok(WriteCondition::Absent),
        (Some(ETagCondition::ETag(etag)), None) => Ok(WriteCondition::Matches(etag.value().to_owned())),
        _ => Err(s3_error!(NotImplemented, "writes take If-None-Match: * or If-Match with an ETag")),
    }
}

pub(super) fn algorithm(name: &dto::ChecksumAlgorithm) -> S3Result<Algorithm> {
    match name.as_str() {
        dto::ChecksumAlgorithm::CRC32 => Ok(Algorithm::Crc32),
        dto::ChecksumAlgorithm::CRC32C => Ok(Algorithm::Crc32c),
        dto::ChecksumAlgorithm::CRC64NVME => Ok(Algorithm::Crc64Nvme),
        dto::ChecksumAlgorithm::SHA1 => Ok(Algorithm::Sha1),
        dto::ChecksumAlgorithm::SHA256 => Ok(Algorithm::Sha256),
        _ => Err(s3_error!(InvalidRequest, "unknown checksum algorithm")),
    }
}

pub(super) fn algorithm_name(algorithm: Algorithm) -> dto::ChecksumAlgorithm {
    dto::ChecksumAlgorithm::from_static(match algorithm {
        Algorithm::Crc32 => dto::ChecksumAlgorithm::CRC32,
        Algorithm::Crc32c => dto::ChecksumAlgorithm::CRC32C,
        Algorithm::Crc64Nvme => dto::ChecksumAlgorithm::CRC64NVME,
        Algorithm::Sha1 => dto::ChecksumAlgorithm::SHA1,
        Algorithm::Sha256 => dto::ChecksumAlgorithm::SHA256,
    })
}

pub(super) fn checksum_type(composite: bool) -> dto::ChecksumType {
    dto::ChecksumType::from_static(if composite { dto::ChecksumType::COMPOSITE } else { dto::ChecksumType::FULL_OBJECT })
}

/// The checksums among an input's fields.
macro_rules! given_checksums {
    ($input:expr) => {
        crate::objects::Checksums {
            crc32: $input.checksum_crc32.clone(),
            crc32c: $input.checksum_crc32c.clone(),
            crc64nvme: $input.checksum_crc64nvme.clone(),
            sha1: $input.checksum_sha1.clone(),
            sha256: $input.checksum_sha256.clone(),
            composite: false,
        }
    };
}
pub(super) use given_checksums;

/// Sets the checksum fields of an output.
macro_rules! set_checksums {
    ($output:expr, $checksums:expr) => {{
        let checksums: crate::objects::Checksums = $checksums;
        $output.checksum_crc32 = checksums.crc32;
        $output.checksum_crc32c = checksums.crc32c;
        $output.checksum_crc64nvme = checksums.crc64nvme;
        $output.checksum_sha1 = checksums.sha1;
        $output.checksum_sha256 = checksums.sha256;
    }};
}
pub(super) use set_checksums;

/// The attributes among an input's fields.
macro_rules! given_attributes {
    ($input:expr) => {
        crate::s3::convert::attributes(
            crate::objects::Attributes {
                content_type: $input.content_type.take(),
                content_encoding: $input.content_encoding.take(),
                content_language: $input.content_language.take(),
                content_disposition: $input.content_disposition.take(),
                cache_control: $input.cache_control.take(),
                expires: $input.expires.take(),
                metadata: Default::default(),
                tags: $input.tagging.take(),
            },
            $input.metadata.take(),
        )
    };
}
pub(super) use given_attributes;

/// Sets the attribute fields of an output.
macro_rules! set_attributes {
    ($output:expr, $attributes:expr) => {{
        let attributes: crate::objects::Attributes = $attributes;
        $output.content_type = Some(attributes.content_type.unwrap_or_else(|| "binary/octet-stream".to_owned()));
        $output.content_encoding = attributes.content_encoding;
        $output.content_language = attributes.content_language;
        $output.content_disposition = attributes.content_disposition;
        $output.cache_control = attributes.cache_control;
        $output.expires = attributes.expires;
        $output.metadata = Some(attributes.metadata.into_iter().collect());
    }};
}
pub(super) use set_attributes;

pub(super) fn attributes(mut attributes: Attributes, metadata: Option<dto::Metadata>) -> S3Result<Attributes> {
    let metadata: BTreeMap<String, String> =
        metadata.unwrap_or_default().into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
    if metadata.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() > METADATA_LIMIT {
        return Err(s3_error!(MetadataTooLarge, "User metadata exceeds 2 KB."));
    }
    attributes.metadata = metadata;
    // how the body travelled, not what it is
    attributes.content_encoding = attributes.content_encoding.and_then(|encoding| {
        let kept: Vec<&str> = encoding.split(',').map(str::trim).filter(|part| !part.is_empty() && *part != "aws-chunked").collect();
        (!kept.is_empty()).then(|| kept.join(","))
    });
    Ok(attributes)
}

/// The checksums that came after the body.
pub(super) fn trailing(headers: &HeaderMap) -> Checksums {
    let of = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Checksums {
        crc32: of("x-amz-checksum-crc32"),
        crc32c: of("x-amz-checksum-crc32c"),
        crc64nvme: of("x-amz-checksum-crc64nvme"),
        sha1: of("x-amz-checksum-sha1"),
        sha256: of("x-amz-checksum-sha256"),
        composite: false,
    }
}
