//! The S3 endpoint in front of the object store.
//!
//! Signatures, presigned URLs and the protocol are the crate `s3s`'s; what is stored is the store's; who may do what is
//! decided in one hook (`access`) by one table (`rules`). It serves on loopback only.

mod access;
mod convert;
mod copying;
mod deleting;
mod listing;
mod parts;
mod reading;
mod rules;
mod service;
mod writing;

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, Request, Response, header};
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{Body, S3Result, StdError, s3_error};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tower::Layer as _;
use tower_http::cors::{AllowHeaders, CorsLayer};

use crate::credentials::{KeyPair, MasterSecret};
use crate::objects::Store;
use access::Access;
use service::Bucket;

/// How long requests that are running may take to end once the endpoint is told to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(5);
/// How the media type of every form with files begins.
const FORM: &[u8] = b"multipart/";
const PAUSE_AFTER_FAILED_ACCEPT: Duration = Duration::from_millis(50);

/// Everything the endpoint needs.
#[derive(Clone)]
pub struct Endpoint {
    /// What it stores in.
    pub store: Store,
    /// May do everything.
    pub operator: KeyPair,
    /// What office credentials follow from.
    pub master: MasterSecret,
    /// The one bucket's name.
    pub bucket: String,
    /// The region that requests must be signed for.
    pub region: String,
    /// The web origin whose pages may call the endpoint, if any.
    pub cors_origin: Option<HeaderValue>,
}

/// Why the endpoint did not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Data and credentials are for this machine only: listen on a loopback address.
    #[error("{0} is not a loopback address: listen on 127.0.0.1 or [::1]")]
    NotLoopback(SocketAddr),
    /// The listener has no address.
    #[error("the listener has no address")]
    Listener(#[from] std::io::Error),
}

/// Serves until `shutdown` is ready, then lets running requests end for five seconds.
///
/// # Errors
/// The listener is not on a loopback address; nothing was served.
pub async fn serve(listener: TcpListener, endpoint: Endpoint, shutdown: impl Future<Output = ()>) -> Result<(), ServeError> {
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        return Err(ServeError::NotLoopback(address));
    }
    let cors = cors(endpoint.cors_origin.clone());
    let s3 = service(endpoint);
    let service = TowerToHyperService::new(cors.layer(tower::service_fn(move |request| answer(s3.clone(), request))));
    let running = GracefulShutdown::new();
    // owned, so that no connection outlives the endpoint and keeps the store open
    let mut connections = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let stream = tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _peer)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(PAUSE_AFTER_FAILED_ACCEPT).await;
                    continue;
                }
            },
        };
        // answers are small and clients wait for them: don't collect packets
        drop(stream.set_nodelay(true));
        let mut http = hyper::server::conn::http1::Builder::new();
        http.timer(TokioTimer::new());
        let connection = running.watch(http.serve_connection(TokioIo::new(stream), service.clone()));
        connections.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke off");
            }
        });
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    if tokio::time::timeout(LAST_REQUESTS, running.shutdown()).await.is_err() {
        tracing::warn!("requests were still running at the end");
    }
    connections.shutdown().await;
    Ok(())
}

fn service(endpoint: Endpoint) -> S3Service {
    let access = Access::new(endpoint.operator, endpoint.master, endpoint.bucket.clone(), &endpoint.region);
    let mut builder = S3ServiceBuilder::new(Bucket { store: endpoint.store, name: endpoint.bucket, region: endpoint.region });
    builder.set_auth(access.clone());
    builder.set_access(access);
    builder.build()
}

async fn answer(s3: S3Service, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
    let answered = match acceptable(&request) {
        Ok(()) => s3.call(request.map(Body::from)).await.map_err(StdError::from),
        Err(refused) => refused.to_http_response().map_err(StdError::from),
    };
    Ok(answered.unwrap_or_else(|error| {
        tracing::error!(%error, "a request could not be answered");
        let mut response = Response::new(Body::default());
        *response.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
        response
    }))
}

/// What `s3s` would take and this endpoint does not.
fn acceptable(request: &Request<Incoming>) -> S3Result<()> {
    let kind = request.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let is_form = kind.get(..FORM.len()).is_some_and(|start| start.eq_ignore_ascii_case(FORM));
    if request.method() == Method::POST && is_form {
        // it would be read into memory before its signature is looked at
        return Err(s3_error!(AccessDenied, "uploads by form are not offered"));
    }
    access::refuse_version_2(request.headers(), request.uri())
}

fn cors(origin: Option<HeaderValue>) -> CorsLayer {
    const EXPOSED: [HeaderName; 10] = [
        header::ETAG,
        header::CONTENT_RANGE,
        HeaderName::from_static("x-amz-version-id"),
        HeaderName::from_static("x-amz-checksum-crc32"),
        HeaderName::from_static("x-amz-checksum-crc32c"),
        HeaderName::from_static("x-amz-checksum-crc64nvme"),
        HeaderName::from_static("x-amz-checksum-sha1"),
        HeaderName::from_static("x-amz-checksum-sha256"),
        HeaderName::from_static("x-amz-checksum-type"),
        HeaderName::from_static("x-amz-delete-marker"),
    ];
    let layer = CorsLayer::new();
    let Some(origin) = origin else { return layer };
    layer
        .allow_origin(origin)
        .allow_methods([Method::GET, Method::PUT, Method::HEAD, Method::POST, Method::DELETE])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(EXPOSED)
        .max_age(Duration::from_secs(600))
}
