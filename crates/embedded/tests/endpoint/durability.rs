use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::config::Credentials;
use embedded::objects::{EventSource, OpenError, Store};
use futures::future::join_all;
use tempfile::TempDir;
use tokio::sync::Mutex;

use crate::place::{BUCKET, Place, client, open, start};

/// Set in the child: serve the store in this folder until killed.
const CHILD: &str = "EMBEDDED_TEST_FOLDER";
const NAME: &str = "durability::an_upload_that_was_answered_survives_kill_9_with_its_event";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_was_answered_survives_kill_9_with_its_event() {
    if let Some(folder) = std::env::var_os(CHILD) {
        println!("\nurl {}", start(open(Path::new(&folder))).await);
        std::future::pending::<()>().await;
    }
    let folder = TempDir::new().unwrap();
    let answered = Arc::new(Mutex::new(BTreeMap::new()));
    for round in 0..3 {
        let (mut child, url) = child(folder.path());
        let s3 = client(&url, Credentials::new("operator", "operator-secret", None, None, "test"));
        let uploads = (0..4).map(|writer| {
            let (s3, answered) = (s3.clone(), Arc::clone(&answered));
            tokio::spawn(async move {
                for number in 0.. {
                    let (key, body) =
                        (format!("outbox/0370100018/{round}-{writer}-{number}"), format!("{round} {writer} {number}").repeat(5000));
                    let Ok(_stored) = s3.put_object().bucket(BUCKET).key(&key).body(body.clone().into_bytes().into()).send().await else {
                        return;
                    };
                    answered.lock().await.insert(key, body);
                }
            })
        });
        let uploads: Vec<_> = uploads.collect();
        while answered.lock().await.len() < 40 * (round + 1) {
            assert!(child.try_wait().unwrap().is_none(), "the child ended by itself");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        join_all(uploads).await;
    }
    check(folder.path(), &*answered.lock().await).await;
}

fn child(folder: &Path) -> (Child, String) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", NAME, "--nocapture"]).env(CHILD, folder).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let url = lines.map_while(Result::ok).find_map(|line| line.strip_prefix("url ").map(str::to_owned));
    (child, url.unwrap())
}

async fn check(folder: &Path, answered: &BTreeMap<String, String>) {
    let store = open(folder);
    let queue = store.queue().with_max_receives(u32::MAX);
    let messages = queue.receive(usize::MAX, Duration::from_secs(3600)).await.unwrap();
    let mut events = BTreeSet::new();
    for message in &messages {
        let event: serde_json::Value = serde_json::from_str(&message.body).unwrap();
        let text =
            |field: &str| event.pointer(&format!("/Records/0/s3/object/{field}")).and_then(serde_json::Value::as_str).unwrap().to_owned();
        let (key, version) = (text("key"), text("versionId"));
        // what an event tells of is there, whether its upload was answered or not
        store.head(key.clone(), Some(version)).await.unwrap();
        assert!(events.insert(key), "two events for one upload");
    }
    for (key, body) in answered {
        assert!(events.contains(key), "no event for {key}");
        let found = store.get(key.clone(), None).await.unwrap();
        assert!(std::io::read_to_string(found.file).unwrap() == *body, "{key}");
    }
    assert_eq!(std::fs::read_dir(folder.join("blobs")).unwrap().count(), events.len());
    assert_eq!(std::fs::read_dir(folder.join("staging")).unwrap().count(), 0);
}

#[tokio::test]
async fn what_belongs_to_nothing_is_swept_at_the_next_opening() {
    let folder = TempDir::new().unwrap();
    drop(open(folder.path()));
    // named as the store names them; what others left there stays
    let orphans = ["blobs/0123456789abcdef0123456789abcdef", "staging/fedcba9876543210fedcba9876543210"];
    for orphan in orphans {
        std::fs::write(folder.path().join(orphan), "x").unwrap();
    }
    drop(open(folder.path()));
    for orphan in orphans {
        assert!(!folder.path().join(orphan).exists(), "{orphan}");
    }
}

#[tokio::test]
async fn a_folder_is_opened_once_at_a_time() {
    let folder = TempDir::new().unwrap();
    // who holds the queue holds the folder
    let queue = open(folder.path()).queue();
    let events = EventSource { bucket: BUCKET.to_owned(), region: String::new(), prefix: String::new() };
    let second = Store::open(folder.path(), Arc::new(jiff::Timestamp::now), events);
    assert!(matches!(second.err(), Some(OpenError::InUse)));
    drop(queue);
    drop(open(folder.path()));
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    use tokio::io::AsyncWriteExt as _;
    let place = Place::new().await;
    let put = place.operator.put_object().bucket(BUCKET).key("outbox/0370100018/a");
    let presigned = put.presigned(aws_sdk_s3::presigning::PresigningConfig::expires_in(Duration::from_secs(60)).unwrap()).await.unwrap();
    let path = presigned.uri().strip_prefix(&place.url).unwrap();
    let host = place.url.strip_prefix("http://").unwrap();
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    let head = format!("PUT {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1000000\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&[b'x'; 500_000]).await.unwrap();
    let until = async |count: usize| {
        let reached = async {
            while place.blobs() != count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), reached).await.unwrap();
    };
    until(1).await;
    drop(stream);
    until(0).await;
    assert_eq!(place.events().await.len(), 0);
}
