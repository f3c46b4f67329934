//! Every call to storage fails once, before its effect or after it; then the message comes again. Whatever broke off where, in the end it is as if
//! nothing had.

use exchange::{NoticeKind, TransmissionId, TransmissionStatus, keys};
use store::Entry;
use store::testing::When;

use crate::world::corpus::{Fixture, valid};
use crate::world::office::Party;
use crate::world::parcel::Parcel;
use crate::world::{Stored, World};

const SIDES: [When; 2] = [When::Before, When::After];

/// How the upload ends.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Delivered,
    Rejected,
    RejectedAlone,
}

const ENDS: [End; 3] = [End::Delivered, End::Rejected, End::RejectedAlone];

/// An upload whose event waits.
struct Scene<'a> {
    world: &'a World,
    sender: Party,
    fixture: Fixture,
    stored: Stored,
    id: TransmissionId,
    end: End,
}

impl<'a> Scene<'a> {
    async fn on(world: &'a World, end: End) -> Self {
        let fixture = valid("seed-2", "UPJSK");
        let mut sender = Party::new(&fixture.sender);
        if end == End::Rejected {
            sender.office.licences.clear();
        }
        world.faults.clear();
        world.register(&sender.office).await;
        world.register(&Party::new(fixture.recipient.split('-').next().unwrap()).office).await;
        let (mut parcel, id) = Parcel::of(&sender, &fixture, world.now());
        if end == End::RejectedAlone {
            parcel.bytes.push(0);
        }
        let stored = world.upload(&parcel).await;
        world.restart();
        Self { world, sender, fixture, stored, id, end }
    }

    /// The calls of a run without a fault.
    async fn calls(end: End) -> usize {
        let world = World::in_memory();
        let scene = Scene::on(&world, end).await;
        assert!(scene.run(None).await);
        scene.ended("no fault").await;
        world.faults.calls().len()
    }

    /// One run of the message, one of its calls failing; true when it is done.
    async fn run(&self, fault: Option<(usize, When)>) -> bool {
        match fault {
            Some((n, when)) => self.world.faults.plan(n, when),
            None => self.world.faults.clear(),
        }
        self.world.handle(&[&self.stored.message]).await.is_empty()
    }

    async fn status(&self) -> Option<TransmissionStatus> {
        self.world.entry(&self.id).await.map(|entry| entry.transmission.status)
    }

    /// What is there in the end, and nothing besides.
    async fn ended(&self, what: &str) {
        let (world, id) = (self.world, &self.id);
        let of_this = |keys: Vec<String>| keys.into_iter().filter(|key| key.contains(&id.to_string())).collect::<Vec<_>>();
        let (inbox, returns) = (of_this(world.keys("inbox/").await), of_this(world.keys("returns/").await));
        let entry = world.entry(id).await;
        let told =
            world.lone_rejections(&self.sender.office.number).await.iter().filter(|told| told.object == self.stored.digest()).count();
        let alone = keys::return_object(&self.sender.office.number, &self.stored.digest());
        let alone_reported = world.keys(&alone).await.len();
        match self.end {
            End::Delivered => {
                let Some(Entry { transmission, deliveries }) = entry else { panic!("{what}: it has a row") };
                assert_eq!((transmission.status, deliveries.len()), (TransmissionStatus::Delivered, 1), "{what}");
                let recipient = &deliveries[0].address.office;
                let file = keys::inbox_file(recipient, id, &self.fixture.name);
                assert_eq!(inbox, [file.clone(), keys::inbox_delivery(recipient, id)], "{what}");
                assert!(world.body(&file).await == self.fixture.bytes, "{what}");
                assert_eq!(world.json(&inbox[1]).await["files"][0]["key"], file, "{what}");
                assert_eq!((returns.len(), told, alone_reported), (0, 0, 0), "{what}");
                assert_eq!(world.told_of(recipient, id).await, [NoticeKind::Delivered], "{what}");
                assert_eq!(world.told_of(&self.sender.office.number, id).await, [], "{what}");
            }
            End::Rejected => {
                let Some(Entry { transmission, deliveries }) = entry else { panic!("{what}: it has a row") };
                assert_eq!((transmission.status, deliveries.len()), (TransmissionStatus::Rejected, 0), "{what}");
                assert_eq!((inbox.len(), told, alone_reported), (0, 0, 0), "{what}");
                assert_eq!(returns, [keys::return_report(&self.sender.office.number, id)], "{what}");
                let report = world.report(&returns[0]).await;
                assert_eq!(
                    report.reasons.iter().map(exchange::ReportReason::in_ledger).collect::<Vec<_>>(),
                    transmission.reasons,
                    "{what}"
                );
                assert_eq!(world.told_of(&self.sender.office.number, id).await, [NoticeKind::Rejected], "{what}");
            }
            End::RejectedAlone => {
                assert_eq!(world.told_of(&self.sender.office.number, id).await, [], "{what}: there is no transmission to tell of");
                assert_eq!((entry, inbox.len(), returns.len(), told, alone_reported), (None, 0, 0, 1, 1), "{what}");
            }
        }
    }
}

