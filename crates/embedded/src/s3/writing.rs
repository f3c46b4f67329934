//! PutObject, and what it shares with UploadPart.

use s3s::dto::{PutObjectInput, PutObjectOutput, StreamingBlob};
use s3s::{S3Request, S3Result, TrailingHeaders, s3_error};

use super::convert::{self, given_attributes, given_checksums, set_checksums};
use super::service::Bucket;
use crate::objects::{Algorithm, Expected, Staged, Store};

pub(super) async fn put(bucket: &Bucket, request: S3Request<PutObjectInput>) -> S3Result<PutObjectOutput> {
    let S3Request { mut input, headers, trailing_headers, .. } = request;
    let store = bucket.store(&input.bucket)?;
    if input.write_offset_bytes.is_some() {
        return Err(s3_error!(NotImplemented, "objects can't be appended to"));
    }
    let condition = convert::write_condition(input.if_match.as_ref(), input.if_none_match.as_ref())?;
    let expected = Expected {
        size: input.content_length.and_then(|length| u64::try_from(length).ok()),
        md5: input.content_md5.take(),
        checksums: given_checksums!(input),
    };
    let attributes = given_attributes!(input)?;
    let announced = input.checksum_algorithm.as_ref().map(convert::algorithm).transpose()?;
    let trailer = headers.contains_key("x-amz-trailer").then_some(trailing_headers).flatten();
    let staged = stage(store, input.body.take(), announced, expected, trailer).await?;
    let version = store.put(input.key, staged, attributes, condition).await?.version;
    let mut output = PutObjectOutput {
        e_tag: Some(convert::etag(&version.etag)),
        version_id: Some(version.version_id),
        checksum_type: Some(convert::checksum_type(version.checksums.composite)),
        ..Default::default()
    };
    set_checksums!(output, version.checksums);
    Ok(output)
}

/// Writes a request's body to the disk and holds it against all the request says about it, before and after it.
pub(super) async fn stage(
    store: &Store,
    body: Option<StreamingBlob>,
    announced: Option<Algorithm>,
    mut expected: Expected,
    trailer: Option<TrailingHeaders>,
) -> S3Result<Staged> {
    let mut algorithms: Vec<Algorithm> = expected.checksums.algorithms().chain(announced).collect();
    if algorithms.is_empty() {
        algorithms.push(Algorithm::Crc64Nvme);
    }
    let staged = match body {
        Some(body) => store.stage(body, algorithms).await?,
        None => store.stage(futures::stream::empty::<Result<bytes::Bytes, std::io::Error>>(), algorithms).await?,
    };
    staged.verify(&expected)?;
    if let (Some(trailer), Some(algorithm)) = (trailer, announced) {
        let given = trailer.read(convert::trailing).unwrap_or_default();
        let value = given.of(algorithm).ok_or_else(|| s3_error!(InvalidRequest, "the announced trailing checksum is missing"))?;
        expected.checksums = expected.checksums.with(algorithm, Some(value.to_owned()));
        staged.verify(&expected)?;
    }
    Ok(staged)
}
