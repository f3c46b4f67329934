//! The contract as a model: what the ledger says after each step, in a few lines and without storage.

use std::collections::{BTreeMap, BTreeSet};

use exchange::{DeliveryStatus, RejectionCode, TransmissionStatus};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;
use store::TOLD_LATE;

use crate::world::{NOW, at};

/// Sender, recipients and number of files of each transmission.
pub(super) const SHAPES: [(&str, &[&str], usize); 3] = [
    ("9778773797", &["9779668095"], 1),
    ("9878313783", &["9779668095", "9961751154"], 2),
    ("9773840872", &["9779668095", "9961751154", "9776125172"], 3),
];

const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// A step that anybody may take at any time.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// A part is stored, perhaps again.
    Upload { transmission: usize, part: usize },
    /// An event is taken, perhaps again; before that a run may have broken off.
    Take { event: usize, crash: Option<Crash> },
    /// The schedule ticks.
    Upkeep { crash: Option<Crash> },
    /// The sender takes it back.
    Cancel { transmission: usize, crash: Option<Crash> },
    /// A recipient takes it.
    Collect { transmission: usize, recipient: usize },
    /// The senders' licences come or go.
    License { licensed: bool },
    /// Time goes by.
    Wait { minutes: i64 },
}

/// A run breaks off at that call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Crash {
    pub(super) call: usize,
    pub(super) after: bool,
}

/// What is to be.
#[derive(Debug, Clone)]
pub(super) struct Model {
    pub(super) now: Timestamp,
    pub(super) transmissions: Vec<Transmission>,
    /// The events that were rejected alone.
    pub(super) refused: BTreeSet<usize>,
    /// Transmission, part and time of every upload.
    events: Vec<(usize, usize, Timestamp)>,
    licensed: bool,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Transmission {
    pub(super) status: Option<TransmissionStatus>,
    /// The parts that came, with their event and when they were stored.
    pub(super) joined: BTreeMap<usize, (usize, Timestamp)>,
    pub(super) reasons: Vec<RejectionCode>,
    pub(super) deliveries: Vec<DeliveryStatus>,
}

impl Model {
    pub(super) fn at(now: Timestamp) -> Self {
        Self {
            now,
            transmissions: vec![Transmission::default(); SHAPES.len()],
            refused: BTreeSet::new(),
            events: Vec::new(),
            licensed: true,
        }
    }

    fn take(&mut self, event: usize) {
        let (n, part, stored_at) = self.events[event];
        let (_, to, files) = SHAPES[n];
        let licensed = self.licensed;
        let transmission = &mut self.transmissions[n];
        if transmission.joined.contains_key(&part) {
            return;
        }
        if transmission.status.is_some_and(TransmissionStatus::has_ended) {
            self.refused.insert(event);
            return;
        }
        transmission.joined.insert(part, (event, stored_at));
        transmission.status = Some(TransmissionStatus::Waiting);
        if transmission.joined.len() < files {
            return;
        }
        let times = || transmission.joined.values().map(|(_, stored_at)| *stored_at);
        let in_time = times().max().unwrap().duration_since(times().min().unwrap()) <= A_DAY;
        transmission.end((!in_time).then_some(RejectionCode::TransmissionIncomplete), licensed, to.len());
    }

    fn upkeep(&mut self) {
        for transmission in &mut self.transmissions {
            let first = transmission.joined.values().map(|(_, stored_at)| *stored_at).min();
            let due = first.is_some_and(|first| self.now.duration_since(first) >= A_DAY + TOLD_LATE);
            if transmission.status == Some(TransmissionStatus::Waiting) && due {
                transmission.end(Some(RejectionCode::TransmissionIncomplete), self.licensed, 0);
            }
        }
    }
}

impl Transmission {
    fn end(&mut self, broken: Option<RejectionCode>, licensed: bool, recipients: usize) {
        self.reasons.extend(broken);
        self.reasons.extend((!licensed).then_some(RejectionCode::SenderUnlicensed));
        let delivered = self.reasons.is_empty();
        self.status = Some(if delivered { TransmissionStatus::Delivered } else { TransmissionStatus::Rejected });
        self.deliveries = vec![DeliveryStatus::Delivered; if delivered { recipients } else { 0 }];
    }
}

fn crash() -> BoxedStrategy<Option<Crash>> {
    prop_oneof![2 => Just(None), 1 => (1..30_usize, any::<bool>()).prop_map(|(call, after)| Some(Crash { call, after }))].boxed()
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::at(at(NOW))).boxed()
    }

    fn transitions(model: &Self) -> BoxedStrategy<Step> {
        let transmission = || 0..SHAPES.len();
        let upload = transmission()
            .prop_flat_map(|transmission| (0..SHAPES[transmission].2).prop_map(move |part| Step::Upload { transmission, part }));
        let take = (0..model.events.len().max(1), crash()).prop_map(|(event, crash)| Step::Take { event, crash });
        prop_oneof![
            6 => upload,
            // nothing can be taken before something is stored
            if model.events.is_empty() { 0 } else { 10 } => take,
            2 => crash().prop_map(|crash| Step::Upkeep { crash }),
            1 => (transmission(), crash()).prop_map(|(transmission, crash)| Step::Cancel { transmission, crash }),
            1 => (transmission(), 0..3_usize).prop_map(|(transmission, recipient)| Step::Collect { transmission, recipient }),
            1 => any::<bool>().prop_map(|licensed| Step::License { licensed }),
            2 => (1..60 * 30_i64).prop_map(|minutes| Step::Wait { minutes }),
        ]
        .boxed()
    }

    fn preconditions(model: &Self, step: &Step) -> bool {
        !matches!(step, Step::Take { event, .. } if *event >= model.events.len())
    }

    fn apply(mut model: Self, step: &Step) -> Self {
        match step {
            Step::Upload { transmission, part } => model.events.push((*transmission, *part, model.now)),
            Step::Take { event, .. } => model.take(*event),
            Step::Upkeep { .. } => model.upkeep(),
            Step::Cancel { transmission, .. } => {
                let transmission = &mut model.transmissions[*transmission];
                let untouched = transmission.deliveries.iter().all(|status| *status == DeliveryStatus::Delivered);
                if transmission.status == Some(TransmissionStatus::Delivered) && untouched {
                    transmission.status = Some(TransmissionStatus::Cancelled);
                    transmission.deliveries.fill(DeliveryStatus::Cancelled);
                }
            }
            Step::Collect { transmission, recipient } => {
                let deliveries = &mut model.transmissions[*transmission].deliveries;
                let recipients = SHAPES[*transmission].1.len();
                if let Some(status @ DeliveryStatus::Delivered) = deliveries.get_mut(*recipient % recipients) {
                    *status = DeliveryStatus::Collected;
                }
            }
            Step::License { licensed } => model.licensed = *licensed,
            Step::Wait { minutes } => model.now += SignedDuration::from_mins(*minutes),
        }
        model
    }
}
