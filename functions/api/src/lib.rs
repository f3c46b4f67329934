//! The function `api`: the offices' HTTP API.
//!
//! | | |
//! |---|---|
//! | takes | HTTP requests below `/v1` with a token that the office's own key signed for this one call; `/healthz`, `/v1/jwks.json` and `/openapi.json` from anybody |
//! | gives | JSON; described in OpenAPI 3.1, which is made from the code ([`description`]) and kept in `docs/openapi.json` |
//! | reads | the caller's entry, fresh for every call, and what the call is about |
//! | writes | what its call says, conditionally; the token's id where something is given away that counts once |
//! | refuses | with [`Problem`]s (RFC 9457): a stable `code`, what happened, what to do, in both languages. Another office's things are 404 |
//!
//! One file a group of calls, each with `routes()`; [`router`] is all of them in one frame, which the Lambda and the embedded exchange serve alike.
//! What an office sends or fetches goes by links to storage and never through here; what it is shown of a file is decoded while it is read.
//!
//! **Calls.** A page of a listing reads the index four times at most, and what the index leads to in one call a hundred; what replaces what
//! ([`store::Ledger::kin`]) is one or two for each line that a delivery on the page stands in, and one more for a delivery that lies far back in it. None of
//! it grows with the ledger. An announcement is one look-up and one count. A page of records reads 4 MiB of the files, whichever page it is.
//!
//! [`Caller`] is an argument of every call that is an office's; [`CallerOnce`] where credentials or codes are handed out.

mod adoption;
mod announcement;
mod caller;
mod credentials;
mod enrolments;
mod extract;
mod frame;
mod health;
mod inbox;
mod jwks;
mod keys;
mod licence;
mod missing;
mod notices;
mod offices;
mod openapi;
mod origin;
pub mod paging;
mod partners;
mod problem;
mod query;
mod settings;
mod transmissions;
mod view;

use std::ops::Deref;
use std::sync::Arc;

use exchange::{DailyQuota, Secret};
use store::{Clock, Codes, Credentials, Files, Links, Mail, Notices};
use utoipa_axum::router::OpenApiRouter;

use self::adoption::Counted;
pub use self::caller::{Caller, CallerOnce};
pub use self::extract::{Body, Params, Place};
pub use self::frame::{MAX_BODY_BYTES, router};
pub use self::openapi::description;
pub use self::origin::{NoOrigin, Origin};
pub use self::problem::{Kind, Problem, ProblemBody};

/// What the calls need.
pub struct Parts {
    /// The bucket.
    pub files: Arc<dyn Files>,
    /// Signed URLs of the bucket.
    pub links: Arc<dyn Links>,
    /// Ledger, offices, and what they are told.
    pub ledger: Arc<dyn Notices>,
    /// The ledger as one office sees it.
    pub mail: Arc<dyn Mail>,
    /// One-time codes and spent tokens.
    pub codes: Arc<dyn Codes>,
    /// Who hands out S3 credentials.
    pub credentials: Arc<dyn Credentials>,
    /// The exchange's time.
    pub clock: Clock,
    /// How much an office may send in a day.
    pub quota: DailyQuota,
    /// What codes, persons and cursors are keyed with.
    pub secret: Secret,
    /// Where the API is reached: what tokens are made out to.
    pub origin: Origin,
}

/// The function with what it needs; one lives as long as its process.
#[derive(Clone)]
pub struct Api {
    parts: Arc<Parts>,
    /// What was counted lately.
    counted: Arc<Counted>,
}

impl Api {
    /// The function on these parts.
    pub fn new(parts: Parts) -> Self {
        Self { parts: Arc::new(parts), counted: Arc::default() }
    }
}

impl Deref for Api {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.parts
    }
}

/// Every call that is described, group by group.
fn calls() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(openapi::frame())
        .merge(health::routes())
        .merge(enrolments::routes())
        .merge(keys::routes())
        .merge(transmissions::routes())
        .merge(inbox::routes())
        .merge(view::routes())
        .merge(offices::routes())
        .merge(licence::routes())
        .merge(partners::routes())
        .merge(adoption::routes())
        .merge(credentials::routes())
        .merge(settings::routes())
        .merge(notices::routes())
        .merge(jwks::routes())
        .merge(missing::routes())
}
