//! A model of the contract beside the implementation: random uploads, events in any order and number, crashes at any call, clock steps, licences that come
//! and go, cancellations, collections and upkeep. After every step the ledger and the bucket are as the model says. What fails is shrunk to the fewest steps.
//!
//! Runs with a fixed budget; longer with `PROPTEST_CASES=5000 cargo test -p journeys stateful`.

mod model;

use exchange::{DeliveryStatus, TransmissionStatus, keys};
use jiff::SignedDuration;
use proptest::test_runner::Config;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use store::steps::{Cancellation, cancel};
use store::testing::When;
use tokio::runtime::Runtime;

use self::model::{Crash, Model, SHAPES, Step};
use crate::world::set::{Set, text};
use crate::world::{Stored, World, at};

prop_state_machine! {
    #![proptest_config(Config { cases: budget(), failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() })]

    #[test]
    fn the_exchange_does_what_the_contract_says(sequential 1..40 => Exchange);
}

/// How many histories are tried.
fn budget() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(400)
}

struct Exchange {
    runtime: Runtime,
    world: World,
    sets: Vec<Set>,
    events: Vec<Stored>,
}

impl StateMachineTest for Exchange {
    type SystemUnderTest = Self;
    type Reference = Model;

    fn init_test(model: &Model) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let world = World::in_memory();
        world.set_now(model.now);
        let sets = runtime.block_on(async {
            let mut sets = Vec::new();
            for (n, (sender, to, files)) in SHAPES.iter().enumerate() {
                let files: Vec<_> = (0..*files).map(|file| text(&format!("{file}.txt"), &format!("file {file} of {n}"))).collect();
                sets.push(Set::of(&world, sender, to, &files).await);
            }
            sets
        });
        Self { runtime, world, sets, events: Vec::new() }
    }

    fn apply(mut exchange: Self, model: &Model, step: Step) -> Self {
        let runtime = std::mem::replace(&mut exchange.runtime, tokio::runtime::Builder::new_current_thread().build().unwrap());
        runtime.block_on(exchange.take(model, step));
        exchange.runtime = runtime;
        exchange
    }

    fn check_invariants(exchange: &Self, model: &Model) {
        exchange.runtime.block_on(exchange.agrees_with(model));
    }
}

impl Exchange {
    async fn take(&mut self, model: &Model, step: Step) {
        self.world.set_now(model.now);
        match step {
            Step::Upload { transmission, part } => {
                let set = &mut self.sets[transmission];
                set.drafts[part].iat = model.now;
                let parcel = set.parcels().remove(part);
                self.events.push(self.world.upload(&parcel).await);
            }
            Step::Take { event, crash } => {
                let message = self.events[event % self.events.len()].message.clone();
                self.world.restart();
                self.break_off(crash);
                if crash.is_some() {
                    self.world.handle(&[&message]).await;
                    self.world.restart();
                    self.world.faults.clear();
                }
                assert!(self.world.handle(&[&message]).await.is_empty(), "what broke off is completed when it comes again");
            }
            Step::Upkeep { crash } => {
                self.break_off(crash);
                if crash.is_some() {
                    drop(self.world.try_upkeep().await);
                    self.world.faults.clear();
                }
                assert_eq!(self.world.upkeep().await.failed, 0);
            }
            Step::Cancel { transmission, crash } => {
                let (files, ledger) = self.world.ground.faulty(&self.world.faults);
                let id = &self.sets[transmission].id;
                self.break_off(crash);
                if crash.is_some() {
                    drop(cancel(&*files, &*ledger, id, model.now).await);
                    self.world.faults.clear();
                }
                let done = matches!(cancel(&*files, &*ledger, id, model.now).await.unwrap(), Cancellation::Done(_));
                assert_eq!(done, model.transmissions[transmission].status == Some(TransmissionStatus::Cancelled));
            }
            Step::Collect { transmission, recipient } => {
                let set = &self.sets[transmission];
                let office = set.recipients[recipient % set.recipients.len()].office.number;
                self.world.ledger.collect(&set.id, &office, model.now).await.unwrap();
            }
            Step::License { licensed } => {
                for set in &self.sets {
                    let mut office = set.sender.office.clone();
                    if !licensed {
                        office.licences.clear();
                    }
                    self.world.register(&office).await;
                }
            }
            Step::Wait { .. } => {}
        }
    }

    fn break_off(&self, crash: Option<Crash>) {
        self.world.faults.clear();
        if let Some(Crash { call, after }) = crash {
            self.world.faults.plan(call, if after { When::After } else { When::Before });
        }
    }

    async fn agrees_with(&self, model: &Model) {
        let (mut inbox, mut returns) = (Vec::new(), Vec::new());
        for (set, expected) in self.sets.iter().zip(&model.transmissions) {
            let entry = self.world.entry(&set.id).await;
            assert_eq!(entry.as_ref().map(|entry| entry.transmission.status), expected.status);
            let Some(entry) = entry else { continue };
            assert_eq!(entry.transmission.files.len(), expected.joined.len());
            assert_eq!(entry.transmission.reasons.iter().map(|reason| reason.code).collect::<Vec<_>>(), expected.reasons);
            let statuses: Vec<DeliveryStatus> = set
                .recipients
                .iter()
                .filter_map(|recipient| {
                    let found = entry.deliveries.iter().find(|delivery| delivery.address.office == recipient.office.number);
                    found.map(|delivery| delivery.status)
                })
                .collect();
            assert_eq!(statuses, expected.deliveries);
            match entry.transmission.status {
                TransmissionStatus::Delivered => {
                    for delivery in &entry.deliveries {
                        inbox.push(keys::inbox_delivery(&delivery.address.office, &set.id));
                        inbox.extend(entry.transmission.delivered_to(&delivery.address).into_iter().map(|file| file.key));
                    }
                }
                TransmissionStatus::Rejected => returns.push(keys::return_report(set.id.sender(), &set.id)),
                TransmissionStatus::Waiting | TransmissionStatus::Cancelled => {}
            }
        }
        for event in model.refused.iter().map(|event| &self.events[*event]) {
            let office = event.key.split('/').nth(1).unwrap().parse().unwrap();
            returns.push(keys::return_object(&office, &event.digest()));
        }
        inbox.sort();
        returns.sort();
        assert_eq!(self.world.keys("inbox/").await, inbox, "whole or not at all, and once");
        assert_eq!(self.world.keys("returns/").await, returns, "each is told once");
    }
}

/// The model itself knows the contract's sentence: parts of a day, in any order.
#[test]
fn the_model_ends_a_transmission_when_its_last_part_is_taken() {
    let mut model = Model::at(at(crate::world::NOW));
    for step in [
        Step::Upload { transmission: 1, part: 1 },
        Step::Wait { minutes: 60 * 24 },
        Step::Upload { transmission: 1, part: 0 },
        Step::Take { event: 1, crash: None },
        Step::Take { event: 0, crash: None },
    ] {
        model = Model::apply(model, &step);
    }
    assert_eq!(model.transmissions[1].status, Some(TransmissionStatus::Delivered));
    assert_eq!(model.now, at(crate::world::NOW) + SignedDuration::from_hours(24));
}
