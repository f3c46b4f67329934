//! S3 as an office's software speaks it.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::presigning::PresigningConfig;
use embedded::operator::Operator;
use jiff::Timestamp;

/// A client with one office's own credentials.
pub(crate) fn office(operator: &Operator, number: &str) -> Client {
    with_access(&serde_json::to_value(operator.office_access(&number.parse().unwrap(), Timestamp::now())).unwrap())
}

/// A client with the credentials that were handed out.
pub(crate) fn with_access(access: &serde_json::Value) -> Client {
    let text = |name: &str| access[name].as_str().unwrap().to_owned();
    let credentials = Credentials::new(text("access_key_id"), text("secret_access_key"), Some(text("session_token")), None, "test");
    client(&text("endpoint"), text("region"), credentials)
}

/// A client with the operator's credentials.
pub(crate) fn operator(operator: &Operator) -> Client {
    let credentials = Credentials::new(&operator.access_key_id, &operator.secret_access_key, None, None, "test");
    client(&operator.s3, operator.region.clone(), credentials)
}

fn client(url: &str, region: String, credentials: Credentials) -> Client {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(url)
        .region(Region::new(region))
        .credentials_provider(credentials)
        .force_path_style(true)
        .build();
    Client::from_conf(config)
}

/// Uploads through a URL that was signed beforehand, with plain HTTP.
pub(crate) async fn put_presigned(client: &Client, bucket: &str, key: &str, manifest: &str, bytes: &[u8]) {
    let valid = PresigningConfig::expires_in(Duration::from_secs(300)).unwrap();
    let request = client.put_object().bucket(bucket).key(key).metadata("manifest", manifest).presigned(valid).await.unwrap();
    let mut put = reqwest::Client::new().put(request.uri()).body(bytes.to_vec());
    for (name, value) in request.headers() {
        put = put.header(name, value);
    }
    let answer = put.send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
}

pub(crate) async fn bytes(client: &Client, bucket: &str, key: &str) -> Option<Vec<u8>> {
    let object = client.get_object().bucket(bucket).key(key).send().await.ok()?;
    Some(object.body.collect().await.unwrap().to_vec())
}

pub(crate) async fn keys(client: &Client, bucket: &str, prefix: &str) -> Vec<String> {
    let mut pages = client.list_objects_v2().bucket(bucket).prefix(prefix).into_paginator().send();
    let mut keys = Vec::new();
    while let Some(page) = pages.next().await {
        keys.extend(page.unwrap().contents().iter().filter_map(|object| object.key().map(str::to_owned)));
    }
    keys
}

/// `OK`, or S3's error code.
pub(crate) fn answer<T, E: ProvideErrorMetadata>(result: Result<T, SdkError<E>>) -> String {
    match result {
        Ok(_) => "OK".to_owned(),
        Err(error) => error.code().unwrap_or("-").to_owned(),
    }
}
