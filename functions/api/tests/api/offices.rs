//! Who there is: searched page by page, shown, counted.

use exchange::sign::SigningKey;
use exchange::{LicenceKind, LicencePeriod, Office, OfficeKey};
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::testing::{Fault, How, When};
use store::{Directory as _, Saved};

use crate::desk::{Answer, Desk, OFFICE, OTHER, at, number};

impl Desk {
    /// Offices of prefecture 98, every third of them licensed, in two municipalities; as many as are asked for.
    async fn neighbours(&self, count: usize) {
        let period = |last: &str| LicencePeriod {
            kind: LicenceKind::Paid,
            campaign: None,
            first: "2026-04-01".parse().unwrap(),
            last: last.parse().unwrap(),
        };
        let offices = (0..count).map(|n| {
            let mut office = Office::new(number(&format!("98000{n:05}")), &format!("ひだまりケア{n}"));
            office.municipality = Some(if n % 2 == 0 { "981010" } else { "981028" }.to_owned());
            office.services = vec!["15".parse().unwrap()];
            office.licences = if n % 3 == 0 { vec![period("2026-04-10")] } else { vec![] };
            (office, None)
        });
        let offices: Vec<_> = offices.collect();
        for offices in offices.chunks(100) {
            assert_eq!(self.ledger.save_offices(offices).await.unwrap(), Saved::Written);
        }
    }

    async fn found(&self, query: &str) -> Answer {
        self.call("GET", &format!("/v1/offices?{query}"), None).await
    }

    /// The numbers found, from all pages.
    async fn all(&self, query: &str) -> Vec<String> {
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let Answer { json, .. } = self.found(&format!("{query}{cursor}")).await;
            all.extend(json["items"].as_array().unwrap().iter().map(|office| office["office"].as_str().unwrap().to_owned()));
            match json["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return all,
            }
        }
    }
}

#[tokio::test]
async fn offices_are_found_by_place_service_name_and_licence() {
    let desk = Desk::open().await;
    desk.neighbours(12).await;
    for (query, count) in [
        ("prefecture=98", 12),
        ("municipality=981010", 6),
        ("municipality=98102&prefecture=98", 6),
        ("prefecture=98&service=15&limit=5", 12),
        ("prefecture=98&service=43", 0),
        // ひだまり, ヒダマリ, ｹｱ1
        ("prefecture=98&name=%E3%81%B2%E3%81%A0%E3%81%BE%E3%82%8A", 12),
        ("prefecture=98&name=%E3%83%92%E3%83%80%E3%83%9E%E3%83%AA&limit=1", 12),
        ("prefecture=98&name=%EF%BD%B9%EF%BD%B11", 3),
        ("prefecture=98&licensed=true&limit=3", 4),
        ("prefecture=98&licensed=false", 8),
        ("municipality=981010&licensed=true", 2),
        // everywhere
        ("", 13),
        ("name=%E3%81%B2%E3%81%A0%E3%81%BE%E3%82%8A", 12),
        ("licensed=true&service=15", 4),
        ("prefecture=01", 0),
    ] {
        assert_eq!(desk.all(query).await.len(), count, "{query}");
    }
    let everywhere = [vec![OFFICE.to_owned()], desk.all("prefecture=98").await].concat();
    for limit in [1, 4, 100] {
        assert_eq!(desk.all(&format!("limit={limit}")).await, everywhere, "the caller's own prefecture first, in pages of {limit}");
    }
    let (pages, whole) = (desk.all("prefecture=98&limit=5").await, desk.all("prefecture=98").await);
    assert_eq!(pages, whole);

    let shown = json!({"office": "9800000003", "name": "ひだまりケア3", "kana": null, "municipality": "981028", "municipality_name": null,
        "address": null, "services": ["15"], "licensed": true});
    assert_eq!(desk.call("GET", "/v1/offices/9800000003", None).await.json, shown);
    for path in ["/v1/offices/9800000099", "/v1/offices/98", "/v1/offices/x"] {
        assert_eq!(desk.call("GET", path, None).await.code(), Some("not-found"), "{path}");
    }
}

#[tokio::test]
async fn anybodys_public_keys_are_told_revoked_ones_too_and_nothing_of_the_devices() {
    let desk = Desk::open().await;
    let keys = [SigningKey::generate_es256().unwrap(), SigningKey::generate_ed25519().unwrap(), SigningKey::generate_rsa().unwrap()];
    desk.register(OTHER, &keys.each_ref()).await;
    desk.change(OTHER, |office| {
        let [device, revoked, certificate] = &mut office.keys[..] else { panic!("three") };
        (device.name, device.added_at) = (Some("事務室".to_owned()), Some(at("2026-04-01T00:00:00Z")));
        (revoked.not_before, revoked.not_after) = (Some(at("2026-01-01T00:00:00Z")), Some(at("2026-03-31T14:59:59Z")));
        revoked.revoke(at("2026-02-01T00:00:00Z"));
        certificate.kid = "x5t".to_owned();
    })
    .await;
    let told = desk.call("GET", &format!("/v1/offices/{OTHER}/keys"), None).await.json;
    let jwk = |n: usize| keys[n].public_key().unwrap().to_jwk();
    let key = |kid: String, n: usize| json!({"kid": kid, "jwk": jwk(n), "not_before": null, "not_after": null, "revoked_at": null});
    let revoked = json!({"kid": keys[1].kid().unwrap(), "jwk": jwk(1), "not_before": "2026-01-01T09:00:00+09:00",
        "not_after": "2026-03-31T23:59:59+09:00", "revoked_at": "2026-02-01T09:00:00+09:00"});
    assert_eq!(told, json!({"keys": [key(keys[0].kid().unwrap(), 0), revoked, key("x5t".to_owned(), 2)]}));
    // as the office is read by whoever verifies with them
    let read: Vec<OfficeKey> = serde_json::from_value(told["keys"].clone()).unwrap();
    assert_eq!(read[0], OfficeKey::new(keys[0].public_key().unwrap()));
    assert_eq!(desk.call("GET", &format!("/v1/offices/{OFFICE}/keys"), None).await.json["keys"][0]["kid"], desk.key.kid().unwrap());
    for path in ["/v1/offices/9800000099/keys", "/v1/offices/98/keys", "/v1/offices/x/keys"] {
        assert_eq!(desk.call("GET", path, None).await.code(), Some("not-found"), "{path}");
    }
    // one read for the caller, one for the office
    desk.faults.clear();
    desk.call("GET", &format!("/v1/offices/{OTHER}/keys"), None).await;
    assert_eq!(desk.faults.calls(), ["ledger.office"; 2]);
}

