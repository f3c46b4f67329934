//! How a notice gets to an office's webhook: HTTPS only, to public addresses only, no redirect, no proxy, five seconds, and nothing read of the answer but
//! its status.
//!
//! Who sets a webhook says where this function connects to, so what is looked at is where the name leads when a notice is sent: every request has a
//! connection of its own, to an address that was looked up and checked for it (`names`).

mod names;
mod public;

use std::error::Error;
use std::fmt;
use std::time::Duration;

use exchange::sign::SIGNATURE_HEADER;
use exchange::{CLOUD_EVENT, WebhookUrl};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, ClientBuilder, StatusCode, Url, redirect, tls};

use self::names::{Checked, NotPublic};
pub use self::names::{Found, Names};

/// How long connecting may take, with the look-up of the name.
const CONNECT_AT_MOST: Duration = Duration::from_secs(3);

/// How long all of it may take, to the status of the answer.
pub const REQUEST_AT_MOST: Duration = Duration::from_secs(5);

/// What sends to webhooks.
#[derive(Debug)]
pub struct Webhooks(Client);

/// What a webhook said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// 2xx: it has the notice.
    Taken,
    /// 410: it wants the notice no more.
    Gone,
    /// 429 or 503: it wants nothing for a while.
    Busy,
    /// Any other status; a redirect is one.
    Refused(u16),
    /// No answer.
    Unreached(Unreached),
}

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreached {
    /// The name leads to no public address.
    NotPublic,
    /// The name leads nowhere, or couldn't be looked up.
    NameUnknown,
    /// Out of time.
    TimedOut,
    /// No connection, no TLS with a certificate for the name that a public authority vouches for, or it broke off.
    NotReached,
}

impl Webhooks {
    /// For webhooks on the internet.
    ///
    /// # Errors
    /// The machine has no certificates of authorities.
    pub fn new() -> Result<Webhooks, reqwest::Error> {
        Webhooks::build(Client::builder(), Checked::systems())
    }

    /// For tests: names that they know, addresses that they allow, and certificates (PEM) of their own authority, if one is given.
    ///
    /// # Errors
    /// No certificate.
    #[cfg(feature = "testing")]
    pub fn in_tests(
        names: impl Names,
        may: Option<fn(std::net::IpAddr) -> bool>,
        authority: Option<&str>,
    ) -> Result<Webhooks, reqwest::Error> {
        let client = match authority {
            Some(pem) => Client::builder().tls_certs_only([reqwest::Certificate::from_pem(pem.as_bytes())?]),
            None => Client::builder(),
        };
        Webhooks::build(client, Checked { names: std::sync::Arc::new(names), may: may.unwrap_or(public::is_public) })
    }

    fn build(client: ClientBuilder, resolver: Checked) -> Result<Webhooks, reqwest::Error> {
        let client = client
            .https_only(true)
            .tls_version_min(tls::Version::TLS_1_2)
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .dns_resolver(resolver)
            // a frozen function wakes up to connections that are long dead
            .pool_max_idle_per_host(0)
            .connect_timeout(CONNECT_AT_MOST)
            .timeout(REQUEST_AT_MOST)
            .user_agent(concat!("renkei/", env!("CARGO_PKG_VERSION")));
        client.build().map(Webhooks)
    }

    /// Posts an event, with its signature.
    pub async fn post(&self, webhook: &WebhookUrl, event: String, signature: &str) -> Answer {
        let Some(url) = url_of(webhook) else { return Answer::Unreached(Unreached::NotPublic) };
        let request = self.0.post(url).header(CONTENT_TYPE, CLOUD_EVENT).header(SIGNATURE_HEADER, signature).body(event);
        match request.send().await {
            Ok(answer) => Answer::of(answer.status()),
            Err(error) => Answer::Unreached(Unreached::of(&error)),
        }
    }
}

impl Answer {
    fn of(status: StatusCode) -> Answer {
        match status {
            StatusCode::GONE => Answer::Gone,
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Answer::Busy,
            status if status.is_success() => Answer::Taken,
            status => Answer::Refused(status.as_u16()),
        }
    }

    /// Whether it is no use to send it another notice right now.
    pub fn is_of_the_webhook(self) -> bool {
        matches!(self, Answer::Busy | Answer::Unreached(_))
    }
}

/// As the log has it.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Taken => f.write_str("taken"),
            Answer::Gone => f.write_str("gone"),
            Answer::Busy => f.write_str("busy"),
            Answer::Refused(status) => write!(f, "HTTP {status}"),
            Answer::Unreached(Unreached::NotPublic) => f.write_str("its name leads to no public address"),
            Answer::Unreached(Unreached::NameUnknown) => f.write_str("its name leads nowhere"),
            Answer::Unreached(Unreached::TimedOut) => f.write_str("timed out"),
            Answer::Unreached(Unreached::NotReached) => f.write_str("not reached"),
        }
    }
}

impl Unreached {
    fn of(error: &reqwest::Error) -> Unreached {
        let mut cause: Option<&(dyn Error + 'static)> = Some(error);
        while let Some(inner) = cause {
            if inner.is::<NotPublic>() {
                return Unreached::NotPublic;
            }
            cause = inner.source();
        }
        if error.is_timeout() {
            Unreached::TimedOut
        } else if error.is_dns() {
            Unreached::NameUnknown
        } else {
            Unreached::NotReached
        }
    }
}

/// The URL as the client reads it, if that is what the settings took it for: two readers of a URL may see two hosts.
fn url_of(webhook: &WebhookUrl) -> Option<Url> {
    let url = Url::parse(webhook.as_str()).ok()?;
    let same = url.scheme() == "https" && url.domain() == Some(webhook.host()) && url.port().is_none();
    (same && url.username().is_empty() && url.password().is_none()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_leads_where_the_settings_saw_it_lead() {
        for text in ["https://hooks.care.example.jp/renkei?office=1", "HTTPS://Hooks.Example.JP:443", "https://a.jp/%2e%2e/x@y:8443"] {
            let webhook: WebhookUrl = text.parse().unwrap();
            let url = url_of(&webhook).unwrap();
            assert_eq!((url.host_str(), url.port_or_known_default()), (Some(webhook.host()), Some(443)), "{text}");
        }
    }

    #[test]
    fn a_webhook_answers_by_its_status() {
        let check = |status: u16, wanted: Answer, of_the_webhook: bool| {
            let answer = Answer::of(StatusCode::from_u16(status).unwrap());
            assert_eq!((answer, answer.is_of_the_webhook()), (wanted, of_the_webhook), "{status}");
        };
        check(200, Answer::Taken, false);
        check(204, Answer::Taken, false);
        check(301, Answer::Refused(301), false);
        check(307, Answer::Refused(307), false);
        check(400, Answer::Refused(400), false);
        check(410, Answer::Gone, false);
        check(429, Answer::Busy, true);
        check(500, Answer::Refused(500), false);
        check(503, Answer::Busy, true);
    }
}
