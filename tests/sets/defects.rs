//! What is wrong with a set is told at once, part by part, and nothing of it is delivered.

use exchange::sign::ManifestDraft;
use exchange::{RejectionCode, RejectionCode::*, ReportReason, Sha256Digest, TransmissionStatus, keys};

use super::{MANAGER, OFFICES, PLAN, SLIP, letter};
use crate::world::World;
use crate::world::corpus::{Fixture, demo, unit};
use crate::world::parcel::Parcel;
use crate::world::set::{Set, text};

/// A change to the slip set with a letter that goes to three offices; and the reasons it is rejected for, each with the place of its file.
struct Case {
    what: &'static str,
    reasons: &'static [(RejectionCode, Option<usize>)],
    change: fn(&mut Set),
}

const SLIP_FILE: usize = 0;
const ANNEX: usize = 1;
const SUPPLEMENT: usize = 2;
const LETTER: usize = 3;

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = |what, reasons, change| cases.push(Case { what, reasons, change });
    case("a file that another took the place of", &[(TransmissionInconsistent, None)], |set| {
        set.drafts[LETTER].set = Some(Sha256Digest::of(b"another set"));
    });
    case("more parts than were announced", &[(TransmissionInconsistent, None)], |set| set.drafts[LETTER].parts = 5);
    case("other addresses in one part", &[(TransmissionInconsistent, None)], |set| set.drafts[LETTER].aud.truncate(2));
    case("addresses in another order", &[(TransmissionInconsistent, None)], |set| set.drafts[LETTER].aud.swap(0, 1));
    case("files that don't make up the set", &[(TransmissionInconsistent, None)], |set| {
        set.drafts.iter_mut().for_each(|draft| draft.set = Some(Sha256Digest::of(b"no set of these")));
    });
    case("a slip without its annex", &[(UnitInvalid, None)], |set| without(set, ANNEX));
    case("a slip without its supplement", &[(UnitInvalid, None)], |set| without(set, SUPPLEMENT));
    case("a letter that is none", &[(FileType, Some(LETTER))], |set| replace(set, LETTER, b"GIF89a"));
    case("an empty letter", &[(FileSize, Some(LETTER))], |set| replace(set, LETTER, b""));
    case("names that differ in case only", &[(FileName, Some(LETTER)), (FileName, Some(4))], |set| {
        add(set, Fixture { name: set.files[LETTER].name.replace(".PDF", ".pdf"), ..letter() });
    });
    case("a person whom one of the offices doesn't serve", &[(FileInvalid, Some(SLIP_FILE))], |set| {
        let served = replaced(&set.files[SLIP_FILE].bytes, b"9961751154", b"9965108930");
        replace(set, SLIP_FILE, &served);
    });
    // one file that can't be judged silences nothing that the others show
    case("a wrong name and a missing annex", &[(UnitInvalid, None), (FileName, Some(1))], |set| {
        without(set, ANNEX);
        rename(set, 1, "UPHOSOKU_202604.CSV");
    });
    case("a wrong name, and nothing else", &[(FileName, Some(SUPPLEMENT))], |set| rename(set, SUPPLEMENT, "UPHOSOKU_202604.CSV"));
    let orphan = &[(UnitInvalid, Some(SUPPLEMENT)), (FileInvalid, Some(ANNEX))];
    case("unreadable bytes, and a person whom the slip doesn't have", orphan, |set| {
        replace(set, ANNEX, b"PK\x03\x04");
        let supplement = replaced(&set.files[SUPPLEMENT].bytes, b"6000335795", b"6000335787");
        replace(set, SUPPLEMENT, &supplement);
    });
    case("an annex that lost its name", &[(FileType, Some(ANNEX))], |set| rename(set, ANNEX, "annex.csv"));
    let of_another = &[(UnitInvalid, None), (UnitInvalid, Some(SUPPLEMENT)), (UnitInvalid, Some(4))];
    case("a part of another unit", of_another, |set| {
        let other = demo(&PLAN).remove(0);
        add(set, other);
    });
    case(
        "all that can be wrong at once",
        &[(UnitInvalid, None), (FileInvalid, Some(SLIP_FILE)), (FileType, Some(2)), (FileType, Some(3))],
        |set| {
            without(set, ANNEX);
            let broken = replaced(&set.files[SLIP_FILE].bytes, b",20260417,", b",20260431,");
            replace(set, SLIP_FILE, &broken);
            replace(set, 2, b"no PDF");
            add(set, text("setup.exe", "MZ"));
        },
    );
    cases
}

