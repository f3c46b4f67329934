//! The fault matrix: every single call to storage fails, in every way, before its effect or after it, one at a time and in pairs. Then the events come
//! again, and in the end it is as if nothing had: nothing lost, nothing twice, the ledger forward only, no delivery without its document, no copy that
//! the ledger doesn't know of.

mod cancelling;
mod stalling;

use exchange::{TransmissionStatus, keys};
use jiff::SignedDuration;
use store::testing::{Fault, How, When};

use crate::world::World;
use crate::world::set::Set;

const SIDES: [When; 2] = [When::Before, When::After];
const WAYS: [How; 4] = [How::Throttled, How::Refused, How::Hangs, How::BreaksOff];

/// What is sent, and how it ends.
#[derive(Debug, Clone, Copy)]
struct Scenario {
    what: &'static str,
    parts: usize,
    offices: usize,
    rejected: bool,
}

const SCENARIOS: [Scenario; 4] = [
    Scenario { what: "one file", parts: 1, offices: 1, rejected: false },
    Scenario { what: "three parts", parts: 3, offices: 1, rejected: false },
    Scenario { what: "three parts to three offices", parts: 3, offices: 3, rejected: false },
    Scenario { what: "a rejection", parts: 3, offices: 2, rejected: true },
];

struct Scene {
    world: World,
    set: Set,
    messages: Vec<String>,
    scenario: Scenario,
}

impl Scene {
    async fn of(scenario: Scenario) -> Self {
        let world = World::in_memory();
        let mut set = Set::attachments(&world, scenario.offices, scenario.parts).await;
        if scenario.rejected {
            set.sender.office.licences.clear();
            world.register(&set.sender.office).await;
        }
        let mut messages = Vec::new();
        for parcel in set.parcels() {
            messages.push(world.upload(&parcel).await.message);
        }
        world.restart();
        world.faults.clear();
        Self { world, set, messages, scenario }
    }

    /// How many calls it takes without a fault.
    async fn calls(scenario: Scenario) -> usize {
        let scene = Self::of(scenario).await;
        scene.deliver_all().await;
        scene.ended("no fault").await;
        scene.world.faults.calls().len()
    }

    /// Hands over every message until it is done, as SQS does, each time to a fresh process.
    async fn deliver_all(&self) {
        let (mut open, mut before) = (self.messages.iter().collect::<Vec<_>>(), None);
        for _ in 0..10 {
            let mut failed = Vec::new();
            for message in open {
                if !self.world.invoke(message).await {
                    failed.push(message);
                }
                self.world.restart();
                let now = self.status().await;
                assert!(is_forward(before, now), "{before:?} → {now:?}");
                before = now;
            }
            if failed.is_empty() {
                return;
            }
            open = failed;
        }
        panic!("{}: some message never ends", self.scenario.what);
    }

    async fn status(&self) -> Option<TransmissionStatus> {
        self.world.entry(&self.set.id).await.map(|entry| entry.transmission.status)
    }

    /// What is there in the end, and nothing besides.
    async fn ended(&self, what: &str) {
        let (world, id) = (&self.world, &self.set.id);
        let entry = world.entry(id).await.unwrap_or_else(|| panic!("{what}: it has a row"));
        let report = keys::return_report(id.sender(), id);
        let mut wanted = Vec::new();
        if self.scenario.rejected {
            assert_eq!((entry.transmission.status, entry.deliveries.len()), (TransmissionStatus::Rejected, 0), "{what}");
            assert_eq!(world.keys("returns/").await, [report], "{what}");
        } else {
            assert_eq!(
                (entry.transmission.status, entry.deliveries.len()),
                (TransmissionStatus::Delivered, self.scenario.offices),
                "{what}"
            );
            assert!(world.keys("returns/").await.is_empty(), "{what}");
            for delivery in &entry.deliveries {
                wanted.push(keys::inbox_delivery(&delivery.address.office, id));
                for file in entry.transmission.delivered_to(&delivery.address) {
                    let sent = self.set.files.iter().find(|sent| sent.name == file.name).unwrap();
                    assert!(world.body(&file.key).await == sent.bytes, "{what}");
                    wanted.push(file.key);
                }
            }
            wanted.sort();
        }
        assert_eq!(world.keys("inbox/").await, wanted, "{what}");
        assert!(world.lone_rejections(id.sender()).await.is_empty(), "{what}");
    }
}

fn is_forward(before: Option<TransmissionStatus>, after: Option<TransmissionStatus>) -> bool {
    match (before, after) {
        (None, _) | (Some(TransmissionStatus::Waiting), Some(_)) => true,
        (before, after) => before == after,
    }
}

async fn check(scenario: Scenario, faults: &[Fault]) {
    let what = format!("{}: {faults:?}", scenario.what);
    let scene = Scene::of(scenario).await;
    scene.world.faults.plan_all(faults);
    scene.deliver_all().await;
    scene.world.faults.clear();
    scene.ended(&what).await;
    // once more, for nothing; and upkeep finds nothing to mend
    scene.deliver_all().await;
    scene.ended(&what).await;
    scene.world.set_now(scene.world.now() + SignedDuration::from_hours(30));
    let done = scene.world.upkeep().await;
    assert_eq!((done.removed, done.incomplete, done.stuck, done.failed), (0, 0, 0, 0), "{what}");
    scene.ended(&what).await;
}

#[tokio::test(start_paused = true)]
async fn a_fault_of_any_kind_at_any_call_loses_and_doubles_nothing() {
    for scenario in SCENARIOS {
        for call in 1..=Scene::calls(scenario).await {
            for (when, how) in SIDES.into_iter().flat_map(|when| WAYS.map(|how| (when, how))) {
                check(scenario, &[Fault { call, when, how }]).await;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn two_faults_at_any_calls_lose_and_double_nothing() {
    for scenario in SCENARIOS {
        let calls = Scene::calls(scenario).await;
        for first in 1..=calls {
            // what comes again may take some calls more
            for second in first + 1..=calls + 6 {
                for (when, then) in SIDES.into_iter().flat_map(|when| SIDES.map(|then| (when, then))) {
                    let fault = |call, when| Fault { call, when, how: How::Throttled };
                    check(scenario, &[fault(first, when), fault(second, then)]).await;
                }
            }
        }
    }
}
