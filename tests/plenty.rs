//! What a page or a look-up costs does not depend on how much there is: the requests that go out, counted at ten entries and at a hundred thousand.

use std::path::Path;

use exchange::{DeliveryStatus, TransmissionId};
use jiff::SignedDuration;
use rusqlite::{Connection, named_params};
use serde_json::Value;
use store::steps::{delivery_views, transmission_views};
use store::testing::Calls;
use store::{Filter, Ledger as _, Mail as _, Page, Received, Sent, Stores};

use crate::world::corpus::{Fixture, valid};
use crate::world::ground::Ground;
use crate::world::office::Party;
use crate::world::parcel::Parcel;
use crate::world::set::{Set, text};
use crate::world::{NOW, World, at};

const FEW: u64 = 10;
const PLENTY: u64 = 100_000;
const LIMIT: usize = 5;

/// One sender, one recipient, and what was sent from the one to the other.
struct Street {
    world: World,
    stores: Stores,
    calls: Calls,
    sender: Party,
    recipient: Party,
    newest: TransmissionId,
}

impl Street {
    async fn of_few() -> Street {
        let (world, calls) = (World::embedded().await, Calls::default());
        let Ground::Embedded { exchange, .. } = &world.ground else { panic!("embedded") };
        let stores = Stores::counted(&exchange.operator.settings(), &exchange.operator.endpoints(), &calls);
        let mut set = Set::attachments(&world, 1, 1).await;
        let (sender, recipient) = (set.sender, set.recipients.remove(0));
        let mut newest = set.id;
        for n in 0..FEW {
            let fixture = Fixture {
                sender: sender.number().to_owned(),
                recipient: recipient.number().to_owned(),
                ..text("a.txt", &format!("text {n}"))
            };
            let (parcel, id) = Parcel::of(&sender, &fixture, world.now());
            world.send(&parcel).await;
            newest = id;
        }
        Street { world, stores, calls, sender, recipient, newest }
    }

    /// Copies the newest entry in the ledger's database, with its place in every index, until there are so many.
    fn fill(&self, entries: u64) {
        let Ground::Embedded { exchange, _folder: folder, .. } = &self.world.ground else { panic!("embedded") };
        let id = self.newest.to_string();
        copy(folder.path(), &exchange.operator.settings().tables.ledger, &id, self.newest.jti().to_string().as_str(), entries - FEW);
    }

    fn page(&self, cursor: Option<String>) -> Page {
        Page { limit: LIMIT, cursor, now: self.world.now() }
    }

    /// The requests of every listing and look-up.
    async fn count(&self) -> Vec<(&'static str, Vec<String>)> {
        let (ledger, calls) = (&self.stores.ledger, &self.calls);
        let (from, to) = (self.sender.office.number, self.recipient.office.number);
        let mut counted = Vec::new();
        let mut note = |what| counted.push((what, calls.take()));
        calls.take();

        let inbox = ledger.inbox(&to, &Received::default(), self.page(None)).await.unwrap();
        note("the inbox");
        ledger.inbox(&to, &Received::default(), self.page(inbox.next_cursor)).await.unwrap();
        note("its second page");
        let wanted = Received { status: Some(DeliveryStatus::Delivered), sender: Some(from), ..Received::default() };
        let found = ledger.inbox(&to, &wanted, self.page(None)).await.unwrap();
        note("what is wanted of it");
        let sent = ledger.sent(&from, &Sent::default(), self.page(None)).await.unwrap();
        note("what was sent");
        assert_eq!([inbox.items.len(), found.items.len(), sent.items.len()], [LIMIT; 3]);
        assert!(sent.items.iter().all(|entry| entry.deliveries.len() == 1));

        assert!(ledger.transmission(&self.newest).await.unwrap().is_some());
        note("a transmission");
        assert!(ledger.received(&to, &self.newest).await.unwrap().is_some());
        note("a delivery");
        assert!(ledger.look_up(&[from, to], Some(&self.newest)).await.unwrap().transmission.is_some());
        note("a look-up");
        for (what, filter) in [
            ("an operator's listing", Filter::default()),
            ("the same of a sender", Filter { sender: Some(from), ..Filter::default() }),
            ("the same of a recipient", Filter { recipient: Some(to), ..Filter::default() }),
        ] {
            assert_eq!(ledger.transmissions(&filter, self.page(None)).await.unwrap().items.len(), LIMIT);
            note(what);
        }
        counted
    }
}

