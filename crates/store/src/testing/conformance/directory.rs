//! One function, one promise of [`Directory`](crate::Directory).

use exchange::{Campaign, LicenceKind, LicencePeriod, Listed, Office, Place, Side};

use super::examples::{at, delivered, id, number, office, rejected, single};
use crate::{Bill, Exchanged, Ledger, Revision, Saved};

/// An office of that municipality.
fn placed(text: &str, municipality: Option<&str>) -> Office {
    Office { municipality: municipality.map(str::to_owned), ..Office::new(number(text), "ひだまり") }
}

fn period(first: &str, last: &str) -> LicencePeriod {
    LicencePeriod { kind: LicenceKind::Paid, campaign: None, first: first.parse().unwrap(), last: last.parse().unwrap() }
}

pub(super) async fn offices_are_read_and_saved_together_or_not_at_all(port: &dyn Ledger) {
    let offices = [office("9780000014"), placed("9780000022", None)];
    let numbers = [offices[1].number, number("9780000030"), offices[0].number, offices[1].number];
    assert_eq!(port.offices(&[]).await.unwrap(), []);
    assert_eq!(port.save_offices(&[]).await.unwrap(), Saved::Written);
    let save = async |revisions: [Option<Revision>; 2], name: &str| {
        let named = offices.clone().map(|office| Office { name: name.to_owned(), ..office });
        port.save_offices(&named.into_iter().zip(revisions).collect::<Vec<_>>()).await.unwrap()
    };
    let found = async || {
        let mut found = port.offices(&numbers).await.unwrap();
        found.sort_by_key(|(office, _)| office.number);
        found
    };
    assert_eq!(save([None, None], "first").await, Saved::Written);
    let [(one, one_read), (_, other_read)] = &found().await[..] else { unreachable!("both are registered") };
    assert_eq!(*one, Office { name: "first".to_owned(), ..offices[0].clone() });
    let read = [Some(*one_read), Some(*other_read)];
    for stale in [[None, read[1]], [read[0], None], [Some(Revision(99)), read[1]], [read[0], Some(Revision(99))]] {
        assert_eq!(save(stale, "stale").await, Saved::Conflict, "{stale:?}");
        assert!(found().await.iter().all(|(office, _)| office.name == "first"), "none of them is written");
    }
    assert_eq!(save(read, "second").await, Saved::Written);
    assert_eq!(save(read, "repeated").await, Saved::Conflict);
    assert!(found().await.iter().all(|(office, _)| office.name == "second"));

    let many: Vec<(Office, Option<Revision>)> =
        (0..crate::AT_ONCE).map(|n| (placed(&format!("96000{n:05}"), Some("960001")), None)).collect();
    assert_eq!(port.save_offices(&many).await.unwrap(), Saved::Written);
    let numbers: Vec<_> = many.iter().map(|(office, _)| office.number).collect();
    assert_eq!(port.offices(&numbers).await.unwrap().len(), crate::AT_ONCE);
}

pub(super) async fn offices_are_found_by_their_place_in_pages_without_gap_or_overlap(port: &dyn Ledger) {
    let mut offices: Vec<Office> = [Some("951013"), None, Some("95102"), Some("951013"), Some("951013"), Some("950009")]
        .iter()
        .zip(1..)
        .map(|(municipality, n)| placed(&format!("95000000{n:02}"), *municipality))
        .collect();
    // its number is from elsewhere
    offices.push(placed("9400000011", Some("951013")));
    // one with all it can have
    let whole = Office { municipality: Some("951013".to_owned()), ..office("9500000001") };
    offices.iter_mut().take(1).for_each(|office| office.clone_from(&whole));
    for office in &offices {
        port.save_office(office, None).await.unwrap();
    }
    let check = async |place: Place, expected: &[&str]| {
        for limit in [1, 2, 7, 100] {
            let (mut found, mut cursor) = (Vec::new(), None);
            loop {
                let page = port.listed(place, limit, cursor.as_deref()).await.unwrap();
                assert!(page.items.len() <= limit);
                found.extend(page.items);
                cursor = page.next_cursor;
                if cursor.is_none() {
                    break;
                }
            }
            let numbers: Vec<&str> = found.iter().map(|listed| listed.office.as_str()).collect();
            assert_eq!(numbers, expected, "{place:?} in pages of {limit}");
            for listed in found {
                let office = offices.iter().find(|office| office.number == listed.office).unwrap();
                assert_eq!(listed, Listed::of(office));
            }
        }
    };
    let (prefecture, municipality) =
        (|code: &str| Place::Prefecture(code.parse().unwrap()), |code: &str| Place::Municipality(code.parse().unwrap()));
    let all = ["9500000002", "9500000006", "9400000011", "9500000001", "9500000004", "9500000005", "9500000003"];
    check(prefecture("95"), &all).await;
    check(municipality("951013"), &all[2..6]).await;
    check(municipality("95101"), &all[2..6]).await;
    check(municipality("951029"), &all[6..]).await;
    check(municipality("951037"), &[]).await;
    check(prefecture("94"), &[]).await;
}

