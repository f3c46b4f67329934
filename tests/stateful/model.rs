//! The steps that anybody may take at any time, and what of them needs no exchange to be known: what was uploaded when, the time, the licences.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;
use store::TOLD_LATE;
use store::testing::{How, When};

use super::contract::A_DAY;
use crate::world::{NOW, at};

/// Sender, recipients and number of files of each transmission; the first is a file of the standard.
pub(super) const SHAPES: [(&str, &[&str], usize); 3] = [
    ("9779668095", &["9871578812-43"], 1),
    ("9878313783", &["9800000000", "9801000001"], 2),
    ("9773840872", &["9800000000", "9801000001", "9802000002"], 3),
];

/// A step.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// A part is stored, perhaps again.
    Upload { transmission: usize, part: usize, truth: Truth },
    /// An event is taken, perhaps again; counted around, so that there is one whichever uploads are left out. Where the run breaks off the event stays open: it comes again by a later step, at the latest in the end.
    Take { event: usize, crash: Option<Crash> },
    /// The schedule ticks. Where it breaks off, the next tick goes on.
    Upkeep { crash: Option<Crash> },
    /// The sender takes it back. Where that breaks off, it may be repeated or not.
    Cancel { transmission: usize, crash: Option<Crash> },
    /// A recipient takes it.
    Collect { transmission: usize, recipient: usize, crash: Option<Crash> },
    /// A recipient answers.
    Acknowledge { transmission: usize, recipient: usize, imported: bool, crash: Option<Crash> },
    /// The senders' licences come or go.
    License { licensed: bool },
    /// Time goes by.
    Wait { minutes: i64 },
}

/// How true an uploaded part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth {
    /// As it should be.
    Honest,
    /// Its sender signed it, but of a file that may not be delivered: one the standard refuses, a text that is none.
    Defective,
    /// A stranger signed it.
    Forged,
    /// Its bytes are not those that were signed.
    Torn,
    /// Its sender signed other addresses than for the honest parts: the first alone.
    Readdressed,
    /// … that there is a part more.
    Miscounted,
    /// … another set.
    Mixed,
}

/// A call fails, and whoever made it breaks off.
#[derive(Debug, Clone, Copy)]
pub(super) struct Crash {
    pub(super) call: usize,
    pub(super) when: When,
    pub(super) how: How,
}

/// An upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) transmission: usize,
    pub(super) part: usize,
    pub(super) truth: Truth,
    pub(super) stored_at: Timestamp,
}

/// What is known.
#[derive(Debug, Clone)]
pub(super) struct Model {
    pub(super) now: Timestamp,
    pub(super) events: Vec<Event>,
    pub(super) licensed: bool,
    /// The events that nobody has taken yet.
    untaken: BTreeSet<usize>,
}

impl Model {
    pub(super) fn new() -> Self {
        Self { now: at(NOW), events: Vec::new(), licensed: true, untaken: BTreeSet::new() }
    }
}

fn crash() -> BoxedStrategy<Option<Crash>> {
    let when = prop_oneof![Just(When::Before), Just(When::After)];
    let how = prop_oneof![Just(How::Throttled), Just(How::Refused), Just(How::Hangs), Just(How::BreaksOff)];
    let call = prop_oneof![3 => 1..9_usize, 1 => 9..24_usize];
    let crash = (call, when, how).prop_map(|(call, when, how)| Some(Crash { call, when, how }));
    prop_oneof![2 => Just(None), 1 => crash].boxed()
}

