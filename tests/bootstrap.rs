//! The real bootstrap, as Lambda runs it: a process of its own that asks the Runtime API for events.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use embedded::runtime_api::{Answer, RuntimeApi};
use embedded::{Exchange, Options};
use exchange::TransmissionId;
use jiff::Timestamp;
use serde_json::{Value, json};
use store::{Clock, Ledger, QUOTA_VARIABLE, SECRET_VARIABLE, Settings};
use tempfile::TempDir;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};

use crate::world::corpus::valid;
use crate::world::office::{Party, licence};
use crate::world::parcel::{Parcel, attachment};
use crate::world::s3;

/// Far more than an invocation takes on any machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The bootstrap of a function, which cargo builds beside this test.
pub(crate) fn bootstrap(function: &str) -> PathBuf {
    let profile = std::env::current_exe().unwrap().ancestors().nth(2).unwrap().to_owned();
    let path = profile.join(format!("{function}{}", std::env::consts::EXE_SUFFIX));
    assert!(path.is_file(), "{} is not built: run `cargo test --workspace`, or `cargo build -p {function}` first", path.display());
    path
}

/// Endpoints, a bootstrap on them, and its Runtime API.
pub(crate) struct Lambda {
    pub(crate) exchange: Exchange,
    api: RuntimeApi,
    child: Child,
    _folder: TempDir,
}

impl Lambda {
    pub(crate) async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let options = Options { data: folder.path().to_owned(), port: 0, clock: Clock::system() };
        let exchange = Exchange::start_endpoints(options).await.unwrap();
        let api = RuntimeApi::start().await.unwrap();
        let (settings, endpoints) = (exchange.operator.settings(), exchange.operator.endpoints());
        let named = Settings::VARIABLES.into_iter().zip([&settings.bucket, &settings.tables.offices, &settings.tables.ledger]);
        let child = Command::new(bootstrap("deliver"))
            .env_clear()
            .envs(named.map(|(name, value)| (name, value.as_str())))
            .envs([
                (SECRET_VARIABLE, "0123456789abcdef0123456789abcdef"),
                (QUOTA_VARIABLE, "1000"),
                // as talkative as an operator can make it
                ("AWS_LAMBDA_LOG_LEVEL", "trace"),
                ("RUST_LOG", "trace"),
                ("AWS_LAMBDA_RUNTIME_API", api.address()),
                ("AWS_LAMBDA_FUNCTION_NAME", "deliver"),
                ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
                ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
                ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
                ("AWS_REGION", endpoints.region.as_str()),
                ("AWS_ACCESS_KEY_ID", endpoints.access_key_id.as_str()),
                ("AWS_SECRET_ACCESS_KEY", endpoints.secret_access_key.as_str()),
                ("AWS_ENDPOINT_URL_S3", endpoints.s3.as_str()),
                ("AWS_ENDPOINT_URL_DYNAMODB", endpoints.dynamodb.as_str()),
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Self { exchange, api, child, _folder: folder }
    }

    /// Uploads a parcel as its office; the message that tells of it.
    pub(crate) async fn upload(&self, parcel: &Parcel) -> String {
        let put = s3::office(&self.exchange.operator, &parcel.office).put_object().bucket(&self.exchange.operator.bucket).key(&parcel.key);
        put.set_metadata(parcel.manifest.clone().map(|manifest| [("manifest".to_owned(), manifest)].into()))
            .body(parcel.bytes.clone().into())
            .send()
            .await
            .unwrap();
        let [told] = &self.exchange.queue.receive(10, PATIENCE).await.unwrap()[..] else { panic!("one upload, one message") };
        self.exchange.queue.delete(&told.receipt).await.unwrap();
        told.body.clone()
    }

    /// Invokes the function with an event as SQS sends it.
    pub(crate) async fn invoke(&self, bodies: &[&str]) -> Value {
        let record = |(place, body): (usize, &&str)| {
            json!({"messageId": format!("m{place}"), "receiptHandle": "r", "body": body, "md5OfBody": "", "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:ap-northeast-1:000000000000:q", "awsRegion": "ap-northeast-1", "messageAttributes": {},
                "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1", "SenderId": "s", "ApproximateFirstReceiveTimestamp": "1"}})
        };
        let event = json!({"Records": bodies.iter().enumerate().map(record).collect::<Vec<_>>()});
        match self.api.invoke(event.to_string(), PATIENCE).await {
            Answer::Response(body) => serde_json::from_slice(&body).unwrap(),
            other => panic!("the function answers: {other:?}"),
        }
    }