pub(super) async fn an_office_that_moved_is_found_where_it_is_now(port: &dyn Ledger) {
    let number = number("9300000017");
    let found = async |code: &str| {
        let listed = port.listed(Place::Municipality(code.parse().unwrap()), 10, None).await.unwrap().items;
        listed.into_iter().map(|listed| (listed.office, listed.licences.len())).collect::<Vec<_>>()
    };
    port.save_office(&placed(number.as_str(), Some("93101")), None).await.unwrap();
    assert_eq!((found("93101").await, found("92101").await), (vec![(number, 0)], vec![]));
    let (office, revision) = port.office(&number).await.unwrap().unwrap();
    let moved = Office { municipality: Some("92101".to_owned()), licences: vec![period("2026-04-01", "2027-03-31")], ..office };
    port.save_office(&moved, Some(revision)).await.unwrap();
    assert_eq!((found("93101").await, found("92101").await), (vec![], vec![(number, 1)]));
}

pub(super) async fn a_licence_and_its_bill_are_written_together(port: &dyn Ledger) {
    let office = placed("9200000016", None);
    port.save_office(&office, None).await.unwrap();
    let (_, read) = port.office(&office.number).await.unwrap().unwrap();
    let licence = period("2031-02-01", "2032-01-31");
    let bill = Bill::of(office.number, &licence, &[]);
    let granted = Office { licences: vec![licence], ..office.clone() };
    let month = bill.first;
    let bills = async || port.bills(month, 10, None).await.unwrap().items;
    assert_eq!(port.grant(&granted, Revision(99), &bill).await.unwrap(), Saved::Conflict);
    assert_eq!((port.office(&office.number).await.unwrap().unwrap().0, bills().await), (office, vec![]));
    assert_eq!(port.grant(&granted, read, &bill).await.unwrap(), Saved::Written);
    assert_eq!(port.grant(&granted, read, &bill).await.unwrap(), Saved::Conflict);
    assert_eq!((port.office(&bill.office).await.unwrap().unwrap().0, bills().await), (granted, vec![bill]));
}

pub(super) async fn each_campaign_has_a_bill_of_its_own_and_none_is_written_twice(port: &dyn Ledger) {
    let office = placed("9200000024", None);
    port.save_office(&office, None).await.unwrap();
    let campaigns = ["spring", "summer"].map(|id| {
        let (opens, closes) = ("2033-01-01".parse().unwrap(), "2033-12-31".parse().unwrap());
        Campaign { id: id.to_owned(), opens, closes, months: 12, fee: if id == "spring" { 100 } else { 200 } }
    });
    let pass = |campaign: &str| LicencePeriod {
        kind: LicenceKind::FreePass,
        campaign: Some(campaign.to_owned()),
        ..period("2033-03-01", "2034-02-28")
    };
    let grant = async |bill: &Bill| {
        let (entry, read) = port.office(&office.number).await.unwrap().unwrap();
        let entry = Office { name: format!("{}+", entry.name), ..entry };
        assert_eq!(port.grant(&entry, read, bill).await.unwrap(), Saved::Written);
        assert_eq!(
            port.office(&office.number).await.unwrap().unwrap().0,
            entry,
            "the entry is written whether it was billed before or not"
        );
    };
    let bills = ["spring", "summer"].map(|id| Bill::of(office.number, &pass(id), &campaigns));
    let [first, _] = &bills;
    for bill in &bills {
        grant(bill).await;
    }
    grant(&Bill { yen: 9, ..first.clone() }).await;
    let found = port.bills("2033-03-01".parse().unwrap(), 10, None).await.unwrap().items;
    assert_eq!(found, bills);
    assert_eq!(found.iter().map(|bill| bill.yen).collect::<Vec<_>>(), [100, 200]);
}

