//! An endpoint on a free port, its store in a temporary folder, and clients for it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use embedded::credentials::{KeyPair, MasterSecret, OfficeCredentials, issue};
use embedded::objects::{EventSource, Store};
use embedded::queue::Message;
use embedded::s3::{Endpoint, serve};
use jiff::Timestamp;
use tempfile::TempDir;
use tokio::net::TcpListener;

pub(crate) const BUCKET: &str = "renkei-local";
pub(crate) const REGION: &str = "ap-northeast-1";
pub(crate) const NOW: &str = "2026-04-10T00:00:00.007Z";
pub(crate) const OFFICE: &str = "0370100018";
pub(crate) const OTHER: &str = "0370100026";
pub(crate) const ORIGIN: &str = "http://127.0.0.1:8080";

pub(crate) struct Place {
    pub(crate) store: Store,
    pub(crate) operator: Client,
    pub(crate) url: String,
    folder: TempDir,
}

impl Place {
    pub(crate) async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let store = open(folder.path());
        let url = start(store.clone()).await;
        let operator = client(&url, Credentials::new("operator", "operator-secret", None, None, "test"));
        Self { store, operator, url, folder }
    }

    pub(crate) fn blobs(&self) -> usize {
        ["blobs", "staging"].iter().map(|name| std::fs::read_dir(self.folder.path().join(name)).unwrap().count()).sum()
    }

    pub(crate) fn office(&self, office: &str) -> Client {
        self.client(&credentials(office, 3600))
    }

    pub(crate) fn client(&self, of: &OfficeCredentials) -> Client {
        let token = Some(of.session_token.clone());
        client(&self.url, Credentials::new(of.access_key_id.clone(), of.secret_access_key.clone(), token, None, "test"))
    }

    pub(crate) async fn put(&self, key: &str, body: &str) -> String {
        let put = self.operator.put_object().bucket(BUCKET).key(key).body(body.as_bytes().to_vec().into());
        put.send().await.unwrap().version_id.unwrap()
    }

    pub(crate) async fn text(&self, key: &str) -> String {
        text(&self.operator, key).await
    }

    /// Everything in the queue, read as JSON.
    pub(crate) async fn events(&self) -> Vec<serde_json::Value> {
        let messages: Vec<Message> = self.store.queue().receive(1000, Duration::ZERO).await.unwrap();
        messages.iter().map(|message| serde_json::from_str(&message.body).unwrap()).collect()
    }
}

pub(crate) fn open(folder: &Path) -> Store {
    let now: Timestamp = NOW.parse().unwrap();
    let events = EventSource { bucket: BUCKET.to_owned(), region: REGION.to_owned(), prefix: "outbox/".to_owned() };
    Store::open(folder, Arc::new(move || now), events).unwrap()
}

pub(crate) async fn start(store: Store) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(serve(listener, endpoint(store), std::future::pending()));
    url
}

pub(crate) fn endpoint(store: Store) -> Endpoint {
    Endpoint {
        store,
        operator: KeyPair { access_key_id: "operator".to_owned(), secret_access_key: "operator-secret".to_owned() },
        master: master(),
        bucket: BUCKET.to_owned(),
        region: REGION.to_owned(),
        cors_origin: Some(ORIGIN.parse().unwrap()),
    }
}

pub(crate) fn credentials(office: &str, seconds: i64) -> OfficeCredentials {
    let expires_at = Timestamp::from_second(Timestamp::now().as_second() + seconds).unwrap();
    issue(&master(), &office.parse().unwrap(), expires_at)
}

pub(crate) fn client(url: &str, credentials: Credentials) -> Client {
    in_region(url, credentials, REGION)
}

pub(crate) fn in_region(url: &str, credentials: Credentials, region: &'static str) -> Client {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(url)
        .region(Region::new(region))
        .credentials_provider(credentials)
        .retry_config(RetryConfig::disabled())
        .force_path_style(true)
        .build();
    Client::from_conf(config)
}

pub(crate) async fn text(client: &Client, key: &str) -> String {
    let object = client.get_object().bucket(BUCKET).key(key).send().await.unwrap();
    String::from_utf8(object.body.collect().await.unwrap().to_vec()).unwrap()
}

/// `OK`, or the status and S3's error code (a HEAD has no code).
pub(crate) fn answer<T, E: ProvideErrorMetadata + std::fmt::Debug>(result: Result<T, SdkError<E>>) -> String {
    match result {
        Ok(_) => "OK".to_owned(),
        Err(error) => {
            let status = error.raw_response().map_or(0, |response| response.status().as_u16());
            format!("{status} {}", error.code().unwrap_or("-"))
        }
    }
}

fn master() -> MasterSecret {
    MasterSecret::new([7; 32])
}
