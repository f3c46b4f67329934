//! Files on their way: to and from the storage, by URLs that the API signed.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::{StreamExt as _, stream};
use reqwest::{Method, Url, header};
use serde::Deserialize;

use super::{Client, ClientError, patience};
use crate::progress::Progress;

/// How S3 hands out the metadata [`exchange::METADATA_NAME`].
const MANIFEST: &str = "x-amz-meta-manifest";
/// What is handed to the network at once.
const CHUNK_BYTES: usize = 64 * 1024;
/// The slowest line that a file gets through.
const BYTES_A_SECOND: u64 = 16 * 1024;

/// Where one file of a transmission goes.
#[derive(Deserialize)]
pub(crate) struct Slot {
    /// The file, as its manifest calls it.
    pub(crate) name: String,
    method: String,
    url: String,
    headers: BTreeMap<String, String>,
}

/// What lies in the storage.
pub(crate) struct Stored {
    pub(crate) content: Vec<u8>,
    /// The sender's manifest, where it has one.
    pub(crate) manifest: Option<String>,
}

impl Client {
    /// Puts a file where the slot says.
    pub(crate) async fn upload(&self, slot: &Slot, content: &[u8], progress: &Progress) -> Result<(), ClientError> {
        let method = Method::from_bytes(slot.method.as_bytes()).map_err(|_| ClientError::Garbled)?;
        let url = self.exchange.place(&slot.url)?;
        let before = progress.position();
        let put = || async {
            progress.back_to(before);
            let told = progress.clone();
            let chunks: Vec<Vec<u8>> = content.chunks(CHUNK_BYTES).map(<[u8]>::to_vec).collect();
            let chunks = stream::iter(chunks).map(move |chunk| {
                told.add(chunk.len() as u64);
                Ok::<_, std::convert::Infallible>(chunk)
            });
            let request = self.exchange.http.request(method.clone(), url.clone()).timeout(takes(content.len() as u64));
            let signed = slot.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("content-length"));
            let request = signed.fold(request, |request, (name, value)| request.header(name, value));
            let request = request.header(header::CONTENT_LENGTH, content.len()).body(reqwest::Body::wrap_stream(chunks));
            let response = request.send().await.map_err(ClientError::unreachable)?;
            if response.status().is_success() { Ok(()) } else { Err(ClientError::refused(response).await) }
        };
        patience::patient(put).await
    }

    /// Reads a file of so many bytes, and no more.
    pub(crate) async fn download(&self, url: &Url, size_bytes: u64, progress: &Progress) -> Result<Stored, ClientError> {
        let before = progress.position();
        let get = || async {
            progress.back_to(before);
            let request = self.exchange.http.get(url.clone()).timeout(takes(size_bytes));
            let response = request.send().await.map_err(ClientError::unreachable)?;
            if !response.status().is_success() {
                return Err(ClientError::refused(response).await);
            }
            let manifest = response.headers().get(MANIFEST).and_then(|manifest| manifest.to_str().ok()).map(str::to_owned);
            let mut content = Vec::new();
            let mut chunks = response.bytes_stream();
            while let Some(chunk) = chunks.next().await {
                let chunk = chunk.map_err(ClientError::unreachable)?;
                progress.add(chunk.len() as u64);
                content.extend_from_slice(&chunk);
                if content.len() as u64 > size_bytes {
                    return Err(ClientError::Garbled);
                }
            }
            Ok(Stored { content, manifest })
        };
        patience::patient(get).await
    }
}

fn takes(size_bytes: u64) -> Duration {
    Duration::from_secs(60 + size_bytes / BYTES_A_SECOND)
}
