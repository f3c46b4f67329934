//! Two offices and a file on its way, before it leaves: a case changes one thing.

use exchange::sign::{ManifestDraft, SigningKey};
use exchange::{RejectionCode, TransmissionId, TransmissionStatus, keys};
use jiff::{Timestamp, ToSpan};

use super::Case;
use crate::world::corpus::{Fixture, valid};
use crate::world::office::Party;
use crate::world::parcel::{Parcel, draft};
use crate::world::{NOW, Stored, World, at};

pub(crate) struct Scene {
    pub(crate) sender: Party,
    pub(crate) recipient: Party,
    pub(crate) draft: ManifestDraft,
    /// What is uploaded, whatever the manifest says.
    pub(crate) bytes: Vec<u8>,
    pub(crate) stored_at: Timestamp,
    pub(crate) signed: Signed,
    /// Whose outbox it goes to, where it isn't the sender's.
    pub(crate) outbox: Option<&'static str>,
    /// Whether the version is gone before the event comes.
    pub(crate) destroyed: bool,
}

/// How the manifest comes about.
pub(crate) enum Signed {
    /// By the sender's device.
    Rightly,
    /// By another key, under that key's id or the id of the sender's.
    By { stranger: SigningKey, own_id: bool },
    /// As any text.
    Text(&'static str),
    /// Not at all.
    Missing,
}

impl Scene {
    /// A valid actuals file between two offices that may exchange.
    fn new() -> Self {
        let fixture = valid("seed-1", "UPJSK");
        let recipient = fixture.recipient.split('-').next().unwrap();
        Self {
            sender: Party::new(&fixture.sender),
            recipient: Party::new(recipient),
            draft: draft(&fixture, at(NOW)),
            bytes: fixture.bytes,
            stored_at: at(NOW),
            signed: Signed::Rightly,
            outbox: None,
            destroyed: false,
        }
    }

    /// Another file goes instead, under the same `jti`.
    pub(crate) fn take(&mut self, fixture: &Fixture) {
        self.draft = ManifestDraft { jti: self.draft.jti, ..draft(fixture, self.draft.iat) };
        self.bytes.clone_from(&fixture.bytes);
        if self.sender.number() != fixture.sender {
            self.sender = Party::new(&fixture.sender);
        }
        self.recipient = Party::new(fixture.recipient.split('-').next().unwrap());
    }

    /// An attachment goes instead.
    pub(crate) fn attach(&mut self, name: &str, bytes: &[u8]) {
        let Fixture { sender, recipient, .. } = valid("seed-1", "UPJSK");
        self.take(&Fixture { name: name.to_owned(), bytes: bytes.to_vec(), sender, recipient });
    }

    /// Stored, and signed, at another time.
    pub(crate) fn at(&mut self, time: &str) {
        self.stored_at = at(time);
        self.draft.iat = self.stored_at;
    }

    /// Stored that long after it was signed.
    pub(crate) fn stored_after(&mut self, seconds: i64) {
        self.stored_at = self.draft.iat.checked_add(seconds.seconds()).unwrap();
    }

    /// Plays a case from upload to answer.
    pub(crate) async fn play(world: &World, case: &Case) {
        let mut scene = Self::new();
        (case.change)(&mut scene);
        world.set_now(scene.stored_at);
        world.register(&scene.sender.office).await;
        world.register(&scene.recipient.office).await;
        let before = world.keys("inbox/").await;
        let stored = world.upload(&scene.parcel()).await;
        if scene.destroyed {
            world.ground.destroy(&stored.key, &stored.version).await;
        }
        assert!(world.handle(&[&stored.message]).await.is_empty(), "{}: it is done", case.what);
        let (what, codes) = (case.what, case.codes);
        match codes {
            [] => scene.was_delivered(world, what).await,
            [code] if code.phase() == 1 => scene.was_refused_alone(world, &stored, what, *code).await,
            _ => scene.was_rejected(world, &stored, what, codes).await,
        }
        if !codes.is_empty() {
            assert_eq!(world.keys("inbox/").await, before, "{what}: nothing is delivered");
        }
    }

    fn parcel(&self) -> Parcel {
        let manifest = match &self.signed {
            Signed::Rightly => Some(self.draft.sign(&self.sender.key).unwrap()),
            Signed::By { stranger, own_id: false } => Some(self.draft.sign(stranger).unwrap()),
            Signed::By { stranger, own_id: true } => Some(self.draft.sign_as(stranger, &self.sender.office.keys[0].kid).unwrap()),
            Signed::Text(text) => Some((*text).to_owned()),
            Signed::Missing => None,
        };
        let mut parcel = Parcel::with(&self.sender, manifest, &self.bytes);
        if let Some(other) = self.outbox {
            parcel.key = parcel.key.replace(self.sender.number(), other);
            other.clone_into(&mut parcel.office);
        }
        parcel
    }

