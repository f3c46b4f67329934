//! The fault matrix: every single call to storage fails, in every way, before its effect or after it, one at a time and in pairs. Then the events come
//! again and `upkeep` ticks, and in the end it is as if nothing had: nothing lost, nothing twice, the ledger forward only, no delivery without its
//! document, no copy that the ledger doesn't know of.
//!
//! Alone each call fails in all eight modes. In pairs all positions meet; of the 64 pairs of modes every pair of positions takes four, in turn, so that
//! sixteen of them have met all. `FAULT_PAIRS=all cargo test -p journeys matrix` tries the whole square, which takes a quarter of an hour; of one file it is
//! always tried whole.

mod cancelling;
mod race;
mod scene;
mod stalling;

use store::testing::{Fault, How, When};

use self::scene::{End, Scene, Script, Sent};

/// The sides of a call's effect.
const SIDES: [When; 2] = [When::Before, When::After];

/// All the ways in which a call fails.
const MODES: [(When, How); 8] = [
    (When::Before, How::Throttled),
    (When::After, How::Hangs),
    (When::Before, How::Refused),
    (When::After, How::BreaksOff),
    (When::Before, How::Hangs),
    (When::After, How::Throttled),
    (When::Before, How::BreaksOff),
    (When::After, How::Refused),
];

/// How many pairs of modes a pair of positions takes, in turn, and the step to the next: odd, so that it meets all 64.
const PAIRS: usize = 4;
const STEP: usize = 37;

const SLIP: &[&str] = &["UPPLAN", "UPSIKYU", "UPHOSOKU_202604"];

/// What is sent, to how many offices, and how it ends.
const SCRIPTS: [(&str, Sent, usize, End); 9] = [
    ("one file", Sent::Texts(1), 1, End::Delivered),
    ("a file of actuals", Sent::Standard(&["UPJSK"]), 1, End::Delivered),
    ("three parts", Sent::Texts(3), 1, End::Delivered),
    ("three parts to three offices", Sent::Texts(3), 3, End::Delivered),
    ("a slip set to two offices", Sent::Standard(SLIP), 2, End::Delivered),
    ("a rejection", Sent::Texts(3), 2, End::Rejected),
    ("a slip set without its annex", Sent::Standard(&["UPPLAN", "UPHOSOKU_202604"]), 1, End::Rejected),
    ("a set whose last part never comes", Sent::Texts(3), 2, End::Incomplete),
    ("three parts whose last event dies", Sent::Texts(3), 2, End::Driven),
];

async fn check(script: &Script, faults: &[Fault]) {
    let what = format!("{}: {faults:?}", script.what);
    let scene = Scene::of(script).await;
    scene.world.faults.plan_all(faults);
    scene.run(&what, false).await;
    scene.world.faults.clear();
    scene.ended(&what).await;
    // once more, for nothing
    scene.run(&what, true).await;
    scene.ended(&what).await;
}

#[tokio::test(start_paused = true)]
async fn a_fault_of_any_kind_at_any_call_loses_and_doubles_nothing() {
    for (what, sent, offices, end) in SCRIPTS {
        let script = Script::of(what, sent, offices, end).await;
        for call in 1..=Scene::calls(&script).await.len() {
            for (when, how) in MODES {
                check(&script, &[Fault { call, when, how }]).await;
            }
        }
    }
}

/// Every pair of positions of this script; and of the pairs of modes those whose turn it is.
async fn check_pairs(place: usize) {
    let (what, sent, offices, end) = SCRIPTS[place];
    let script = Script::of(what, sent, offices, end).await;
    let calls = Scene::calls(&script).await.len();
    let all = place == 0 || std::env::var("FAULT_PAIRS").is_ok_and(|pairs| pairs == "all");
    let mut turn = place;
    for first in 1..=calls {
        // what comes again may take some calls more
        for second in first + 1..=calls + 6 {
            for _ in 0..if all { MODES.len() * MODES.len() } else { PAIRS } {
                turn = (turn + STEP) % (MODES.len() * MODES.len());
                let fault = |call, (when, how)| Fault { call, when, how };
                let (one, other) = (MODES[turn / MODES.len()], MODES[turn % MODES.len()]);
                check(&script, &[fault(first, one), fault(second, other)]).await;
            }
        }
    }
}

/// One test a script: they run side by side.
macro_rules! pairs {
    ($($name:ident $place:literal)*) => {$(
        #[tokio::test(start_paused = true)]
        async fn $name() {
            check_pairs($place).await;
        }
    )*};
}

pairs! {
    two_faults_at_any_calls_of_one_file_lose_and_double_nothing 0
    two_faults_at_any_calls_of_actuals_lose_and_double_nothing 1
    two_faults_at_any_calls_of_three_parts_lose_and_double_nothing 2
    two_faults_at_any_calls_of_three_parts_to_three_offices_lose_and_double_nothing 3
    two_faults_at_any_calls_of_a_slip_set_lose_and_double_nothing 4
    two_faults_at_any_calls_of_a_rejection_lose_and_double_nothing 5
    two_faults_at_any_calls_of_half_a_slip_set_lose_and_double_nothing 6
    two_faults_at_any_calls_of_a_set_that_waits_lose_and_double_nothing 7
    two_faults_at_any_calls_of_a_set_that_is_driven_again_lose_and_double_nothing 8
}

#[test]
fn the_turns_meet_every_pair_of_modes() {
    let met: std::collections::BTreeSet<usize> = (0..64).map(|turn| turn * STEP % 64).collect();
    assert_eq!((met.len(), MODES.len() * MODES.len()), (64, 64));
    assert!(MODES.iter().enumerate().all(|(place, mode)| !MODES[..place].contains(mode)), "each mode once");
}
