//! Offices with webhooks, and what sends them notices.

use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use ::upkeep::{Herald, Sent, Webhooks};
use exchange::sign::NoticeKey;
use exchange::{About, Notice, NoticeKind, Office};
use jiff::{SignedDuration, Timestamp};
use store::testing::{Faults, FaultyLedger, MemoryLedger};
use store::{Clock, EventBus, Ledger as _, Notices as _, Page, Saved};

use super::server::{Known, Server};
use crate::world::{NOW, at, secret};

pub(crate) const SOURCE: &str = "https://api.example";
pub(crate) const OFFICES: [&str; 3] = ["0370100018", "0370100026", "0370100034"];
pub(crate) const HOSTS: [&str; 3] = ["one.care.example.jp", "two.care.example.jp", "three.care.example.jp"];
const SENDER: &str = "9770000106";

/// Three offices, each with a webhook of its own on one server on loopback, which may be connected to here.
pub(crate) struct Scene {
    pub(crate) ledger: Arc<MemoryLedger>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) server: Server,
    pub(crate) names: Known,
    pub(crate) bus: Option<Arc<dyn EventBus>>,
    now: Arc<Mutex<Timestamp>>,
}

impl Scene {
    pub(crate) async fn open() -> Scene {
        let (server, names) = (Server::start(&HOSTS).await, Known::default());
        let now = Arc::new(Mutex::new(at(NOW)));
        let scene = Scene { ledger: Arc::default(), faults: Faults::none(), server, names, bus: None, now };
        for (office, host) in OFFICES.into_iter().zip(HOSTS) {
            scene.names.lead(host, &[scene.server.address]);
            scene.set_webhook(office, Some(&format!("https://{host}/renkei?office={office}"))).await;
        }
        scene
    }

    pub(crate) async fn set_webhook(&self, office: &str, webhook: Option<&str>) {
        let number = office.parse().unwrap();
        let read = self.ledger.office(&number).await.unwrap().map(|(_, revision)| revision);
        let mut office = Office::new(number, "ひだまり");
        office.webhook = webhook.map(|url| url.parse().unwrap());
        assert_eq!(self.ledger.save_office(&office, read).await.unwrap(), Saved::Written);
    }

    /// Tells an office of its delivery number `n`, now.
    pub(crate) async fn notify(&self, office: &str, n: u64) -> Notice {
        let notice = notice(office, n, self.now());
        self.ledger.notify(std::slice::from_ref(&notice)).await.unwrap();
        notice
    }

    pub(crate) fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    pub(crate) fn set_minutes(&self, minutes: i64) {
        *self.now.lock().unwrap() = at(NOW) + SignedDuration::from_mins(minutes);
    }

    /// A tick as the schedule makes it; webhooks on loopback may be connected to.
    pub(crate) async fn tick(&self) -> Sent {
        self.herald(Some(|_| true)).run().await.unwrap()
    }

    /// What sends, to the addresses that are allowed; as in a deployment where nothing is said of them.
    pub(crate) fn herald(&self, may: Option<fn(IpAddr) -> bool>) -> Herald {
        let now = Arc::clone(&self.now);
        Herald {
            ledger: Arc::new(FaultyLedger(Arc::clone(&self.ledger), Arc::clone(&self.faults))),
            clock: Clock::from_fn(move || *now.lock().unwrap()),
            key: NoticeKey::of(&secret()).unwrap(),
            source: SOURCE.to_owned(),
            webhooks: Webhooks::in_tests(self.names.clone(), may, Some(&self.server.authority)).unwrap(),
            bus: self.bus.clone(),
        }
    }

    /// The ids of the notices that came to each of the hosts since this was last asked, in their order.
    pub(crate) fn came(&self) -> [Vec<String>; 3] {
        let taken = self.server.taken();
        HOSTS.map(|host| {
            let own = taken.iter().filter(|request| request.to.starts_with(host));
            own.map(|request| serde_json::from_slice::<serde_json::Value>(&request.body).unwrap()["id"].as_str().unwrap().to_owned())
                .collect()
        })
    }

    /// How many notices are due to be sent at whatever time.
    pub(crate) async fn left(&self) -> usize {
        let now = at("2027-01-01T00:00:00Z");
        self.ledger.due_notices(Page { limit: 100, cursor: None, now }).await.unwrap().items.len()
    }
}

pub(crate) fn notice(office: &str, n: u64, at: Timestamp) -> Notice {
    let office = office.parse().unwrap();
    let transmission = format!("{SENDER}-5ca1ab1e-0000-4000-8000-{n:012x}").parse().unwrap();
    Notice { office, kind: NoticeKind::NotCollected, at, about: About::Delivery { transmission, recipient: office } }
}