/// Straight into the file: by calls it would take minutes. The engine keeps an item under its key, `S:` before a text, and once more in each index.
fn copy(folder: &Path, table: &str, id: &str, jti: &str, times: u64) {
    let mut database = Connection::open(folder.join("ledger.sqlite")).unwrap();
    database.pragma_update(None, "synchronous", "OFF").unwrap();
    let tables: Vec<String> = {
        let mut found = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE :of || '::gsi::%'").unwrap();
        found.query_map(named_params! {":of": table}, |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    assert_eq!(tables.len(), store::dynamo::tables::LEDGER.indexes.len(), "{tables:?}");
    let numbered = "WITH RECURSIVE n(new) AS (SELECT 1 UNION ALL SELECT new + 1 FROM n WHERE new < :times),
        jtis(jti) AS (SELECT printf('00000000-0000-4000-8000-%012d', new) FROM n)";
    let writing = database.transaction().unwrap();
    let given = named_params! {":times": times, ":pk": format!("S:T#{id}"), ":old": jti};
    let insert = |sql: String| writing.execute(&sql, given).unwrap();
    let copied = insert(format!(
        "{numbered} INSERT INTO \"{table}\" (pk, sk, item_json, item_size, hash_prefix)
        SELECT replace(pk, :old, jti), sk, replace(item_json, :old, jti), item_size, hash_prefix FROM \"{table}\", jtis WHERE pk = :pk"
    ));
    assert_eq!(copied as u64, 2 * times, "a transmission and its delivery");
    for index in tables {
        insert(format!(
            "{numbered} INSERT INTO \"{index}\" (gsi_pk, gsi_sk, table_pk, table_sk, item_json)
            SELECT gsi_pk, replace(gsi_sk, :old, jti), replace(table_pk, :old, jti), table_sk, replace(item_json, :old, jti)
            FROM \"{index}\", jtis WHERE table_pk = :pk"
        ));
    }
    writing.commit().unwrap();
}

#[tokio::test]
async fn pages_and_look_ups_take_the_same_calls_at_ten_entries_and_at_a_hundred_thousand() {
    let street = Street::of_few().await;
    let few = street.count().await;
    street.fill(PLENTY);
    let plenty = street.count().await;
    assert_eq!(few, plenty);
    let made = |wanted: &str| plenty.iter().find(|(what, _)| *what == wanted).unwrap().1.len();
    for (what, calls) in [
        ("the inbox", 2),
        ("its second page", 2),
        ("what is wanted of it", 2),
        ("what was sent", 2),
        ("a transmission", 1),
        ("a delivery", 1),
        ("a look-up", 1),
    ] {
        assert_eq!(made(what), calls, "{what}: {plenty:?}");
    }
    // what matches nothing is given up for now after a bounded number of looks
    let nobody = Received { sender: Some("9770000429".parse().unwrap()), ..Received::default() };
    street.calls.take();
    let none = street.stores.ledger.inbox(&street.recipient.office.number, &nobody, street.page(None)).await.unwrap();
    assert_eq!((none.items.len(), none.next_cursor.is_some(), street.calls.take().len()), (0, true, 4), "four looks of a hundred");
}

/// Of fifty recipients one reads its own delivery and the row, not the other forty-nine.
#[tokio::test]
async fn a_delivery_of_many_is_read_without_the_others() {
    let (world, calls) = (World::embedded().await, Calls::default());
    let Ground::Embedded { exchange, .. } = &world.ground else { panic!("embedded") };
    let stores = Stores::counted(&exchange.operator.settings(), &exchange.operator.endpoints(), &calls);
    let set = Set::attachments(&world, 50, 1).await;
    for parcel in set.parcels() {
        world.send(&parcel).await;
    }
    calls.take();
    calls.take_bodies();
    let office = set.recipients[49].office.number;
    assert_eq!(stores.ledger.received(&office, &set.id).await.unwrap().unwrap().delivery.address.office, office);
    assert_eq!(calls.take().len(), 1);
    let asked: Vec<Value> = calls.take_bodies().iter().map(|body| serde_json::from_slice(body).unwrap()).collect();
    let keys = asked[0]["RequestItems"].as_object().unwrap().values().map(|table| table["Keys"].as_array().unwrap().len());
    assert_eq!(keys.sum::<usize>(), 2);
}

/// What one sender sent of a month stands in one line, however often it was sent.
#[tokio::test]
async fn what_replaces_what_on_a_page_is_asked_for_once_a_line() {
    let (world, calls) = (World::embedded().await, Calls::default());
    let Ground::Embedded { exchange, .. } = &world.ground else { panic!("embedded") };
    let stores = Stores::counted(&exchange.operator.settings(), &exchange.operator.endpoints(), &calls);
    let fixture = valid("seed-1", "UPJSK");
    let sender = Party::new(&fixture.sender);
    let recipient = Party::new(fixture.recipient.split('-').next().unwrap());
    for party in [&sender, &recipient] {
        world.register(&party.office).await;
    }
    let mut ids = Vec::new();
    for second in 0..7 {
        world.set_now(at(NOW) + SignedDuration::from_secs(second));
        let (parcel, id) = Parcel::of(&sender, &fixture, world.now());
        world.send(&parcel).await;
        ids.push(id);
    }
    let page = Page { limit: 50, cursor: None, now: world.now() };
    let delivered = stores.ledger.inbox(&recipient.office.number, &Received::default(), page.clone()).await.unwrap().items;
    let sent = stores.ledger.sent(&sender.office.number, &Sent::default(), page).await.unwrap().items;
    calls.take();
    let views = delivery_views(&stores.ledger, &delivered).await.unwrap();
    assert_eq!(calls.take().len(), 1);
    let replaced: Vec<_> = views.iter().rev().map(|view| view.superseded_by.clone()).collect();
    let newest = ids.last().cloned();
    assert_eq!(replaced, [vec![newest; 6], vec![None]].concat());
    // what the sender sees of the same costs the same
    let views = transmission_views(&stores.ledger, &sent).await.unwrap();
    assert_eq!(calls.take().len(), 1);
    assert_eq!(views.iter().rev().map(|view| view.superseded_by.clone()).collect::<Vec<_>>(), replaced);
}
