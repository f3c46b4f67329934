//! Notices on their way to the offices' webhooks: over TLS, to a real server.

pub(crate) mod bootstrap;
pub(crate) mod bus;
pub(crate) mod reach;
pub(crate) mod retries;
pub(crate) mod scene;
pub(crate) mod server;

use ::upkeep::{Sent, Webhooks};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use embedded::{Exchange, Options};
use exchange::{Office, Sha256Digest};
use jiff::Timestamp;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};
use store::{Clock, Ledger as _, Notices as _};
use tempfile::TempDir;

use self::scene::{OFFICES, notice};
use self::server::{Known, Server};

const HOST: &str = "hooks.care.example.jp";
const WEBHOOK: &str = "https://hooks.care.example.jp/renkei?key=1";

/// As a receiver's software does it, with a library for JWTs and nothing of the exchange's but what it serves: the claims of a signature that holds for
/// this body.
async fn verified(api: &str, signature: &str, body: &[u8]) -> Option<Value> {
    let keys: JwkSet = reqwest::get(format!("{api}/v1/jwks.json")).await.unwrap().json().await.unwrap();
    let header = jsonwebtoken::decode_header(signature).ok()?;
    let key = keys.find(header.kid.as_deref()?)?;
    let mut validation = Validation::new(Algorithm::ES256);
    validation.set_audience(&[WEBHOOK]);
    validation.set_issuer(&[api]);
    validation.set_required_spec_claims(&["iss", "aud", "exp"]);
    let claims = jsonwebtoken::decode::<Value>(signature, &DecodingKey::from_jwk(key).ok()?, &validation).ok()?.claims;
    let fits = header.typ.as_deref() == Some("renkei-notice+jwt") && claims["sha256"] == Sha256Digest::of(body).to_string();
    fits.then_some(claims)
}

#[tokio::test]
async fn a_notice_comes_as_a_cloud_event_that_anybody_can_verify() {
    let folder = TempDir::new().unwrap();
    let exchange = Exchange::start_endpoints(Options { data: folder.path().to_owned(), port: 0, clock: Clock::system() }).await.unwrap();
    let api = exchange.operator.api.clone();
    let mut office = Office::new(OFFICES[0].parse().unwrap(), "ひだまり");
    office.webhook = Some(WEBHOOK.parse().unwrap());
    exchange.stores.ledger.save_office(&office, None).await.unwrap();
    let notices = [1, 2].map(|n| notice(OFFICES[n - 1], 7, Timestamp::now()));
    exchange.stores.ledger.notify(&notices).await.unwrap();

    let (server, names) = (Server::start(&[HOST]).await, Known::default());
    names.lead(HOST, &[server.address]);
    let webhooks = Webhooks::in_tests(names, Some(|_| true), Some(&server.authority)).unwrap();
    let herald = exchange.herald(webhooks, Clock::system()).unwrap();
    // the other office has set no webhook
    assert_eq!(herald.run().await.unwrap(), Sent { posted: 1, ..Sent::default() });
    assert_eq!(herald.run().await.unwrap(), Sent::default(), "once");

    let taken = server.taken();
    let [request] = &taken[..] else { panic!("one request: {taken:?}") };
    assert_eq!((&*request.method, &*request.to), ("POST", "hooks.care.example.jp/renkei?key=1"));
    assert_eq!(request.headers["content-type"], "application/cloudevents+json");
    assert!(request.headers["user-agent"].to_str().unwrap().starts_with("renkei/"));
    // ids, a day, and texts that are the same for everybody
    let [told, _] = &notices;
    let at = exchange::json_time(told.at);
    assert_eq!(
        serde_json::from_slice::<Value>(&request.body).unwrap(),
        json!({
            "specversion": "1.0", "id": told.id(), "source": api, "type": "jp.renkei.notice.not-collected", "subject": OFFICES[0], "time": at,
            "datacontenttype": "application/json",
            "data": {
                "id": told.id(), "kind": "not-collected", "at": at, "transmission": told.about.transmission().unwrap().to_string(),
                "recipient": OFFICES[0], "until": null, "message": told.kind.message(), "message_ja": told.kind.message_ja(),
            },
        })
    );

    let signature = request.headers["renkei-signature"].to_str().unwrap();
    let claims = verified(&api, signature, &request.body).await.expect("the signature holds");
    assert_eq!((&claims["aud"], &claims["jti"]), (&json!(WEBHOOK), &json!(told.id())));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 300);
    let other_body = [&request.body[..], b" "].concat();
    assert_eq!(verified(&api, signature, &other_body).await, None, "it is of this body");
    let (signed, mark) = signature.rsplit_once('.').unwrap();
    let mut mark = URL_SAFE_NO_PAD.decode(mark).unwrap();
    mark[10] ^= 1;
    assert_eq!(verified(&api, &format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mark)), &request.body).await, None);
}
