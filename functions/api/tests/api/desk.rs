//! The router on stores in memory, an office that calls it, and a clock that the test sets.

use std::sync::{Arc, Mutex};

use api::{Api, Parts};
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use exchange::sign::{SigningKey, TokenDraft};
use exchange::token::Call;
use exchange::{Office, OfficeKey, Secret};
use jiff::Timestamp;
use serde_json::Value;
use standard::OfficeNumber;
use store::testing::{Faults, FaultyLedger, MemoryFiles, MemoryLedger};
use store::{Clock, Credentials, Ledger as _, Saved, SessionKeys, StoreError};
use tower::ServiceExt as _;

pub(crate) const ORIGIN: &str = "https://api.example";
/// 09:00 in Japan.
pub(crate) const NOW: &str = "2026-04-10T00:00:00Z";
pub(crate) const OFFICE: &str = "9770000106";
pub(crate) const OTHER: &str = "9770000114";

pub(crate) struct Desk {
    pub(crate) api: Api,
    pub(crate) router: Router,
    pub(crate) ledger: Arc<MemoryLedger>,
    pub(crate) files: Arc<MemoryFiles>,
    pub(crate) faults: Arc<Faults>,
    /// The key of the device of [`OFFICE`].
    pub(crate) key: SigningKey,
    now: Arc<Mutex<Timestamp>>,
}

/// An answer, read.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// Null where there is no body.
    pub(crate) json: Value,
}

impl Answer {
    /// The code of the problem it is; none where it is none.
    pub(crate) fn code(&self) -> Option<&str> {
        if self.status.is_success() {
            return None;
        }
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(self.json["status"], self.status.as_u16());
        for text in ["type", "title", "detail", "detail_ja"] {
            assert!(self.json[text].as_str().is_some_and(|text| !text.is_empty()), "{text}");
        }
        self.json["code"].as_str()
    }
}

impl Desk {
    pub(crate) async fn open() -> Desk {
        let now = Arc::new(Mutex::new(at(NOW)));
        let (ledger, files, faults) = (Arc::new(MemoryLedger::default()), Arc::new(MemoryFiles::default()), Faults::none());
        let api = Api::new(Parts {
            files: Arc::<MemoryFiles>::clone(&files),
            links: Arc::<MemoryFiles>::clone(&files),
            mail: Arc::new(FaultyLedger(Arc::clone(&ledger), Arc::clone(&faults))),
            ledger: Arc::new(FaultyLedger(Arc::clone(&ledger), Arc::clone(&faults))),
            codes: Arc::new(FaultyLedger(Arc::clone(&ledger), Arc::clone(&faults))),
            credentials: Arc::new(NamedAfterTheOffice),
            clock: Clock::from_fn({
                let now = Arc::clone(&now);
                move || *now.lock().unwrap()
            }),
            quota: "3".parse().unwrap(),
            secret: Secret::from_text("0123456789abcdef0123456789abcdef").unwrap(),
            origin: ORIGIN.parse().unwrap(),
        });
        let desk = Desk { router: api::router(api.clone()), api, ledger, files, faults, key: SigningKey::generate_es256().unwrap(), now };
        desk.register(OFFICE, &[&desk.key]).await;
        desk
    }

    /// Registers an office with keys.
    pub(crate) async fn register(&self, office: &str, keys: &[&SigningKey]) {
        let mut office = Office::new(number(office), "事業所");
        office.keys = keys.iter().map(|key| OfficeKey::new(key.public_key().unwrap())).collect();
        assert_eq!(self.ledger.save_office(&office, None).await.unwrap(), Saved::Written);
    }

    /// Changes an office's entry.
    pub(crate) async fn change(&self, office: &str, change: impl FnOnce(&mut Office)) {
        let (mut entry, revision) = self.ledger.office(&number(office)).await.unwrap().unwrap();
        change(&mut entry);
        assert_eq!(self.ledger.save_office(&entry, Some(revision)).await.unwrap(), Saved::Written);
    }

    pub(crate) fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    pub(crate) fn set_now(&self, now: Timestamp) {
        *self.now.lock().unwrap() = now;
    }

    /// A token of [`OFFICE`]'s device for this call, now.
    pub(crate) fn token(&self, method: &str, path: &str) -> String {
        self.draft(method, path).sign(&self.key).unwrap()
    }

    pub(crate) fn draft(&self, method: &str, path: &str) -> TokenDraft {
        TokenDraft::new(number(OFFICE), &Call { origin: ORIGIN, method, path }, self.now())
    }

    /// A call with a token of its own.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.call_with(method, path, Some(&self.token(method, path.split('?').next().unwrap())), body).await
    }

    /// A call with this token, or none.
    pub(crate) async fn call_with(&self, method: &str, path: &str, token: Option<&str>, body: Option<Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).unwrap()).await
    }

    /// Any request.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let json = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
        Answer { status, headers, json }
    }
}

/// Hands out what shows for whom it is.
struct NamedAfterTheOffice;

#[async_trait]
impl Credentials for NamedAfterTheOffice {
    async fn issue(&self, office: &OfficeNumber) -> Result<SessionKeys, StoreError> {
        let [endpoint, region, bucket, secret_access_key, session_token] =
            ["https://s3.example", "region", "bucket", "secret", "token"].map(str::to_owned);
        let access_key_id = office.to_string();
        Ok(SessionKeys { endpoint, region, bucket, access_key_id, secret_access_key, session_token, expires_at: at(NOW) })
    }
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn number(text: &str) -> OfficeNumber {
    text.parse().unwrap()
}
