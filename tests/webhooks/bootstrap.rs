//! The real bootstrap of `upkeep`, as its schedules call it.

use std::process::Stdio;

use embedded::runtime_api::{Answer, RuntimeApi};
use embedded::{Exchange, Options};
use exchange::Office;
use jiff::Timestamp;
use serde_json::{Value, json};
use store::{Clock, EventBridge, Ledger as _, Notices as _, ORIGIN_VARIABLE, Page, SECRET_VARIABLE, Settings, SqsQueue};
use tempfile::TempDir;
use tokio::process::Command;

use super::bus::Bus;
use super::scene::{HOSTS, OFFICES, notice};
use super::server::Server;
use crate::bootstrap::{PATIENCE, bootstrap};

#[tokio::test]
async fn the_bootstrap_sends_notices_by_the_minutes_tick_and_by_no_other() {
    let folder = TempDir::new().unwrap();
    let exchange = Exchange::start_endpoints(Options { data: folder.path().to_owned(), port: 0, clock: Clock::system() }).await.unwrap();
    let ledger = &exchange.stores.ledger;
    ledger.save_office(&Office::new(OFFICES[0].parse().unwrap(), "ひだまり"), None).await.unwrap();
    let told = notice(OFFICES[0], 1, Timestamp::now());
    ledger.notify(std::slice::from_ref(&told)).await.unwrap();

    let ((url, bus), runtime) = (Bus::serve().await, RuntimeApi::start().await.unwrap());
    // whatever certificates this machine has: they are read, and none is needed
    let authority = folder.path().join("authority.pem");
    std::fs::write(&authority, &Server::start(&HOSTS).await.authority).unwrap();
    let (settings, endpoints) = (exchange.operator.settings(), exchange.operator.endpoints());
    let named = Settings::VARIABLES.into_iter().zip([&settings.bucket, &settings.tables.offices, &settings.tables.ledger]);
    let queue = format!("{}/000000000000/events", endpoints.dynamodb);
    let _child = Command::new(bootstrap("upkeep"))
        .env_clear()
        .envs(named.map(|(name, value)| (name, value.as_str())))
        .envs([
            (SECRET_VARIABLE, "0123456789abcdef0123456789abcdef"),
            (ORIGIN_VARIABLE, "https://api.example"),
            (SqsQueue::VARIABLE, &queue),
            (EventBridge::VARIABLE, "the-bus"),
            ("SSL_CERT_FILE", authority.to_str().unwrap()),
            ("AWS_LAMBDA_RUNTIME_API", runtime.address()),
            ("AWS_LAMBDA_FUNCTION_NAME", "upkeep"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
            ("AWS_REGION", endpoints.region.as_str()),
            ("AWS_ACCESS_KEY_ID", endpoints.access_key_id.as_str()),
            ("AWS_SECRET_ACCESS_KEY", endpoints.secret_access_key.as_str()),
            ("AWS_ENDPOINT_URL_S3", endpoints.s3.as_str()),
            ("AWS_ENDPOINT_URL_DYNAMODB", endpoints.dynamodb.as_str()),
            ("AWS_ENDPOINT_URL_SQS", endpoints.dynamodb.as_str()),
            ("AWS_ENDPOINT_URL_EVENTBRIDGE", &url),
        ])
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let tick = async |event: Value| match runtime.invoke(event.to_string(), PATIENCE).await {
        Answer::Response(answer) => Some(serde_json::from_slice::<Value>(&answer).unwrap()),
        Answer::Error(_) => None,
        other => panic!("no answer: {other:?}"),
    };
    let due = async || {
        let (mut found, mut cursor) = (0, None);
        loop {
            let page = ledger.due_notices(Page { limit: 9, cursor, now: Timestamp::now() }).await.unwrap();
            found += page.items.len();
            match page.next_cursor {
                Some(next) => cursor = Some(next),
                None => return found,
            }
        }
    };

    // EventBridge, "Scheduled events"
    let quarter = json!({"version": "0", "source": "aws.events", "detail-type": "Scheduled Event", "detail": {}});
    assert_eq!(tick(quarter).await.unwrap()["reminded"], 0);
    assert_eq!(tick(json!({"task": "other"})).await, None);
    assert_eq!((bus.take().len(), due().await), (0, 1));
    let sent = json!({"published": 1, "posted": 0, "put_off": 0, "given_up": 0, "failed": 0});
    assert_eq!(tick(json!({"task": "notices"})).await, Some(sent));
    let calls = bus.take();
    let [entry] = &calls.concat()[..] else { panic!("one event: {calls:?}") };
    let event: Value = serde_json::from_str(entry["Detail"].as_str().unwrap()).unwrap();
    assert_eq!((&event["id"], due().await), (&json!(told.id()), 0));
}
