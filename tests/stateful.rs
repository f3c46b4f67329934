//! A model of the contract beside the implementation: random uploads, honest, defective, forged and contradicting each other; events in any order and number;
//! runs, ticks and cancellations that break off at any call and are left so while others go on; clock steps, licences that come and go, collections,
//! acknowledgements. After every step the ledger is as the model says, and bucket and notices as the ledger says; in the end, when all that broke off has
//! come again and `upkeep` has ticked, exactly. What fails is shrunk to the fewest steps.
//!
//! Runs with a fixed budget; longer with `PROPTEST_CASES=5000 cargo test -p journeys stateful`.

mod bucket;
mod contract;
mod model;
mod notices;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use exchange::sign::SigningKey;
use exchange::{Outcome, RejectionCode, Sha256Digest, TransmissionStatus};
use jiff::SignedDuration;
use proptest::test_runner::Config;
use proptest_state_machine::{StateMachineTest, prop_state_machine};
use store::Answer;
use store::steps::{Cancellation, acknowledge, cancel};
use store::testing::Fault;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use self::contract::{Outcomes, Present, Row};
use self::model::{Crash, Event, Model, SHAPES, Step, Truth};
use crate::world::corpus::demo;
use crate::world::parcel::Parcel;
use crate::world::set::{Set, text};
use crate::world::{Stored, World};

prop_state_machine! {
    #![proptest_config(Config { cases: budget(), failure_persistence: None, max_shrink_iters: 4_000, ..Config::default() })]

    #[test]
    fn the_exchange_does_what_the_contract_says(sequential 1..60 => Exchange);
}

/// How many histories are tried.
fn budget() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(500)
}

/// A call that never answers is ended by its caller.
const PATIENCE: Duration = Duration::from_secs(60);

/// And a tick by Lambda.
const TICK_AT_MOST: Duration = Duration::from_secs(300);

struct Exchange {
    runtime: Runtime,
    world: World,
    sets: Vec<Set>,
    stored: Vec<Stored>,
    /// What each transmission may be by now: more than one thing only in what the ledger doesn't show.
    possible: Vec<Vec<Option<Row>>>,
    /// The events that were refused alone.
    told: BTreeMap<usize, RejectionCode>,
    /// The events whose run broke off and that did not come again.
    open_events: BTreeSet<usize>,
    /// The transmissions that a tick or a cancellation may have left half done.
    open: BTreeSet<usize>,
}

impl StateMachineTest for Exchange {
    type SystemUnderTest = Self;
    type Reference = Model;

    fn init_test(model: &Model) -> Self {
        let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        let world = World::in_memory();
        world.set_now(model.now);
        let sets = runtime.block_on(async {
            let mut sets = Vec::new();
            for (n, (sender, to, files)) in SHAPES.iter().enumerate() {
                let texts: Vec<_> = (0..*files).map(|file| text(&format!("{file}.txt"), &format!("file {file} of {n}"))).collect();
                sets.push(Set::of(&world, sender, to, &if n == 0 { demo(&["UPJSK"]) } else { texts }).await);
            }
            sets
        });
        Self {
            runtime,
            world,
            possible: vec![vec![None]; sets.len()],
            sets,
            stored: Vec::new(),
            told: BTreeMap::new(),
            open_events: BTreeSet::new(),
            open: BTreeSet::new(),
        }
    }

    fn apply(mut exchange: Self, model: &Model, step: Step) -> Self {
        exchange.on_runtime(async |exchange| exchange.take_step(model, step).await);
        exchange
    }

    fn check_invariants(exchange: &Self, _: &Model) {
        exchange.runtime.block_on(exchange.bucket_holds());
        exchange.runtime.block_on(exchange.notices_hold(false));
    }

