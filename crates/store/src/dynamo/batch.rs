//! Items by their keys. What a successful answer left out is asked for again: the SDK retries only what fails.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use backon::{BackoffBuilder as _, ExponentialBuilder};
use tokio::time::sleep;

use super::DynamoLedger;
use super::items::Item;
use crate::StoreError;
use crate::sdk::classify;

/// The most keys that the service takes at once.
pub(super) const KEYS: usize = 100;

/// How often what was left out is asked for again.
const TIMES: usize = 5;

impl DynamoLedger {
    /// The items of each table that have these keys, at most [`KEYS`] and none twice, as of now: one call, and more only where the service leaves keys out.
    pub(super) async fn batch_get(
        &self,
        operation: &'static str,
        wanted: impl IntoIterator<Item = (&String, Vec<Item>)>,
    ) -> Result<HashMap<String, Vec<Item>>, StoreError> {
        let mut left = HashMap::new();
        for (table, keys) in wanted.into_iter().filter(|(_, keys)| !keys.is_empty()) {
            let keys = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
            left.insert(table.clone(), keys.map_err(|error| StoreError::unreadable(operation, error))?);
        }
        let mut found: HashMap<String, Vec<Item>> = HashMap::new();
        let mut pauses =
            ExponentialBuilder::default().with_min_delay(std::time::Duration::from_millis(50)).with_jitter().with_max_times(TIMES).build();
        while !left.is_empty() {
            let output = self.client.batch_get_item().set_request_items(Some(left)).send().await;
            let output = output.map_err(|error| classify(operation, error))?;
            for (table, items) in output.responses.unwrap_or_default() {
                found.entry(table).or_default().extend(items);
            }
            left = output.unprocessed_keys.unwrap_or_default();
            left.retain(|_, keys| !keys.keys.is_empty());
            if !left.is_empty() {
                sleep(pauses.next().ok_or_else(|| StoreError::retry(operation, "UnprocessedKeys"))?).await;
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::net::TcpListener;
    use std::sync::mpsc::{Receiver, channel};

    use serde_json::{Value, json};
    use standard::ProfileId;

    use super::*;
    use crate::{Endpoints, Ledger as _, Settings, Stores, Tables};

    /// A database that says what it is told to say, request by request; gives its URL and what it was asked.
    fn database(answers: Vec<Value>) -> (String, Receiver<Value>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (asked, requests) = channel();
        std::thread::spawn(move || {
            for (answer, stream) in answers.iter().zip(listener.incoming()) {
                let mut reader = BufReader::new(stream.unwrap());
                let (mut line, mut length) = (String::new(), 0);
                while reader.read_line(&mut line).unwrap() > 2 {
                    if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap();
                    }
                    line.clear();
                }
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                asked.send(serde_json::from_slice(&body).unwrap()).unwrap();
                let text = answer.to_string();
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", text.len());
                reader.get_mut().write_all(format!("{head}{text}").as_bytes()).unwrap();
            }
        });
        (url, requests)
    }

    fn key(id: &str) -> Value {
        json!({"office": {"S": format!("profile#{id}")}})
    }

    fn answer(found: &[&str], left: &[&str]) -> Value {
        let item = |id: &&str| json!({"office": {"S": format!("profile#{id}")}, "profile": {"S": id}, "text": {"S": "…"}});
        let found: Vec<Value> = found.iter().map(item).collect();
        let left: Vec<Value> = left.iter().map(|id| key(id)).collect();
        let left = if left.is_empty() { json!({}) } else { json!({"offices": {"Keys": left, "ConsistentRead": true}}) };
        json!({"Responses": {"offices": found}, "UnprocessedKeys": left})
    }

    async fn read(url: String, ids: &[ProfileId]) -> Result<Vec<(ProfileId, String)>, StoreError> {
        let tables = Tables { offices: "offices".to_owned(), ledger: "ledger".to_owned() };
        let [region, access_key_id, secret_access_key] = ["ap-northeast-1", "key", "secret"].map(str::to_owned);
        let endpoints = Endpoints { s3: url.clone(), dynamodb: url, region, access_key_id, secret_access_key };
        Stores::at(&Settings { bucket: "bucket".to_owned(), tables }, &endpoints).ledger.profiles(ids).await
    }

    #[tokio::test]
    async fn what_an_answer_left_out_is_asked_for_again_and_nothing_else() {
        let ids = ["one", "three", "two"].map(|id| id.parse::<ProfileId>().unwrap());
        let (url, requests) =
            database(vec![answer(&["one"], &["three", "two"]), answer(&[], &["three", "two"]), answer(&["two", "three"], &[])]);
        let mut found = read(url, &ids).await.unwrap();
        found.sort();
        assert_eq!(found.into_iter().map(|(id, _)| id).collect::<Vec<_>>(), ids);
        let asked: Vec<Value> = requests.iter().map(|request| request["RequestItems"]["offices"]["Keys"].clone()).collect();
        let left = json!([key("three"), key("two")]);
        assert_eq!(asked, [json!([key("one"), key("three"), key("two")]), left.clone(), left]);
    }

    #[tokio::test]
    async fn what_is_never_answered_may_be_asked_for_later() {
        let (url, requests) = database(vec![answer(&[], &["one"]); TIMES + 2]);
        let failed = read(url, &["one".parse().unwrap()]).await.unwrap_err();
        assert!(failed.is_passing(), "{failed}");
        assert_eq!(requests.try_iter().count(), TIMES + 1);
    }
}
