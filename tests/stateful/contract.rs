//! The contract as a model, without storage: what a transmission may become by each step. A step that breaks off has several outcomes, one after each of
//! its effects; which it was, the ledger shows.

use std::collections::BTreeMap;

use exchange::{DeliveryStatus, Outcome, RejectionCode, TransmissionStatus};
use jiff::{SignedDuration, Timestamp};
use store::{DRIVE_AFTER, GIVE_UP_AFTER, LOOK_AGAIN_AFTER, TOLD_LATE};

use super::model::{Event, SHAPES, Truth};

/// How long a transmission waits for its parts.
pub(super) const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// What of the present a step depends on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Present {
    pub(super) now: Timestamp,
    pub(super) licensed: bool,
}

/// A transmission that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) status: TransmissionStatus,
    /// The part that opened it: what it signed of addresses, number and set, the others must.
    claims: Truth,
    /// The parts that came: each with its event's place.
    pub(super) joined: BTreeMap<usize, (usize, Event)>,
    pub(super) reasons: Vec<RejectionCode>,
    pub(super) deliveries: Vec<(DeliveryStatus, Option<Outcome>)>,
    /// When the last part was told of.
    told_at: Timestamp,
    /// When `upkeep` is to look at it, while it waits.
    due_at: Timestamp,
}

/// A transmission, or that there is none yet; and why the event in hand was refused alone.
pub(super) type Outcomes = Vec<(Option<Row>, Option<RejectionCode>)>;

/// What becomes of a transmission whose event is taken: at first nothing, then one effect after the other.
pub(super) fn take(row: Option<&Row>, (place, event): (usize, Event), present: Present) -> Outcomes {
    let mut outcomes = vec![(row.cloned(), None)];
    let alone = |code| (row.cloned(), Some(code));
    match (event.truth, row) {
        (Truth::Forged, _) => outcomes.push(alone(RejectionCode::SignatureInvalid)),
        (Truth::Torn, _) => outcomes.push(alone(RejectionCode::DigestMismatch)),
        (_, None) => {
            let due_at = present.now + DRIVE_AFTER;
            let (status, claims, joined) = (TransmissionStatus::Waiting, claims(event.truth), BTreeMap::new());
            let row = Row { status, claims, joined, reasons: Vec::new(), deliveries: Vec::new(), told_at: present.now, due_at };
            row.joins((place, event), present, &mut outcomes);
        }
        (_, Some(row)) => match row.joined.get(&event.part) {
            Some((held, _)) if *held == place => row.go_on(event, present, &mut outcomes),
            Some((_, held)) if row.agrees(event) && (held.truth == Truth::Defective) == (event.truth == Truth::Defective) => {}
            Some(_) => outcomes.push(alone(RejectionCode::TransmissionReused)),
            None if row.status.has_ended() || row.is_complete(event) => outcomes.push(alone(RejectionCode::TransmissionReused)),
            None if row.agrees(event) => row.clone().joins((place, event), present, &mut outcomes),
            None => {
                let mut ended = row.clone();
                ended.joined.insert(event.part, (place, event));
                ended.end(&[RejectionCode::TransmissionInconsistent], event.transmission, present, true);
                outcomes.push((Some(ended), None));
            }
        },
    }
    outcomes
}

/// What becomes of it when the schedule ticks. The last is what a tick makes of it that nothing disturbs; one that took too
/// long puts it off.
pub(super) fn tick(row: Option<&Row>, present: Present) -> Vec<Option<Row>> {
    let mut outcomes = vec![row.cloned()];
    let Some(row) = row.filter(|row| row.status == TransmissionStatus::Waiting && row.due_at <= present.now) else { return outcomes };
    let Some((_, (_, event))) = row.joined.first_key_value() else { return outcomes };
    let (mut next, transmission) = (row.clone(), event.transmission);
    let (broken, since) = if row.is_complete(*event) {
        let age = present.now.duration_since(row.told_at);
        next.due_at = row.told_at + age.max(DRIVE_AFTER).saturating_mul(2).min(GIVE_UP_AFTER);
        (row.broken(*event), row.told_at + GIVE_UP_AFTER)
    } else {
        next.due_at = row.waits_until();
        (vec![RejectionCode::TransmissionIncomplete], row.waits_until())
    };
    let put_off = |row: &Row| Some(Row { due_at: present.now + LOOK_AGAIN_AFTER, ..row.clone() });
    if present.now >= since {
        next.end(&broken, transmission, present, true);
        let mut unread = row.clone();
        unread.end(&broken, transmission, present, false);
        // what can't be read a day later stays unread
        outcomes.extend((present.now >= since + A_DAY).then_some(Some(unread)));
    }
    outcomes.extend([put_off(row), put_off(&next), Some(next)]);
    outcomes
}

/// What becomes of it when its sender takes it back.
pub(super) fn cancel(row: Option<&Row>) -> Vec<Option<Row>> {
    let mut outcomes = vec![row.cloned()];
    if let Some(row) = row
        && row.status == TransmissionStatus::Delivered
        && row.deliveries.iter().all(|(status, _)| *status == DeliveryStatus::Delivered)
    {
        let deliveries = vec![(DeliveryStatus::Cancelled, None); row.deliveries.len()];
        outcomes.push(Some(Row { status: TransmissionStatus::Cancelled, deliveries, ..row.clone() }));
    }
    outcomes
}

