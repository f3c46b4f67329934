//! A cancellation and a recipient who takes or answers the delivery at the same time, in every interleaving: one of them stalls at each of its calls, the
//! other goes all the way, then the first goes on. Alone, and with any one call failing besides. Exactly one wins, and all that there is says so.

use std::time::Duration;

use exchange::{NoticeKind, Outcome};
use jiff::SignedDuration;
use store::steps::{Cancellation, acknowledge};
use store::testing::Fault;
use store::{Answer, Marked, StoreError};
use tokio::time::timeout;

use super::MODES;
use super::cancelling::Delivered;
use crate::world::World;

/// Who stalls.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stalled {
    Sender,
    Recipient,
}

/// What the recipient does.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Taking {
    Collects,
    Acknowledges,
}

/// A call that never answers is ended by its caller.
const PATIENCE: Duration = Duration::from_secs(60);

impl Delivered {
    async fn take(&self, taking: Taking) -> Result<Marked, StoreError> {
        match taking {
            Taking::Collects => self.collect().await,
            Taking::Acknowledges => {
                let answer = Answer { outcome: Outcome::Imported, note: String::new(), at: self.world.now() };
                acknowledge(&*self.ledger, &self.set.id, &self.set.recipients[1].office.number, &answer).await
            }
        }
    }

    /// How many calls a cancellation takes that nobody disturbs: look up, cancel, a list for each folder, a removal for each object, the notices.
    fn calls_of_the_sender(&self) -> usize {
        3 + self.set.recipients.len() * (self.set.files.len() + 2)
    }
}

/// The first stalls at its call `n`, the other goes all the way, the first goes on; gives whether the cancellation won.
async fn race(shape: (usize, usize), stalled: Stalled, n: usize, taking: Taking, faults: &[Fault]) -> bool {
    let what = format!("{stalled:?} at {n}, the recipient {taking:?}, {faults:?}");
    let scene = Delivered::of(World::in_memory(), shape).await;
    let faulty = &scene.world.faults;
    faulty.stall_among(n, faults);
    let cancelling = async { timeout(PATIENCE, scene.cancel()).await.ok().and_then(Result::ok) };
    let taking_it = async { timeout(PATIENCE, scene.take(taking)).await.ok().and_then(Result::ok) };
    // the other goes when the first has stalled, or has met its fault before and is gone
    let (mut cancelled, mut taken) = match stalled {
        Stalled::Sender => {
            let other = async {
                timeout(Duration::from_secs(1), faulty.stalled()).await.ok();
                let taken = taking_it.await;
                faulty.go_on();
                taken
            };
            futures::future::join(cancelling, other).await
        }
        Stalled::Recipient => {
            let other = async {
                timeout(Duration::from_secs(1), faulty.stalled()).await.ok();
                let cancelled = cancelling.await;
                faulty.go_on();
                cancelled
            };
            let (taken, cancelled) = futures::future::join(taking_it, other).await;
            (cancelled, taken)
        }
    };
    faulty.clear();
    // whoever heard no answer asks again
    if cancelled.is_none() {
        cancelled = Some(scene.cancel().await.unwrap());
    }
    if taken.is_none() {
        taken = Some(scene.take(taking).await.unwrap());
    }
    let won = matches!(cancelled, Some(Cancellation::Done(_)));
    let took = matches!(taken, Some(Marked::Written(_) | Marked::AsItWas(_)));
    assert!(won != took, "{what}: exactly one is told that it won: {cancelled:?} {taken:?}");
    assert_eq!(scene.is_cancelled(&what, taking == Taking::Acknowledges).await, won, "{what}: and it is so");
    // nothing is left for upkeep but to look
    scene.world.set_now(scene.world.now() + SignedDuration::from_hours(1));
    let done = scene.world.upkeep().await;
    assert_eq!((done.looked_through, done.removed, done.failed), (usize::from(won), 0, 0), "{what}");
    if won {
        scene.are_told(&[NoticeKind::Delivered, NoticeKind::Cancelled], &what).await;
    } else {
        let told = scene.world.told_of(scene.set.id.sender(), &scene.set.id).await;
        assert_eq!(told, [NoticeKind::Acknowledged][..usize::from(taking == Taking::Acknowledges)], "{what}");
    }
    won
}

#[tokio::test(start_paused = true)]
async fn in_every_interleaving_of_a_cancellation_and_a_collection_exactly_one_wins() {
    let shape = (3, 3);
    let calls = Delivered::of(World::in_memory(), shape).await.calls_of_the_sender();
    for taking in [Taking::Collects, Taking::Acknowledges] {
        for n in 1..=calls {
            // look up, cancel: until the second has taken effect, the recipient is first
            assert_eq!(race(shape, Stalled::Sender, n, taking, &[]).await, n > 2, "{n}");
        }
        assert!(race(shape, Stalled::Recipient, 1, taking, &[]).await, "it had not begun");
        if taking == Taking::Acknowledges {
            for n in [2, 3] {
                assert!(!race(shape, Stalled::Recipient, n, taking, &[]).await, "{n}: it is acknowledged, and yet to be told of");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn in_every_interleaving_with_any_fault_besides_exactly_one_wins() {
    let shape = (2, 2);
    let calls = Delivered::of(World::in_memory(), shape).await.calls_of_the_sender();
    let mut won = [0, 0];
    for (stalled, calls_before) in [(Stalled::Sender, calls), (Stalled::Recipient, 1)] {
        for n in 1..=calls_before {
            for call in (1..=calls + 2).filter(|call| *call != n) {
                for (when, how) in MODES {
                    let taking = if (n + call) % 2 == 0 { Taking::Collects } else { Taking::Acknowledges };
                    won[usize::from(race(shape, stalled, n, taking, &[Fault { call, when, how }]).await)] += 1;
                }
            }
        }
    }
    assert!(won.iter().all(|won| *won > 0), "both are seen to win: {won:?}");
}
