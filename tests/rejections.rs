//! Every code that one file can cause: what is told, where it lies, what the ledger knows, and that nothing was delivered. And both sides of every
//! bound: what is just inside is delivered.

mod cases;
mod defects;
mod registry;
mod scene;

use std::collections::BTreeSet;

use exchange::RejectionCode;

use self::scene::Scene;
use crate::world::World;

/// One upload, what is special about it, and the codes it is answered with (none: it is delivered).
pub(crate) struct Case {
    what: &'static str,
    codes: &'static [RejectionCode],
    change: fn(&mut Scene),
}

#[tokio::test]
async fn every_refusal_is_told_and_delivers_nothing_in_memory() {
    for case in cases::all() {
        Scene::play(&World::in_memory(), &case).await;
    }
}

#[tokio::test]
async fn every_refusal_is_told_and_delivers_nothing_on_the_endpoints() {
    let world = World::embedded().await;
    for case in cases::all().into_iter().filter(|case| !case.what.contains("20 MiB")) {
        world.restart();
        Scene::play(&world, &case).await;
    }
}

#[test]
fn every_code_that_one_file_can_cause_has_a_case() {
    // sets are in `sets`, a name that is taken in `redelivery`; nobody counts, nobody looks for malware
    const ELSEWHERE: [RejectionCode; 4] = [
        RejectionCode::TransmissionReused,
        RejectionCode::TransmissionIncomplete,
        RejectionCode::QuotaExceeded,
        RejectionCode::MalwareFound,
    ];
    let met: BTreeSet<RejectionCode> = cases::all().iter().flat_map(|case| case.codes.iter().copied()).collect();
    let wanted: BTreeSet<RejectionCode> = RejectionCode::ALL.iter().copied().filter(|code| !ELSEWHERE.contains(code)).collect();
    assert_eq!(met, wanted);
}
