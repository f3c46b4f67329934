//! How often the function calls AWS: the requests that really go out.

use std::sync::Arc;

use deliver::Deliver;
use exchange::DailyQuota;
use store::testing::Calls;
use store::{Clock, Stores};

use crate::world::corpus::valid;
use crate::world::ground::Ground;
use crate::world::office::Party;
use crate::world::parcel::Parcel;
use crate::world::set::Set;
use crate::world::{self, World, secret};

const GET: &str = "GET outbox";
const LOOK_UP: &str = "BatchGetItem";
const JOIN: &str = "UpdateItem";
/// The sender's count of the day.
const COUNT: &str = "UpdateItem";
const REJECT: &str = "PutItem";
const COPY: &str = "PUT inbox";
const COMMIT: &str = "TransactWriteItems";
const DOCUMENT: &str = "PUT inbox/delivery.json";
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

    // visible with the commit; then the document, and a look whether it was cancelled meanwhile
    let first = upload().await;
    assert_eq!(counted.of(&first).await, [GET, LOOK_UP, JOIN, COUNT, COPY, COMMIT, DOCUMENT, LOOK_UP]);
    // one less with the offices remembered
    assert_eq!(counted.of(&upload().await).await, [GET, JOIN, COUNT, COPY, COMMIT, DOCUMENT, LOOK_UP]);
    // what comes again finds that it is done: its row, its deliveries, its document
    assert_eq!(counted.of(&first).await, [GET, JOIN, "Query", "HEAD inbox/delivery.json"]);
}

/// N × F copies and N + F + 5 calls at most in the run that ends it, 3 a part in the others.
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
                assert!(last.len() <= 3, "a part that waits: {last:?}");
            }
        }
        let copies = last.iter().filter(|call| *call == COPY).count();
        assert_eq!(copies, offices * files);
        assert!(last.len() - copies <= offices + files + 5, "{offices} × {files}: {} calls", last.len());
        assert_eq!(counted.world.entry(&set.id).await.unwrap().deliveries.len(), offices);
    }
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
    assert_eq!(counted.of(&upload(parcel(), true).await).await, [GET, LOOK_UP, JOIN, COUNT, REJECT, REPORT]);
    // what is remembered is read again before anybody is refused for it
    assert_eq!(counted.of(&upload(parcel(), true).await).await, [GET, JOIN, LOOK_UP, COUNT, REJECT, REPORT]);
    assert_eq!(counted.of(&upload(parcel(), false).await).await, [GET, REJECT, REPORT]);
}