#[tokio::test]
async fn what_is_wrong_with_a_set_is_told_at_once_and_nothing_is_delivered() {
    for case in cases() {
        check(&World::in_memory(), &case).await;
    }
    let world = World::embedded().await;
    for case in cases() {
        check(&world, &case).await;
    }
}

async fn check(world: &World, Case { what, reasons, change }: &Case) {
    let mut set = Set::of(world, MANAGER, &OFFICES, &[demo(&SLIP), vec![letter()]].concat()).await;
    change(&mut set);
    world.restart();
    let before = world.keys("inbox/").await;
    for parcel in set.parcels() {
        world.send(&parcel).await;
    }
    let entry = world.entry(&set.id).await.unwrap_or_else(|| panic!("{what}: the ledger knows it"));
    let row = &entry.transmission;
    assert_eq!((row.status, entry.deliveries.len()), (TransmissionStatus::Rejected, 0), "{what}");
    assert_eq!(world.keys("inbox/").await, before, "{what}: nothing is delivered");
    let report = world.report(&keys::return_report(set.id.sender(), &set.id)).await;
    let told: Vec<_> = report.reasons.iter().map(|reason| (reason.code, reason.file.clone())).collect();
    let mut wanted: Vec<_> = reasons.iter().map(|(code, place)| (*code, place.map(|place| set.drafts[place].name.clone()))).collect();
    // file by file, in the order of their names
    wanted.sort_by(|one, other| one.1.cmp(&other.1));
    if told != wanted {
        let names: Vec<_> = told.iter().map(|(code, file)| (code.as_str(), file.is_some())).collect();
        assert_eq!(told, wanted, "{what}: {names:?}");
    }
    assert_eq!(report.reasons.iter().map(ReportReason::in_ledger).collect::<Vec<_>>(), row.reasons, "{what}");
    assert!(report.reasons.iter().all(|reason| reason.code < FileInvalid || reason.findings_total > 0), "{what}");
    assert_eq!((report.key.starts_with("outbox/"), report.transmission), (true, Some(set.id.clone())), "{what}");
}

/// Licences and existence of each recipient: all or none, and it is said which.
#[tokio::test]
async fn one_recipient_that_may_not_be_sent_to_holds_back_all() {
    for code in [RecipientUnlicensed, SenderBlocked] {
        for (place, recipient) in OFFICES.iter().enumerate() {
            let world = World::in_memory();
            let set = Set::of(&world, MANAGER, &OFFICES, &demo(&SLIP)).await;
            let mut office = set.recipients[place].office.clone();
            match code {
                SenderBlocked => office.blocked_senders.push(set.sender.office.number),
                _ => office.licences.clear(),
            }
            world.register(&office).await;
            for parcel in set.parcels() {
                world.send(&parcel).await;
            }
            let report = world.report(&keys::return_report(set.id.sender(), &set.id)).await;
            let [reason] = &report.reasons[..] else { panic!("{code}: one reason") };
            assert_eq!(reason.code, code);
            let number = &recipient[..10];
            assert!(reason.message.contains(number) && reason.message_ja.contains(number), "{}", reason.message);
            assert!(world.keys("inbox/").await.is_empty());
        }
    }
}

/// Who calls an office a care manager, to have it sent what it doesn't serve, is told that there is none under that address.
#[tokio::test]
async fn a_service_type_that_an_office_does_not_have_is_no_address_of_it() {
    let addressed = [OFFICES[0], "9961751154-43", OFFICES[2]];
    for (services, delivered) in [(&[][..], true), (&["13", "43"], true), (&["13"], false)] {
        let world = World::in_memory();
        let set = Set::of(&world, MANAGER, &addressed, &demo(&SLIP)).await;
        let mut office = set.recipients[1].office.clone();
        office.services = services.iter().map(|service| service.parse().unwrap()).collect();
        world.register(&office).await;
        for parcel in set.parcels() {
            world.send(&parcel).await;
        }
        let row = world.entry(&set.id).await.unwrap().transmission;
        if delivered {
            assert_eq!((row.status, row.reasons.len()), (TransmissionStatus::Delivered, 0), "{services:?}");
        } else {
            assert_eq!(row.reasons.iter().map(|reason| reason.code).collect::<Vec<_>>(), [RecipientUnknown], "{services:?}");
            assert!(world.keys("inbox/").await.is_empty());
        }
    }
}

