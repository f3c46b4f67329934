//! What the function remembers of offices refuses nobody, and delivers nothing.

use exchange::{OfficeKey, RejectionCode, TransmissionStatus};
use jiff::ToSpan;

use crate::world::World;
use crate::world::corpus::valid;
use crate::world::office::Party;
use crate::world::parcel::Parcel;

/// What an office lacks at first, and what it is refused for.
struct Lack {
    code: RejectionCode,
    take: fn(&mut Party, &mut Party),
}

const LACKS: [Lack; 4] = [
    Lack { code: RejectionCode::SenderUnlicensed, take: |sender, _| sender.office.licences.clear() },
    Lack { code: RejectionCode::RecipientUnlicensed, take: |_, recipient| recipient.office.licences.clear() },
    Lack { code: RejectionCode::SenderBlocked, take: |sender, recipient| recipient.office.blocked_senders.push(sender.office.number) },
    Lack { code: RejectionCode::KeyUnknown, take: |sender, _| sender.office.keys.clear() },
];

#[tokio::test]
async fn what_was_mended_a_moment_ago_refuses_nobody() {
    for Lack { code, take } in LACKS {
        let (world, fixture) = (World::in_memory(), valid("seed-1", "UPJSK"));
        let (mut sender, mut recipient) = (Party::new(&fixture.sender), Party::new(fixture.recipient.split('-').next().unwrap()));
        let whole = [sender.office.clone(), recipient.office.clone()];
        take(&mut sender, &mut recipient);
        world.register(&sender.office).await;
        world.register(&recipient.office).await;
        let (first, refused) = Parcel::of(&sender, &fixture, world.now());
        world.send(&first).await;
        assert!(world.entry(&refused).await.is_none_or(|entry| entry.transmission.status == TransmissionStatus::Rejected), "{code}");
        assert!(world.keys("inbox/").await.is_empty(), "{code}");

        // the operator mends it, and the office sends again at once: the function still remembers the old entry
        for office in &whole {
            world.register(office).await;
        }
        let (second, sent) = Parcel::of(&sender, &fixture, world.now());
        world.send(&second).await;
        assert_eq!(world.entry(&sent).await.unwrap().transmission.status, TransmissionStatus::Delivered, "{code}");
    }
}

#[tokio::test]
async fn an_office_that_was_just_added_is_known() {
    let (world, fixture) = (World::in_memory(), valid("seed-2", "UPJSK"));
    let (sender, recipient) = (Party::new(&fixture.sender), Party::new(fixture.recipient.split('-').next().unwrap()));
    for (office, known) in [(&sender, 1), (&recipient, 2)] {
        let (parcel, id) = Parcel::of(&sender, &fixture, world.now());
        world.send(&parcel).await;
        assert!(world.entry(&id).await.is_none_or(|entry| entry.transmission.status == TransmissionStatus::Rejected), "{known}");
        world.register(&office.office).await;
    }
    let (parcel, id) = Parcel::of(&sender, &fixture, world.now());
    world.send(&parcel).await;
    assert_eq!(world.entry(&id).await.unwrap().transmission.status, TransmissionStatus::Delivered);
}

/// What was delivered a moment ago is remembered, and delivers nothing more.
#[tokio::test]
async fn a_block_and_a_licence_that_ended_hold_at_once() {
    // a key counts for a minute more
    for Lack { code, take } in LACKS.into_iter().filter(|lack| lack.code != RejectionCode::KeyUnknown) {
        let (world, fixture) = (World::in_memory(), valid("seed-1", "UPJSK"));
        let (mut sender, mut recipient) = (Party::new(&fixture.sender), Party::new(fixture.recipient.split('-').next().unwrap()));
        world.register(&sender.office).await;
        world.register(&recipient.office).await;
        let (first, delivered) = Parcel::of(&sender, &fixture, world.now());
        world.send(&first).await;
        assert_eq!(world.entry(&delivered).await.unwrap().transmission.status, TransmissionStatus::Delivered, "{code}");
        let inbox = world.keys("inbox/").await;

        take(&mut sender, &mut recipient);
        world.register(&sender.office).await;
        world.register(&recipient.office).await;
        let (second, refused) = Parcel::of(&sender, &fixture, world.now());
        world.send(&second).await;
        let row = world.entry(&refused).await.unwrap().transmission;
        assert_eq!((row.status, row.reasons[0].code), (TransmissionStatus::Rejected, code));
        assert_eq!(world.keys("inbox/").await, inbox, "{code}");
    }
}

#[tokio::test]
async fn a_revocation_holds_after_a_minute_whatever_is_remembered() {
    let (world, fixture) = (World::in_memory(), valid("seed-1", "UPJSK"));
    let (sender, recipient) = (Party::new(&fixture.sender), Party::new(fixture.recipient.split('-').next().unwrap()));
    world.register(&sender.office).await;
    world.register(&recipient.office).await;
    let (parcel, _) = Parcel::of(&sender, &fixture, world.now());
    world.send(&parcel).await;

    let revoked = OfficeKey { revoked_at: Some(world.now()), ..sender.office.keys[0].clone() };
    world.register(&exchange::Office { keys: vec![revoked], ..sender.office.clone() }).await;
    for (after, status) in [(59, Some(TransmissionStatus::Delivered)), (60, None), (61, None)] {
        world.set_now(crate::world::at(crate::world::NOW) + after.seconds());
        let (parcel, id) = Parcel::of(&sender, &fixture, world.now());
        world.send(&parcel).await;
        assert_eq!(world.entry(&id).await.map(|entry| entry.transmission.status), status, "{after} s after");
    }
    assert_eq!(world.lone_rejections(&sender.office.number).await.len(), 2);
}