#[tokio::test]
async fn a_search_that_makes_no_sense_is_refused() {
    let desk = Desk::open().await;
    desk.neighbours(3).await;
    let everywhere = desk.found("limit=1").await.json["next_cursor"].as_str().unwrap().to_owned();
    let cursor = desk.found("prefecture=98&limit=1").await.json["next_cursor"].as_str().unwrap().to_owned();
    for (query, code) in [
        ("municipality=98".to_owned(), "query-malformed"),
        ("municipality=981010&prefecture=97".to_owned(), "query-malformed"),
        ("prefecture=1".to_owned(), "query-malformed"),
        ("prefecture=98&prefecture=97".to_owned(), "query-malformed"),
        ("service=1".to_owned(), "query-malformed"),
        ("licensed=perhaps".to_owned(), "query-malformed"),
        ("licenced=true".to_owned(), "query-malformed"),
        ("limit=0".to_owned(), "query-malformed"),
        ("cursor=x".to_owned(), "cursor-unknown"),
        (format!("prefecture=97&cursor={cursor}"), "cursor-unknown"),
        (format!("cursor={cursor}"), "cursor-unknown"),
        (format!("prefecture=98&cursor={everywhere}"), "cursor-unknown"),
        (format!("name=x&cursor={everywhere}"), "cursor-unknown"),
    ] {
        assert_eq!(desk.found(&query).await.code(), Some(code), "{query}");
    }
}

#[tokio::test]
async fn adoption_is_counted_by_municipality_the_highest_rate_first() {
    let desk = Desk::open().await;
    desk.neighbours(12).await;
    let row = |code: &str| json!({"municipality": code, "name": null, "offices": 6, "licensed": 2, "rate": 0.3333});
    let indicators = json!({"municipalities": 2, "any": 1.0, "thirty_percent": 1.0});
    let view = json!({"items": [row("981010"), row("981028")], "next_cursor": null, "indicators": indicators});
    for path in ["/v1/adoption", "/v1/adoption?prefecture=98"] {
        assert_eq!(desk.call("GET", path, None).await.json, view, "{path}");
    }
    assert_eq!(desk.call("GET", "/v1/adoption?prefecture=01", None).await.json["items"], json!([]));
    assert_eq!(desk.call("GET", "/v1/adoption?prefecture=980", None).await.code(), Some("query-malformed"));
    // one that is asked for is counted for the call
    desk.change("9800000001", |office| {
        office.licences.push(LicencePeriod {
            kind: LicenceKind::Paid,
            campaign: None,
            first: "2026-04-10".parse().unwrap(),
            last: "2026-04-10".parse().unwrap(),
        })
    })
    .await;
    assert_eq!(desk.call("GET", "/v1/adoption?prefecture=98", None).await.json["items"][0]["licensed"], 3);
}

#[tokio::test]
async fn what_was_counted_of_all_is_kept_for_a_quarter_of_an_hour_and_a_day() {
    let desk = Desk::open().await;
    desk.neighbours(12).await;
    let licensed = async |path: &str| {
        let view = desk.call("GET", path, None).await.json;
        view["items"].as_array().unwrap().iter().map(|row| row["licensed"].as_u64().unwrap()).sum::<u64>()
    };
    let begun = desk.now();
    // storage fails after the caller's entry and 99 prefectures: what was counted stands, the next call goes on
    desk.faults.plan_all(&[Fault { call: 101, when: When::Before, how: How::Throttled }]);
    assert_eq!(desk.call("GET", "/v1/adoption", None).await.code(), Some("unavailable"));
    desk.change("9800000001", |office| {
        office.licences.push(LicencePeriod {
            kind: LicenceKind::Paid,
            campaign: None,
            first: "2026-04-10".parse().unwrap(),
            last: "2026-04-10".parse().unwrap(),
        })
    })
    .await;
    for (minutes, path, count) in [
        (0, "/v1/adoption", 4),
        (14, "/v1/adoption", 4),
        (14, "/v1/adoption?prefecture=98", 5),
        (15, "/v1/adoption", 5),
        // midnight in Japan, when all these licences end
        (15 * 60 - 1, "/v1/adoption", 5),
        (15 * 60, "/v1/adoption", 0),
    ] {
        desk.set_now(begun + SignedDuration::from_mins(minutes));
        assert_eq!(licensed(path).await, count, "{minutes} {path}");
    }
    assert_eq!(desk.call("GET", "/v1/adoption", None).await.json["next_cursor"], Value::Null);
}
