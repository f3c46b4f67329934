//! `renkei admin`: the public directory, campaigns, bills and adoption, in the shapes of the contract.

use std::path::Path;

use serde_json::{Value, json};

use crate::device::{Device, OFFICE, register};
use crate::place::{Local, run};

const HEADINGS: &str = "都道府県コード又は市町村コード,市区町村名,事業所名,事業所名カナ,サービスの種類,住所,事業所番号";

/// A file of that folder in the directory's form, with BOM.
fn file(folder: &Path, name: &str, rows: &[&str]) -> String {
    let path = folder.join(name);
    std::fs::write(&path, format!("\u{feff}{HEADINGS}\r\n{}\r\n", rows.join("\r\n"))).unwrap();
    path.to_str().unwrap().to_owned()
}

fn refused(local: &Local, args: &[&str], says: &str) {
    let ended = local.admin(args);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{args:?}: {}", ended.stderr);
    assert!(ended.stderr.contains(says), "{args:?}: {}", ended.stderr);
}

#[test]
fn a_directory_is_imported_counted_and_imported_again() {
    let (local, folder) = Local::fresh();
    let first = "981010,見本市,ひなた訪問,ヒナタ,訪問介護,見本県見本市1,9870808848";
    let rows = [
        first,
        "981010,見本市,ひなた通所,ヒナタ,通所介護,見本県見本市1,9870808848",
        "981028,手本市,\"そら, 相談\",ソラ,居宅介護支援,見本県手本市2,9871578812",
        "981028,手本市,宅配,タク,宅配,見本県手本市2,9871578812",
        "981028,手本市,短い,ミジカイ,訪問介護,,987157881",
        "981028",
    ];
    let path = file(folder.path(), "all.csv", &rows);
    let imported = local.admin(&["office", "import", &path]).object();
    let because = json!({"office-number": 2, "service": 1});
    assert_eq!(imported, json!({"read": 6, "added": 2, "changed": 0, "skipped": 3, "skipped_because": because}));
    let shown = local.admin(&["office", "show", "--office", "9870808848"]).object();
    assert_eq!(shown, json!({"office": "9870808848", "name": "ひなた訪問", "municipality": "981010", "services": ["11", "15"]}));

    local
        .admin(&["licence", "grant", "--office", "9870808848", "--kind", "paid", "--first", "2020-01-01", "--last", "2099-12-31"])
        .object();
    let again = local.admin(&["office", "import", &path]).object();
    assert_eq!((&again["added"], &again["changed"]), (&json!(0), &json!(0)));
    let renamed = file(folder.path(), "110.csv", &[&first.replace("ひなた訪問", "ひなた")]);
    assert_eq!(local.admin(&["office", "import", &renamed]).object()["changed"], 1);
    assert_eq!(local.admin(&["licence", "list", "--office", "9870808848"]).objects().len(), 1);

    let row = |municipality: &str, name: &str, licensed: u32, rate: f64| json!({"municipality": municipality, "name": name, "offices": 1, "licensed": licensed, "rate": rate});
    let adoption = [row("981010", "見本市", 1, 1.0), row("981028", "手本市", 0, 0.0)];
    let found = local.admin(&["adoption", "--prefecture", "98"]).objects();
    let code = |row: &Value| row["municipality"].as_str().unwrap()[..5].to_owned();
    assert_eq!(found.iter().map(code).collect::<Vec<_>>(), adoption.iter().map(code).collect::<Vec<_>>());
    for (found, expected) in found.iter().zip(&adoption) {
        assert_eq!((&found["name"], &found["licensed"], &found["rate"]), (&expected["name"], &expected["licensed"], &expected["rate"]));
    }
    assert_eq!(local.admin(&["adoption", "--prefecture", "13"]).objects(), Vec::<Value>::new());
}

#[test]
fn what_is_no_directory_is_refused_and_nothing_is_written() {
    let (local, folder) = Local::fresh();
    let path = folder.path().join("other.csv");
    std::fs::write(&path, "a,b\r\n1,2\r\n").unwrap();
    refused(&local, &["office", "import", path.to_str().unwrap()], "there is no column 事業所番号");
    std::fs::write(&path, [0x8e, 0x96, 0x8b, 0xc6, b'\r', b'\n']).unwrap();
    refused(&local, &["office", "import", path.to_str().unwrap()], "UTF-8");
    refused(&local, &["office", "import", "/no/such.csv"], "can't be read");
    assert_eq!(local.admin(&["adoption"]).objects(), Vec::<Value>::new());
}

