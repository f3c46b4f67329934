//! What is sent, and what must hold on the way and in the end.

use std::time::Duration;

use exchange::{NoticeKind, RejectionCode, TransmissionStatus, keys};
use jiff::SignedDuration;
use store::testing::When;
use tokio::time::timeout;

use crate::world::World;
use crate::world::corpus::demo;
use crate::world::parcel::Parcel;
use crate::world::set::Set;

/// The files that are sent.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sent {
    /// So many texts.
    Texts(usize),
    /// A set of the standard: the demo's files of these kinds.
    Standard(&'static [&'static str]),
}

/// How it ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum End {
    Delivered,
    Rejected,
    /// The last part is never stored.
    Incomplete,
    /// The last part joins, and its event dies: `upkeep` drives it again, and it is delivered.
    Driven,
}

/// A tick that hangs is ended by Lambda.
const TICK_AT_MOST: Duration = Duration::from_secs(300);

/// What is sent, signed once for all worlds.
pub(super) struct Script {
    pub(super) what: &'static str,
    end: End,
    set: Set,
    parcels: Vec<Parcel>,
}

impl Script {
    pub(super) async fn of(what: &'static str, sent: Sent, offices: usize, end: End) -> Self {
        let world = World::in_memory();
        let mut set = match sent {
            Sent::Texts(files) => Set::attachments(&world, offices, files).await,
            Sent::Standard(kinds) => {
                let files = demo(kinds);
                // the persons of the demo's sets are served by these; what a service sends goes to their manager alone
                let to = ["9779668095-15", "9961751154-13", "9776125172-21"];
                let to = if files[0].sender == to[0][..10] { vec![files[0].recipient.as_str()] } else { to[..offices].to_vec() };
                Set::of(&world, &files[0].sender, &to, &files).await
            }
        };
        if end == End::Rejected && matches!(sent, Sent::Texts(_)) {
            set.sender.office.licences.clear();
        }
        let mut parcels = set.parcels();
        if end == End::Incomplete {
            parcels.pop();
        }
        Self { what, end, set, parcels }
    }
}

/// A script on stores of its own: everything is uploaded, and nobody has heard of it.
pub(super) struct Scene<'a> {
    pub(super) world: World,
    script: &'a Script,
    messages: Vec<String>,
}

impl<'a> Scene<'a> {
    pub(super) async fn of(script: &'a Script) -> Self {
        let world = World::in_memory();
        for party in script.set.recipients.iter().chain([&script.set.sender]) {
            world.register(&party.office).await;
        }
        let mut messages = Vec::new();
        for parcel in &script.parcels {
            messages.push(world.upload(parcel).await.message);
        }
        if script.end == End::Driven {
            let (last, others) = messages.split_last().unwrap();
            for message in others {
                assert!(world.handle(&[message]).await.is_empty());
            }
            // open, join, the offices being known
            world.faults.plan(2, When::After);
            assert_eq!(world.handle(&[last]).await, [0]);
            world.restart();
            world.faults.clear();
        }
        Self { world, script, messages }
    }

