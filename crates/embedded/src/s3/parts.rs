//! Multipart uploads.

use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, ChecksumType, CompleteMultipartUploadInput, CompleteMultipartUploadOutput,
    CompletedPart, CopyPartResult, CreateMultipartUploadInput, CreateMultipartUploadOutput, ListMultipartUploadsInput,
    ListMultipartUploadsOutput, ListPartsInput, ListPartsOutput, MultipartUpload, Part, UploadPartCopyInput, UploadPartCopyOutput,
    UploadPartInput, UploadPartOutput,
};
use s3s::{S3Request, S3Result, s3_error};

use super::convert::{self, given_attributes, given_checksums, set_checksums};
use super::reading::{self, Conditions};
use super::service::Bucket;
use super::{copying, writing};
use crate::objects::{Algorithm, Checksums, Completion, Expected, PartClaim, PartView, UploadChecksum};

const MOST_AT_ONCE: i32 = 1000;

pub(super) async fn begin(bucket: &Bucket, request: S3Request<CreateMultipartUploadInput>) -> S3Result<CreateMultipartUploadOutput> {
    let mut input = request.input;
    let store = bucket.store(&input.bucket)?;
    let checksum = checksum_of(&input)?;
    let attributes = given_attributes!(input)?;
    let upload_id = store.begin_upload(input.key.clone(), attributes, checksum).await?;
    Ok(CreateMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(upload_id),
        checksum_algorithm: Some(convert::algorithm_name(checksum.algorithm)),
        checksum_type: Some(convert::checksum_type(checksum.composite)),
        ..Default::default()
    })
}

pub(super) async fn upload(bucket: &Bucket, request: S3Request<UploadPartInput>) -> S3Result<UploadPartOutput> {
    let S3Request { mut input, headers, trailing_headers, .. } = request;
    let store = bucket.store(&input.bucket)?;
    let number = part_number(input.part_number)?;
    let checksum = store.upload_checksum(input.key.clone(), input.upload_id.clone()).await?;
    let expected = Expected {
        size: input.content_length.and_then(|length| u64::try_from(length).ok()),
        md5: input.content_md5.take(),
        checksums: given_checksums!(input),
    };
    let announced = input.checksum_algorithm.as_ref().map(convert::algorithm).transpose()?;
    let other = announced.into_iter().chain(expected.checksums.algorithms()).any(|given| given != checksum.algorithm);
    if checksum.named && other {
        return Err(s3_error!(InvalidRequest, "the part's checksum algorithm is not the upload's"));
    }
    let trailer = headers.contains_key("x-amz-trailer").then_some(trailing_headers).flatten();
    let staged = writing::stage(store, input.body.take(), expected, announced, trailer, Some(checksum.algorithm)).await?;
    let part = store.put_part(input.key, input.upload_id, number, staged).await?;
    let mut output = UploadPartOutput { e_tag: Some(convert::etag(&part.etag)), ..Default::default() };
    set_checksums!(output, part.checksums);
    Ok(output)
}

pub(super) async fn copy(bucket: &Bucket, request: S3Request<UploadPartCopyInput>) -> S3Result<UploadPartCopyOutput> {
    let input = request.input;
    let store = bucket.store(&input.bucket)?;
    let number = part_number(input.part_number)?;
    let checksum = store.upload_checksum(input.key.clone(), input.upload_id.clone()).await?;
    let (source, source_version) = copying::source(bucket, &input.copy_source)?;
    let found = store.get(source, source_version).await?;
    let conditions = Conditions {
        matches: input.copy_source_if_match,
        none_match: input.copy_source_if_none_match,
        modified_since: input.copy_source_if_modified_since,
        unmodified_since: input.copy_source_if_unmodified_since,
    };
    copying::accept(&conditions, &found.version)?;
    let ill_formed = |_error| s3_error!(InvalidArgument, "the source's range is ill-formed");
    let range = input.copy_source_range.as_deref().map(s3s::dto::Range::parse).transpose().map_err(ill_formed)?;
    let part = range.map_or(Ok(0..found.version.size), |range| range.check(found.version.size))?;
    let body = reading::bytes_of(found.file, part).await?;
    let staged = store.stage(body, vec![checksum.algorithm]).await?;
    let part = store.put_part(input.key, input.upload_id, number, staged).await?;
    let mut result =
        CopyPartResult { e_tag: Some(convert::etag(&part.etag)), last_modified: Some(convert::time(part.modified)), ..Default::default() };
    set_checksums!(result, part.checksums);
    let copy_source_version_id = Some(found.version.version_id);
    Ok(UploadPartCopyOutput { copy_part_result: Some(result), copy_source_version_id, ..Default::default() })
}

pub(super) async fn complete(bucket: &Bucket, request: S3Request<CompleteMultipartUploadInput>) -> S3Result<CompleteMultipartUploadOutput> {
    let input = request.input;
    let store = bucket.store(&input.bucket)?;
    let condition = convert::write_condition(input.if_match.as_ref(), input.if_none_match.as_ref())?;
    let completion = Completion {
        expected: given_checksums!(input),
        size: input.mpu_object_size.and_then(|size| u64::try_from(size).ok()),
        parts: input
            .multipart_upload
            .and_then(|upload| upload.parts)
            .unwrap_or_default()
            .into_iter()
            .map(claim)
            .collect::<S3Result<_>>()?,
        upload_id: input.upload_id,
        key: input.key,
        condition,
    };
    let version = store.complete_upload(completion).await?;
    let mut output = CompleteMultipartUploadOutput {
        location: Some(format!("/{}/{}", input.bucket, version.key)),
        bucket: Some(input.bucket),
        key: Some(version.key),
        e_tag: Some(convert::etag(&version.etag)),
        version_id: Some(version.version_id),
        checksum_type: Some(convert::checksum_type(version.checksums.composite)),
        ..Default::default()
    };
    set_checksums!(output, version.checksums);
    Ok(output)
}