    /// Ends the process; all that it wrote.
    pub(crate) async fn output(mut self) -> String {
        self.child.start_kill().unwrap();
        let mut output = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut output).await.unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut output).await.unwrap();
        output
    }
}

#[tokio::test]
async fn the_real_bootstrap_delivers_a_real_upload_and_logs_nothing_of_persons() {
    let lambda = Lambda::start().await;
    let (fixture, now) = (valid("seed-1", "UPJSK"), Timestamp::now());
    let scan = attachment("山田花子様 診断書.pdf", b"%PDF-1.7\nsecret of the file\n%%EOF\n");
    let recipient = fixture.recipient.split('-').next().unwrap();
    let offices = [Party::new(&fixture.sender), Party::new(recipient)].map(|mut party| {
        party.office.licences = vec![licence("2020-01-01", "2099-12-31")];
        party
    });
    for party in &offices {
        lambda.exchange.stores.ledger.save_office(&party.office, None).await.unwrap();
    }
    let [sender, _] = &offices;
    let (good, good_id) = Parcel::of(sender, &fixture, now);
    let (attached, attached_id) = Parcel::of(sender, &scan, now);
    let forged = Parcel { bytes: b"other".to_vec(), ..Parcel::of(sender, &scan, now).0 };
    let wrong = crate::world::corpus::Fixture { name: "山田花子様.exe".to_owned(), ..scan.clone() };
    let (refused, refused_id) = Parcel::of(sender, &wrong, now);
    let mut messages = Vec::new();
    for parcel in [&good, &attached, &forged, &refused] {
        messages.push(lambda.upload(parcel).await);
    }
    let bodies: Vec<&str> = messages.iter().map(String::as_str).chain(["山田花子様"]).collect();
    assert_eq!(lambda.invoke(&bodies).await, json!({"batchItemFailures": [{"itemIdentifier": "m4"}]}));
    assert_eq!(lambda.invoke(&bodies[..4]).await, json!({"batchItemFailures": []}), "again, for nothing");

    let (bucket, client) = (lambda.exchange.operator.bucket.clone(), s3::office(&lambda.exchange.operator, recipient));
    let folder = |id: &TransmissionId| format!("inbox/{recipient}/{id}");
    assert!(s3::bytes(&client, &bucket, &format!("{}/{}", folder(&good_id), fixture.name)).await.unwrap() == fixture.bytes);
    assert!(s3::bytes(&client, &bucket, &format!("{}/a01.pdf", folder(&attached_id))).await.unwrap() == scan.bytes);
    for id in [&good_id, &attached_id] {
        assert!(s3::bytes(&client, &bucket, &format!("{}/delivery.json", folder(id))).await.is_some());
    }
    assert_eq!(s3::keys(&client, &bucket, &format!("inbox/{recipient}/")).await.len(), 4);
    let client = s3::office(&lambda.exchange.operator, sender.number());
    assert_eq!(s3::keys(&client, &bucket, &format!("returns/{}/", sender.number())).await.len(), 2);

    let output = lambda.output().await;
    for id in [&good_id, &attached_id, &refused_id] {
        assert!(output.contains(&id.to_string()), "{id} is in the log: {output}");
    }
    assert!(output.lines().filter(|line| line.contains("\"delivered\"")).count() >= 2, "in JSON, one line each: {output}");
    crate::isolation::names_nobody(&output, &fixture, &["山田花子", "診断書", "secret of the file", "%PDF", "つばめ"]);
}