/// Mostly a part that is still missing, as it should be; else any, perhaps again and perhaps a lie.
fn upload(model: &Model) -> BoxedStrategy<Step> {
    let came = |transmission, part| {
        let is_it = |event: &Event| (event.transmission, event.part, event.truth) == (transmission, part, Truth::Honest);
        model.events.iter().any(is_it)
    };
    let all = SHAPES.iter().enumerate().flat_map(|(transmission, (_, _, files))| (0..*files).map(move |part| (transmission, part)));
    let missing: Vec<(usize, usize)> = all.clone().filter(|(transmission, part)| !came(*transmission, *part)).collect();
    let truth = prop_oneof![
        2 => Just(Truth::Honest),
        1 => Just(Truth::Defective),
        1 => Just(Truth::Forged),
        1 => Just(Truth::Torn),
        1 => Just(Truth::Readdressed),
        1 => Just(Truth::Miscounted),
        1 => Just(Truth::Mixed),
    ];
    let any = (prop::sample::select(all.collect::<Vec<_>>()), truth).prop_map(|((transmission, part), truth)| {
        // a file of the standard carries its address in its name, and a single one needs no set
        let single = SHAPES[transmission].2 == 1 && matches!(truth, Truth::Readdressed | Truth::Mixed);
        Step::Upload { transmission, part, truth: if single { Truth::Defective } else { truth } }
    });
    if missing.is_empty() {
        return any.boxed();
    }
    let next = prop::sample::select(missing).prop_map(|(transmission, part)| Step::Upload { transmission, part, truth: Truth::Honest });
    prop_oneof![4 => next, 1 => any].boxed()
}

/// Some hours, or ten days, or until a day and a quarter of an hour after an upload, when what still waits from then is due.
fn wait(model: &Model) -> BoxedStrategy<Step> {
    let until = |event: &Event| (event.stored_at + A_DAY + TOLD_LATE).duration_since(model.now).as_mins();
    let mut due: Vec<i64> = model.events.iter().map(until).filter(|minutes| *minutes > 0).collect();
    due.push(60);
    let days = Just(60 * 24 * 10);
    let minutes = prop_oneof![8 => 1..60 * 4_i64, 2 => 1..60 * 30_i64, 6 => prop::sample::select(due), 1 => days];
    minutes.prop_map(|minutes| Step::Wait { minutes }).boxed()
}

/// Mostly an event that nobody has taken yet.
fn event(model: &Model) -> BoxedStrategy<usize> {
    let any = 0..model.events.len().max(1);
    if model.untaken.is_empty() {
        return any.boxed();
    }
    prop_oneof![1 => prop::sample::select(model.untaken.iter().copied().collect::<Vec<_>>()), 1 => any].boxed()
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::new()).boxed()
    }

    fn transitions(model: &Self) -> BoxedStrategy<Step> {
        let transmission = || 0..SHAPES.len();
        let take = (event(model), crash()).prop_map(|(event, crash)| Step::Take { event, crash });
        let answer = (transmission(), 0..3_usize, prop::bool::weighted(0.4), crash());
        prop_oneof![
            6 => upload(model),
            // nothing can be taken before something is stored
            if model.events.is_empty() { 0 } else { 12 } => take,
            3 => crash().prop_map(|crash| Step::Upkeep { crash }),
            1 => (transmission(), crash()).prop_map(|(transmission, crash)| Step::Cancel { transmission, crash }),
            1 => (transmission(), 0..3_usize, crash())
                .prop_map(|(transmission, recipient, crash)| Step::Collect { transmission, recipient, crash }),
            2 => answer.prop_map(|(transmission, recipient, imported, crash)| Step::Acknowledge { transmission, recipient, imported, crash }),
            1 => prop::bool::weighted(0.7).prop_map(|licensed| Step::License { licensed }),
            3 => wait(model),
        ]
        .boxed()
    }

    fn preconditions(model: &Self, step: &Step) -> bool {
        !matches!(step, Step::Take { .. } if model.events.is_empty())
    }

    fn apply(mut model: Self, step: &Step) -> Self {
        match step {
            Step::Upload { transmission, part, truth } => {
                model.untaken.insert(model.events.len());
                model.events.push(Event { transmission: *transmission, part: *part, truth: *truth, stored_at: model.now });
            }
            Step::Take { event, .. } => drop(model.untaken.remove(&(event % model.events.len()))),
            Step::License { licensed } => model.licensed = *licensed,
            Step::Wait { minutes } => model.now += SignedDuration::from_mins(*minutes),
            _ => {}
        }
        model
    }
}
