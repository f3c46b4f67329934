//! Webhooks: a real HTTPS server on loopback, with certificates of an authority of its own, that answers by the host it is asked for.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use ::upkeep::webhook::{Found, Names};
use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::header::{HOST, HeaderMap, LOCATION};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// How a host answers.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Status(u16),
    Redirect(u16, String),
    /// Never.
    Hang,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub(crate) method: String,
    /// Host and path with query.
    pub(crate) to: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// The server; it ends with this.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    /// The certificate of its authority, PEM.
    pub(crate) authority: String,
    replies: Arc<Mutex<BTreeMap<String, Reply>>>,
    taken: Arc<Mutex<Vec<Taken>>>,
    connections: Arc<AtomicUsize>,
    task: AbortHandle,
}

impl Server {
    /// With certificates for these hosts, which all answer 204.
    pub(crate) async fn start(hosts: &[&str]) -> Server {
        let mut authority = rcgen::CertificateParams::default();
        authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let authority = rcgen::CertifiedIssuer::self_signed(authority, rcgen::KeyPair::generate().unwrap()).unwrap();
        let key = rcgen::KeyPair::generate().unwrap();
        let names: Vec<String> = hosts.iter().map(ToString::to_string).collect();
        let certificate = rcgen::CertificateParams::new(names).unwrap().signed_by(&key, &authority).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
            .unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let (replies, taken, connections) = (Arc::default(), Arc::default(), Arc::default());
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(serve(
            listener,
            TlsAcceptor::from(Arc::new(config)),
            Arc::clone(&replies),
            Arc::clone(&taken),
            Arc::clone(&connections),
        ));
        Server { address, authority: authority.pem(), replies, taken, connections, task: task.abort_handle() }
    }

    pub(crate) fn reply(&self, host: &str, reply: Reply) {
        self.replies.lock().unwrap().insert(host.to_owned(), reply);
    }

    /// The requests that came since it was last asked.
    pub(crate) fn taken(&self) -> Vec<Taken> {
        std::mem::take(&mut self.taken.lock().unwrap())
    }

    /// How many connections were ever made to it.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type Replies = Arc<Mutex<BTreeMap<String, Reply>>>;

async fn serve(listener: TcpListener, tls: TlsAcceptor, replies: Replies, taken: Arc<Mutex<Vec<Taken>>>, connections: Arc<AtomicUsize>) {
    while let Ok((stream, _)) = listener.accept().await {
        connections.fetch_add(1, Ordering::SeqCst);
        let (tls, replies, taken) = (tls.clone(), Arc::clone(&replies), Arc::clone(&taken));
        tokio::spawn(async move {
            let Ok(stream) = tls.accept(stream).await else { return };
            let service = hyper::service::service_fn(|request| answer(request, &replies, &taken));
            drop(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    replies: &Mutex<BTreeMap<String, Reply>>,
    taken: &Mutex<Vec<Taken>>,
) -> Result<Response<Empty<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let host = head.headers[HOST].to_str().unwrap().to_owned();
    let body = body.collect().await.unwrap().to_bytes();
    let (method, to) = (head.method.to_string(), format!("{host}{}", head.uri));
    taken.lock().unwrap().push(Taken { method, to, headers: head.headers, body });
    let reply = replies.lock().unwrap().get(&host).cloned();
    let response = match reply.unwrap_or(Reply::Status(204)) {
        Reply::Status(status) => Response::builder().status(status),
        Reply::Redirect(status, to) => Response::builder().status(status).header(LOCATION, to),
        Reply::Hang => std::future::pending().await,
    };
    Ok(response.body(Empty::new()).unwrap())
}

/// Names that lead where a test says, counted.
#[derive(Clone, Default)]
pub(crate) struct Known {
    leads: Arc<Mutex<BTreeMap<String, Vec<SocketAddr>>>>,
    pub(crate) looked_up: Arc<AtomicUsize>,
}

impl Known {
    pub(crate) fn lead(&self, host: &str, to: &[SocketAddr]) {
        self.leads.lock().unwrap().insert(host.to_owned(), to.to_vec());
    }
}

impl Names for Known {
    fn look_up(&self, host: &str) -> Found {
        self.looked_up.fetch_add(1, Ordering::SeqCst);
        let found = self.leads.lock().unwrap().get(host).cloned();
        Box::pin(async move { found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such name")) })
    }
}