/// What becomes of it when a recipient takes it, or answers.
pub(super) fn mark(row: Option<&Row>, recipient: usize, answer: Option<Outcome>) -> Vec<Option<Row>> {
    let mut outcomes = vec![row.cloned()];
    let Some(mut next) = row.cloned() else { return outcomes };
    let Some(delivery) = next.deliveries.get_mut(recipient) else { return outcomes };
    *delivery = match (*delivery, answer) {
        ((DeliveryStatus::Delivered, _), None) => (DeliveryStatus::Collected, None),
        ((DeliveryStatus::Delivered | DeliveryStatus::Collected, _), Some(outcome)) => (DeliveryStatus::Acknowledged, Some(outcome)),
        // what failed may succeed later, and nothing else changes
        ((DeliveryStatus::Acknowledged, Some(Outcome::ImportFailed)), Some(Outcome::Imported)) => {
            (DeliveryStatus::Acknowledged, Some(Outcome::Imported))
        }
        (as_it_was, _) => as_it_was,
    };
    outcomes.push(Some(next));
    outcomes
}

/// Parts of these say the same of addresses, number and set.
fn claims(truth: Truth) -> Truth {
    if truth == Truth::Defective { Truth::Honest } else { truth }
}

impl Row {
    fn agrees(&self, event: Event) -> bool {
        self.claims == claims(event.truth)
    }

    fn is_complete(&self, event: Event) -> bool {
        let (_, _, files) = SHAPES[event.transmission];
        self.joined.len() >= files + usize::from(self.claims == Truth::Miscounted)
    }

    fn stored(&self) -> impl Iterator<Item = Timestamp> {
        self.joined.values().map(|(_, event)| event.stored_at)
    }

    /// A part more, and what follows from it.
    fn joins(mut self, (place, event): (usize, Event), present: Present, outcomes: &mut Outcomes) {
        self.joined.insert(event.part, (place, event));
        (self.told_at, self.due_at) = (present.now, present.now + DRIVE_AFTER);
        outcomes.push((Some(self.clone()), None));
        self.go_on(event, present, outcomes);
    }

    /// What follows where the part is in: the end if it is whole.
    fn go_on(&self, event: Event, present: Present, outcomes: &mut Outcomes) {
        if self.status != TransmissionStatus::Waiting {
            return;
        }
        let mut next = self.clone();
        if self.is_complete(event) {
            let broken = self.broken(event);
            next.deliver(&broken, event.transmission, present);
        }
        outcomes.push((Some(next), None));
    }

    fn last(&self) -> Timestamp {
        self.stored().max().unwrap()
    }

    fn waits_until(&self) -> Timestamp {
        self.stored().min().unwrap() + A_DAY + TOLD_LATE
    }

    /// What is wrong with the parts together.
    fn broken(&self, event: Event) -> Vec<RejectionCode> {
        let single = SHAPES[event.transmission].2 == 1;
        let defective = self.joined.values().any(|(_, held)| held.truth == Truth::Defective);
        let inconsistent = self.claims == Truth::Mixed || (defective && !single);
        let late = self.last().duration_since(self.stored().min().unwrap()) > A_DAY;
        let found = [(inconsistent, RejectionCode::TransmissionInconsistent), (late, RejectionCode::TransmissionIncomplete)];
        found.into_iter().filter(|(is_so, _)| *is_so).map(|(_, code)| code).collect()
    }

    /// Delivered, if nothing speaks against it.
    fn deliver(&mut self, broken: &[RejectionCode], transmission: usize, present: Present) {
        self.reasons = self.reasons(broken, transmission, present);
        if self.reasons.is_empty() {
            let recipients = if self.claims == Truth::Readdressed { 1 } else { SHAPES[transmission].1.len() };
            self.status = TransmissionStatus::Delivered;
            self.deliveries = vec![(DeliveryStatus::Delivered, None); recipients];
        } else {
            self.status = TransmissionStatus::Rejected;
        }
    }

    /// Rejected; where its files are not read, for nothing but what is known without.
    fn end(&mut self, broken: &[RejectionCode], transmission: usize, present: Present, read: bool) {
        self.reasons = if read { self.reasons(broken, transmission, present) } else { broken.to_vec() };
        if self.reasons.is_empty() {
            self.reasons.push(RejectionCode::TransmissionIncomplete);
        }
        self.status = TransmissionStatus::Rejected;
    }

    fn reasons(&self, broken: &[RejectionCode], transmission: usize, present: Present) -> Vec<RejectionCode> {
        let defective = self.joined.values().filter(|(_, event)| event.truth == Truth::Defective).count();
        let of_a_file = if SHAPES[transmission].2 == 1 { RejectionCode::FileInvalid } else { RejectionCode::FileType };
        let unlicensed = (!present.licensed).then_some(RejectionCode::SenderUnlicensed);
        broken.iter().copied().chain(unlicensed).chain(std::iter::repeat_n(of_a_file, defective)).collect()
    }
}
