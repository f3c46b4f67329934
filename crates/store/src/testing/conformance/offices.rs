//! One function, one promise of [`Ledger`] about offices.

use exchange::Office;
use standard::ProfileId;

use super::examples::{at, id, number, office, single};
use crate::{Ledger, LookUp, Revision, Saved};

pub(super) async fn an_office_is_saved_by_who_read_it_last(port: &dyn Ledger) {
    let named = |name: &str| Office::new(number("9770000106"), name);
    assert_eq!(port.office(&number("9770000106")).await.unwrap(), None);
    assert_eq!(port.save_office(&named("never read"), Some(Revision(1))).await.unwrap(), Saved::Conflict);
    assert_eq!(port.save_office(&named("first"), None).await.unwrap(), Saved::Written);
    assert_eq!(port.save_office(&named("unread"), None).await.unwrap(), Saved::Conflict);
    let (read, revision) = port.office(&number("9770000106")).await.unwrap().unwrap();
    assert_eq!(read, named("first"));
    assert_eq!(port.save_office(&named("second"), Some(revision)).await.unwrap(), Saved::Written);
    assert_eq!(port.save_office(&named("stale"), Some(revision)).await.unwrap(), Saved::Conflict);
    let (read, next) = port.office(&number("9770000106")).await.unwrap().unwrap();
    assert_eq!(read, named("second"));
    assert_ne!(next, revision);
}

pub(super) async fn every_field_of_an_office_comes_back(port: &dyn Ledger) {
    for office in [office("9770000114"), Office::new(number("9770000122"), "")] {
        port.save_office(&office, None).await.unwrap();
        assert_eq!(port.office(&office.number).await.unwrap().unwrap().0, office);
        let found = port.look_up(std::slice::from_ref(&office.number), None).await.unwrap();
        assert_eq!(found.offices, [office]);
    }
}

pub(super) async fn a_look_up_finds_what_is_registered(port: &dyn Ledger) {
    let (one, other) = (Office::new(number("9770000130"), "one"), Office::new(number("9770000148"), "other"));
    for office in [&one, &other] {
        port.save_office(office, None).await.unwrap();
    }
    let (known, unknown) = (id("9770000130", 1), id("9770000130", 2));
    let part = single(&known, at("2026-04-10T00:00:00Z"), &["9770000148"], "looked up");
    let record = part.opening();
    port.join(&part).await.unwrap();
    let numbers = [one.number, number("9770000155"), other.number];
    let LookUp { mut offices, transmission } = port.look_up(&numbers, Some(&known)).await.unwrap();
    offices.sort_by_key(|a| a.number);
    assert_eq!((offices, transmission), (vec![one, other], Some(record.clone())));
    assert_eq!(port.look_up(&numbers, Some(&unknown)).await.unwrap().transmission, None);
    let found = port.look_up(&[], Some(&known)).await.unwrap();
    assert_eq!((found.offices, found.transmission), (vec![], Some(record)));
    let found = port.look_up(&[], None).await.unwrap();
    assert_eq!((found.offices, found.transmission), (vec![], None));
}

pub(super) async fn an_office_asked_for_twice_comes_back_once(port: &dyn Ledger) {
    let twice = Office::new(number("9770000163"), "twice");
    port.save_office(&twice, None).await.unwrap();
    let found = port.look_up(&[twice.number, twice.number], None).await.unwrap();
    assert_eq!(found.offices, [twice]);
}

pub(super) async fn a_profile_comes_back_as_it_was_last_written(port: &dyn Ledger) {
    let [one, other, none]: [ProfileId; 3] = ["one-5", "other", "none"].map(|id| id.parse().unwrap());
    assert_eq!(port.profiles(&[]).await.unwrap(), []);
    assert_eq!(port.profiles(std::slice::from_ref(&one)).await.unwrap(), []);
    port.save_profile(&one, "software = \"A\"").await.unwrap();
    port.save_profile(&other, "software = \"B\"").await.unwrap();
    port.save_profile(&one, "software = \"見本\"").await.unwrap();
    let mut found = port.profiles(&[other.clone(), none, one.clone(), one.clone()]).await.unwrap();
    found.sort();
    found.dedup();
    assert_eq!(found, [(one, "software = \"見本\"".to_owned()), (other, "software = \"B\"".to_owned())]);
}