pub(super) async fn bills_are_found_by_the_month_they_begin_in(port: &dyn Ledger) {
    let mut written = Vec::new();
    for (n, first) in (1..).zip(["2030-03-31", "2030-04-01", "2030-04-15", "2030-04-15", "2030-04-30", "2030-05-01"]) {
        let office = placed(&format!("91000000{n:02}"), None);
        port.save_office(&office, None).await.unwrap();
        let (mut office, read) = port.office(&office.number).await.unwrap().unwrap();
        let licence = period(first, "2031-12-31");
        let bill = Bill::of(office.number, &licence, &[]);
        office.licences.push(licence);
        assert_eq!(port.grant(&office, read, &bill).await.unwrap(), Saved::Written);
        // those that begin in March and May are others'
        if first.starts_with("2030-04") {
            written.push(bill);
        }
    }
    for limit in [1, 2, 3, 100] {
        let (mut found, mut cursor) = (Vec::new(), None);
        loop {
            let page = port.bills("2030-04-20".parse().unwrap(), limit, cursor.as_deref()).await.unwrap();
            found.extend(page.items);
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(found, written, "pages of {limit}");
    }
}

pub(super) async fn campaigns_are_saved_by_who_read_them_last(port: &dyn Ledger) {
    assert_eq!(port.campaigns().await.unwrap(), (vec![], None));
    let campaigns = [Campaign::free_pass_2025()];
    assert_eq!(port.save_campaigns(&campaigns, Some(Revision(1))).await.unwrap(), Saved::Conflict);
    assert_eq!(port.save_campaigns(&campaigns, None).await.unwrap(), Saved::Written);
    assert_eq!(port.save_campaigns(&[], None).await.unwrap(), Saved::Conflict);
    let (found, read) = port.campaigns().await.unwrap();
    assert_eq!(found, campaigns);
    assert_eq!(port.save_campaigns(&[], read).await.unwrap(), Saved::Written);
    assert_eq!(port.save_campaigns(&campaigns, read).await.unwrap(), Saved::Conflict);
    assert_eq!(port.campaigns().await.unwrap().0, []);
}

pub(super) async fn what_was_delivered_is_told_to_both_sides_in_pages(port: &dyn Ledger) {
    let (sender, recipients) = (number("9770000502"), ["9870000600", "9870000709"]);
    let mut expected = Vec::new();
    for n in 1..=9_u64 {
        let part = single(&id(sender.as_str(), n), at(&format!("2026-04-0{n}T00:00:00Z")), &recipients, "exchanged");
        port.join(&part).await.unwrap();
        let record = part.opening();
        match n {
            2 => drop(port.reject(&rejected(&record), 1).await.unwrap()),
            3 => {}
            _ => {
                let (ended, deliveries) = delivered(&record, part.file.stored_at);
                port.commit(&ended, &deliveries).await.unwrap();
                if n == 5 {
                    assert!(port.cancel(&ended, part.file.stored_at).await.unwrap());
                } else if n > 1 && n < 9 {
                    expected.insert(0, (ended.id, part.file.stored_at));
                }
            }
        }
    }
    let between = (at("2026-04-01T00:00:00.001Z"), at("2026-04-09T00:00:00Z"));
    for limit in [1, 2, 3, 100] {
        for (office, side) in [(sender, Side::Sender), (number(recipients[1]), Side::Recipient)] {
            let (mut found, mut cursor) = (Vec::new(), None);
            loop {
                let page = port.exchanged(&office, side, between, limit, cursor.as_deref()).await.unwrap();
                assert!(page.items.len() <= limit);
                found.extend(page.items);
                cursor = page.next_cursor;
                if cursor.is_none() {
                    break;
                }
            }
            let partners = match side {
                Side::Sender => recipients.map(number).to_vec(),
                Side::Recipient => vec![sender],
            };
            let told = |(id, delivered_at): &_| Exchanged { id: Clone::clone(id), delivered_at: *delivered_at, partners: partners.clone() };
            assert_eq!(found, expected.iter().map(told).collect::<Vec<_>>(), "{side:?} in pages of {limit}");
        }
    }
    assert_eq!(port.exchanged(&sender, Side::Recipient, between, 10, None).await.unwrap().items, []);
}
