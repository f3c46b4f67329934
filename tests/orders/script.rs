//! The eight events: what is uploaded, and how it must end.

use exchange::sign::ManifestDraft;
use exchange::{NoticeKind, RejectionCode, Sha256Digest, TransmissionId, TransmissionStatus, UnverifiedManifest, keys, set_digest};
use store::{Entry, Opened, Part};
use uuid::Uuid;

use super::EVENTS;
use crate::world::parcel::Parcel;
use crate::world::set::{Set, text};
use crate::world::{Stored, World};

/// The set that a part of has an older version, and that part's place.
pub(super) const STALE: (usize, usize) = (1, 1);

/// What the older version is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stale {
    /// The same file under the same manifest.
    Same,
    /// Another file under the part's name, and another set in its manifest: what the office sent before it mended it.
    Other,
    /// A transmission of its own.
    Elsewhere,
}

/// What is sent, signed once: the eight events, each as an upload.
pub(super) struct Script {
    pub(super) stale: Stale,
    pub(super) sets: Vec<Set>,
    /// The set an event is about, and what is uploaded; none where the event before it comes twice.
    pub(super) events: Vec<(usize, Option<Parcel>)>,
    /// The transmission of the older version where it has its own.
    pub(super) elsewhere: Option<TransmissionId>,
}

impl Script {
    pub(super) async fn of(stale: Stale) -> Self {
        let world = World::in_memory();
        let (mut sets, mut events, mut elsewhere) = (Vec::new(), Vec::new(), None);
        for (n, sender) in ["9778773797", "9878313783", "9773840872"].into_iter().enumerate() {
            let files = [text("a.txt", &format!("a of {n}")), text("b.txt", &format!("b of {n}"))];
            let set = Set::of(&world, sender, &["9779668095", "9961751154"], &files).await;
            for (place, parcel) in set.parcels().into_iter().enumerate() {
                if (n, place) == STALE {
                    let (draft, bytes) = (set.drafts[place].clone(), b"b as it was before".as_slice());
                    let other = ManifestDraft { sha256: Sha256Digest::of(bytes), size: bytes.len() as u64, ..draft };
                    let older = match stale {
                        Stale::Same => parcel.clone(),
                        Stale::Other => {
                            let files = [&set.drafts[0], &other].into_iter().map(|draft| (draft.sha256, draft.size, draft.name.as_str()));
                            let older = ManifestDraft { set: Some(set_digest(files)), ..other.clone() };
                            Parcel::signed(&set.sender, &older, bytes)
                        }
                        Stale::Elsewhere => {
                            let older = ManifestDraft { jti: Uuid::new_v4(), parts: 1, set: None, ..other };
                            elsewhere = Some(TransmissionId::new(older.iss, older.jti));
                            Parcel::signed(&set.sender, &older, bytes)
                        }
                    };
                    events.push((n, Some(Parcel { key: parcel.key.clone(), ..older })));
                }
                events.push((n, Some(parcel)));
                if (n, place) == (0, 0) {
                    events.push((n, None));
                }
            }
            sets.push(set);
        }
        assert_eq!(events.len(), EVENTS);
        Self { stale, sets, events, elsewhere }
    }

    /// The places of the older version and of the one that lies over it.
    pub(super) fn versions(&self) -> [usize; 2] {
        let key = |place: usize| self.events[place].1.as_ref().map(|parcel| &parcel.key);
        let older = (0..EVENTS - 1).find(|place| key(*place).is_some() && key(*place) == key(place + 1)).unwrap();
        [older, older + 1]
    }

    /// Whether the set whose part has another file for its older version is delivered: the name belongs to the version that was told of first.
    pub(super) fn is_delivered(&self, order: &[usize]) -> bool {
        let [older, newer] = self.versions();
        let told = |event: usize| order.iter().position(|place| *place == event);
        self.stale != Stale::Other || told(newer) < told(older)
    }

    /// The eight events on stores that are fresh.
    pub(super) async fn on_a_world(&self) -> (World, Vec<Stored>) {
        let world = World::in_memory();
        for set in &self.sets {
            for party in set.recipients.iter().chain([&set.sender]) {
                world.register(&party.office).await;
            }
        }
        let mut stored: Vec<Stored> = Vec::new();
        for (_, parcel) in &self.events {
            stored.push(match parcel {
                Some(parcel) => world.upload(parcel).await,
                // SQS tells of it twice
                None => stored.last().unwrap().clone(),
            });
        }
        (world, stored)
    }