pub(super) async fn abort(bucket: &Bucket, request: S3Request<AbortMultipartUploadInput>) -> S3Result<AbortMultipartUploadOutput> {
    let input = request.input;
    bucket.store(&input.bucket)?.abort_upload(input.key, input.upload_id).await?;
    Ok(AbortMultipartUploadOutput::default())
}

pub(super) async fn list(bucket: &Bucket, request: S3Request<ListPartsInput>) -> S3Result<ListPartsOutput> {
    let input = request.input;
    let store = bucket.store(&input.bucket)?;
    let checksum = store.upload_checksum(input.key.clone(), input.upload_id.clone()).await?;
    let max = input.max_parts.unwrap_or(MOST_AT_ONCE).clamp(0, MOST_AT_ONCE);
    let after = input.part_number_marker.unwrap_or(0);
    let mut parts = store.parts(input.key.clone(), input.upload_id.clone()).await?;
    parts.retain(|part| part.number > after);
    let is_truncated = parts.len() > usize::try_from(max).unwrap_or(0);
    parts.truncate(usize::try_from(max).unwrap_or(0));
    Ok(ListPartsOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(input.upload_id),
        max_parts: Some(max),
        part_number_marker: Some(after),
        is_truncated: Some(is_truncated),
        next_part_number_marker: parts.last().map(|part| part.number),
        checksum_algorithm: Some(convert::algorithm_name(checksum.algorithm)),
        checksum_type: Some(convert::checksum_type(checksum.composite)),
        parts: Some(parts.into_iter().map(shown).collect()),
        ..Default::default()
    })
}

pub(super) async fn list_uploads(bucket: &Bucket, request: S3Request<ListMultipartUploadsInput>) -> S3Result<ListMultipartUploadsOutput> {
    let input = request.input;
    let store = bucket.store(&input.bucket)?;
    if input.delimiter.is_some() {
        return Err(s3_error!(NotImplemented, "unfinished uploads are not grouped"));
    }
    let max = input.max_uploads.unwrap_or(MOST_AT_ONCE).clamp(0, MOST_AT_ONCE);
    let mut uploads = store.uploads(input.prefix.clone().unwrap_or_default()).await?;
    let after = (input.key_marker.clone().unwrap_or_default(), input.upload_id_marker.clone());
    uploads.retain(|upload| match &after {
        (key, None) => upload.key > *key,
        (key, Some(id)) => (&upload.key, &upload.upload_id) > (key, id),
    });
    let is_truncated = uploads.len() > usize::try_from(max).unwrap_or(0);
    uploads.truncate(usize::try_from(max).unwrap_or(0));
    let last = uploads.last().filter(|_| is_truncated);
    Ok(ListMultipartUploadsOutput {
        next_key_marker: last.map(|upload| upload.key.clone()),
        next_upload_id_marker: last.map(|upload| upload.upload_id.clone()),
        bucket: Some(input.bucket),
        prefix: input.prefix,
        key_marker: input.key_marker,
        upload_id_marker: input.upload_id_marker,
        max_uploads: Some(max),
        is_truncated: Some(is_truncated),
        uploads: Some(
            uploads
                .into_iter()
                .map(|upload| MultipartUpload {
                    key: Some(upload.key),
                    upload_id: Some(upload.upload_id),
                    initiated: Some(convert::time(upload.initiated)),
                    checksum_algorithm: Some(convert::algorithm_name(upload.checksum.algorithm)),
                    checksum_type: Some(convert::checksum_type(upload.checksum.composite)),
                    ..Default::default()
                })
                .collect(),
        ),
        ..Default::default()
    })
}

/// S3's defaults: CRC-64/NVME over the bytes; the others over the parts' checksums.
fn checksum_of(input: &CreateMultipartUploadInput) -> S3Result<UploadChecksum> {
    let algorithm = input.checksum_algorithm.as_ref().map_or(Ok(Algorithm::Crc64Nvme), convert::algorithm)?;
    let composite = match input.checksum_type.as_ref().map(ChecksumType::as_str) {
        None => algorithm != Algorithm::Crc64Nvme,
        Some(ChecksumType::COMPOSITE) => true,
        Some(ChecksumType::FULL_OBJECT) => false,
        Some(_) => return Err(s3_error!(InvalidRequest, "unknown checksum type")),
    };
    let fits = match algorithm {
        Algorithm::Crc64Nvme => !composite,
        Algorithm::Sha1 | Algorithm::Sha256 => composite,
        Algorithm::Crc32 | Algorithm::Crc32c => true,
    };
    if fits {
        Ok(UploadChecksum { algorithm, composite, named: input.checksum_algorithm.is_some() })
    } else {
        Err(s3_error!(InvalidRequest, "the checksum type does not fit its algorithm"))
    }
}

fn part_number(number: i32) -> S3Result<i32> {
    if (1..=10_000).contains(&number) { Ok(number) } else { Err(s3_error!(InvalidArgument, "part numbers are 1 to 10,000")) }
}

fn claim(part: CompletedPart) -> S3Result<PartClaim> {
    let checksums: Checksums = given_checksums!(part);
    let number = part_number(part.part_number.unwrap_or(0))?;
    Ok(PartClaim { number, etag: part.e_tag.map(|etag| etag.value().to_owned()), checksums })
}

fn shown(view: PartView) -> Part {
    let mut part = Part {
        part_number: Some(view.number),
        size: i64::try_from(view.size).ok(),
        e_tag: Some(convert::etag(&view.etag)),
        last_modified: Some(convert::time(view.modified)),
        ..Default::default()
    };
    set_checksums!(part, view.checksums);
    part
}
