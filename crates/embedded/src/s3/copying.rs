//! CopyObject.

use http::header;
use s3s::dto::{CopyObjectInput, CopyObjectOutput, CopyObjectResult, CopySource, ETagCondition, MetadataDirective, TaggingDirective};
use s3s::{S3Request, S3Result, s3_error};

use super::convert::{self, given_attributes, set_checksums};
use super::reading::Conditions;
use super::service::Bucket;
use crate::objects::{Copied, Copy, ObjectError, Version};

pub(super) async fn copy(bucket: &Bucket, request: S3Request<CopyObjectInput>) -> S3Result<CopyObjectOutput> {
    let S3Request { mut input, headers, .. } = request;
    let store = bucket.store(&input.bucket)?;
    // s3s has no field for the target's conditions
    let condition = |name: header::HeaderName| {
        let parsed = headers.get(name).map(|value| ETagCondition::parse_http_header(value.as_bytes())).transpose();
        parsed.map_err(|_ill_formed| s3_error!(InvalidArgument, "If-Match or If-None-Match is ill-formed"))
    };
    let condition = convert::write_condition(condition(header::IF_MATCH)?.as_ref(), condition(header::IF_NONE_MATCH)?.as_ref())?;
    let (source, source_version) = source(bucket, &input.copy_source)?;
    let is = |directive: Option<&str>| match directive {
        None | Some("COPY") => Ok(false),
        Some("REPLACE") => Ok(true),
        Some(_) => Err(s3_error!(InvalidArgument, "a directive is COPY or REPLACE")),
    };
    let replaces_attributes = is(input.metadata_directive.as_ref().map(MetadataDirective::as_str))?;
    let replaces_tags = is(input.tagging_directive.as_ref().map(TaggingDirective::as_str))?;
    if source == input.key && source_version.is_none() && !replaces_attributes {
        return Err(s3_error!(InvalidRequest, "copying an object to itself changes nothing"));
    }
    let attributes = given_attributes!(input)?;
    let algorithm = input.checksum_algorithm.as_ref().map(convert::algorithm).transpose()?;
    let tags = replaces_tags.then(|| attributes.tags.clone());
    let wanted =
        Copy { source, source_version, key: input.key, attributes: replaces_attributes.then_some(attributes), tags, algorithm, condition };
    let conditions = Conditions {
        matches: input.copy_source_if_match,
        none_match: input.copy_source_if_none_match,
        modified_since: input.copy_source_if_modified_since,
        unmodified_since: input.copy_source_if_unmodified_since,
    };
    let Copied { version, source_version } = store.copy(wanted, move |version| accept(&conditions, version)).await?;
    let mut result = CopyObjectResult {
        e_tag: Some(convert::etag(&version.etag)),
        last_modified: Some(convert::time(version.modified)),
        checksum_type: Some(convert::checksum_type(version.checksums.composite)),
        ..Default::default()
    };
    set_checksums!(result, version.checksums);
    Ok(CopyObjectOutput {
        copy_object_result: Some(result),
        copy_source_version_id: Some(source_version),
        version_id: Some(version.version_id),
        ..Default::default()
    })
}

/// The source's key and version.
pub(super) fn source(bucket: &Bucket, source: &CopySource) -> S3Result<(String, Option<String>)> {
    match source {
        CopySource::Bucket { bucket: from, key, version_id } => {
            bucket.store(from)?;
            Ok((key.to_string(), version_id.as_deref().map(str::to_owned)))
        }
        _ => Err(s3_error!(NotImplemented, "the source is a bucket's object")),
    }
}

/// A copy whose source the caller has already is refused like one whose source is another.
pub(super) fn accept(conditions: &Conditions, version: &Version) -> Result<(), ObjectError> {
    conditions.check(version).map_err(|error| match error {
        ObjectError::NotModified(_) => ObjectError::PreconditionFailed,
        other => other,
    })
}
