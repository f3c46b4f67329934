//! The bucket as `s3s` sees it: every operation in one line, the work in the module of its kind.

use s3s::dto::*;
use s3s::{S3, S3Request, S3Response, S3Result, s3_error};

use super::{copying, deleting, listing, parts, reading, writing};
use crate::objects::Store;

/// The one bucket.
pub(super) struct Bucket {
    pub(super) store: Store,
    pub(super) name: String,
    pub(super) region: String,
}

impl Bucket {
    /// The store, if `bucket` is the one there is.
    pub(super) fn store(&self, bucket: &str) -> S3Result<&Store> {
        if bucket == self.name { Ok(&self.store) } else { Err(s3_error!(NoSuchBucket, "The specified bucket does not exist.")) }
    }
}

/// An operation whose work is a function of the bucket and the request.
macro_rules! operations {
    ($($name:ident: $input:ident => $output:ident, $work:path;)*) => {
        #[async_trait::async_trait]
        impl S3 for Bucket {
            $(async fn $name(&self, request: S3Request<$input>) -> S3Result<S3Response<$output>> {
                $work(self, request).await.map(S3Response::new)
            })*
        }
    };
}

operations! {
    put_object: PutObjectInput => PutObjectOutput, writing::put;
    copy_object: CopyObjectInput => CopyObjectOutput, copying::copy;
    get_object: GetObjectInput => GetObjectOutput, reading::read;
    head_object: HeadObjectInput => HeadObjectOutput, reading::head;
    get_object_tagging: GetObjectTaggingInput => GetObjectTaggingOutput, reading::tags;
    list_objects_v2: ListObjectsV2Input => ListObjectsV2Output, listing::keys;
    list_objects: ListObjectsInput => ListObjectsOutput, listing::keys_by_marker;
    list_object_versions: ListObjectVersionsInput => ListObjectVersionsOutput, listing::versions;
    delete_object: DeleteObjectInput => DeleteObjectOutput, deleting::one;
    delete_objects: DeleteObjectsInput => DeleteObjectsOutput, deleting::many;
    create_multipart_upload: CreateMultipartUploadInput => CreateMultipartUploadOutput, parts::begin;
    upload_part: UploadPartInput => UploadPartOutput, parts::upload;
    upload_part_copy: UploadPartCopyInput => UploadPartCopyOutput, parts::copy;
    complete_multipart_upload: CompleteMultipartUploadInput => CompleteMultipartUploadOutput, parts::complete;
    abort_multipart_upload: AbortMultipartUploadInput => AbortMultipartUploadOutput, parts::abort;
    list_parts: ListPartsInput => ListPartsOutput, parts::list;
    list_multipart_uploads: ListMultipartUploadsInput => ListMultipartUploadsOutput, parts::list_uploads;
    head_bucket: HeadBucketInput => HeadBucketOutput, head_bucket;
    list_buckets: ListBucketsInput => ListBucketsOutput, list_buckets;
    create_bucket: CreateBucketInput => CreateBucketOutput, create_bucket;
    get_bucket_location: GetBucketLocationInput => GetBucketLocationOutput, location;
    get_bucket_versioning: GetBucketVersioningInput => GetBucketVersioningOutput, versioning;
}

async fn head_bucket(bucket: &Bucket, request: S3Request<HeadBucketInput>) -> S3Result<HeadBucketOutput> {
    bucket.store(&request.input.bucket)?;
    Ok(HeadBucketOutput { bucket_region: Some(bucket.region.clone()), ..Default::default() })
}

async fn list_buckets(bucket: &Bucket, _request: S3Request<ListBucketsInput>) -> S3Result<ListBucketsOutput> {
    let only = s3s::dto::Bucket { name: Some(bucket.name.clone()), ..Default::default() };
    Ok(ListBucketsOutput { buckets: Some(vec![only]), ..Default::default() })
}

async fn create_bucket(bucket: &Bucket, request: S3Request<CreateBucketInput>) -> S3Result<CreateBucketOutput> {
    if request.input.bucket == bucket.name {
        return Err(s3_error!(BucketAlreadyOwnedByYou, "The bucket is there already."));
    }
    Err(s3_error!(TooManyBuckets, "There is one bucket here, and it is there already."))
}

async fn location(bucket: &Bucket, request: S3Request<GetBucketLocationInput>) -> S3Result<GetBucketLocationOutput> {
    bucket.store(&request.input.bucket)?;
    Ok(GetBucketLocationOutput { location_constraint: Some(bucket.region.clone().into()) })
}

async fn versioning(bucket: &Bucket, request: S3Request<GetBucketVersioningInput>) -> S3Result<GetBucketVersioningOutput> {
    bucket.store(&request.input.bucket)?;
    let status = Some(BucketVersioningStatus::from_static(BucketVersioningStatus::ENABLED));
    Ok(GetBucketVersioningOutput { status, ..Default::default() })
}