#[test]
fn campaigns_are_listed_with_the_first_one_put_and_extended() {
    let (local, _folder) = Local::fresh();
    let campaign = |id: &str, opens: &str, closes: &str, months: u16, fee: u32| json!({"id": id, "opens": opens, "closes": closes, "months": months, "fee": fee});
    let put = |id: &str, opens: &str, closes: &str| {
        ["campaign", "put", "--id", id, "--opens", opens, "--closes", closes, "--months", "12", "--fee", "0"].map(str::to_owned)
    };
    let put = |id: &str, opens: &str, closes: &str| local.admin(&put(id, opens, closes).each_ref().map(String::as_str));
    let list = || local.admin(&["campaign", "list"]).objects();
    assert_eq!(list(), [campaign("free-pass-2025", "2025-06-01", "2026-05-31", 12, 0)]);
    let (extended, second) =
        (campaign("free-pass-2025", "2025-06-01", "2026-12-31", 12, 0), campaign("two", "2027-01-01", "2027-01-01", 12, 0));
    assert_eq!(put("two", "2027-01-01", "2027-01-01").object(), second);
    assert_eq!(put("free-pass-2025", "2025-06-01", "2026-12-31").object(), extended);
    let early = put("three", "2027-01-02", "2027-01-01");
    assert_eq!((early.code, early.stdout.as_str()), (Some(2), ""));
    assert_eq!(list(), [extended, second]);
}

#[test]
fn a_months_bills_are_a_table_or_lines_of_json() {
    let (local, folder) = Local::fresh();
    for (office, name) in [("9870808848", "ひなた"), ("9871578812", "=そら")] {
        local.admin(&["office", "add", "--office", office, "--name", name]).object();
    }
    let grant = |office: &str, kind: &str, first: &str| {
        local.admin(&["licence", "grant", "--office", office, "--kind", kind, "--first", first]).object();
    };
    grant("9871578812", "free-pass", "2026-04-30");
    grant("9870808848", "paid", "2026-04-01");
    grant("9870808848", "paid", "2026-04-01");
    grant("9870808848", "paid", "2026-05-01");
    let bill = |office: &str, kind: &str, campaign: Value, first: &str, last: &str, yen: u32| json!({"office": office, "kind": kind, "campaign": campaign, "first": first, "last": last, "yen": yen});
    let expected = [
        bill("9870808848", "paid", json!(null), "2026-04-01", "2027-03-31", 21_000),
        bill("9871578812", "free-pass", json!("free-pass-2025"), "2026-04-30", "2027-04-29", 0),
    ];
    assert_eq!(local.admin(&["licence", "report", "--month", "2026-04"]).objects(), expected);
    assert_eq!(local.admin(&["licence", "report", "--month", "2026-06"]).objects(), Vec::<Value>::new());
    let table = run(&["admin", "--data", folder.path().to_str().unwrap(), "licence", "report", "--month", "2026-04"]);
    assert_eq!(table.code, Some(0));
    let lines = [
        "\u{feff}事業所番号,事業所名,種別,キャンペーン,初日,最終日,金額（円）",
        "9870808848,ひなた,有償,,2026-04-01,2027-03-31,21000",
        "9871578812,'=そら,フリーパス,free-pass-2025,2026-04-30,2027-04-29,0",
        "",
    ];
    assert_eq!(table.stdout, lines.join("\r\n"));
}

#[test]
fn an_office_sees_what_a_free_pass_costs_and_only_those_it_can_have() {
    let (local, _folder) = Local::fresh();
    register(&local, OFFICE);
    let device = Device::enrolled(&local, OFFICE);
    for (id, closes, fee) in [("now", "2099-12-30", "3000"), ("later", "2099-12-31", "5000")] {
        let days = ["--opens", "2020-01-01", "--closes", closes, "--months", "12", "--fee", fee];
        local.admin(&[&["campaign", "put", "--id", id], &days[..]].concat()).object();
    }
    let shows = |args: &[&str]| {
        let ended = device.shows(args);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        ended.stdout
    };
    let shown = shows(&["licence", "show"]);
    assert!(shown.contains("¥3000") && shown.contains("¥5000"), "{shown}");
    let applied = shows(&["licence", "apply"]);
    assert!(applied.contains("now  ") && applied.contains("¥3000"), "{applied}");
    // of those that are open together it has one
    assert_eq!(device.shows(&["licence", "apply"]).code, Some(1));
    let shown = shows(&["licence", "show"]);
    assert!(!shown.contains('¥') && !shown.contains("apply"), "{shown}");
}
