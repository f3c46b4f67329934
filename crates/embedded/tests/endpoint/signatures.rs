use std::time::{Duration, SystemTime};

use aws_sdk_s3::config::Credentials;
use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use embedded::s3::{ServeError, serve};
use reqwest::Method;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::place::{BUCKET, OFFICE, Place, answer, client, credentials, endpoint, in_region, open};

const KEY: &str = "outbox/0370100018/a.csv";

fn a_minute() -> PresigningConfig {
    PresigningConfig::expires_in(Duration::from_secs(60)).unwrap()
}

/// A presigned PUT that pins manifest, checksum and length.
async fn presigned(place: &Place, body: &str) -> PresignedRequest {
    let put =
        place.operator.put_object().bucket(BUCKET).key(KEY).metadata("manifest", "a.b.c").content_length(body.len().try_into().unwrap());
    put.checksum_sha256(STANDARD.encode(Sha256::digest(body))).presigned(a_minute()).await.unwrap()
}

/// Sends it as it is, but for what `change` does to its headers.
async fn send(
    request: &PresignedRequest,
    url: &str,
    body: &str,
    change: impl Fn(&str, &str) -> Option<String>,
    more: &[(&str, &str)],
) -> u16 {
    let mut sent = reqwest::Client::new().request(Method::from_bytes(request.method().as_bytes()).unwrap(), url);
    for (name, value) in request.headers() {
        if let Some(value) = change(name, value) {
            sent = sent.header(name, value);
        }
    }
    for (name, value) in more {
        sent = sent.header(*name, *value);
    }
    sent.body(body.to_owned()).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_presigned_put_is_taken_only_as_it_was_signed() {
    let place = Place::new().await;
    let request = presigned(&place, "hello").await;
    let as_it_is = |_: &str, value: &str| Some(value.to_owned());
    let uri = request.uri().to_owned();
    let check =
        async |url: &str, body: &str, change: &dyn Fn(&str, &str) -> Option<String>, more: &[(&str, &str)], status: u16, what: &str| {
            assert_eq!(send(&request, url, body, change, more).await, status, "{what}");
            if status != 200 {
                assert_eq!(place.events().await.len(), 0, "{what}");
            }
        };
    check(&uri.replace("a.csv", "b.csv"), "hello", &as_it_is, &[], 403, "another key").await;
    check(&uri.replace("X-Amz-Expires=60", "X-Amz-Expires=6000"), "hello", &as_it_is, &[], 403, "a longer life").await;
    check(&uri.replace("x-id=PutObject", "x-id=Other"), "hello", &as_it_is, &[], 403, "another query").await;
    check(&format!("{uri}&tagging"), "hello", &as_it_is, &[], 403, "another operation").await;
    let without = |gone: &'static str| move |name: &str, value: &str| (name != gone).then(|| value.to_owned());
    check(&uri, "hello", &without("x-amz-meta-manifest"), &[], 403, "no manifest").await;
    check(&uri, "hello", &without("x-amz-checksum-sha256"), &[], 403, "no checksum").await;
    let forged = |name: &str, value: &str| Some(if name == "x-amz-meta-manifest" { "d.e.f".to_owned() } else { value.to_owned() });
    check(&uri, "hello", &forged, &[], 403, "another manifest").await;
    check(&uri, "hello", &as_it_is, &[("x-amz-meta-other", "x")], 403, "a header that was not signed").await;
    check(&uri, "hello", &as_it_is, &[("x-amz-storage-class", "STANDARD")], 403, "a harmless header that was not signed").await;
    check(&uri, "hallo", &as_it_is, &[], 400, "another body").await;
    check(&uri, "hello", &as_it_is, &[], 200, "as it was signed").await;
    assert_eq!(place.text(KEY).await, "hello");
}

#[tokio::test]
async fn a_presigned_url_expires() {
    let place = Place::new().await;
    place.put("a", "x").await;
    let started = SystemTime::now() - Duration::from_secs(120);
    let old = PresigningConfig::builder().start_time(started).expires_in(Duration::from_secs(60)).build().unwrap();
    let request = place.operator.get_object().bucket(BUCKET).key("a").presigned(old).await.unwrap();
    assert_eq!(reqwest::get(request.uri()).await.unwrap().status(), 403);
    let request = place.operator.get_object().bucket(BUCKET).key("a").presigned(a_minute()).await.unwrap();
    assert_eq!(reqwest::get(request.uri()).await.unwrap().text().await.unwrap(), "x");
}

#[tokio::test]
async fn who_can_not_sign_gets_nothing() {
    let place = Place::new().await;
    place.put("a", "x").await;
    let get = async |access_key: &str, secret: &str, token: Option<&str>| {
        let client = client(&place.url, Credentials::new(access_key, secret, token.map(str::to_owned), None, "test"));
        answer(client.get_object().bucket(BUCKET).key("a").send().await)
    };
    assert_eq!(get("operator", "wrong", None).await, "403 SignatureDoesNotMatch");
    assert_eq!(get("nobody", "operator-secret", None).await, "403 InvalidAccessKeyId");
    assert_eq!(get("operator", "operator-secret", None).await, "OK");
    assert_eq!(reqwest::get(format!("{}/{BUCKET}/a", place.url)).await.unwrap().status(), 403);
    assert_eq!(reqwest::get(format!("{}/{BUCKET}/none", place.url)).await.unwrap().status(), 403);
    assert_eq!(reqwest::get(format!("{}/", place.url)).await.unwrap().status(), 403);
    let put = reqwest::Client::new().put(format!("{}/{BUCKET}/a", place.url)).body("y").send().await.unwrap();
    assert_eq!(put.status(), 403);
    let elsewhere = in_region(&place.url, Credentials::new("operator", "operator-secret", None, None, "test"), "us-east-1");
    assert_eq!(answer(elsewhere.get_object().bucket(BUCKET).key("a").send().await), "400 AuthorizationHeaderMalformed");
}

#[tokio::test]
async fn an_offices_credentials_need_their_token_and_their_time() {
    let place = Place::new().await;
    let put =
        async |of: &embedded::credentials::OfficeCredentials| answer(place.client(of).put_object().bucket(BUCKET).key(KEY).send().await);
    let good = credentials(OFFICE, 3600);
    assert_eq!(put(&good).await, "OK");
    let check = async |change: &dyn Fn(&mut embedded::credentials::OfficeCredentials), expected: &str| {
        let mut changed = good.clone();
        change(&mut changed);
        assert_eq!(put(&changed).await, expected);
    };
    check(&|of| of.session_token = credentials(OFFICE, 3600).session_token, "403 AccessDenied").await;
    check(&|of| of.session_token = String::new(), "403 AccessDenied").await;
    check(&|of| of.secret_access_key = of.session_token.clone(), "403 SignatureDoesNotMatch").await;
    check(&|of| of.access_key_id = of.access_key_id.replace(OFFICE, "0370100026"), "403 SignatureDoesNotMatch").await;
    assert_eq!(put(&credentials(OFFICE, -1)).await, "400 ExpiredToken");
    let no_token = Credentials::new(&good.access_key_id, &good.secret_access_key, None, None, "test");
    assert_eq!(answer(client(&place.url, no_token).put_object().bucket(BUCKET).key(KEY).send().await), "403 AccessDenied");
}

#[tokio::test]
async fn an_office_may_presign_and_the_token_goes_with_the_url() {
    let place = Place::new().await;
    let put = place.office(OFFICE).put_object().bucket(BUCKET).key(KEY).presigned(a_minute()).await.unwrap();
    assert!(put.uri().contains("X-Amz-Security-Token="));
    let as_it_is = |_: &str, value: &str| Some(value.to_owned());
    assert_eq!(send(&put, put.uri(), "hello", as_it_is, &[]).await, 200);
    let (head, tail) = put.uri().split_once("X-Amz-Security-Token=").unwrap();
    let cut = format!("{head}{}", tail.split_once('&').map_or("", |(_token, rest)| rest));
    assert_eq!(send(&put, &cut, "hello", as_it_is, &[]).await, 403);
    let get = place.office(OFFICE).get_object().bucket(BUCKET).key(KEY).presigned(a_minute()).await.unwrap();
    assert_eq!(reqwest::get(get.uri()).await.unwrap().status(), 403);
}

#[tokio::test]
async fn signature_version_two_and_forms_are_refused() {
    let place = Place::new().await;
    let http = reqwest::Client::new();
    let url = format!("{}/{BUCKET}/a", place.url);
    let v2 = http.get(&url).header("authorization", "AWS operator:AAAA").header("date", "Fri, 10 Apr 2026 00:00:00 GMT");
    assert_eq!(v2.send().await.unwrap().status(), 400);
    assert_eq!(http.get(format!("{url}?Signature=a&AWSAccessKeyId=operator&Expires=9999999999")).send().await.unwrap().status(), 400);
    for kind in ["multipart/form-data; boundary=x", "Multipart/Form-Data; boundary=x"] {
        let form = http.post(format!("{}/{BUCKET}", place.url)).header("content-type", kind);
        let refused = form.body("--x--").send().await.unwrap();
        assert_eq!(refused.status(), 403);
        assert!(refused.text().await.unwrap().contains("uploads by form"), "{kind}");
    }
    assert_eq!(place.blobs(), 0);
}

#[tokio::test]
async fn a_large_upload_that_is_refused_hears_why() {
    let place = Place::new().await;
    let request = presigned(&place, "hello").await;
    let url = request.uri().replace("a.csv", "b.csv");
    for _ in 0..5 {
        let sent = reqwest::Client::new().put(&url).body(vec![b'x'; 20_000_000]).send().await.unwrap();
        assert_eq!(sent.status(), 403);
    }
}

#[tokio::test]
async fn it_listens_on_loopback_only_and_stops_when_told() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    let everywhere = tokio::net::TcpListener::bind("0.0.0.0:0").await.unwrap();
    let refused = serve(everywhere, endpoint(store.clone()), std::future::pending()).await;
    assert!(matches!(refused, Err(ServeError::NotLoopback(_))));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let served = tokio::spawn(serve(listener, endpoint(store), async { drop(stopped.await) }));
    // a connection that stays open does not hold it up, nor keep the store
    let client = client(&url, Credentials::new("operator", "operator-secret", None, None, "test"));
    assert_eq!(answer(client.head_bucket().bucket(BUCKET).send().await), "OK");
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(30), served).await.unwrap().unwrap().unwrap();
    drop(open(folder.path()));
}
