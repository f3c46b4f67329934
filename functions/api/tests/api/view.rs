//! A delivery's records, person by person.

use exchange::PersonKey;
use serde_json::{Value, json};

use crate::desk::{Desk, OFFICE};
use crate::post::{ACTUALS, CSV, MIDORI};

/// All pages.
async fn all(desk: &Desk, path: &str, limit: u16) -> Vec<Value> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let answer = desk.call("GET", &format!("{path}limit={limit}{cursor}"), None).await;
        assert_eq!(answer.code(), None, "{}", answer.json);
        let items = answer.json["items"].as_array().unwrap();
        assert!(items.len() <= usize::from(limit) && answer.json.to_string().len() < 2 << 20);
        found.extend(items.iter().cloned());
        match answer.json["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

#[tokio::test]
async fn persons_are_listed_by_keyed_hashes_and_their_records_shown() {
    let desk = Desk::open().await;
    let id = desk.deliver(MIDORI, 1, &[OFFICE], ACTUALS, CSV).await;
    let view = format!("/v1/inbox/{id}/view?");
    let key = |insured: &str| PersonKey::of(&desk.api.secret, b"435073", insured.as_bytes()).to_string();
    for limit in [1, 2, 100] {
        let mut expected = [("0000000001", 2), ("0000000002", 1)].map(|(insured, records)| {
            json!({"person": key(insured), "insurer_number": "435073", "insured_number": insured, "user_name": null, "records": records})
        });
        expected.sort_by_key(|person| person["person"].to_string());
        assert_eq!(all(&desk, &view, limit).await, expected, "pages of {limit}");
        let records = all(&desk, &format!("{view}person={}&", key("0000000001")), limit).await;
        let shown: Vec<_> = records.iter().map(|record| (&record["record"], &record["items"]["units"])).collect();
        assert_eq!(shown, [(&json!(1), &json!("387")), (&json!(3), &json!("412"))], "pages of {limit}");
        assert_eq!((&records[0]["file"], &records[0]["kind"]), (&json!(ACTUALS), &json!("UPJSK")));
        assert_eq!(records[0]["items"]["over_30_days"], json!({"code": "0", "label": "非該当"}));
    }
    assert_eq!(all(&desk, &format!("{view}person={}&", key("0000000003")), 50).await, [] as [Value; 0]);
    assert_eq!(desk.call("GET", &format!("/v1/inbox/{id}"), None).await.json["status"], "collected", "who reads it has it");
    for query in ["person=0000000001", "person=ABCDEF0123456789", "insured=0000000001"] {
        assert_eq!(desk.call("GET", &format!("{view}{query}"), None).await.code(), Some("query-malformed"), "{query}");
    }
}

#[tokio::test]
async fn a_large_file_is_shown_in_pages_that_stay_small() {
    let desk = Desk::open().await;
    let row = |n: u32| {
        let name = "居".repeat(20);
        format!(
            "202407,435073,{:010},20260401,202604,9870808848,\"{name}\",387,,20260402,,0900,1000,1,111411,,,,,9870808848,,,0,,\r\n",
            n / 300
        )
    };
    let csv: String = (300..9_300).map(row).collect();
    let id = desk.deliver(MIDORI, 1, &[OFFICE], ACTUALS, "placeholder").await;
    let key = desk.files.keys()[0].clone();
    desk.files.upload(&key, None, standard::encode_ms932(&csv).unwrap());
    let persons = all(&desk, &format!("/v1/inbox/{id}/view?"), 7).await;
    assert_eq!(persons.len(), 30);
    assert!(persons.is_sorted_by_key(|person| person["person"].to_string()));
    assert!(persons.iter().all(|person| person["records"] == 300));
    let person = persons[11]["person"].as_str().unwrap();
    let records = all(&desk, &format!("/v1/inbox/{id}/view?person={person}&"), 100).await;
    assert_eq!(records.len(), 300);
    assert!(records.iter().all(|record| record["items"]["insured_number"] == persons[11]["insured_number"]));
}

#[tokio::test]
async fn what_has_no_records_has_no_persons() {
    let desk = Desk::open().await;
    let id = desk.deliver(MIDORI, 1, &[OFFICE], "a.txt", "a").await;
    assert_eq!(all(&desk, &format!("/v1/inbox/{id}/view?"), 50).await, [] as [Value; 0]);
}
