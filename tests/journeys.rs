//! A file's whole way through the running exchange, as two offices see it: each with its own credentials and nothing else.

use std::time::Duration;

use aws_sdk_s3::Client;
use embedded::{Exchange, Options};
use exchange::sign::{ManifestDraft, SigningKey};
use exchange::{Office, OfficeKey, TransmissionId, json_time};
use jiff::Timestamp;
use serde_json::{Value, json};
use store::{Clock, Ledger};
use tempfile::TempDir;

use crate::world::corpus::{Fixture, SEEDS, valid};
use crate::world::office::Party;
use crate::world::parcel::{attachment, draft};
use crate::world::{NOW, at, s3};

/// A running exchange that knows both offices of a file.
pub(crate) struct Running {
    pub(crate) exchange: Exchange,
    pub(crate) sender: Party,
    pub(crate) recipient: String,
    pub(crate) fixture: Fixture,
    _folder: TempDir,
}

impl Running {
    pub(crate) async fn with(fixture: Fixture, key: SigningKey) -> Self {
        let folder = TempDir::new().unwrap();
        let options = Options { data: folder.path().to_owned(), port: 0, clock: Clock::starting_at(at(NOW)) };
        let exchange = Exchange::start(options).await.unwrap();
        let recipient = fixture.recipient.split('-').next().unwrap().to_owned();
        let Party { office, .. } = Party::new(&fixture.sender);
        let office = Office { keys: vec![OfficeKey::new(key.public_key().unwrap())], ..office };
        let sender = Party { office, key };
        for office in [&sender.office, &Party::new(&recipient).office] {
            exchange.stores.ledger.save_office(office, None).await.unwrap();
        }
        Self { exchange, sender, recipient, fixture, _folder: folder }
    }

    pub(crate) fn bucket(&self) -> &str {
        &self.exchange.operator.bucket
    }

    pub(crate) fn office(&self, number: &str) -> Client {
        s3::office(&self.exchange.operator, number)
    }

    pub(crate) fn draft(&self) -> ManifestDraft {
        draft(&self.fixture, at(NOW))
    }

    /// Uploads through the S3 API, as the sender.
    pub(crate) async fn upload(&self, draft: &ManifestDraft, bytes: &[u8]) -> String {
        let key = format!("outbox/{}/april/計画 {}", self.sender.number(), draft.jti);
        let put = self.office(self.sender.number()).put_object().bucket(self.bucket()).key(&key);
        put.metadata("manifest", draft.sign(&self.sender.key).unwrap())
            .metadata("other", "stays behind")
            .content_type("text/html")
            .content_disposition("attachment; filename=x")
            .body(bytes.to_vec().into())
            .send()
            .await
            .unwrap();
        key
    }

