//! The forgery table: ways to lie about who sent what to whom, each with its answer. One part of a true transmission waits meanwhile: no lie delivers
//! anything, and but for what its own sender signs against it none touches it.

mod hostile;
mod lies;

use std::collections::BTreeSet;

use exchange::sign::ManifestDraft;
use exchange::{RejectionCode, TransmissionStatus, keys};
use serde_json::{Value, json};

use crate::world::World;
use crate::world::office::Party;
use crate::world::parcel::Parcel;
use crate::world::set::{Set, text};

/// How many ways to lie there are, beside those of an upload's headers.
const LIES: usize = 92;

/// What a lie is answered with.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answer {
    /// The object is rejected alone.
    Alone(RejectionCode),
    /// The sender itself signed it: its transmission ends, for these reasons.
    Ends(&'static [RejectionCode]),
    /// Nothing happens.
    Nothing,
}

pub(crate) struct Lie {
    what: &'static str,
    answer: Answer,
    tell: fn(&Truth) -> Parcel,
}

/// A transmission of two texts to two offices, of which the first has come; and an office that lies.
pub(crate) struct Truth {
    set: Set,
    liar: Party,
}

impl Truth {
    async fn on(world: &World) -> Self {
        let liar = Party::new("9773840872");
        world.register(&liar.office).await;
        let files = [text("a.txt", "the first"), text("b.txt", "the second")];
        let set = Set::of(world, "9778773797", &["9779668095-15", "9961751154-13"], &files).await;
        world.send(&set.parcels()[0]).await;
        Self { set, liar }
    }

    /// The manifest of the second part.
    fn draft(&self) -> ManifestDraft {
        self.set.drafts[1].clone()
    }

    fn bytes(&self) -> &[u8] {
        &self.set.files[1].bytes
    }

    fn header(&self) -> Value {
        json!({"typ": "renkei-manifest+jwt", "alg": "ES256", "kid": self.set.sender.office.keys[0].kid})
    }

    /// The second part under any header and claims, rightly signed.
    fn signed(&self, change: impl FnOnce(&mut Value, &mut Value)) -> Parcel {
        let (mut header, mut claims) = (self.header(), self.draft().claims());
        change(&mut header, &mut claims);
        let token = self.set.sender.key.sign_compact(&header, &claims).unwrap();
        self.under(&token)
    }

    /// The second part under other claims, rightly signed.
    fn claiming(&self, name: &str, value: Value) -> Parcel {
        self.signed(|_, claims| claims[name] = value)
    }

    /// The second part under other claims, rightly signed.
    fn drafted(&self, change: impl FnOnce(&mut ManifestDraft)) -> Parcel {
        let mut draft = self.draft();
        change(&mut draft);
        Parcel::signed(&self.set.sender, &draft, self.bytes())
    }

    /// The second part under any text.
    fn under(&self, token: &str) -> Parcel {
        Parcel::with(&self.set.sender, Some(token.to_owned()), self.bytes())
    }

    /// The second part as it should be.
    fn honest(&self) -> Parcel {
        self.set.parcels().remove(1)
    }

    /// A transmission of its own: one file of this name.
    fn named(&self, name: &str) -> Parcel {
        let draft = ManifestDraft { parts: 1, set: None, jti: uuid::Uuid::new_v4(), name: name.to_owned(), ..self.draft() };
        Parcel::signed(&self.set.sender, &draft, self.bytes())
    }
}

#[tokio::test]
async fn no_lie_delivers_anything_or_harms_a_transmission_that_waits() {
    let lies = lies::all();
    let ways: BTreeSet<&str> = lies.iter().map(|lie| lie.what).collect();
    assert_eq!((ways.len(), lies.len()), (LIES, LIES), "as many as are told of, each another");
    for lie in &lies {
        check(&World::in_memory(), lie).await;
    }
}

#[tokio::test]
async fn no_lie_delivers_anything_on_the_endpoints() {
    let world = World::embedded().await;
    // of these the endpoint itself refuses the upload
    for lie in lies::all().iter().filter(|lie| !lie.what.starts_with("a key") && !lie.what.contains("1,980 bytes")) {
        world.restart();
        check(&world, lie).await;
    }
}

async fn check(world: &World, Lie { what, answer, tell }: &Lie) {
    let truth = Truth::on(world).await;
    let (before, inboxes) = (world.entry(&truth.set.id).await, world.keys("inbox/").await);
    let parcel = tell(&truth);
    let office = parcel.office.parse().unwrap();
    let alone = world.lone_rejections(&office).await.len();
    let stored = world.send(&parcel).await;
    assert_eq!(world.keys("inbox/").await, inboxes, "{what}: nothing is delivered");
    let told = world.lone_rejections(&office).await;
    match answer {
        Answer::Alone(code) => {
            assert_eq!(told.len(), alone + 1, "{what}");
            let told = told.iter().find(|told| told.object == stored.digest()).unwrap_or_else(|| panic!("{what}: it is told of"));
            assert_eq!(told.code, *code, "{what}");
            let report = world.report(&keys::return_object(&office, &stored.digest())).await;
            assert_eq!((report.transmission, report.reasons[0].code), (None, *code), "{what}");
        }
        Answer::Ends(codes) => {
            assert_eq!(told.len(), alone, "{what}");
            let mut found = Vec::new();
            for key in world.keys(&format!("returns/{office}/{office}")).await {
                found.push(world.report(&key).await.reasons.iter().map(|reason| reason.code).collect::<Vec<_>>());
            }
            assert!(found.iter().any(|found| found == codes), "{what}: {found:?}");
        }
        Answer::Nothing => assert_eq!(told.len(), alone, "{what}"),
    }
    let touches = matches!(answer, Answer::Ends(codes) if codes.contains(&RejectionCode::TransmissionInconsistent));
    if touches {
        assert_eq!(world.entry(&truth.set.id).await.unwrap().transmission.status, TransmissionStatus::Rejected, "{what}");
        return;
    }
    assert_eq!(world.entry(&truth.set.id).await, before, "{what}: the transmission that waits is as it was");
    world.send(&truth.honest()).await;
    let entry = world.entry(&truth.set.id).await.unwrap();
    assert_eq!((entry.transmission.status, entry.deliveries.len()), (TransmissionStatus::Delivered, 2), "{what}: it still arrives");
}
