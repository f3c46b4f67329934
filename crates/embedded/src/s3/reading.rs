//! GetObject, HeadObject, GetObjectTagging.

use std::fs::File;
use std::io::SeekFrom;
use std::ops::Range;

use bytes::BytesMut;
use futures::{Stream, stream};
use s3s::dto::{
    ETagCondition, GetObjectInput, GetObjectOutput, GetObjectTaggingInput, GetObjectTaggingOutput, HeadObjectInput, HeadObjectOutput,
    StreamingBlob, Tag, Timestamp,
};
use s3s::{S3Request, S3Result, s3_error};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use super::convert::{self, set_attributes, set_checksums};
use super::service::Bucket;
use crate::objects::{ObjectError, Version};

const CHUNK: usize = 64 * 1024;

pub(super) async fn read(bucket: &Bucket, request: S3Request<GetObjectInput>) -> S3Result<GetObjectOutput> {
    let overridden = s3s_overrides(&request.input);
    let input = request.input;
    let found = bucket.store(&input.bucket)?.get(input.key, input.version_id).await?;
    let version = found.version;
    Conditions {
        matches: input.if_match,
        none_match: input.if_none_match,
        modified_since: input.if_modified_since,
        unmodified_since: input.if_unmodified_since,
    }
    .check(&version)?;
    let range = span(&version, input.range.as_ref(), input.part_number)?;
    let whole = range.is_none();
    let part = range.unwrap_or(0..version.size);
    let mut output = GetObjectOutput {
        body: Some(StreamingBlob::wrap(bytes_of(found.file, part.clone()).await?)),
        content_length: i64::try_from(part.end - part.start).ok(),
        content_range: (!whole).then(|| content_range(&part, version.size)),
        accept_ranges: Some("bytes".to_owned()),
        e_tag: Some(convert::etag(&version.etag)),
        last_modified: Some(convert::time(version.modified)),
        tag_count: tag_count(&version),
        version_id: Some(version.version_id),
        ..Default::default()
    };
    if whole && input.checksum_mode.is_some() {
        output.checksum_type = Some(convert::checksum_type(version.checksums.composite));
        set_checksums!(output, version.checksums);
    }
    set_attributes!(output, version.attributes);
    overridden(&mut output);
    Ok(output)
}

pub(super) async fn head(bucket: &Bucket, request: S3Request<HeadObjectInput>) -> S3Result<HeadObjectOutput> {
    let input = request.input;
    let version = bucket.store(&input.bucket)?.head(input.key, input.version_id).await?;
    Conditions {
        matches: input.if_match,
        none_match: input.if_none_match,
        modified_since: input.if_modified_since,
        unmodified_since: input.if_unmodified_since,
    }
    .check(&version)?;
    let range = span(&version, input.range.as_ref(), input.part_number)?;
    let whole = range.is_none();
    let part = range.unwrap_or(0..version.size);
    let mut output = HeadObjectOutput {
        content_length: i64::try_from(part.end - part.start).ok(),
        content_range: (!whole).then(|| content_range(&part, version.size)),
        accept_ranges: Some("bytes".to_owned()),
        e_tag: Some(convert::etag(&version.etag)),
        last_modified: Some(convert::time(version.modified)),
        version_id: Some(version.version_id),
        ..Default::default()
    };
    if whole && input.checksum_mode.is_some() {
        output.checksum_type = Some(convert::checksum_type(version.checksums.composite));
        set_checksums!(output, version.checksums);
    }
    set_attributes!(output, version.attributes);
    Ok(output)
}

pub(super) async fn tags(bucket: &Bucket, request: S3Request<GetObjectTaggingInput>) -> S3Result<GetObjectTaggingOutput> {
    let input = request.input;
    let version = bucket.store(&input.bucket)?.head(input.key, input.version_id).await?;
    let tags = version.attributes.tags.unwrap_or_default();
    let tag_set = form_urlencoded::parse(tags.as_bytes())
        .map(|(key, value)| Tag { key: Some(key.into_owned()), value: Some(value.into_owned()) })
        .collect();
    Ok(GetObjectTaggingOutput { tag_set, version_id: Some(version.version_id) })
}

/// The conditions of a read (RFC 9110 §13.2.2, as S3 reads it).
pub(super) struct Conditions {
    pub(super) matches: Option<ETagCondition>,
    pub(super) none_match: Option<ETagCondition>,
    pub(super) modified_since: Option<Timestamp>,
    pub(super) unmodified_since: Option<Timestamp>,
}

impl Conditions {
    pub(super) fn check(&self, version: &Version) -> Result<(), ObjectError> {
        match (&self.matches, &self.unmodified_since) {
            (Some(condition), _) if !convert::names(condition, &version.etag) => return Err(ObjectError::PreconditionFailed),
            (None, Some(at)) if convert::is_after(version.modified, at) => return Err(ObjectError::PreconditionFailed),
            _ => {}
        }
        match (&self.none_match, &self.modified_since) {
            (Some(condition), _) if convert::names(condition, &version.etag) => Err(ObjectError::NotModified(Box::new(version.clone()))),
            (None, Some(at)) if !convert::is_after(version.modified, at) => Err(ObjectError::NotModified(Box::new(version.clone()))),
            _ => Ok(()),
        }
    }
}

/// The response headers that the request's query sets.
fn s3s_overrides(input: &GetObjectInput) -> impl FnOnce(&mut GetObjectOutput) + use<> {
    let content_type = input.response_content_type.clone();
    let disposition = input.response_content_disposition.clone();
    let cache_control = input.response_cache_control.clone();
    let (encoding, language) = (input.response_content_encoding.clone(), input.response_content_language.clone());
    move |output| {
        output.content_type = content_type.or(output.content_type.take());
        output.content_disposition = disposition.or(output.content_disposition.take());
        output.cache_control = cache_control.or(output.cache_control.take());
        output.content_encoding = encoding.or(output.content_encoding.take());
        output.content_language = language.or(output.content_language.take());
    }
}

fn span(version: &Version, range: Option<&s3s::dto::Range>, part_number: Option<i32>) -> S3Result<Option<Range<u64>>> {
    if part_number.is_some() {
        return Err(s3_error!(NotImplemented, "objects are not read by part number"));
    }
    Ok(range.map(|range| range.check(version.size)).transpose()?)
}

fn content_range(part: &Range<u64>, size: u64) -> String {
    format!("bytes {}-{}/{size}", part.start, part.end.saturating_sub(1))
}

fn tag_count(version: &Version) -> Option<i32> {
    let tags = version.attributes.tags.as_deref()?;
    i32::try_from(form_urlencoded::parse(tags.as_bytes()).count()).ok()
}

/// A part of a file, chunk by chunk.
pub(super) async fn bytes_of(file: File, part: Range<u64>) -> Result<impl Stream<Item = std::io::Result<bytes::Bytes>>, ObjectError> {
    let mut file = tokio::fs::File::from_std(file);
    file.seek(SeekFrom::Start(part.start)).await?;
    let file = file.take(part.end - part.start);
    Ok(stream::try_unfold(file, |mut file| async move {
        let mut chunk = BytesMut::with_capacity(CHUNK);
        let length = file.read_buf(&mut chunk).await?;
        Ok((length > 0).then(|| (chunk.freeze(), file)))
    }))
}
