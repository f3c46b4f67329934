//! What may be sent is told before the bytes, and nothing that the exchange would reject is let through.

use exchange::sign::{ManifestDraft, SigningKey};
use exchange::{MAX_AGE, Sha256Digest};
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::Ledger as _;

use crate::desk::{Desk, OFFICE, OTHER, number};
use crate::post::{ACTUALS, AOBA, CSV, MIDORI, part};

const PATH: &str = "/v1/transmissions";
const LETTER: (&str, &[u8]) = ("山田花子様 ご連絡.txt", b"hello");
const OTHER_LETTER: (&str, &[u8]) = ("お知らせ.pdf", b"%PDF-1.7");

async fn codes(desk: &Desk, manifests: Value) -> Vec<String> {
    let answer = desk.call("POST", PATH, Some(manifests)).await;
    if answer.status == 201 {
        return Vec::new();
    }
    assert_eq!(answer.status, 422, "{}", answer.json);
    let reasons = answer.json["reasons"].as_array().unwrap();
    assert_eq!(answer.code(), reasons[0]["code"].as_str());
    reasons.iter().map(|reason| reason["code"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_may_be_sent_is_uploaded_by_links_that_pin_it() {
    let desk = Desk::neighbourhood().await;
    let drafts = desk.drafts(&[MIDORI, AOBA], &[LETTER, OTHER_LETTER]);
    let manifests = desk.signed(&drafts);
    let answer = desk.call("POST", PATH, Some(manifests.clone())).await;
    assert_eq!((answer.status.as_u16(), &answer.json["id"]), (201, &json!(format!("{OFFICE}-{}", drafts[0].jti))));
    // by the place of the name among the names, and without it
    for (n, place) in [(0, "02"), (1, "01")] {
        let upload = &answer.json["uploads"][n];
        assert_eq!((&upload["name"], &upload["method"]), (&json!(drafts[n].name.as_str()), &json!("PUT")));
        assert_eq!(
            upload["url"],
            format!("https://s3.example/outbox/{OFFICE}/{}/{place}?expires=900", drafts[0].jti),
            "a name can hold personal data: no URL has it"
        );
        let pinned = json!({
            "x-amz-meta-manifest": manifests["manifests"][n], "x-amz-checksum-sha256": drafts[n].sha256.base64_standard(),
            "content-length": drafts[n].size.to_string(),
        });
        assert_eq!(upload["headers"], pinned);
    }
    let mut reversed = manifests.clone();
    reversed["manifests"].as_array_mut().unwrap().reverse();
    let again = desk.call("POST", PATH, Some(reversed)).await;
    assert_eq!(again.json["uploads"][1]["url"], answer.json["uploads"][0]["url"], "the same call, the same places");
    assert!(desk.ledger.transmission(&answer.json["id"].as_str().unwrap().parse().unwrap()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_link_ends_with_its_manifest() {
    let desk = Desk::neighbourhood().await;
    for (age, holds) in [(SignedDuration::ZERO, 900), (MAX_AGE - SignedDuration::from_secs(60), 60), (MAX_AGE, 1)] {
        let mut drafts = desk.drafts(&[MIDORI], &[LETTER]);
        drafts[0].iat -= age;
        let answer = desk.call("POST", PATH, Some(desk.signed(&drafts))).await;
        assert!(answer.json["uploads"][0]["url"].as_str().unwrap().ends_with(&format!("?expires={holds}")), "{age}");
    }
}

#[tokio::test]
async fn what_does_not_authenticate_is_told_manifest_by_manifest() {
    let desk = Desk::neighbourhood().await;
    let other = SigningKey::generate_es256().unwrap();
    let drafts = desk.drafts(&[MIDORI], &[LETTER, OTHER_LETTER]);
    let own = |change: &dyn Fn(&mut ManifestDraft)| {
        let mut draft = drafts[0].clone();
        change(&mut draft);
        draft.sign(&desk.key).unwrap()
    };
    let good = own(&|_| {});
    for (what, token, code) in [
        ("letters", "letters".to_owned(), "manifest-malformed"),
        ("a token for a call", desk.token("POST", PATH), "manifest-malformed"),
        ("another's name", own(&|draft| draft.iss = number(OTHER)), "sender-mismatch"),
        ("a key that isn't registered", drafts[0].sign(&other).unwrap(), "key-unknown"),
        ("a forged signature", format!("{}.{}", good.rsplit_once('.').unwrap().0, "A".repeat(86)), "signature-invalid"),
        ("signed yesterday", own(&|draft| draft.iat -= SignedDuration::from_secs(86_401)), "manifest-expired"),
        ("signed tomorrow", own(&|draft| draft.iat += SignedDuration::from_secs(301)), "manifest-expired"),
    ] {
        assert_eq!(codes(&desk, json!({"manifests": [token, token]})).await, [code, code], "{what}");
    }
    for (body, code) in [
        (json!({"manifests": []}), "json-unfit"),
        (json!({"manifests": vec![good; 21]}), "json-unfit"),
        (json!({"manifests": [1]}), "json-unfit"),
        (json!({}), "json-unfit"),
        (json!({"manifests": [], "more": 1}), "json-unfit"),
    ] {
        assert_eq!(desk.call("POST", PATH, Some(body.clone())).await.code(), Some(code), "{body}");
    }
}

#[tokio::test]
async fn whatever_the_transmission_would_be_rejected_for_is_told_together() {
    let desk = Desk::neighbourhood().await;
    let check = async |what: &str, drafts: &[ManifestDraft], expected: &[&str]| {
        assert_eq!(codes(&desk, desk.signed(drafts)).await, expected, "{what}");
    };
    let set = || desk.drafts(&[MIDORI], &[LETTER, OTHER_LETTER]);
    let changed = |change: &dyn Fn(&mut Vec<ManifestDraft>)| {
        let mut drafts = set();
        change(&mut drafts);
        drafts
    };
    check("another transmission's part", &changed(&|drafts| drafts[1].jti = set()[0].jti), &["transmission-inconsistent"]).await;
    check("another address", &changed(&|set| set[1].aud = vec![AOBA.parse().unwrap()]), &["transmission-inconsistent"]).await;
    check("another set", &changed(&|set| set[1].set = Some(Sha256Digest::of(b"x"))), &["transmission-inconsistent"]).await;
    check(
        "not the set",
        &changed(&|set| set.iter_mut().for_each(|it| it.set = Some(Sha256Digest::of(b"x")))),
        &["transmission-inconsistent"],
    )
    .await;
    check("one too many", &changed(&|set| set.push(set[0].clone())), &["transmission-inconsistent", "file-name", "file-name"]).await;
    check("one is missing", &set()[..1], &["transmission-incomplete"]).await;
    check("nobody's number", &desk.drafts(&["9870009999"], &[LETTER]), &["recipient-unknown"]).await;
    check(
        "all that is wrong",
        &desk.drafts(&["9870009999", AOBA], &[("a.exe", b"x"), ("b.pdf", b""), ("計画", b"x"), LETTER]),
        &["recipient-unknown", "file-type", "file-size", "file-name"],
    )
    .await;
    check(
        "a plan without its tables",
        &desk.drafts(&["9870000105-15"], &[("UP1KYO_9770000106_43_9870000105_15_20260501090000.CSV", b"x")]),
        &["unit-invalid"],
    )
    .await;
    check("for somebody else", &desk.drafts(&[AOBA], &[(ACTUALS, CSV.as_bytes())]), &["file-name"]).await;
    check("what nothing speaks against", &desk.drafts(&[MIDORI], &[(ACTUALS, CSV.as_bytes())]), &[]).await;
    let large = |name: &str, size: u64| {
        let mut drafts = desk.drafts(&[MIDORI], &[(name, b"x")]);
        drafts[0].size = size;
        drafts
    };
    check("an attachment of 20 MiB", &large("a.pdf", 20 << 20), &[]).await;
    check("and a byte", &large("a.pdf", (20 << 20) + 1), &["file-size"]).await;
    check("a file of the standard of more than 50 MiB", &large(ACTUALS, (50 << 20) + 1), &["file-size"]).await;

    desk.change(AOBA, |office| office.blocked_senders.push(number(OFFICE))).await;
    desk.change(MIDORI, |office| office.licences.clear()).await;
    check("blocked, unlicensed", &desk.drafts(&[MIDORI, AOBA], &[LETTER]), &["recipient-unlicensed", "sender-blocked"]).await;
    desk.change(OFFICE, |office| office.licences.clear()).await;
    check("no licence", &desk.drafts(&[AOBA], &[LETTER]), &["sender-unlicensed", "sender-blocked"]).await;
}

#[tokio::test]
async fn an_id_that_is_taken_is_refused_and_one_that_waits_goes_on() {
    let desk = Desk::neighbourhood().await;
    let drafts = desk.drafts(&[MIDORI], &[("a.txt", b"a"), ("b.txt", b"b")]);
    let id = exchange::TransmissionId::new(number(OFFICE), drafts[0].jti);
    let waiting = |body: &str| store::Part { parts: 2, set: drafts[0].set, ..part(&id, desk.now(), &[MIDORI], "a.txt", body) };
    desk.ledger.join(&waiting("a")).await.unwrap();
    assert_eq!(codes(&desk, desk.signed(&drafts)).await, [""; 0], "what is there already may come again");
    let mut other = drafts.clone();
    other[0].sha256 = Sha256Digest::of(b"c");
    assert_eq!(codes(&desk, desk.signed(&other)).await, ["transmission-reused", "transmission-inconsistent"]);
    let elsewhere = drafts.iter().map(|draft| ManifestDraft { aud: vec![AOBA.parse().unwrap()], ..draft.clone() }).collect::<Vec<_>>();
    assert_eq!(codes(&desk, desk.signed(&elsewhere)).await[0], "transmission-reused");
    desk.ledger.reject(&waiting("a").opening().ended(desk.now(), vec![]), 1).await.unwrap();
    assert_eq!(codes(&desk, desk.signed(&drafts)).await, ["transmission-reused"]);
}

#[tokio::test]
async fn an_office_announces_no_more_in_a_day_than_its_quota() {
    let desk = Desk::neighbourhood().await;
    let begun = desk.now();
    let first = desk.drafts(&[MIDORI], &[LETTER]);
    for drafts in [&first, &desk.drafts(&[MIDORI], &[LETTER]), &desk.drafts(&[MIDORI], &[LETTER]), &first] {
        assert_eq!(codes(&desk, desk.signed(drafts)).await, [""; 0]);
    }
    assert_eq!(codes(&desk, desk.signed(&desk.drafts(&[MIDORI], &[LETTER]))).await, ["quota-exceeded"]);
    // a minute to midnight, and again a minute after it: fresh links for what was counted
    desk.set_now(begun + SignedDuration::from_hours(15));
    for drafts in [&first, &first] {
        assert_eq!(codes(&desk, desk.signed(drafts)).await, [""; 0]);
    }
    for _ in 0..2 {
        assert_eq!(codes(&desk, desk.signed(&desk.drafts(&[MIDORI], &[LETTER]))).await, [""; 0]);
    }
    assert_eq!(codes(&desk, desk.signed(&desk.drafts(&[MIDORI], &[LETTER]))).await, [""; 0], "another day in Japan");
}
