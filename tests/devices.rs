//! Devices over HTTP: from the code on paper to an upload, and locked out again.

use std::process::Stdio;

use embedded::runtime_api::{Answer, RuntimeApi};
use embedded::{Exchange, Options};
use exchange::sign::{self, SigningKey, TokenDraft};
use exchange::token::Call;
use exchange::{Office, OfficeKey};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use store::{Clock, Ledger as _, ORIGIN_VARIABLE, OfficeRole, QUOTA_VARIABLE, SECRET_VARIABLE, Saved, Settings, steps};
use tempfile::TempDir;
use tokio::process::Command;

use crate::bootstrap::{PATIENCE, bootstrap};
use crate::world::at;
use crate::world::s3::{self, answer};

const OFFICE: &str = "9770000106";
const OTHER: &str = "9770000114";

/// An embedded exchange that runs at another day, with an office and a device that isn't let in yet.
struct Place {
    exchange: Exchange,
    clock: Clock,
    key: SigningKey,
    client: reqwest::Client,
    _folder: TempDir,
}

impl Place {
    async fn open() -> Place {
        let folder = TempDir::new().unwrap();
        let clock = Clock::starting_at(at("2027-05-01T00:00:00Z"));
        let exchange = Exchange::start_endpoints(Options { data: folder.path().to_owned(), port: 0, clock: clock.clone() }).await.unwrap();
        let office = Office::new(OFFICE.parse().unwrap(), "ひなた");
        assert_eq!(exchange.stores.ledger.save_office(&office, None).await.unwrap(), Saved::Written);
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Place { exchange, clock, key: SigningKey::generate_es256().unwrap(), client, _folder: folder }
    }

    async fn enrol(&self, code: &str) -> StatusCode {
        let origin = &self.exchange.operator.api;
        let proof = sign::proof(&self.key, &OFFICE.parse().unwrap(), origin, &code[..4]).unwrap();
        let body = json!({"office": OFFICE, "code": code, "public_key": self.key.public_key().unwrap().to_jwk(), "name": "事務室", "proof": proof});
        self.client.post(format!("{origin}/v1/enrolments")).json(&body).send().await.unwrap().status()
    }

    /// A call with a token of its own.
    async fn call(&self, method: Method, path: &str) -> (StatusCode, Value) {
        let origin = &self.exchange.operator.api;
        let call = Call { origin, method: method.as_str(), path };
        let token = TokenDraft::new(OFFICE.parse().unwrap(), &call, self.clock.now()).sign(&self.key).unwrap();
        let answer = self.client.request(method, format!("{origin}{path}")).bearer_auth(token).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap_or_default())
    }
}

#[tokio::test]
async fn a_device_is_let_in_uploads_with_credentials_of_its_own_and_is_locked_out() {
    let place = Place::open().await;
    let stores = &place.exchange.stores;
    let secret = place.exchange.operator.secret().unwrap();
    let (code, _) = steps::hand_out_code(&stores.ledger, &secret, &OFFICE.parse().unwrap(), None, place.clock.now()).await.unwrap();
    assert_eq!(place.call(Method::GET, "/v1/keys").await.1["code"], "key-unknown");
    assert_eq!(place.enrol(&code.to_string()).await, StatusCode::CREATED);
    assert_eq!(place.enrol(&code.to_string()).await, StatusCode::FORBIDDEN);
    assert_eq!(place.call(Method::GET, "/v1/keys").await.1["items"][0]["name"], "事務室");

    let (status, access) = place.call(Method::POST, "/v1/credentials").await;
    assert_eq!((status, access["bucket"].as_str()), (StatusCode::OK, Some("renkei")));
    let (s3, bucket) = (s3::with_access(&access), &place.exchange.operator.bucket);
    for (key, said) in [
        (format!("outbox/{OFFICE}/a.csv"), "OK"),
        (format!("outbox/{OTHER}/a.csv"), "AccessDenied"),
        (format!("inbox/{OFFICE}/a.csv"), "AccessDenied"),
    ] {
        assert_eq!(answer(s3.put_object().bucket(bucket).key(&key).body(b"x".to_vec().into()).send().await), said, "{key}");
    }

    let path = format!("/v1/keys/{}", place.key.kid().unwrap());
    assert_eq!(place.call(Method::DELETE, &path).await.0, StatusCode::NO_CONTENT);
    let (status, refused) = place.call(Method::POST, "/v1/credentials").await;
    assert_eq!((status, &refused["code"]), (StatusCode::UNAUTHORIZED, &json!("key-revoked")));
}

