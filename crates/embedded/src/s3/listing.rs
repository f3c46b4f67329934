//! ListObjectsV2, its forerunner, and ListObjectVersions.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use s3s::dto::{
    CommonPrefix, DeleteMarkerEntry, EncodingType, ListObjectVersionsInput, ListObjectVersionsOutput, ListObjectsInput, ListObjectsOutput,
    ListObjectsV2Input, ListObjectsV2Output, Object, ObjectStorageClass, ObjectVersion, ObjectVersionStorageClass,
};
use s3s::{S3Request, S3Result, s3_error};

use super::convert;
use super::service::Bucket;
use crate::objects::{Listing, Page, Version, VersionPage};

const MOST_AT_ONCE: i32 = 1000;
/// In front of what a continuation token holds: a key, or a group.
const KEY: char = 'k';
const GROUP: char = 'g';

pub(super) async fn keys(bucket: &Bucket, request: S3Request<ListObjectsV2Input>) -> S3Result<ListObjectsV2Output> {
    let input = request.input;
    let store = bucket.store(&input.bucket)?;
    let max_keys = most(input.max_keys)?;
    let (after, after_group) = match &input.continuation_token {
        Some(token) => continuation(token).map(|(after, group)| (Some(after), group))?,
        None => (input.start_after.clone(), false),
    };
    let page = Page {
        prefix: input.prefix.clone().unwrap_or_default(),
        delimiter: input.delimiter.clone(),
        after,
        after_group,
        max: usize::try_from(max_keys).unwrap_or(0),
    };
    let listing = store.list(page).await?;
    let next = listing.truncated.then(|| token(&listing));
    let shown = Shown::new(input.encoding_type.as_ref());
    let contents: Vec<Object> = listing.versions.into_iter().map(|version| object(version, &shown)).collect();
    let groups = shown.groups(listing.groups);
    Ok(ListObjectsV2Output {
        name: Some(input.bucket),
        prefix: Some(shown.text(input.prefix.unwrap_or_default())),
        delimiter: input.delimiter.map(|text| shown.text(text)),
        start_after: input.start_after.map(|text| shown.text(text)),
        max_keys: Some(max_keys),
        key_count: i32::try_from(contents.len() + groups.len()).ok(),
        contents: Some(contents),
        common_prefixes: Some(groups),
        is_truncated: Some(listing.truncated),
        continuation_token: input.continuation_token,
        next_continuation_token: next,
        encoding_type: input.encoding_type,
        ..Default::default()
    })
}

/// The first version of the list, which goes on after a key instead of a token.
pub(super) async fn keys_by_marker(bucket: &Bucket, request: S3Request<ListObjectsInput>) -> S3Result<ListObjectsOutput> {
    let input = request.input;
    let store = bucket.store(&input.bucket)?;
    let max_keys = most(input.max_keys)?;
    let marker = input.marker.clone().filter(|marker| !marker.is_empty());
    let page = Page {
        prefix: input.prefix.clone().unwrap_or_default(),
        delimiter: input.delimiter.clone(),
        after_group: ends_group(marker.as_deref(), input.delimiter.as_deref()),
        after: marker,
        max: usize::try_from(max_keys).unwrap_or(0),
    };
    let listing = store.list(page).await?;
    let shown = Shown::new(input.encoding_type.as_ref());
    let last_key = listing.versions.last().map(|version| version.key.clone());
    let next = listing.last_group.clone().or(last_key).filter(|_| listing.truncated);
    Ok(ListObjectsOutput {
        name: Some(input.bucket),
        prefix: Some(shown.text(input.prefix.unwrap_or_default())),
        delimiter: input.delimiter.map(|text| shown.text(text)),
        marker: Some(shown.text(input.marker.unwrap_or_default())),
        next_marker: next.map(|text| shown.text(text)),
        max_keys: Some(max_keys),
        contents: Some(listing.versions.into_iter().map(|version| object(version, &shown)).collect()),
        common_prefixes: Some(shown.groups(listing.groups)),
        is_truncated: Some(listing.truncated),
        encoding_type: input.encoding_type,
        ..Default::default()
    })
}

