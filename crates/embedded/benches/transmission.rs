//! One transmission through the embedded exchange: its time from the upload to `delivery.json`, and the storage calls that the function makes.
//!
//! `cargo bench -p embedded`. Times are reported beside a floor from the same run: an upload of the same bytes that nobody takes.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints, and stops where it can't measure")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use deliver::{Deliver, handler};
use embedded::{Exchange, Options};
use exchange::sign::{ManifestDraft, SigningKey};
use exchange::{LicenceKind, LicencePeriod, Office, OfficeKey, keys};
use standard::OfficeNumber;
use store::testing::Calls;
use store::{Clock, Ledger as _, Stores};

const ROUNDS: usize = 40;
const SENDER: &str = "9770100014";
const RECIPIENT: &str = "9770100022";

#[tokio::main]
async fn main() {
    let data = tempfile::tempdir().unwrap();
    let running = Exchange::start_endpoints(Options { data: data.path().to_owned(), port: 0, clock: Clock::system() }).await.unwrap();
    let calls = Calls::default();
    let stores = Stores::counted(&running.operator.settings(), &running.operator.endpoints(), &calls);
    let key = SigningKey::generate_es256().unwrap();
    for number in [SENDER, RECIPIENT] {
        running.stores.ledger.save_office(&office(number, &key), None).await.unwrap();
    }
    let deliver = Arc::new(Deliver::new(
        stores.files,
        stores.ledger,
        Clock::system(),
        running.operator.secret().unwrap(),
        exchange::DailyQuota::default(),
    ));
    println!("{:>9} {:>14} {:>14} {:>7} {:>12}", "bytes", "upload", "transmission", "ratio", "calls");
    for size in [2_000, 1_000_000] {
        let (mut floors, mut times, mut counts) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            floors.push(upload(&running, &key, size, "not-an-outbox/").await.0);
            let (uploading, inbox) = upload(&running, &key, size, keys::OUTBOX).await;
            let started = Instant::now();
            take(&running, &deliver).await;
            times.push(uploading + started.elapsed());
            assert!(s3(&running).head_object().bucket(&running.operator.bucket).key(inbox).send().await.is_ok());
            counts.push(calls.take().len());
        }
        let (floor, time) = (median(floors), median(times));
        let calls = format!("{}–{}", counts.iter().min().unwrap(), counts.iter().max().unwrap());
        println!("{size:>9} {floor:>14.1?} {time:>14.1?} {:>7.2} {calls:>12}", time.as_secs_f64() / floor.as_secs_f64());
    }
    running.stop().await;
}

fn office(number: &str, key: &SigningKey) -> Office {
    let mut office = Office::new(number.parse().unwrap(), "事業所");
    office.keys.push(OfficeKey::new(key.public_key().unwrap()));
    let first = exchange::japanese_day(jiff::Timestamp::now());
    office.licences.push(LicencePeriod { kind: LicenceKind::Paid, campaign: None, first, last: LicencePeriod::year_from(first).unwrap() });
    office
}

/// Uploads a PDF of `size` bytes below `prefix`; gives the time and where its `delivery.json` will lie.
async fn upload(running: &Exchange, key: &SigningKey, size: usize, prefix: &str) -> (Duration, String) {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.resize(size, b'x');
    let sender: OfficeNumber = SENDER.parse().unwrap();
    let draft = ManifestDraft::new(sender, vec![RECIPIENT.parse().unwrap()], "bench.pdf", &bytes, jiff::Timestamp::now());
    let inbox = keys::inbox_delivery(&RECIPIENT.parse().unwrap(), &exchange::TransmissionId::new(draft.iss, draft.jti));
    let manifest = draft.sign(key).unwrap();
    let object = format!("{prefix}{SENDER}/{}", draft.jti);
    let request = s3(running).put_object().bucket(&running.operator.bucket).key(object).metadata("manifest", manifest).body(bytes.into());
    let started = Instant::now();
    request.send().await.unwrap();
    (started.elapsed(), inbox)
}

/// Takes what waits in the queue through the function, as the event source mapping does.
async fn take(running: &Exchange, deliver: &Arc<Deliver>) {
    for message in running.queue.receive(10, Duration::from_secs(60)).await.unwrap() {
        let mut sqs = SqsMessage::default();
        sqs.message_id = Some(message.id.to_string());
        sqs.body = Some(message.body);
        let mut event = SqsEvent::default();
        event.records.push(sqs);
        assert!(handler::handle(deliver, event, None).await.unwrap().batch_item_failures.is_empty());
        running.queue.delete(&message.receipt).await.unwrap();
    }
}

fn s3(running: &Exchange) -> aws_sdk_s3::Client {
    let operator = &running.operator;
    let config = aws_sdk_s3::config::Builder::new()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(operator.region.clone()))
        .credentials_provider(Credentials::new(&operator.access_key_id, &operator.secret_access_key, None, None, "bench"))
        .endpoint_url(&operator.s3)
        .force_path_style(true);
    aws_sdk_s3::Client::from_conf(config.build())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
