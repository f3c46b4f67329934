//! Where a webhook's name leads: looked up once for each request, and only public addresses are connected to.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::public::is_public;

/// The addresses of a name, or why there are none.
pub type Found = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// Who knows names. A port other than 0 stands in place of 443.
pub trait Names: Send + Sync + 'static {
    /// The addresses of a host.
    fn look_up(&self, host: &str) -> Found;
}

/// The machine's own resolver.
pub(super) struct SystemsNames;

impl Names for SystemsNames {
    fn look_up(&self, host: &str) -> Found {
        let host = host.to_owned();
        Box::pin(async move { Ok(tokio::net::lookup_host((host, 0)).await?.collect()) })
    }
}

/// A name that leads to no public address.
#[derive(Debug)]
pub(super) struct NotPublic;

impl fmt::Display for NotPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name leads to no public address")
    }
}

impl std::error::Error for NotPublic {}

/// The resolver of the client: what it gives is connected to as it is, and nothing is looked up again.
pub(super) struct Checked {
    pub(super) names: Arc<dyn Names>,
    pub(super) may: fn(IpAddr) -> bool,
}

impl Checked {
    pub(super) fn systems() -> Self {
        Self { names: Arc::new(SystemsNames), may: is_public }
    }
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let (found, may) = (self.names.look_up(name.as_str()), self.may);
        Box::pin(async move {
            let allowed: Vec<SocketAddr> = found.await?.into_iter().filter(|address| may(address.ip())).collect();
            if allowed.is_empty() {
                return Err(NotPublic.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}
