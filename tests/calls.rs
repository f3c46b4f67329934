//! How often the function calls AWS: the requests that really go out.

use std::sync::Arc;

use deliver::Deliver;
use exchange::DailyQuota;
use serde_json::Value;
use store::testing::Calls;
use store::{Clock, Stores};

use crate::world::corpus::{Fixture, demo, valid};
use crate::world::ground::Ground;
use crate::world::office::Party;
use crate::world::parcel::Parcel;
use crate::world::set::{Set, text};
use crate::world::{self, World, secret};

const GET: &str = "GET outbox";
const LOOK_UP: &str = "BatchGetItem";
const JOIN: &str = "UpdateItem";
/// The sender's count of the day.
const COUNT: &str = "UpdateItem";
const REJECT: &str = "PutItem";
const COPY: &str = "PUT inbox";
const COMMIT: &str = "TransactWriteItems";
/// What the files replace.
const KIN: &str = "Query";
const DOCUMENT: &str = "PUT inbox/delivery.json";
/// Whom it concerns is told.
const NOTICE: &str = "TransactWriteItems";
/// Nothing is due of it any more, unless it was cancelled meanwhile.
const TOLD: &str = "UpdateItem";
const REPORT: &str = "PUT returns";

struct Counted {
    world: World,
    deliver: Arc<Deliver>,
    calls: Calls,
}

impl Counted {
    async fn new() -> Self {
        let (world, calls) = (World::embedded().await, Calls::default());
        let Ground::Embedded { exchange, .. } = &world.ground else { panic!("embedded") };
        let stores = Stores::counted(&exchange.operator.settings(), &exchange.operator.endpoints(), &calls);
        let now = world.now();
        let deliver = Arc::new(Deliver::new(stores.files, stores.ledger, Clock::from_fn(move || now), secret(), DailyQuota::default()));
        Self { world, deliver, calls }
    }

    /// The requests that one message makes.
    async fn of(&self, message: &str) -> Vec<String> {
        self.calls.take();
        assert!(world::handle(&self.deliver, &[message], None).await.is_empty());
        self.calls.take().iter().map(|call| named(call)).collect()
    }
}

/// A request by what it is for.
fn named(call: &str) -> String {
    if let Some((_, operation)) = call.split_once("DynamoDB_20120810.") {
        return operation.to_owned();
    }
    let (method, url) = call.split_once(' ').unwrap();
    let place = ["outbox", "inbox", "returns"].into_iter().find(|place| url.contains(&format!("/{place}/"))).unwrap_or(url);
    let document = if url.ends_with("/delivery.json") { "/delivery.json" } else { "" };
    format!("{method} {place}{document}")
}

#[tokio::test]
async fn a_delivery_takes_no_more_calls_than_the_contract_of_the_function_says() {
    let counted = Counted::new().await;
    let fixture = valid("seed-1", "UPJSK");
    let sender = Party::new(&fixture.sender);
    counted.world.register(&sender.office).await;
    counted.world.register(&Party::new(fixture.recipient.split('-').next().unwrap()).office).await;
    let upload = async || counted.world.upload(&Parcel::of(&sender, &fixture, counted.world.now()).0).await.message;

    // visible with the commit; then what it replaces, the document and the notice, and nothing is due any more
    let first = upload().await;
    assert_eq!(counted.of(&first).await, [GET, LOOK_UP, JOIN, COUNT, COPY, COMMIT, KIN, DOCUMENT, NOTICE, TOLD]);
    // remembered offices verify it; whether it may be delivered they don't say
    assert_eq!(counted.of(&upload().await).await, [GET, JOIN, COUNT, LOOK_UP, COPY, COMMIT, KIN, DOCUMENT, NOTICE, TOLD]);
    // what comes again finds that it is done: its row, its deliveries, its document
    assert_eq!(counted.of(&first).await, [GET, JOIN, "Query", "HEAD inbox/delivery.json"]);
}

