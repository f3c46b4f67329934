//! A delivery's records, person by person.

use exchange::PersonKey;
use serde_json::{Value, json};
use store::Ledger as _;

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
    let id = desk.deliver(MIDORI, 1, &[OFFICE], ACTUALS, standard::encode_ms932(&csv).unwrap()).await;
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
    assert_eq!(desk.call("GET", &format!("/v1/inbox/{id}"), None).await.json["status"], "delivered", "nothing was handed over");
}

#[tokio::test]
async fn who_gets_no_records_has_collected_nothing() {
    let desk = Desk::open().await;
    let id = desk.deliver(MIDORI, 1, &[OFFICE], ACTUALS, CSV).await;
    let view = format!("/v1/inbox/{id}/view");
    let [stranger, known] = ["9999999999", "0000000001"].map(|insured| PersonKey::of(&desk.api.secret, b"435073", insured.as_bytes()));
    let status = async || desk.call("GET", &format!("/v1/inbox/{id}"), None).await.json["status"].as_str().unwrap().to_owned();
    let empty = desk.call("GET", &format!("{view}?person={stranger}"), None).await;
    assert_eq!((empty.status.as_u16(), &empty.json["items"]), (200, &json!([])));
    assert_eq!(status().await, "delivered", "its sender may still take it back");
    assert_eq!(desk.call("GET", &format!("{view}?person={known}"), None).await.status, 200);
    assert_eq!(status().await, "collected");
}

#[tokio::test]
async fn a_cancelled_delivery_is_gone_whether_or_not_it_has_records() {
    let desk = Desk::open().await;
    for (n, name, content) in [(1, ACTUALS, CSV), (2, "a.txt", "a")] {
        let id = desk.deliver(MIDORI, n, &[OFFICE], name, content).await;
        let row = desk.ledger.transmission(&id).await.unwrap().unwrap().transmission;
        assert!(desk.ledger.cancel(&row, desk.now()).await.unwrap());
        assert_eq!(desk.call("GET", &format!("/v1/inbox/{id}/view"), None).await.code(), Some("delivery-ended"), "{name}");
    }
}

#[tokio::test]
async fn a_cursor_is_good_for_its_delivery_and_its_person() {
    let desk = Desk::open().await;
    let [one, other] = [1, 2].map(|n| desk.deliver(MIDORI, n, &[OFFICE], ACTUALS, CSV));
    let (one, other) = (one.await, other.await);
    let persons = desk.call("GET", &format!("/v1/inbox/{one}/view?limit=1"), None).await.json;
    let keys = ["0000000001", "0000000002"].map(|insured| PersonKey::of(&desk.api.secret, b"435073", insured.as_bytes()));
    let records = desk.call("GET", &format!("/v1/inbox/{one}/view?limit=1&person={}", keys[0]), None).await.json;
    let [persons, records] = [persons, records].map(|page| page["next_cursor"].as_str().unwrap().to_owned());
    for (path, cursor, code) in [
        (format!("{one}/view?"), &persons, None),
        (format!("{one}/view?person={}&", keys[0]), &records, None),
        (format!("{other}/view?"), &persons, Some("cursor-unknown")),
        (format!("{other}/view?person={}&", keys[0]), &records, Some("cursor-unknown")),
        (format!("{one}/view?person={}&", keys[1]), &records, Some("cursor-unknown")),
        (format!("{one}/view?"), &records, Some("cursor-unknown")),
        (format!("{one}/view?person={}&", keys[0]), &persons, Some("cursor-unknown")),
    ] {
        let answer = desk.call("GET", &format!("/v1/inbox/{path}limit=1&cursor={cursor}"), None).await;
        assert_eq!(answer.code(), code, "{path}");
    }
}

/// Pages of the largest file there may be, and what each read of it.
#[tokio::test]
async fn a_page_of_the_largest_file_reads_no_more_than_any_other() {
    const FILE: usize = 50 << 20;
    const SPAN: u64 = 4 << 20;
    let desk = Desk::open().await;
    // few records, so that the test is quick: 1,200 of each person
    let name = "k".repeat(4_000);
    let row = |n: usize| {
        let insured = n / 1_200;
        format!(
            "202407,435073,{insured:010},20260401,202604,9870808848,\"{name}\",387,,20260402,,0900,1000,1,111411,,,,,9870808848,,,0,,\r\n"
        )
    };
    let rows = FILE / row(0).len();
    let csv: String = (0..rows).map(row).collect();
    let (size, id) = (csv.len() as u64, desk.deliver(MIDORI, 1, &[OFFICE], ACTUALS, csv).await);
    let walk = async |path: &str| {
        let (mut found, mut read, mut cursor) = (Vec::new(), Vec::new(), String::new());
        loop {
            desk.files.take_read_bytes();
            let answer = desk.call("GET", &format!("/v1/inbox/{id}/view?{path}limit=100{cursor}"), None).await;
            assert_eq!(answer.code(), None, "{}", answer.json);
            read.push(desk.files.take_read_bytes());
            found.extend(answer.json["items"].as_array().unwrap().iter().cloned());
            match answer.json["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return (found, read),
            }
        }
    };
    let (persons, read) = walk("").await;
    assert_eq!(persons.iter().map(|person| person["records"].as_u64().unwrap()).sum::<u64>(), rows as u64);
    assert!(read.iter().all(|bytes| *bytes <= SPAN) && read.iter().sum::<u64>() < size + SPAN, "{read:?}");
    assert_eq!(read.len() as u64, size.div_ceil(SPAN - row(0).len() as u64), "every page goes on where the last one ended");

    let last = rows - 1;
    let key = PersonKey::of(&desk.api.secret, b"435073", format!("{:010}", last / 1_200).as_bytes());
    let (records, read) = walk(&format!("person={key}&")).await;
    let numbers: Vec<u64> = records.iter().map(|record| record["record"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (last / 1_200 * 1_200 + 1..=rows).map(|n| n as u64).collect::<Vec<_>>(), "each once, in order");
    assert!(read.iter().all(|bytes| *bytes <= SPAN), "{read:?}");
}