    fn teardown(mut exchange: Self, mut model: Model) {
        exchange.on_runtime(async |exchange| {
            for event in exchange.open_events.clone() {
                exchange.take_step(&model, Step::Take { event, crash: None }).await;
            }
            // a day for parts that never came, an hour for what was left behind
            for hours in [25, 2] {
                model.now += SignedDuration::from_hours(hours);
                exchange.take_step(&model, Step::Upkeep { crash: None }).await;
            }
            assert!(exchange.open_events.is_empty() && exchange.open.is_empty());
            exchange.bucket_holds().await;
            exchange.notices_hold(true).await;
            for set in &exchange.sets {
                let row = exchange.world.entry(&set.id).await.map(|entry| entry.transmission);
                assert!(row.is_none_or(|row| row.status.has_ended() && row.due_at.is_none()), "nothing waits for good");
            }
        });
    }
}

impl Exchange {
    fn on_runtime(&mut self, work: impl AsyncFnOnce(&mut Self)) {
        let runtime = std::mem::replace(&mut self.runtime, Builder::new_current_thread().build().unwrap());
        runtime.block_on(work(self));
        self.runtime = runtime;
    }

    async fn take_step(&mut self, model: &Model, step: Step) {
        self.world.set_now(model.now);
        let present = Present { now: model.now, licensed: model.licensed };
        match step {
            Step::Upload { .. } => {
                let parcel = self.parcel(model.events.last().unwrap());
                self.stored.push(self.world.upload(&parcel).await);
            }
            Step::Take { event, crash } => {
                let place = event % model.events.len();
                self.take_event(place, model.events[place], present, crash).await;
            }
            Step::Upkeep { crash } => {
                self.break_off(crash);
                let tick = timeout(TICK_AT_MOST, self.world.try_upkeep()).await;
                let done = matches!(tick, Ok(Ok(done)) if done.failed == 0);
                assert!(done || crash.is_some());
                // what it can't read may stay unread, and nothing has failed
                self.becomes(0..SHAPES.len(), crash.is_none(), |row| contract::tick(row, present)).await;
                if done { self.forget_what_was_looked_through().await } else { self.open.extend(0..SHAPES.len()) }
            }
            Step::Cancel { transmission, crash } => {
                let (files, ledger) = self.world.ground.faulty(&self.world.faults);
                self.break_off(crash);
                let answer = timeout(PATIENCE, cancel(&*files, &*ledger, &self.sets[transmission].id, model.now)).await;
                let answer = answer.ok().and_then(Result::ok);
                assert!(answer.is_some() || crash.is_some());
                self.becomes(transmission..transmission + 1, answer.is_some(), contract::cancel).await;
                let cancelled = self.status(transmission).await == Some(TransmissionStatus::Cancelled);
                assert!(answer.as_ref().is_none_or(|answer| matches!(answer, Cancellation::Done(_)) == cancelled));
                match answer {
                    Some(_) if cancelled => drop(self.open.remove(&transmission)),
                    None if cancelled => drop(self.open.insert(transmission)),
                    _ => {}
                }
            }
            Step::Collect { transmission, recipient, crash } => self.mark(transmission, recipient, None, crash).await,
            Step::Acknowledge { transmission, recipient, imported, crash } => {
                let outcome = if imported { Outcome::Imported } else { Outcome::ImportFailed };
                self.mark(transmission, recipient, Some(outcome), crash).await;
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
        self.world.faults.clear();
    }

    async fn take_event(&mut self, place: usize, event: Event, present: Present, crash: Option<Crash>) {
        self.world.restart();
        self.break_off(crash);
        let done = self.world.invoke(&self.stored[place].message).await;
        assert!(done || crash.is_some(), "without a fault it is done, whatever broke off before");
        if done {
            self.open_events.remove(&place)
        } else {
            self.open_events.insert(place)
        };
        let rejected = self.world.lone_rejections(&self.sets[event.transmission].sender.office.number).await;
        let told = rejected.iter().find(|told| told.object == self.stored[place].digest()).map(|told| told.code);
        let before = self.told.get(&place).copied();
        let mut outcomes = Outcomes::new();
        for row in &self.possible[event.transmission] {
            let all = contract::take(row.as_ref(), (place, event), present);
            outcomes.extend(if done { &all[all.len() - 1..] } else { &all }.iter().cloned());
        }
        outcomes.retain(|(_, code)| before.or(*code) == told);
        assert!(!outcomes.is_empty(), "event {place}: told {told:?}");
        self.told.extend(told.map(|code| (place, code)));
        let rows = outcomes.into_iter().map(|(row, _)| row).collect();
        self.is_one_of(event.transmission, rows).await;
    }

    async fn mark(&mut self, transmission: usize, recipient: usize, outcome: Option<Outcome>, crash: Option<Crash>) {
        let (_, ledger) = self.world.ground.faulty(&self.world.faults);
        let (id, recipient) = (self.sets[transmission].id.clone(), recipient % self.sets[transmission].recipients.len());
        let office = self.sets[transmission].recipients[recipient].office.number;
        // one call; an answer is told of besides, and then nothing is due
        let calls = if outcome.is_some() { 3 } else { 1 };
        self.break_off(crash.map(|crash| Crash { call: 1 + crash.call % calls, ..crash }));
        let now = self.world.now();
        let call = async {
            match outcome {
                Some(outcome) => acknowledge(&*ledger, &id, &office, &Answer { outcome, note: String::new(), at: now }).await,
                None => ledger.collect(&id, &office, now).await,
            }
        };
        let done = matches!(timeout(PATIENCE, call).await, Ok(Ok(_)));
        assert!(done || crash.is_some());
        self.becomes(transmission..transmission + 1, done, |row| contract::mark(row, recipient, outcome)).await;
    }

    /// These transmissions are what the contract makes of them: the last where the step was done, any where it broke off.
    async fn becomes(&mut self, which: std::ops::Range<usize>, done: bool, step: impl Fn(Option<&Row>) -> Vec<Option<Row>>) {
        for transmission in which {
            let mut rows = Vec::new();
            for row in &self.possible[transmission] {
                let all = step(row.as_ref());
                rows.extend(if done { &all[all.len() - 1..] } else { &all }.iter().cloned());
            }
            self.is_one_of(transmission, rows).await;
        }
    }

    /// The ledger has one of these.
    async fn is_one_of(&mut self, transmission: usize, rows: Vec<Option<Row>>) {
        let entry = self.world.entry(&self.sets[transmission].id).await;
        let mut possible: Vec<Option<Row>> = Vec::new();
        for row in &rows {
            if self.shows(transmission, entry.as_ref(), row.as_ref()) && !possible.contains(row) {
                possible.push(row.clone());
            }
        }
        assert!(!possible.is_empty(), "transmission {transmission} is {entry:?}, and should be one of {rows:?}");
        self.possible[transmission] = possible;
    }

    fn break_off(&self, crash: Option<Crash>) {
        let fault = crash.map(|Crash { call, when, how }| Fault { call, when, how });
        self.world.faults.plan_all(fault.as_slice());
    }

    fn parcel(&self, event: &Event) -> Parcel {
        let set = &self.sets[event.transmission];
        let (mut draft, mut bytes) = (set.drafts[event.part].clone(), set.files[event.part].bytes.clone());
        draft.iat = event.stored_at;
        match event.truth {
            Truth::Honest | Truth::Forged | Truth::Torn => {}
            Truth::Defective => {
                bytes.extend_from_slice(b"0\0\r\n");
                (draft.sha256, draft.size) = (Sha256Digest::of(&bytes), bytes.len() as u64);
            }
            Truth::Readdressed => draft.aud.truncate(1),
            Truth::Miscounted => (draft.parts, draft.set) = (draft.parts + 1, Some(Sha256Digest::of(b"one more"))),
            Truth::Mixed => draft.set = Some(Sha256Digest::of(b"another set")),
        }
        let key = if event.truth == Truth::Forged { &SigningKey::generate_es256().unwrap() } else { &set.sender.key };
        if event.truth == Truth::Torn {
            *bytes.last_mut().unwrap() ^= 1;
        }
        Parcel::with(&set.sender, Some(draft.sign_as(key, &set.sender.office.keys[0].kid).unwrap()), &bytes)
    }
}