    /// Each is delivered, once, but for the set whose older version was told of first; of that the newer version is refused.
    pub(super) async fn ended(&self, world: &World, stored: &[Stored], order: &[usize]) {
        let what = format!("{:?} {order:?}", self.stale);
        let [older, newer] = self.versions().map(|place| &stored[place]);
        let mut returns = Vec::new();
        for (n, set) in self.sets.iter().enumerate() {
            let Entry { transmission: row, deliveries } = world.entry(&set.id).await.unwrap();
            let delivered = n != STALE.0 || self.is_delivered(order);
            let wanted = if delivered { (TransmissionStatus::Delivered, 2) } else { (TransmissionStatus::Rejected, 0) };
            assert_eq!((row.status, deliveries.len()), wanted, "{what} {n}");
            let told = world.told_of(set.id.sender(), &set.id).await;
            assert_eq!(told, [NoticeKind::Rejected][..usize::from(!delivered)], "{what} {n}");
            for place in 0..2 {
                let told = world.told_of(&set.recipients[place].office.number, &set.id).await;
                assert_eq!(told, [NoticeKind::Delivered][..usize::from(delivered)], "{what} {n}");
                let files: &[&str] = if delivered { &["a01.txt", "a02.txt", "delivery.json"] } else { &[] };
                assert_eq!(set.inbox(world, place).await, files, "{what} {n}");
            }
            if n != STALE.0 {
                continue;
            }
            let holds = |version: &Stored| row.files_by_name().iter().any(|file| file.version == version.version);
            match self.stale {
                Stale::Same => assert!(holds(older) != holds(newer), "{what}"),
                Stale::Elsewhere => assert!(holds(newer) && !holds(older), "{what}"),
                Stale::Other => {
                    assert_eq!((holds(newer), holds(older)), (delivered, !delivered), "{what}");
                    returns.push(keys::return_object(set.id.sender(), &if delivered { older } else { newer }.digest()));
                }
            }
            if delivered {
                let key = keys::inbox_file(&set.recipients[0].office.number, &set.id, "a02.txt");
                assert!(world.body(&key).await == set.files[1].bytes, "{what}");
            } else {
                assert_eq!(row.reasons.iter().map(|reason| reason.code).collect::<Vec<_>>(), [RejectionCode::TransmissionInconsistent]);
                returns.push(keys::return_report(set.id.sender(), &set.id));
            }
            let told = world.lone_rejections(set.id.sender()).await;
            assert!(told.iter().all(|told| told.code == RejectionCode::TransmissionReused), "{what}");
            assert_eq!(told.len(), usize::from(self.stale == Stale::Other), "{what}");
        }
        if let Some(id) = &self.elsewhere {
            let entry = world.entry(id).await.unwrap();
            assert_eq!((entry.transmission.status, entry.deliveries.len()), (TransmissionStatus::Delivered, 2), "{what}");
        }
        returns.sort();
        assert_eq!(world.keys("returns/").await, returns, "{what}");
    }
}

/// The eight events as parts, as the function makes them of what it reads; each with the place of its transmission.
pub(super) async fn parts(script: &Script) -> Vec<(usize, Part)> {
    let (world, stored) = script.on_a_world().await;
    let mut made = Vec::new();
    for ((set, _), stored) in script.events.iter().zip(&stored) {
        let Opened::Object(object) = world.ground.files().open(&stored.key, Some(&stored.version)).await.unwrap() else {
            panic!("it is there")
        };
        let sender = &script.sets[*set].sender.office;
        let manifest =
            UnverifiedManifest::parse(&object.manifest.unwrap()).unwrap().verify(&sender.keys, &sender.number, world.now()).unwrap();
        let entry = exchange::FileEntry {
            name: manifest.name.as_str().to_owned(),
            kind: None,
            size: manifest.size,
            sha256: manifest.sha256,
            errors: 0,
            warnings: 0,
        };
        let (key, version) = (stored.key.clone(), stored.version.clone());
        let file = store::FileRecord { entry, key, version, stored_at: world.now() };
        let id = manifest.transmission();
        let set = if script.elsewhere.as_ref() == Some(&id) { script.sets.len() } else { *set };
        made.push((
            set,
            Part { id, addresses: manifest.aud.clone(), parts: manifest.parts, set: manifest.set, told_at: file.stored_at, file },
        ));
    }
    made
}