    fn id(&self) -> TransmissionId {
        TransmissionId::new(self.draft.iss, self.draft.jti)
    }

    async fn was_delivered(&self, world: &World, what: &str) {
        let entry = world.entry(&self.id()).await.unwrap_or_else(|| panic!("{what}: it has a row"));
        assert_eq!(entry.transmission.status, TransmissionStatus::Delivered, "{what}: {:?}", entry.transmission.reasons);
        let [delivery] = &entry.deliveries[..] else { panic!("{what}: one delivery") };
        assert!(
            world.body(&entry.transmission.delivered_to(&delivery.address)[0].key).await == self.bytes,
            "{what}: the bytes are the same"
        );
        assert_eq!(world.json(&keys::inbox_delivery(&delivery.address.office, &self.id())).await["id"], self.id().to_string(), "{what}");
        assert_eq!(self.reports(world).await, Vec::<String>::new(), "{what}: nobody is told of a rejection");
    }

    /// Without a signature that holds, no transmission hears of it.
    async fn was_refused_alone(&self, world: &World, stored: &Stored, what: &str, code: RejectionCode) {
        let office = self.outbox.unwrap_or(self.sender.number()).parse().unwrap();
        assert_eq!(world.entry(&self.id()).await, None, "{what}: no transmission is touched");
        let told = world.lone_rejections(&office).await;
        let told: Vec<_> = told.iter().filter(|told| told.object == stored.digest()).collect();
        let [told] = told[..] else { panic!("{what}: the ledger knows it once") };
        assert_eq!((told.code, told.stored_at), (code, self.stored_at), "{what}");
        let report = world.report(&keys::return_object(&office, &stored.digest())).await;
        assert_eq!((report.transmission, report.key, report.sender), (None, stored.key.clone(), office), "{what}");
        let [reason] = &report.reasons[..] else { panic!("{what}: one reason") };
        assert_eq!((reason.code, reason.findings_total, reason.findings.len()), (code, 0, 0), "{what}");
        // a malformed manifest's message also says what is malformed
        assert!(
            reason.message.starts_with(code.message().split_once('.').unwrap().0) && reason.message_ja == code.message_ja(),
            "{what}: {}",
            reason.message
        );
        assert_eq!(self.reports(world).await, Vec::<String>::new(), "{what}");
    }

    async fn was_rejected(&self, world: &World, stored: &Stored, what: &str, codes: &[RejectionCode]) {
        let entry = world.entry(&self.id()).await.unwrap_or_else(|| panic!("{what}: the ledger knows it"));
        let row = &entry.transmission;
        assert_eq!(
            (row.status, row.stored_at, row.ended_at),
            (TransmissionStatus::Rejected, self.stored_at, Some(self.stored_at)),
            "{what}"
        );
        assert_eq!(row.reasons.iter().map(|reason| reason.code).collect::<Vec<_>>(), codes, "{what}");
        assert_eq!(entry.deliveries, [], "{what}");
        let [report] = &self.reports(world).await[..] else { panic!("{what}: one report") };
        assert_eq!(*report, keys::return_report(&self.draft.iss, &self.id()), "{what}");
        let report = world.report(report).await;
        assert_eq!((report.transmission, &report.key, &report.sender), (Some(self.id()), &stored.key, &self.draft.iss), "{what}");
        assert_eq!(report.at.as_second(), self.stored_at.as_second(), "{what}");
        assert_eq!(report.reasons.iter().map(exchange::ReportReason::in_ledger).collect::<Vec<_>>(), row.reasons, "{what}");
        for reason in &report.reasons {
            assert!(reason.message.starts_with(reason.code.message().split_once('.').unwrap().0), "{what}: {}", reason.message);
            // where there are several, the offices it is about are named
            assert!(reason.message_ja.starts_with(reason.code.message_ja()), "{what}");
            assert_eq!(reason.findings_total > 0, !reason.findings.is_empty(), "{what}");
            // what is about the file names it, what is about the offices doesn't
            let about_file = reason.code >= RejectionCode::FileName;
            assert_eq!(reason.file.as_deref(), about_file.then_some(self.draft.name.as_str()), "{what}");
        }
        // codes and counts only: the ledger's row says nothing that the report says in words
        let row = serde_json::to_string(&row.view(&entry.deliveries)).unwrap();
        assert!(!row.contains("message") && !row.contains("findings") && !row.contains("R-"), "{what}: {row}");
    }

    /// The reports about this transmission.
    async fn reports(&self, world: &World) -> Vec<String> {
        world.keys("returns/").await.into_iter().filter(|key| key.contains(&self.draft.jti.to_string())).collect()
    }
}