/// How far a transmission is: it never goes back, nor from one end to the other.
fn is_forward(before: Option<TransmissionStatus>, after: Option<TransmissionStatus>) -> bool {
    match (before, after) {
        (None, _) | (Some(TransmissionStatus::Waiting), Some(_)) => true,
        (before, after) => before == after,
    }
}

async fn check(world: &World, end: End, faults: &[(usize, When)], fresh: bool) {
    let what = format!("{end:?}, {faults:?}{}", if fresh { ", in a fresh process" } else { "" });
    let scene = Scene::on(world, end).await;
    let mut before = None;
    for fault in faults {
        let done = scene.run(Some(*fault)).await;
        assert!(!done || world.faults.calls().len() < fault.0, "{what}: who met the fault comes again");
        let after = scene.status().await;
        assert!(is_forward(before, after), "{what}: {before:?} → {after:?}");
        before = after;
        if fresh {
            world.restart();
        }
    }
    assert!(scene.run(None).await, "{what}: without a fault it is done");
    assert!(is_forward(before, scene.status().await), "{what}");
    scene.ended(&what).await;
    // and once more, for nothing
    assert!(scene.run(None).await, "{what}");
    scene.ended(&what).await;
}

#[tokio::test]
async fn a_crash_before_or_after_any_call_loses_and_doubles_nothing() {
    for end in ENDS {
        for n in 1..=Scene::calls(end).await {
            for when in SIDES {
                for fresh in [false, true] {
                    check(&World::in_memory(), end, &[(n, when)], fresh).await;
                }
            }
        }
    }
}

#[tokio::test]
async fn two_crashes_in_a_row_lose_and_double_nothing() {
    for end in ENDS {
        let calls = Scene::calls(end).await;
        for (n, when) in (1..=calls).flat_map(|n| SIDES.map(|when| (n, when))) {
            // a run that finds work half done may take a call more
            for (m, then) in (1..=calls + 1).flat_map(|m| SIDES.map(|then| (m, then))) {
                for fresh in [false, true] {
                    check(&World::in_memory(), end, &[(n, when), (m, then)], fresh).await;
                }
            }
        }
    }
}

#[tokio::test]
async fn a_crash_on_the_real_endpoints_loses_and_doubles_nothing() {
    let world = World::embedded().await;
    for end in ENDS {
        for n in 1..=Scene::calls(end).await {
            for when in SIDES {
                check(&world, end, &[(n, when)], true).await;
            }
        }
    }
}

#[tokio::test]
async fn a_run_makes_the_calls_that_are_told_of() {
    let of = async |end| {
        let world = World::in_memory();
        let scene = Scene::on(&world, end).await;
        assert!(scene.run(None).await);
        world.faults.calls()
    };
    assert_eq!(
        of(End::Delivered).await,
        [
            "files.open",
            "ledger.look_up",
            "ledger.join",
            "ledger.count",
            "files.copy",
            "ledger.commit",
            "ledger.kin",
            "files.create",
            "ledger.notify",
            "ledger.set_due"
        ]
    );
    assert_eq!(
        of(End::Rejected).await,
        ["files.open", "ledger.look_up", "ledger.join", "ledger.count", "ledger.reject", "files.create", "ledger.notify"]
    );
    assert_eq!(of(End::RejectedAlone).await, ["files.open", "ledger.look_up", "ledger.reject_alone", "files.create"]);
}

/// A rejection and a delivery of the same event, judged on different registries: whichever is recorded first stands.
#[tokio::test]
async fn a_claim_that_a_later_run_rejects_leaves_nothing_in_the_inbox() {
    for (n, when) in (3..=6).flat_map(|n| SIDES.map(|when| (n, when))) {
        // the run that rejects may break off too: it opens, looks up, counts, rejects, takes back, reports, tells
        for fault in [None].into_iter().chain((1..=8).flat_map(|n| SIDES.map(|when| Some((n, when))))) {
            let (world, what) = (World::in_memory(), format!("{n} {when:?}, then {fault:?}"));
            let scene = Scene::on(&world, End::Delivered).await;
            assert!(!scene.run(Some((n, when))).await);
            // before it comes again, the recipient closes its door
            let mut recipient = Party::new(scene.fixture.recipient.split('-').next().unwrap()).office;
            recipient.blocked_senders = vec![scene.sender.office.number];
            world.register(&recipient).await;
            world.restart();
            if let Some(fault) = fault {
                scene.run(Some(fault)).await;
                world.restart();
            }
            assert!(scene.run(None).await, "{what}");
            let committed = n == 6 && when == When::After;
            let wanted = if committed { TransmissionStatus::Delivered } else { TransmissionStatus::Rejected };
            assert_eq!(scene.status().await, Some(wanted), "{what}");
            let inbox = world.keys("inbox/").await;
            assert_eq!(inbox.len(), if committed { 2 } else { 0 }, "{what}: {inbox:?}");
            assert_eq!(world.keys("returns/").await.is_empty(), committed, "{what}");
            let told = [world.told_of(&recipient.number, &scene.id).await, world.told_of(&scene.sender.office.number, &scene.id).await];
            let wanted = if committed { [vec![NoticeKind::Delivered], vec![]] } else { [vec![], vec![NoticeKind::Rejected]] };
            assert_eq!(told, wanted, "{what}");
        }
    }
}
