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
async fn what_offices_sent_is_its_owners_alone_and_the_rest_of_the_folder_is_left_alone() {
    use std::os::unix::fs::PermissionsExt;
    let data = tempfile::tempdir().unwrap();
    let mode = |name: &str| std::fs::metadata(data.path().join(name)).unwrap().permissions().mode() & 0o777;
    std::fs::set_permissions(data.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let foreign = ["holiday.jpg", "blobs/holiday.jpg", "staging/letter"];
    for file in foreign {
        std::fs::create_dir_all(data.path().join(file).parent().unwrap()).unwrap();
        std::fs::write(data.path().join(file), file).unwrap();
    }
    let options = Options { data: data.path().to_owned(), port: 0, clock: Clock::system() };
    let running = Exchange::start_endpoints(options).await.unwrap();
    assert!(running.stores.ledger.office(&"9779668095".parse().unwrap()).await.unwrap().is_none());
    for (name, expected) in [("", 0o755), ("blobs", 0o700), ("staging", 0o700)] {
        assert_eq!(mode(name), expected, "{name}");
    }
    for name in ["operator.json", "objects.sqlite", "objects.sqlite-wal", "ledger.sqlite", "ledger.sqlite-wal"] {
        assert_eq!(mode(name), 0o600, "{name}");
    }
    for file in foreign {
        assert_eq!(std::fs::read_to_string(data.path().join(file)).unwrap(), file);
    }
}
