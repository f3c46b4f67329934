//! The office's side of the HTTP API: calls with tokens that the device's own key signs, made again where that may help.

mod clock;
mod error;
mod patience;
mod transfer;

use std::net::IpAddr;
use std::time::Duration;

use exchange::sign::{SigningKey, TokenDraft};
use exchange::token::Call;
use jiff::Timestamp;
use reqwest::redirect::Policy;
use reqwest::{Method, Response, StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use standard::OfficeNumber;
use tokio::sync::Mutex;

use self::clock::Reading;
pub(crate) use self::error::{ClientError, Refusal};
pub(crate) use self::transfer::{Slot, Stored};

/// How long a call may take: the API itself gives up after half a minute.
const CALL_TAKES: Duration = Duration::from_secs(40);
/// How long it may take to be connected.
const CONNECTION_TAKES: Duration = Duration::from_secs(10);
/// What the API answers, with 401, to a token of another time.
const TOKEN_EXPIRED: &str = "token-expired";
/// The entries of a page.
const PAGE: usize = 100;

/// An exchange's API, for anybody.
pub(crate) struct Exchange {
    http: reqwest::Client,
    origin: String,
    /// Whether it is this machine.
    is_here: bool,
    clock: Mutex<Option<Reading>>,
}

/// An exchange's API, for an office's device.
pub(crate) struct Client {
    pub(crate) exchange: Exchange,
    pub(crate) office: OfficeNumber,
    pub(crate) key: SigningKey,
    /// The id that the key is registered under.
    pub(crate) kid: String,
}

/// A page of a listing.
#[derive(Deserialize)]
struct Paged {
    items: Vec<Value>,
    next_cursor: Option<String>,
}

#[derive(Deserialize)]
struct Health {
    now: Timestamp,
}

impl Exchange {
    /// The exchange at this origin, as `renkei local` or the deployment prints it.
    pub(crate) fn at(origin: &str) -> Result<Self, ClientError> {
        let (origin, is_here) = checked(origin)?;
        // redirects are ours to follow: a token is for one host
        let client = reqwest::Client::builder().redirect(Policy::none()).connect_timeout(CONNECTION_TAKES);
        let client = if is_here { client.no_proxy() } else { client };
        let http = client.user_agent(concat!("renkei/", env!("CARGO_PKG_VERSION"))).build().map_err(ClientError::unreachable)?;
        Ok(Self { http, origin, is_here, clock: Mutex::new(None) })
    }

    /// As tokens name it.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// What the exchange's clock shows, whatever this machine's does.
    pub(crate) async fn now(&self) -> Result<Timestamp, ClientError> {
        let mut clock = self.clock.lock().await;
        if let Some(now) = clock.as_ref().and_then(Reading::now) {
            return Ok(now);
        }
        let now = patience::patient(|| self.read_clock()).await?;
        *clock = Some(Reading::of(now));
        Ok(now)
    }

    /// The same, asked anew and once: whoever is nowhere near is told at once.
    pub(crate) async fn read_clock(&self) -> Result<Timestamp, ClientError> {
        let Health { now } = body(self.answer(self.http.get(format!("{}/healthz", self.origin))).await?).await?;
        Ok(now)
    }

    /// A call without a token.
    pub(crate) async fn post_openly(&self, path: &str, content: &Value) -> Result<Value, ClientError> {
        let call = || async { body(self.answer(self.http.post(format!("{}{path}", self.origin)).json(content)).await?).await };
        patience::patient(call).await
    }

    /// Where the exchange says that a file is, or goes: over an encrypted line too, but for an exchange on this machine.
    fn place(&self, text: &str) -> Result<Url, ClientError> {
        let url: Url = text.parse().map_err(|_| ClientError::Garbled)?;
        match url.scheme() {
            "https" => Ok(url),
            "http" if self.is_here && is_here(&url) => Ok(url),
            _ => Err(ClientError::UnencryptedPlace),
        }
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> Result<Response, ClientError> {
        let response = request.timeout(CALL_TAKES).send().await.map_err(ClientError::unreachable)?;
        match response.status() {
            status if status.is_success() || status == StatusCode::SEE_OTHER => Ok(response),
            _ => Err(ClientError::refused(response).await),
        }
    }
}

impl Client {
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str, query: &[(&str, String)]) -> Result<T, ClientError> {
        body(self.call(Method::GET, path, query, None).await?).await
    }

    pub(crate) async fn post(&self, path: &str, content: Option<&Value>) -> Result<Value, ClientError> {
        body(self.call(Method::POST, path, &[], content).await?).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Result<(), ClientError> {
        self.call(Method::DELETE, path, &[], None).await.map(drop)
    }

    /// Where the exchange sends us for a file.
    pub(crate) async fn location(&self, path: &str) -> Result<Url, ClientError> {
        let response = self.call(Method::GET, path, &[], None).await?;
        let location = response.headers().get("location").and_then(|location| location.to_str().ok());
        self.exchange.place(location.ok_or(ClientError::Garbled)?)
    }

    /// The entries of a listing, page by page, at most so many.
    pub(crate) async fn list(&self, path: &str, query: &[(&str, String)], at_most: usize) -> Result<Vec<Value>, ClientError> {
        let (mut entries, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let limit = (at_most - entries.len()).min(PAGE);
            let mut query = query.to_vec();
            query.push(("limit", limit.to_string()));
            query.extend(cursor.take().map(|cursor| ("cursor", cursor)));
            let page: Paged = self.get(path, &query).await?;
            entries.extend(page.items);
            entries.truncate(at_most);
            cursor = page.next_cursor;
            if cursor.is_none() || entries.len() >= at_most {
                return Ok(entries);
            }
        }
    }

    async fn call(&self, method: Method, path: &str, query: &[(&str, String)], content: Option<&Value>) -> Result<Response, ClientError> {
        let mut url: Url = format!("{}{path}", self.exchange.origin).parse().map_err(|_| ClientError::NoOrigin)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let answer = || async {
            // a token of its own for every try: some calls take each only once
            let token = self.token(&method, path).await?;
            let request = self.exchange.http.request(method.clone(), url.clone()).bearer_auth(token);
            let request = content.map(|content| request.try_clone().map(|request| request.json(content))).unwrap_or(Some(request));
            self.exchange.answer(request.ok_or(ClientError::Garbled)?).await
        };
        let call = || async {
            match answer().await {
                // one of the clocks was set since: it is read anew, once
                Err(error) if error.code() == Some(TOKEN_EXPIRED) => {
                    *self.exchange.clock.lock().await = None;
                    answer().await
                }
                answered => answered,
            }
        };
        patience::patient(call).await
    }

    async fn token(&self, method: &Method, path: &str) -> Result<String, ClientError> {
        let call = Call { origin: &self.exchange.origin, method: method.as_str(), path };
        let draft = TokenDraft::new(self.office, &call, self.exchange.now().await?);
        Ok(draft.sign_as(&self.key, &self.kid)?)
    }
}

/// The origin as tokens write it, and whether it is this machine. Codes, tokens and plans go over an encrypted line, or over none.
fn checked(origin: &str) -> Result<(String, bool), ClientError> {
    let url: Url = origin.parse().map_err(|_| ClientError::NoOrigin)?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if !is_bare || url.password().is_some() || !["http", "https"].contains(&url.scheme()) {
        return Err(ClientError::NoOrigin);
    }
    let is_here = is_here(&url);
    if url.scheme() == "http" && !is_here {
        return Err(ClientError::Unencrypted);
    }
    Ok((url.origin().ascii_serialization(), is_here))
}

/// Whether it names this machine: by an address of the loopback, or the one name that resolves to nothing else (RFC 6761 §6.3).
fn is_here(url: &Url) -> bool {
    let is_loopback = |host: &str| host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    url.host_str().is_some_and(|host| host == "localhost" || is_loopback(host))
}

async fn body<T: DeserializeOwned>(response: Response) -> Result<T, ClientError> {
    response.json().await.map_err(|error| if error.is_decode() { ClientError::Garbled } else { ClientError::unreachable(error) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exchange_is_reached_over_an_encrypted_line_or_on_this_machine() {
        for (text, origin, here) in [
            ("https://api.example", "https://api.example", false),
            ("https://api.example/", "https://api.example", false),
            ("https://API.example:443", "https://api.example", false),
            ("http://127.0.0.1:9470", "http://127.0.0.1:9470", true),
            ("http://[::1]:9470", "http://[::1]:9470", true),
            ("http://localhost:9470", "http://localhost:9470", true),
            ("http://127.1:9470", "http://127.0.0.1:9470", true),
            ("https://127.example", "https://127.example", false),
        ] {
            assert_eq!(checked(text).unwrap(), (origin.to_owned(), here), "{text}");
        }
        for text in ["", "api.example", "https://api.example/v1", "https://a@api.example", "ftp://api.example", "https://api.example?x"] {
            assert!(matches!(checked(text), Err(ClientError::NoOrigin)), "{text}");
        }
        for text in [
            "http://api.example",
            "http://192.168.0.2:9470",
            "http://127.evil.example",
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "http://[::ffff:8.8.8.8]",
        ] {
            assert!(matches!(checked(text), Err(ClientError::Unencrypted)), "{text}");
        }
    }

    #[test]
    fn a_file_goes_over_an_encrypted_line_or_stays_on_this_machine() {
        let (here, there) = (Exchange::at("http://127.0.0.1:9470").unwrap(), Exchange::at("https://api.example").unwrap());
        for (text, from_here, from_there) in [
            ("https://storage.example/a?X-Amz-Signature=1", true, true),
            ("http://127.0.0.1:9471/a", true, false),
            ("http://storage.example/a", false, false),
            ("http://127.evil.example/a", false, false),
            ("file:///etc/passwd", false, false),
            ("/a", false, false),
        ] {
            assert_eq!((here.place(text).is_ok(), there.place(text).is_ok()), (from_here, from_there), "{text}");
        }
    }
}
