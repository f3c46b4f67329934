//! Notices on their way to the operators' bus: through the real client, to a server that answers as EventBridge does (API reference, `PutEvents`).

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use ::upkeep::Sent;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use store::{Endpoints, EventBridge};
use tokio::net::TcpListener;

use super::scene::{OFFICES, Scene};

#[derive(Default)]
pub(super) struct Bus {
    /// The entries of each call.
    calls: Mutex<Vec<Vec<Value>>>,
    /// Offices whose events are refused, one by one.
    refused: Mutex<BTreeSet<String>>,
    /// Whether calls are refused whole.
    denied: Mutex<bool>,
}

impl Bus {
    /// Serves it; where, and what came.
    pub(super) async fn serve() -> (String, Arc<Bus>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let bus = Arc::new(Bus::default());
        let served = Arc::clone(&bus);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let bus = Arc::clone(&served);
                tokio::spawn(async move {
                    let service = hyper::service::service_fn(|request| bus.put_events(request));
                    drop(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
                });
            }
        });
        (url, bus)
    }

    /// The entries of each call since it was last asked.
    pub(super) fn take(&self) -> Vec<Vec<Value>> {
        std::mem::take(&mut self.calls.lock().unwrap())
    }

    async fn put_events(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        let (head, body) = request.into_parts();
        assert_eq!((head.method.as_str(), head.uri.path()), ("POST", "/"));
        assert_eq!(head.headers["x-amz-target"], "AWSEvents.PutEvents");
        let signed = head.headers["authorization"].to_str().unwrap();
        assert!(signed.starts_with("AWS4-HMAC-SHA256 ") && signed.contains("/ap-northeast-1/events/aws4_request"), "{signed}");
        let body: Value = serde_json::from_slice(&body.collect().await.unwrap().to_bytes()).unwrap();
        let entries = body["Entries"].as_array().unwrap().clone();
        let refused = self.refused.lock().unwrap().clone();
        let answer = |entry: &Value| {
            let detail: Value = serde_json::from_str(entry["Detail"].as_str().unwrap()).unwrap();
            if refused.contains(detail["subject"].as_str().unwrap()) {
                json!({"ErrorCode": "InternalFailure", "ErrorMessage": "later"})
            } else {
                json!({"EventId": detail["id"]})
            }
        };
        let answers: Vec<Value> = entries.iter().map(answer).collect();
        self.calls.lock().unwrap().push(entries);
        let (status, body) = if *self.denied.lock().unwrap() {
            (400, json!({"__type": "AccessDeniedException", "message": "no"}))
        } else {
            let failed = answers.iter().filter(|answer| answer.get("ErrorCode").is_some()).count();
            (200, json!({"FailedEntryCount": failed, "Entries": answers}))
        };
        let response = Response::builder().status(status).header("content-type", "application/x-amz-json-1.1");
        Ok(response.body(Full::new(Bytes::from(body.to_string()))).unwrap())
    }
}

/// A scene whose operators have a bus.
async fn with_bus() -> (Scene, Arc<Bus>) {
    let (url, bus) = Bus::serve().await;
    let [s3, dynamodb] = [url.clone(), url.clone()];
    let [region, access_key_id, secret_access_key] = ["ap-northeast-1", "id", "secret"].map(str::to_owned);
    let endpoints = Endpoints { s3, dynamodb, region, access_key_id, secret_access_key };
    let mut scene = Scene::open().await;
    scene.bus = Some(Arc::new(EventBridge::at(&url, &endpoints, "the-bus")));
    (scene, bus)
}

#[tokio::test]
async fn the_bus_hears_all_that_offices_are_told_with_or_without_a_webhook() {
    let (scene, bus) = with_bus().await;
    scene.set_webhook(OFFICES[1], None).await;
    for n in 1..=12 {
        scene.notify(OFFICES[0], n).await;
    }
    let other = scene.notify(OFFICES[1], 1).await;
    assert_eq!(scene.tick().await, Sent { published: 13, posted: 12, ..Sent::default() });
    assert_eq!(scene.tick().await, Sent::default(), "once");
    let calls = bus.take();
    let mut sizes: Vec<usize> = calls.iter().map(Vec::len).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [1, 2, 10]);
    let posted: Vec<Value> = scene.server.taken().iter().map(|request| serde_json::from_slice(&request.body).unwrap()).collect();
    let mut ids = BTreeSet::new();
    for entry in calls.iter().flatten() {
        let detail: Value = serde_json::from_str(entry["Detail"].as_str().unwrap()).unwrap();
        assert_eq!(
            [&entry["EventBusName"], &entry["Source"], &entry["DetailType"]],
            ["the-bus", "renkei", "jp.renkei.notice.not-collected"]
        );
        assert_eq!(entry["Time"].as_f64(), Some(1_775_779_200.0));
        let id = detail["id"].as_str().unwrap().to_owned();
        assert!(posted.contains(&detail) || id == other.id(), "the same event as the webhook's");
        ids.insert(id);
    }
    assert_eq!(ids.len(), 13);
}

#[tokio::test]
async fn an_event_that_the_bus_refuses_is_put_there_again_and_posted_once() {
    let (scene, bus) = with_bus().await;
    bus.refused.lock().unwrap().insert(OFFICES[0].to_owned());
    for office in &OFFICES[..2] {
        scene.notify(office, 1).await;
    }
    let sent = scene.tick().await;
    assert_eq!(sent, Sent { published: 1, posted: 2, put_off: 1, failed: 1, ..Sent::default() });
    assert!(sent.or_ring().is_err(), "it is the operators' bus");
    bus.refused.lock().unwrap().clear();
    *bus.denied.lock().unwrap() = true;
    scene.set_minutes(1);
    assert_eq!(scene.tick().await, Sent { put_off: 1, failed: 1, ..Sent::default() });
    *bus.denied.lock().unwrap() = false;
    scene.set_minutes(3);
    assert_eq!(scene.tick().await, Sent { published: 1, ..Sent::default() });
    assert_eq!((scene.came().map(|ids| ids.len()), scene.left().await), ([1, 1, 0], 0), "each webhook once");
}

#[tokio::test]
async fn a_webhook_that_fails_is_tried_again_and_the_bus_hears_it_once() {
    let (scene, bus) = with_bus().await;
    scene.server.reply(super::scene::HOSTS[0], super::server::Reply::Status(500));
    scene.notify(OFFICES[0], 1).await;
    assert_eq!(scene.tick().await, Sent { published: 1, put_off: 1, ..Sent::default() });
    scene.set_minutes(1);
    assert_eq!(scene.tick().await, Sent { put_off: 1, ..Sent::default() });
    assert_eq!(bus.take().len(), 1);
}