/// N × F copies and N + F + 6 calls at most in the run that ends it, 3 a part in the others; the first one is counted too. Attachments replace nothing.
#[tokio::test]
async fn a_set_takes_a_copy_for_each_file_and_office_and_few_calls_more() {
    for (offices, files) in [(1, 2), (3, 3), (2, 20), (50, 2)] {
        let counted = Counted::new().await;
        let set = Set::attachments(&counted.world, offices, files).await;
        let mut last = Vec::new();
        for (n, parcel) in set.parcels().iter().enumerate() {
            let message = counted.world.upload(parcel).await.message;
            last = counted.of(&message).await;
            if n + 1 < files {
                assert!(last.len() <= 3 + usize::from(n == 0), "a part that waits: {last:?}");
            }
        }
        let copies = last.iter().filter(|call| *call == COPY).count();
        assert_eq!(copies, offices * files);
        assert!(last.len() - copies <= offices + files + 6, "{offices} × {files}: {} calls", last.len());
        assert_eq!(counted.world.entry(&set.id).await.unwrap().deliveries.len(), offices);
    }
}

/// Files of the standard replace something at each recipient: a call more for each.
#[tokio::test]
async fn a_plan_set_takes_a_call_more_for_each_recipient() {
    let counted = Counted::new().await;
    let to = ["9779668095-15", "9961751154-13", "9776125172-21"];
    let plan = demo(&["UP1KYO", "UP2KYO", "UP3KYO", "UPHOSOKU_000000"]);
    let (offices, files) = (to.len(), plan.len());
    for _ in 0..2 {
        let set = Set::of(&counted.world, "9871578812", &to, &plan).await;
        let mut last = Vec::new();
        for parcel in set.parcels() {
            let message = counted.world.upload(&parcel).await.message;
            last = counted.of(&message).await;
        }
        let times = |what: &str| last.iter().filter(|call| *call == what).count();
        assert_eq!([times(COPY), times(KIN), times(DOCUMENT)], [offices * files, offices, offices]);
        assert_eq!(last.len(), offices * files + 2 * offices + files + 6, "{last:?}");
    }
}

/// The most there can be: 20 files under long names and keys to 50 offices. Every request is counted, and what is written held against DynamoDB's limits.
#[tokio::test]
async fn twenty_files_to_fifty_offices_stay_within_the_limits_of_the_database() {
    let counted = Counted::new().await;
    let texts: Vec<Fixture> = (0..20).map(|n| text(&format!("{n:02}{}.txt", "御".repeat(90)), &format!("text {n}"))).collect();
    let to: Vec<String> = (0..50).map(|n| format!("98{n:02}000000")).collect();
    let set = Set::of(&counted.world, "9778773797", &to.iter().map(String::as_str).collect::<Vec<_>>(), &texts).await;
    let mut last = Vec::new();
    for parcel in set.parcels() {
        let key = format!("{}/{}", parcel.key, "k".repeat(1_023 - parcel.key.len()));
        let message = counted.world.upload(&Parcel { key, ..parcel }).await.message;
        counted.calls.take_bodies();
        last = counted.of(&message).await;
    }
    let times = |what: &str| last.iter().filter(|call| *call == what).count();
    // its own part and the other 19; it joins, is counted, and is due no more when all are told by document and notice; attachments replace nothing
    let wanted = [(GET, 20), (JOIN, 3), (COPY, 1_000), (COMMIT, 2), (DOCUMENT, 50), (LOOK_UP, 1), (KIN, 0)];
    assert_eq!(wanted.map(|(what, _)| (what, times(what))), wanted);
    assert_eq!(last.len(), 1_076);
    assert_eq!(counted.world.keys("inbox/").await.len(), 1_050);

    let bodies = counted.calls.take_bodies();
    let bodies = bodies.iter().map(|body| serde_json::from_slice(body).unwrap());
    let [commit, notices] = &bodies.filter(|body: &Value| body["TransactItems"].is_array()).collect::<Vec<_>>()[..] else {
        panic!("the commit, and the notices")
    };
    assert_eq!(notices["TransactItems"].as_array().unwrap().len(), 50);
    let items: Vec<usize> = commit["TransactItems"].as_array().unwrap().iter().map(|write| item_bytes(&write["Put"]["Item"])).collect();
    assert_eq!(items.len(), 51);
    assert!(items.len() <= TRANSACTION_ITEMS && items.iter().sum::<usize>() < TRANSACTION_BYTES);
    let row = *items.iter().max().unwrap();
    // as the ledger's design says: 20 × 3.5 KB and the addresses; a delivery is half a KB
    assert!((20_000..ITEM_BYTES / 4).contains(&row), "{row}");
    assert!(items.iter().filter(|item| **item != row).all(|item| *item < 1_000), "{items:?}");
}