    /// The calls that it takes without a fault.
    pub(super) async fn calls(script: &'a Script) -> Vec<&'static str> {
        let scene = Self::of(script).await;
        scene.run("no fault", false).await;
        scene.ended("no fault").await;
        scene.world.faults.calls()
    }

    /// Hands over every message until it is done, as SQS does; then lets `upkeep` tick every hour until nothing is due, and hands over what it drives.
    pub(super) async fn run(&self, what: &str, again: bool) {
        if again || self.script.end != End::Driven {
            self.deliver_all(what, &self.messages).await;
        }
        if [End::Delivered, End::Rejected].contains(&self.script.end) {
            self.is_told("after the redelivery").await;
        }
        self.world.set_now(self.world.now() + SignedDuration::from_hours(30));
        for _ in 0..10 {
            let tick = timeout(TICK_AT_MOST, self.world.try_upkeep()).await;
            self.holds(what).await;
            self.deliver_all(what, &self.world.ground.told_again().await).await;
            if let Ok(Ok(done)) = tick {
                assert_eq!((done.removed, done.given_up), (0, 0), "{what}: whoever came again left nothing behind");
                assert!(self.script.end == End::Driven || (done.driven, done.stuck) == (0, 0), "{what}");
                let due = self.world.entry(&self.script.set.id).await.and_then(|entry| entry.transmission.due_at);
                if done.failed == 0 && due.is_none() {
                    return;
                }
            }
            // what took longer than its minute is put off for an hour
            self.world.set_now(self.world.now() + SignedDuration::from_hours(1));
        }
        panic!("{what}: it is always due");
    }

    /// Each time to a fresh process.
    async fn deliver_all(&self, what: &str, messages: &[String]) {
        let (mut open, mut before) = (messages.iter().collect::<Vec<_>>(), self.status().await);
        for _ in 0..10 {
            let mut failed = Vec::new();
            for message in open {
                if !self.world.invoke(message).await {
                    failed.push(message);
                }
                self.world.restart();
                let now = self.holds(what).await;
                let is_forward = before == now || before.is_none_or(|before| before == TransmissionStatus::Waiting && now.is_some());
                assert!(is_forward, "{what}: {before:?} → {now:?}");
                before = now;
            }
            if failed.is_empty() {
                return;
            }
            open = failed;
        }
        panic!("{what}: some message never ends");
    }

    async fn status(&self) -> Option<TransmissionStatus> {
        self.world.entry(&self.script.set.id).await.map(|entry| entry.transmission.status)
    }

    /// What holds at every moment, whatever has just broken off; gives the status.
    async fn holds(&self, what: &str) -> Option<TransmissionStatus> {
        let entry = self.world.entry(&self.script.set.id).await;
        let status = entry.as_ref().map(|entry| entry.transmission.status);
        let (inbox, returns) = (self.world.keys("inbox/").await, self.world.keys("returns/").await);
        if let Some(entry) = &entry {
            let found_later = status == Some(TransmissionStatus::Delivered) || entry.transmission.due_at.is_some() || inbox.is_empty();
            assert!(found_later, "{what}: upkeep finds every copy");
            for delivery in &entry.deliveries {
                let document = keys::inbox_delivery(&delivery.address.office, &self.script.set.id);
                let files = entry.transmission.delivered_to(&delivery.address);
                // the ledger shows a delivery once all its files are there
                assert!(files.iter().all(|file| inbox.contains(&file.key)), "{what}: {document}");
            }
        } else {
            assert!(inbox.is_empty() && returns.is_empty(), "{what}: the ledger knows of it first");
        }
        let documents = inbox.iter().filter(|key| key.ends_with("/delivery.json")).count();
        assert!(documents == 0 || status == Some(TransmissionStatus::Delivered), "{what}: no delivery that the ledger doesn't have");
        assert!(returns.is_empty() || status == Some(TransmissionStatus::Rejected), "{what}: no report of what isn't rejected");
        status
    }

    /// Delivery and rejection have their documents and notices without `upkeep`.
    async fn is_told(&self, what: &str) {
        self.has_its_notices(what).await;
        let told = match self.script.end {
            End::Delivered => self.world.keys("inbox/").await.iter().filter(|key| key.ends_with("/delivery.json")).count(),
            _ => self.world.keys("returns/").await.len() * self.script.set.recipients.len(),
        };
        assert_eq!(told, self.script.set.recipients.len(), "{}: {what}", self.script.what);
    }

    /// Whom it concerns was told of its end once, and of nothing else.
    async fn has_its_notices(&self, what: &str) {
        let set = &self.script.set;
        let delivered = [End::Delivered, End::Driven].contains(&self.script.end);
        for recipient in &set.recipients {
            let told = self.world.told_of(&recipient.office.number, &set.id).await;
            // a thirty hours' wait reminds nobody yet
            assert_eq!(told, [NoticeKind::Delivered][..usize::from(delivered)], "{}: {what}", self.script.what);
        }
        let told = self.world.told_of(set.id.sender(), &set.id).await;
        assert_eq!(told, [NoticeKind::Rejected][..usize::from(!delivered)], "{}: {what}", self.script.what);
    }

    /// What is there in the end, and nothing besides.
    pub(super) async fn ended(&self, what: &str) {
        let (world, set) = (&self.world, &self.script.set);
        let entry = world.entry(&set.id).await.unwrap_or_else(|| panic!("{what}: it has a row"));
        let (row, report) = (&entry.transmission, keys::return_report(set.id.sender(), &set.id));
        assert_eq!((row.files.len(), row.due_at), (self.script.parcels.len(), None), "{what}: each part once, and nothing is due");
        let mut inbox = Vec::new();
        if [End::Delivered, End::Driven].contains(&self.script.end) {
            assert_eq!((row.status, entry.deliveries.len()), (TransmissionStatus::Delivered, set.recipients.len()), "{what}");
            assert!(world.keys("returns/").await.is_empty(), "{what}");
            for delivery in &entry.deliveries {
                let document = keys::inbox_delivery(&delivery.address.office, &set.id);
                let told = world.json(&document).await;
                let files = row.delivered_to(&delivery.address);
                assert_eq!(told["files"].as_array().unwrap().len(), files.len(), "{what}");
                inbox.push(document);
                for file in files {
                    let sent = set.files.iter().find(|sent| sent.name == file.name).unwrap();
                    assert!(world.body(&file.key).await == sent.bytes, "{what}: byte for byte");
                    inbox.push(file.key);
                }
            }
            inbox.sort();
        } else {
            assert_eq!((row.status, entry.deliveries.len()), (TransmissionStatus::Rejected, 0), "{what}");
            let incomplete = row.reasons.iter().any(|reason| reason.code == RejectionCode::TransmissionIncomplete);
            assert_eq!(incomplete, self.script.end == End::Incomplete, "{what}");
            assert_eq!(world.keys("returns/").await, [report.as_str()], "{what}: told once");
            let told: Vec<_> = world.report(&report).await.reasons.iter().map(exchange::ReportReason::in_ledger).collect();
            assert_eq!(told, row.reasons, "{what}");
        }
        assert_eq!(world.keys("inbox/").await, inbox, "{what}");
        self.has_its_notices(what).await;
        assert!(world.lone_rejections(set.id.sender()).await.is_empty(), "{what}");
    }
}
