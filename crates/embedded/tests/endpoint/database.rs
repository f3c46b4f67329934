//! The DynamoDB endpoint lets in what the operator signed, and invites no web page.

use embedded::{Exchange, Options};
use store::{Clock, Endpoints, Ledger as _, Stores};

async fn exchange() -> (Exchange, tempfile::TempDir) {
    let data = tempfile::tempdir().unwrap();
    let options = Options { data: data.path().to_owned(), port: 0, clock: Clock::system() };
    (Exchange::start_endpoints(options).await.unwrap(), data)
}

#[tokio::test]
async fn a_web_page_gets_neither_an_invitation_nor_an_answer() {
    let (running, _data) = exchange().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = &running.operator.dynamodb;
    let preflight = client.request(reqwest::Method::OPTIONS, url).header("origin", "http://evil.example");
    let preflight = preflight.header("access-control-request-method", "POST").send().await.unwrap();
    assert!(!preflight.status().is_success());
    let scan = client.post(url).header("origin", "http://evil.example").header("x-amz-target", "DynamoDB_20120810.Scan");
    let scan = scan.body(r#"{"TableName":"renkei-offices"}"#).send().await.unwrap();
    for answer in [&preflight, &scan] {
        assert!(answer.headers().keys().all(|name| !name.as_str().starts_with("access-control-")));
    }
    assert_eq!(scan.status(), 400);
    assert!(scan.text().await.unwrap().contains("MissingAuthenticationTokenException"));
}

#[tokio::test]
async fn another_key_or_secret_reads_nothing() {
    let (running, _data) = exchange().await;
    let office = "9779668095".parse().unwrap();
    assert!(running.stores.ledger.office(&office).await.unwrap().is_none());
    let own = running.operator.endpoints();
    for (endpoints, says) in [
        (Endpoints { secret_access_key: "guessed".to_owned(), ..own.clone() }, "InvalidSignatureException"),
        (Endpoints { access_key_id: "SOMEBODY".to_owned(), ..own.clone() }, "UnrecognizedClientException"),
        (Endpoints { region: "us-east-1".to_owned(), ..own }, "UnrecognizedClientException"),
    ] {
        let stores = Stores::at(&running.operator.settings(), &endpoints);
        let error = stores.ledger.office(&office).await.unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_data_folder_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_running, data) = exchange().await;
    assert_eq!(std::fs::metadata(data.path()).unwrap().permissions().mode() & 0o777, 0o700);
}