/// DynamoDB's limits ("Service, account, and table quotas", "Constraints in Amazon DynamoDB": AWS, DynamoDB Developer Guide).
const ITEM_BYTES: usize = 400 * 1024;
const TRANSACTION_ITEMS: usize = 100;
const TRANSACTION_BYTES: usize = 4 * 1024 * 1024;

/// An item's size as DynamoDB reckons it ("DynamoDB item sizes and formats"): the names and values, a number at its largest.
fn item_bytes(item: &Value) -> usize {
    item.as_object().unwrap().iter().map(|(name, value)| name.len() + value_bytes(value)).sum()
}

fn value_bytes(value: &Value) -> usize {
    let (kind, held) = value.as_object().unwrap().iter().next().unwrap();
    match kind.as_str() {
        "S" => held.as_str().unwrap().len(),
        "N" => 21,
        "BOOL" | "NULL" => 1,
        "L" => 3 + held.as_array().unwrap().iter().map(|value| 1 + value_bytes(value)).sum::<usize>(),
        "M" => 3 + held.as_object().unwrap().iter().map(|(name, value)| 1 + name.len() + value_bytes(value)).sum::<usize>(),
        other => panic!("{other} is not written by the ledger"),
    }
}

/// A row that ends as rejected holds its reasons too: of 20 files and 50 offices with all that can be wrong.
#[tokio::test]
async fn the_largest_rejection_stays_within_an_item() {
    let counted = Counted::new().await;
    let files: Vec<Fixture> = (0..20).map(|n| text(&format!("{n:02}{}\u{301}.exe", "御".repeat(90)), "MZ")).collect();
    let to: Vec<String> = (0..50).map(|n| format!("98{n:02}000000")).collect();
    let mut set = Set::of(&counted.world, "9778773797", &to.iter().map(String::as_str).collect::<Vec<_>>(), &files).await;
    for party in set.recipients.iter_mut().chain([&mut set.sender]) {
        party.office.licences.clear();
        party.office.blocked_senders = vec!["9778773797".parse().unwrap()];
        counted.world.register(&party.office).await;
    }
    for parcel in set.parcels() {
        let key = format!("{}/{}", parcel.key, "k".repeat(1_023 - parcel.key.len()));
        let message = counted.world.upload(&Parcel { key, ..parcel }).await.message;
        counted.calls.take_bodies();
        counted.of(&message).await;
    }
    let bodies = counted.calls.take_bodies();
    let put: Value = bodies.iter().map(|body| serde_json::from_slice(body).unwrap()).find(|body: &Value| body["Item"].is_object()).unwrap();
    let reasons = counted.world.entry(&set.id).await.unwrap().transmission.reasons;
    assert!(reasons.len() >= 23, "{reasons:?}");
    let row = item_bytes(&put["Item"]);
    assert!((30_000..ITEM_BYTES / 4).contains(&row), "{row}");
}

#[tokio::test]
async fn a_refusal_takes_no_more_calls_than_a_delivery() {
    let counted = Counted::new().await;
    let fixture = valid("seed-1", "UPJSK");
    let mut sender = Party::new(&fixture.sender);
    sender.office.licences.clear();
    counted.world.register(&sender.office).await;
    counted.world.register(&Party::new(fixture.recipient.split('-').next().unwrap()).office).await;
    let upload = async |mut parcel: Parcel, valid: bool| {
        parcel.manifest = parcel.manifest.filter(|_| valid);
        counted.world.upload(&parcel).await.message
    };
    let parcel = || Parcel::of(&sender, &fixture, counted.world.now()).0;
    assert_eq!(counted.of(&upload(parcel(), true).await).await, [GET, LOOK_UP, JOIN, COUNT, REJECT, REPORT, NOTICE]);
    // what is remembered is read again before anybody is refused for it
    assert_eq!(counted.of(&upload(parcel(), true).await).await, [GET, JOIN, COUNT, LOOK_UP, REJECT, REPORT, NOTICE]);
    // of an object alone nobody is told but by the report
    assert_eq!(counted.of(&upload(parcel(), false).await).await, [GET, REJECT, REPORT]);
}
