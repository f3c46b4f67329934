//! DeleteObject and DeleteObjects.

use s3s::dto::{DeleteObjectInput, DeleteObjectOutput, DeleteObjectsInput, DeleteObjectsOutput, DeletedObject, Error, ObjectIdentifier};
use s3s::{S3Error, S3Request, S3Result, s3_error};

use super::convert;
use super::service::Bucket;
use crate::objects::{Deleted, Store, WriteCondition};

const MOST_AT_ONCE: usize = 1000;

pub(super) async fn one(bucket: &Bucket, request: S3Request<DeleteObjectInput>) -> S3Result<DeleteObjectOutput> {
    let input = request.input;
    let store = bucket.store(&input.bucket)?;
    let condition = convert::write_condition(input.if_match.as_ref(), None)?;
    let deleted = store.delete(input.key, input.version_id, condition).await?;
    let delete_marker = deleted.delete_marker.then_some(true);
    Ok(DeleteObjectOutput { delete_marker, version_id: Some(deleted.version_id), ..Default::default() })
}

pub(super) async fn many(bucket: &Bucket, request: S3Request<DeleteObjectsInput>) -> S3Result<DeleteObjectsOutput> {
    let input = request.input;
    let store = bucket.store(&input.bucket)?;
    if input.delete.objects.len() > MOST_AT_ONCE {
        return Err(s3_error!(MalformedXML, "at most 1,000 keys at once"));
    }
    let quiet = input.delete.quiet.unwrap_or(false);
    let (mut deleted, mut errors) = (Vec::new(), Vec::new());
    for object in input.delete.objects {
        match delete(store, &object).await {
            Ok(_done) if quiet => {}
            Ok(done) => deleted.push(shown(object, done)),
            Err(error) => errors.push(Error {
                code: Some(error.code().as_str().to_owned()),
                message: error.message().map(str::to_owned),
                key: Some(object.key),
                version_id: object.version_id,
            }),
        }
    }
    Ok(DeleteObjectsOutput { deleted: Some(deleted), errors: Some(errors), ..Default::default() })
}

async fn delete(store: &Store, object: &ObjectIdentifier) -> Result<Deleted, S3Error> {
    let condition = object.e_tag.as_ref().map_or(WriteCondition::Always, |etag| WriteCondition::Matches(etag.value().to_owned()));
    Ok(store.delete(object.key.clone(), object.version_id.clone(), condition).await?)
}

fn shown(object: ObjectIdentifier, done: Deleted) -> DeletedObject {
    DeletedObject {
        key: Some(object.key),
        version_id: object.version_id,
        delete_marker: done.delete_marker.then_some(true),
        delete_marker_version_id: done.delete_marker.then_some(done.version_id),
    }
}
