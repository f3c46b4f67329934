//! What a problem says more precisely than its kind, it says in both languages.

use serde_json::{Value, json};

use crate::desk::{Desk, OFFICE};
use crate::post::MIDORI;

/// The names, and the numbers of two digits and more, that a text speaks of.
fn marks(text: &str) -> Vec<String> {
    let names = text.split('`').skip(1).step_by(2).map(str::to_owned);
    let digits = text.replace(',', "");
    let numbers = digits.split(|letter: char| !letter.is_ascii_digit()).filter(|number| number.len() > 1).map(str::to_owned);
    names.chain(numbers).collect()
}

/// `ja`: a word of the Japanese text that stands in this one alone.
fn check(problem: &Value, code: &str, ja: &str, what: &str) {
    let [detail, detail_ja] = ["detail", "detail_ja"].map(|member| problem[member].as_str().unwrap_or_default());
    assert_eq!(problem["code"], code, "{what}");
    assert!(detail_ja.contains(ja), "{what}: {detail_ja}");
    assert!(detail.ends_with('.') && detail_ja.ends_with('。'), "{what}: {detail} {detail_ja}");
    let plain = detail_ja.replace(',', "");
    for mark in marks(detail) {
        assert!(plain.contains(&mark), "{what}: {mark} is missing in {detail_ja}");
    }
}

#[tokio::test]
async fn a_problem_says_the_same_in_both_languages() {
    let desk = Desk::open().await;
    let id = desk.deliver(MIDORI, 1, &[OFFICE], "a.txt", "a").await;
    for (path, ja) in [
        ("/v1/partners?since=2024-01-01", "366 日以内"),
        ("/v1/partners?since=2026-04-02&until=2026-04-01", "366 日以内"),
        ("/v1/inbox?limit=0", "limit は 1～100"),
        ("/v1/transmissions?limit=101", "limit は 1～100"),
        ("/v1/offices?municipality=131130&prefecture=27", "どちらか一方"),
        ("/v1/partners/missing-actuals?month=2026-04", "YYYYMM"),
        (&format!("/v1/inbox/{id}/view?person=ABC"), "小文字の 16 進数"),
    ] {
        check(&desk.call("GET", path, None).await.json, "query-malformed", ja, path);
    }
    let many: Vec<String> = (0..=1_000).map(|n| format!("98{n:08}")).collect();
    let tokens = vec!["a"; 21];
    for (method, path, body, code, ja) in [
        ("POST", "/v1/transmissions", json!({"manifests": []}), "json-unfit", "1～20 件"),
        ("POST", "/v1/transmissions", json!({"manifests": tokens}), "json-unfit", "1～20 件"),
        ("POST", "/v1/transmissions", json!({"manifests": 1}), "json-unfit", "1 行目"),
        ("PUT", "/v1/settings", json!({"profile": "Not A Name"}), "json-unfit", "受信プロファイル"),
        ("PUT", "/v1/settings", json!({"blocked_senders": [OFFICE]}), "blocked-senders-refused", "自事業所の番号"),
        ("PUT", "/v1/settings", json!({"blocked_senders": many}), "blocked-senders-refused", "1000 件まで"),
        ("PUT", "/v1/settings", json!({"webhook": "hooks"}), "webhook-refused", "URL の形式ではありません"),
        ("PUT", "/v1/settings", json!({"webhook": "http://hooks.care.example.jp/"}), "webhook-refused", "https:// で始めて"),
        ("PUT", "/v1/settings", json!({"webhook": "https://a:b@hooks.care.example.jp/"}), "webhook-refused", "パスワード"),
        ("PUT", "/v1/settings", json!({"webhook": "https://hooks.care.example.jp/#a"}), "webhook-refused", "「#」以降"),
        ("PUT", "/v1/settings", json!({"webhook": "https://hooks.care.example.jp:8443/"}), "webhook-refused", "443 だけ"),
        ("PUT", "/v1/settings", json!({"webhook": "https://10.0.0.1/"}), "webhook-refused", "IP アドレスは使えません"),
    ] {
        check(&desk.call(method, path, Some(body)).await.json, code, ja, ja);
    }
    let mut encrypts = serde_json::to_value(desk.key.public_key().unwrap()).unwrap();
    encrypts["use"] = json!("enc");
    for (key, ja) in [
        (json!({}), "kty"),
        (json!("key"), "kty"),
        (json!({"kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "AA"}), "新しい鍵"),
        (json!({"kty": "OKP", "crv": "X25519", "x": "AA"}), "種類の鍵"),
        (json!({"kty": "RSA", "n": "gQ", "e": "AQAB"}), "8,192 ビット"),
        (json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}), "もう一度書き出して"),
        (json!({"kty": "OKP", "crv": "Ed25519", "x": "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}), "安全ではありません"),
        (encrypts, "署名用の鍵"),
    ] {
        let body = json!({"office": OFFICE, "code": "ABCD-EFGH-IJKL-2345", "public_key": key, "name": "端末", "proof": "a"});
        check(&desk.call_with("POST", "/v1/enrolments", None, Some(body)).await.json, "key-refused", ja, ja);
    }
}
