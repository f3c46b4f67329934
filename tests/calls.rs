//! How often the function calls AWS for one recipient (N = 1): the requests that really go out.

use std::sync::Arc;

use deliver::Deliver;
use store::testing::Calls;
use store::{Clock, Stores};

use crate::world::corpus::valid;
use crate::world::ground::Ground;
use crate::world::office::Party;
use crate::world::parcel::Parcel;
use crate::world::{self, World};

const GET: &str = "GET outbox";
const LOOK_UP: &str = "BatchGetItem";
const CLAIM: &str = "PutItem";
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
        let deliver = Arc::new(Deliver::new(stores.files, stores.ledger, Clock::from_fn(move || now)));
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

    // N + 4 before the delivery is visible, then N documents
    let first = upload().await;
    assert_eq!(counted.of(&first).await, [GET, LOOK_UP, CLAIM, COPY, COMMIT, DOCUMENT]);
    // N + 3 with the offices remembered
    assert_eq!(counted.of(&upload().await).await, [GET, CLAIM, COPY, COMMIT, DOCUMENT]);
    // what comes again finds that it is done: its row, its deliveries, its document
    assert_eq!(counted.of(&first).await, [GET, CLAIM, "Query", DOCUMENT]);
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
    assert_eq!(counted.of(&upload(parcel(), true).await).await, [GET, LOOK_UP, CLAIM, REPORT]);
    // what is remembered is read again before anybody is refused for it
    assert_eq!(counted.of(&upload(parcel(), true).await).await, [GET, LOOK_UP, CLAIM, REPORT]);
    assert_eq!(counted.of(&upload(parcel(), false).await).await, [GET, CLAIM, REPORT]);
}
