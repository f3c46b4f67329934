//! PutObject, and what it shares with UploadPart.

use s3s::dto::{PutObjectInput, PutObjectOutput, StreamingBlob};
use s3s::{S3Request, S3Result, TrailingHeaders, s3_error};

use super::convert::{self, given_attributes, given_checksums, set_checksums};
use super::service::Bucket;
use crate::objects::{Algorithm, Expected, Staged, Store};

pub(super) async fn put(bucket: &Bucket, request: S3Request<PutObjectInput>) -> S3Result<PutObjectOutput> {
    let S3Request { mut input, headers, trailing_headers, uri, .. } = request;
    let store = bucket.store(&input.bucket)?;
    unfold(&uri, &mut input);
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
    let staged = stage(store, input.body.take(), expected, announced, trailer, None).await?;
    let version = store.put(input.key, staged, attributes, condition).await?;
    let mut output = PutObjectOutput {
        e_tag: Some(convert::etag(&version.etag)),
        version_id: Some(version.version_id),
        checksum_type: Some(convert::checksum_type(version.checksums.composite)),
        ..Default::default()
    };
    set_checksums!(output, version.checksums);
    Ok(output)
}

/// Some SDKs put a presigned request's `x-amz-` headers into its query, where S3 reads them too.
fn unfold(uri: &http::Uri, input: &mut PutObjectInput) {
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        let slot = match name.to_ascii_lowercase().as_str() {
            "x-amz-tagging" => &mut input.tagging,
            "x-amz-checksum-crc32" => &mut input.checksum_crc32,
            "x-amz-checksum-crc32c" => &mut input.checksum_crc32c,
            "x-amz-checksum-crc64nvme" => &mut input.checksum_crc64nvme,
            "x-amz-checksum-sha1" => &mut input.checksum_sha1,
            "x-amz-checksum-sha256" => &mut input.checksum_sha256,
            name => {
                if let Some(name) = name.strip_prefix("x-amz-meta-") {
                    input.metadata.get_or_insert_default().entry(name.to_owned()).or_insert(value.into_owned());
                }
                continue;
            }
        };
        slot.get_or_insert(value.into_owned());
    }
}

/// Writes a request's body to the disk and holds it against all the request says about it, before and after it.
/// `announced` is the checksum that follows the body, `own` one that is to be stored whatever the request says.
pub(super) async fn stage(
    store: &Store,
    body: Option<StreamingBlob>,
    mut expected: Expected,
    announced: Option<Algorithm>,
    trailer: Option<TrailingHeaders>,
    own: Option<Algorithm>,
) -> S3Result<Staged> {
    let mut algorithms: Vec<Algorithm> = expected.checksums.algorithms().chain(announced).chain(own).collect();
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