#[tokio::test]
async fn the_bootstrap_answers_a_request_as_the_gateway_hands_it_on() {
    let place = Place::open().await;
    let operator = &place.exchange.operator;
    let mut office = Office::new(OTHER.parse().unwrap(), "みどり");
    office.keys.push(OfficeKey::new(place.key.public_key().unwrap()));
    assert_eq!(place.exchange.stores.ledger.save_office(&office, None).await.unwrap(), Saved::Written);
    let runtime = RuntimeApi::start().await.unwrap();
    let (settings, endpoints, origin) = (operator.settings(), operator.endpoints(), "https://api.example");
    let named = Settings::VARIABLES.into_iter().zip([&settings.bucket, &settings.tables.offices, &settings.tables.ledger]);
    let _child = Command::new(bootstrap("api"))
        .env_clear()
        .envs(named.map(|(name, value)| (name, value.as_str())))
        .envs([
            (SECRET_VARIABLE, "0123456789abcdef0123456789abcdef"),
            (OfficeRole::VARIABLE, "arn:aws:iam::000000000000:role/office"),
            (ORIGIN_VARIABLE, origin),
            (QUOTA_VARIABLE, "1000"),
            ("AWS_LAMBDA_RUNTIME_API", runtime.address()),
            ("AWS_LAMBDA_FUNCTION_NAME", "api"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
            ("AWS_REGION", endpoints.region.as_str()),
            ("AWS_ACCESS_KEY_ID", endpoints.access_key_id.as_str()),
            ("AWS_SECRET_ACCESS_KEY", endpoints.secret_access_key.as_str()),
            ("AWS_ENDPOINT_URL_DYNAMODB", endpoints.dynamodb.as_str()),
        ])
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let ask = async |method: &str, path: &str, query: &str| {
        let call = Call { origin, method, path };
        let token = TokenDraft::new(OTHER.parse().unwrap(), &call, Clock::system().now()).sign(&place.key).unwrap();
        // AWS, "Create AWS Lambda proxy integrations for HTTP APIs", payload format 2.0
        let event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query,
            "headers": {"authorization": format!("Bearer {token}"), "host": "api.example", "x-forwarded-proto": "https"},
            "requestContext": {"accountId": "000000000000", "apiId": "api", "domainName": "api.example", "domainPrefix": "api",
                "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "test"},
                "requestId": "id", "routeKey": "$default", "stage": "$default", "time": "01/May/2027:00:00:00 +0000", "timeEpoch": 0},
            "isBase64Encoded": false,
        });
        let Answer::Response(answer) = runtime.invoke(event.to_string(), PATIENCE).await else { panic!("{method} {path}: no answer") };
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
        (answer["statusCode"].as_u64().unwrap(), body, answer["headers"].clone())
    };
    let (status, body, headers) = ask("GET", "/v1/keys", "limit=1").await;
    assert_eq!((status, &body["items"][0]["current"]), (200, &json!(true)));
    assert_eq!(headers["strict-transport-security"], "max-age=63072000; includeSubDomains");
    let (status, body, headers) = ask("GET", "/v1/nothing", "").await;
    assert_eq!((status, &body["code"], &headers["content-type"]), (404, &json!("not-found"), &json!("application/problem+json")));
}