pub(super) async fn versions(bucket: &Bucket, request: S3Request<ListObjectVersionsInput>) -> S3Result<ListObjectVersionsOutput> {
    let input = request.input;
    let store = bucket.store(&input.bucket)?;
    let max_keys = most(input.max_keys)?;
    let after = input.key_marker.clone().filter(|marker| !marker.is_empty());
    let page = Page {
        prefix: input.prefix.clone().unwrap_or_default(),
        delimiter: input.delimiter.clone(),
        after_group: input.version_id_marker.is_none() && ends_group(after.as_deref(), input.delimiter.as_deref()),
        after,
        max: usize::try_from(max_keys).unwrap_or(0),
    };
    let listing = store.list_versions(VersionPage { page, after_version: input.version_id_marker.clone() }).await?;
    let shown = Shown::new(input.encoding_type.as_ref());
    let last = listing.versions.last().map(|version| (version.key.clone(), version.version_id.clone()));
    let (next_key, next_version) = match (listing.truncated, &listing.last_group, last) {
        (true, Some(group), _) => (Some(shown.text(group.clone())), None),
        (true, None, Some((key, version_id))) => (Some(shown.text(key)), Some(version_id)),
        _ => (None, None),
    };
    let (mut versions, mut delete_markers) = (Vec::new(), Vec::new());
    for version in listing.versions {
        let (key, is_latest) = (Some(shown.text(version.key)), Some(version.latest));
        let (last_modified, version_id) = (Some(convert::time(version.modified)), Some(version.version_id));
        if version.delete_marker {
            delete_markers.push(DeleteMarkerEntry { key, is_latest, last_modified, version_id, ..Default::default() });
        } else {
            versions.push(ObjectVersion {
                key,
                is_latest,
                last_modified,
                version_id,
                e_tag: Some(convert::etag(&version.etag)),
                size: i64::try_from(version.size).ok(),
                storage_class: Some(ObjectVersionStorageClass::from_static(ObjectVersionStorageClass::STANDARD)),
                ..Default::default()
            });
        }
    }
    Ok(ListObjectVersionsOutput {
        name: Some(input.bucket),
        prefix: Some(shown.text(input.prefix.unwrap_or_default())),
        delimiter: input.delimiter.map(|text| shown.text(text)),
        key_marker: Some(shown.text(input.key_marker.unwrap_or_default())),
        version_id_marker: input.version_id_marker,
        max_keys: Some(max_keys),
        versions: Some(versions),
        delete_markers: Some(delete_markers),
        common_prefixes: Some(shown.groups(listing.groups)),
        is_truncated: Some(listing.truncated),
        next_key_marker: next_key,
        next_version_id_marker: next_version,
        encoding_type: input.encoding_type,
        ..Default::default()
    })
}

/// A marker that ends with the delimiter is a group that was shown.
fn ends_group(marker: Option<&str>, delimiter: Option<&str>) -> bool {
    marker.zip(delimiter).is_some_and(|(marker, delimiter)| !delimiter.is_empty() && marker.ends_with(delimiter))
}

fn object(version: Version, shown: &Shown) -> Object {
    Object {
        key: Some(shown.text(version.key)),
        e_tag: Some(convert::etag(&version.etag)),
        size: i64::try_from(version.size).ok(),
        last_modified: Some(convert::time(version.modified)),
        storage_class: Some(ObjectStorageClass::from_static(ObjectStorageClass::STANDARD)),
        checksum_algorithm: Some(version.checksums.algorithms().map(convert::algorithm_name).collect()),
        checksum_type: Some(convert::checksum_type(version.checksums.composite)),
        ..Default::default()
    }
}

fn most(max_keys: Option<i32>) -> S3Result<i32> {
    match max_keys {
        Some(negative) if negative < 0 => Err(s3_error!(InvalidArgument, "max-keys is not negative")),
        wanted => Ok(wanted.unwrap_or(MOST_AT_ONCE).min(MOST_AT_ONCE)),
    }
}

fn token(listing: &Listing) -> String {
    let (kind, last) = match (&listing.last_group, listing.versions.last()) {
        (Some(group), _) => (GROUP, group.as_str()),
        (None, last) => (KEY, last.map(|version| version.key.as_str()).unwrap_or_default()),
    };
    URL_SAFE_NO_PAD.encode(format!("{kind}{last}"))
}

fn continuation(token: &str) -> S3Result<(String, bool)> {
    let text = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    let key = text.strip_prefix(KEY).map(|key| (key.to_owned(), false));
    let group = text.strip_prefix(GROUP).map(|group| (group.to_owned(), true));
    key.or(group).ok_or_else(|| s3_error!(InvalidArgument, "The continuation token provided is incorrect"))
}

/// How keys are written into the answer: as they are, or encoded for XML 1.0, which lacks some characters.
struct Shown {
    encoded: bool,
}

impl Shown {
    fn new(encoding: Option<&EncodingType>) -> Self {
        Self { encoded: encoding.is_some_and(|encoding| encoding.as_str() == EncodingType::URL) }
    }

    fn text(&self, text: String) -> String {
        const KEPT: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'*').remove(b'/').remove(b'~');
        if self.encoded { utf8_percent_encode(&text, &KEPT).to_string() } else { text }
    }

    fn groups(&self, groups: Vec<String>) -> Vec<CommonPrefix> {
        groups.into_iter().map(|group| CommonPrefix { prefix: Some(self.text(group)) }).collect()
    }
}