    /// What an office finds under a key of its own, as soon as it is there.
    pub(crate) async fn wait_for(&self, office: &str, key: &str) -> Vec<u8> {
        let client = self.office(office);
        for _ in 0..600 {
            if let Some(found) = s3::bytes(&client, self.bucket(), key).await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("nothing came to {key}");
    }

    /// What was delivered is whole, described as the contract says, and nothing else lies there.
    async fn was_delivered(&self, draft: &ManifestDraft, manifest: &str, called: &str, kind: Option<&str>) {
        let id = TransmissionId::new(draft.iss, draft.jti);
        let folder = format!("inbox/{}/{id}/", self.recipient);
        let (file, document) = (format!("{folder}{called}"), format!("{folder}delivery.json"));
        let told: Value = serde_json::from_slice(&self.wait_for(&self.recipient, &document).await).unwrap();
        let client = self.office(&self.recipient);
        assert_eq!(s3::keys(&client, self.bucket(), &format!("inbox/{}/", self.recipient)).await, [file.clone(), document.clone()]);
        assert!(s3::bytes(&client, self.bucket(), &file).await.unwrap() == self.fixture.bytes, "byte for byte");

        let delivered_at = told["delivered_at"].as_str().unwrap();
        assert!(delivered_at.len() == 25 && delivered_at.ends_with("+09:00"), "{delivered_at}");
        assert!(at(delivered_at) >= at(NOW));
        let file = json!({"name": draft.name, "key": file, "kind": kind, "size": draft.size, "sha256": draft.sha256.to_string(), "errors": 0, "warnings": 0,
            "findings": []});
        let wanted = json!({
            "id": id.to_string(), "sender": draft.iss.as_str(), "sender_name": "つばめ介護センター", "recipient": self.recipient,
            "address": draft.aud[0].to_string(), "status": "delivered", "delivered_at": delivered_at, "files": [file], "outcome": null, "note": "",
            "supersedes": null, "superseded_by": null, "manifests": [manifest],
        });
        assert_eq!(told, wanted);

        // only the manifest travels on; the real name is the exchange's own word
        let head = client.head_object().bucket(self.bucket()).key(format!("{folder}{called}")).send().await.unwrap();
        assert_eq!(head.metadata().unwrap().iter().collect::<Vec<_>>(), [(&"manifest".to_owned(), &manifest.to_owned())]);
        let named = exchange::content_disposition(&draft.name, called);
        assert_eq!((head.content_disposition(), head.content_encoding(), head.cache_control()), (Some(named.as_str()), None, None));
        assert_ne!(head.content_type(), Some("text/html"));

        // and the ledger says the same
        let entry = self.exchange.stores.ledger.transmission(&id).await.unwrap().unwrap();
        let view = serde_json::to_value(entry.transmission.view(&entry.deliveries)).unwrap();
        let stored_at = json_time(entry.transmission.stored_at);
        let delivery = json!({"recipient": self.recipient, "address": draft.aud[0].to_string(), "status": "delivered", "delivered_at": delivered_at,
            "collected_at": null, "acknowledged_at": null, "outcome": null, "note": ""});
        let wanted = json!({
            "id": id.to_string(), "sender": draft.iss.as_str(), "status": "delivered", "stored_at": stored_at, "ended_at": delivered_at, "parts": 1,
            "files": [{"name": draft.name, "kind": kind, "size": draft.size, "sha256": draft.sha256.to_string(), "errors": 0, "warnings": 0}],
            "deliveries": [delivery], "reasons": [], "supersedes": null, "superseded_by": null,
        });
        assert_eq!(view, wanted);
    }
}

fn es256() -> SigningKey {
    SigningKey::generate_es256().unwrap()
}

/// Sends a file by the S3 API and looks at all there is to see.
async fn check(fixture: Fixture, key: SigningKey, called: &str, kind: Option<&str>) {
    let running = Running::with(fixture, key).await;
    let draft = running.draft();
    let manifest = draft.sign(&running.sender.key).unwrap();
    let key = format!("outbox/{}/計画 1+2.CSV", running.sender.number());
    let put = running.office(running.sender.number()).put_object().bucket(running.bucket()).key(key);
    put.metadata("manifest", &manifest)
        .metadata("other", "stays behind")
        .content_type("text/html")
        .content_disposition("attachment; filename=x")
        .content_encoding("identity")
        .cache_control("no-store")
        .body(running.fixture.bytes.clone().into())
        .send()
        .await
        .unwrap();
    running.was_delivered(&draft, &manifest, called, kind).await;
    running.exchange.stop().await;
}

#[tokio::test]
async fn an_actuals_file_of_each_seed_arrives_byte_for_byte() {
    for seed in SEEDS {
        let fixture = valid(seed, "UPJSK");
        let name = fixture.name.clone();
        check(fixture, es256(), &name, Some("UPJSK")).await;
    }
}

#[tokio::test]
async fn a_deletion_arrives() {
    for kind in ["DLTJSK", "DLT1KYO", "DLTPLAN"] {
        let fixture = valid("seed-1", kind);
        let name = fixture.name.clone();
        check(fixture, SigningKey::generate_ed25519().unwrap(), &name, Some(kind)).await;
    }
}

#[tokio::test]
async fn an_attachment_arrives_and_its_name_stands_in_the_document_only() {
    let fixture = attachment("山田花子様 診断書.PDF", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n");
    check(fixture, es256(), "a01.pdf", None).await;
}

#[tokio::test]
async fn an_upload_by_a_presigned_url_arrives() {
    let running = Running::with(valid("seed-1", "UPJSK"), es256()).await;
    let draft = running.draft();
    let manifest = draft.sign(&running.sender.key).unwrap();
    let client = running.office(running.sender.number());
    let key = format!("outbox/{}/presigned", running.sender.number());
    s3::put_presigned(&client, running.bucket(), &key, &manifest, &running.fixture.bytes).await;
    running.was_delivered(&draft, &manifest, &draft.name, Some("UPJSK")).await;
}

#[tokio::test]
async fn a_refusal_is_told_to_the_sender_in_its_returns() {
    let running = Running::with(valid("seed-2", "UPJSK"), es256()).await;
    let mut bytes = running.fixture.bytes.clone();
    bytes.truncate(bytes.len() / 2);
    let draft = ManifestDraft {
        name: "UPJSK_april.csv".to_owned(),
        ..draft(&Fixture { bytes: bytes.clone(), ..running.fixture.clone() }, at(NOW))
    };
    let key = running.upload(&draft, &bytes).await;
    let id = TransmissionId::new(draft.iss, draft.jti);
    let report = running.wait_for(running.sender.number(), &format!("returns/{}/{id}.json", running.sender.number())).await;
    let report: Value = serde_json::from_slice(&report).unwrap();
    assert_eq!(
        (&report["transmission"], &report["key"], &report["sender"], &report["outcome"]),
        (&json!(id.to_string()), &json!(key), &json!(running.sender.number()), &json!("rejected"))
    );
    assert!(report["at"].as_str().unwrap().ends_with("+09:00"));
    let reason = &report["reasons"][0];
    assert_eq!((&reason["code"], &reason["file"], &reason["findings_total"]), (&json!("file-name"), &json!("UPJSK_april.csv"), &json!(1)));
    let finding = reason["findings"][0].as_object().unwrap();
    let members: Vec<&str> = finding.keys().map(String::as_str).collect();
    assert_eq!(members, ["field", "field_name", "line", "message", "message_ja", "record", "rule", "severity"]);
    assert_eq!((&finding["rule"], &finding["severity"]), (&json!("R-NAME"), &json!("error")));
    assert!(s3::keys(&running.office(&running.recipient), running.bucket(), &format!("inbox/{}/", running.recipient)).await.is_empty());
}

#[tokio::test]
async fn a_message_that_is_no_event_ends_in_the_dead_letter_queue_and_holds_up_nobody() {
    let running = Running::with(valid("seed-1", "UPJSK"), es256()).await;
    running.exchange.queue.send("no event", Duration::ZERO).await.unwrap();
    let draft = running.draft();
    running.upload(&draft, &running.fixture.bytes).await;
    let id = TransmissionId::new(draft.iss, draft.jti);
    running.wait_for(&running.recipient, &format!("inbox/{}/{id}/delivery.json", running.recipient)).await;
    for _ in 0..1_200 {
        let dead = running.exchange.queue.dead_letters().await.unwrap();
        if let [dead] = &dead[..] {
            assert_eq!((dead.body.as_str(), dead.receive_count), ("no event", 5));
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it is tried for ever");
}

#[tokio::test]
async fn a_file_arrives_after_the_exchange_was_stopped_in_between() {
    let folder = TempDir::new().unwrap();
    let options = || Options { data: folder.path().to_owned(), port: 0, clock: Clock::starting_at(at(NOW)) };
    let (fixture, started) = (valid("seed-1", "UPJSK"), Timestamp::now());
    let sender = Party::new(&fixture.sender);
    let recipient = fixture.recipient.split('-').next().unwrap();
    let draft = draft(&fixture, at(NOW));
    {
        // the endpoints take it, no function runs
        let exchange = Exchange::start_endpoints(options()).await.unwrap();
        for office in [&sender.office, &Party::new(recipient).office] {
            exchange.stores.ledger.save_office(office, None).await.unwrap();
        }
        let client = s3::office(&exchange.operator, sender.number());
        let put = client.put_object().bucket(&exchange.operator.bucket).key(format!("outbox/{}/a", sender.number()));
        put.metadata("manifest", draft.sign(&sender.key).unwrap()).body(fixture.bytes.clone().into()).send().await.unwrap();
        // in flight when the exchange ends
        assert_eq!(exchange.queue.receive(1, Duration::from_secs(3_600)).await.unwrap().len(), 1);
        exchange.stop().await;
    }
    let exchange = Exchange::start(options()).await.unwrap();
    let client = s3::office(&exchange.operator, recipient);
    let key = format!("inbox/{recipient}/{}-{}/delivery.json", sender.number(), draft.jti);
    while s3::bytes(&client, &exchange.operator.bucket, &key).await.is_none() {
        assert!(Timestamp::now().duration_since(started) < jiff::SignedDuration::from_secs(60), "it comes");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