/// A part that comes under a name that is taken is refused by itself: the transmission keeps what it has.
#[tokio::test]
async fn another_file_under_a_parts_name_is_rejected_alone() {
    let world = World::in_memory();
    let set = Set::of(&world, MANAGER, &OFFICES, &[letter(), text("b.txt", "b")]).await;
    let parcels = set.parcels();
    world.send(&parcels[0]).await;
    let others: [fn(&mut ManifestDraft); 3] =
        [|draft| draft.iat -= jiff::SignedDuration::from_secs(1), |draft| draft.aud.truncate(2), |draft| draft.parts = 3];
    for (n, change) in others.iter().enumerate() {
        let bytes = format!("%PDF-1.7 another {n}").into_bytes();
        let mut draft = ManifestDraft { size: bytes.len() as u64, sha256: Sha256Digest::of(&bytes), ..set.drafts[0].clone() };
        change(&mut draft);
        world.send(&Parcel::signed(&set.sender, &draft, &bytes)).await;
    }
    let told = world.lone_rejections(&set.sender.office.number).await;
    assert_eq!(told.iter().map(|told| told.code).collect::<Vec<_>>(), [TransmissionReused; 3]);
    world.send(&parcels[1]).await;
    assert_eq!(world.entry(&set.id).await.unwrap().transmission.status, TransmissionStatus::Delivered);
    world.send(&Parcel::signed(&set.sender, &ManifestDraft { name: "c.txt".into(), ..set.drafts[1].clone() }, b"b")).await;
    assert_eq!(world.lone_rejections(&set.sender.office.number).await.len(), 4, "nothing more is taken after the end");
}

#[tokio::test]
async fn a_version_that_is_gone_ends_the_transmission() {
    let world = World::in_memory();
    let files = unit("seed-1", "0001_PLAN");
    let set = Set::of(&world, &files[0].sender, &[&files[0].recipient], &files).await;
    let parcels = set.parcels();
    let first = world.send(&parcels[0]).await;
    world.ground.destroy(&first.key, &first.version).await;
    for parcel in &parcels[1..] {
        world.send(parcel).await;
    }
    let row = world.entry(&set.id).await.unwrap().transmission;
    let wanted = (ObjectUnreadable, Some(files[0].name.clone()));
    assert_eq!(row.reasons.iter().map(|reason| (reason.code, reason.file.clone())).collect::<Vec<_>>(), [wanted]);
    assert!(world.keys("inbox/").await.is_empty());
}

fn without(set: &mut Set, place: usize) {
    set.files.remove(place);
    set.drafts.remove(place);
    set.seal();
}

fn rename(set: &mut Set, place: usize, name: &str) {
    name.clone_into(&mut set.files[place].name);
    name.clone_into(&mut set.drafts[place].name);
    set.seal();
}

fn add(set: &mut Set, file: Fixture) {
    let draft = ManifestDraft {
        jti: set.drafts[0].jti,
        ..ManifestDraft::new(set.sender.office.number, set.drafts[0].aud.clone(), &file.name, &file.bytes, set.drafts[0].iat)
    };
    set.drafts.push(draft);
    set.files.push(file);
    set.seal();
}

fn replace(set: &mut Set, place: usize, bytes: &[u8]) {
    set.files[place].bytes = bytes.to_vec();
    (set.drafts[place].size, set.drafts[place].sha256) = (bytes.len() as u64, Sha256Digest::of(bytes));
    set.seal();
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::new(), bytes);
    while let Some(place) = rest.windows(from.len()).position(|window| window == from) {
        out.extend_from_slice(&rest[..place]);
        out.extend_from_slice(to);
        rest = &rest[place + from.len()..];
    }
    [out, rest.to_vec()].concat()
}
