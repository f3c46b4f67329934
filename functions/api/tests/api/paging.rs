//! Cursors are good for whom and what they were given, and for nothing else.

use api::{Caller, paging};
use exchange::Office;

use crate::desk::{Desk, NOW, OFFICE, OTHER, at, number};
use crate::post::MIDORI;

const CALL: &str = "GET /v1/inbox";

fn caller(office: &str) -> Caller {
    let (office, void_after) = (Office::new(number(office), "事業所"), at(NOW));
    Caller { office, kid: "kid".to_owned(), jti: "jti".to_owned(), void_after }
}

#[tokio::test]
async fn a_cursor_brings_the_next_page_of_the_same_call_of_the_same_office() {
    let desk = Desk::open().await;
    let us = caller(OFFICE);
    let given = paging::paged(&desk.api, &us, CALL, vec![1, 2], Some("2026-04-10T00:00:00.000Z#場所".to_owned()));
    let cursor = given.next_cursor.unwrap();
    assert_eq!(given.items, [1, 2]);
    let page = paging::page(&desk.api, &us, CALL, Some(2), Some(&cursor)).unwrap();
    assert_eq!((page.limit, page.cursor.as_deref(), page.now), (2, Some("2026-04-10T00:00:00.000Z#場所"), at(NOW)));
    assert_eq!(paging::paged(&desk.api, &us, CALL, vec![3], None).next_cursor, None);

    let code = |caller: &Caller, call: &str, cursor: &str| {
        paging::page(&desk.api, caller, call, None, Some(cursor)).map(|page| page.cursor).map_err(|problem| problem.kind().code)
    };
    for (caller, call, cursor) in [
        (&caller(OTHER), CALL, cursor.as_str()),
        (&us, "GET /v1/transmissions", &cursor),
        (&us, CALL, &cursor[..cursor.len() - 4]),
        (&us, CALL, &format!("{cursor}AAAA")),
        (&us, CALL, &format!("AAAA{}", &cursor[4..])),
        (&us, CALL, "MjAyNi0wNC0xMFQwMDowMDowMC4wMDBaI1Q"),
        (&us, CALL, "2026-04-10T00:00:00.000Z#T"),
        (&us, CALL, ""),
    ] {
        assert_eq!(code(caller, call, cursor), Err("cursor-unknown"), "{call} {cursor}");
    }
}

#[tokio::test]
async fn a_cursor_goes_on_through_what_was_asked_for_and_nothing_else() {
    let desk = Desk::open().await;
    for n in 1..=3 {
        desk.deliver(MIDORI, n, &[OFFICE], "a.txt", "a").await;
        desk.deliver(OFFICE, n, &[OTHER], "a.txt", "a").await;
        desk.register(&format!("977000020{n}"), &[]).await;
    }
    for (path, asked, other) in [
        ("/v1/inbox", "", "&status=delivered"),
        ("/v1/inbox", "&status=delivered", ""),
        ("/v1/inbox", "&sender=9870000105", "&sender=9870000113"),
        ("/v1/inbox", "&month=202604", "&month=202603"),
        ("/v1/inbox", "&status=delivered", "&kind=UPJSK"),
        ("/v1/transmissions", "&status=delivered", ""),
        ("/v1/transmissions", "&since=2026-01-01T00:00:00Z", "&since=2026-01-02T00:00:00Z"),
        ("/v1/offices", "", "&licensed=false"),
        ("/v1/offices", "&name=%E4%BA%8B%E6%A5%AD", "&name=%E6%89%80"),
        ("/v1/offices", "&prefecture=97", "&prefecture=13"),
    ] {
        let first = desk.call("GET", &format!("{path}?limit=1{asked}"), None).await;
        let cursor = first.json["next_cursor"].as_str().unwrap_or_else(|| panic!("{path} {asked}: {}", first.json));
        let page = async |part: &str| desk.call("GET", &format!("{path}?limit=1{part}&cursor={cursor}"), None).await;
        assert_eq!(page(asked).await.code(), None, "{path} {asked}");
        assert_eq!(page(other).await.code(), Some("cursor-unknown"), "{path} {asked} {other}");
    }
}

#[tokio::test]
async fn a_page_has_one_to_a_hundred_entries() {
    let desk = Desk::open().await;
    for (limit, expected) in
        [(None, Ok(50)), (Some(1), Ok(1)), (Some(100), Ok(100)), (Some(0), Err("query-malformed")), (Some(101), Err("query-malformed"))]
    {
        let page = paging::page(&desk.api, &caller(OFFICE), CALL, limit, None);
        assert_eq!(page.map(|page| page.limit).map_err(|problem| problem.kind().code), expected);
    }
}
